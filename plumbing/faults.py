"""Places where a test may kill the process, as a power cut would. Without HOTLINE_FAULT every one is a no-op.

HOTLINE_FAULT names the point, HOTLINE_FAULT_FILE a file with one number: how many more passes of that point the
process survives. The pass after those takes the file away and kills; without the file nobody dies, so whoever takes
over the work is not killed in turn.
"""

import os
import signal
from pathlib import Path
from threading import Lock

POINTS = (
    "after_accept",
    "after_claim",
    "before_write",
    "before_commit",
    "after_write",
    "before_send",
    "before_mark",
)
"""In the order in which a message passes them: stored but not answered; claimed by the drain; understood; written but
not committed; committed but nothing sent; a delivery claimed; sent but not marked."""

_armed = os.environ.get("HOTLINE_FAULT")
_counting = Lock()


def point(name: str) -> None:
    """Die here by SIGKILL when a test has asked for it."""
    if _armed == name:
        with _counting:
            _count_down(Path(os.environ["HOTLINE_FAULT_FILE"]))


def _count_down(file: Path) -> None:
    try:
        left = int(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return
    if left > 0:
        file.write_text(str(left - 1), encoding="ascii")
        return
    file.unlink()
    os.kill(os.getpid(), signal.SIGKILL)
