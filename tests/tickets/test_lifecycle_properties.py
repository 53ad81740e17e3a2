"""Random commands by random people: nothing ever breaks, a refusal changes nothing, the history is the ticket."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plumbing.errors import HotlineError
from tickets.commands import FIELDS as COMMAND_FIELDS
from tickets.fold import fold, state_of
from tickets.lifecycle import Facts, allowed, faults, lead
from tickets.moves import AT_UNIT, ENDED, MOVES, OPEN
from tickets.types import Actor, CommandKind, Event, EventKind, Leg, LegRole, LegState, Ticket

C, E, S = CommandKind, EventKind, LegState
NewStory = Any  # the Story class of conftest.py
UNITS = st.sampled_from(["a", "b", "c", "street", "gone"])
MINUTES = st.sampled_from([0, 1, 60, 60 * 24 * 3, 60 * 24 * 31])
FACTS = st.sampled_from(
    [
        Facts(),
        Facts(interim="street", known_units=frozenset({"a", "b", "c", "street"})),
        Facts(interim="gone", known_units=frozenset({"a", "b", "c", "street"}), max_refusals=3),
        Facts(return_open=False, before_due=False, callback_attempts=1),
        Facts(max_refusals=9, max_returns=1, interim="b"),
    ]
)
FIELDS: Mapping[CommandKind, Mapping[str, st.SearchStrategy[Any]]] = {
    C.DISPATCH: {"unit": UNITS, "supports": st.lists(UNITS, max_size=3)},
    C.REASSIGN: {"unit": UNITS},
    C.ADD_SUPPORT: {"unit": UNITS},
    C.CONTACT: {"reached": st.booleans(), "note": st.just("无人接听")},
    C.REQUEST_RETURN: {"proposed_unit": UNITS},
    C.APPROVE_RETURN: {"unit": UNITS},
    C.RULE: {"lead": UNITS, "supports": st.lists(UNITS, max_size=2)},
    C.REQUEST_EXTENSION: {"days": st.integers(1, 10)},
    C.CALL_BACK: {"reached": st.booleans(), "solved": st.booleans()},
    C.RATE: {"score": st.integers(1, 5), "solved": st.booleans()},
    C.SUPPLY: {"receipt_no": st.sampled_from(["26091400000041", "26091400000058"])},
}
ENDING = {C.WITHDRAW, C.TRANSFER, C.MERGE, C.INVALIDATE, C.REFUSE, C.ARCHIVE}
SELDOM = st.integers(0, 15).map(lambda n: n == 15)
STARTS = (S.RECEIVED, S.IN_PROGRESS, S.RETURN_REQUESTED, S.CALLBACK)
OPENINGS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["help", "complaint", "report"]),
        "urgency": st.sampled_from(["routine", "critical"]),
        "party_unit": st.sampled_from([None, "b"]),
    }
)


def likely(ticket: Ticket, leg: Leg, actor: Actor, *, ends: bool) -> list[CommandKind]:
    """What state and role allow; what would end the ticket only now and then, so that a walk goes deep."""
    return [kind for kind in allowed(ticket, leg, actor) if ends or kind not in ENDING]


def plain(events: list[Event]) -> list[Event]:
    """The events as they come back from JSON."""
    return [replace(event, data=orjson.loads(orjson.dumps(event.data))) for event in events]


def check(ticket: Ticket) -> None:
    assert faults(ticket) == ()
    assert ticket.state is state_of(ticket.legs)
    assert [leg.id for leg in ticket.legs] == [f"{ticket.no}/{n + 1}" for n in range(len(ticket.legs))]
    first = lead(ticket)
    open_legs = [leg for leg in ticket.legs if leg.state in OPEN]
    assert first.state not in ENDED or not open_legs
    for leg in ticket.legs:
        assert leg.extended_days <= 10
        assert not (leg.return_forbidden and leg.state is S.RETURN_REQUESTED)
        assert leg.unit is None or leg.unit == leg.held_by[-1]
        assert leg.role is LegRole.LEAD or leg.state is not S.CALLBACK
        assert leg.unit is not None or leg.state not in AT_UNIT
        assert (leg.before is not None) == (leg.state is S.MERGED)
        assert leg.role is not LegRole.INTERIM or leg.unit != ticket.party_unit
    assert ticket.satisfaction in (None, 1, 2, 3, 4, 5)


def no_complaint_about_itself(ticket: Ticket, events: tuple[Event, ...]) -> None:
    for event in events:
        given = event.kind in (E.DISPATCHED, E.REASSIGNED, E.RETURN_APPROVED, E.INTERIM_APPOINTED)
        if given and ticket.type != "help":
            assert event.data["unit"] != ticket.party_unit or ticket.party_unit is None


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), first=OPENINGS)
def test_random_commands_never_break_a_ticket(story: NewStory, data: st.DataObject, first: dict[str, Any]) -> None:
    begun = story(**first)
    for kind, who, *fields in begun.paths[data.draw(st.sampled_from(STARTS))]:
        begun.do(kind, who, **(fields[0] if fields else {}))
    people = list(vars(begun.people).values())
    refusals: list[str] = []
    for _ in range(data.draw(st.integers(1, 40))):
        actor = data.draw(st.sampled_from(people))
        leg = data.draw(st.sampled_from(begun.ticket.legs))
        kind = data.draw(st.sampled_from(likely(begun.ticket, leg, actor, ends=data.draw(SELDOM)) or list(CommandKind)))
        fields = {name: data.draw(strategy) for name, strategy in FIELDS.get(kind, {}).items()}
        begun.now += timedelta(minutes=data.draw(MINUTES))
        begun.facts = data.draw(FACTS)
        before = begun.ticket
        on = data.draw(st.sampled_from([None, int(leg.id.rsplit("/", 1)[1])]))
        try:
            events = begun.try_(kind, actor, on=on, **{**begun.data.get(kind, {}), **fields})
        except HotlineError as error:
            refusals.append(error.sentence)
            continue
        assert events
        assert events[0].kind in FIRST.get(kind, {MOVES[kind].event})
        no_complaint_about_itself(before, events)
        begun.take(*events)
        check(begun.ticket)
    assert all(sentence.endswith("。") for sentence in refusals)
    assert [event.seq for event in begun.events] == list(range(1, begun.ticket.version + 1))
    assert fold(begun.events) == begun.ticket
    assert fold(plain(begun.events)) == begun.ticket


FIRST: Mapping[CommandKind, set[EventKind]] = {
    C.SUPPLY: {E.APPENDED, E.SUPPLIED},
    C.GRANT_EXTENSION: {E.EXTENSION_APPROVED, E.EXTENSION_GRANTED},
    C.APPROVE_RETURN: {E.RETURN_APPROVED, E.DISPUTED},
}
"""Commands whose first event depends on the case; of every other it is the one in its row."""


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(CommandKind),
    fields=st.dictionaries(
        st.sampled_from(["unit", "reason", "supports", "answer", "reached", "score", "days", "x"]),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4),
        max_size=4,
    ),
)
def test_whatever_is_sent_is_done_or_refused_with_a_sentence(
    story: NewStory, kind: CommandKind, fields: dict[str, Any]
) -> None:
    begun = story()
    refusals: list[str] = []
    for actor in vars(begun.people).values():
        try:
            events = begun.try_(kind, actor, **{**begun.data.get(kind, {}), **fields})
        except HotlineError as error:
            refusals.append(error.sentence)
        else:
            assert fold([*begun.events, *plain(list(events))]).version == 1 + len(events)
    assert all(sentence.endswith("。") for sentence in refusals)


def test_a_history_without_its_beginning_or_with_a_hole_is_refused(story: NewStory) -> None:
    begun = story().at(S.CLOSED)
    for broken in ([], begun.events[1:], [begun.events[0], *begun.events[2:]], [*begun.events, begun.events[-1]]):
        with pytest.raises(ValueError, match=r"event|history"):
            fold(broken)


NOT_BY_A_COMMAND = {E.OPENED, E.UNDERSTOOD, E.DECIDED, E.ALARMED, E.CLOCK_WARNED}


def test_every_event_that_a_command_can_cause_is_met_and_folded(story: NewStory) -> None:
    dice = Random(12345)
    met: set[EventKind] = set()
    for state in [state for state in sorted(story.paths) for _ in range(25)]:
        begun = story().at(state)
        people = list(vars(begun.people).values())
        for _ in range(30):
            actor, leg = dice.choice(people), dice.choice(begun.ticket.legs)
            kinds = likely(begun.ticket, leg, actor, ends=dice.random() < 0.05)
            if not kinds:
                continue
            data = {"unit": dice.choice("abc"), "solved": dice.random() < 0.7, "supports": dice.choice([[], ["b"]])}
            kind = dice.choice(kinds)
            known = {field.name for field in COMMAND_FIELDS[kind]}
            fields = {**begun.data.get(kind, {}), **{name: data[name] for name in data.keys() & known}}
            with suppress(HotlineError):
                begun.do(kind, actor, on=int(leg.id.rsplit("/", 1)[1]), **fields)
        assert fold(plain(begun.events)) == begun.ticket
        met |= {event.kind for event in begun.events}
    assert met == set(EventKind) - NOT_BY_A_COMMAND | {E.OPENED}
