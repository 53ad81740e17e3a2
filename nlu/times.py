"""Expressions of time in a message, and when they are: text and time of the message -> spans. Pure.

from nlu.times import times

times("昨晚十点工地打桩", at)   # 22:00 of the evening before `at`, in UTC

What cannot be known has no bounds; nothing is guessed to fill them. A day begins at midnight in Shanghai, a week on
Monday; where the parts of a day begin is in nlu/time_words.py.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from nlu import time_days
from nlu import time_words as words
from nlu.numerals import read
from nlu.time_days import DAY, SHANGHAI, Days, month_of, utc, utc_days
from tickets.said import TimeKind, TimeSpan

JUST_NOW = timedelta(hours=1)
"""How far back 刚才 reaches: a convention of ours."""
_MOST = 20
_LONGEST = 100 * 365 * 1440
_AHEAD_PARTS = {"早": (360, 540), "晨": (300, 480), "晚": (1080, 1440), "夜": (1200, 300)}


def times(text: str, at: datetime) -> tuple[TimeSpan, ...]:
    """The expressions of time in a normalised text, in order, at most 20. `at` is when it was said, with a zone."""
    here = at.astimezone(SHANGHAI)
    moments = _moments(text, here)
    recurring = [_with_hours(one, moments) for one in _recurring(text)]
    return tuple(_without_overlaps([*_lately(text), *recurring, *_lengths(text, here), *moments])[:_MOST])


def _without_overlaps(spans: list[TimeSpan]) -> list[TimeSpan]:
    """In order; of two that overlap the longer one, then the one that is known."""
    kept: list[TimeSpan] = []
    for one in sorted(spans, key=lambda one: (one.start - one.end, one.begins_at is None, one.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _lately(text: str) -> Iterator[TimeSpan]:
    for found in words.LATELY.finditer(text):
        yield TimeSpan(start=found.start(), end=found.end(), kind=TimeKind.INTERVAL)


def _recurring(text: str) -> Iterator[TimeSpan]:
    for found in words.EVERY.finditer(text):
        every = _every(found)
        part = found["part"]
        of_day = words.PARTS[part] if part else words.PARTS["晚上"] if found["night"] else None
        minute = _minute(found, "", part or ("晚上" if found["night"] else None))
        if minute is not None:
            of_day = (minute % 1440, minute % 1440)
        yield TimeSpan(start=found.start(), end=found.end(), kind=TimeKind.RECURRING, every=every, of_day=of_day)


def _with_hours(every: TimeSpan, moments: list[TimeSpan]) -> TimeSpan:
    """每天早上8点 with the 到晚上10点 that follows it."""
    for one in moments:
        if one.begins_at is None and one.of_day and every.start < one.start <= every.end < one.end:
            return replace(every, end=one.end, of_day=one.of_day)
    return every


def _every(found: re.Match[str]) -> str:
    if found["day"] or found["night"]:
        return "day"
    if found["weekend"] or found["wday"] == "末":
        return "weekend"
    named = (("month", "month"), ("year", "year"), ("work", "workday"), ("feast", "holiday"))
    return next((every for group, every in named if found[group]), "week")


_SINCE = frozenset({"了", "以来", "来", "之内", "以内", "内"})
_BACK = frozenset({"最近", "过去", "近", "这", "前", "连续", "已", "已经"})


def _lengths(text: str, here: datetime) -> Iterator[TimeSpan]:
    for found in words.LENGTH.finditer(text):
        minutes = _length(found)
        before = words.LEAD.search(text[max(0, found.start() - 2) : found.start()])
        lead = before[0] if before else ""
        if minutes is None or words.NO_LENGTH.match(text, found.end()) or lead in ("每隔", "每"):
            continue
        number = read(found["n"].removeprefix("好"))
        vague = found["n"].startswith("好") or number is None or number.at_least
        at_least = vague or bool(found["more"] or found["over"]) or found["half"] == "多" or lead in ("超过", "至少")
        start = found.start() - len(lead) if lead in _BACK else found.start()
        known = None if vague else _bounds(found, here, lead=lead)
        kind = TimeKind.INTERVAL if known else TimeKind.DURATION
        begins_at, ends_at = known or (None, None)
        yield TimeSpan(
            start=start,
            end=found.end(),
            kind=TimeKind.POINT if known and begins_at == ends_at else kind,
            begins_at=begins_at,
            ends_at=ends_at,
            minutes=None if known and begins_at == ends_at else minutes,
            at_least=at_least,
        )


def _length(found: re.Match[str]) -> int | None:
    number = read(found["n"].removeprefix("好")) if found["n"] != "多" else None
    if number is None or number.value <= 0:
        return None
    value = number.value + (0.5 if "半" in (found["half"], found["half2"]) else 0)
    minutes = round(value * words.UNITS[found["unit"].removesuffix("上")])
    return minutes if minutes <= _LONGEST else None


def _bounds(found: re.Match[str], here: datetime, *, lead: str) -> tuple[datetime, datetime] | None:
    """三天前 is that day, 两小时前 that moment; 近三天 and 三天了 reach from then to now. Vague numbers have none."""
    tail, unit = found["tail"] or "", found["unit"]
    if found["more"] or found["over"] or found["half"] == "多" or tail in ("后", "以后"):
        return None
    back = _back(here, found)
    if tail.endswith("前"):
        if unit in ("分钟", "小时", "钟头"):
            return utc(back), utc(back)
        return _whole(back, unit)
    if tail in _SINCE or lead in _BACK:
        return utc(back), utc(here)
    return None


def _back(here: datetime, found: re.Match[str]) -> datetime:
    """The same moment that long ago; months and years by the calendar."""
    minutes, unit = _length(found) or 0, found["unit"]
    if unit in ("月", "年") and minutes % words.UNITS["月"] in (0, words.UNITS["年"] % words.UNITS["月"]):
        months = round(minutes / words.UNITS["月"]) if unit == "月" else round(minutes / words.UNITS["年"] * 12)
        first = month_of(here.year, here.month - months)
        last_day = (month_of(first.year, first.month + 1) - DAY).day
        return here.replace(year=first.year, month=first.month, day=min(here.day, last_day))
    return here - timedelta(minutes=minutes)


def _whole(moment: datetime, unit: str) -> tuple[datetime, datetime]:
    """The day, week, month or year around a moment, as far as the unit is exact."""
    day = moment.date()
    match unit:
        case "月":
            return utc_days(Days(first=day.replace(day=1), end=month_of(day.year, day.month + 1)))
        case "年":
            return utc_days(Days(first=date(day.year, 1, 1), end=date(day.year + 1, 1, 1)))
        case "周" | "星期" | "礼拜":
            monday = day - timedelta(days=day.weekday())
            return utc_days(Days(first=monday, end=monday + 7 * DAY))
        case _:
            return utc_days(Days(first=day, end=day + DAY))


def _moments(text: str, here: datetime) -> list[TimeSpan]:
    """Every moment and stretch; two that a word joins are one."""
    out: list[TimeSpan] = []
    last: re.Match[str] | None = None
    for match in words.MOMENT.finditer(text):
        joined = last is not None and out and out[-1].end <= match.start() and _joins(text, out[-1].end, match)
        span = _moment(match, text, here)
        if joined and last is not None and (span is None or span.of_day is None) and match["zhour"]:
            span = _like(match, last, out[-1])
        if joined and last is not None and span is not None:
            out[-1] = _joined(out[-1], span, (last, match), here)
        elif span is not None and match["now"] in (None, "刚才", "刚刚"):
            out.append(span)
        last = match if span is not None and not joined else None
    return out


def _joins(text: str, end: int, match: re.Match[str]) -> bool:
    if match["now"] == "至今":
        return end == match.start()
    return words.RANGE.fullmatch(text, end, match.start()) is not None


def _like(match: re.Match[str], first: re.Match[str], before: TimeSpan) -> TimeSpan | None:
    """The 5点 of 下午3点到5点: the part of the day is the first one's, and it is the later one."""
    minute = _minute(match, "z", first["part"] or first["part2"])
    number = read(match["zhour"])
    if minute is None and number is not None and number.value <= 12:
        minute = int(number.value) * 60 + _past(match, "z")
    if minute is None or before.of_day is None:
        return None
    begins = before.of_day[0]
    if minute % 1440 < begins < minute % 1440 + 720 < 1440:
        minute += 720
    clock = minute % 1440
    return TimeSpan(start=match.start(), end=_end(match), kind=TimeKind.POINT, of_day=(clock, clock))


