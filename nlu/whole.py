"""Files and folders that are written whole or not at all, also when the process is killed in the middle.

What is being written lies beside its place under a name that begins with a dot, together with a lock that dies with
its writer: whoever writes there next sweeps away what a killed one left.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from secrets import token_hex

_LOCK = ".lock"
_FRESH = ".new"
_OLD = ".old"


@contextmanager
def folder(out: Path) -> Iterator[Path]:
    """A new folder to fill; at the end it stands in the place of `out`. After an error `out` is as it was."""
    with _written(out) as stem:
        fresh, old = _with(stem, _FRESH), _with(stem, _OLD)
        fresh.mkdir()
        yield fresh
        fresh.chmod(0o755)
        if out.exists():
            os.replace(out, old)
        try:
            os.replace(fresh, out)
        except OSError:
            os.replace(old, out)
            raise


@contextmanager
def file(out: Path, *, mode: int = 0o644) -> Iterator[Path]:
    """A new file to write; at the end it stands in the place of `out`, with the rights `mode`."""
    with _written(out) as stem:
        fresh = _with(stem, _FRESH)
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        yield fresh
        fresh.chmod(mode)
        os.replace(fresh, out)


def sweep(out: Path) -> bool:
    """Clear away what killed writers of `out` left behind; whether there was anything.

    Died one between taking the old away and putting the new in its place, the old one comes back.
    """
    found = False
    for lock in sorted(out.parent.glob(f".{escape(out.name)}-*{_LOCK}")):
        held = _held(lock)
        if held is None:
            continue
        found = True
        stem = lock.with_name(lock.name.removesuffix(_LOCK))
        old = _with(stem, _OLD)
        if old.exists() and not out.exists():
            os.replace(old, out)
        _clear(stem)
        os.close(held)
    return found


@contextmanager
def _written(out: Path) -> Iterator[Path]:
    out.parent.mkdir(parents=True, exist_ok=True)
    sweep(out)
    stem, held = _taken(out)
    try:
        yield stem
    finally:
        _clear(stem)
        os.close(held)


def _taken(out: Path) -> tuple[Path, int]:
    """A name of one's own beside `out` and its lock; anew when a sweeper came between making the lock and taking it."""
    while True:
        stem = out.with_name(f".{out.name}-{token_hex(4)}")
        held = _held(_with(stem, _LOCK), create=True)
        if held is not None and _with(stem, _LOCK).exists():
            return stem, held
        if held is not None:
            os.close(held)


def _held(lock: Path, *, create: bool = False) -> int | None:
    """The lock, taken; None when its writer lives or has just gone."""
    try:
        number = os.open(lock, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(number)
        return None
    return number


def _clear(stem: Path) -> None:
    """Remove everything of one writer, its lock last."""
    for ending in (_FRESH, _OLD):
        path = _with(stem, ending)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    _with(stem, _LOCK).unlink(missing_ok=True)


def _with(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)
