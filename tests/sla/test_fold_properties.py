"""Any history, however odd: one go equals step by step, and no second of a leg is lost or doubled."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.calendar import WorkingCalendar
from sla.rules import explain, ledger
from sla.types import ClockKind, ClockState
from tickets.types import EventKind

E, S = EventKind, ClockState
UNITS = ("scjg", "cgzf", "fgj")
START = datetime(2026, 11, 23, 1, tzinfo=UTC)

_DATA: dict[EventKind, st.SearchStrategy[dict[str, Any]]] = {
    E.DECIDED: st.fixed_dictionaries({"profile": st.sampled_from(["default", "critical", "enquiry"])}),
    E.EXTENSION_GRANTED: st.fixed_dictionaries({"days": st.integers(1, 3)}),
    E.CLOSED: st.fixed_dictionaries({"ticket_closed": st.booleans()}),
    E.RETURN_REFUSED: st.fixed_dictionaries({"pause_counts": st.booleans(), "state": st.just("IN_PROGRESS")}),
    E.CALLED_BACK: st.fixed_dictionaries({"reached": st.booleans()}),
    E.UNMERGED: st.fixed_dictionaries({"promise_due": st.just("2026-11-24T10:00:00+08:00")}),
    E.NOTED: st.fixed_dictionaries({"promise_due_at": st.just("2026-11-25T20:00:00+08:00")}),
}
_HANDED_OVER = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(UNITS),
        "round": st.integers(1, 3),
        "profile": st.sampled_from(["default", "critical", "enquiry"]),
        "return_forbidden": st.booleans(),
    }
)
_GIVES = {E.DISPATCHED, E.REASSIGNED, E.RETURN_APPROVED, E.REFLOWED, E.LEG_ADDED, E.INTERIM_APPOINTED}


Told = tuple[EventKind, timedelta, str | None, dict[str, Any]]


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    kinds = draw(st.lists(st.sampled_from([kind for kind in EventKind if kind is not E.OPENED]), max_size=25))
    passed = timedelta()
    history: list[Told] = []
    for kind in kinds:
        passed += timedelta(seconds=draw(st.sampled_from([0, 0, 1, 600, 7_200, 50_000, 200_000])))
        leg = draw(st.sampled_from(["T/1", "T/1", "T/1", "T/2", None]))
        data = draw(_HANDED_OVER if kind in _GIVES else _DATA.get(kind, st.just({})))
        history.append((kind, passed, leg, data))
    return history


def played(new_story: Callable[[], Any], history: list[Any]) -> Any:
    story = new_story().then(E.OPENED, START, profile="default")
    for kind, passed, leg, data in history:
        story.then(kind, START + passed, leg=leg, **data)
    return story


@given(history=histories())
@settings(max_examples=200, deadline=None)
def test_a_whole_history_gives_the_same_clocks_as_its_events_one_by_one(
    new_story: Callable[[], Any], history: list[Any]
) -> None:
    story = played(new_story, history)
    whole = story.whole()
    assert whole.clocks == story.clocks
    assert whole.live == story.live


@given(history=histories())
@settings(max_examples=200, deadline=None)
def test_every_clock_is_sound_after_any_history(new_story: Callable[[], Any], history: list[Any]) -> None:
    story = played(new_story, history)
    for clock in story.clocks.values():
        assert (clock.due_at is None) == (clock.state is S.PAUSED)
        assert (clock.ended_at is None) == (clock.state in (S.RUNNING, S.PAUSED))
        assert clock.started_at.microsecond == 0
        if clock.state is S.PAUSED:
            assert clock.remaining_seconds is not None
    for timer in story.live.values():
        clock = story.clocks[timer.clock]
        assert clock.state is S.RUNNING
        assert timer.due_at == clock.due_at
    assert sum(clock.kind is ClockKind.PROMISE for clock in story.clocks.values()) == 1


@given(history=histories())
@settings(max_examples=100, deadline=None)
def test_every_clock_of_any_history_can_be_explained(new_story: Callable[[], Any], history: list[Any]) -> None:
    story = played(new_story, history)
    for clock in story.clocks.values():
        lines = explain(clock, story.events, policy=story.policy, calendar=story.calendar)
        assert all(line.endswith("。") for line in lines)
        assert not any("注意" in line for line in lines)


@given(history=histories(), calls=st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_stretches_of_a_leg_never_overlap(
    new_story: Callable[[], Any], calendar: WorkingCalendar, history: list[Any], calls: int
) -> None:
    story = played(new_story, history)
    end = story.events[-1].at + timedelta(hours=calls)
    minutes = ledger(story.events, calendar, until=end)
    for leg in {part.leg for part in minutes}:
        parts = [part for part in minutes if part.leg == leg]
        assert all(a.to_at <= b.from_at for a, b in pairwise(parts))
        assert all(part.from_at < part.to_at <= end for part in parts)
        assert all(part.seconds == (part.to_at - part.from_at).total_seconds() for part in parts)
        assert sum(part.working_seconds for part in parts) <= calendar.between(START, end)


_LIVING = st.sampled_from(
    [
        E.ASKED,
        E.SUPPLIED,
        E.DISPATCHED,
        E.ACCEPTED,
        E.RETURN_REQUESTED,
        E.RETURN_REFUSED,
        E.DISPUTED,
        E.RULED,
        E.HOLD_GRANTED,
        E.HOLD_ENDED,
        E.REPLIED,
        E.REPLY_REJECTED,
        E.REWORK_ORDERED,
    ]
)


@given(kinds=st.lists(st.tuples(_LIVING, st.integers(0, 300_000)), min_size=1, max_size=20))
@settings(max_examples=150, deadline=None)
def test_a_leg_that_never_ended_is_covered_from_receipt_to_now(
    new_story: Callable[[], Any], calendar: WorkingCalendar, kinds: list[tuple[EventKind, int]]
) -> None:
    story = new_story().then(E.OPENED, START, profile="default")
    now = START
    for kind, seconds in kinds:
        now += timedelta(seconds=seconds)
        story.then(kind, now, unit="scjg", round=1, profile="default")
    parts = ledger(story.events, calendar, until=now)
    assert sum(part.seconds for part in parts) == (now - START).total_seconds()
    assert sum(part.working_seconds for part in parts) == calendar.between(START, now)
    assert all(a.to_at == b.from_at for a, b in pairwise(parts))
    assert not parts or (parts[0].from_at, parts[-1].to_at) == (START, now)
