"""Senders that need no provider: one prints, one appends to a file. For demonstrations, tests and the first days."""

import fcntl
import json
import os
import sys
from pathlib import Path
from threading import Lock
from typing import TextIO

from channels.contract import SendResult, failed, sent


class ConsoleSender:
    """Prints each text as one line; an address shows its last four characters only."""

    def __init__(self, *, channel: str = "console", stream: TextIO | None = None) -> None:
        self.channel = channel
        self._stream = stream

    def send(self, address: str, text: str, *, key: str) -> SendResult:
        shown = address if ":" in address else f"…{address[-4:]}"
        line = " ".join(text.split())
        print(f"[{self.channel}] {shown} {line}", file=self._stream or sys.stdout, flush=True)
        return sent(key)


class FileSender:
    """Appends each text once to `<folder>/<channel>.jsonl`: a key that is there already is not written again.

    On disk before it says SENT. Several processes may write: each holds the file's lock while it reads what the others
    added and appends its own line.
    """

    def __init__(self, folder: Path, *, channel: str = "file") -> None:
        self.channel = channel
        self._path = folder / f"{channel}.jsonl"
        self._keys: set[str] = set()
        self._read_until = 0
        self._lock = Lock()

    def send(self, address: str, text: str, *, key: str) -> SendResult:
        line = json.dumps({"key": key, "address": address, "text": text}, ensure_ascii=False).encode() + b"\n"
        try:
            with self._lock:
                self._append(key, line)
        except OSError as wrong:
            return failed(f"FILE_{wrong.errno}")
        except (ValueError, KeyError, TypeError):  # a line that is not ours
            return failed("FILE_UNREADABLE")
        return sent(key)

    def _append(self, key: str, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._path.exists()
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._learn_keys(file.fileno())
            if key in self._keys:
                return
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _sync_folder(self._path.parent)

    def _learn_keys(self, file: int) -> None:
        """Read the lines added since last time; a torn last line (a crash) was never answered for and is cut off."""
        size = os.fstat(file).st_size
        if size < self._read_until:  # emptied or replaced by hand
            self._read_until = 0
        added = os.pread(file, size - self._read_until, self._read_until)
        whole = added[: added.rfind(b"\n") + 1]
        self._keys.update(json.loads(line)["key"] for line in whole.splitlines())
        self._read_until += len(whole)
        if len(whole) < len(added):
            os.ftruncate(file, self._read_until)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
