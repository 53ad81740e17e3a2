"""What a resident's answer to "which of these streets?" means: a number, a name or part of one, or that they do not know."""

import re
import unicodedata
from collections.abc import Sequence

from city.types import Street

LONGEST = 12
"""A number in a longer answer is a house number or a floor, no choice."""
_LEAD = r"(?:我?选|是|在|就是|应该是|大概是|第|选项|答案)*"
_TAIL = r"(?:个|吧|呀|啊|的|哦|呢|街道|那个|那边)*"
_NUMBER = re.compile(rf"{_LEAD}(?P<number>[1-9一二三四两])(?:[)）.、])?{_TAIL}")
_PLACE_OF_WORD = (("前者", 0), ("前面", 0), ("前一个", 0), ("后者", -1), ("后面", -1), ("后一个", -1), ("最后", -1))
_DIGIT = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_MARKS = re.compile(r"[\s，。！？!?,.~…]+")
_ENDS = re.compile(r"(?:新村|路)?(?:街道|镇)$")
_NOT_KNOWN = re.compile(r"不知道|不清楚|不晓得|不确定|说不准|说不清|弄不清|勿晓得|勿清爽|都不是|不好说|忘了")


def chosen(answer: str, options: Sequence[Street]) -> str | None:
    """The code of the one option that the answer means; None when it means none, several, or something else.

    `options` in the order in which they were asked. An answer with a place of its own ("永嘉路口") is for the gazetteer.
    """
    said = _MARKS.sub("", unicodedata.normalize("NFKC", answer))
    if not said or _NOT_KNOWN.search(said):
        return None
    return _by_name(said, options) or (_by_number(said, options) if len(said) <= LONGEST else None)


def _by_name(said: str, options: Sequence[Street]) -> str | None:
    """By a whole name, else by the part before 路街道, 街道 or 镇, which is all that most people say."""
    whole = [one.code for one in options if any(_told(name, said, one) for name in (one.name, *one.aliases))]
    named = whole or [one.code for one in options if _told(_ENDS.sub("", one.name), said, one)]
    return named[0] if len(named) == 1 else None


def _told(name: str, said: str, option: Street) -> bool:
    """Whether the answer names it, and neither says that it is not it nor means a road or station called so."""
    place = said.find(name)
    if len(name) < 2 or place < 0 or said[:place].endswith(("不是", "不在", "不属于")):
        return False
    further = said[place + len(name) :][:1]
    return further not in ("路", "站") or option.name.startswith(name + further)


def _by_number(said: str, options: Sequence[Street]) -> str | None:
    found = _NUMBER.fullmatch(said)
    if found is not None:
        number = _DIGIT.get(found["number"]) or int(found["number"])
        return options[number - 1].code if number <= len(options) else None
    place = next((place for word, place in _PLACE_OF_WORD if word in said), None)
    return options[place].code if place is not None and options else None
