"""Names of places that are not written as the gazetteer has them: heard wrongly, one character off, or cut short.

Asked only when no name stands in the text as it is, so that it can cost more and may not take anything away. A name is
taken only when it is the single one that fits. Numbers and points of the compass are never one character off: 田林十二村
is not 田林十三村.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin

_ENDS = (
    *("新村", "小区", "花园", "公寓", "大厦", "广场", "家园", "名苑", "公园", "医院", "小学", "中学", "幼儿园", "菜场"),
    *("中心", "大学", "学院", "派出所", "居委会", "居委", "敬老院", "商厦", "商场", "新城", "豪庭", "名邸", "华庭"),
    *(
        "路",
        "街",
        "弄",
        "村",
        "苑",
        "站",
        "里",
        "坊",
        "城",
        "桥",
        "港",
        "楼",
        "园",
        "浜",
        "庭",
        "湾",
        "阁",
        "轩",
        "邸",
        "汇",
        "宅",
    ),
)
_ENDING = re.compile("|".join(_ENDS))
_DROPPED = (
    *("路", "小区", "新村", "花园", "花苑", "公寓", "大厦", "广场", "家园", "名苑", "菜场", "公园", "嘉园", "新城"),
    *("大酒店", "酒店", "宾馆", "商厦", "市集"),
)
_DROPPED_OF_LONG = ("中心", "产业园", "科技园", "创意园")
"""Endings without which only a name of at least four characters is left that may be told from others."""
_NUMERALS = frozenset("0123456789一二三四五六七八九十百零两几")
_FIXED = _NUMERALS | frozenset("东西南北中上下前后大小新老高初")
_SHORTEST_STEM = 3
_LONGEST = 9
_NUMBERED = re.compile(r"[一二三四五六七八九十]村$")
_JOIN = r"(?:近|靠近|靠|和|与|跟|同|、|/|到|快到|往|交|)"
_AFTER_ROAD = re.compile(
    r"(?:[0-9一二三四五六七八九十百]{1,5}(?:弄|号)|路口|口子|那边|那头|那一带|一带|那块|这边|附近|近的|沿线|对面|地铁站)"
)
_AFTER_STEM = re.compile(
    r"上(?!班|学|海|网|次|个|门|级|课|当|面|午|楼|车)|[那这](?:边|里|头|段|块|条|一|附近)|那个(?:路|弄|口|红|店|菜|小|工|公|车|地)|口(?!味|头|罩|碑)|[东西南北中][段头]|两[边侧]|门口|边上|旁边|"
    r"小区|菜场|菜市|居委|社区|派出所|沿街|整条|一条|到[^了底]{1,3}|的(?:路|店|灯|树|马路|人行|车|井|公交|红绿灯|小店|饭店)|从|有(?:个|人|家|一)|路灯|人行道|堵"
)
"""What may follow a road that is told without its last character and with a word that leads to a place before it."""
_ALSO_ELSEWHERE = frozenset(
    (
        "桂林",
        "柳州",
        "太原",
        "南宁",
        "湖南",
        "岳阳",
        "衡山",
        "华山",
        "永康",
        "嘉善",
        "淮海",
        "虹桥",
        "峰谷",
        "乌鲁木齐",
        "龙华",
        "医学院",
        "天平",
        *("上海", "徐汇", "机场", "江南", "中南", "科苑"),
        "冠生园",
        "开发区",
        "华泾",
    )
)
"""Names of roads that without their last character are more often something else."""
_NO_ROAD = re.compile(
    r"这个|那个|这种|保险|集团|公司|品牌|牌|县|市|省|区(?!间)|镇|人(?!行)|话|菜(?!场|市)|集邮|战役|起义|财产|人寿|银行|基金|旅行|旅游|航班|山水|大学"
)
"""What makes it the name of a firm or of a place elsewhere."""
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A known name that the half-open stretch of the text most likely means."""

    name: str
    start: int
    end: int


