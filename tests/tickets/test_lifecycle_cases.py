"""What the table of moves cannot hold: returns, disputes, rulings, extensions, callbacks, parallel legs, merging."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from plumbing.errors import BadInput, Refused
from tickets.lifecycle import EXTENSION_DAYS_IN_ALL, REOPEN_DAYS, faults
from tickets.moves import MOVES, OPEN
from tickets.types import CommandKind, EventKind, LegRole, LegState, Role, TicketType

C, E, R, S = CommandKind, EventKind, Role, LegState
NewStory = Any  # the Story class of conftest.py


def refused(story: Any, kind: CommandKind, who: Any, *, on: int | None = None, **data: Any) -> str:
    """The code of the refusal; the history stays as it was."""
    before = (story.ticket, len(story.events))
    with pytest.raises(Refused) as error:
        story.do(kind, who, on=on, **data)
    assert error.value.sentence.endswith("。")
    assert (story.ticket, len(story.events)) == before
    return error.value.code


def returned(by: str = "a", to: str = "b", code: str = "not_our_duty") -> dict[str, Any]:
    return {"code": code, "clause": f"{by}的三定方案", "proposed_unit": to}


# ---- the plain way through ------------------------------------------------------------------------------------------


def test_a_ticket_goes_from_receipt_to_archive(story: NewStory) -> None:
    begun = story().at(S.ARCHIVED)
    assert [event.kind for event in begun.events] == [
        E.OPENED,
        E.DISPATCHED,
        E.ACCEPTED,
        E.CONTACTED,
        E.STARTED,
        E.REPLIED,
        E.REPLY_PASSED,
        E.CALLED_BACK,
        E.CLOSED,
        E.ARCHIVED,
    ]
    assert (begun.lead.unit, begun.lead.round, begun.lead.replied_by) == ("a", 1, "单位甲经办")


def test_an_authorised_post_settles_on_the_spot_and_the_reply_is_still_reviewed(story: NewStory) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", post="a_chengguan")
    begun.do(C.ACCEPT, "a")
    assert begun.do(C.SETTLE, "a") == (E.SETTLED,)
    assert begun.state is S.REPLIED
    assert begun.events[-1].data["post"] == "a_chengguan"


def test_a_contact_that_failed_needs_its_reason(story: NewStory) -> None:
    begun = story().at(S.ACCEPTED)
    assert refused(begun, C.CONTACT, "a", reached=False) == "WHY_NOT"
    begun.do(C.CONTACT, "a", reached=False, note="三次无人接听")
    assert begun.state is S.CONTACTED


@pytest.mark.parametrize("kind", [C.REPLY, C.SETTLE])
def test_saying_that_nothing_can_be_done_needs_the_law(story: NewStory, kind: CommandKind) -> None:
    begun = story().at(S.ACCEPTED)
    assert refused(begun, kind, "a", answer="依法无法办理。", cannot_act=True) == "NO_BASIS"
    begun.do(kind, "a", answer="依法无法办理。", cannot_act=True, basis="某条例第八条")
    assert begun.events[-1].data["basis"] == "某条例第八条"


def test_the_residents_answer_brings_a_waiting_ticket_back(story: NewStory) -> None:
    begun = story().at(S.WAITING)
    assert begun.do(C.SUPPLY, "resident", receipt_no="26091400000041") == (E.SUPPLIED,)
    assert begun.state is S.RECEIVED
    assert begun.ticket.receipts[-1] == "26091400000041"
    begun.do(C.DISPATCH, "dispatcher")
    assert begun.do(C.SUPPLY, "resident", receipt_no="26091400000058") == (E.APPENDED,)
    assert begun.ticket.state is S.DISPATCHED


@pytest.mark.parametrize("who", ["system", "operator", "dispatcher"])
def test_a_wait_without_an_answer_ends_in_the_hotlines_hands(story: NewStory, who: str) -> None:
    begun = story().at(S.WAITING)
    begun.do(C.END_WAIT, who)
    assert begun.state is S.RECEIVED


def test_a_unit_that_is_not_in_force_gets_nothing(story: NewStory) -> None:
    begun = story().knows(known_units=frozenset({"a", "b"}))
    assert refused(begun, C.DISPATCH, "dispatcher", unit="abolished") == "UNKNOWN_UNIT"
    assert refused(begun, C.DISPATCH, "dispatcher", unit="a", supports=["b", "abolished"]) == "UNKNOWN_UNIT"
    begun.do(C.DISPATCH, "dispatcher", unit="a")
    assert refused(begun, C.REQUEST_RETURN, "a", **returned(to="abolished")) == "UNKNOWN_UNIT"


@pytest.mark.parametrize("type_", [TicketType.COMPLAINT, TicketType.REPORT])
def test_no_complaint_is_sent_to_the_unit_complained_about(story: NewStory, type_: TicketType) -> None:
    begun = story(type=type_, party_unit="b")
    assert refused(begun, C.DISPATCH, "dispatcher", unit="b") == "PARTY_UNIT"
    assert refused(begun, C.DISPATCH, "dispatcher", unit="a", supports=["b"]) == "PARTY_UNIT"
    begun.do(C.DISPATCH, "dispatcher", unit="a")
    assert refused(begun, C.REASSIGN, "dispatcher", unit="b", reason="误派") == "PARTY_UNIT"
    assert refused(begun, C.ADD_SUPPORT, "dispatcher", unit="b", reason="协助") == "PARTY_UNIT"
    begun.do(C.REQUEST_RETURN, "a", **returned(to="b"))
    assert refused(begun, C.APPROVE_RETURN, "dispatcher", unit="b") == "PARTY_UNIT"


def test_help_from_the_unit_that_is_named_is_no_complaint(story: NewStory) -> None:
    begun = story(type="help", party_unit="b")
    begun.do(C.DISPATCH, "dispatcher", unit="b")
    assert begun.lead.unit == "b"


def test_only_the_meeting_may_give_a_complaint_to_the_unit_it_is_about(story: NewStory) -> None:
    begun = story(type="complaint", party_unit="b")
    begun.do(C.DISPUTE, "dispatcher", reason="识别的被反映单位有误")
    begun.do(C.RULE, "chair", lead="b", reason="来话并非投诉该单位")
    assert begun.lead.unit == "b"


# ---- reassigning, returning, the loop breaker -----------------------------------------------------------------------


def test_reassigning_starts_a_new_round_without_the_old_units_times(story: NewStory) -> None:
    begun = story().at(S.DISPATCHED)
    assert refused(begun, C.REASSIGN, "dispatcher", unit="a", reason="误派") == "SAME_UNIT"
    begun.do(C.REASSIGN, "dispatcher", unit="b", reason="误派")
    leg = begun.lead
    assert (leg.unit, leg.round, leg.held_by, leg.refused_by) == ("b", 2, ("a", "b"), ())
    assert leg.dispatched_at == begun.now


@pytest.mark.parametrize("missing", ["code", "clause", "proposed_unit"])
def test_a_return_names_its_reason_its_clause_and_another_unit(story: NewStory, missing: str) -> None:
    begun = story().at(S.DISPATCHED)
    data = returned()
    del data[missing]
    with pytest.raises(BadInput) as error:
        begun.do(C.REQUEST_RETURN, "a", **data)
    assert error.value.details["field"] == missing


def test_a_returns_reason_is_one_of_the_typed_ones(story: NewStory) -> None:
    begun = story().at(S.DISPATCHED)
    with pytest.raises(BadInput):
        begun.do(C.REQUEST_RETURN, "a", **returned(code="too_much_work"))


def test_a_unit_cannot_propose_itself(story: NewStory) -> None:
    assert refused(story().at(S.DISPATCHED), C.REQUEST_RETURN, "a", **returned(to="a")) == "SAME_UNIT"


@pytest.mark.parametrize("state", [S.DISPATCHED, S.ACCEPTED, S.IN_PROGRESS])
def test_after_its_window_a_return_is_refused(story: NewStory, state: LegState) -> None:
    begun = story().at(state).knows(return_open=False)
    assert refused(begun, C.REQUEST_RETURN, "a", **returned()) == "RETURN_LATE"


def test_an_approved_return_goes_to_another_unit_and_stays_on_record(story: NewStory) -> None:
    begun = story().at(S.RETURN_REQUESTED)
    assert refused(begun, C.APPROVE_RETURN, "dispatcher", unit="a") == "SAME_UNIT"
    assert begun.do(C.APPROVE_RETURN, "dispatcher", unit="b") == (E.RETURN_APPROVED,)
    leg = begun.lead
    assert (leg.state, leg.unit, leg.round, leg.refused_by) == (S.DISPATCHED, "b", 2, ("a",))


def test_the_next_unit_inherits_none_of_the_times_of_the_one_before(story: NewStory) -> None:
    begun = story().at(S.IN_PROGRESS)
    begun.do(C.REQUEST_RETURN, "a", **returned())
    begun.do(C.APPROVE_RETURN, "dispatcher", unit="b")
    leg = begun.lead
    assert (leg.dispatched_at, leg.accepted_at, leg.contacted_at, leg.replied_at) == (begun.now, None, None, None)


def test_a_refused_return_leaves_the_unit_at_work_and_counts_for_nothing(story: NewStory) -> None:
    begun = story().at(S.RETURN_REQUESTED)
    begun.do(C.REFUSE_RETURN, "dispatcher")
    assert (begun.state, begun.lead.refused_by) == (S.IN_PROGRESS, ())
    assert begun.do(C.REQUEST_RETURN, "a", **returned()) == (E.RETURN_REQUESTED,)


def test_the_second_refusing_unit_breaks_the_loop(story: NewStory) -> None:
    begun = story().at(S.RETURN_REQUESTED).knows(interim="street")
    begun.do(C.APPROVE_RETURN, "dispatcher", unit="b")
    kinds = begun.do(C.REQUEST_RETURN, "b", **returned("b", "c"))
    assert kinds == (E.RETURN_REQUESTED, E.DISPUTED, E.INTERIM_APPOINTED)
    disputed = begun.events[-2].data
    assert (disputed["code"], disputed["units"], disputed["interim"]) == ("refused_twice", ["a", "b"], "street")
    assert begun.ticket.state is S.DISPUTED


def test_the_number_of_refusing_units_is_the_policys(story: NewStory) -> None:
    begun = story().at(S.DISPATCHED).knows(max_refusals=1)
    assert E.DISPUTED in begun.do(C.REQUEST_RETURN, "a", **returned())
    begun = story().at(S.RETURN_REQUESTED).knows(max_refusals=3)
    begun.do(C.APPROVE_RETURN, "dispatcher", unit="b")
    assert begun.do(C.REQUEST_RETURN, "b", **returned("b", "c")) == (E.RETURN_REQUESTED,)


def test_pointing_back_at_who_had_it_breaks_the_loop(story: NewStory) -> None:
    begun = story().at(S.DISPATCHED)
    begun.do(C.REASSIGN, "dispatcher", unit="b", reason="误派")
    kinds = begun.do(C.REQUEST_RETURN, "b", **returned("b", "a"))
    assert E.DISPUTED in kinds
    assert next(event for event in begun.events if event.kind is E.DISPUTED).data["code"] == "circle"


def test_approving_a_return_to_who_had_it_breaks_the_loop(story: NewStory) -> None:
    begun = story().at(S.DISPATCHED)
    begun.do(C.REASSIGN, "dispatcher", unit="b", reason="误派")
    begun.do(C.REQUEST_RETURN, "b", **returned("b", "c"))
    assert begun.do(C.APPROVE_RETURN, "dispatcher", unit="a")[0] is E.DISPUTED
    assert begun.state is S.DISPUTED


def test_a_third_return_is_one_too_many(story: NewStory) -> None:
    begun = story().at(S.RETURN_REQUESTED).knows(max_refusals=9, max_returns=2)
    begun.do(C.APPROVE_RETURN, "dispatcher", unit="b")
    assert begun.do(C.REQUEST_RETURN, "b", **returned("b", "c")) == (E.RETURN_REQUESTED,)
    begun.do(C.APPROVE_RETURN, "dispatcher", unit="c")
    kinds = begun.do(C.REQUEST_RETURN, "c", **returned("c", "d"))
    assert E.DISPUTED in kinds
    assert next(event for event in begun.events if event.kind is E.DISPUTED).data["code"] == "too_many"


# ---- dispute, interim handler, ruling, reflow -----------------------------------------------------------------------


def disputed(story: NewStory, **facts: Any) -> Any:
    """A returned it, B refused it."""
    begun = story().at(S.RETURN_REQUESTED).knows(**facts)
    begun.do(C.APPROVE_RETURN, "dispatcher", unit="b")
    begun.do(C.REQUEST_RETURN, "b", **returned("b", "a"))
    return begun


def test_an_interim_handler_works_while_the_dispute_is_open(story: NewStory) -> None:
    begun = disputed(story, interim="c")
    interim = begun.leg(2)
    assert (interim.role, interim.unit, interim.state) == (LegRole.INTERIM, "c", S.DISPATCHED)
    assert refused(begun, C.REQUEST_RETURN, "c", **returned("c", "a")) == "RETURN_FORBIDDEN"
    assert refused(begun, C.REASSIGN, "dispatcher", on=2, unit="a", reason="换人") == "RULED"
    begun.do(C.ACCEPT, "c")
    assert begun.leg(2).state is S.ACCEPTED
    assert begun.ticket.state is S.DISPUTED


def test_without_a_name_the_first_holder_handles_it_meanwhile(story: NewStory) -> None:
    assert disputed(story).leg(2).unit == "a"


@pytest.mark.parametrize(
    ("facts", "party", "interim"),
    [
        ({"interim": "gone", "known_units": frozenset("abc")}, None, "a"),
        ({"interim": "gone", "known_units": frozenset("bc")}, None, None),
        ({"interim": "c"}, "c", "a"),
        ({"interim": "c"}, "a", "c"),
        ({}, "a", None),
    ],
)
def test_neither_an_abolished_unit_nor_the_one_complained_about_handles_it_meanwhile(
    story: NewStory, facts: dict[str, Any], party: str | None, interim: str | None
) -> None:
    begun = story(party_unit=party).at(S.RETURN_REQUESTED).knows(**facts)
    begun.do(C.DISPUTE, "dispatcher", reason="各执一词")
    assert [leg.unit for leg in begun.ticket.legs[1:]] == ([interim] if interim else [])
    assert next(event for event in begun.events if event.kind is E.DISPUTED).data["interim"] == interim


def test_a_gap_in_the_list_is_disputed_without_anybody_to_handle_it(story: NewStory) -> None:
    begun = story()
    assert begun.do(C.DISPUTE, "system", reason="清单没有规定") == (E.DISPUTED,)
    assert begun.events[-1].data["units"] == []


def test_a_dispatcher_names_the_units_of_a_dispute(story: NewStory) -> None:
    begun = story()
    begun.do(C.DISPUTE, "dispatcher", reason="同样具体", units=["b", "c"])
    assert begun.events[-1].data["units"] == ["b", "c"]


def test_a_ruling_flows_back_at_once_releases_the_interim_and_forbids_return(story: NewStory) -> None:
    begun = disputed(story, interim="street")
    kinds = begun.do(C.RULE, "chair", lead="c", supports=["a"], reason="由丙主办")
    assert kinds == (E.RULED, E.REFLOWED, E.INTERIM_RELEASED, E.LEG_ADDED)
    assert (begun.state, begun.lead.unit, begun.lead.round) == (S.DISPATCHED, "c", 3)
    assert begun.lead.return_forbidden
    assert begun.leg(2).state is S.CLOSED
    support = begun.leg(3)
    assert (support.unit, support.role, support.return_forbidden) == ("a", LegRole.SUPPORT, True)
    for who, leg in [("c", 1), ("a", 3)]:
        assert refused(begun, C.REQUEST_RETURN, who, on=leg, **returned(who, "b")) == "RETURN_FORBIDDEN"


def test_what_was_ruled_cannot_be_reassigned(story: NewStory) -> None:
    begun = disputed(story)
    begun.do(C.RULE, "chair", lead="c", reason="由丙主办")
    assert refused(begun, C.REASSIGN, "dispatcher", unit="b", reason="改派") == "RULED"


def test_an_interim_handler_that_had_finished_is_not_released_again(story: NewStory) -> None:
    begun = disputed(story, interim="c")
    begun.do(C.ACCEPT, "c")
    begun.do(C.REPLY, "c", answer="已先行清理。")
    begun.do(C.PASS_REPLY, "dispatcher", on=2, reason="属实")
    assert begun.ticket.state is S.DISPUTED
    assert begun.do(C.RULE, "chair", lead="b", reason="由乙主办") == (E.RULED, E.REFLOWED)


def test_a_dispute_about_a_support_needs_no_interim_and_its_ruling_leaves_the_leads_alone(story: NewStory) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=["b"])
    begun.do(C.REQUEST_RETURN, "b", **returned("b", "c"))
    assert begun.do(C.DISPUTE, "dispatcher", on=2, reason="协办有争议") == (E.DISPUTED,)
    assert begun.events[-1].data["interim"] is None
    begun.do(C.REQUEST_RETURN, "a", **returned("a", "c"))
    begun.knows(interim="street").do(C.DISPUTE, "dispatcher", on=1, reason="主办也有争议")
    assert begun.do(C.RULE, "chair", on=2, lead="c", reason="由丙协办") == (E.RULED, E.REFLOWED)
    assert (begun.leg(2).unit, begun.leg(2).role, begun.leg(3).state) == ("c", LegRole.SUPPORT, S.DISPATCHED)
    assert E.INTERIM_RELEASED in begun.do(C.RULE, "chair", on=1, lead="a", reason="由甲主办")


def test_after_a_ruling_the_ticket_waits_in_nobodys_triage(story: NewStory) -> None:
    begun = story()
    decided = {"kind": "dispute", "sentence": "同样具体"}
    begun.take(replace(begun.events[0], seq=2, kind=E.DECIDED, leg=None, data=decided))
    assert begun.ticket.triage_reason == "同样具体"
    begun.do(C.DISPUTE, "system", reason="同样具体")
    begun.do(C.RULE, "chair", lead="c", reason="由丙主办")
    assert begun.ticket.triage_reason is None


# ---- extension and hold ---------------------------------------------------------------------------------------------


def test_an_extension_needs_two_people_and_the_second_is_a_supervisor_or_leader(story: NewStory) -> None:
    begun = story().at(S.EXTENSION_REQUESTED)
    assert begun.do(C.GRANT_EXTENSION, "dispatcher") == (E.EXTENSION_APPROVED,)
    assert begun.state is S.EXTENSION_REQUESTED
    assert refused(begun, C.GRANT_EXTENSION, "dispatcher") == "SECOND_PERSON"
    other = type(begun.people.dispatcher)(id="调度员乙", roles=frozenset({R.DISPATCHER}))
    assert refused(begun, C.GRANT_EXTENSION, other) == "SECOND_ROLE"
    assert begun.do(C.GRANT_EXTENSION, "leader") == (E.EXTENSION_GRANTED,)
    assert (begun.state, begun.lead.extended_days, begun.events[-1].data["days"]) == (S.IN_PROGRESS, 3, 3)


def test_a_supervisor_cannot_approve_twice(story: NewStory) -> None:
    begun = story().at(S.EXTENSION_REQUESTED)
    begun.do(C.GRANT_EXTENSION, "supervisor")
    assert refused(begun, C.GRANT_EXTENSION, "supervisor") == "SECOND_PERSON"


def test_a_refused_extension_forgets_the_first_approval(story: NewStory) -> None:
    begun = story().at(S.EXTENSION_REQUESTED)
    begun.do(C.GRANT_EXTENSION, "supervisor")
    begun.do(C.REFUSE_EXTENSION, "leader", reason="没有必要")
    assert (begun.lead.asked_days, begun.lead.approved_by, begun.lead.extended_days) == (0, None, 0)
    begun.do(C.REQUEST_EXTENSION, "a", days=2, reason="再次申请")
    assert begun.do(C.GRANT_EXTENSION, "supervisor") == (E.EXTENSION_APPROVED,)


def grant(begun: Any, days: int) -> None:
    begun.do(C.REQUEST_EXTENSION, "a", days=days, reason="等材料")
    begun.do(C.GRANT_EXTENSION, "dispatcher")
    begun.do(C.GRANT_EXTENSION, "supervisor")


def test_extensions_are_ten_working_days_in_all(story: NewStory) -> None:
    begun = story().at(S.IN_PROGRESS)
    grant(begun, 7)
    assert refused(begun, C.REQUEST_EXTENSION, "a", days=4, reason="等材料") == "EXTENSION_TOO_LONG"
    grant(begun, 3)
    assert begun.lead.extended_days == EXTENSION_DAYS_IN_ALL
    assert refused(begun, C.REQUEST_EXTENSION, "a", days=1, reason="等材料") == "EXTENSION_TOO_LONG"


@pytest.mark.parametrize(("days", "right"), [(0, False), (1, True), (10, True), (11, False)])
def test_one_extension_is_one_to_ten_days(story: NewStory, days: int, right: bool) -> None:
    begun = story().at(S.IN_PROGRESS)
    if right:
        assert begun.try_(C.REQUEST_EXTENSION, "a", days=days, reason="等材料")
    else:
        with pytest.raises(BadInput):
            begun.try_(C.REQUEST_EXTENSION, "a", days=days, reason="等材料")


def test_danger_cannot_be_put_off(story: NewStory) -> None:
    begun = story(urgency="critical").at(S.IN_PROGRESS)
    assert refused(begun, C.REQUEST_EXTENSION, "a") == "CRITICAL"


def test_after_its_deadline_nobody_asks_for_more_time(story: NewStory) -> None:
    begun = story().at(S.IN_PROGRESS).knows(before_due=False)
    assert refused(begun, C.REQUEST_EXTENSION, "a") == "EXTENSION_LATE"


def test_a_hold_is_asked_for_granted_and_ended(story: NewStory) -> None:
    begun = story().at(S.ON_HOLD)
    for who in ("system", "a", "supervisor"):
        assert begun.try_(C.END_HOLD, who)
    begun.do(C.END_HOLD, "a")
    assert begun.state is S.IN_PROGRESS


# ---- review, callback, rework, rating, re-opening -------------------------------------------------------------------


def test_a_rejected_reply_goes_back_to_work(story: NewStory) -> None:
    begun = story().at(S.REPLIED)
    begun.do(C.REJECT_REPLY, "supervisor")
    assert begun.state is S.IN_PROGRESS


def test_two_calls_that_reach_nobody_close_without_a_verdict(story: NewStory) -> None:
    begun = story().at(S.CALLBACK)
    assert begun.do(C.CALL_BACK, "callback", reached=False) == (E.CALLED_BACK,)
    assert begun.state is S.CALLBACK
    assert begun.do(C.CALL_BACK, "callback", reached=False) == (E.CALLED_BACK, E.CLOSED)
    assert (begun.ticket.solved, begun.ticket.satisfaction) == (None, None)


def test_the_number_of_attempts_is_the_policys(story: NewStory) -> None:
    begun = story().at(S.CALLBACK).knows(callback_attempts=1)
    assert E.CLOSED in begun.do(C.CALL_BACK, "callback", reached=False)


def test_attempts_are_counted_anew_after_a_rework(story: NewStory) -> None:
    begun = story().at(S.CALLBACK)
    begun.do(C.CALL_BACK, "callback", reached=False)
    begun.do(C.CALL_BACK, "callback", reached=True, solved=False)
    for kind, who in [(C.START_REWORK, "a"), (C.REPLY, "a"), (C.PASS_REPLY, "dispatcher")]:
        begun.do(kind, who)
    assert begun.do(C.CALL_BACK, "callback", reached=False) == (E.CALLED_BACK,)


def test_a_call_that_was_answered_has_a_result(story: NewStory) -> None:
    assert refused(story().at(S.CALLBACK), C.CALL_BACK, "callback", reached=True, satisfaction=5) == "NO_RESULT"


@pytest.mark.parametrize(
    ("login", "unit"), [("单位甲经办", None), ("另一人", "a"), ("单位乙经办", None), ("第三人", "b")]
)
def test_nobody_who_handled_it_calls_back(story: NewStory, login: str, unit: str | None) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=["b"])
    for who in ("b", "a"):
        begun.do(C.ACCEPT, who)
        begun.do(C.REPLY, who)
    begun.do(C.PASS_REPLY, "dispatcher", on=2, reason="属实")
    begun.do(C.PASS_REPLY, "dispatcher", on=1, reason="属实")
    caller = type(begun.people.callback)(id=login, roles=frozenset({R.CALLBACK}), unit=unit)
    assert refused(begun, C.CALL_BACK, caller) == "OWN_WORK"
    assert E.CLOSED in begun.do(C.CALL_BACK, "callback")


def test_the_operator_who_answered_does_not_call_back(story: NewStory) -> None:
    begun = story().at(S.ANSWERED)
    both = type(begun.people.operator)(id="受理员甲", roles=frozenset({R.OPERATOR, R.CALLBACK}))
    assert refused(begun, C.CALL_BACK, both) == "OWN_WORK"


@pytest.mark.parametrize(
    ("kind", "who", "data"),
    [
        (C.CALL_BACK, "callback", {"reached": True, "solved": False, "satisfaction": 1}),
        (C.RATE, "resident", {"score": 1, "solved": False}),
    ],
)
def test_what_was_not_solved_is_done_again(story: NewStory, kind: CommandKind, who: str, data: dict[str, Any]) -> None:
    begun = story().at(S.CALLBACK)
    assert begun.do(kind, who, **data)[-1] is E.REWORK_ORDERED
    assert (begun.state, begun.lead.unit) == (S.REWORK, "a")
    assert (begun.ticket.satisfaction, begun.ticket.solved) == (None, None)
    begun.do(C.START_REWORK, "a")
    begun.do(C.REPLY, "a")
    assert begun.state is S.REPLIED


@pytest.mark.parametrize(
    ("kind", "who", "data"),
    [
        (C.CALL_BACK, "callback", {"reached": True, "solved": False}),
        (C.RATE, "resident", {"score": 1, "solved": False}),
    ],
)
def test_a_direct_answer_that_solved_nothing_comes_back_to_the_hotline(
    story: NewStory, kind: CommandKind, who: str, data: dict[str, Any]
) -> None:
    begun = story().at(S.ANSWERED)
    begun.do(kind, who, **data)
    assert (begun.state, begun.lead.unit) == (S.RECEIVED, None)
    begun.do(C.DISPATCH, "dispatcher")
    assert begun.state is S.DISPATCHED


def test_the_resident_rates_once(story: NewStory) -> None:
    begun = story().at(S.CALLBACK)
    begun.do(C.CALL_BACK, "callback", reached=True, solved=True)
    begun.do(C.RATE, "resident", score=3, solved=True, contacted=True)
    assert (begun.ticket.satisfaction, begun.ticket.contacted) == (3, True)
    assert refused(begun, C.RATE, "resident", score=5, solved=True) == "RATED"


def test_after_a_rework_nobody_could_be_reached_about_the_resident_may_still_rate(story: NewStory) -> None:
    begun = story().at(S.CALLBACK)
    begun.do(C.RATE, "resident", score=1, solved=False)
    for kind, who in [(C.START_REWORK, "a"), (C.REPLY, "a"), (C.PASS_REPLY, "dispatcher")]:
        begun.do(kind, who)
    begun.do(C.CALL_BACK, "callback", reached=False)
    begun.do(C.CALL_BACK, "callback", reached=False)
    begun.do(C.RATE, "resident", score=4, solved=True)
    assert begun.ticket.satisfaction == 4


@pytest.mark.parametrize(
    ("late", "right"),
    [(timedelta(seconds=-1), True), (timedelta(), True), (timedelta(seconds=1), False)],
)
def test_a_resident_reopens_within_thirty_days(story: NewStory, late: timedelta, right: bool) -> None:
    begun = story().at(S.CLOSED)
    begun.now = begun.lead.closed_at + timedelta(days=REOPEN_DAYS) + late - timedelta(minutes=1)
    if right:
        assert begun.do(C.REOPEN, "resident") == (E.REOPENED,)
        assert (begun.state, begun.lead.unit, begun.lead.closed_at) == (S.REWORK, "a", None)
        assert (begun.ticket.satisfaction, begun.ticket.solved) == (None, None)
    else:
        assert refused(begun, C.REOPEN, "resident") == "REOPEN_LATE"


def test_a_closed_direct_answer_can_be_reopened_too(story: NewStory) -> None:
    begun = story().at(S.ANSWERED)
    begun.do(C.CLOSE, "operator")
    begun.do(C.REOPEN, "resident")
    assert begun.state is S.RECEIVED


@pytest.mark.parametrize("state", [S.REFUSED, S.TRANSFERRED])
def test_what_the_hotline_never_handled_is_not_reopened(story: NewStory, state: LegState) -> None:
    begun = story().at(state)
    begun.do(C.CLOSE, "operator")
    assert refused(begun, C.REOPEN, "resident") == "NO_UNIT"


@pytest.mark.parametrize("kind", [C.REOPEN, C.RATE])
def test_a_resident_rates_and_reopens_the_ticket_not_one_helper(story: NewStory, kind: CommandKind) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=["b"])
    begun.do(C.ACCEPT, "b")
    begun.do(C.REPLY, "b")
    begun.do(C.PASS_REPLY, "dispatcher", on=2, reason="属实")
    assert refused(begun, kind, "resident", on=2) == "LEAD_ONLY"


# ---- parallel legs --------------------------------------------------------------------------------------------------


def test_legs_run_side_by_side_each_with_its_own_times(story: NewStory) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=["b", "c", "b", "a"])
    assert [(leg.unit, leg.role) for leg in begun.ticket.legs] == [
        ("a", LegRole.LEAD),
        ("b", LegRole.SUPPORT),
        ("c", LegRole.SUPPORT),
    ]
    begun.do(C.ACCEPT, "c")
    first = begun.now
    begun.do(C.ACCEPT, "a")
    assert (begun.leg(3).accepted_at, begun.leg(1).accepted_at, begun.leg(2).accepted_at) == (first, begun.now, None)
    begun.do(C.REPLY, "c")
    assert (begun.leg(1).state, begun.leg(2).state, begun.leg(3).state) == (S.ACCEPTED, S.DISPATCHED, S.REPLIED)


def test_the_lead_passes_only_after_every_support(story: NewStory) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=["b", "c"])
    for who in ("a", "b", "c"):
        begun.do(C.ACCEPT, who)
        begun.do(C.REPLY, who)
    assert refused(begun, C.PASS_REPLY, "dispatcher", on=1, reason="属实") == "SUPPORTS_OPEN"
    begun.do(C.PASS_REPLY, "dispatcher", on=2, reason="属实")
    assert refused(begun, C.PASS_REPLY, "dispatcher", on=1, reason="属实") == "SUPPORTS_OPEN"
    begun.do(C.PASS_REPLY, "dispatcher", on=3, reason="属实")
    assert (begun.leg(3).state, begun.leg(3).closed_at) == (S.CLOSED, begun.now)
    begun.do(C.PASS_REPLY, "dispatcher", on=1, reason="属实")
    begun.do(C.CALL_BACK, "callback")
    assert begun.events[-1].data["ticket_closed"] is True
    assert begun.ticket.state is S.CLOSED


def test_a_unit_does_not_help_twice_at_once(story: NewStory) -> None:
    begun = story().at(S.DISPATCHED)
    begun.do(C.ADD_SUPPORT, "supervisor", unit="b", reason="需要协助")
    for unit in ("a", "b"):
        assert refused(begun, C.ADD_SUPPORT, "dispatcher", unit=unit, reason="再加") == "ALREADY_IN"


def test_a_centres_command_finds_its_own_leg(story: NewStory) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=["b"])
    begun.do(C.ACCEPT, "b")
    assert (begun.leg(1).state, begun.leg(2).state) == (S.DISPATCHED, S.ACCEPTED)


# ---- every open leg moves -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(OPEN - {S.RULED}))
def test_unmerging_brings_every_leg_back_to_where_it_was(story: NewStory, state: LegState) -> None:
    begun = story().at(state)
    if begun.lead.state is S.DISPATCHED:
        begun.do(C.ADD_SUPPORT, "dispatcher", unit="c", reason="协助")
    before = begun.ticket.legs
    begun.do(C.MERGE, "dispatcher")
    assert (begun.ticket.state, begun.ticket.master) == (S.MERGED, "26091400000033")
    begun.do(C.UNMERGE, "dispatcher")
    assert begun.ticket.legs == before
    assert begun.ticket.master is None


def test_a_ticket_is_not_merged_into_itself(story: NewStory) -> None:
    begun = story()
    assert refused(begun, C.MERGE, "dispatcher", master=begun.ticket.no, reason="同一件事") == "SELF_MERGE"


@pytest.mark.parametrize(
    ("kind", "who"),
    [(C.WITHDRAW, "resident"), (C.INVALIDATE, "operator"), (C.TRANSFER, "system"), (C.MERGE, "dispatcher")],
)
def test_whatever_ends_the_ticket_ends_each_open_leg(story: NewStory, kind: CommandKind, who: str) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=["b", "c"])
    begun.do(C.ACCEPT, "b")
    begun.do(C.REPLY, "b")
    begun.do(C.PASS_REPLY, "dispatcher", on=2, reason="属实")
    kinds = begun.do(kind, who)
    assert len(kinds) == 2
    assert {begun.leg(1).state, begun.leg(3).state} == {MOVES[kind].target}
    assert begun.leg(2).state is S.CLOSED
    assert begun.ticket.state is MOVES[kind].target


def test_nothing_is_archived_while_a_leg_is_open(story: NewStory) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=["b"])
    begun.do(C.ACCEPT, "b")
    begun.do(C.REPLY, "b")
    begun.do(C.PASS_REPLY, "dispatcher", on=2, reason="属实")
    assert refused(begun, C.ARCHIVE, "system") == "STATE"
    begun.do(C.WITHDRAW, "resident")
    begun.do(C.ARCHIVE, "system")
    assert {leg.state for leg in begun.ticket.legs} == {S.ARCHIVED}


# ---- overlays and the watch over all of it --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [C.SUPERVISE, C.REMIND, C.NOTE])
def test_an_overlay_moves_nothing(story: NewStory, kind: CommandKind) -> None:
    for state in sorted(OPEN - {S.RULED}):
        begun = story().at(state)
        begun.do(kind, "supervisor")
        assert begun.state is state
        assert begun.ticket.supervised is (kind is C.SUPERVISE)


def test_the_watch_finds_what_must_never_be(story: NewStory) -> None:
    sound = disputed(story, interim="c").ticket
    assert faults(sound) == ()
    lead, interim = sound.legs

    def with_(*legs: Any, **more: Any) -> tuple[str, ...]:
        return faults(replace(sound, legs=legs, **more))

    assert with_(lead, replace(lead, id="x/2")) == ("2 lead legs",)
    assert "without a unit" in with_(replace(lead, state=S.ACCEPTED, unit=None))[0]
    assert "without a time" in with_(replace(lead, state=S.CLOSED))[0]
    assert "still interim" in with_(replace(lead, state=S.REPLIED), interim)[0]
    assert "open leg" in with_(lead, interim, state=S.CLOSED)[0]
