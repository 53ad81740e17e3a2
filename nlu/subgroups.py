"""How good a model is on parts of its texts: short and long, by channel, by how old people speak, and with noise.

The parts are told by the words alone, so that they can be told of any text; each has its share of right answers with a
95 % interval (Wilson). A part with few texts says little, and its wide interval shows it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nlu.intervals import wilson
from nlu.normalise import clean
from nlu.out_of_fold import OutOfFold

LENGTHS: tuple[tuple[int, str], ...] = ((20, "不超过20字"), (60, "21至60字"), (150, "61至150字"))
"""The longest of each part, in characters without spaces; what is longer is the last part."""
LONGEST = "超过150字"
_ELDERLY = re.compile(
    r"(?:我|本人)(?:今年)?(?:都|已经|已)?[七八九6-9六][十0-9][一二三四五六七八九]?[多几]?(?:岁|了)"
    r"|我(?:是|一个|们)?(?:个)?(?:老人家?|老太婆?|老太太|老头子?|老伯|老年人|孤老)|老伴|阿拉老(?:人|太|头)|年纪大了|岁数大了|上了年纪"
    r"|(?:眼睛|耳朵|腿脚|手脚)(?:也)?(?:不好|不便|不灵|花了|背)|不会(?:用|弄|搞)(?:手机|智能|微信|电脑)|退休(?:工人|教师|职工)"
)
_FILLER = re.compile(
    r"呃|(?:嗯|啊|哎|喂)[，,、。 ]|(?:那个|就是|这个)[，,、]?(?:那个|就是|这个)|(.)\1{3,}|侬|阿拉|伊拉|勿要"
)
_MARKS = re.compile(r"[，。！？；、,.!?;\n]")
_LONG_BREATH = 25
"""So many characters without a single mark are a recognised speech or a message in haste."""


def subgroups(texts: Sequence[str], channels: Sequence[str | None], told: OutOfFold) -> tuple[dict[str, Any], ...]:
    """{kind, name, n, accuracy, low, high} of each part that has a text, in the order of the kinds."""
    right = told.truth == told.best
    places: dict[tuple[str, str], list[int]] = {}
    for place, (text, channel) in enumerate(zip(texts, channels, strict=True)):
        for part in parts_of(text, channel):
            places.setdefault(part, []).append(place)
    found = []
    for kind, name in sorted(places, key=_order):
        own = np.asarray(places[kind, name])
        n_right = int(right[own].sum())
        low, high = wilson(n_right, len(own))
        figures = {"accuracy": round(n_right / len(own), 4), "low": round(low, 4), "high": round(high, 4)}
        found.append({"kind": kind, "name": name, "n": len(own), **figures})
    return tuple(found)


def parts_of(text: str, channel: str | None = None) -> Iterable[tuple[str, str]]:
    """The parts that a raw text belongs to, as (kind, name)."""
    n = sum(not character.isspace() for character in text)
    yield "length", next((name for most, name in LENGTHS if n <= most), LONGEST)
    if channel:
        yield "channel", channel
    yield "phrasing", "老年人口吻" if _ELDERLY.search(text) else "其他口吻"
    yield "noise", "有杂音" if is_noisy(text) else "书写规整"


def is_noisy(text: str) -> bool:
    """Whether it is written as people type in haste or as speech is recognised: no marks for long, fillers, dialect,
    repeated characters, traditional characters, full width or emoji."""
    if _FILLER.search(text):
        return True
    made = clean(text)
    if made.text != " ".join(text.split()) and len(made.text) >= len(text.strip()) - 2:
        return True  # as long as before but with other characters: traditional or of full width
    if any(ord(character) >= 0x1F000 or 0x2600 <= ord(character) < 0x27C0 for character in text):
        return True
    return max((len(piece) for piece in _MARKS.split(text)), default=0) > _LONG_BREATH


_KINDS = ("length", "channel", "phrasing", "noise")
_LENGTH_NAMES = [*(name for _, name in LENGTHS), LONGEST]


def _order(part: tuple[str, str]) -> tuple[int, int, str]:
    kind, name = part
    return _KINDS.index(kind), _LENGTH_NAMES.index(name) if kind == "length" else 0, name
