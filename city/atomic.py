"""Files replaced whole: a reader, or a crash, finds the old content or the new, never half of one."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write every file beside its place first, then move them all into place. Raises OSError with nothing changed
    when any of them cannot be written; a crash between two moves leaves some files new and some old, each whole."""
    ready: list[tuple[Path, Path]] = []
    try:
        for place, content in contents.items():
            target = place.resolve()
            ready.append((_written(target, content), target))
        while ready:
            os.replace(*ready[-1])
            ready.pop()
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)


def _written(target: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        else:
            temporary.chmod(0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
