"""What speaks for and against a few characters being the name of a person: the features of nlu.name_model.

A candidate is a surname and one or two characters that given names are made of. Its features are short strings: how
usual its characters are in names, how the dictionary's words lie across it, and what stands left and right.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Range = tuple[int, int]
TITLES = frozenset(
    [
        "女士",
        "先生",
        "小姐",
        "阿姨",
        "师傅",
        "老师",
        "大爷",
        "大妈",
        "同志",
        "医生",
        "经理",
        "主任",
        "律师",
        "叔叔",
        "伯伯",
        "奶奶",
        "爷爷",
        "大姐",
        "大哥",
        "老伯",
        "老太",
        "老板",
        "警官",
        "教练",
        "护士",
        "校长",
        "科长",
        "所长",
        "局长",
        "书记",
        "阿婆",
        "爷叔",
        "姆妈",
        "某某",
        "队长",
        "站长",
        "会计",
        "同学",
        "老人",
        "太太",
        "妈妈",
        "爸爸",
        "大叔",
        "大婶",
        "阿公",
        "总",
        "工",
        "姐",
        "哥",
        "叔",
        "姨",
        "伯",
        "嫂",
        "婶",
        "某",
        "家",
        "氏",
        "姓",
        "老",
        "局",
        "处",
        "科",
        "队",
        "导",
        "医",
    ]
)
"""What follows a surname instead of a given name; who it is stays untold."""
EDGE = "^"
"""Stands for what is before a text and after it."""
NOBODY = TITLES | frozenset(
    [
        *(
            "高中",
            "全科",
            "房东",
            "单位",
            "商家",
            "包厢",
            "万元",
            "左右",
            "左拐",
            "满族",
            "东门",
            "孙子",
            "孙女",
            "车主",
            "农行",
            "张卡",
            "呵呵",
            "哈哈",
            "嘻嘻",
            "原因",
            "其家",
            "权威",
            "小巷",
            "小雨",
            "小狗",
            "小猫",
        ),
        *(
            "周二",
            "周三",
            "周四",
            "周五",
            "周六",
            "周日",
            "哥哥",
            "姐姐",
            "弟弟",
            "妹妹",
            "爷爷",
            "奶奶",
            "公公",
            "婆婆",
            "舅舅",
            "叔叔",
            "姑姑",
            "伯伯",
        ),
        *(
            "姥姥",
            "太太",
            "宝宝",
            "天天",
            "常常",
            "人人",
            "家家",
            "星星",
            "小区",
            "小孩",
            "小学",
            "小时",
            "小店",
            "小心",
            "小便",
            "小吃",
            "小车",
            "小路",
        ),
    ]
)
"""Words that stand where names do, often before a title: 高中老师."""
PLACE_ENDS = frozenset("路街弄巷村镇区岛湾寮")
_PLACES = "路|街|道|岛|公司|集团|小区|花园|店|酒店|大厦|广场|医院|学校|幼儿园|派出所|村|镇|区|期|栋|社区|诊所|超市|市场|银行|苑|府|城|园|坊|馆|桥|港|站"
PLACE_WORDS = tuple(_PLACES.split("|"))
FURTHEST = 4
_PLACE = re.compile(rf"[\u4e00-\u9fff]{{0,{FURTHEST}}}?({_PLACES})")
"""A word for a place or a firm within five characters: what stands before may be its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """Surnames of two characters, given names of two that many people bear, words for people that names follow;
    the part of speech (one letter) of usual words; and for each character its level 0-9 as a surname, as first, last
    and only given one."""

    compound: frozenset[str]
    given: frozenset[str]
    people: frozenset[str]
    speech: Mapping[str, str]
    surname: Mapping[str, int]
    first: Mapping[str, int]
    last: Mapping[str, int]
    only: Mapping[str, int]
    begins: re.Pattern[str] = field(init=False, compare=False, repr=False)
    """Where a candidate can begin: one character, its next one looked at."""

    def __post_init__(self) -> None:
        nexts = "".join({*self.only, *self.first, *(one[1] for one in self.compound)})
        only, firsts = "".join(self.only), "".join({one[0] for one in self.given})
        pattern = rf"[{''.join(self.surname)}](?=[{nexts}])|[小阿{firsts}](?=[{only}])|(.)(?=\1)"
        object.__setattr__(self, "begins", re.compile(pattern))


