"""calendar.yml: working calendars, expanded to plain dates.

    calendars:
      - code: xuhui
        zone: Asia/Shanghai
        week: {mon-fri: "09:00-11:30 13:30-17:00"}
        makeup: "09:00-11:30 13:30-17:00"       # windows of a make-up workday (调休); Monday's when left out
        holidays: {source: chinesecalendar, from: 2004, to: 2026}
        overrides: {2026-12-31: "09:00-11:30", 2027-01-01: closed}
        published_until: 2026-12-31             # the last day of `holidays` when left out
        source: 待核

Times are local to `zone`. `overrides` come last and win. A year that the holiday package does not know ends the
expansion: what lies after it is provisional. The version is the code and a digest, so that newly published
holidays make a new version and no running deadline moves unseen.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from city.codec import digest_of
from city.outline import Item
from city.types import CalendarSpec

Windows = tuple[tuple[str, str], ...]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED = "closed"
_WINDOW = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)")


def read_calendars(root: Item) -> dict[str, CalendarSpec]:
    """The calendars of a calendar.yml by code."""
    found: dict[str, CalendarSpec] = {}
    for item in root.only("calendars")["calendars"].items():
        code, spec = _calendar(item)
        if code in found:
            item.fault("DUPLICATE_CODE", f"日历“{code}”出现了不止一次。")
        found[code] = spec
    return found


def _calendar(item: Item) -> tuple[str, CalendarSpec]:
    keys = item.only("code", "zone", "week", "makeup", "holidays", "overrides", "published_until", "source")
    week = _week(keys["week"])
    makeup = week[0] if keys["makeup"].missing else read_windows(keys["makeup"])
    overrides, last = _holidays(keys["holidays"], week, makeup)
    for name, entry in keys["overrides"].entries():
        overrides[_day_named(name, entry)] = read_windows(entry)
    published = keys["published_until"].day() or last
    if published is None:
        item.fault("NO_HORIZON", "请写 published_until（节假日公布到哪一天），或写明 holidays 的来源。")
        published = date.min
    zone = keys["zone"].text("Asia/Shanghai")
    _check_zone(zone, keys["zone"])
    code = keys["code"].text()
    content = (zone, week, sorted(overrides.items()), published)
    spec = CalendarSpec(
        version=f"{code}-{digest_of(content)[:8]}",
        zone=zone,
        week=week,
        overrides=overrides,
        published_until=published,
    )
    return code, spec


def read_windows(item: Item) -> Windows:
    """Windows such as "09:00-11:30 13:30-17:00", in order and apart; "closed" is none."""
    said = item.text()
    if said == CLOSED:
        return ()
    windows = tuple(_WINDOW.findall(said))
    edges = [edge for window in windows for edge in window]
    if _WINDOW.sub("", said).strip() or not edges or any(a >= b for a, b in pairwise(edges)):
        item.fault("BAD_WINDOWS", f"工作时段“{said}”看不懂，请写成 09:00-11:30 13:30-17:00，由早到晚，或写 closed。")
        return ()
    return windows


def _week(item: Item) -> dict[int, Windows]:
    week: dict[int, Windows] = dict.fromkeys(range(7), ())
    for name, entry in item.entries():
        first, _, last = name.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            entry.fault("BAD_WEEKDAY", f"“{name}”不是星期，请写 {'、'.join(WEEKDAYS)} 或 mon-fri。")
            continue
        for weekday in range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1):
            week[weekday] = read_windows(entry)
    return week


def _holidays(item: Item, week: dict[int, Windows], makeup: Windows) -> tuple[dict[date, Windows], date | None]:
    """Days that differ from the base week, and the last day that the source covers."""
    if item.missing:
        return {}, None
    keys = item.only("source", "from", "to")
    if keys["source"].text() != "chinesecalendar":
        keys["source"].fault("UNKNOWN_SOURCE", "节假日来源只有 chinesecalendar；其他日子请写在 overrides 里。")
        return {}, None
    first, last = keys["from"].number(2004), keys["to"].number(2026)
    found: dict[date, Windows] = {}
    covered: date | None = None
    for year in range(first, last + 1):
        days = tuple(_days_that_differ(year))
        if not days:
            break
        found |= {day: makeup if works else () for day, works in days if works != bool(week[day.weekday()])}
        covered = date(year, 12, 31)
    if covered is None:
        keys["from"].fault("UNKNOWN_YEAR", f"节假日数据里没有 {first} 年，请改起始年份。")
    return found, covered


def _days_that_differ(year: int) -> Iterator[tuple[date, bool]]:
    """The holidays and the make-up workdays of a year as (day, whether it is worked); none for an unknown year."""
    # Imported here: its tables take 50 ms to load, and a city may do without them.
    import chinese_calendar

    day = date(year, 1, 1)
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return
    while day.year == year:
        if day in chinese_calendar.holidays:
            yield day, False
        elif day in chinese_calendar.workdays:
            yield day, True
        day += timedelta(days=1)


def _day_named(name: str, item: Item) -> date:
    try:
        return date.fromisoformat(name)
    except ValueError:
        item.fault("BAD_DATE", f"“{name}”不是日期，请写成 2026-01-31 的样子。")
        return date.min


def _check_zone(zone: str, item: Item) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        item.fault("UNKNOWN_ZONE", f"没有时区“{zone}”，例如 Asia/Shanghai。")