class NearNames:
    """What the names of a gazetteer sound and look like. Immutable."""

    def __init__(self, names: Mapping[str, str], roads: Iterable[str]) -> None:
        """`names` leads from every name and alias to the place's own name; `roads` are the names of roads."""
        known = sorted(name for name in names if len(name) >= _SHORTEST_STEM)

        def single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
            return _single(pairs, names)

        self._sounds = single((heard, name) for name in known for heard in _sounds(name))
        self._counts: dict[str, set[int]] = defaultdict(set)
        for heard in self._sounds:
            syllables = heard.split("-")
            self._counts[syllables[0]].add(len(syllables))
        self._firsts = frozenset(name[0] for name in known if len(name) > _SHORTEST_STEM)
        self._lasts = frozenset(name[-1] for name in known if len(name) > _SHORTEST_STEM)
        self._holes = single((hole, name) for name in known if len(name) > _SHORTEST_STEM for hole, _ in _cut(name))
        self._short = single((short, name) for name in known for short in _shortened(name))
        ended = [road for road in roads if road.endswith("路") and len(road) >= _SHORTEST_STEM]
        stems = single((road[:-1], road) for road in ended)
        contracted = single((short, road) for road in ended if (short := _contracted(road)) and short not in stems)
        self._stems: Mapping[str, str] = stems | contracted
        road_or_stem = "|".join(sorted({*self._stems, *stems.values()}, key=len, reverse=True)) or "(?!)"
        self._pair = re.compile(rf"(?P<a>{road_or_stem})(?P<join>{_JOIN})(?P<b>{road_or_stem})")
        alone = sorted(stem for stem in stems if stem not in names)
        self._single_stem = re.compile(f"(?:{'|'.join(alone) or '(?!)'})(?![路街支东西南北中])")
        estates = single(
            (stem, name) for name in known if (stem := _ESTATE_END.sub("", name)) != name and len(stem) == 2
        )
        homes = "|".join(sorted(stem for stem in estates if stem not in self._stems and stem not in names)) or "(?!)"
        self._estates = estates
        self._home = re.compile(homes)

    def find(self, text: str) -> list[Near]:
        """The likeliest meanings, from the surest kind of likeness to the least sure; the first kind that finds any."""

        def likely(nears: Iterable[Near]) -> list[Near]:
            return [near for near in nears if _may_be(near, text)]

        if short := likely(self._cut_short(text)):
            return short
        heard = likely(self._heard(text))
        long = [near for near in heard if near.end - near.start > _SHORTEST_STEM]
        return (
            long or likely(self._stemmed(text)) or likely(self._lived_in(text)) or heard or likely(self._one_off(text))
        )

    def _cut_short(self, text: str) -> Iterator[Near]:
        """东安三 for 东安三村, 徐汇世家 for 徐汇世家花园."""
        for start, end in _windows(text, shortest=_SHORTEST_STEM):
            name = self._short.get(text[start:end])
            goes_on = text[end : end + 1] in "周号弄个天楼层年月" if end < len(text) else False
            if name is not None and not (goes_on and text[end - 1] in _NUMERALS):
                yield Near(name=name, start=start, end=end)

    def _stemmed(self, text: str) -> Iterator[Near]:
        """零陵近大木桥, 零陵200弄: a road without its last character, beside another road or a number."""
        yield from self._paired(text)
        for found in self._single_stem.finditer(text):
            if self._is_road(text, found):
                yield Near(name=self._stems[found[0]], start=found.start(), end=found.end())

    def _is_road(self, text: str, found: re.Match[str]) -> bool:
        """Whether a road without its last character is meant: by what follows, or because nothing else begins there."""
        start, end = found.span()
        if _AFTER_ROAD.match(text, end):
            return True
        if _AFTER_STEM.match(text, end) and (found[0] not in _ALSO_ELSEWHERE or _begins(text, start)):
            return True
        return (
            (_begins(text, start) or len(found[0]) >= _SHORTEST_STEM)
            and found[0] not in _ALSO_ELSEWHERE
            and _NO_ROAD.match(text, end) is None
        )

    def _paired(self, text: str) -> Iterator[Near]:
        for found in self._pair.finditer(text):
            for side in ("a", "b"):
                yield Near(name=self._stems.get(found[side], found[side]), start=found.start(side), end=found.end(side))

    def _lived_in(self, text: str) -> Iterator[Near]:
        """科苑的业主 for 科苑新村: an estate of two characters beside people or things that only estates have."""
        for found in self._home.finditer(text):
            lived_in = _LIVED_IN.match(text, found.end()) is not None
            village = (
                self._estates[found[0]].endswith("新村")
                and found[0] not in _ALSO_ELSEWHERE
                and _AFTER_STEM.match(text, found.end()) is not None
            )
            if (lived_in or village) and _begins(text, found.start()):
                yield Near(name=self._estates[found[0]], start=found.start(), end=found.end())

    def _heard(self, text: str) -> Iterator[Near]:
        """凌零路 for 零陵路: what sounds the same, also to an ear from the south."""
        syllables = [_syllable(char) for char in text]
        end = 0
        for start, stop in _windows(text, shortest=_SHORTEST_STEM):
            if start < end or stop - start not in self._counts.get(syllables[start], ()):
                continue
            name = self._sounds.get("-".join(syllables[start:stop]))
            if name is not None and (stop - start > _SHORTEST_STEM or _ENDING.search(name)):
                end = stop
                yield Near(name=name, start=start, end=stop)

    def beside(self, text: str) -> list[Near]:
        """Roads told without their last character, or heard wrongly, beside another road."""
        told = [near for near in self._stemmed(text) if _may_be(near, text)]
        heard = [near for near in self._heard(text) if near.name.endswith(("路", "口")) and _may_be(near, text)]
        return told + [one for one in heard if not any(one.start < n.end and n.start < one.end for n in told)]

    def pairs(self, text: str) -> list[Near]:
        """The two roads of a crossing, told without their last characters: 田林跟古美交叉口."""
        return [near for near in self._paired(text) if _CROSS.match(text, near.end)][:2]

    def _one_off(self, text: str) -> Iterator[Near]:
        """One character of at least four wrong, missing or too many."""
        for start, end in _windows(text, shortest=_SHORTEST_STEM):
            part = text[start:end]
            if part[0] not in self._firsts and part[-1] not in self._lasts:
                continue  # one character is wrong, so that the first or the last is right
            name = self._holes.get(part) if len(part) > _SHORTEST_STEM else None  # a character is missing
            if name is None or not _harmless(set(name) - set(part)):
                wrong = ((self._holes.get(hole), left) for hole, left in _cut(part))
                name = next(
                    (one for one, left in wrong if one and len(one) == len(part) and _swap(one, part, left)), None
                )
            if name is not None:
                yield Near(name=name, start=start, end=end)


