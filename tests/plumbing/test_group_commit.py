"""Several wishes in one go: each thread gets its own result, and one bad wish hurts nobody else."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import monotonic, sleep

import pytest

from plumbing.group import Group


class Work:
    """Doubles numbers; refuses a batch that holds a negative one. The first batch waits until it is let go."""

    def __init__(self, *, held: bool = False) -> None:
        self.batches: list[list[int]] = []
        self.go = Event()
        self.began = Event()
        self._lock = Lock()
        if not held:
            self.go.set()

    def __call__(self, wishes: Sequence[int]) -> list[int]:
        with self._lock:
            self.batches.append(list(wishes))
        self.began.set()
        assert self.go.wait(timeout=10)
        if any(wish < 0 for wish in wishes):
            raise ValueError("negative")
        return [2 * wish for wish in wishes]


def gather(work: Work, group: Group[int, int], wishes: Sequence[int]) -> list[int | str]:
    """The results of all wishes, made while the first one is under way."""

    def one(wish: int) -> int | str:
        try:
            return group.do(wish)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(len(wishes)) as pool:
        first = pool.submit(one, wishes[0])
        assert work.began.wait(timeout=10)
        others = [pool.submit(one, wish) for wish in wishes[1:]]
        until = monotonic() + 10
        while len(group._waiting) < len(others) and monotonic() < until:
            sleep(0.001)
        work.go.set()
        return [done.result(timeout=10) for done in (first, *others)]


def test_a_lonely_wish_is_done_at_once() -> None:
    work = Work()
    assert Group(work).do(4) == 8
    assert work.batches == [[4]]


def test_wishes_that_gather_go_together_and_each_gets_its_own_result() -> None:
    work = Work(held=True)
    wishes = list(range(1, 9))
    assert gather(work, Group(work), wishes) == [2 * wish for wish in wishes]
    assert work.batches[0] == [1]
    assert sorted(work.batches[1]) == wishes[1:]
    assert len(work.batches) == 2


def test_one_bad_wish_fails_alone() -> None:
    work = Work(held=True)
    assert gather(work, Group(work), [1, 2, -3, 4]) == [2, 4, "negative", 8]


def test_a_batch_is_no_longer_than_its_limit() -> None:
    work = Work(held=True)
    wishes = list(range(1, 8))
    assert gather(work, Group(work, limit=3), wishes) == [2 * wish for wish in wishes]
    assert [len(batch) for batch in work.batches] == [1, 3, 3]


def test_a_bad_wish_alone_raises_what_the_work_raised() -> None:
    with pytest.raises(ValueError, match="negative"):
        Group(Work()).do(-1)
