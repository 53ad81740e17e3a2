"""Figures of time: units' own clocks, second by second, and the lights of what they hold now."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from dashboards.board.breakdowns import durations
from dashboards.board.metrics import band
from dashboards.board.period import Period
from dashboards.board.queries import board, case_page, scope_of
from dashboards.board.scope import Filters
from plumbing.db import Database
from sla.tables import ClockRow, TimerRow
from tickets.store import table

WEEK = Period(choice="custom", first=date(2026, 7, 1), last=date(2026, 7, 7))
START, END = datetime(2026, 6, 30, 16, tzinfo=UTC), datetime(2026, 7, 7, 16, tzinfo=UTC)
NOW = datetime(2026, 7, 5, 4, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
A, B = "26070100000000", "26070100000001"


def _clock(
    n: int, kind: str, state: str, due: datetime | None, *, holder: str = "sthj", ended: datetime | None = None
) -> dict[str, Any]:
    return {
        "id": f"{A}/1:{kind}:{n}",
        "ticket_no": A,
        "leg": f"{A}/1",
        "kind": kind,
        "holder": holder,
        "profile": "default",
        "policy_version": "1",
        "calendar_version": "1",
        "started_at": START - 10 * HOUR,
        "due_at": due,
        "state": state,
        "ended_at": ended,
        "unit": "working",
        "extended_seconds": 0,
        "provisional": False,
        "cause": "",
    }


def _write(database: Database, clocks: Sequence[dict[str, Any]]) -> None:
    with database.transaction() as session:
        session.execute(insert(table(ClockRow)), list(clocks))


def _figure(database: Database, code: str, *, filters: Filters | None = None, now: datetime = NOW) -> tuple[float, int]:
    with database.reading() as session:
        scope, wanted = scope_of(session, WEEK, now), filters or Filters()
        page = case_page(session, code, scope, wanted)
        figures = board(session, WEEK, wanted, now)["metrics"]
    assert (sum(case.worth for case in page.cases), len(page.cases)) == (page.numerator, page.denominator)
    figure = next(one for one in figures if one["code"] == code)
    assert (figure["numerator"], figure["denominator"]) == (page.numerator, page.denominator)
    return page.numerator, page.denominator


@pytest.mark.parametrize(
    ("state", "due", "ended", "expected"),
    [
        ("met", NOW - HOUR, NOW - 2 * HOUR, (1, 1)),
        ("missed", NOW - 2 * HOUR, NOW - HOUR, (0, 1)),
        ("running", NOW - SECOND, None, (0, 1)),
        ("running", NOW, None, (0, 0)),
        ("running", NOW + SECOND, None, (0, 0)),
        ("met", NOW + HOUR, NOW - HOUR, (0, 0)),
        ("stopped", NOW - HOUR, NOW - 2 * HOUR, (0, 0)),
        ("stopped", NOW - 2 * HOUR, NOW - 2 * HOUR, (0, 0)),
        ("stopped", NOW - 2 * HOUR, NOW - HOUR, (0, 1)),
        ("paused", None, None, (0, 0)),
        ("met", START - SECOND, START - HOUR, (0, 0)),
        ("met", START, START - HOUR, (1, 1)),
    ],
)
def test_a_deadline_counts_once_it_is_due_and_known(
    written: Database, state: str, due: datetime | None, ended: datetime | None, expected: tuple[int, int]
) -> None:
    _write(written, [_clock(1, "finish", state, due, ended=ended)])
    assert _figure(written, "on_time_rate") == expected


def test_the_period_ends_before_its_last_instant(written: Database) -> None:
    _write(
        written,
        [
            _clock(1, "finish", "met", END - SECOND, ended=END - HOUR),
            _clock(2, "finish", "met", END, ended=END - HOUR),
        ],
    )
    assert _figure(written, "on_time_rate", now=END + 10 * HOUR) == (1, 1)


def test_each_kind_of_clock_has_its_own_figure_and_the_promise_is_the_hotlines(written: Database) -> None:
    _write(
        written,
        [
            _clock(1, "accept", "met", NOW - HOUR, ended=NOW - 2 * HOUR),
            _clock(1, "finish", "missed", NOW - HOUR, ended=NOW),
            _clock(1, "rework", "met", NOW - HOUR, ended=NOW - 2 * HOUR),
            _clock(1, "promise", "met", NOW - HOUR, holder="hotline", ended=NOW - 2 * HOUR),
            _clock(1, "contact", "missed", NOW - HOUR, ended=NOW),
        ],
    )
    found = {code: _figure(written, code) for code in ("accept_on_time", "on_time_rate", "rework_on_time")}
    assert found == {"accept_on_time": (1, 1), "on_time_rate": (0, 1), "rework_on_time": (1, 1)}
    assert _figure(written, "promise_on_time") == (1, 1)
    assert _figure(written, "promise_on_time", filters=Filters(unit="sthj")) == (0, 0)


def test_a_unit_is_judged_on_its_own_clock_and_not_on_the_next_holders(written: Database) -> None:
    _write(
        written,
        [
            _clock(1, "finish", "stopped", NOW - HOUR, holder="sthj", ended=NOW - 3 * HOUR),
            _clock(2, "finish", "missed", NOW - HOUR, holder="cgzf", ended=NOW),
        ],
    )
    assert _figure(written, "on_time_rate", filters=Filters(unit="sthj")) == (0, 0)
    assert _figure(written, "on_time_rate", filters=Filters(unit="cgzf")) == (0, 1)


def test_a_band_needs_five_cases(written: Database) -> None:
    clocks = [_clock(n, "finish", "met", NOW - HOUR, ended=NOW - 2 * HOUR) for n in range(4)]
    clocks += [_clock(n, "finish", "met", NOW - HOUR, holder="cgzf", ended=NOW - 2 * HOUR) for n in range(10, 15)]
    _write(written, clocks)
    with written.reading() as session:
        bands = {row["unit"]: row["band"] for row in board(session, WEEK, Filters(), NOW)["units"]}
    assert bands["sthj"] is None
    assert bands["cgzf"] == "A"


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (4, 4, None),
        (5, 5, "A"),
        (19, 20, "A"),
        (94, 100, "B"),
        (85, 100, "B"),
        (84, 100, "C"),
        (0, 5, "C"),
        (0, 0, None),
    ],
)
def test_bands_begin_at_their_share(numerator: int, denominator: int, expected: str | None) -> None:
    assert band(numerator, denominator) == expected


def _amber(clock: str, due: datetime, fire: datetime, *, void: datetime | None = None) -> dict[str, Any]:
    return {
        "clock": clock,
        "step": "amber",
        "due_at": due,
        "repeat_no": 0,
        "ticket_no": A,
        "leg": f"{A}/1",
        "fire_at": fire,
        "fired_at": None,
        "void_at": void,
        "attempts": 0,
    }


def test_a_leg_is_red_past_a_deadline_amber_once_warned_and_green_else(written: Database) -> None:
    red, amber, green = (
        _clock(1, "accept", "running", NOW - SECOND),
        _clock(2, "finish", "running", NOW + HOUR, holder="cgzf"),
        _clock(3, "finish", "running", NOW + HOUR, holder="jgw"),
    )
    ended = _clock(4, "finish", "missed", NOW - HOUR, holder="fgj", ended=NOW)
    window = _clock(5, "return_window", "running", NOW - HOUR, holder="jgw")
    _write(written, [red, amber, green, ended, window])
    warned = [
        _amber(amber["id"], NOW + HOUR, NOW),
        _amber(green["id"], NOW + HOUR, NOW + SECOND),
        _amber(green["id"], NOW + 2 * HOUR, NOW - HOUR),
        _amber(red["id"], NOW - SECOND, NOW - HOUR),
    ]
    with written.transaction() as session:
        session.execute(insert(table(TimerRow)), warned)
    assert _figure(written, "red_now") == (1, 3)
    assert _figure(written, "amber_now") == (1, 3)
    with written.reading() as session:
        lights = {row["unit"]: row["lights"] for row in board(session, WEEK, Filters(), NOW)["units"]}
    assert lights["sthj"] == {"red": 1, "amber": 0, "green": 0, "held": 1}
    assert lights["cgzf"] == {"red": 0, "amber": 1, "green": 0, "held": 1}
    assert lights["jgw"] == {"red": 0, "amber": 0, "green": 1, "held": 1}


def test_two_late_clocks_of_one_leg_are_one_red_light(written: Database) -> None:
    _write(
        written,
        [_clock(1, "accept", "running", NOW - HOUR), _clock(1, "finish", "running", NOW - SECOND)],
    )
    assert _figure(written, "red_now") == (1, 1)


def test_a_warning_whose_deadline_moved_lights_nothing(written: Database) -> None:
    clock = _clock(1, "finish", "running", NOW + 9 * HOUR)
    _write(written, [clock])
    with written.transaction() as session:
        session.execute(insert(table(TimerRow)), [_amber(clock["id"], NOW + 9 * HOUR, NOW - HOUR, void=NOW - HOUR)])
    assert _figure(written, "amber_now") == (0, 1)


def test_the_time_a_matter_takes_is_measured_from_receipt_to_the_last_closing(written: Database) -> None:
    with written.reading() as session:
        alone = durations(session, WEEK, ("0401",))
        several = durations(session, WEEK, ("0101",), supported=True)
        none = durations(session, WEEK, ("1203",))
    assert alone == {"n": 2, "median_hours": 9.5}  # b nine hours, c ten
    assert several == {"n": 1, "median_hours": 10.0}  # a with its support
    assert none == {"n": 0, "median_hours": None}
