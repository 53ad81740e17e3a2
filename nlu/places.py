"""Where it is: the places of the city's gazetteer in a text, and the subdistricts that they lie in. Never a guess.

Each place named speaks for the subdistricts it touches; what several places say is multiplied. A road of two
subdistricts alone leaves both open, the same road with an estate or a crossing road decides. A name that the
gazetteer does not know has no street.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick, MatchKind

from city.types import KnownPlace, Street
from nlu.house_numbers import HouseNumbers, is_address, number_alone, number_at
from nlu.near_names import Near, NearNames
from nlu.place_forms import SIBLING, forms, siblings
from tickets.types import NOWHERE, Entity, Place, Ranked

STREET = "street"
_SURE = {
    STREET: 0.98,
    SIBLING: 0.85,
    "lane": 0.98,
    "estate": 0.98,
    "park": 0.97,
    "station": 0.96,
    "river": 0.88,
    "road": 0.96,
    "area": 0.85,
}
_SURE_ELSE = 0.97
_EXACT = (
    *("crossing", "lane", "estate", SIBLING, "school", "hospital", "market", "office", "park", "station", "landmark"),
    *("committee", "road", "river", "area", STREET),
)
"""Kinds from the most to the least exact."""
_MAIN = 1.5
"""How much more likely the first subdistrict of a border place is than each further one."""
_LEAK = 0.04
"""What a place says for all the subdistricts together that it does not touch: people mix things up."""
_FITS = 0.05

_N = r"[0-9一二三四五六七八九十百]"
_DETAIL = re.compile(
    rf"\s*(?:{_N}{{1,5}}(?:支弄|弄|巷)\s*)?(?:{_N}{{1,5}}(?:支弄|弄)\s*)?(?:{_N}{{1,5}}(?:[-之甲乙]{_N}{{0,3}})?号(?!线)(?:楼)?\s*)?"
    rf"(?:{_N}{{1,4}}(?:号楼|栋|幢|座|号)\s*)?(?:{_N}{{1,2}}单元\s*)?(?:{_N}{{1,3}}(?:层|楼)\s*)?(?:{_N}{{2,5}}(?:室|户)|[0-9]{{3,4}}(?![0-9年月日元个]))?"
)
_JOIN = re.compile(r"\s*(?:近|靠近|靠|和|与|跟|同|、|/|到|至|—|-|快到|转)?\s*")
_CORNER = re.compile(r"\s*(?:路口|口|交叉口|交界|交叉|交汇|转角|拐角|附近|之间)?")
_LONGER = re.compile(
    r"街道|大桥|公园|花园|新村|[一二三四五六七八九十]村|大厦|广场|公寓|名苑|苑|支路|[东西南北中]路(?!口)|隧道|别墅|电影院"
)
"""A road's name that goes on like this names another thing, which the gazetteer does not know."""
_CALLED_AFTER = re.compile(
    r"小学|中学|幼儿园|医院|派出所|桥|小区|菜场|菜市场|商场|居委|社区|市场|站|地铁站|敬老院|工地|消防站"
)
"""Things called after the road that they most likely stand on; less sure than the road itself."""
_SURE_CALLED_AFTER = 0.8
_SURE_ALIKE = 0.92
"""How much less sure a name is that was only much like one of the gazetteer's."""
_MOST_NEAR = 400
_OPEN = 0.75
"""How likely a subdistrict must be for nobody to look for the other road of a crossing."""
_ELSEWHERE = frozenset(
    [
        "北京",
        "天津",
        "重庆",
        "广州",
        "深圳",
        "杭州",
        "苏州",
        "南京",
        "无锡",
        "宁波",
        "合肥",
        "武汉",
        "长沙",
        "成都",
        "西安",
        "郑州",
        "济南",
        "青岛",
        "福州",
        "厦门",
        "昆明",
        "海口",
    ]
)
"""A city's name before a name makes it that city's: 杭州南站."""
_BRAND = re.compile(r"俱乐部|集团|保险|人寿|股份|牌|传媒|物流|镇(?!上|里|政府)")
"""An area's name that goes on like this is the name of a firm, or of a town outside."""
_IDIOMS = frozenset({"壮志"})
_MOST_PLACES = 40
_ROADS_END = ("路", "街", "道", "弄", "巷")
_FURTHER = "东西南北中新老"
_UNKNOWN = re.compile(
    r"(?:(?<=请问)|(?<=反映)|(?<=投诉)|(?<=举报)|(?<=想问)|(?<=[在到于从去近和与位住、是，。！？,；;：: (（])|^)((?!在|到|从|请问|想问|反映|投诉|举报|这|那|哪|一|整|本|某|该|每|马路|人行|我|你|他|她|它)"
    r"[\u4e00-\u9fff]{1,7}?(?:大道|公路|路|街|弄|巷|新村|小区|花园|公寓|大厦|广场|家园|名苑|村))"
    r"(?=[0-9一二三四五六七八九十近和与靠口、，。！？,；;附上的有门旁边交那里居从到没怎停漏在\s]|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A place of the gazetteer in the text; `streets` says how likely each subdistrict is."""

    name: str
    kind: str
    start: int
    end: int
    streets: Mapping[str, float]
    sure: float


class Gazetteer:
    """The places and subdistricts of one city. Immutable; make a new one when the city's data change."""

    def __init__(self, places: Sequence[KnownPlace], streets: Sequence[Street]) -> None:
        named: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
        told = {name for place in places for name in (place.name, *place.aliases)}
        for place in (*places, *(one for one in siblings(places) if one.name not in told)):
            for name in {place.name, *(alias for alias in place.aliases if not is_address(alias))}:
                named.setdefault(name, []).append((place.name, place.kind, place.streets))
        for street in streets:
            for name in {street.name, *street.aliases}:
                named[name] = [(street.name, STREET, (street.code,))]
        self._codes = tuple(street.code for street in streets) or tuple({code for p in places for code in p.streets})
        known = {name: (meanings[0][0], meanings[0][1]) for name, meanings in named.items() if name}
        named |= {form: named[name] for form, name in forms(known).items()}
        self._named = [(name, meanings) for name, meanings in named.items() if name]
        self._meanings = dict(self._named)
        self._numbers = HouseNumbers(places)
        roads = [name for name, meanings in self._named if meanings[0][1] == "road"]
        self._near = NearNames({name: place for name, (place, kind) in known.items() if kind != STREET}, roads)
        self._matcher = AhoCorasick([name for name, _ in self._named], matchkind=MatchKind.LeftmostLongest)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name and alias, for the segmenter's dictionary."""
        return tuple(name for name, _ in self._named)

    def find(self, text: str) -> tuple[Place, tuple[Entity, ...]]:
        """Where it is, and every place named in a normalised text."""
        found = self._all(text)
        if not found:
            return _unknown(text)
        found = self._crossing(text, _of_the_event(text, found))
        entities = tuple(Entity(kind="place", text=text[f.start : f.end], start=f.start, end=f.end) for f in found)
        best = min(found, key=lambda f: (_rank(f.kind), -f.sure, f.start))
        said, detail = _around(text, found, best)
        likely = self._likely(found)
        ranked = tuple(
            Ranked(label=code, score=round(share * best.sure, 4))
            for code, share in sorted(likely.items(), key=lambda item: -item[1])
            if share >= _FITS
        )
        place = Place(
            said=said,
            name=best.name,
            kind=best.kind,
            street=ranked[0].label if ranked else None,
            detail=detail or None,
            score=ranked[0].score if ranked else 0.0,
            streets=ranked if len(ranked) > 1 else (),
        )
        return place, entities

    def _all(self, text: str) -> list[_Found]:
        """What stands there as it is; with what has a 那个 inside, or is only like a name, where that says no more than an area."""
        found = list(self._found(text))
        apart = [one for one in self._apart(text) if one.kind != "road" or not found]
        found = [one for one in found if not any(_overlap(one, other) for other in apart)] + apart
        if all(one.kind == "area" for one in found):
            alike = self._alike(text[:_MOST_NEAR])
            found += (
                [one for one in alike if one.kind != "road" and not any(_overlap(one, other) for other in found)]
                if found
                else alike
            )
        return sorted(found, key=lambda one: one.start)

    def _found(self, text: str) -> Iterator[_Found]:
        for index, start, end in self._matcher.find_matches_as_indexes(text)[:_MOST_PLACES]:
            name, meanings = self._named[index]
            if _part_of_another(text, name, meanings[0][1], start, end):
                continue
            official, kind, _ = meanings[0]
            called_after = kind == "road" and _CALLED_AFTER.match(text, end) is not None
            sure = _SURE_CALLED_AFTER if called_after else _SURE.get(kind, _SURE_ELSE)
            found = _Found(name=official, kind=kind, start=start, end=end, streets=_share(meanings), sure=sure)
            yield self._numbered(text, found)

    def _apart(self, text: str) -> Iterator[_Found]:
        """Names with a space or a 那个 inside: 东安 2村, 汇成那个三村."""
        left_out = {place for found in _FILLER.finditer(text) for place in range(*found.span())}
        if not left_out:
            return
        kept = [place for place in range(len(text)) if place not in left_out]
        for one in self._found("".join(text[place] for place in kept)):
            start, end = kept[one.start], kept[one.end - 1] + 1
            if end - start > one.end - one.start:
                yield replace(one, start=start, end=end)

    def _alike(self, text: str) -> Iterator[_Found]:
        """Places whose names are written a little otherwise than the gazetteer has them; less sure."""
        end = 0
        for near in self._near.find(text):
            kind = self._meanings[near.name][0][1]
            if near.start < end or _part_of_another(text, near.name, kind, near.start, near.end):
                continue
            end = near.end
            yield self._numbered(text, self._of_near(near))

    def _crossing(self, text: str, found: list[_Found]) -> list[_Found]:
        """With the other road of a crossing, told without its last character, where roads or areas alone leave it open."""
        if any(one.kind not in ("road", "area") for one in found):
            return found
        short = text[:_MOST_NEAR]
        if all(one.kind == "area" for one in found) and len(pair := self._near.pairs(short)) > 1:
            return [self._of_near(near) for near in pair]
        if max(self._likely(found).values()) >= _OPEN:
            return found
        taken = [(one.start, one.end) for one in found if one.kind == "road"]
        others = [
            near
            for near in self._near.beside(short)
            if all(
                near.end <= start or end <= near.start or end - start < near.end - near.start for start, end in taken
            )
        ]
        areas = [one for one in found if not any(n.start < one.end and one.start < n.end for n in others)]
        return [*areas, *(self._numbered(text, self._of_near(near)) for near in others)] if others else found

    def _numbered(self, text: str, road: _Found) -> _Found:
        """The road as far as its house number says in which subdistrict it is meant."""
        border = road.kind == "road" and len(road.streets) > 1
        number = (number_at(text, road.end) or number_alone(text)) if border else None
        told = self._numbers.streets(road.name, number) if number is not None else None
        if told is None:
            return road
        streets, sure = told
        share = _share([(road.name, road.kind, streets)])
        rest = {code: part * (1.0 - sure) for code, part in road.streets.items()}
        return replace(
            road, streets={code: rest.get(code, 0.0) + share.get(code, 0.0) * sure for code in {*rest, *share}}
        )

    def _of_near(self, near: Near) -> _Found:
        meanings = self._meanings[near.name]
        official, kind, _ = meanings[0]
        sure = _SURE.get(kind, _SURE_ELSE) * _SURE_ALIKE
        return _Found(name=official, kind=kind, start=near.start, end=near.end, streets=_share(meanings), sure=sure)

    def _likely(self, found: Sequence[_Found]) -> dict[str, float]:
        """How likely each subdistrict is, all places together; sums to one."""
        product = dict.fromkeys(self._codes, 1.0)
        leak = _LEAK / max(1, len(product) - 1)
        for streets in {(f.name, f.kind): f.streets for f in found if f.streets}.values():
            for code in product:
                product[code] *= max(streets.get(code, 0.0), leak)
        if not any(f.streets for f in found):
            return {}
        total = sum(product.values())
        return {code: value / total for code, value in product.items()}


def _overlap(one: _Found, other: _Found) -> bool:
    return one.start < other.end and other.start < one.end


_FILLER = re.compile(r"\s+|上?的?那[个只条]")


def _of_the_event(text: str, found: Sequence[_Found]) -> list[_Found]:
    """Without the places where the caller only lives or works, when others are told."""
    event = [
        one
        for one in found
        if not (_HOME.search(text[max(0, one.start - _HOME_REACH) : one.start]) or _OF_HOME.match(text, one.end))
    ]
    return event or list(found)


_HOME_REACH = 6
_HOME = re.compile(r"(?:住在?|家[住在]|单位在|公司在|上班在|工作在|户口在|居民|业主)(?:的?是?|一套?)$")


_OF_HOME = re.compile(r"的?(?:老?居民|业主|住户|人)(?=[，,。；]|$)")


def _share(meanings: Iterable[tuple[str, str, tuple[str, ...]]]) -> dict[str, float]:
    """How likely each subdistrict is by this name alone; sums to one."""
    weight: dict[str, float] = {}
    for _, _, streets in meanings:
        for number, code in enumerate(streets):
            weight[code] = max(weight.get(code, 0.0), _MAIN if number == 0 and len(streets) > 1 else 1.0)
    total = sum(weight.values())
    return {code: value / total for code, value in weight.items()}


def _rank(kind: str) -> int:
    return _EXACT.index(kind) if kind in _EXACT else len(_EXACT)


def _part_of_another(text: str, name: str, kind: str, start: int, end: int) -> bool:
    """Whether the characters around make it the name of something else."""
    if name[0].isdigit() and start > 0 and text[start - 1].isdigit():
        return True
    if kind == "area" and _BRAND.match(text, end):
        return True
    if (
        text[max(0, start - 2) : start] in _ELSEWHERE
        or text[end : end + 2] in _IDIOMS
        or text[start - 2 : start] == "身体"
    ):
        return True
    if kind != "road":
        return False
    if start > 0 and text[start - 1] in _FURTHER and (start < 2 or "\u4e00" <= text[start - 2] <= "\u9fff"):
        return text[start - 2 : start - 1] not in "路口向往到在从靠" if start > 1 else True
    return name.endswith(_ROADS_END) and _LONGER.match(text, end) is not None


def _around(text: str, found: Sequence[_Found], best: _Found) -> tuple[str, str]:
    """The words as said, and the house number or the crossing that follows them."""
    following = next((f for f in found if f.start >= best.end and f.kind == best.kind == "road"), None)
    if following is not None and _JOIN.fullmatch(text, best.end, following.start):
        end = _CORNER.match(text, following.end)
        said = text[best.start : end.end() if end else following.end]
        return said, f"{best.name}、{following.name}路口"
    road = best
    if best.kind not in ("road", STREET):
        before = [f for f in found if f.kind == "road" and f.end <= best.start and best.start - f.end <= _NEAR]
        road = before[-1] if before else best
    detail = _detail(text, best) or (_detail(text, road) if road is not best else "")
    said = text[best.start : best.end]
    if road is not best:
        said = text[road.start : best.end]
    return said, detail


_NEAR = 12


def _detail(text: str, place: _Found) -> str:
    found = _DETAIL.match(text, place.end)
    return found[0].strip() if found else ""


def _unknown(text: str) -> tuple[Place, tuple[Entity, ...]]:
    """What looks like a place but is in no gazetteer: its words, without a street."""
    found = _UNKNOWN.search(text)
    if found is None:
        return NOWHERE, ()
    start, end = found.span(1)
    detail = _DETAIL.match(text, end)
    place = Place(said=found[1], detail=(detail[0].strip() or None) if detail else None)
    return place, (Entity(kind="place", text=found[1], start=start, end=end),)
