"""The only place that reads the time."""

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Now, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """A clock for tests and demonstrations: stands at `start` and moves only when told to."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware instant")
        self._now = start.astimezone(UTC)
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def advance(self, by: timedelta) -> datetime:
        """The new time. Raises ValueError when `by` is negative: time does not go back."""
        if by < timedelta():
            raise ValueError("time does not go back")
        with self._lock:
            self._now += by
            return self._now

    def set(self, to: datetime) -> None:
        """Move to `to`, wherever that is; for restoring a saved test clock and for the sample maker."""
        if to.tzinfo is None:
            raise ValueError("a clock is set to an aware instant")
        with self._lock:
            self._now = to.astimezone(UTC)
