"""What a message says beside matter and place, in rows for the ticket's page: each value with the words that say so. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from city.types import Tag
from dashboards.times import local
from dashboards.words import MOODS, NEEDS, PARTY_KINDS, RECURRENCES, TAG_AXES, THREATS
from tickets.said import Mood, Need, PartyKind, Threat, TimeKind

_Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A value in words, the words of the message that say it, and a badge's tone."""

    value: str
    words: str = ""
    tone: str = "grey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the panel; `items` is never empty."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The whole panel. `warnings` are sentences that a person must read before anything else."""

    rows: tuple[Row, ...]
    warnings: tuple[str, ...]


def heard(
    understandings: Sequence[_Plain],
    tags: Sequence[Tag],
    *,
    own: tuple[int, int] | None = None,
    mood: str | None = None,
) -> Heard:
    """The panel for the stored understandings of a ticket's messages, oldest first; empty rows are left out.

    `own` is the range of the ticket's demand in a first message that holds several, with that demand's `mood`: what is
    said of the others stands on their tickets. A warning stands on all of them.
    """
    whole = understandings
    if own is not None and whole:
        understandings = [_within(whole[0], own, mood), *whole[1:]]
    rows = [Row(name=name, items=_once(item for one in understandings for item in make(one))) for name, make in _ROWS]
    rows += [
        Row(name=TAG_AXES[axis], items=tuple(Item(value=tag.name) for tag in tags if tag.axis is axis))
        for axis in TAG_AXES
    ]
    threats = dict.fromkeys(
        Threat(found["threat"]) for one in whole for found in _said(one, "feelings") if found.get("threat")
    )
    return Heard(
        rows=tuple(row for row in rows if row.items),
        warnings=tuple(_WARNINGS[threat] for threat in threats if threat in _WARNINGS),
    )


_WARNINGS = {
    Threat.SELF_HARM: "来件中有轻生的话：请先联系市民本人，再派单。",
    Threat.VIOLENCE: "来件中有要伤害他人的话：请核实，必要时联系110。",
    Threat.PETITION: "来件中提到集体上访或聚集：请告知值班人员。",
}


def _within(understanding: _Plain, own: tuple[int, int], mood: str | None) -> _Plain:
    """What is said in a range; the demands stay, so that one sees the others."""
    said = dict(understanding.get("said") or {})
    for name in ("times", "amounts", "people", "needs", "feelings"):
        said[name] = [one for one in said.get(name) or [] if own[0] <= one["start"] and one["end"] <= own[1]]
    party = said.get("party")
    if party and not (own[0] <= party["start"] and party["end"] <= own[1]):
        said["party"] = None
    return {**understanding, "said": said | {"mood": mood or Mood.CALM}}


def _said(understanding: _Plain, name: str) -> list[dict[str, Any]]:
    said = understanding.get("said") or {}
    return [one for one in said.get(name) or [] if isinstance(one, dict)]


def _words(understanding: _Plain, found: _Plain) -> str:
    return str(understanding["text"])[found["start"] : found["end"]]


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each value and its words once: a second message often says the first one's again."""
    return tuple({(item.value, item.words): item for item in items}.values())


# ---- one function a row -----------------------------------------------------------------------------------------------


def _party(one: _Plain) -> Iterator[Item]:
    found = (one.get("said") or {}).get("party")
    if found:
        yield Item(value=PARTY_KINDS[PartyKind(found["kind"])], words=_words(one, found))


def _times(one: _Plain) -> Iterator[Item]:
    for found in _said(one, "times"):
        yield Item(value=when(found), words=_words(one, found))


def _money(one: _Plain) -> Iterator[Item]:
    for found in _said(one, "amounts"):
        yield Item(value=f"{yuan(found['fen'])}{'以上' if found['at_least'] else ''}", words=_words(one, found))


