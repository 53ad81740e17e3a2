"""Working time: how long is it between two instants, and when is so much of it over.

Instants are aware and UTC; the windows of a calendar are local times of its zone. Every window that the calendar
has is laid out once, in order, with the working time before it, so that `add` and `between` are two bisections
and exact inverses of each other, to the microsecond, also at the borders of windows.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from city.types import CalendarSpec
from plumbing.errors import HotlineError

FIRST_YEAR = 1980
LAST_YEAR = 2199
"""The years that are laid out, both inclusive; an instant outside of them is refused."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000
_DAY_SECONDS = 86_400

_Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Span:
    """The windows of whole years, in microseconds since 1970; `before` is the working time up to each window's start.

    `low` is inclusive and `high` exclusive: what lies between them is known.
    """

    first_year: int
    last_year: int
    low: int
    high: int
    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int


class WorkingCalendar:
    """A city's working calendar. Safe to share between threads; grows by whole years as instants ask for them."""

    def __init__(self, spec: CalendarSpec) -> None:
        """Raises HotlineError: BAD_CALENDAR (a window or the zone), EMPTY_CALENDAR (a year without a working second)."""
        self.spec = spec
        self.version = spec.version
        self.zone = _zone(spec)
        self._week = {day: _windows(spec, f"week {day}", spec.week.get(day, ())) for day in range(7)}
        self._overrides = {day: _windows(spec, day.isoformat(), pairs) for day, pairs in spec.overrides.items()}
        self.standard_day_seconds = self._standard_day()
        self._refuse_empty_years()
        self._span = self._laid_out(spec.published_until.year, spec.published_until.year)

    def add(self, start: datetime, seconds: int) -> datetime:
        """The instant at which `seconds` of working time have passed since `start`.

        The earliest such instant: eight hours from nine o'clock end at the day's last minute, not the next morning.
        Negative seconds go back, to the latest such instant; none gives `start` itself, working or not.
        """
        at = _micros(start)
        span = self._covering(at, at)
        target = _worked(span, at) + seconds * _SECOND
        if seconds > 0:
            while target > span.total:
                span = self._grown(span, span.last_year + 1)
            index = bisect_left(span.before, target) - 1
        elif seconds < 0:
            while target < 0:
                older = self._grown(span, span.first_year - 1)
                target += _worked(older, span.low)
                span = older
            index = bisect_right(span.before, target) - 1
        else:
            return start
        return _EPOCH + timedelta(microseconds=span.starts[index] + target - span.before[index])

    def add_days(self, start: datetime, n: int) -> datetime:
        """`n` working days after `start`, each as long as the standard day (the base week's commonest length)."""
        return self.add(start, n * self.standard_day_seconds)

    def between(self, a: datetime, b: datetime) -> int:
        """Whole seconds of working time from `a` to `b`; negative when `b` is earlier.

        Counts the working seconds that end between them, so that parts always add up to the whole.
        """
        first, second = _micros(a), _micros(b)
        span = self._covering(min(first, second), max(first, second))
        return _worked(span, second) // _SECOND - _worked(span, first) // _SECOND

    def is_working(self, at: datetime) -> bool:
        """Whether `at` lies in a window: its first instant does, its last does not."""
        micros = _micros(at)
        span = self._covering(micros, micros)
        index = bisect_right(span.starts, micros) - 1
        return index >= 0 and micros < span.ends[index]

    def provisional(self, at: datetime) -> bool:
        """Whether `at` lies on a day (in the zone) whose holidays are not published yet; there the base week counts."""
        return at.astimezone(self.zone).date() > self.spec.published_until

    def _standard_day(self) -> int:
        lengths = Counter(length for pairs in self._week.values() if (length := _length(pairs)))
        if not lengths:
            raise HotlineError("EMPTY_CALENDAR", f"工作日历{self.version}的一周没有工作时间，请填写每周的工作时段。")
        return max(lengths, key=lambda length: (lengths[length], length))

    def _refuse_empty_years(self) -> None:
        for year in {day.year for day in self.spec.overrides}:
            if not any(self._of_day(date.fromordinal(day)) for day in _days(year)):
                raise HotlineError(
                    "EMPTY_CALENDAR", f"工作日历{self.version}在{year}年没有工作时间，请检查节假日设置。"
                )

    def _of_day(self, day: date) -> tuple[_Window, ...]:
        """The windows of a date, in seconds since local midnight."""
        found = self._overrides.get(day)
        return self._week[day.weekday()] if found is None else found

    def _covering(self, first: int, last: int) -> _Span:
        """A span that knows both. Spans never change, so a race between threads costs only work done twice."""
        span = self._span
        while first < span.low:
            span = self._grown(span, span.first_year - 1)
        while last >= span.high:
            span = self._grown(span, span.last_year + 1)
        return span

    def _grown(self, span: _Span, year: int) -> _Span:
        self._span = self._laid_out(min(span.first_year, year), max(span.last_year, year), known=span)
        return self._span

    def _laid_out(self, first_year: int, last_year: int, *, known: _Span | None = None) -> _Span:
        if not FIRST_YEAR <= first_year <= last_year <= LAST_YEAR:
            raise HotlineError(
                "CALENDAR_RANGE", f"时间超出工作日历的范围（{FIRST_YEAR}年至{LAST_YEAR}年），请检查日期。"
            )
        starts: list[int] = []
        ends: list[int] = []
        for year in range(first_year, last_year + 1):
            if known is not None and year == known.first_year:
                starts += known.starts
                ends += known.ends
            elif known is None or not known.first_year < year <= known.last_year:
                for start, end in self._of_year(year):
                    starts.append(start)
                    ends.append(end)
        before, total = _summed(starts, ends)
        return _Span(
            first_year,
            last_year,
            self._instant(date(first_year, 1, 1), 0),
            self._instant(date(last_year + 1, 1, 1), 0),
            starts,
            ends,
            before,
            total,
        )

    def _of_year(self, year: int) -> Iterable[_Window]:
        last = 0
        for ordinal in _days(year):
            day = date.fromordinal(ordinal)
            for start, end in self._of_day(day):
                # where clocks are put forward, local windows may touch: no second may count twice
                window = max(self._instant(day, start), last), self._instant(day, end)
                if window[0] < window[1]:
                    last = window[1]
                    yield window

    def _instant(self, day: date, seconds: int) -> int:
        """Microseconds since 1970 of a local time, given in seconds since midnight; 86,400 is the next midnight."""
        days, rest = divmod(seconds, _DAY_SECONDS)
        midnight = datetime.combine(day + timedelta(days=days), datetime.min.time(), tzinfo=self.zone)
        return _micros(midnight.replace(hour=rest // 3600, minute=rest // 60 % 60, second=rest % 60))


def _summed(starts: Sequence[int], ends: Sequence[int]) -> tuple[list[int], int]:
    before = []
    total = 0
    for start, end in zip(starts, ends, strict=True):
        before.append(total)
        total += end - start
    return before, total


def _worked(span: _Span, micros: int) -> int:
    """Working microseconds from the span's first window to `micros`."""
    index = bisect_right(span.starts, micros) - 1
    if index < 0:
        return 0
    return span.before[index] + min(micros, span.ends[index]) - span.starts[index]


def _micros(at: datetime) -> int:
    passed = at - _EPOCH
    return (passed.days * _DAY_SECONDS + passed.seconds) * _SECOND + passed.microseconds


def _days(year: int) -> range:
    return range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())


def _length(windows: Iterable[_Window]) -> int:
    return sum(end - start for start, end in windows)


def _zone(spec: CalendarSpec) -> ZoneInfo:
    try:
        return ZoneInfo(spec.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise HotlineError("BAD_CALENDAR", f"工作日历{spec.version}的时区“{spec.zone}”不存在，请改正。") from error


def _windows(spec: CalendarSpec, name: str, pairs: Iterable[tuple[str, str]]) -> tuple[_Window, ...]:
    """The windows of a day in seconds since midnight. Raises HotlineError unless they are in order and apart."""
    windows = tuple((_seconds(spec, name, start), _seconds(spec, name, end)) for start, end in pairs)
    borders = [border for window in windows for border in window]
    for earlier, later in pairwise(borders):
        if earlier > later:
            raise _bad(spec, name, "时段须按先后排列且互不重叠")
    if any(start == end for start, end in windows):
        raise _bad(spec, name, "时段的起止不能相同")
    return windows


def _seconds(spec: CalendarSpec, name: str, text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit()):
        raise _bad(spec, name, f"“{text}”应为 HH:MM")
    seconds = int(hours) * 3600 + int(minutes) * 60
    if int(minutes) > 59 or seconds > _DAY_SECONDS:
        raise _bad(spec, name, f"“{text}”不是一天中的时间")
    return seconds


def _bad(spec: CalendarSpec, name: str, why: str) -> HotlineError:
    return HotlineError("BAD_CALENDAR", f"工作日历{spec.version}的“{name}”有误：{why}，请改正。", key=name)
