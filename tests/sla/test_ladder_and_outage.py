"""What a due timer does, and what an outage leaves to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from city.types import Limit, Policy, Profile, Step, TimeUnit
from sla.calendar import WorkingCalendar
from sla.rules import deadline, fire, late_steps
from sla.types import ClockState, Timer
from tickets.types import EventKind

E, S = EventKind, ClockState
At = Callable[[str], datetime]
QUARTER = timedelta(minutes=15)


def timer_of(story: Any, clock: str, step: str) -> Timer:
    found = story.clock(clock).id
    timers: list[Timer] = [timer for timer in story.live.values() if (timer.clock, timer.step) == (found, step)]
    return timers[0]


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2026-11-27 10:00", Limit(unit=TimeUnit.WORKING, days=1), "2026-11-30 10:00"),
        ("2026-11-27 10:00", Limit(unit=TimeUnit.CALENDAR, days=1), "2026-11-28 10:00"),
        ("2026-11-27 17:00", Limit(unit=TimeUnit.WORKING, span=timedelta(hours=1)), "2026-11-30 09:30"),
        ("2026-11-27 17:00", Limit(unit=TimeUnit.WORKING, days=1, span=timedelta(hours=1)), "2026-12-01 09:30"),
        ("2026-11-27 17:00", Limit(unit=TimeUnit.CALENDAR, days=1, span=timedelta(hours=1)), "2026-11-28 18:00"),
        ("2026-11-28 12:00", Limit(unit=TimeUnit.WORKING), "2026-11-28 12:00"),
    ],
)
def test_a_limit_counts_in_its_own_unit(calendar: WorkingCalendar, at: At, start: str, limit: Limit, end: str) -> None:
    assert deadline(at(start), limit, calendar) == at(end)


def test_a_warning_before_or_at_the_start_is_left_out(dispatched: Any, at: At) -> None:
    # one day to accept, amber one day before it: there is nothing to warn of yet
    assert dispatched.timers_of("accept:1") == {"red": at("2026-11-24 10:00")}


def test_a_step_tells_the_ones_that_the_policy_names(
    dispatched: Any, policy: Policy, calendar: WorkingCalendar, at: At
) -> None:
    red = timer_of(dispatched, "finish:1", "red")
    fired = fire(red, dispatched.clock("finish:1"), policy=policy, calendar=calendar, now=red.fire_at)
    assert (fired.step, fired.to, fired.again) == ("red", ("lead", "supervisor"), None)
    assert (fired.clock, fired.ticket_no, fired.leg) == ("T/1:finish:1", "T", "T/1")
    assert fired.at == at("2026-11-30 10:00")


def test_a_fired_step_keeps_its_true_moment_however_often_it_was_pushed_on(
    dispatched: Any, policy: Policy, calendar: WorkingCalendar, at: At
) -> None:
    amber = timer_of(dispatched, "finish:1", "amber")
    pushed = replace(amber, fire_at=amber.fire_at + timedelta(minutes=20))
    fired = fire(pushed, dispatched.clock("finish:1"), policy=policy, calendar=calendar, now=pushed.fire_at)
    assert fired.at == at("2026-11-27 10:00")


@pytest.mark.parametrize("kind", [E.REPLIED, E.HOLD_GRANTED, E.EXTENSION_GRANTED])
def test_nobody_hears_of_a_deadline_that_no_longer_stands(
    dispatched: Any, policy: Policy, calendar: WorkingCalendar, kind: EventKind
) -> None:
    red = timer_of(dispatched, "finish:1", "red")
    dispatched.then(kind, "2026-11-24 10:00", unit="scjg", days=1)
    fired = fire(red, dispatched.clock("finish:1"), policy=policy, calendar=calendar, now=red.fire_at)
    assert (fired.to, fired.again) == ((), None)


@pytest.fixture
def critical(story: Any) -> Any:
    story.then(E.OPENED, "2026-11-28 23:00", profile="critical")
    return story.then(E.DISPATCHED, "2026-11-28 23:00", unit="gas", round=1, profile="critical")


def test_a_repeat_goes_on_until_somebody_accepts(
    critical: Any, policy: Policy, calendar: WorkingCalendar, at: At
) -> None:
    repeat = timer_of(critical, "accept:1", "repeat")
    assert (repeat.repeat_no, repeat.fire_at) == (0, at("2026-11-28 23:30"))
    for n in range(1, 4):
        again = fire(repeat, critical.clock("accept:1"), policy=policy, calendar=calendar, now=repeat.fire_at).again
        assert again is not None
        assert (again.repeat_no, again.fire_at) == (n, repeat.fire_at + QUARTER)
        assert again.due_at == repeat.due_at
        repeat = again
    critical.then(E.ACCEPTED, "2026-11-29 01:00")
    assert fire(repeat, critical.clock("accept:1"), policy=policy, calendar=calendar, now=repeat.fire_at).again is None


def test_repeats_that_went_by_in_an_outage_are_one(
    critical: Any, policy: Policy, calendar: WorkingCalendar, at: At
) -> None:
    repeat = timer_of(critical, "accept:1", "repeat")
    fired = fire(repeat, critical.clock("accept:1"), policy=policy, calendar=calendar, now=at("2026-11-29 02:00"))
    assert fired.again is not None
    assert (fired.again.fire_at, fired.again.repeat_no) == (at("2026-11-29 02:15"), 11)


def test_a_repeat_without_any_distance_does_not_repeat(critical: Any, calendar: WorkingCalendar) -> None:
    nothing = Step(name="repeat", offset=Limit(unit=TimeUnit.CALENDAR), before=False, to=("duty",))
    odd = Profile(code="critical", name="怪", limits={}, ladder={"accept": (nothing,)})
    repeat = timer_of(critical, "accept:1", "repeat")
    fired = fire(
        repeat,
        critical.clock("accept:1"),
        policy=Policy(version="odd", profiles={"critical": odd}),
        calendar=calendar,
        now=repeat.fire_at,
    )
    assert fired.again is None


def test_a_step_that_the_policy_no_longer_has_tells_nobody(dispatched: Any, calendar: WorkingCalendar) -> None:
    red = timer_of(dispatched, "finish:1", "red")
    empty = Policy(version="p2", profiles={})
    fired = fire(red, dispatched.clock("finish:1"), policy=empty, calendar=calendar, now=red.fire_at)
    assert (fired.to, fired.at) == ((), red.fire_at)


def test_after_an_outage_each_clocks_highest_missed_step_fires_once(dispatched: Any, at: At) -> None:
    late = late_steps(dispatched.live.values(), at("2026-12-01 00:00"))
    assert [(timer.clock, timer.step) for timer in late.fire] == [
        ("T/1:accept:1", "red"),
        ("T/1:promise:1", "red"),
        ("T/1:finish:1", "red"),
    ]
    assert [(timer.clock, timer.step) for timer in late.skipped] == [
        ("T/1:promise:1", "amber"),
        ("T/1:finish:1", "amber"),
    ]


@pytest.mark.parametrize(
    ("now", "fires"),
    [
        ("2026-11-30 09:59:59", "amber"),
        ("2026-11-30 10:00:00", "red"),
        ("2026-12-07 09:59:59", "red"),
        ("2026-12-07 10:00:00", "notice"),
    ],
)
def test_a_step_is_missed_from_the_second_of_its_moment_on(dispatched: Any, at: At, now: str, fires: str) -> None:
    finish = [timer for timer in dispatched.live.values() if timer.clock == "T/1:finish:1"]
    late = late_steps(finish, at(now))
    assert [timer.step for timer in late.fire] == [fires]
    assert len(late.fire) + len(late.skipped) == sum(timer.fire_at <= at(now) for timer in finish)


def test_steps_at_the_same_moment_are_weighed_by_their_rank(dispatched: Any, at: At) -> None:
    red = timer_of(dispatched, "finish:1", "red")
    same = [replace(red, step=name) for name in ("notice", "amber", "red")]
    late = late_steps(same, red.fire_at)
    assert [timer.step for timer in late.fire] == ["notice"]
    assert [timer.step for timer in late.skipped] == ["amber", "red"]


def test_nothing_missed_is_nothing_to_do(dispatched: Any, at: At) -> None:
    late = late_steps(dispatched.live.values(), at("2026-11-23 10:00"))
    assert (late.fire, late.skipped) == ((), ())