def candidates(text: str, alphabet: Alphabet) -> Iterator[Range]:
    """Half-open ranges that may be names, by their characters alone."""
    surname, only, first, last = alphabet.surname, alphabet.only, alphabet.first, alphabet.last
    text_of = text.__getitem__
    for found in alphabet.begins.finditer(text):
        start = found.start()
        pair = text[start : start + 2]
        if text_of(start) in surname:
            afters = (start + 1, start + 2) if pair in alphabet.compound else (start + 1,)
            for given in afters:
                two = text[given : given + 2]
                if not two:
                    continue
                if two[0] in only and two[0] not in TITLES and text[start : given + 1] not in NOBODY:
                    yield start, given + 1
                if two[0] in first and two[1:] in last and two not in TITLES and two[1] not in PLACE_ENDS:
                    yield start, given + 2
        elif (
            pair[1:] in only
            and (pair[0] == pair[1] or pair[0] in "小阿" or pair in alphabet.given)
            and pair not in NOBODY
        ):
            yield start, start + 2


def word_starts(words: Sequence[str]) -> list[int]:
    """For each character where its word starts; one more for the end."""
    starts: list[int] = []
    place = 0
    for word in words:
        length = len(word)
        if length == 1:
            starts.append(place)
        else:
            starts += [place] * length
        place += length
    starts.append(place)
    return starts


def features(text: str, found: Range, starts: Sequence[int], alphabet: Alphabet) -> list[str]:
    """All features of one candidate; `text` holds 0 for every digit and a for every Latin letter."""
    shape, own = its_own(text[found[0] : found[1]], alphabet)
    return [*own, *around(text, found, shape, starts, alphabet)]


def its_own(said: str, alphabet: Alphabet) -> tuple[str, list[str]]:
    """How many characters are surname and given name, and what these speak for, wherever they stand."""
    long = said[:2] in alphabet.compound and len(said) > 2
    surname = said[:2] if long else said[:1]
    if surname not in alphabet.surname and not long:
        surname = ""
    given = said[len(surname) :]
    shape = f"{len(surname)}{len(given)}"
    out = [f"s{surname}", f"e{shape}{alphabet.surname.get(surname, 5)}"]
    if not surname and said not in alphabet.given:
        kind = "=" if said[0] == said[1] else said[0]
        out += [f"n{kind}{alphabet.only[said[1]]}", f"N{kind}{alphabet.surname.get(said[1], 0)}"]
    elif len(given) == 1:
        out.append(f"a{shape}{alphabet.only[given]}")
    else:
        one, two = alphabet.first.get(given[0], 0), alphabet.last.get(given[1], 0)
        out += [f"b{shape}{one}", f"c{shape}{two}", f"d{shape}{one + two}"]
        if given in alphabet.given:
            out.append("G" + shape)
    if said in alphabet.speech:
        out.append("D" + alphabet.speech[said])
    return shape, out


def across_words(text: str, found: Range, starts: Sequence[int]) -> Iterator[str]:
    """What words of the dictionary say: the candidate is one, or one reaches across its edge."""
    start, end = found
    if starts[start] != start:
        yield "X" + text[starts[start] : start + 1]
    if starts[end] != end:
        yield "Y" + text[end - 1 : end + 1]
    elif starts[start] == start and starts[end - 1] == start:
        yield "W" + text[start:end]
    elif starts[end - 1] == end - 2:
        yield "V" + text[end - 2 : end]


