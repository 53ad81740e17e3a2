"""Text with invented names in it, made of the pack's own corpus: what the recogniser of names learns from.

Everything is drawn from one seeded generator, so the same corpus gives the same text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from nlu.corpus import Example
from tools import name_words as words

OPEN, CLOSE = "\ue000", "\ue001"
"""Around a name in a generated text; they lie in the private use area and are taken out again."""
_MARKED = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
_SHARE_WITHOUT_MARKS = 0.12
_SHARE_WITH_BLANKS = 0.04
_TRAPS = 4
"""How often a sentence without names is seen, to stand against the many names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A message and the half-open ranges of the names in it."""

    text: str
    names: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Words of two characters that may be names; given names, the most usual first; characters that
    are seldom anywhere; words that look like names."""

    words: tuple[str, ...]
    given: tuple[str, ...]
    seldom: str
    alike: tuple[str, ...]


class Names:
    """Draws invented names: usual and unusual ones, some that are words."""

    def __init__(self, random: Random, stock: Stock) -> None:
        self._random = random
        self.stock = stock
        self._words = [word for word in stock.words if set(word) <= set(words.GIVEN)]
        surnames = words.COMMON_SURNAMES + words.RARE_SURNAMES
        self._with_surname = [word for word in stock.words if word[0] in surnames and word[1] in words.GIVEN[:150]]

    def surname(self) -> str:
        drawn = self._random.random()
        if drawn < 0.03:
            return self._random.choice(words.COMPOUND_SURNAMES)
        if drawn < 0.5:
            return self._random.choice(words.COMMON_SURNAMES[:24])
        if drawn < 0.78:
            return self._random.choice(words.COMMON_SURNAMES)
        return self._random.choice(words.RARE_SURNAMES)

    def given(self) -> str:
        drawn = self._random.random()
        if drawn < 0.24:
            return self._character()
        if drawn < 0.29:
            return self._character() * 2
        if drawn < 0.34:
            return self._random.choice(self._words)
        if drawn < 0.64:
            return self.stock.given[int(len(self.stock.given) * self._random.random() ** 2)]
        return self._character() + self._character()

    def name(self) -> str:
        drawn = self._random.random()
        if drawn < 0.07:
            return self.without_surname()
        if drawn < 0.10:
            return self._random.choice(self._with_surname)
        return self.surname() + self.given()

    def without_surname(self) -> str:
        """As a family calls somebody: 建国, 豆豆, 小宇, 阿芳."""
        match self._random.randrange(4):
            case 0:
                return self._character() * 2
            case 1:
                return self._random.choice("小小阿") + self._without_surnames()
            case _:
                return self.stock.given[int(len(self.stock.given) * self._random.random() ** 2)]

    def _without_surnames(self) -> str:
        while (character := self._character()) in words.COMMON_SURNAMES:
            pass
        return character

    def _character(self) -> str:
        drawn = self._random.random()
        if drawn < 0.08:
            return self._random.choice(self.stock.seldom)
        if drawn < 0.55:
            return self._random.choice(words.GIVEN[:150])
        return self._random.choice(words.GIVEN)


def texts(messages: Sequence[str], stock: Stock, *, copies: int, seed: int) -> Iterator[Text]:
    """Each message as it is, and `copies` of it with names put in where people are spoken of."""
    random = Random(seed)
    names = Names(random, stock)
    for message in messages:
        yield _unmarked(_titled(message, names, random))
        for _ in range(copies):
            changed = message
            for _ in range(random.choice((1, 1, 2, 2, 3))):
                changed = random.choice(_CHANGES)(changed, names, random)
            yield _unmarked(_spoiled(_titled(changed, names, random), random))


def told(contexts: Sequence[str], traps: Sequence[str], stock: Stock, *, copies: int, seed: int) -> Iterator[Text]:
    """Each written sentence with `copies` of drawn names in its slots; each sentence without names, spoiled too."""
    random = Random(seed)
    names = Names(random, stock)
    for context in contexts:
        for _ in range(copies):
            yield _unmarked(_spoiled(_titled(_filled(context, names, random), names, random), random))
    for trap in traps:
        for _ in range(_TRAPS):
            yield _unmarked(_spoiled(trap, random))


def elsewhere(examples: Sequence[Example], stock: Stock, *, seed: int) -> Iterator[str]:
    """The examples, half of them as if they came from another city: with other roads, estates and villages."""
    random = Random(seed)
    for example in examples:
        text = example.text
        places = [one for one in example.entities if one.kind == "place"] if random.random() < 0.5 else []
        for place in sorted(places, key=lambda one: -one.start):
            text = text[: place.start] + _invented_place(stock, random) + text[place.end :]
        yield text


def _invented_place(stock: Stock, random: Random) -> str:
    """A road, an estate, a firm or several in a row, named with the characters of names and surnames."""
    parts = random.choice((1, 1, 2))
    letters = words.GIVEN + words.COMMON_SURNAMES + words.RARE_SURNAMES
    return "".join(
        (
            random.choice(stock.given)
            if random.random() < 0.3
            else "".join(random.choice(letters) for _ in range(random.choice((1, 2, 2, 2, 3))))
        )
        + random.choice(words.PLACES)
        for _ in range(parts)
    )


def _unmarked(text: str) -> Text:
    out: list[str] = []
    found, length, after = [], 0, 0
    for name in _MARKED.finditer(text):
        before = text[after : name.start()]
        out += [before, name[1]]
        length += len(before)
        found.append((length, length + len(name[1])))
        length += len(name[1])
        after = name.end()
    return Text(text="".join([*out, text[after:]]), names=tuple(found))


