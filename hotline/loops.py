"""The embedded way to run: loops in threads of the serving process, on the same functions that Celery calls."""

from collections.abc import Callable
from threading import Event, Lock, Thread

import structlog

log = structlog.get_logger()

IDLE_SECONDS = {"drain": 0.5, "outbox": 1.0, "ticker": 1.0, "gather": 1.0, "chores": 3600.0}


class Loop:
    """Calls `work` until nothing is left, then waits `idle_seconds` or for `wake`. An error never stops it."""

    def __init__(self, name: str, work: Callable[[], int], *, idle_seconds: float) -> None:
        self._name = name
        self._work = work
        self._idle_seconds = idle_seconds
        self._nudged = Event()
        self._stopping = Event()
        self._busy = Lock()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._nudged.set()

    def stop(self) -> None:
        """End after the piece of work in hand."""
        self._stopping.set()
        self._nudged.set()
        if self._thread.is_alive():
            self._thread.join(timeout=20)

    def exhaust(self) -> int:
        """Work here and now until nothing is left; waits for a piece that the thread has in hand."""
        done = 0
        while True:
            with self._busy:
                n = self._work()
            done += n
            if n == 0:
                return done

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._nudged.clear()
            try:
                with self._busy:
                    n = self._work()
            except Exception:
                log.exception("loop failed", loop=self._name)
                n = 0
            if n == 0:
                self._nudged.wait(self._idle_seconds)


class Loops:
    """drain, outbox, ticker and gather together, and the chores of the hour."""

    def __init__(
        self,
        *,
        drain: Callable[[], int],
        outbox: Callable[[], int],
        ticker: Callable[[], int],
        gather: Callable[[], int] = lambda: 0,
        chores: Callable[[], int] = lambda: 0,
    ) -> None:
        self.drain = Loop("drain", drain, idle_seconds=IDLE_SECONDS["drain"])
        self.outbox = Loop("outbox", outbox, idle_seconds=IDLE_SECONDS["outbox"])
        self.ticker = Loop("ticker", ticker, idle_seconds=IDLE_SECONDS["ticker"])
        self.gather = Loop("gather", gather, idle_seconds=IDLE_SECONDS["gather"])
        hourly = Loop("chores", chores, idle_seconds=IDLE_SECONDS["chores"])
        self._all = (self.drain, self.ticker, self.gather, self.outbox, hourly)

    def start(self) -> None:
        """Begin all."""
        for loop in self._all:
            loop.start()

    def stop(self) -> None:
        """End all."""
        for loop in self._all:
            loop.stop()

    def settle(self) -> int:
        """Everything that can be done now is done before this returns: what waits, what is due, what is to be sent."""
        work = (self.drain, self.ticker, self.drain, self.gather, self.outbox)
        return sum(loop.exhaust() for loop in work)