def _people(one: _Plain) -> Iterator[Item]:
    for found in _said(one, "people"):
        unit = "户" if found["households"] else "人"
        yield Item(value=f"{found['n']}{unit}{'以上' if found['at_least'] else ''}", words=_words(one, found))


def _needs(one: _Plain) -> Iterator[Item]:
    for found in _said(one, "needs"):
        yield Item(value=NEEDS[Need(found["need"])], words=_words(one, found), tone="violet")


def _moods(one: _Plain) -> Iterator[Item]:
    found = _said(one, "feelings")
    for threat in (item for item in found if item.get("threat")):
        yield Item(value=THREATS[Threat(threat["threat"])], words=_words(one, threat), tone="red")
    mood = (one.get("said") or {}).get("mood", Mood.CALM)
    if mood != Mood.CALM:
        words = "、".join(_words(one, item) for item in found if item.get("mood"))
        yield Item(value=MOODS[Mood(mood)], words=words, tone="amber")


def _demands(one: _Plain) -> Iterator[Item]:
    for number, found in enumerate(_said(one, "demands"), start=1):
        yield Item(value=f"诉求{number}", words=_words(one, found).strip("，。；,; "), tone="blue")


_ROWS = (
    ("几件诉求", _demands),
    ("被反映方", _party),
    ("时间", _times),
    ("金额", _money),
    ("人数", _people),
    ("需要照顾", _needs),
    ("语气", _moods),
)


# ---- values in words --------------------------------------------------------------------------------------------------


def yuan(fen: int) -> str:
    """3500元, 12.5元, 1.2万元 for what is round in tens of thousands."""
    if fen >= 1_000_000 and fen % 100_000 == 0:
        return f"{fen / 1_000_000:g}万元"
    return f"{fen / 100:g}元" if fen < 100_000_000 else f"{fen / 100:.0f}元"


def when(found: _Plain) -> str:
    """A stored span of time in Shanghai's time; says 未说明 rather than a date that nobody knows."""
    begins, ends = found.get("begins_at"), found.get("ends_at")
    if begins and ends:
        return _bounds(local(datetime.fromisoformat(begins)), local(datetime.fromisoformat(ends)))
    part = _part(found["of_day"]) if found.get("of_day") else ""
    match TimeKind(found["kind"]):
        case TimeKind.RECURRING:
            return f"{RECURRENCES[found['every']]}{' ' + part if part else ''}"
        case TimeKind.DURATION:
            return f"持续{_length(found['minutes'])}{'以上' if found['at_least'] else ''}"
        case _:
            return f"{part}，哪天未说明" if part else "具体时间未说明"


def _bounds(begins: datetime, ends: datetime) -> str:
    """Whole days by their dates, the last one inclusive; else with the clock."""
    if begins == ends:
        return _stamp(begins)
    if begins.time() == ends.time() == datetime.min.time():
        last = ends - timedelta(days=1)
        return _day(begins) if begins.date() == last.date() else f"{_day(begins)}至{_day(last, begins.year)}"
    same_day = begins.date() == ends.date()
    return f"{_stamp(begins)}至{ends.strftime('%H:%M') if same_day else _stamp(ends, begins.year)}"


def _day(at: datetime, year: int | None = None) -> str:
    """The date; without its year after one of the same `year`."""
    return f"{'' if at.year == year else f'{at.year}年'}{at.month}月{at.day}日"


def _stamp(at: datetime, year: int | None = None) -> str:
    return f"{_day(at, year)} {at.strftime('%H:%M')}"


def _part(of_day: Sequence[int]) -> str:
    first, last = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in of_day)
    return first if first == last else f"{first}至{'次日' if of_day[1] < of_day[0] else ''}{last}"


def _length(minutes: int) -> str:
    for unit, size in (("年", 525_600), ("个月", 43_200), ("天", 1440), ("小时", 60)):
        if minutes >= size and minutes * 2 % size == 0:
            return f"{minutes / size:g}{unit}"
    return f"{minutes // 1440}天" if minutes >= 1440 else f"{minutes}分钟"
