"""Server processes on loopback, ended by their id, and the CPU time of whole process trees (Linux, /proc)."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 20
_TICKS = os.sysconf("SC_CLK_TCK")


class NotStartedError(RuntimeError):
    """A process ended or stayed silent; the message is the end of its log."""


def clean_up_when_ended() -> None:
    """Let SIGTERM (kill, timeout) unwind as Ctrl+C does: nothing that was started stays behind."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(stack: ExitStack, arguments: list[str], environment: Mapping[str, str], log: Path) -> int:
    """The process id of `python <arguments>` in the project's root; ended when `stack` closes."""
    out = stack.enter_context(log.open("ab"))
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=dict(environment), stdout=out, stderr=out, stdin=subprocess.DEVNULL
    )
    stack.callback(_stop, process)
    return process.pid


def wait_until_ready(url: str, log: Path) -> None:
    """Return when `url` answers 200. Raises NotStartedError after START_SECONDS."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(url, trust_env=False, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise NotStartedError(log.read_text(encoding="utf-8", errors="replace")[-3000:])


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time of these processes and all below them, children that have ended included."""
    parents, times = _table()
    wanted = set(roots)
    grown = True
    while grown:
        below = {pid for pid, parent in parents.items() if parent in wanted}
        grown = not below <= wanted
        wanted |= below
    return sum(times.get(pid, 0.0) for pid in wanted)


def parent_of(pid: int) -> int:
    """The id of the process that started `pid`."""
    return _table()[0][pid]


def _table() -> tuple[dict[int, int], dict[int, float]]:
    """Parent and CPU seconds of every process."""
    parents: dict[int, int] = {}
    times: dict[int, float] = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdecimal():
            continue
        try:
            stat = Path(entry.path, "stat").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        fields = stat.rpartition(")")[2].split()  # what follows the name: state, parent, ...
        parents[int(entry.name)] = int(fields[1])
        times[int(entry.name)] = sum(int(ticks) for ticks in fields[11:15]) / _TICKS
    return parents, times


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=STOP_SECONDS)
