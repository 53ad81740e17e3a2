"""Every row of the event table: what each kind of event does to which clock."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from city.types import TimeUnit
from sla.reactions import _HANDLERS
from sla.types import ClockKind, ClockState
from tickets.types import EventKind

E, K, S = EventKind, ClockKind, ClockState
At = Callable[[str], datetime]


def states(story: Any, leg: str = "T/1") -> dict[str, ClockState]:
    return {c.id.removeprefix(f"{leg}:"): c.state for c in story.clocks.values() if c.leg == leg}


def test_receipt_starts_the_promise_and_the_hotlines_own_time(opened: Any, at: At) -> None:
    assert states(opened) == {"promise:1": S.RUNNING, "triage:1": S.RUNNING}
    promise = opened.clock("promise:1")
    assert promise.due_at == at("2026-11-27 17:30")
    assert (promise.holder, opened.clock("triage:1").holder) == ("hotline", "hotline")
    assert (promise.policy_version, promise.calendar_version, promise.unit) == ("p1", "c2026", TimeUnit.WORKING)


def test_a_dispatch_ends_triage_and_starts_the_units_four_clocks(dispatched: Any, at: At) -> None:
    assert states(dispatched) == {
        "promise:1": S.RUNNING,
        "triage:1": S.MET,
        "accept:1": S.RUNNING,
        "contact:1": S.RUNNING,
        "finish:1": S.RUNNING,
        "return_window:1": S.RUNNING,
    }
    assert {c.holder for c in dispatched.clocks.values() if c.kind in (K.ACCEPT, K.FINISH)} == {"scjg"}
    assert dispatched.clock("finish:1").due_at == at("2026-11-30 10:00")


@pytest.mark.parametrize(
    ("kind", "clock", "edge"),
    [
        (E.DISPATCHED, "triage:1", "2026-11-23 11:00:00"),
        (E.ACCEPTED, "accept:1", "2026-11-24 10:00:00"),
        (E.CONTACTED, "contact:1", "2026-11-24 10:00:00"),
        (E.REPLIED, "finish:1", "2026-11-30 10:00:00"),
        (E.SETTLED, "finish:1", "2026-11-30 10:00:00"),
    ],
)
@pytest.mark.parametrize(("seconds", "state"), [(-1, S.MET), (0, S.MET), (1, S.MISSED)])
def test_a_clock_is_met_up_to_the_second_of_its_deadline(
    opened: Any, at: At, kind: EventKind, clock: str, edge: str, seconds: int, state: ClockState
) -> None:
    if kind is not E.DISPATCHED:
        opened.then(E.DISPATCHED, "2026-11-23 10:00", unit="scjg", round=1, profile="default")
    when = datetime.fromtimestamp(at(edge).timestamp() + seconds, tz=at(edge).tzinfo)
    opened.then(kind, when, unit="scjg", round=1, profile="default")
    assert opened.clock(clock).state is state
    assert opened.clock(clock).ended_at == when


def test_a_fraction_after_the_deadline_is_still_its_second(dispatched: Any, at: At) -> None:
    dispatched.then(E.ACCEPTED, at("2026-11-24 10:00").replace(microsecond=900_000))
    assert dispatched.clock("accept:1").state is S.MET


def test_routing_decides_what_is_promised_until_the_first_dispatch(opened: Any, at: At) -> None:
    opened.then(E.DECIDED, "2026-11-23 09:01", kind="triage", profile="enquiry")
    assert opened.clock("promise:1").due_at == at("2026-11-23 17:30")
    assert opened.clock("promise:1").profile == "enquiry"
    opened.then(E.DISPATCHED, "2026-11-23 09:30", unit="scjg", round=1, profile="critical", role="lead")
    assert opened.clock("promise:1").due_at == at("2026-11-23 11:00")
    assert opened.clock("promise:1").unit is TimeUnit.CALENDAR
    opened.then(E.DECIDED, "2026-11-23 09:40", kind="dispatch", profile="default")
    assert opened.clock("promise:1").profile == "critical"


def test_a_new_profile_keeps_the_time_that_the_resident_was_asked(opened: Any, at: At) -> None:
    opened.then(E.ASKED, "2026-11-23 09:30").then(E.SUPPLIED, "2026-11-23 11:30")
    opened.then(E.DECIDED, "2026-11-23 11:30", kind="dispatch", profile="enquiry")
    assert opened.clock("promise:1").due_at == at("2026-11-24 11:00")


def test_asking_the_resident_stops_the_hotline_and_the_promise(opened: Any, at: At) -> None:
    opened.then(E.ASKED, "2026-11-23 10:00")
    assert states(opened) == {"promise:1": S.PAUSED, "triage:1": S.PAUSED, "wait:1": S.RUNNING}
    assert opened.clock("wait:1").holder == "resident"
    assert opened.clock("wait:1").due_at == at("2026-11-25 10:00")
    assert opened.clock("promise:1").due_at is None
    assert opened.clock("triage:1").remaining_seconds == 3600


def test_the_answer_ends_the_wait_and_moves_what_stood_still(opened: Any, at: At) -> None:
    opened.then(E.ASKED, "2026-11-23 10:00").then(E.SUPPLIED, "2026-11-24 10:00")
    assert states(opened) == {"promise:1": S.RUNNING, "triage:1": S.RUNNING, "wait:1": S.MET}
    assert opened.clock("triage:1").due_at == at("2026-11-24 11:00")
    assert opened.clock("promise:1").due_at == at("2026-11-30 17:30")


def test_a_wait_that_ran_out_was_missed_and_one_cut_short_has_no_verdict(new_story: Any) -> None:
    for when, state in (("2026-11-25 10:00:00", S.MISSED), ("2026-11-25 09:59:59", S.STOPPED)):
        story = new_story().then(E.OPENED, "2026-11-23 09:00", profile="default").then(E.ASKED, "2026-11-23 10:00")
        story.then(E.WAIT_ENDED, when)
        assert story.clock("wait:1").state is state
        assert story.clock("triage:1").state is S.RUNNING


def test_a_dispatch_while_waiting_ends_the_wait(opened: Any, at: At) -> None:
    opened.then(E.ASKED, "2026-11-23 10:00")
    opened.then(E.DISPATCHED, "2026-11-24 10:00", unit="scjg", round=1, profile="default")
    assert opened.clock("wait:1").state is S.STOPPED
    assert opened.clock("triage:1").state is S.MET  # one hour was used, then the resident had it
    assert opened.clock("promise:1").due_at == at("2026-11-30 17:30")


def test_a_second_question_has_a_clock_of_its_own(opened: Any) -> None:
    opened.then(E.ASKED, "2026-11-23 10:00").then(E.SUPPLIED, "2026-11-23 10:10").then(E.ASKED, "2026-11-23 10:20")
    assert states(opened)["wait:1"] is S.MET
    assert states(opened)["wait:2"] is S.RUNNING


@pytest.mark.parametrize("kind", [E.REASSIGNED, E.RETURN_APPROVED])
def test_another_unit_gets_clocks_of_its_own(dispatched: Any, at: At, kind: EventKind) -> None:
    dispatched.then(kind, "2026-11-24 11:00", unit="cgzf", from_unit="scjg", round=2, profile="default")
    found = states(dispatched)
    assert {found[f"{kind}:1"] for kind in ("accept", "contact", "finish", "return_window")} == {S.STOPPED}
    assert {found[f"{kind}:2"] for kind in ("accept", "contact", "finish", "return_window")} == {S.RUNNING}
    assert dispatched.clock("finish:2").holder == "cgzf"
    assert dispatched.clock("finish:2").due_at == at("2026-12-01 11:00")
    assert dispatched.clock("promise:1").due_at == at("2026-11-27 17:30")
    assert dispatched.clock("finish:1").ended_at == at("2026-11-24 11:00")


def test_the_same_unit_again_gets_a_new_number_even_without_a_new_round(dispatched: Any) -> None:
    dispatched.then(E.REASSIGNED, "2026-11-24 11:00", unit="cgzf", round=1, profile="default")
    assert dispatched.clock("finish:1").state is S.STOPPED
    assert dispatched.clock("finish:2").holder == "cgzf"


@pytest.mark.parametrize(
    ("kind", "role", "calls"), [(E.LEG_ADDED, "support", False), (E.INTERIM_APPOINTED, "interim", True)]
)
def test_a_further_leg_has_its_own_clocks_but_no_promise_and_only_who_leads_must_call(
    dispatched: Any, kind: EventKind, role: str, calls: bool
) -> None:
    dispatched.then(kind, "2026-11-23 11:00", leg="T/2", unit="fgj", role=role, round=1, profile="default")
    mine = {"accept:1", "finish:1", "return_window:1"} | ({"contact:1"} if calls else set())
    assert set(states(dispatched, "T/2")) == mine
    assert dispatched.clock("T/2:finish:1").holder == "fgj"
    assert dispatched.clock("finish:1").state is S.RUNNING


def test_an_interim_leg_without_a_profile_takes_the_promises(dispatched: Any) -> None:
    dispatched.then(E.INTERIM_APPOINTED, "2026-11-23 11:00", leg="T/2", unit="fgj", round=1, return_forbidden=True)
    assert set(states(dispatched, "T/2")) == {"accept:1", "contact:1", "finish:1"}
    assert dispatched.clock("T/2:finish:1").profile == "default"


def test_a_released_interim_handler_is_not_judged(dispatched: Any) -> None:
    dispatched.then(E.INTERIM_APPOINTED, "2026-11-23 11:00", leg="T/2", unit="fgj", round=1, profile="default")
    dispatched.then(E.ACCEPTED, "2026-11-23 11:10", leg="T/2")
    dispatched.then(E.INTERIM_RELEASED, "2026-11-25 11:00", leg="T/2")
    found = states(dispatched, "T/2")
    assert found.pop("accept:1") is S.MET
    assert set(found.values()) == {S.STOPPED}
    assert dispatched.clock("finish:1").state is S.RUNNING


def test_accepting_leaves_the_return_window_open(dispatched: Any) -> None:
    dispatched.then(E.ACCEPTED, "2026-11-23 11:00")
    assert dispatched.clock("accept:1").state is S.MET
    assert dispatched.clock("return_window:1").state is S.RUNNING


@pytest.mark.parametrize("kind", [E.REPLIED, E.SETTLED])
def test_a_reply_ends_all_that_the_unit_owed_and_starts_the_review(dispatched: Any, kind: EventKind) -> None:
    dispatched.then(kind, "2026-11-23 15:00", unit="scjg")
    found = states(dispatched)
    assert {found[name] for name in ("accept:1", "contact:1", "finish:1")} == {S.MET}
    assert found["return_window:1"] is S.STOPPED
    assert found["review:1"] is S.RUNNING
    assert found["promise:1"] is S.RUNNING
    assert dispatched.clock("review:1").holder == "hotline"


def test_while_a_return_is_reviewed_the_time_is_the_hotlines(dispatched: Any) -> None:
    dispatched.then(E.RETURN_REQUESTED, "2026-11-23 11:00", unit="scjg")
    found = states(dispatched)
    assert {found[name] for name in ("accept:1", "contact:1", "finish:1")} == {S.PAUSED}
    assert found["return_window:1"] is S.RUNNING
    assert found["promise:1"] is S.RUNNING
    assert found["review:1"] is S.RUNNING


def test_a_refused_return_gives_the_unit_the_time_that_it_had_left(dispatched: Any, at: At) -> None:
    dispatched.then(E.RETURN_REQUESTED, "2026-11-23 11:00", unit="scjg")
    dispatched.then(E.RETURN_REFUSED, "2026-11-24 11:00")
    assert dispatched.clock("review:1").state is S.MET
    assert dispatched.clock("finish:1").due_at == at("2026-12-01 10:00")
    assert dispatched.clock("accept:1").due_at == at("2026-11-25 10:00")
    assert dispatched.clock("promise:1").due_at == at("2026-11-27 17:30")


def test_the_policy_may_let_the_review_count_against_the_unit(dispatched: Any, at: At) -> None:
    dispatched.then(E.RETURN_REQUESTED, "2026-11-23 11:00", unit="scjg")
    dispatched.then(E.RETURN_REFUSED, "2026-11-24 11:00", pause_counts=True)
    assert dispatched.clock("finish:1").due_at == at("2026-11-30 10:00")


@pytest.mark.parametrize(("asked", "state"), [("2026-11-24 10:00:00", S.MET), ("2026-11-24 10:00:01", S.MISSED)])
def test_a_return_that_leads_straight_to_work_was_the_answer_to_the_dispatch(
    dispatched: Any, asked: str, state: ClockState
) -> None:
    dispatched.then(E.RETURN_REQUESTED, asked, unit="scjg")
    dispatched.then(E.RETURN_REFUSED, "2026-11-26 11:00", state="IN_PROGRESS")
    assert dispatched.clock("accept:1").state is state
    assert dispatched.clock("contact:1").state is S.RUNNING


def test_a_dispute_stops_the_units_clocks_and_not_the_promise(dispatched: Any, at: At) -> None:
    promised = dispatched.clock("promise:1")
    dispatched.then(E.RETURN_REQUESTED, "2026-11-23 11:00", unit="scjg")
    dispatched.then(E.DISPUTED, "2026-11-23 11:00", units=["scjg", "cgzf"], interim="centre_xietu")
    found = states(dispatched)
    assert {found[name] for name in ("accept:1", "contact:1", "finish:1", "return_window:1")} == {S.STOPPED}
    assert found["review:1"] is S.MET
    assert dispatched.clock("promise:1") == promised
    assert dispatched.clock("ruling:1").holder == dispatched.clock("plenary:1").holder == "meeting"
    assert dispatched.clock("ruling:1").due_at == at("2026-11-25 11:00")
    assert dispatched.clock("plenary:1").due_at == at("2026-12-02 11:00")


def test_a_dispute_without_any_unit_ends_the_hotlines_own_time(opened: Any) -> None:
    opened.then(E.DISPUTED, "2026-11-23 09:10", units=[], interim=None)
    assert opened.clock("triage:1").state is S.MET
    assert opened.clock("ruling:1").state is S.RUNNING
    assert opened.clock("promise:1").state is S.RUNNING


@pytest.mark.parametrize(
    ("when", "ruling", "plenary"),
    [
        ("2026-11-25 11:00:00", S.MET, S.MET),
        ("2026-11-25 11:00:01", S.MISSED, S.MET),
        ("2026-12-02 11:00:01", S.MISSED, S.MISSED),
    ],
)
def test_a_ruling_is_judged_by_both_of_its_deadlines(
    dispatched: Any, when: str, ruling: ClockState, plenary: ClockState
) -> None:
    dispatched.then(E.DISPUTED, "2026-11-23 11:00", units=["scjg", "cgzf"], interim=None)
    dispatched.then(E.RULED, when, lead="cgzf")
    assert (dispatched.clock("ruling:1").state, dispatched.clock("plenary:1").state) == (ruling, plenary)


def test_a_ruled_leg_flows_back_without_a_return_window(dispatched: Any) -> None:
    dispatched.then(E.DISPUTED, "2026-11-23 11:00", units=["scjg", "cgzf"], interim=None)
    dispatched.then(E.RULED, "2026-11-24 11:00", lead="cgzf")
    dispatched.then(
        E.REFLOWED, "2026-11-24 11:00", unit="cgzf", round=2, profile="default", role="lead", return_forbidden=True
    )
    found = states(dispatched)
    assert {found[name] for name in ("accept:2", "contact:2", "finish:2")} == {S.RUNNING}
    assert "return_window:2" not in found


def test_a_passed_reply_starts_the_call_back(dispatched: Any, at: At) -> None:
    dispatched.then(E.REPLIED, "2026-11-23 15:00", unit="scjg").then(E.REPLY_PASSED, "2026-11-24 09:00")
    assert dispatched.clock("review:1").state is S.MET
    assert dispatched.clock("callback:1").holder == "hotline"
    assert dispatched.clock("callback:1").due_at == at("2026-11-24 17:30")


def test_a_support_legs_passed_reply_closes_it_without_a_call_back(dispatched: Any) -> None:
    dispatched.then(E.LEG_ADDED, "2026-11-23 11:00", leg="T/2", unit="fgj", round=1, profile="default")
    dispatched.then(E.REPLIED, "2026-11-23 15:00", leg="T/2", unit="fgj")
    dispatched.then(E.REPLY_PASSED, "2026-11-23 16:00", leg="T/2", state="CLOSED")
    assert "callback:1" not in states(dispatched, "T/2")
    assert {S.RUNNING, S.PAUSED}.isdisjoint(states(dispatched, "T/2").values())


@pytest.mark.parametrize(
    ("rejected", "again", "state"),
    [
        ("2026-11-24 09:00", "2026-11-30 10:00:00", S.MET),
        ("2026-11-24 09:00", "2026-11-30 10:00:01", S.MISSED),
        ("2026-12-01 09:00", "2026-12-01 09:30:00", S.MISSED),  # a late rework stays late
    ],
)
def test_a_rejected_reply_reopens_the_clock_to_the_same_deadline(
    dispatched: Any, at: At, rejected: str, again: str, state: ClockState
) -> None:
    dispatched.then(E.REPLIED, "2026-11-23 15:00", unit="scjg").then(E.REPLY_REJECTED, rejected)
    finish = dispatched.clock("finish:1")
    assert (finish.state, finish.due_at, finish.ended_at) == (S.RUNNING, at("2026-11-30 10:00"), None)
    assert dispatched.clock("review:1").state in (S.MET, S.MISSED)
    dispatched.then(E.REPLIED, again, unit="scjg")
    assert dispatched.clock("finish:1").state is state
    assert dispatched.clock("review:2").state is S.RUNNING


def test_a_rejected_rework_reopens_the_rework_and_not_the_old_clock(dispatched: Any) -> None:
    dispatched.then(E.REPLIED, "2026-11-23 15:00", unit="scjg").then(E.REPLY_PASSED, "2026-11-23 16:00")
    dispatched.then(E.REWORK_ORDERED, "2026-11-23 17:00", unit="scjg").then(E.REPLIED, "2026-11-24 09:00", unit="scjg")
    dispatched.then(E.REPLY_REJECTED, "2026-11-24 10:00")
    assert dispatched.clock("rework:1").state is S.RUNNING
    assert dispatched.clock("finish:1").state is S.MET


def test_a_call_that_reached_nobody_ends_nothing(dispatched: Any) -> None:
    dispatched.then(E.REPLIED, "2026-11-23 15:00", unit="scjg").then(E.REPLY_PASSED, "2026-11-23 16:00")
    dispatched.then(E.CALLED_BACK, "2026-11-23 16:30", reached=False, attempt=1)
    assert dispatched.clock("callback:1").state is S.RUNNING
    dispatched.then(E.CALLED_BACK, "2026-11-23 17:00", reached=True, attempt=2, solved=True, satisfaction=5)
    assert dispatched.clock("callback:1").state is S.MET


def test_rework_is_the_units_time_and_its_reply_ends_it(dispatched: Any, at: At) -> None:
    dispatched.then(E.REPLIED, "2026-11-23 15:00", unit="scjg").then(E.REPLY_PASSED, "2026-11-23 16:00")
    dispatched.then(E.REWORK_ORDERED, "2026-11-24 10:00", unit="scjg", round=1)
    assert dispatched.clock("callback:1").state is S.MET
    rework = dispatched.clock("rework:1")
    assert (rework.holder, rework.due_at) == ("scjg", at("2026-11-27 10:00"))
    dispatched.then(E.REPLIED, "2026-11-27 10:00:01", unit="scjg")
    assert dispatched.clock("rework:1").state is S.MISSED
    assert dispatched.clock("finish:1").state is S.MET


def closed_after(story: Any, reply: str, close: str) -> Any:
    story.then(E.REPLIED, reply, unit="scjg").then(E.REPLY_PASSED, reply)
    return story.then(E.CLOSED, close, ticket_closed=True)


@pytest.mark.parametrize(("reply", "state"), [("2026-11-27 17:30:00", S.MET), ("2026-11-27 17:30:01", S.MISSED)])
def test_the_promise_is_judged_by_the_answer_and_not_by_the_call_back(
    dispatched: Any, at: At, reply: str, state: ClockState
) -> None:
    closed_after(dispatched, reply, "2026-12-02 10:00")
    promise = dispatched.clock("promise:1")
    assert (promise.state, promise.ended_at) == (state, at("2026-12-02 10:00"))
    assert dispatched.clock("callback:1").state is S.MISSED


def test_an_answer_that_was_rejected_does_not_keep_the_promise(dispatched: Any) -> None:
    dispatched.then(E.REPLIED, "2026-11-24 10:00", unit="scjg").then(E.REPLY_REJECTED, "2026-11-24 11:00")
    closed_after(dispatched, "2026-12-01 10:00", "2026-12-01 11:00")
    assert dispatched.clock("promise:1").state is S.MISSED


def test_the_promise_waits_for_the_last_leg(dispatched: Any) -> None:
    dispatched.then(E.LEG_ADDED, "2026-11-23 11:00", leg="T/2", unit="fgj", round=1, profile="default")
    dispatched.then(E.REPLIED, "2026-11-24 10:00", unit="scjg")
    assert dispatched.clock("promise:1").answered_at is None
    dispatched.then(E.REPLIED, "2026-12-01 10:00", leg="T/2", unit="fgj")
    dispatched.then(E.CLOSED, "2026-12-01 10:30", leg="T/2", ticket_closed=False)
    assert dispatched.clock("promise:1").state is S.RUNNING
    dispatched.then(E.CLOSED, "2026-12-01 11:00", ticket_closed=True)
    assert dispatched.clock("promise:1").state is S.MISSED


@pytest.mark.parametrize("kind", [E.ANSWERED, E.REFUSED])
def test_the_hotlines_own_answer_keeps_the_promise(opened: Any, kind: EventKind) -> None:
    opened.then(kind, "2026-11-23 09:30").then(E.CLOSED, "2026-12-10 09:30", ticket_closed=True)
    assert states(opened) == {"promise:1": S.MET, "triage:1": S.MET}


def test_reopening_is_rework_and_leaves_the_verdict_on_the_promise(dispatched: Any) -> None:
    closed_after(dispatched, "2026-11-24 10:00", "2026-11-24 11:00")
    dispatched.then(E.REOPENED, "2026-12-10 10:00", reason="又来了")
    assert dispatched.clock("promise:1").state is S.MET
    assert (dispatched.clock("rework:1").state, dispatched.clock("rework:1").holder) == (S.RUNNING, "scjg")
    closed_after(dispatched, "2026-12-11 10:00", "2026-12-11 11:00")
    assert dispatched.clock("rework:1").state is S.MET
    assert dispatched.clock("promise:1").state is S.MET


@pytest.mark.parametrize("kind", [E.REOPENED, E.REWORK_ORDERED])
def test_what_the_hotline_had_answered_comes_back_to_its_own_desk(opened: Any, kind: EventKind) -> None:
    opened.then(E.ANSWERED, "2026-11-23 09:30")
    opened.then(kind, "2026-11-24 09:30", state="RECEIVED", unit=None)
    assert states(opened) == {"promise:1": S.RUNNING, "triage:1": S.MET, "triage:2": S.RUNNING}
    assert opened.clock("triage:2").holder == "hotline"
    assert opened.clock("promise:1").answered_at is None


@pytest.mark.parametrize("kind", [E.WITHDRAWN, E.INVALIDATED, E.TRANSFERRED, E.MERGED, E.ARCHIVED])
def test_what_ends_without_an_answer_is_not_judged(dispatched: Any, kind: EventKind) -> None:
    dispatched.then(E.HOLD_GRANTED, "2026-11-23 11:00").then(kind, "2026-12-30 11:00", state="X", was="Y", master="M")
    found = states(dispatched)
    assert found.pop("triage:1") is S.MET
    assert set(found.values()) == {S.STOPPED}
    assert all(clock.due_at is not None for clock in dispatched.clocks.values())
    assert dispatched.live == {}


def test_a_leg_that_ends_leaves_the_other_legs_alone(dispatched: Any) -> None:
    dispatched.then(E.LEG_ADDED, "2026-11-23 11:00", leg="T/2", unit="fgj", round=1, profile="default")
    dispatched.then(E.WITHDRAWN, "2026-11-23 12:00", leg="T/2")
    assert dispatched.clock("finish:1").state is S.RUNNING
    dispatched.then(E.WITHDRAWN, "2026-11-23 13:00", leg=None)
    assert dispatched.clock("finish:1").state is S.STOPPED


def test_a_profile_without_a_limit_has_no_such_clock(story: Any) -> None:
    story.then(E.OPENED, "2026-11-23 09:00", profile="enquiry")
    story.then(E.DISPATCHED, "2026-11-23 09:10", unit="scjg", round=1, profile="enquiry")
    story.then(E.ACCEPTED, "2026-11-23 09:20").then(E.REPLIED, "2026-11-23 09:30", unit="scjg")
    assert set(states(story)) == {"promise:1", "accept:1", "finish:1"}
    assert set(states(story).values()) == {S.RUNNING, S.MET}


def test_an_unknown_profile_makes_no_clock_and_no_error(story: Any) -> None:
    story.then(E.OPENED, "2026-11-23 09:00", profile="nobody's")
    story.then(E.DISPATCHED, "2026-11-23 09:10", unit="scjg", round=1, profile="default")
    assert story.clock("promise:1").due_at is not None
    assert story.clock("promise:1").started_at == story.events[0].at


@pytest.mark.parametrize("when", ["2026-11-28 23:30:00", "2026-10-01 03:00:00", "2026-11-23 12:15:00"])
def test_a_critical_clock_knows_no_night_weekend_or_holiday(story: Any, at: At, when: str) -> None:
    story.then(E.OPENED, when, profile="critical")
    story.then(E.DISPATCHED, when, unit="gas", round=1, profile="critical")
    accept, finish = story.clock("accept:1"), story.clock("finish:1")
    assert accept.due_at is not None
    assert finish.due_at is not None
    assert (accept.due_at - at(when)).total_seconds() == 15 * 60
    assert (finish.due_at - at(when)).total_seconds() == 2 * 3600
    assert not finish.provisional


def test_a_working_deadline_beyond_the_published_year_is_provisional(story: Any, at: At) -> None:
    story.then(E.OPENED, "2026-12-29 09:00", profile="default")
    promise = story.clock("promise:1")
    assert (promise.due_at, promise.provisional) == (at("2027-01-05 14:30"), True)


SILENT = {
    E.UNDERSTOOD,
    E.APPENDED,
    E.STARTED,
    E.EXTENSION_REQUESTED,
    E.EXTENSION_APPROVED,
    E.EXTENSION_REFUSED,
    E.HOLD_REQUESTED,
    E.HOLD_REFUSED,
    E.REWORK_STARTED,
    E.RATED,
    E.SUPERVISED,
    E.REMINDED,
    E.ALARMED,
    E.CLOCK_WARNED,
}


def test_every_kind_of_event_is_either_heard_or_known_to_be_silent() -> None:
    assert set(_HANDLERS) | SILENT == set(EventKind)
    assert set(_HANDLERS) & SILENT == set()


@pytest.mark.parametrize("kind", sorted(SILENT))
def test_other_events_leave_the_clocks_alone(dispatched: Any, kind: EventKind) -> None:
    before = dict(dispatched.clocks)
    dispatched.then(kind, "2026-11-23 11:00", days=3, unit="scjg")
    assert dispatched.clocks == before
    assert dispatched.last.clocks == {}
    assert dispatched.last.timers == ()