_Pair = tuple[re.Match[str], re.Match[str]]


def _joined(first: TimeSpan, second: TimeSpan, said: _Pair, here: datetime) -> TimeSpan:
    """From the one to the other. Two clock times share the first one's day and run over midnight where they must."""
    now = said[1]["now"] is not None
    span = TimeSpan(start=first.start, end=second.end, kind=TimeKind.INTERVAL)
    if said[0]["bday"] and said[1]["bday"]:
        every = "workday" if (said[0]["bday"], said[1]["bday"]) == ("一", "五") else "week"
        return replace(span, kind=TimeKind.RECURRING, every=every)
    begins_at, ends_at = first.begins_at, utc(here) if now else second.ends_at
    of_day = (first.of_day[0], second.of_day[1]) if first.of_day and second.of_day and not now else None
    if begins_at and ends_at is None and of_day:
        ends_at = begins_at + timedelta(minutes=(of_day[1] - of_day[0]) % 1440)
    if begins_at and ends_at and begins_at <= ends_at:
        return replace(span, begins_at=begins_at, ends_at=ends_at)
    return replace(span, of_day=of_day)


def _moment(match: re.Match[str], text: str, here: datetime) -> TimeSpan | None:
    if match["now"]:
        begins_at = utc(here - JUST_NOW) if match["now"] in ("刚才", "刚刚") else utc(here)
        return TimeSpan(
            start=match.start(), end=match.end(), kind=TimeKind.INTERVAL, begins_at=begins_at, ends_at=utc(here)
        )
    if match["part2"]:
        return _of_day(match, "x", match["part2"])
    if match["zhour"] or match["zhh"]:
        if words.ONE_OCLOCK.match(match[0]) and words.NO_CLOCK.match(text, match.end()):
            return None
        return _of_day(match, "z", None)
    return _dated(match, here)


