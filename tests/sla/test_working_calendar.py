"""Working time at every border: windows, lunch, weekends, holidays, make-up workdays, half days, years."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.types import CalendarSpec
from plumbing.errors import HotlineError
from sla.calendar import WorkingCalendar

At = Callable[[str], datetime]

HOUR = 3600
DAY = 27_000  # 7.5 hours


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        ("2026-11-23 09:00:00", 3 * HOUR - 1, "2026-11-23 11:59:59"),  # lunch: one second before, at, after
        ("2026-11-23 09:00:00", 3 * HOUR, "2026-11-23 12:00:00"),
        ("2026-11-23 09:00:00", 3 * HOUR + 1, "2026-11-23 13:00:01"),
        ("2026-11-23 12:00:00", 1, "2026-11-23 13:00:01"),
        ("2026-11-23 12:30:00", 1, "2026-11-23 13:00:01"),
        ("2026-11-23 13:00:00", 1, "2026-11-23 13:00:01"),
        ("2026-11-23 09:00:00", DAY - 1, "2026-11-23 17:29:59"),  # the day's end
        ("2026-11-23 09:00:00", DAY, "2026-11-23 17:30:00"),
        ("2026-11-23 09:00:00", DAY + 1, "2026-11-24 09:00:01"),
        ("2026-11-23 17:30:00", DAY, "2026-11-24 17:30:00"),
        ("2026-11-23 08:59:59", 1, "2026-11-23 09:00:01"),  # before work
        ("2026-11-27 17:29:59", 1, "2026-11-27 17:30:00"),  # the weekend
        ("2026-11-27 17:29:59", 2, "2026-11-30 09:00:01"),
        ("2026-11-28 10:00:00", HOUR, "2026-11-30 10:00:00"),
        ("2026-09-30 17:30:00", HOUR, "2026-10-08 10:00:00"),  # a long holiday
        ("2026-10-03 10:00:00", 1, "2026-10-08 09:00:01"),
        ("2026-10-09 17:00:00", HOUR, "2026-10-10 09:30:00"),  # a Saturday on which people work
        ("2026-10-10 17:30:00", 1, "2026-10-12 09:00:01"),
        ("2026-12-31 11:59:59", 1, "2026-12-31 12:00:00"),  # a half day, and what is not published yet
        ("2026-12-31 11:59:59", 2, "2027-01-01 09:00:01"),
        ("2026-12-31 14:00:00", 1, "2027-01-01 09:00:01"),
        ("2026-11-23 12:30:00", 0, "2026-11-23 12:30:00"),  # nothing added, nothing moved
        ("2026-11-24 09:00:00", -1, "2026-11-23 17:29:59"),  # backwards
        ("2026-11-24 10:00:00", -HOUR, "2026-11-24 09:00:00"),
        ("2026-11-24 10:00:00", -HOUR - 1, "2026-11-23 17:29:59"),
        ("2026-11-23 20:00:00", -DAY, "2026-11-23 09:00:00"),
        ("2027-01-01 09:00:00", -1, "2026-12-31 11:59:59"),
    ],
)
def test_seconds_are_added_inside_the_windows_only(
    calendar: WorkingCalendar, at: At, start: str, seconds: int, end: str
) -> None:
    assert calendar.add(at(start), seconds) == at(end)
    assert calendar.between(at(start), at(end)) == seconds


@pytest.mark.parametrize(
    ("a", "b", "seconds"),
    [
        ("2026-11-23 12:00:00", "2026-11-23 13:00:00", 0),
        ("2026-11-23 11:59:59", "2026-11-23 13:00:01", 2),
        ("2026-11-23 09:00:00", "2026-11-30 09:00:00", 5 * DAY),
        ("2026-09-30 18:00:00", "2026-10-08 08:00:00", 0),
        ("2026-10-09 18:00:00", "2026-10-12 08:00:00", DAY),
        ("2026-11-24 09:00:00", "2026-11-23 09:00:00", -DAY),
        ("2026-01-01 00:00:00", "2026-01-01 00:00:00", 0),
    ],
)
def test_only_working_seconds_lie_between(calendar: WorkingCalendar, at: At, a: str, b: str, seconds: int) -> None:
    assert calendar.between(at(a), at(b)) == seconds


@pytest.mark.parametrize(
    ("when", "working"),
    [
        ("2026-11-23 08:59:59", False),
        ("2026-11-23 09:00:00", True),
        ("2026-11-23 11:59:59", True),
        ("2026-11-23 12:00:00", False),
        ("2026-11-23 12:59:59", False),
        ("2026-11-23 13:00:00", True),
        ("2026-11-23 17:29:59", True),
        ("2026-11-23 17:30:00", False),
        ("2026-11-28 10:00:00", False),
        ("2026-10-01 10:00:00", False),
        ("2026-10-10 10:00:00", True),
        ("2026-12-31 13:30:00", False),
    ],
)
def test_a_window_holds_its_first_second_and_not_its_last(
    calendar: WorkingCalendar, at: At, when: str, *, working: bool
) -> None:
    assert calendar.is_working(at(when)) is working


def test_a_working_day_is_as_long_as_most_days_of_the_week(spec: CalendarSpec, at: At) -> None:
    short_friday = WorkingCalendar(replace(spec, week={**spec.week, 4: (("09:00", "12:00"),)}))
    assert short_friday.standard_day_seconds == DAY
    assert short_friday.add_days(at("2026-11-27 09:00"), 1) == at("2026-11-30 14:30")


def test_working_days_cross_the_long_holiday_and_use_the_make_up_day(calendar: WorkingCalendar, at: At) -> None:
    assert calendar.add_days(at("2026-09-30 10:00"), 3) == at("2026-10-10 10:00")


def test_a_year_that_is_not_published_is_provisional_from_its_first_second(calendar: WorkingCalendar, at: At) -> None:
    assert not calendar.provisional(at("2026-12-31 23:59:59"))
    assert calendar.provisional(at("2027-01-01 00:00:00"))


def test_a_calendar_of_long_ago_works_as_well(calendar: WorkingCalendar, at: At) -> None:
    assert calendar.add_days(at("2004-03-05 09:00"), 2) == at("2004-03-08 17:30")
    assert calendar.between(at("2004-03-05 09:00"), at("2026-11-23 09:00")) > 5000 * DAY


def test_a_fraction_of_a_second_is_kept(calendar: WorkingCalendar, at: At) -> None:
    half = timedelta(microseconds=500_000)
    assert calendar.add(at("2026-11-23 11:59:59") + half, 1) == at("2026-11-23 13:00:00") + half


def test_summer_time_in_another_zone_shortens_a_night_shift(spec: CalendarSpec) -> None:
    shift = WorkingCalendar(replace(spec, zone="Europe/Berlin", week={6: (("00:00", "06:00"),)}, overrides={}))
    midnight = datetime(2026, 3, 28, 23, tzinfo=UTC)  # Sunday 29 March, 00:00 in Berlin: the hour from two is missing
    assert shift.between(midnight, midnight + timedelta(days=1)) == 5 * HOUR


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"week": {}}, "EMPTY_CALENDAR"),
        ({"week": {0: ()}}, "EMPTY_CALENDAR"),
        ({"week": {0: (("09:00", "09:00"),)}}, "BAD_CALENDAR"),
        ({"week": {0: (("12:00", "09:00"),)}}, "BAD_CALENDAR"),
        ({"week": {0: (("09:00", "12:00"), ("11:00", "13:00"))}}, "BAD_CALENDAR"),
        ({"week": {0: (("09:00", "25:00"),)}}, "BAD_CALENDAR"),
        ({"week": {0: (("09:60", "10:00"),)}}, "BAD_CALENDAR"),
        ({"week": {0: (("9", "10:00"),)}}, "BAD_CALENDAR"),
        ({"overrides": {date(2026, 1, 1): (("8:00", "9:00"),)}}, "BAD_CALENDAR"),
        ({"zone": "Asia/Nowhere"}, "BAD_CALENDAR"),
        ({"overrides": {date(2026, 1, 1) + timedelta(days=n): () for n in range(365)}}, "EMPTY_CALENDAR"),
    ],
)
def test_a_calendar_that_cannot_work_is_refused(spec: CalendarSpec, change: dict[str, Any], code: str) -> None:
    with pytest.raises(HotlineError) as refused:
        WorkingCalendar(replace(spec, **change))
    assert refused.value.code == code


def test_one_working_second_a_year_is_enough(spec: CalendarSpec) -> None:
    empty = {date(2026, 1, 1) + timedelta(days=n): () for n in range(365)}
    WorkingCalendar(replace(spec, overrides={**empty, date(2026, 7, 1): (("23:59", "24:00"),)}))


def test_a_deadline_beyond_all_years_is_an_error_and_no_endless_loop(spec: CalendarSpec, at: At) -> None:
    rare = WorkingCalendar(replace(spec, week={0: (("09:00", "09:01"),)}, overrides={}))
    with pytest.raises(HotlineError, match="CALENDAR_RANGE"):
        rare.add(at("2026-11-23 09:00"), 60 * 52 * 400)


_MINUTES = st.integers(min_value=0, max_value=48).map(lambda n: n * 30)


def _as_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def _windows(draw: st.DrawFn, least: int = 0) -> tuple[tuple[str, str], ...]:
    borders = sorted(draw(st.sets(_MINUTES, min_size=2 * least, max_size=6)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    return tuple((_as_text(start), _as_text(end)) for start, end in pairs)


_DATES = st.dates(date(2025, 12, 1), date(2027, 2, 1))


@st.composite
def _specs(draw: st.DrawFn) -> CalendarSpec:
    week = {day: draw(_windows()) for day in range(7)}
    week[draw(st.integers(0, 6))] = draw(_windows(least=1))
    return CalendarSpec(
        version="any",
        zone=draw(st.sampled_from(["Asia/Shanghai", "UTC", "Europe/Berlin"])),
        week=week,
        overrides=draw(st.dictionaries(_DATES, _windows(), max_size=12)),
        published_until=date(2026, 12, 31),
    )


_INSTANTS = st.integers(0, 427 * 86_400_000_000).map(
    lambda n: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(microseconds=n)
)
_SECONDS = st.integers(min_value=-200_000, max_value=200_000)


@given(_specs(), _INSTANTS, _SECONDS)
@settings(max_examples=150, deadline=None)
def test_what_was_added_lies_between(spec: CalendarSpec, start: datetime, seconds: int) -> None:
    calendar = WorkingCalendar(spec)
    assert calendar.between(start, calendar.add(start, seconds)) == seconds


@given(_specs(), _INSTANTS, _INSTANTS, st.integers(min_value=0, max_value=200_000))
@settings(max_examples=150, deadline=None)
def test_a_later_start_never_ends_earlier(spec: CalendarSpec, a: datetime, b: datetime, seconds: int) -> None:
    calendar = WorkingCalendar(spec)
    a, b = sorted((a, b))
    assert calendar.add(a, seconds) <= calendar.add(b, seconds)
    assert calendar.add(a, -seconds) <= calendar.add(b, -seconds)
    assert calendar.add(a, -seconds) <= a <= calendar.add(a, seconds) <= calendar.add(a, seconds + 1)
    assert calendar.between(a, b) >= 0


@given(_specs(), st.lists(_INSTANTS, min_size=3, max_size=3), _SECONDS, _SECONDS)
@settings(max_examples=150, deadline=None)
def test_parts_add_up_to_the_whole(spec: CalendarSpec, instants: list[datetime], s: int, t: int) -> None:
    calendar = WorkingCalendar(spec)
    a, b, c = instants
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert calendar.between(a, b) == -calendar.between(b, a)
    if s * t > 0:
        assert calendar.add(calendar.add(a, s), t) == calendar.add(a, s + t)


@given(_specs(), _INSTANTS, st.integers(min_value=0, max_value=200_000), _DATES)
@settings(max_examples=150, deadline=None)
def test_a_holiday_never_shortens_a_deadline(spec: CalendarSpec, start: datetime, seconds: int, day: date) -> None:
    without = WorkingCalendar(spec)
    holiday = WorkingCalendar(replace(spec, overrides={**spec.overrides, day: ()}))
    assert holiday.add(start, seconds) >= without.add(start, seconds)


@given(_specs(), st.lists(_INSTANTS, min_size=2, max_size=6), _SECONDS)
@settings(max_examples=60, deadline=None)
def test_what_was_asked_before_changes_no_answer(spec: CalendarSpec, asked: list[datetime], seconds: int) -> None:
    used, fresh = WorkingCalendar(spec), WorkingCalendar(spec)
    for instant in asked:
        used.add(instant, seconds)
    assert used.add(asked[0], seconds) == fresh.add(asked[0], seconds)
    assert used.between(asked[0], asked[-1]) == fresh.between(asked[0], asked[-1])
