"""Instants and spans in words. Pure; stored UTC, shown Asia/Shanghai."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboards.words import CLOCKS
from sla.types import Clock, ClockKind, ClockState

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A clock for the eye: `tone` is a colour, and `text` says the same in words. `due` is empty while paused."""

    tone: str
    what: str
    text: str
    due: str = ""


def local(at: datetime) -> datetime:
    """The same instant in Shanghai."""
    return at.astimezone(SHANGHAI)


def stamp(at: datetime) -> str:
    """2026-09-14 10:05"""
    return local(at).strftime("%Y-%m-%d %H:%M")


def short(at: datetime, now: datetime) -> str:
    """10:05 today, 9月14日 10:05 this year, else with the year."""
    there, here = local(at), local(now)
    clock = there.strftime("%H:%M")
    if there.date() == here.date():
        return f"今天 {clock}"
    day = f"{there.month}月{there.day}日"
    return f"{day} {clock}" if there.year == here.year else f"{there.year}年{day} {clock}"


def midnight(now: datetime) -> datetime:
    """The beginning of today in Shanghai."""
    return local(now).replace(hour=0, minute=0, second=0, microsecond=0)


def today(now: datetime) -> date:
    """Today's date in Shanghai."""
    return local(now).date()


def span(length: timedelta) -> str:
    """A length in its two greatest units: 2天3小时, 3小时20分, 45分; below a minute 不到1分钟."""
    seconds = int(abs(length.total_seconds()))
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    return f"{minutes}分" if minutes else "不到1分钟"


def chip(clock: Clock, now: datetime, amber_at: datetime | None = None) -> Chip:
    """How a clock stands at `now`; from `amber_at` on a running one is amber (None = never amber)."""
    tone, text = _standing(clock, now, amber_at)
    due = "" if clock.due_at is None else short(clock.due_at, now)
    if clock.provisional and due:
        due += "（暂定，工作日历尚未公布）"
    return Chip(tone=tone, what=CLOCKS[clock.kind], text=text, due=due)


def _standing(clock: Clock, now: datetime, amber_at: datetime | None) -> tuple[str, str]:
    match clock.state:
        case ClockState.PAUSED:
            return "grey", "暂停计时"
        case ClockState.STOPPED:
            return "grey", "已终止"
        case ClockState.MET:
            return "green", "按时完成"
        case ClockState.MISSED if clock.ended_at is not None:
            return "red", "超时完成"
        case _:
            return _running(clock, now, amber_at)


def _running(clock: Clock, now: datetime, amber_at: datetime | None) -> tuple[str, str]:
    if clock.due_at is None:
        return "grey", "暂停计时"
    left = clock.due_at - now
    if clock.kind is ClockKind.RETURN_WINDOW:
        return ("grey", "已关闭") if left < timedelta() else ("grey", f"还剩{span(left)}")
    if left < timedelta():
        return "red", f"已超时{span(left)}"
    if amber_at is not None and now >= amber_at:
        return "amber", f"将到期，剩{span(left)}"
    return "green", f"剩{span(left)}"
