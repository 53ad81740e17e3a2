"""How alike two messages are, and whether they are about the same matter. Pure.

A `Sketch` is what of a message is compared: runs of characters, names of places and parties, numbers of doors and
plates. `keys` names the blocks that a message lies in, MinHash bands among them: only messages that share a block are
compared. `likeness` says how probable it is that two are about the same matter, and why; docs/understanding/events.md
has the figures.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import Any
from zlib import crc32

import numpy as np

from nlu.features import MOST_CHARACTERS, read

RUN = 2
BANDS, ROWS = 20, 3
"""A signature has BANDS * ROWS numbers; messages that agree in all numbers of one band are looked at."""

_PRIME = np.uint64((1 << 61) - 1)
_FACTORS = np.random.default_rng(12345).integers(1, 1 << 28, size=(2, BANDS * ROWS), dtype=np.uint64)
_EMPTY = (0,) * (BANDS * ROWS)

_TITLE = re.compile(r"《[^》]{4,120}》")
_NOTED = re.compile(r"[（(][^（()）]{0,30}[)）]")
_SET_PHRASES = re.compile(
    r"(?:市民|群众|居民)?(?:来电|短信|微信|网站|网格员|再次|app|云)*(?:反映|投诉|咨询|补充|建议|求助)[:：;；]?|"
    r"工单(?:编?号|信息|情况|结果|处理)*[:：]?|处理(?:情况|结果)|的问题|"
    r"(?:请|望|希望|要求)?(?:有关|相关|职能)?(?:部门|职能局|单位|工作人员|政府)(?:尽快|及时|核实|到场|给予|予以|进行|协调|处理|解决|查处|联系市民)*|"
    r"(?:其|市民)?(?:认为|表示|觉得)|不合理|故?来电(?:反映|投诉|咨询)?|严重影响|影响|谢谢|您好|你好|请问"
)
"""What operators and residents say in every second message; it tells nothing about the matter."""

_KIND = (
    r"大道|公路|支路|路|街(?!道)|弄|巷|胡同|新村|小区|花园|公寓|大厦|大楼|广场|家园|名苑|豪庭|别墅|宿舍|大院|苑|"
    r"村(?![民委长干里内])|城(?![管市])|园(?!林)|桥|医院|学校|小学|中学|大学|学院|幼儿园|酒店|宾馆|饭店|餐厅|酒吧|会所|公司|"
    r"市场|菜场|商场|超市|工地|车站|站|机场|公园|厂|银行|水库"
)
_WHERE = frozenset(
    [
        "大道",
        "公路",
        "支路",
        "路",
        "街",
        "弄",
        "巷",
        "胡同",
        "新村",
        "小区",
        "花园",
        "公寓",
        "大厦",
        "广场",
        "家园",
        "名苑",
        "豪庭",
        "别墅",
        "大院",
        "苑",
        "村",
        "城",
        "园",
        "学校",
        "小学",
        "中学",
        "大学",
        "医院",
    ]
)
"""Kinds of names that stand in one place: messages that name such and share none tell of different places."""
_NAME = re.compile(rf"([\u4e00-\u9fff]{{2,12}}?)({_KIND})")
_NO_NAME = re.compile(
    r"附近|旁边|对面|门口|门前|这里|那里|整条|一[个条家]|位于|现在|要求|希望|告知|需要|许多|之前|每次|占用|街道|[省市区县镇]|"
    r"[在是的有到从和与及往于由被把了向该其这那个]"
)
"""What stands before a name and is no part of it."""
_NUMBER = re.compile(
    r"([0-9一二三四五六七八九十百]{1,6}(?:[-之][0-9]{1,4})?)\s*(号楼|号线|号|弄|栋|幢|座|单元|室|房|楼|层|期|路(?=公交|车)|队|巷|村|街|横路)"
)
_CODE = re.compile(r"(?<![0-9])[0-9]{4,}(?![0-9年])")
_LETTERS = re.compile(r"[a-z]+[0-9]*")
_CORE = 2
"""A name is as its kind and the last characters before it: 金盘路 and 龙华区金盘路 are one."""
_NOT_HAN = re.compile(r"[^一-鿿a-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What of a message is compared.

    `runs` are the runs of two characters of the whole text, `deeds` those of the text without names and numbers,
    `names` kinds and last characters of what looks like a place or a party, `numbers` those of doors, blocks, rooms
    and codes. `matter`, `street` and `place` are the city's codes and the gazetteer's name; None when unknown.
    """

    runs: frozenset[str]
    deeds: frozenset[str]
    names: frozenset[tuple[str, str]]
    numbers: frozenset[tuple[str, str]]
    at: datetime
    matter: str | None = None
    street: str | None = None
    place: str | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How probable it is (0 to 1) that two messages are about the same matter, and a sentence that says why."""

    score: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What two sketches have in common; None where one of them does not say.

    `runs`, `deeds`: share of the shorter one's runs that the other has too. `names`: share of the names of whichever
    has fewer. `elsewhere`: both name places that do not move, and none of them is the same. `numbers`: kinds of numbers (doors, blocks) that both tell, each another one. `days`: between them.
    """

    runs: float
    deeds: float
    names: float
    elsewhere: bool
    numbers: int
    place: bool | None
    matter: bool | None
    street: bool | None
    days: float
    sender: bool


