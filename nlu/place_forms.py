"""Other forms of a place's name that people use without thinking: 田林12村, 日六村, 梦中心, 紫鹃小区.

They are made from the gazetteer and count only where one place alone has them and no place is called so.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from city.types import KnownPlace

_DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile(
    r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=村|弄|支弄|居|人民医院|医院|院|中学|小学|幼儿园|百货)"
)
_FRONT = re.compile(r"^(?:上海市徐汇区|上海市|上海|徐汇区|徐汇|西岸|复旦大学附属)")
_ESTATE_END = re.compile(r"(?:花园|花苑|家园|公寓|新村|名苑|苑|园)$")
_VILLAGE = re.compile(r"^(?P<stem>[\u4e00-\u9fff]{2,3})(?P<number>十?[一二三四五六七八九十])(?P<end>村|居委会|居委)$")
_COMMITTEE = re.compile(r"^(?P<stem>[\u4e00-\u9fff]{2,5})第(?P<number>[一二三四五六七八九])居委会$")
_OF_COMMITTEE = re.compile(r"(?:(?:第[一二三四五六七八九])*居委会|[东西南北]居委会)$")
_SPOKEN_OUT = (("附中", "附属中学"), ("附小", "附属小学"), ("菜场", "菜市"))
_NUMBERED_VILLAGE = re.compile(
    r"^(?P<stem>[\u4e00-\u9fff]{2,3}?)(?P<number>[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])村$"
)
SIBLING = "sibling"
"""The kind of a village that no table names, but whose neighbours in number are known."""
_SHORTEST = 3
_ANY = frozenset(
    {"游泳馆", "体育馆", "体育场", "植物园", "动物园", "美术馆", "博物馆", "图书馆", "火车站", "公证处", "中医院"}
)
"""What is left of a name when its city is left out may be any: every city has one."""


def forms(names: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Form to the name that it stands for. `names` leads from every name and alias to (place's own name, kind)."""
    meant: dict[str, dict[str, str]] = defaultdict(dict)
    for name, (place, kind) in names.items():
        made = {form for form in _made(name, kind) if kind != "committee" or form.removesuffix("小区") not in names}
        made = set() if kind == SIBLING else made
        for form in {*numbered(name), *made, *(one for short in made for one in numbered(short))}:
            meant[form].setdefault(place, name)
    return {
        form: next(iter(places.values())) for form, places in meant.items() if len(places) == 1 and form not in names
    }


def numbered(name: str) -> Iterator[str]:
    """The name with its Chinese number in digits."""
    found = _NUMBER.search(name)
    if found is not None:
        yield name[: found.start()] + str(_value(found[0])) + name[found.end() :]


def siblings(places: Sequence[KnownPlace]) -> Iterator[KnownPlace]:
    """Numbered villages that are missing between and before known ones of one subdistrict: 日晖四村 beside 二, 五 and 六村."""
    numbered_ones: dict[str, dict[int, KnownPlace]] = defaultdict(dict)
    for place in places:
        if place.kind == "estate" and (village := _NUMBERED_VILLAGE.match(place.name)) is not None:
            numbered_ones[village["stem"]][_value(village["number"])] = place
    for stem, known in numbered_ones.items():
        streets = {place.streets for place in known.values()}
        if len(known) > 1 and len(streets) == 1:
            for number in range(1, max(known)):
                if number not in known:
                    yield KnownPlace(name=f"{stem}{said(number)}村", kind=SIBLING, streets=next(iter(streets)))


def _made(name: str, kind: str) -> Iterator[str]:
    short = _FRONT.sub("", name)
    if short != name and len(short) >= _SHORTEST and short not in _ANY:
        yield short
    if kind == "estate" and (stem := _ESTATE_END.sub("", name)) != name and len(stem) > 1:
        yield f"{stem}小区"
    if (village := _VILLAGE.match(name)) is not None:
        yield f"{village['stem'][0]}{village['number']}{village['end']}"
        yield f"{village['stem']}{village['number']}小区"
        yield f"{village['stem'][0]}{village['number']}小区"
    if name.endswith("居委会") and len(name) > len("居委会") + 1:
        yield f"{name.removesuffix('居委会')}里委"
        yield f"{name.removesuffix('居委会')}小区"
        if len(stem := _OF_COMMITTEE.sub("", name)) >= _SHORTEST and stem not in _ANY:
            yield stem
    if (committee := _COMMITTEE.match(name)) is not None:
        yield f"{committee['stem']}{committee['number']}居"
        yield f"{committee['stem']}{committee['number']}居委"
        yield f"{committee['stem'][0]}{committee['number']}居委"
        yield f"{committee['stem'][0]}{committee['number']}小区"
    if kind == "station" and name.endswith("站"):
        yield f"{name.removesuffix('站')}地铁"
    for short, long in _SPOKEN_OUT:
        if name.endswith(short):
            yield name.removesuffix(short) + long
    if name.endswith("大楼") and len(name) > _SHORTEST:
        yield f"{name.removesuffix('大楼')}楼"


def said(number: int) -> str:
    """1 to 99 as people write it in names: 四, 十二."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return ten + (_DIGITS[ones] if ones else "")


def _value(said: str) -> int:
    """一 to 九十九."""
    tens, ten, ones = said.rpartition("十")
    return (_DIGITS.index(tens or "一") * 10 if ten else 0) + (_DIGITS.index(ones) if ones else 0)
