"""Whether calendars have working time and every day has its policy. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from city.check_references import fault_at
from city.faults import PackFault
from city.pack_values import Pack
from city.spans import overlap, said, uncovered
from city.types import CalendarSpec


def empty_calendars(pack: Pack) -> Iterator[PackFault]:
    """Calendars with a year that has no working second: a deadline in it would never come."""
    for place, spec in enumerate(pack.calendars):
        empty = [str(year) for year in _years(spec) if not any(_windows(spec, year))]
        if empty:
            sentence = f"日历“{spec.version}”在 {'、'.join(empty)} 年没有工作时间，请检查 week 与 overrides。"
            spot = ("calendar.yml:calendars", place)
            yield fault_at(pack, spot, column="week", reason="NO_WORKING_TIME", sentence=sentence)


def period_faults(pack: Pack) -> Iterator[PackFault]:
    """Days from `covers_from` on that have no policy, and days that have two."""
    settings = pack.settings
    for hole in uncovered((settings.covers_from, date.max), settings.periods):
        sentence = f"{said(hole)}没有时限政策，请在 in_force 补一段。"
        spot = ("city.yml:in_force", 0)
        yield fault_at(pack, spot, column="in_force", reason="POLICY_GAP", sentence=sentence)
    for place, period in enumerate(settings.periods):
        if any(overlap(period, other) for other in settings.periods[:place]):
            sentence = f"第 {place + 1} 段与前面的日期重叠，同一天只能有一个时限政策。"
            spot = ("city.yml:in_force", place)
            yield fault_at(pack, spot, column="in_force", reason="POLICY_OVERLAP", sentence=sentence)


def _years(spec: CalendarSpec) -> range:
    """The years of the overrides and the first one after the horizon, which has the base week alone."""
    first = min((day.year for day in spec.overrides), default=spec.published_until.year)
    return range(first, spec.published_until.year + 2)


def _windows(spec: CalendarSpec, year: int) -> Iterator[bool]:
    day = date(year, 1, 1)
    while day.year == year:
        yield bool(spec.overrides.get(day, spec.week.get(day.weekday(), ())))
        day += timedelta(days=1)