def sketch(
    text: str,
    *,
    at: datetime,
    matter: str | None = None,
    street: str | None = None,
    place: str | None = None,
    sender: str | None = None,
) -> Sketch:
    """The sketch of one message; any text will do, also an empty one. `sender` is None when nobody knows."""
    plain = _plain(text)
    return Sketch(
        runs=_runs(plain),
        deeds=_runs(_NAME.sub(" ", _NUMBER.sub(" ", plain))),
        names=frozenset(_names(plain)),
        numbers=frozenset(_numbers(plain)),
        at=at,
        matter=matter,
        street=street,
        place=place,
        sender=sender or None,
    )


def keys(one: Sketch) -> frozenset[str]:
    """The blocks that a message lies in: a band of its MinHash, a name that it names, its place, its matter in a street."""
    signature = _signature(one.runs)
    bands = {f"m{n}:{crc32(repr(signature[n * ROWS : n * ROWS + ROWS]).encode())}" for n in range(BANDS)}
    named = {f"n:{core}{kind}" for core, kind in one.names}
    placed = {f"p:{one.place}"} if one.place else set()
    if one.matter and one.street:
        placed.add(f"s:{one.street}/{one.matter}")
    return frozenset(bands | named | placed)


def compare(a: Sketch, b: Sketch) -> Features:
    """What the two have in common; the same either way round."""
    return Features(
        runs=_shared(a.runs, b.runs),
        deeds=_shared(a.deeds, b.deeds),
        names=_shared(a.names, b.names),
        elsewhere=_elsewhere(a.names, b.names),
        numbers=_conflicts(a.numbers, b.numbers),
        place=_same(a.place, b.place),
        matter=_same(a.matter, b.matter),
        street=_same(a.street, b.street),
        days=abs((a.at - b.at) / timedelta(days=1)),
        sender=a.sender is not None and a.sender == b.sender,
    )


BASE = -4.5
WEIGHTS = {"runs": 3.0, "deeds": 2.0, "names": 2.5, "elsewhere": -1.5, "number": -0.6}
"""Log-odds of the same matter by text alone: set by hand, in round numbers, and measured on pairs labelled by reading.

A name is worth nearly as much as the whole text: two taxi rides told in the same words share no place.
"""
KNOWN = {
    "place": 1.5,
    "road": 0.8,
    "other_place": -0.8,
    "matter": 1.5,
    "other_matter": -1.0,
    "street": 0.3,
    "other_street": -1.5,
    "sender": 1.0,
}
"""What the city's own codes add. A road is long: it says less than a crossing, an estate or a door."""
A_DAY, MOST_DAYS = -0.05, 30.0
"""Each day between two messages makes them a little less likely to be one matter."""


def likeness(a: Sketch, b: Sketch) -> Likeness:
    """How probable it is that the two are about the same matter."""
    found = compare(a, b)
    return Likeness(score=round(1 / (1 + exp(-odds(found, place=a.place))), 4), why=_why(found, a.place))


