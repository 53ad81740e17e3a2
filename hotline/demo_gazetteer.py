"""Where the sample happens: places of the city's own gazetteer, each in one street only."""

import re
from collections.abc import Mapping, Sequence
from random import Random

from city.types import KnownPlace, Street

_ROADS, _HOMES = ("road", "lane"), ("estate",)
_ROAD_NAME = re.compile(r".*(?:路|大道|街|弄|支路)")
_NO_HOUSES = re.compile(r"隧道|高架|立交|大桥|轮渡")
_HOME_NAME = re.compile(r".*(?:村|苑|小区|里|坊|新城|公寓|花园)")
_GOES_ON = re.compile(r"[0-9０-９零一二三四五六七八九十百]|弄|号|口|路口|站|和|与|跟|到|地铁|交叉|隧道|街道")
"""What follows a road that already says where on it, or makes another name of it."""


class Gazetteer:
    """`streets` are those that have roads or estates of their own, in order of their codes."""

    def __init__(self, places: Sequence[KnownPlace], streets: Mapping[str, Street]) -> None:
        self._kinds = {name: place.kind for place in places for name in (place.name, *place.aliases)}
        self._own: dict[str, dict[str, list[str]]] = {}
        self._where: dict[str, str] = {}
        for place in sorted(places, key=lambda one: one.name):
            if len(place.streets) == 1 and place.streets[0] in streets and not _NO_HOUSES.search(place.name):
                self._own.setdefault(place.streets[0], {}).setdefault(place.kind, []).append(place.name)
                self._where.update(dict.fromkeys((place.name, *place.aliases), place.streets[0]))
        self.streets = tuple(sorted(street for street in self._own if self._of(street, (*_ROADS, *_HOMES))))

    def somewhere(self, street: str, rng: Random) -> str:
        """A place in the street where somebody may live or stand: a house on a road, a building of an estate."""
        homes, roads = self._of(street, _HOMES), self._of(street, _ROADS)
        if homes and (not roads or rng.random() < 0.45):
            return rng.choice(homes) + (f"{rng.randrange(1, 60)}号" if rng.random() < 0.7 else "")
        return f"{rng.choice(roads)}{rng.randrange(3, 190)}{rng.choice('弄号')}"

    def road(self, street: str, rng: Random) -> str:
        """A road of the street; an estate when it has none."""
        return rng.choice(self._of(street, _ROADS) or self._of(street, _HOMES))

    def instead(self, said: str, after: str, street: str, rng: Random) -> str:
        """A place of the street that can stand for `said` before the words `after`; `said` itself when there is none."""
        kind = self._kinds.get(said) or _guess(said)
        if kind in _ROADS or kind in _HOMES:
            names = self._of(street, _ROADS if kind in _ROADS else _HOMES)
            if not names:
                return self.road(street, rng)
            exact = "" if _GOES_ON.match(after) or rng.random() < 0.4 else f"{rng.randrange(3, 190)}"
            return rng.choice(names) + (exact and exact + (rng.choice("弄号") if kind in _ROADS else "号"))
        return rng.choice(self._of(street, (kind,)) or [said])

    def street_of(self, said: str) -> str | None:
        """The one street in which a place lies."""
        return self._where.get(said)

    def _of(self, street: str, kinds: Sequence[str]) -> list[str]:
        own = self._own.get(street, {})
        return [name for kind in kinds for name in own.get(kind, ())]


def _guess(said: str) -> str:
    """The kind of a place that the gazetteer does not know."""
    if _ROAD_NAME.fullmatch(said):
        return "road"
    return "estate" if _HOME_NAME.fullmatch(said) else ""
