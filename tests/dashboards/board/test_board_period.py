"""Which days a board is about."""

from datetime import UTC, date, datetime

import pytest

from dashboards.board.period import period
from plumbing.errors import BadInput

LATE_EVENING = datetime(2026, 7, 6, 16, 30, tzinfo=UTC)  # 7 July 00:30 in Shanghai


@pytest.mark.parametrize(
    ("choice", "first", "last"),
    [
        ("today", date(2026, 7, 7), date(2026, 7, 7)),
        ("7", date(2026, 7, 1), date(2026, 7, 7)),
        ("30", date(2026, 6, 8), date(2026, 7, 7)),
    ],
)
def test_days_are_those_of_shanghai(choice: str, first: date, last: date) -> None:
    found = period(choice, LATE_EVENING)
    assert (found.first, found.last) == (first, last)


def test_a_period_begins_and_ends_at_midnight_in_shanghai() -> None:
    found = period("today", LATE_EVENING)
    assert found.start == datetime(2026, 7, 6, 16, tzinfo=UTC)
    assert found.end == datetime(2026, 7, 7, 16, tzinfo=UTC)


def test_the_days_before_are_as_many_and_touch() -> None:
    found = period("7", LATE_EVENING)
    assert found.before.n_days == 7
    assert found.before.end == found.start


def test_a_year_is_the_most() -> None:
    assert period("custom", LATE_EVENING, first="2025-01-01", last="2026-01-01").n_days == 366
    with pytest.raises(BadInput):
        period("custom", LATE_EVENING, first="2025-01-01", last="2026-01-02")


@pytest.mark.parametrize(
    ("choice", "first", "last", "field"),
    [
        ("custom", "2026-07-02", "2026-07-01", "to"),
        ("custom", "", "2026-07-01", "from"),
        ("custom", "2026-07-01", "2026-02-30", "to"),
        ("custom", "1066-07-01", "1066-07-02", "from"),
        ("yesterday", "", "", "period"),
    ],
)
def test_days_that_make_no_sense_are_refused_by_field(choice: str, first: str, last: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        period(choice, LATE_EVENING, first=first, last=last)
    assert refused.value.details["field"] == field
    assert refused.value.status == 422
