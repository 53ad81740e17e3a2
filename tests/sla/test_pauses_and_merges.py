"""Extension, hold, waiting, merging: deadlines that move, and what stays late."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from sla.types import ClockState
from tickets.types import EventKind

E, S = EventKind, ClockState
At = Callable[[str], datetime]


def test_an_extension_moves_the_finish_and_the_promise(dispatched: Any, at: At) -> None:
    dispatched.then(E.EXTENSION_GRANTED, "2026-11-27 10:00", days=3, unit="scjg")
    finish, promise = dispatched.clock("finish:1"), dispatched.clock("promise:1")
    assert (finish.due_at, finish.extended_seconds) == (at("2026-12-03 10:00"), 3 * 27_000)
    assert (promise.due_at, promise.extended_seconds) == (at("2026-12-02 17:30"), 3 * 27_000)
    assert dispatched.clock("accept:1").extended_seconds == 0


def test_an_extension_voids_the_old_timers_and_makes_new_ones(dispatched: Any, at: At) -> None:
    assert dispatched.timers_of("finish:1") == {
        "amber": at("2026-11-27 10:00"),
        "red": at("2026-11-30 10:00"),
        "notice": at("2026-12-07 10:00"),
    }
    dispatched.then(E.EXTENSION_GRANTED, "2026-11-27 11:00", days=3, unit="scjg")
    assert "T/1:finish:1" in dispatched.last.dropped
    assert dispatched.timers_of("finish:1") == {
        "amber": at("2026-12-02 10:00"),
        "red": at("2026-12-03 10:00"),
        "notice": at("2026-12-10 10:00"),
    }


def test_an_extension_too_short_to_warn_of_again_does_not_warn_again(dispatched: Any, at: At) -> None:
    dispatched.then(E.EXTENSION_GRANTED, "2026-11-30 09:00", seconds=1800, unit="scjg")
    assert set(dispatched.timers_of("finish:1")) == {"red", "notice"}
    assert dispatched.clock("finish:1").due_at == at("2026-11-30 10:30")


def test_an_extension_of_a_calendar_clock_has_days_of_24_hours(story: Any, at: At) -> None:
    story.then(E.OPENED, "2026-11-27 20:00", profile="critical")
    story.then(E.DISPATCHED, "2026-11-27 20:00", unit="gas", round=1, profile="critical")
    story.then(E.EXTENSION_GRANTED, "2026-11-27 21:00", days=1, unit="gas")
    assert story.clock("finish:1").due_at == at("2026-11-28 22:00")
    assert story.clock("finish:1").extended_seconds == 86_400


def test_a_support_legs_extension_is_its_own(dispatched: Any, at: At) -> None:
    dispatched.then(E.LEG_ADDED, "2026-11-23 11:00", leg="T/2", unit="fgj", round=1, profile="default")
    dispatched.then(E.EXTENSION_GRANTED, "2026-11-27 10:00", leg="T/2", days=3, unit="fgj")
    assert dispatched.clock("T/2:finish:1").due_at == at("2026-12-03 11:00")
    assert dispatched.clock("promise:1").due_at == at("2026-11-27 17:30")
    assert dispatched.clock("finish:1").due_at == at("2026-11-30 10:00")


def test_a_hold_stops_finish_and_promise_and_gives_back_what_was_left(dispatched: Any, at: At) -> None:
    dispatched.then(E.ACCEPTED, "2026-11-23 10:10").then(E.CONTACTED, "2026-11-23 10:20")
    dispatched.then(E.HOLD_GRANTED, "2026-11-24 10:00")
    assert dispatched.clock("finish:1").state is dispatched.clock("promise:1").state is S.PAUSED
    assert dispatched.clock("finish:1").cause == "hold"
    assert dispatched.timers_of("finish:1") == dispatched.timers_of("promise:1") == {}
    dispatched.then(E.HOLD_ENDED, "2026-12-08 10:00")
    assert dispatched.clock("finish:1").due_at == at("2026-12-14 10:00")
    assert dispatched.clock("promise:1").due_at == at("2026-12-11 17:30")
    assert dispatched.timers_of("finish:1")["amber"] == at("2026-12-11 10:00")


def test_a_hold_that_ends_at_once_changes_nothing(dispatched: Any) -> None:
    before, timers = dict(dispatched.clocks), dict(dispatched.live)
    dispatched.then(E.HOLD_GRANTED, "2026-11-24 19:00").then(E.HOLD_ENDED, "2026-11-24 22:00")
    assert dispatched.clocks == before
    assert dispatched.live == timers


def test_rework_is_held_like_any_work(dispatched: Any, at: At) -> None:
    dispatched.then(E.REPLIED, "2026-11-23 15:00", unit="scjg").then(E.REPLY_PASSED, "2026-11-23 15:00")
    dispatched.then(E.REWORK_ORDERED, "2026-11-24 10:00", unit="scjg")
    dispatched.then(E.HOLD_GRANTED, "2026-11-24 11:00").then(E.HOLD_ENDED, "2026-11-25 11:00")
    assert dispatched.clock("rework:1").due_at == at("2026-11-30 10:00")


@pytest.mark.parametrize("held", ["2026-11-30 11:00", "2026-11-30 19:00", "2026-11-30 10:00:01"])
def test_a_clock_that_is_late_stays_late_through_a_pause(dispatched: Any, at: At, held: str) -> None:
    dispatched.then(E.HOLD_GRANTED, held).then(E.HOLD_ENDED, "2026-12-03 09:00")
    finish = dispatched.clock("finish:1")
    assert finish.due_at < at("2026-12-03 09:00")
    assert dispatched.timers_of("finish:1").keys() == {"notice"}
    dispatched.then(E.REPLIED, "2026-12-03 09:00", unit="scjg")
    assert dispatched.clock("finish:1").state is S.MISSED


def test_late_outside_working_time_is_late_as_well(story: Any, at: At) -> None:
    story.then(E.OPENED, "2026-11-23 09:00", profile="default")
    story.then(E.DISPATCHED, "2026-11-23 09:00", unit="scjg", round=1, profile="default")
    assert story.clock("finish:1").due_at == at("2026-11-27 17:30")
    story.then(E.HOLD_GRANTED, "2026-11-27 20:00").then(E.HOLD_ENDED, "2026-11-27 21:00")
    story.then(E.REPLIED, "2026-11-27 21:00", unit="scjg")
    assert story.clock("finish:1").state is S.MISSED


def test_in_time_at_the_last_second_and_paused_there_stays_in_time(story: Any) -> None:
    story.then(E.OPENED, "2026-11-23 09:00", profile="default")
    story.then(E.DISPATCHED, "2026-11-23 09:00", unit="scjg", round=1, profile="default")
    story.then(E.HOLD_GRANTED, "2026-11-27 17:30:00").then(E.HOLD_ENDED, "2026-12-03 10:00")
    story.then(E.REPLIED, "2026-12-03 10:00", unit="scjg")
    assert story.clock("finish:1").state is S.MET


def test_a_merge_that_is_undone_leaves_the_promise_and_gives_the_unit_its_time(dispatched: Any, at: At) -> None:
    dispatched.then(E.MERGED, "2026-11-24 10:00", master="M", was="DISPATCHED", state="MERGED")
    dispatched.then(E.UNMERGED, "2026-11-25 10:00", state="DISPATCHED")
    assert dispatched.clock("promise:1").due_at == at("2026-11-27 17:30")
    assert dispatched.clock("finish:1").due_at == at("2026-12-01 10:00")
    assert dispatched.clock("triage:1").state is S.MET
    assert {c.state for c in dispatched.clocks.values()} == {S.MET, S.RUNNING}
    assert {c.cause for c in dispatched.clocks.values()} == {""}
    assert dispatched.timers_of("promise:1") == {"amber": at("2026-11-27 09:00"), "red": at("2026-11-27 17:30")}


@pytest.mark.parametrize(
    ("other", "due"),
    [("2026-11-26T09:00:00+08:00", "2026-11-26 09:00"), ("2026-12-26T09:00:00+08:00", "2026-11-27 17:30")],
)
def test_undoing_a_merge_keeps_the_earlier_of_the_two_promises(dispatched: Any, at: At, other: str, due: str) -> None:
    dispatched.then(E.MERGED, "2026-11-24 10:00", master="M", was="DISPATCHED", state="MERGED")
    dispatched.then(E.UNMERGED, "2026-11-25 10:00", state="DISPATCHED", promise_due=other)
    assert dispatched.clock("promise:1").due_at == at(due)


def test_what_was_paused_before_a_merge_is_paused_after_it(dispatched: Any, at: At) -> None:
    dispatched.then(E.HOLD_GRANTED, "2026-11-24 10:00")
    held = {name: dispatched.clock(name) for name in ("finish:1", "promise:1")}
    dispatched.then(E.MERGED, "2026-11-24 11:00", master="M", was="ON_HOLD", state="MERGED")
    assert dispatched.clock("finish:1").state is S.STOPPED
    dispatched.then(E.UNMERGED, "2026-11-25 10:00", state="ON_HOLD")
    assert {name: dispatched.clock(name) for name in held} == held
    dispatched.then(E.HOLD_ENDED, "2026-11-26 10:00")
    assert dispatched.clock("finish:1").due_at == at("2026-12-02 10:00")


def test_a_red_promise_that_was_overtaken_during_a_merge_still_turns_red(dispatched: Any, at: At) -> None:
    dispatched.then(E.MERGED, "2026-11-24 10:00", master="M", was="DISPATCHED", state="MERGED")
    dispatched.then(E.UNMERGED, "2026-12-01 10:00", state="DISPATCHED")
    assert dispatched.timers_of("promise:1")["red"] == at("2026-11-27 17:30")


def test_the_master_takes_over_an_earlier_promise(dispatched: Any, at: At) -> None:
    dispatched.then(E.NOTED, "2026-11-24 10:00", text="并单", promise_due_at="2026-11-25T20:00:00+08:00")
    promise = dispatched.clock("promise:1")
    assert promise.due_at == at("2026-11-25 20:00")
    assert promise.extended_seconds < 0
    assert dispatched.timers_of("promise:1") == {"amber": at("2026-11-25 09:00"), "red": at("2026-11-25 20:00")}


def test_a_promise_pulled_into_the_past_turns_red_at_once(dispatched: Any, at: At) -> None:
    dispatched.then(E.NOTED, "2026-11-25 10:00", promise_due_at="2026-11-24T12:00:00+08:00")
    assert dispatched.timers_of("promise:1")["red"] == at("2026-11-24 12:00")


@pytest.mark.parametrize("data", [{"promise_due_at": "2026-12-24T12:00:00+08:00"}, {"text": "备注"}])
def test_a_later_promise_or_a_plain_note_changes_nothing(dispatched: Any, data: dict[str, str]) -> None:
    before = dict(dispatched.clocks)
    dispatched.then(E.NOTED, "2026-11-25 10:00", **data)
    assert dispatched.clocks == before


def test_a_promise_is_pulled_forward_while_it_is_paused(opened: Any, at: At) -> None:
    opened.then(E.ASKED, "2026-11-23 10:00")
    opened.then(E.NOTED, "2026-11-23 11:00", promise_due_at="2026-11-23T17:30:00+08:00")
    opened.then(E.SUPPLIED, "2026-11-24 10:00")
    assert opened.clock("promise:1").due_at == at("2026-11-24 17:30")


def test_another_profile_never_loses_a_promise_that_was_pulled_forward(story: Any, at: At) -> None:
    story.then(E.OPENED, "2026-11-23 09:00", profile="enquiry")
    story.then(E.NOTED, "2026-11-23 09:10", promise_due_at="2026-11-23T12:00:00+08:00")
    story.then(E.DECIDED, "2026-11-23 09:20", profile="default")
    assert story.clock("promise:1").profile == "default"
    assert story.clock("promise:1").due_at == at("2026-11-23 12:00")


def test_an_answered_promise_that_is_pulled_forward_stays_silent(dispatched: Any, at: At) -> None:
    dispatched.then(E.REPLIED, "2026-11-24 10:00", unit="scjg")
    dispatched.then(E.NOTED, "2026-11-24 11:00", promise_due_at="2026-11-24T09:00:00+08:00")
    assert dispatched.timers_of("promise:1") == {}
    dispatched.then(E.CLOSED, "2026-11-24 12:00", ticket_closed=True)
    assert dispatched.clock("promise:1").state is S.MISSED


def test_an_answer_silences_the_promise_until_it_is_rejected(dispatched: Any, at: At) -> None:
    dispatched.then(E.REPLIED, "2026-11-26 10:00", unit="scjg")
    assert dispatched.timers_of("promise:1") == {}
    assert dispatched.clock("promise:1").state is S.RUNNING
    dispatched.then(E.REPLY_REJECTED, "2026-11-30 09:00")
    assert dispatched.timers_of("promise:1")["red"] == at("2026-11-27 17:30")
    assert dispatched.clock("promise:1").answered_at is None


def test_an_answer_does_not_silence_the_promise_while_another_unit_works(dispatched: Any) -> None:
    dispatched.then(E.LEG_ADDED, "2026-11-23 11:00", leg="T/2", unit="fgj", round=1, profile="default")
    dispatched.then(E.REPLIED, "2026-11-24 10:00", unit="scjg")
    assert set(dispatched.timers_of("promise:1")) == {"amber", "red"}
    dispatched.then(E.REPLIED, "2026-11-24 11:00", leg="T/2", unit="fgj")
    assert dispatched.timers_of("promise:1") == {}
    dispatched.then(E.LEG_ADDED, "2026-11-24 12:00", leg="T/3", unit="jgw", round=1, profile="default")
    assert set(dispatched.timers_of("promise:1")) == {"amber", "red"}
