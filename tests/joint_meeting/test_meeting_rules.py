"""What a dispute and a ruling mean for the agenda, for who may speak, and for what comes after."""

from dataclasses import replace
from typing import Any

import pytest

from joint_meeting import rules
from plumbing.errors import BadInput, Forbidden
from tickets.ports import AgendaItem, RulingWish
from tickets.types import Actor, CommandKind, LegState, Role

C, R = CommandKind, Role
Meeting = Any  # the makers of conftest.py


@pytest.fixture
def item(meeting: Meeting) -> AgendaItem:
    """The dispute of A and B; the street handles the matter meanwhile."""
    case = meeting.disputed()
    opened, ruled = rules.agenda(case.seen(), case.ticket, n_before=0)
    assert ruled == []
    return opened[0]


def person(*roles: Role, unit: str | None = None) -> Actor:
    return Actor(id="某人", roles=frozenset(roles), unit=unit)


def test_a_dispute_goes_on_the_agenda_with_who_disputes_and_who_handles_it(item: AgendaItem, meeting: Meeting) -> None:
    assert item.id == f"{meeting.no}-1"
    assert (item.field, item.state, item.leg) == ("food", "open", f"{meeting.no}/1")
    assert (item.units, item.interim) == (("a", "b"), "centre_east")
    assert item.question == "已有2家单位认为不属于其职责"


def test_a_matter_of_no_standing_meeting_goes_to_the_general_one(meeting: Meeting) -> None:
    case = meeting.Case()
    case.do(C.DISPUTE, meeting.dispatcher, reason="清单没有规定")
    opened, _ = rules.agenda(case.seen(), case.ticket, n_before=0)
    assert (opened[0].field, opened[0].units, opened[0].interim) == (rules.GENERAL, (), None)


def test_a_ruling_settles_the_item_of_its_leg(meeting: Meeting) -> None:
    case = meeting.disputed()
    case.seen()
    case.do(C.RULE, meeting.chair, lead="c", supports=["a"], reason="由丙主办", clause="第三条")
    opened, ruled = rules.agenda(case.seen(), case.ticket, n_before=1)
    assert opened == []
    assert [(done.ticket_no, done.leg, done.at) for done in ruled] == [(meeting.no, f"{meeting.no}/1", case.now)]
    assert (ruled[0].ruling["lead"], ruled[0].ruling["supports"], ruled[0].ruling["clause"]) == ("c", ["a"], "第三条")


def test_two_disputes_of_one_ticket_are_two_items(meeting: Meeting) -> None:
    case = meeting.disputed()
    case.returned("s", "c", on=2)
    case.do(C.DISPUTE, meeting.dispatcher, on=2, reason="协办也有争议")
    opened, _ = rules.agenda(case.seen(), case.ticket, n_before=0)
    assert [(one.id, one.leg) for one in opened] == [
        (f"{meeting.no}-1", f"{meeting.no}/1"),
        (f"{meeting.no}-2", f"{meeting.no}/2"),
    ]
    assert (opened[1].units, opened[1].interim) == (("s",), None)


def test_later_items_are_numbered_on(meeting: Meeting) -> None:
    case = meeting.disputed()
    opened, _ = rules.agenda(case.seen(), case.ticket, n_before=4)
    assert opened[0].id == f"{meeting.no}-5"


def test_what_is_no_dispute_leaves_the_agenda_alone(meeting: Meeting) -> None:
    case = meeting.Case()
    case.do(C.DISPATCH, meeting.dispatcher, unit="a")
    assert rules.agenda(case.seen(), case.ticket, n_before=0) == ([], [])


MAY_STATE: list[tuple[str, Actor, str | None]] = [
    ("a party", person(R.CENTRE, unit="a"), "a"),
    ("the other party", person(R.CENTRE, unit="b"), "b"),
    ("who handles it meanwhile", person(R.CENTRE, unit="centre_east"), "centre_east"),
    ("the chair", person(R.CHAIR, unit="office"), "office"),
    ("a dispatcher", person(R.DISPATCHER, unit="hotline"), "hotline"),
    ("a supervisor", person(R.SUPERVISOR, unit="ducha"), "ducha"),
    ("a stranger unit", person(R.CENTRE, unit="c"), None),
    ("a centre's person without a unit", person(R.CENTRE), None),
    ("an operator", person(R.OPERATOR), None),
    ("a leader", person(R.LEADER), None),
    ("a resident", person(R.RESIDENT), None),
]