def around(text: str, found: Range, shape: str, starts: Sequence[int], alphabet: Alphabet) -> Iterator[str]:
    """How words lie across it, and what stands left and right: characters, parts of speech, words for people."""
    start, end = found
    laid, before, after = laid_across(starts, start, end), text[max(0, start - 3) : start], text[end : end + 3]
    left, right = class_before(before), class_after(after)
    yield from across_words(text, found, starts)
    yield from left_of(before)
    yield from right_of(after)
    yield from by_shape(shape, laid, left, right)
    yield from by_speech(shape, speech_before(text, start, starts, alphabet), speech_after(text, end, starts, alphabet))
    if is_person(before, alphabet):
        yield from after_person(shape, right)
    yield from before_place(text, end, shape)
    yield from going_on(text, found, alphabet)


def left_of(before: str) -> Iterator[str]:
    """What up to three characters before it say."""
    yield "l" + (before[-1:] or EDGE)
    if len(before) > 1:
        yield "m" + before[-2:]
        yield "k" + before


def right_of(after: str) -> Iterator[str]:
    """What up to three characters after it say."""
    yield "r" + (after[:1] or EDGE)
    if len(after) > 1:
        yield "q" + after[:2]
        yield "p" + after


def by_shape(shape: str, laid: str, left: str, right: str) -> Iterator[str]:
    """How words lie across it, and the classes of what stands left and right."""
    yield "t" + shape + laid
    yield "x" + left + right
    yield "y" + shape + left + laid
    yield "z" + shape + right + laid


def by_speech(shape: str, left: str, right: str) -> Iterator[str]:
    """The parts of speech left and right."""
    yield "S" + left + right
    yield "T" + shape + left
    yield "U" + shape + right


def is_person(before: str, alphabet: Alphabet) -> bool:
    """Whether a word for people stands before it."""
    return before[-2:] in alphabet.people or before in alphabet.people


def after_person(shape: str, right: str) -> Iterator[str]:
    """What a word for people before it says."""
    yield "R" + shape
    yield "R" + shape + right


def before_place(text: str, end: int, shape: str) -> Iterator[str]:
    """What a word for a place soon after it says."""
    if place := _PLACE.match(text, end):
        yield f"P{place.end() - end}"
        yield f"P{shape}{place[1]}"


def going_on(text: str, found: Range, alphabet: Alphabet) -> Iterator[str]:
    """Whether a longer name is possible."""
    start, end = found
    if end - start == 2 and text[end : end + 1] in alphabet.last and text[end - 1] in alphabet.first:
        yield f"g{alphabet.first[text[end - 1]] + alphabet.last[text[end]]}"


def class_before(before: str) -> str:
    """The class of the character before it."""
    return _class(before[-1:] or EDGE)


def class_after(after: str) -> str:
    """The class of the character after it."""
    return _class(after[:1] or EDGE)


def laid_across(starts: Sequence[int], start: int, end: int) -> str:
    """How the words of the dictionary lie: how many characters of a word stand out left, the inner cuts, right."""
    left = start - starts[start]
    inner = "|" if starts[start + 1] == start + 1 else "-"
    for place in range(start + 2, end):
        inner += "|" if starts[place] == place else "-"
    return _LEFT[min(left, 2)] + inner + ("0" if starts[end] == end else "1")


_LEFT = "012"


def _class(character: str) -> str:
    """^ for the edge of the text, h for Han, 0, a, blank, else p for a mark."""
    if character == EDGE:
        return EDGE
    if "\u4e00" <= character <= "\u9fff":
        return "、" if character in "和跟与及" else "h"
    if character in "0a ":
        return character
    return "、" if character == "、" else "p"


def speech_before(text: str, start: int, starts: Sequence[int], alphabet: Alphabet) -> str:
    """The part of speech of the word that ends there; ? when one goes on, its class when it is no word."""
    if start == 0 or starts[start] != start:
        return EDGE if start == 0 else "?"
    word = text[starts[start - 1] : start]
    return alphabet.speech.get(word, "").lower() or _class(word[-1])


def speech_after(text: str, end: int, starts: Sequence[int], alphabet: Alphabet) -> str:
    """The part of speech of the word that begins there."""
    if end == len(text) or starts[end] != end:
        return EDGE if end == len(text) else "?"
    last = end + 1
    while last < len(text) and starts[last] == end:
        last += 1
    word = text[end:last]
    return alphabet.speech.get(word, "").lower() or _class(word[0])
