"""Every row of the table of moves: from where, by whom, to where; and that the table is the domain's."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from plumbing.errors import Forbidden, Refused
from tickets.commands import FIELDS
from tickets.lifecycle import allowed, apply, lead, step
from tickets.moves import AT_UNIT, ENDED, MOVES, OPEN, WORDS
from tickets.types import RESIDENT, Actor, Command, CommandKind, EventKind, LegState, Role

C, E, R, S = CommandKind, EventKind, Role, LegState
NewStory = Any  # the Story class of conftest.py

STATES = sorted(set(S) - {S.RULED})
"""RULED is passed through inside one step."""

ANY_OPEN = {S.TRANSFERRED, S.MERGED, S.WITHDRAWN, S.INVALID}
DOMAIN: dict[LegState, set[LegState]] = {
    S.RECEIVED: {S.DISPATCHED, S.ANSWERED, S.REFUSED, S.WAITING, S.DISPUTED} | ANY_OPEN,
    S.WAITING: {S.RECEIVED, S.DISPATCHED} | ANY_OPEN,
    S.ANSWERED: {S.CLOSED, S.RECEIVED},  # called back where it is; unsolved, the hotline has it again
    S.REFUSED: {S.CLOSED},
    S.TRANSFERRED: {S.CLOSED},
    S.MERGED: {S.RECEIVED, S.CLOSED},  # back to where it was; closed with its master
    S.DISPATCHED: {S.ACCEPTED, S.RETURN_REQUESTED, S.DISPATCHED} | ANY_OPEN,
    S.ACCEPTED: {S.CONTACTED, S.RETURN_REQUESTED, S.REPLIED} | ANY_OPEN,
    S.CONTACTED: {S.IN_PROGRESS, S.REPLIED} | ANY_OPEN,
    S.IN_PROGRESS: {S.REPLIED, S.RETURN_REQUESTED, S.EXTENSION_REQUESTED, S.HOLD_REQUESTED} | ANY_OPEN,
    S.RETURN_REQUESTED: {S.DISPATCHED, S.IN_PROGRESS, S.DISPUTED} | ANY_OPEN,
    S.DISPUTED: {S.DISPATCHED} | ANY_OPEN,  # through RULED
    S.EXTENSION_REQUESTED: {S.IN_PROGRESS} | ANY_OPEN,
    S.HOLD_REQUESTED: {S.ON_HOLD, S.IN_PROGRESS} | ANY_OPEN,
    S.ON_HOLD: {S.IN_PROGRESS} | ANY_OPEN,
    S.REPLIED: {S.CALLBACK, S.IN_PROGRESS} | ANY_OPEN,
    S.CALLBACK: {S.CLOSED, S.REWORK} | ANY_OPEN,
    S.REWORK: {S.IN_PROGRESS} | ANY_OPEN,
    S.CLOSED: {S.REWORK, S.ARCHIVED},
    S.ARCHIVED: set(),
    S.WITHDRAWN: {S.ARCHIVED},
    S.INVALID: {S.ARCHIVED},
}
"""The column "goes on to" of the domain's table, typed anew and not read from the code."""

WHO: dict[CommandKind, set[Role]] = {
    C.ASK: {R.SYSTEM, R.OPERATOR, R.DISPATCHER},
    C.DISPATCH: {R.SYSTEM, R.DISPATCHER},
    C.REASSIGN: {R.DISPATCHER},
    C.ANSWER: {R.OPERATOR, R.DISPATCHER},
    C.REFUSE: {R.OPERATOR, R.DISPATCHER},
    C.TRANSFER: {R.SYSTEM, R.OPERATOR, R.DISPATCHER},
    C.MERGE: {R.DISPATCHER},
    C.UNMERGE: {R.SYSTEM, R.DISPATCHER},
    C.ACCEPT: {R.CENTRE},
    C.CONTACT: {R.CENTRE},
    C.START: {R.CENTRE},
    C.REPLY: {R.CENTRE},
    C.SETTLE: {R.CENTRE},
    C.REQUEST_RETURN: {R.CENTRE},
    C.APPROVE_RETURN: {R.DISPATCHER},
    C.REFUSE_RETURN: {R.DISPATCHER},
    C.DISPUTE: {R.SYSTEM, R.DISPATCHER},
    C.RULE: {R.CHAIR},
    C.REQUEST_EXTENSION: {R.CENTRE},
    C.REQUEST_HOLD: {R.CENTRE},
    C.GRANT_HOLD: {R.SUPERVISOR, R.LEADER},
    C.PASS_REPLY: {R.DISPATCHER, R.SUPERVISOR},
    C.REJECT_REPLY: {R.DISPATCHER, R.SUPERVISOR},
    C.CALL_BACK: {R.CALLBACK, R.SUPERVISOR},
    C.RATE: {R.RESIDENT},
    C.REOPEN: {R.RESIDENT},
    C.ARCHIVE: {R.SYSTEM, R.ADMIN},
    C.WITHDRAW: {R.RESIDENT},
    C.INVALIDATE: {R.OPERATOR, R.DISPATCHER},
}
"""The column "who moves it there"."""

ALONE: dict[Role, str] = {
    R.SYSTEM: "system",
    R.RESIDENT: "resident",
    R.OPERATOR: "operator",
    R.DISPATCHER: "dispatcher",
    R.CENTRE: "a",
    R.CALLBACK: "callback",
    R.CHAIR: "chair",
    R.SUPERVISOR: "supervisor",
    R.LEADER: "leader",
    R.ADMIN: "admin",
}