@pytest.mark.parametrize(("who", "actor", "unit"), MAY_STATE, ids=[case[0] for case in MAY_STATE])
def test_who_may_speak_and_for_whom(item: AgendaItem, who: str, actor: Actor, unit: str | None) -> None:
    if unit is not None:
        assert rules.may_state(item, actor, "意见") == unit, who
    else:
        with pytest.raises(Forbidden) as error:
            rules.may_state(item, actor, "意见")
        assert error.value.sentence.endswith("。")


@pytest.mark.parametrize(
    ("text", "code"), [("", "EMPTY_STATEMENT"), (" \n", "EMPTY_STATEMENT"), ("字" * 4001, "LONG_STATEMENT")]
)
def test_a_statement_has_words_but_not_too_many(item: AgendaItem, text: str, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        rules.may_state(item, person(R.CENTRE, unit="a"), text)
    assert rules.may_state(item, person(R.CENTRE, unit="a"), "字" * 4000) == "a"


def test_after_the_ruling_nobody_speaks(item: AgendaItem) -> None:
    with pytest.raises(BadInput, match="ALREADY_RULED") as error:
        rules.may_state(replace(item, state="ruled"), person(R.CENTRE, unit="a"), "意见")
    assert error.value.status == 409


MAY_SEE: list[tuple[str, Actor, bool, bool]] = [
    ("a party", person(R.CENTRE, unit="a"), True, True),
    ("who handles it meanwhile", person(R.CENTRE, unit="centre_east"), True, True),
    ("who gets it by the ruling", person(R.CENTRE, unit="c"), False, True),
    ("a stranger unit", person(R.CENTRE, unit="d"), False, False),
    ("a centre's person without a unit", person(R.CENTRE), False, False),
    ("the chair", person(R.CHAIR), True, True),
    ("a dispatcher", person(R.DISPATCHER), True, True),
    ("a supervisor", person(R.SUPERVISOR), True, True),
    ("a leader", person(R.LEADER), True, True),
    ("an operator", person(R.OPERATOR), False, False),
    ("a resident", person(R.RESIDENT), False, False),
]


@pytest.mark.parametrize(("who", "actor", "before", "after"), MAY_SEE, ids=[case[0] for case in MAY_SEE])
def test_who_may_see_an_item_before_and_after_the_ruling(
    item: AgendaItem, who: str, actor: Actor, before: bool, after: bool
) -> None:
    assert rules.may_see(item, actor) is before, who
    assert rules.may_see(replace(item, state="ruled", ruling={"lead": "c"}), actor) is after, who


def test_an_item_that_nobody_handles_is_not_seen_by_whoever_has_no_unit(item: AgendaItem) -> None:
    assert not rules.may_see(replace(item, interim=None), person(R.CENTRE))


WISH = RulingWish(lead="c", supports=("a",), reason="由丙主办", words=("盒饭",))


def test_a_ruling_leaves_a_precedent_for_the_same_matter_and_street(item: AgendaItem, meeting: Meeting) -> None:
    case = meeting.disputed()
    kept = rules.precedent(item, WISH, case.ticket, case.now)
    assert kept is not None
    assert (kept.id, kept.matter, kept.area) == (f"P{item.id}", "0401", "east")
    assert (kept.lead, kept.supports, kept.words, kept.reason) == ("c", ("a",), ("盒饭",), "由丙主办")
    assert (kept.ticket_no, kept.ruled_at, kept.to_date) == (meeting.no, case.now, None)


def test_without_a_street_the_precedent_is_for_all(item: AgendaItem, meeting: Meeting) -> None:
    case = meeting.disputed()
    kept = rules.precedent(item, WISH, replace(case.ticket, street=None), case.now)
    assert kept is not None
    assert kept.area == "*"


def test_no_precedent_when_not_wished_or_without_a_matter(item: AgendaItem, meeting: Meeting) -> None:
    case = meeting.disputed()
    assert rules.precedent(item, replace(WISH, precedent=False), case.ticket, case.now) is None
    assert rules.precedent(item, WISH, replace(case.ticket, matter=None), case.now) is None


def test_who_helps_here_is_no_precedent_for_who_leads_elsewhere(item: AgendaItem, meeting: Meeting) -> None:
    case = meeting.disputed()
    about_support = replace(item, leg=f"{meeting.no}/2")
    assert rules.precedent(about_support, WISH, case.ticket, case.now) is None


def test_a_ruling_needs_a_leg_that_is_still_disputed(item: AgendaItem, meeting: Meeting) -> None:
    case = meeting.disputed()
    assert rules.disputed_leg(case.ticket, item)
    assert not rules.disputed_leg(case.ticket, replace(item, leg=f"{meeting.no}/2"))
    case.do(C.RULE, meeting.chair, lead="c", reason="由丙主办")
    assert case.ticket.legs[0].state is LegState.DISPATCHED
    assert not rules.disputed_leg(case.ticket, item)