def odds(found: Features, *, place: str | None = None) -> float:
    """The log-odds that what two messages have in common speaks for; `place` is the place if they share one."""
    total = BASE + WEIGHTS["runs"] * found.runs + WEIGHTS["deeds"] * found.deeds + A_DAY * min(found.days, MOST_DAYS)
    total += WEIGHTS["names"] * found.names + (WEIGHTS["elsewhere"] if found.elsewhere else 0.0)
    total += WEIGHTS["number"] * min(found.numbers, 2)
    if found.place is not None:
        total += (KNOWN["road"] if _is_road(place) else KNOWN["place"]) if found.place else KNOWN["other_place"]
    for name, same in (("matter", found.matter), ("street", found.street)):
        if same is not None:
            total += KNOWN[name if same else f"other_{name}"]
    return total + (KNOWN["sender"] if found.sender else 0.0)


def _why(found: Features, place: str | None) -> str:
    said = []
    if found.sender:
        said.append("同一来件人")
    if found.place:
        said.append(f"地点相同（{place}）")
    elif found.names:
        said.append("提到相同的地名或单位")
    if found.matter:
        said.append("事项相同")
    said.append(f"相隔{_span(found.days)}")
    said.append(f"文字约{_TENTHS[min(10, round(found.runs * 10))]}相同")
    if found.numbers:
        said.append("但门牌或楼号不同")
    return "，".join(said) + "。"


_TENTHS = ("无", "一成", "二成", "三成", "四成", "五成", "六成", "七成", "八成", "九成", "全部")
_HOURS, _MINUTES = 24, 60


def _span(days: float) -> str:
    if days >= 1:
        return f"{round(days)}天"
    hours = days * _HOURS
    return f"{round(hours)}小时" if hours >= 1 else f"{round(hours * _MINUTES)}分钟"


def _is_road(place: str | None) -> bool:
    return place is not None and place.endswith(("路", "街", "大道", "公路"))


def _same(a: str | None, b: str | None) -> bool | None:
    return None if a is None or b is None else a == b


def _shared(a: frozenset[Any], b: frozenset[Any]) -> float:
    """The share of the smaller set that the other has too; 0 when one is empty."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _elsewhere(a: frozenset[tuple[str, str]], b: frozenset[tuple[str, str]]) -> bool:
    here, there = ({core for core, kind in names if kind in _WHERE} for names in (a, b))
    return bool(here) and bool(there) and not here & there


def _conflicts(a: frozenset[tuple[str, str]], b: frozenset[tuple[str, str]]) -> int:
    units = {unit for _, unit in a} & {unit for _, unit in b} - {""}
    return sum(not {n for n, unit in a if unit == one} & {n for n, unit in b if unit == one} for one in units)


def _plain(text: str) -> str:
    """Masked, normalised, lower case, without what a title repeats and what everybody says."""
    masked = read(text[:MOST_CHARACTERS]).text.lower()
    whole = _TITLE.sub(" ", masked)
    if len(_NOT_HAN.sub("", whole)) < 12:  # a message that is nothing but its title
        whole = masked
    return _SET_PHRASES.sub(" ", _NOTED.sub(" ", whole))


def _runs(text: str) -> frozenset[str]:
    out: set[str] = set()
    for part in _NOT_HAN.split(_NUMBER.sub("0", text)):
        out.update(part[start : start + RUN] for start in range(max(1, len(part) - RUN + 1)) if part)
    return frozenset(out)


def _names(text: str) -> list[tuple[str, str]]:
    out = []
    for found in _NAME.finditer(text):
        core = _NO_NAME.split(found[1])[-1]
        if len(core) >= _CORE:
            out.append((core[-_CORE:], found[2]))
    return out


def _numbers(text: str) -> list[tuple[str, str]]:
    return [(number, unit) for number, unit in _NUMBER.findall(text)] + [
        (code, "") for code in (*_CODE.findall(text), *_LETTERS.findall(text))
    ]


def _signature(runs: frozenset[str]) -> tuple[int, ...]:
    if not runs:
        return _EMPTY
    hashes = np.fromiter((crc32(run.encode()) for run in runs), dtype=np.uint64, count=len(runs))
    mixed = (hashes[:, None] * _FACTORS[0] + _FACTORS[1]) % _PRIME
    return tuple(int(one) for one in mixed.min(axis=0))