def is_chinese(sentence: str) -> bool:
    return sentence.endswith("。") and sum("\u4e00" <= char <= "\u9fff" for char in sentence) >= 6


def test_every_command_has_its_row_and_its_fields() -> None:
    assert set(MOVES) == set(FIELDS) == set(CommandKind)
    assert all(kind is move.command for kind, move in MOVES.items())


def test_every_state_has_a_chinese_word_of_its_own() -> None:
    assert set(WORDS) == set(LegState)
    assert len(set(WORDS.values())) == len(WORDS)


def test_a_state_is_open_or_ended_and_a_unit_holds_only_open_ones() -> None:
    assert set(LegState) == OPEN | ENDED
    assert not OPEN & ENDED
    assert AT_UNIT < OPEN


@pytest.mark.parametrize("kind", sorted(WHO))
def test_the_table_names_whom_the_domain_names(kind: CommandKind) -> None:
    assert MOVES[kind].who == WHO[kind]


@pytest.mark.parametrize("state", STATES)
def test_each_command_is_allowed_or_refused_as_the_table_says(story: NewStory, state: LegState) -> None:
    begun = story().at(state)
    for kind, move in MOVES.items():
        for role, who in ALONE.items():
            if role not in move.who:
                with pytest.raises(Forbidden) as forbidden:
                    begun.try_(kind, who)
                assert forbidden.value.code == "ROLE"
                assert is_chinese(forbidden.value.sentence)
            elif role is R.CENTRE and begun.lead.unit is None:
                with pytest.raises(Forbidden) as forbidden:
                    begun.try_(kind, who)
                assert forbidden.value.code == "OTHER_UNIT"
            elif state not in move.sources:
                with pytest.raises(Refused) as refused:
                    begun.try_(kind, who)
                assert refused.value.code == "STATE"
                assert WORDS[state] in refused.value.sentence
                assert is_chinese(refused.value.sentence)
            elif (state, kind) in CONDITIONS and role is not R.SYSTEM:
                with pytest.raises(Refused) as refused:
                    begun.try_(kind, who)
                assert refused.value.code == CONDITIONS[state, kind]
            else:
                events = begun.try_(kind, who)
                assert events
                assert [event.seq for event in events] == list(
                    range(begun.ticket.version + 1, begun.ticket.version + 1 + len(events))
                )


CONDITIONS = {(S.CLOSED, C.RATE): "RATED", (S.MERGED, C.CLOSE): "FOLLOWS_MASTER"}
"""Allowed by the table, and yet not on the usual path: the callback has asked already; a merged one follows its master,
which only the engine lets it do."""


UNSOLVED: dict[CommandKind, dict[str, Any]] = {
    C.CALL_BACK: {"reached": True, "solved": False},
    C.RATE: {"score": 1, "solved": False},
}


@pytest.mark.parametrize("state", STATES)
def test_a_leg_goes_on_to_where_the_domain_says_and_nowhere_else(story: NewStory, state: LegState) -> None:
    begun = story().at(state)
    reached = set()
    for kind in CommandKind:
        for data in [{}, UNSOLVED.get(kind, {})]:
            for who in ALONE.values():
                with suppress(Forbidden, Refused):
                    after = begun.ticket
                    for event in begun.try_(kind, who, **data):
                        after = apply(after, event)
                    if lead(after).state is not state or kind is C.REASSIGN:
                        reached.add(lead(after).state)
    assert reached == DOMAIN[state]


@pytest.mark.parametrize("kind", [kind for kind, move in MOVES.items() if move.who == {R.CENTRE}])
def test_another_units_centre_may_not_do_what_the_units_own_may(story: NewStory, kind: CommandKind) -> None:
    state = next(state for state in STATES if state in MOVES[kind].sources)
    begun = story().at(state)
    assert begun.try_(kind, "a")
    for stranger in (begun.people.b, Actor(id="无单位", roles=frozenset({R.CENTRE}))):
        with pytest.raises(Forbidden) as forbidden:
            begun.try_(kind, stranger)
        assert forbidden.value.code == "OTHER_UNIT"


def test_a_second_role_does_not_open_another_units_work(story: NewStory) -> None:
    both = Actor(id="兼任", roles=frozenset({R.CENTRE, R.SUPERVISOR}), unit="b")
    begun = story().at(S.DISPATCHED)
    with pytest.raises(Forbidden):
        begun.try_(C.ACCEPT, both)
    assert story().at(S.ON_HOLD).try_(C.END_HOLD, both)


@pytest.mark.parametrize("state", STATES)
def test_the_buttons_of_a_page_are_what_state_and_role_allow(story: NewStory, state: LegState) -> None:
    begun = story().at(state)
    for role, who in ALONE.items():
        actor = getattr(begun.people, who)
        expected = {
            kind
            for kind, move in MOVES.items()
            if role in move.who and state in move.sources and not (role is R.CENTRE and begun.lead.unit is None)
        }
        assert set(allowed(begun.ticket, begun.lead, actor)) == expected


def test_an_unknown_leg_is_not_found_and_says_so(story: NewStory) -> None:
    begun = story().at(S.DISPATCHED)
    command = Command(kind=C.WITHDRAW, actor=RESIDENT, leg="26091400000017/9")
    with pytest.raises(Exception, match="NO_LEG"):
        step(begun.ticket, command, datetime(2026, 9, 14, 3, 0, tzinfo=UTC))