def _may_be(near: Near, text: str) -> bool:
    """What stands there as it is was refused already; a short name must begin where a place may be told."""
    said = text[near.start : near.end]
    if said == near.name:
        return False
    if near.name == f"{said}路":
        return True  # whoever found it has looked at what is around
    if near.name.endswith(_COMMITTEES):
        return _begins(text, near.start)
    long = near.end - near.start > _SHORTEST_STEM
    return (
        long or (near.name.endswith("路") and _GOES_ON.match(text, near.end) is not None) or _begins(text, near.start)
    )


def _begins(text: str, start: int) -> bool:
    """Whether a short name may begin here: at the start, after a mark, or after a word that leads to a place."""
    if start == 0 or text[start - 1] in _BEFORE or not "\u4e00" <= text[start - 1] <= "\u9fff":
        return True
    return text[start - 2 : start] in _POINTS


_POINTS = ("那个", "那只", "这个", "伊个", "我们", "阿拉", "你们")
_LIVED_IN = re.compile(r"(?:那边|这边)?的?(?:业主|物业|居民|住户|房子|楼道|楼下|楼上|门禁|电梯房)")
"""What follows the short name of an estate and seldom the same word in another meaning."""
_ESTATE_END = re.compile(r"(?:花园|花苑|家园|公寓|新村|小区|名苑)$")
_CROSS = re.compile(
    r"(?:近|靠近|靠|和|与|跟|同|交)[\u4e00-\u9fff]{2,4}?(?:交叉口|路口|交界|交汇|口子|拐角|转角)|交叉口|路口|交界|交汇|口子|拐角|转角"
)


def _contracted(road: str) -> str | None:
    """钦北 for 钦州北路, said of roads with a point of the compass."""
    return road[0] + road[2] if len(road) == 4 and road[2] in "东西南北中" else None