def _of_day(match: re.Match[str], prefix: str, part: str | None) -> TimeSpan | None:
    """A time of day without a day: when it was is not known."""
    minute = _minute(match, prefix, part)
    if minute is None and part is None:
        return None
    of_day = (minute % 1440, minute % 1440) if minute is not None else words.PARTS[part or ""]
    kind = TimeKind.POINT if minute is not None else TimeKind.INTERVAL
    return TimeSpan(start=match.start(), end=_end(match), kind=kind, of_day=of_day)


def _dated(match: re.Match[str], here: datetime) -> TimeSpan:
    """The span of a day or stretch; 起, 开始 and 以来 make it last until now."""
    span = _placed(match, here)
    now = utc(here)
    if (match["since"] or match["since2"]) and span.begins_at is not None and span.begins_at <= now:
        return replace(span, kind=TimeKind.INTERVAL, ends_at=now, of_day=None)
    return span


def _placed(match: re.Match[str], here: datetime) -> TimeSpan:
    span = TimeSpan(start=match.start(), end=_end(match), kind=TimeKind.INTERVAL)
    found = time_days.named(match, here)
    part = match["part"]
    if found is None:
        return span
    if not found.single:
        of_day = _part(part) if part else None
        begins_at, ends_at = utc_days(found)
        return replace(span, begins_at=begins_at, ends_at=ends_at, of_day=of_day)
    minute = _minute(match, "", part, day=found.first, here=here, said=match["day"])
    midnight = datetime.combine(found.first, time(), SHANGHAI)
    if minute is not None:
        begins_at = utc(midnight + timedelta(minutes=minute))
        if match["more"]:
            return replace(span, begins_at=begins_at, ends_at=begins_at + timedelta(hours=1))
        clock = (minute % 1440, minute % 1440)
        return replace(span, kind=TimeKind.POINT, begins_at=begins_at, ends_at=begins_at, of_day=clock)
    if part and not (match["hour"] or match["hh"]):
        first, last = _part(part)
        last += 1440 if last <= first else 0
        begins_at, ends_at = utc(midnight + timedelta(minutes=first)), utc(midnight + timedelta(minutes=last))
        return replace(span, begins_at=begins_at, ends_at=ends_at)
    begins_at, ends_at = utc_days(found)
    return replace(span, begins_at=begins_at, ends_at=ends_at)


