"""When a festival's days off were: the published ones where they are known, else the law's fixed days. Pure."""

from datetime import date, timedelta
from functools import cache

FEASTS = {
    "国庆": ("National Day", (10, 1), (10, 7)),
    "春节": ("Spring Festival", None, None),
    "过年": ("Spring Festival", None, None),
    "五一": ("Labour Day", (5, 1), (5, 5)),
    "劳动节": ("Labour Day", (5, 1), (5, 5)),
    "元旦": ("New Year's Day", (1, 1), (1, 1)),
    "清明": ("Tomb-sweeping Day", None, None),
    "端午": ("Dragon Boat Festival", None, None),
    "中秋": ("Mid-autumn Festival", None, None),
}
"""Words to the published name and, where it does not hang on the moon, the usual first and last day."""


def days(word: str, year: int) -> tuple[date, date] | None:
    """First and last day off (inclusive) of the festival of `year`; None when that year's are not published.

    A festival that hangs on the moon is known for published years only; the others have their usual days.
    """
    name, first, last = FEASTS[word]
    published = _published().get((name, year))
    if published is not None:
        return published
    return (date(year, *first), date(year, *last)) if first and last else None


@cache
def _published() -> dict[tuple[str, int], tuple[date, date]]:
    """The longest run of days off of each festival and year of its own (New Year's Eve before New Year counts to it)."""
    from chinese_calendar.constants import holidays

    runs: dict[str, list[list[date]]] = {}
    for day, name in sorted(holidays.items()):
        some = runs.setdefault(name, [])
        if some and day - some[-1][-1] <= timedelta(days=2):
            some[-1].append(day)
        else:
            some.append([day])
    return {
        (name, run[-1].year): (run[0], run[-1]) for name, some in runs.items() for run in some if run[0].year >= 2004
    }
