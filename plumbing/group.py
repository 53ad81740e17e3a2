"""Group commit: what several threads want to write at the same moment goes into one transaction. Nobody waits for a timer."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Item(Generic[T, R]):
    __slots__ = ("done", "error", "result", "wish")

    def __init__(self, wish: T) -> None:
        self.wish = wish
        self.done = False
        self.result: R | None = None
        self.error: BaseException | None = None


class Group(Generic[T, R]):
    """`work` does many wishes at once and gives their results in order.

    The first thread works for all that have gathered behind it; each thread gets its own result. When `work` fails
    for several wishes, each is tried alone, so that one bad wish hurts nobody else.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]], *, limit: int = 64) -> None:
        self._work = work
        self._limit = limit
        self._waiting: list[_Item[T, R]] = []
        self._gate = Lock()
        self._leading = Lock()

    def do(self, wish: T) -> R:
        """The result for this wish. Raises what `work` raised for it."""
        item: _Item[T, R] = _Item(wish)
        with self._gate:
            self._waiting.append(item)
        while not item.done:
            with self._leading:
                if not item.done:
                    self._lead()
        if item.error is not None:
            raise item.error
        return item.result  # type: ignore[return-value]

    def _lead(self) -> None:
        with self._gate:
            batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
        try:
            self._settle(batch)
        except Exception as error:  # noqa: BLE001 - it is handed to the thread whose wish it was
            for item in batch:
                self._alone(item) if len(batch) > 1 else _fail(item, error)
        except BaseException as error:  # the process is ending: nobody may wait for ever
            for item in batch:
                _fail(item, error)
            raise

    def _settle(self, batch: Sequence[_Item[T, R]]) -> None:
        results = self._work([item.wish for item in batch])
        for item, result in zip(batch, results, strict=True):
            item.result, item.done = result, True

    def _alone(self, item: _Item[T, R]) -> None:
        try:
            self._settle([item])
        except Exception as error:  # noqa: BLE001 - as above
            _fail(item, error)


def _fail(item: _Item[T, R], error: BaseException) -> None:
    item.error, item.done = error, True