def _part(word: str) -> tuple[int, int]:
    return _AHEAD_PARTS.get(word) or words.PARTS[word]


def _end(match: re.Match[str]) -> int:
    """Without a 的 or a comma that only led on."""
    return match.start() + len(match[0].rstrip("的，, "))


def _minute(
    match: re.Match[str],
    prefix: str,
    part: str | None,
    *,
    day: date | None = None,
    here: datetime | None = None,
    said: str | None = None,
) -> int | None:
    """Minutes after the day's midnight (over 1440: the next day); None without a clock time or when it is ambiguous."""
    if match[f"{prefix}hh"]:
        hour, minute = int(match[f"{prefix}hh"]), int(match[f"{prefix}mm"])
        exact = len(match[f"{prefix}hh"]) == 2
    elif match[f"{prefix}hour"]:
        number = read(match[f"{prefix}hour"])
        if number is None or number.value > 24:
            return None
        hour, minute, exact = int(number.value), _past(match, prefix), False
    else:
        return None
    turned = _turned(
        hour, part, exact=exact, said=said, today=day is not None and here is not None and day == here.date()
    )
    return None if turned is None else turned * 60 + minute


def _past(match: re.Match[str], prefix: str) -> int:
    if match[f"{prefix}half"]:
        return 30
    if match[f"{prefix}quarter"]:
        return 15 if match[f"{prefix}quarter"] == "一" else 45
    number = read(match[f"{prefix}minute"]) if match[f"{prefix}minute"] else None
    return int(number.value) if number and number.value < 60 else 0


def _turned(hour: int, part: str | None, *, exact: bool, said: str | None, today: bool) -> int | None:
    """The hour of the day by the part of the day that was said: 晚上十点 is 22, 昨晚两点 is 26."""
    if hour > 12 or (exact and part is None):
        return hour
    match part:
        case "中午" | "午间":
            return hour + 12 if hour < 6 else hour
        case "下午" | "傍晚":
            return hour + 12 if hour < 12 else hour
        case "晚上" | "晚" | "晚间" | "当晚":
            return hour + 24 if hour < 5 else 24 if hour == 12 else hour + 12
        case _ if part in words.SMALL_HOURS:
            return _at_night(hour, said=said, today=today)
        case None:
            return hour if 7 <= hour <= 12 else None
        case "凌晨":
            return hour % 12
        case _:
            return hour


def _at_night(hour: int, *, said: str | None, today: bool) -> int | None:
    """Two at night: of the night that began that evening when one says 昨; of this morning when one says 今天."""
    if 6 <= hour <= 11:
        return hour + 12
    hour %= 12
    if said and said.startswith(("昨", "前")):
        return hour + 24
    return hour if today or said is None else None