_COMMITTEES = ("居委会", "居委", "居民区", "居民委员会")
_BEFORE = "问在到从近靠和与去往住是于沿经过就下讲说叫"
_GOES_ON = re.compile(
    r"上(?!班|学|下)|[0-9]|口|那|这边|的(?:路|店|树|灯|房|人行)|近|靠|对面|门口|一带|沿线|附近|弄|地铁"
)
"""What follows a road that is told, and seldom follows anything that only sounds like one."""


def sound(name: str) -> str:
    """How a name sounds, each character by itself, when z and zh, n and ng are not told apart; tones do not count."""
    return "-".join(_syllable(char) for char in name)


_ALSO_READ = {"钥": "yue", "乐": "yue", "莘": "sen", "曝": "pu"}
"""Characters of names that people read in another way than the commonest."""


def _sounds(name: str) -> Iterator[str]:
    """How a name sounds, also when one of its characters is read in its other way."""
    syllables = [_syllable(char) for char in name]
    yield "-".join(syllables)
    for place, char in enumerate(name):
        if char in _ALSO_READ:
            yield "-".join((*syllables[:place], _ALSO_READ[char], *syllables[place + 1 :]))


@lru_cache(maxsize=8192)
def _syllable(char: str) -> str:
    return _merged(lazy_pinyin(char, errors="default")[0] if char else "")


def _merged(syllable: str) -> str:
    for sharp, flat in _MERGED:
        if syllable.startswith(sharp):
            syllable = flat + syllable[len(sharp) :]
    return syllable[:-1] if syllable.endswith("ng") else syllable


def _cut(name: str) -> Iterator[tuple[str, str]]:
    """The name without each of its characters, and that character."""
    for place, char in enumerate(name):
        yield name[:place] + "\x00" + name[place + 1 :], char
        yield name[:place] + name[place + 1 :], char


_GENERIC = re.compile(r"(?:新村|小区|花园|花苑|公寓|大厦|广场|家园|名苑|菜场|市集|公园|医院|小学|中学|幼儿园)$")


def _swap(name: str, part: str, left: str) -> bool:
    """Whether the two differ in one place, and in nothing that tells one place from another."""
    differing = [(a, b) for a, b in zip(name, part, strict=True) if a != b]
    ends_alike = len(name) > _SHORTEST_STEM + 1 or name[-1] == part[-1]
    if len(differing) != 1 or not ends_alike or left != differing[0][1] or not _harmless(set(differing[0])):
        return False
    begins_alike = _syllable(differing[0][0])[:1] == _syllable(differing[0][1])[:1]
    return begins_alike or len(_GENERIC.sub("", name)) >= _SHORTEST_STEM


def _harmless(chars: set[str]) -> bool:
    return not chars & _FIXED


def _shortened(name: str) -> Iterator[str]:
    if _NUMBERED.search(name):
        yield name[:-1]
    for end in _DROPPED:
        if name.endswith(end) and len(name) - len(end) >= _SHORTEST_STEM:
            yield name[: -len(end)]
    for end in _DROPPED_OF_LONG:
        if name.endswith(end) and len(name) - len(end) > _SHORTEST_STEM:
            yield name[: -len(end)]


def _windows(text: str, *, shortest: int) -> Iterator[tuple[int, int]]:
    """Every stretch of Chinese characters and digits, the longest first at each place."""
    marks = [
        -1,
        *(place for place, char in enumerate(text) if not ("\u4e00" <= char <= "\u9fff" or char.isdigit())),
        len(text),
    ]
    for before, after in pairwise(marks):
        for start in range(before + 1, after):
            for end in range(min(after, start + _LONGEST), start + shortest - 1, -1):
                yield start, end


def _single(pairs: Iterable[tuple[str, str]], places: Mapping[str, str]) -> dict[str, str]:
    """Likeness to name, where the names of only one place are so alike."""
    meant: dict[str, dict[str, str]] = defaultdict(dict)
    for likeness, name in pairs:
        meant[likeness].setdefault(places.get(name, name), name)
    return {likeness: next(iter(names.values())) for likeness, names in meant.items() if len(names) == 1}
