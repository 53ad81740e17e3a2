"""A circuit breaker: a service that keeps failing is left alone for a while, then tried once."""

from collections.abc import Callable
from enum import StrEnum
from threading import Lock


class Circuit(StrEnum):
    """CLOSED: ask. OPEN: do not. HALF_OPEN: one question is out, and its answer decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Opens after `failures` in a row; after `pause_seconds` it lets one question through. Safe among threads.

    `monotonic` tells seconds that only go forward.
    """

    def __init__(self, *, failures: int, pause_seconds: float, monotonic: Callable[[], float]) -> None:
        self._most = failures
        self._pause_seconds = pause_seconds
        self._monotonic = monotonic
        self._lock = Lock()
        self._failed = 0
        self._waits_since = 0.0
        self._circuit = Circuit.CLOSED

    @property
    def circuit(self) -> Circuit:
        """Where it stands, for the log and the doctor."""
        return self._circuit

    def allows(self) -> bool:
        """Whether to ask now; whoever was allowed says afterwards how it went.

        A trial whose end is never told (its thread was killed) counts as failed after another pause.
        """
        with self._lock:
            if self._circuit is Circuit.CLOSED:
                return True
            if self._monotonic() - self._waits_since < self._pause_seconds:
                return False
            self._circuit, self._waits_since = Circuit.HALF_OPEN, self._monotonic()
            return True

    def succeeded(self) -> None:
        """The answer was good."""
        with self._lock:
            self._circuit, self._failed = Circuit.CLOSED, 0

    def failed(self) -> None:
        """No answer in time, or a useless one."""
        with self._lock:
            self._failed += 1
            if self._circuit is Circuit.HALF_OPEN or self._failed >= self._most:
                self._circuit, self._waits_since = Circuit.OPEN, self._monotonic()
