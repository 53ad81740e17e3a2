"""Every second of a leg has exactly one holder."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sla.calendar import WorkingCalendar
from sla.rules import Minutes, ledger
from tickets.types import EventKind

E = EventKind
At = Callable[[str], datetime]


def told(minutes: tuple[Minutes, ...], at: At, leg: str = "T/1") -> list[tuple[str, int]]:
    return [(part.holder, part.seconds // 60) for part in minutes if part.leg == leg]


def test_the_case_of_the_dispute_is_attributed_to_each_holder(
    dispatched: Any, calendar: WorkingCalendar, at: At
) -> None:
    dispatched.then(E.ACCEPTED, "2026-11-23 10:30")
    dispatched.then(E.RETURN_REQUESTED, "2026-11-23 11:00", unit="scjg")
    dispatched.then(E.RETURN_APPROVED, "2026-11-23 11:30", unit="cgzf", from_unit="scjg", round=2, profile="default")
    dispatched.then(E.RETURN_REQUESTED, "2026-11-23 14:00", unit="cgzf")
    dispatched.then(E.DISPUTED, "2026-11-23 14:00", units=["scjg", "cgzf"], interim="centre_xietu")
    dispatched.then(E.INTERIM_APPOINTED, "2026-11-23 14:00", leg="T/2", unit="centre_xietu", round=1, role="interim")
    dispatched.then(E.RULED, "2026-11-24 14:00", lead="jgw")
    dispatched.then(E.REFLOWED, "2026-11-24 14:00", unit="jgw", round=3, profile="default")
    dispatched.then(E.INTERIM_RELEASED, "2026-11-24 14:00", leg="T/2", state="CLOSED")
    dispatched.then(E.REPLIED, "2026-11-24 15:00", unit="jgw")
    dispatched.then(E.REPLY_PASSED, "2026-11-24 15:30", state="CALLBACK")
    dispatched.then(E.CLOSED, "2026-11-24 16:00", ticket_closed=True)
    minutes = ledger(dispatched.events, calendar)
    assert told(minutes, at) == [
        ("hotline", 60),
        ("scjg", 60),
        ("hotline", 30),
        ("cgzf", 150),
        ("meeting", 24 * 60),
        ("jgw", 60),
        ("hotline", 60),
    ]
    assert told(minutes, at, "T/2") == [("centre_xietu", 24 * 60)]
    meeting = next(part for part in minutes if part.holder == "meeting")
    assert meeting.working_seconds == 27_000
    assert (meeting.from_at, meeting.to_at) == (at("2026-11-23 14:00"), at("2026-11-24 14:00"))


def test_waiting_is_the_residents_and_a_hold_is_nobodys_fault(opened: Any, calendar: WorkingCalendar, at: At) -> None:
    opened.then(E.ASKED, "2026-11-23 09:10").then(E.SUPPLIED, "2026-11-23 09:40")
    opened.then(E.DISPATCHED, "2026-11-23 10:00", unit="scjg", round=1)
    opened.then(E.HOLD_REQUESTED, "2026-11-23 10:30").then(E.HOLD_GRANTED, "2026-11-23 11:00")
    opened.then(E.HOLD_ENDED, "2026-11-23 12:00").then(E.REPLIED, "2026-11-23 12:30", unit="scjg")
    opened.then(E.REPLY_REJECTED, "2026-11-23 12:40").then(E.REPLIED, "2026-11-23 12:50", unit="scjg")
    expected = [("hotline", 10), ("resident", 30), ("hotline", 20), ("scjg", 60), ("hold", 60), ("scjg", 30)]
    assert told(ledger(opened.events, calendar), at) == [*expected, ("hotline", 10), ("scjg", 10)]


def test_an_open_leg_is_counted_up_to_the_moment_asked_for(dispatched: Any, calendar: WorkingCalendar, at: At) -> None:
    until = ledger(dispatched.events, calendar, until=at("2026-11-23 10:20"))
    assert told(until, at) == [("hotline", 60), ("scjg", 20)]
    assert told(ledger(dispatched.events, calendar), at) == [("hotline", 60)]
    assert ledger([], calendar) == ()


def test_closed_and_merged_time_is_nobodys(dispatched: Any, calendar: WorkingCalendar, at: At) -> None:
    dispatched.then(E.MERGED, "2026-11-23 10:30", master="M").then(E.UNMERGED, "2026-11-23 11:30")
    dispatched.then(E.REPLIED, "2026-11-23 11:40", unit="scjg").then(E.CLOSED, "2026-11-23 11:50", ticket_closed=True)
    dispatched.then(E.REOPENED, "2026-11-25 10:00").then(E.REPLIED, "2026-11-25 10:05", unit="scjg")
    parts = told(ledger(dispatched.events, calendar), at)
    assert parts == [("hotline", 60), ("scjg", 30), ("scjg", 10), ("hotline", 10), ("scjg", 5)]


def test_an_event_noted_late_takes_no_time_from_what_came_before(
    dispatched: Any, calendar: WorkingCalendar, at: At
) -> None:
    dispatched.then(E.REPLIED, "2026-11-23 11:00", unit="scjg").then(E.REPLY_REJECTED, "2026-11-23 10:30")
    assert told(ledger(dispatched.events, calendar, until=at("2026-11-23 11:10")), at) == [
        ("hotline", 60),
        ("scjg", 60),
        ("scjg", 10),
    ]


def test_what_the_hotline_had_answered_and_is_reopened_is_its_own_time(
    opened: Any, calendar: WorkingCalendar, at: At
) -> None:
    opened.then(E.ANSWERED, "2026-11-23 09:30").then(E.CLOSED, "2026-11-23 10:00", ticket_closed=True)
    opened.then(E.REOPENED, "2026-11-23 11:00", state="RECEIVED", unit=None)
    minutes = ledger(opened.events, calendar, until=at("2026-11-23 11:30"))
    assert told(minutes, at) == [("hotline", 60), ("hotline", 30)]