def _filled(pattern: str, names: Names, random: Random) -> str:
    """The pattern with names, numbers and a surname for its marks; now and then somebody without a given name."""
    surname = names.surname()
    if random.random() < 0.22:
        return _numbers(pattern.replace("{S}", surname).replace("{N}", _nameless(names, random)), random)
    first = True
    pattern = pattern.replace("{G}", f"{OPEN}{names.without_surname()}{CLOSE}")
    while "{N}" in pattern:
        name = surname + names.given() if first and "{S}" in pattern else names.name()
        pattern = pattern.replace("{N}", f"{OPEN}{name}{CLOSE}", 1)
        first = False
    return _numbers(pattern.replace("{S}", surname), random)


def _nameless(names: Names, random: Random) -> str:
    match random.randrange(8):
        case 0 | 7:
            return names.surname() + random.choice(words.TITLES)
        case 1:
            return random.choice(("老", "小", "阿")) + names.surname()
        case 2:
            return random.choice(words.ROLES)
        case 3:
            return _invented_place(names.stock, random)
        case 4 | 5 | 6:
            return random.choice(names.stock.alike)
        case _:
            return random.choice(words.KIN)


def _numbers(text: str, random: Random) -> str:
    phone = f"1990000{random.randrange(10_000):04d}"
    return text.replace("{P}", phone).replace("{I}", "110101190001010014").replace("{B}", "6200000000000000000")


def _first(text: str, names: Names, random: Random) -> str:
    return _filled(random.choice(words.FIRST), names, random) + text


def _last(text: str, names: Names, random: Random) -> str:
    return text.rstrip("。！？，") + _filled(random.choice(words.LAST), names, random)


def _middle(text: str, names: Names, random: Random) -> str:
    places = [found.end() for found in re.finditer("[，。；！？]", text)]
    place = random.choice(places) if places else 0
    said = _filled(random.choice(words.MIDDLE), names, random)
    if random.random() < 0.5:
        said = random.choice(words.ROLES) + said if said.startswith(OPEN) else said
    return text[:place] + said + text[place:]


def _replaced(pattern: str, shape: str) -> Callable[[str, Names, Random], str]:
    """A change that puts `shape` for one place where the pattern stands; {0} is what stood there."""
    compiled = re.compile(pattern)

    def change(text: str, names: Names, random: Random) -> str:
        found = [
            one
            for one in compiled.finditer(text)
            if text.count(OPEN, 0, one.start()) == text.count(CLOSE, 0, one.start())
        ]
        if not found:
            return _middle(text, names, random)
        one = random.choice(found)
        return text[: one.start()] + _filled(shape.replace("{0}", one[0]), names, random) + text[one.end() :]

    return change


_PERSON = "|".join(sorted({*words.ROLES, *words.KIN}, key=len, reverse=True))
_CHANGES: tuple[Callable[[str, Names, Random], str], ...] = (
    _first,
    _first,
    _last,
    _middle,
    _middle,
    _replaced("(?<![其们])[他她](?!们)", "{N}"),
    _replaced("(?<![其们])[他她](?!们)", "{N}"),
    _replaced("[他她]们|人家|有人|大家", "{N}和{N}"),
    _replaced("[他她]们|有些人|几个人|有人", "{N}、{N}"),
    _replaced(_PERSON, "{0}{N}"),
    _replaced(_PERSON, "{0}{N}"),
    _replaced("|".join(words.KIN), "{0}{G}"),
    _replaced(_PERSON, "{N}"),
    _replaced(_PERSON, "{0}叫{N}，"),
    _replaced("(?:^|(?<=[，。！？；]))我(?![们家的])", "我{N}"),
    _replaced("(?:^|(?<=[，。！？；]))我(?![们家的])", "{N}"),
    _replaced("(?:^|(?<=[，。！？；]))我(?![们家的])", "我是{N}，我"),
    _replaced("有人|有个人|某人|一个人", "{N}"),
    _replaced("我家|他家|人家|她家", "{N}家"),
    _replaced("楼上|楼下|隔壁|对门|对面", "{0}{N}"),
    _replaced("楼上|楼下|隔壁|对门|对面", "{0}{N}家"),
    _replaced("(?<=[跟和找给被把让问向叫同对帮替])(?:我|他|她|你们|人家)", "{N}"),
)
_TITLED = re.compile(f"[{words.COMMON_SURNAMES}](?:女士|先生|小姐|阿姨|师傅|老师|医生|律师|大爷|经理)")


def _titled(text: str, names: Names, random: Random) -> str:
    """Some people with a title get a given name; some names get a title."""
    if random.random() < 0.5:
        text = _TITLED.sub(lambda one: f"{OPEN}{one[0][0]}{names.given()}{CLOSE}{one[0][1:]}", text)
    if random.random() < 0.15:
        text = text.replace(CLOSE, CLOSE + random.choice(words.FULL_TITLES), 1)
    return text


def _spoiled(text: str, random: Random) -> str:
    """As recognised speech comes: without marks, or with blanks between words."""
    drawn = random.random()
    if drawn < _SHARE_WITHOUT_MARKS:
        return re.sub("[，。！？；：、“”]", "", text)
    if drawn < _SHARE_WITHOUT_MARKS + _SHARE_WITH_BLANKS:
        return re.sub("[，。！？；：、]", " ", text).replace(OPEN, " " + OPEN).replace(CLOSE, CLOSE + " ")
    return text
