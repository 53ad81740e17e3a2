"""In which subdistrict a house number of a border road lies, as far as known addresses say.

A gazetteer tells addresses as aliases of places: 宜山路600号 is the hospital, and that lies in Tianlin. A number between
two known ones of the same side, or near one, lies where they lie; of any other number nothing is known.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence

from city.types import KnownPlace

NEAR = 40
NEAR_SHARE = 0.1
"""A known number is near when it is so many numbers away, or this share of the number: long roads count in leaps."""
SURE_EXACT = 0.97
SURE_NEAR = 0.9
"""Leaving each of Xuhui's 111 known addresses on border roads out in turn, 35 of 35 that were told at all were right."""

_ADDRESS = re.compile(r"(?P<road>[\u4e00-\u9fff]+(?:路|街|大道))(?P<number>[0-9]{1,5})(?P<unit>号|弄)")
_SAID = re.compile(r"\s*(?P<number>[0-9]{1,5}|[零〇一二三四五六七八九十百千两]{1,8})\s*(?:号(?!线)|支?弄)")
_ALONE = re.compile(r"[，。,\s](?:我?[在是])?(?=[0-9零〇一二三四五六七八九十百千两]{1,8}[号弄]$)")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


class HouseNumbers:
    """The known addresses of each road. Immutable."""

    def __init__(self, places: Sequence[KnownPlace]) -> None:
        known: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
        for place in places:
            for alias in place.aliases:
                if found := _ADDRESS.fullmatch(alias):
                    told = known[found["road"]].setdefault(int(found["number"]), place.streets)
                    known[found["road"]][int(found["number"])] = (
                        told if len(told) <= len(place.streets) else place.streets
                    )
        self._known: Mapping[str, Mapping[int, tuple[str, ...]]] = dict(known)
        self._single: dict[tuple[str, int], list[int]] = defaultdict(list)
        for road, numbers in sorted(known.items()):
            for number in sorted(number for number, streets in numbers.items() if len(streets) == 1):
                self._single[road, number % 2].append(number)

    def streets(self, road: str, number: int) -> tuple[tuple[str, ...], float] | None:
        """The subdistricts of a number, the main one first, and how sure they are together; None when not known."""
        numbers = self._known.get(road)
        if numbers is None:
            return None
        if number in numbers:
            return numbers[number], SURE_EXACT
        side = self._single.get((road, number % 2), [])
        place = bisect_left(side, number)
        around = side[max(0, place - 1) : place + 1]
        told = {numbers[one] for one in around}
        if len(told) == 1 and len(around) == 2:
            return told.pop(), SURE_NEAR
        nearest = min(around, key=lambda one: abs(one - number), default=None)
        if nearest is not None and abs(nearest - number) <= max(NEAR, NEAR_SHARE * number):
            return numbers[nearest], SURE_NEAR
        return None


def is_address(alias: str) -> bool:
    """Whether an alias is a road with a house number and no name."""
    return _ADDRESS.fullmatch(alias) is not None


def number_at(text: str, place: int) -> int | None:
    """The house number or lane that begins there, in digits or in words; None when there is none."""
    found = _SAID.match(text, place)
    if found is None:
        return None
    said = found["number"]
    return int(said) if said.isdigit() else value(said)


def number_alone(text: str) -> int | None:
    """The house number that is all that the last clause says, as people answer when they are asked where on the road."""
    found = _ALONE.search(text.rstrip("，。,. "))
    return number_at(text, found.end()) if found else None


def value(said: str) -> int:
    """A number in Chinese words, up to thousands: 三千三百九十八, 一百零八, 六〇〇."""
    if not any(char in _TENS for char in said):
        return int("".join(str(_DIGITS[char]) for char in said))
    total, digit = 0, 0
    for char in said:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    last = re.search(r"([百千])[一二三四五六七八九两]$", said)
    return total + digit * (_TENS[last[1]] // 10 if last else 1)
