"""The only place that reads the time, and its stand-in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from plumbing.clock import MovableClock, SystemClock

START = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert SystemClock().now() >= now


def test_a_movable_clock_stands_until_it_is_moved() -> None:
    clock = MovableClock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(hours=1)) == START + timedelta(hours=1)
    assert clock.advance(timedelta()) == clock.now() == START + timedelta(hours=1)


def test_time_does_not_go_back_but_a_saved_clock_is_restored() -> None:
    clock = MovableClock(START)
    with pytest.raises(ValueError, match="back"):
        clock.advance(timedelta(microseconds=-1))
    assert clock.now() == START
    clock.set(START - timedelta(days=1))
    assert clock.now() == START - timedelta(days=1)


def test_a_clock_is_kept_in_utc_and_never_naive() -> None:
    shanghai = timezone(timedelta(hours=8))
    clock = MovableClock(START.astimezone(shanghai))
    assert (clock.now(), clock.now().tzinfo) == (START, UTC)
    clock.set((START + timedelta(days=1)).astimezone(shanghai))
    assert (clock.now(), clock.now().tzinfo) == (START + timedelta(days=1), UTC)
    with pytest.raises(ValueError, match="aware"):
        MovableClock(START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="aware"):
        clock.set(START.replace(tzinfo=None))


def test_many_threads_move_it_without_losing_a_second() -> None:
    clock = MovableClock(START)
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda _: clock.advance(timedelta(seconds=1)), range(400)):
            pass
    assert clock.now() == START + timedelta(seconds=400)
