"""The brain of a running program, read anew when another model was put in its folder: no restart, no lost message."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

import structlog

from nlu.registry import BRAIN
from plumbing.errors import HotlineError
from tickets.ports import Brain
from tickets.types import Understanding

Stamp = tuple[int, int, int] | None

log = structlog.get_logger()


class FreshBrain:
    """A brain behind which `load` is called again whenever the model's folder has changed.

    One look at a file's date a batch. The batch that finds a new model waits for it to load; others go on with the old
    one. A model that is refused (touched, of another format) is told in the log, and the old one goes on.
    """

    def __init__(self, folder: Path, load: Callable[[], Brain]) -> None:
        self._file = folder / BRAIN
        self._load = load
        self._lock = Lock()
        self._stamp = self._now()
        self._brain = load()
        self.engine, self.version = self._brain.engine, self._brain.version

    def parse_many(self, texts: Sequence[str]) -> list[Understanding]:
        """See tickets.ports.Brain; a whole batch is understood by one and the same model."""
        self.refresh()
        return self._brain.parse_many(texts)

    def refresh(self) -> bool:
        """Load the model of the folder if it is another one than before; whether it is in use now."""
        stamp = self._now()
        if stamp is None or stamp == self._stamp or not self._lock.acquire(blocking=False):
            return False
        try:
            fresh = self._load()
        except HotlineError as error:
            log.error("new model refused", code=error.code, sentence=error.sentence)
            # one that was swapped while it was being read is tried again; one that stays wrong is told once
            self._stamp = stamp if self._now() == stamp else self._stamp
            return False
        else:
            log.info("new model in use", version=fresh.version, before=self._brain.version)
            self._brain, self._stamp = fresh, stamp
            self.engine, self.version = fresh.engine, fresh.version
            return True
        finally:
            self._lock.release()

    def _now(self) -> Stamp:
        """What tells one model's folder from another; None while there is none."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns, found.st_size)
