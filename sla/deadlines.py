"""Instants at the end of a limit, in the limit's own unit of time."""

from datetime import UTC, datetime, timedelta

from city.types import Limit, TimeUnit
from sla.calendar import WorkingCalendar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_DAY_SECONDS = 86_400


def deadline(start: datetime, limit: Limit, calendar: WorkingCalendar) -> datetime:
    """When `limit` is over, counted from `start`. A calendar limit ignores the working calendar."""
    return shifted(start, seconds_of(limit, calendar), unit=limit.unit, calendar=calendar)


def before(due_at: datetime, limit: Limit, calendar: WorkingCalendar) -> datetime:
    """The instant that lies `limit` before `due_at`."""
    return shifted(due_at, -seconds_of(limit, calendar), unit=limit.unit, calendar=calendar)


def seconds_of(limit: Limit, calendar: WorkingCalendar) -> int:
    """A limit in seconds of its own unit: a working day is the calendar's standard day, any other has 24 hours."""
    day = calendar.standard_day_seconds if limit.unit is TimeUnit.WORKING else _DAY_SECONDS
    return limit.days * day + limit.span // _SECOND


def shifted(at: datetime, seconds: int, *, unit: TimeUnit, calendar: WorkingCalendar) -> datetime:
    """`at` moved by `seconds` of `unit`; back when negative."""
    if unit is TimeUnit.WORKING:
        return calendar.add(at, seconds)
    return at + timedelta(seconds=seconds)


def measured(a: datetime, b: datetime, *, unit: TimeUnit, calendar: WorkingCalendar) -> int:
    """Whole seconds of `unit` from `a` to `b`, so counted that parts add up; negative when `b` is earlier."""
    if unit is TimeUnit.WORKING:
        return calendar.between(a, b)
    return (b - _EPOCH) // _SECOND - (a - _EPOCH) // _SECOND
