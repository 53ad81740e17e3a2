"""Which days a board is about. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from plumbing.errors import BadInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHOICES: Mapping[str, str] = {"today": "今天", "7": "近7天", "30": "近30天", "custom": "自选"}
DEFAULT = "7"
MOST_DAYS = 366
"""A board reads at most a year at a time, so that no request is without an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days in Shanghai from `first` to `last`, both inclusive."""

    choice: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first instant, inclusive."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """The first instant after it, exclusive."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI)

    @property
    def n_days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def days(self) -> tuple[date, ...]:
        """Every day, oldest first."""
        return tuple(self.first + timedelta(days=n) for n in range(self.n_days))

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        span = timedelta(days=self.n_days)
        return Period(choice="custom", first=self.first - span, last=self.last - span)


def period(choice: str, now: datetime, *, first: str = "", last: str = "") -> Period:
    """The period of a choice: today, the last 7 or 30 days with today, or custom with ISO days.

    Raises BadInput PERIOD for days that cannot be read, that stand the wrong way round or are more than a year.
    """
    today = now.astimezone(SHANGHAI).date()
    if choice == "today":
        return Period(choice=choice, first=today, last=today)
    if choice in ("7", "30"):
        return Period(choice=choice, first=today - timedelta(days=int(choice) - 1), last=today)
    if choice != "custom":
        raise BadInput("PERIOD", "时间段请从“今天、近7天、近30天、自选”中选择。", field="period")
    return _custom(_day(first, "from"), _day(last, "to"))


def _custom(first: date, last: date) -> Period:
    if last < first:
        raise BadInput("PERIOD", "结束日期早于开始日期，请对调。", field="to")
    if (last - first).days >= MOST_DAYS:
        raise BadInput("PERIOD", f"一次最多看{MOST_DAYS}天，请缩短时间段。", field="from")
    return Period(choice="custom", first=first, last=last)


def _day(said: str, field: str) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise BadInput("PERIOD", "日期请写成 2026-01-31 的样子。", field=field) from None
    if not 2000 <= day.year <= 2100:
        raise BadInput("PERIOD", "日期请在2000年至2100年之间。", field=field)
    return day
