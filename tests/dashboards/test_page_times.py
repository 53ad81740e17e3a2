"""Spans, instants and clocks in words: one second before, at and after each boundary."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboards import times
from sla.types import Clock, ClockKind, ClockState

NOW = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "不到1分钟"),
        (timedelta(seconds=59), "不到1分钟"),
        (timedelta(seconds=60), "1分"),
        (timedelta(minutes=59, seconds=59), "59分"),
        (timedelta(hours=1), "1小时"),
        (timedelta(hours=3, minutes=20), "3小时20分"),
        (timedelta(hours=23, minutes=59, seconds=59), "23小时59分"),
        (timedelta(days=1), "1天"),
        (timedelta(days=2, hours=3, minutes=59), "2天3小时"),
        (-timedelta(hours=2), "2小时"),
    ],
)
def test_a_span_is_told_in_its_two_greatest_units(length: timedelta, words: str) -> None:
    assert times.span(length) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 9, 13, 16, 0, tzinfo=UTC), "今天 00:00"),
        (datetime(2026, 9, 13, 15, 59, 59, tzinfo=UTC), "9月13日 23:59"),
        (datetime(2026, 9, 14, 15, 59, 59, tzinfo=UTC), "今天 23:59"),
        (datetime(2026, 9, 14, 16, 0, tzinfo=UTC), "9月15日 00:00"),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "1月1日 00:00"),
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "2025年12月31日 23:59"),
    ],
)
def test_an_instant_is_told_in_shanghai(at: datetime, words: str) -> None:
    assert times.short(at, NOW) == words


def test_today_begins_at_midnight_in_shanghai() -> None:
    assert times.midnight(NOW) == datetime(2026, 9, 13, 16, 0, tzinfo=UTC)
    assert times.today(datetime(2026, 9, 14, 16, 0, tzinfo=UTC)).isoformat() == "2026-09-15"


def clock(
    due_in: timedelta | None = timedelta(hours=1),
    *,
    state: ClockState = ClockState.RUNNING,
    kind: ClockKind = ClockKind.ACCEPT,
    ended: bool = False,
    provisional: bool = False,
) -> Clock:
    return Clock(
        id="1/1:accept:1",
        ticket_no="1",
        leg="1/1",
        kind=kind,
        holder="cgzf",
        profile="default",
        policy_version="p",
        calendar_version="c",
        started_at=NOW - timedelta(days=1),
        due_at=None if due_in is None else NOW + due_in,
        state=state,
        ended_at=NOW if ended else None,
        provisional=provisional,
    )


@pytest.mark.parametrize(
    ("due_in", "amber_in", "tone", "text"),
    [
        (timedelta(hours=1), None, "green", "剩1小时"),
        (timedelta(hours=1), SECOND, "green", "剩1小时"),
        (timedelta(hours=1), timedelta(), "amber", "将到期，剩1小时"),
        (timedelta(hours=1), -SECOND, "amber", "将到期，剩1小时"),
        (SECOND, -SECOND, "amber", "将到期，剩不到1分钟"),
        (timedelta(), -SECOND, "amber", "将到期，剩不到1分钟"),
        (-SECOND, -SECOND, "red", "已超时不到1分钟"),
        (-timedelta(days=1), None, "red", "已超时1天"),
    ],
)
def test_a_running_clock_says_how_it_stands(
    due_in: timedelta, amber_in: timedelta | None, tone: str, text: str
) -> None:
    chip = times.chip(clock(due_in), NOW, None if amber_in is None else NOW + amber_in)
    assert (chip.tone, chip.text, chip.what) == (tone, text, "签收")


@pytest.mark.parametrize(
    ("state", "due_in", "tone", "text"),
    [
        (ClockState.PAUSED, None, "grey", "暂停计时"),
        (ClockState.STOPPED, timedelta(hours=1), "grey", "已终止"),
        (ClockState.MET, timedelta(hours=1), "green", "按时完成"),
        (ClockState.MISSED, -SECOND, "red", "超时完成"),
    ],
)
def test_a_clock_that_does_not_run_says_so(state: ClockState, due_in: timedelta | None, tone: str, text: str) -> None:
    chip = times.chip(clock(due_in, state=state, ended=state is ClockState.MISSED), NOW)
    assert (chip.tone, chip.text) == (tone, text)


def test_a_deadline_beyond_the_published_calendar_is_marked() -> None:
    assert "暂定" in times.chip(clock(provisional=True), NOW).due
    assert "暂定" not in times.chip(clock(), NOW).due
