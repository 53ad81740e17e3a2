"""Which days words name: 上周三, 国庆期间, 去年3月. Pure; a day begins at midnight in Shanghai, a week on Monday."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nlu import feasts
from nlu.numerals import read

SHANGHAI = ZoneInfo("Asia/Shanghai")
SOON = timedelta(days=60)
"""A month or a date without a year that begins within this time ahead may be the coming one: it stays unknown."""
DAY = timedelta(days=1)
_WEEKDAYS = {**{word: number for number, word in enumerate("一二三四五六日")}, "天": 6}
_DAYS = {"大前天": -3, "前天": -2, "前": -2, "昨天": -1, "昨日": -1, "昨": -1, "今天": 0, "今日": 0, "今": 0} | {
    "明天": 1,
    "明日": 1,
    "明": 1,
    "后天": 2,
}
_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "明年": 1}
_MONTHS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whole days in Shanghai, the last one exclusive."""

    first: date
    end: date

    @property
    def single(self) -> bool:
        return self.end - self.first == DAY


def named(match: re.Match[str], here: datetime) -> Days | None:
    """The days that the words name; None when they cannot be known or are in no calendar."""
    try:
        return _read(match, here)
    except (ValueError, OverflowError):  # 2月30日, 年 0
        return None


def _read(match: re.Match[str], here: datetime) -> Days | None:
    today = here.date()
    if match["iso"]:
        year, month, of_month = (int(part) for part in re.split(r"[-./]", match["iso"]))
        return _one(date(year, month, of_month))
    if match["day"]:
        return None if match["day"] == "当天" else _one(_near(match, here) + DAY * _DAYS[match["day"]])
    if match["year"]:
        return _of_year(match, today)
    if match["month_word"]:
        return _of_month(match, today)
    if match["month"]:
        return _bare_month(match, today)
    if match["week"]:
        return _of_week(match, today)
    if match["bday"]:
        day = today + DAY * (_WEEKDAYS[match["bday"]] - today.weekday())
        return _one(day) if day <= today else None
    return _feast(match["feast"], today)


def _near(match: re.Match[str], here: datetime) -> date:
    """Today; in the small hours 今晚 is still the evening that began yesterday."""
    if match["day"] == "今" and match["part"] in ("晚", "夜") and here.hour < 5:
        return here.date() - DAY
    return here.date()


def _of_year(match: re.Match[str], today: date) -> Days | None:
    said = match["year"]
    if said in _YEARS:
        year = today.year + _YEARS[said]
    else:
        number = read(said.removesuffix("年"))
        if number is None:
            return None
        year = int(number.value) + (2000 if number.value < 100 else 0)
    if match["ymonth"]:
        return _month_or_day(year, match["ymonth"], match["yday"])
    if match["yfeast"]:
        return _span(feasts.days(match["yfeast"], year))
    match (match["ypart"] or "")[-1:], (match["ypart"] or "")[:1]:
        case "年", "上":
            return Days(first=date(year, 1, 1), end=date(year, 7, 1))
        case "年", "下":
            return Days(first=date(year, 7, 1), end=date(year + 1, 1, 1))
        case "初", _:
            return Days(first=date(year, 1, 1), end=date(year, 3, 1))
        case "底", _:
            return Days(first=date(year, 11, 1), end=date(year + 1, 1, 1))
        case _:
            return Days(first=date(year, 1, 1), end=date(year + 1, 1, 1))


def _of_month(match: re.Match[str], today: date) -> Days | None:
    shift = _MONTHS[match["month_word"].rstrip("个月")]
    first = month_of(today.year, today.month + shift)
    end = month_of(first.year, first.month + 1)
    if match["mday"]:
        return _month_or_day(first.year, str(first.month), match["mday"])
    match (match["mpart"] or "")[-1:]:
        case "初":
            return Days(first=first, end=first + 7 * DAY)
        case "旬" if match["mpart"].startswith("上"):
            return Days(first=first, end=first + 10 * DAY)
        case "旬" if match["mpart"].startswith("中"):
            return Days(first=first + 10 * DAY, end=first + 20 * DAY)
        case "旬":
            return Days(first=first + 20 * DAY, end=end)
        case "底" | "末":
            return Days(first=end - 7 * DAY, end=end)
        case _:
            return Days(first=first, end=end)


def _bare_month(match: re.Match[str], today: date) -> Days | None:
    """The month or date of this year when it has begun; else last year's, unless the coming one is near."""
    this = _month_or_day(today.year, match["month"], match["mdate"])
    if this is None or this.first <= today:
        return this
    if this.first - today <= SOON:
        return None
    return _month_or_day(today.year - 1, match["month"], match["mdate"])


def _of_week(match: re.Match[str], today: date) -> Days:
    shift = _WEEKS[re.split("个?(?:周|星期|礼拜)", match["week"])[0]]
    monday = today - DAY * today.weekday() + 7 * DAY * shift
    if match["wday"] == "末":
        return Days(first=monday + 5 * DAY, end=monday + 7 * DAY)
    if match["wday"]:
        return _one(monday + DAY * _WEEKDAYS[match["wday"]])
    return Days(first=monday, end=monday + 7 * DAY)


def _feast(word: str, today: date) -> Days | None:
    """The latest one that has begun; unknown when the next is near, for then both may be meant."""
    ahead = next(
        (one for year in (today.year, today.year + 1) if (one := _span(feasts.days(word, year))) and one.first > today),
        None,
    )
    if ahead is not None and ahead.first - today <= SOON:
        return None
    past = (_span(feasts.days(word, year)) for year in (today.year + 1, today.year, today.year - 1))
    return next((one for one in past if one is not None and one.first <= today), None)


def _span(found: tuple[date, date] | None) -> Days | None:
    return None if found is None else Days(first=found[0], end=found[1] + DAY)


def _month_or_day(year: int, month: str, day: str | None) -> Days | None:
    number = read(month)
    if number is None:
        return None
    if day is None:
        return Days(first=date(year, int(number.value), 1), end=month_of(year, int(number.value) + 1))
    of_month = read(day)
    return None if of_month is None else _one(date(year, int(number.value), int(of_month.value)))


def month_of(year: int, month: int) -> date:
    """The first of a month that may lie outside 1 to 12."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _one(day: date) -> Days:
    return Days(first=day, end=day + DAY)


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def utc_days(found: Days) -> tuple[datetime, datetime]:
    first, end = (utc(datetime.combine(day, time(), SHANGHAI)) for day in (found.first, found.end))
    return first, end
