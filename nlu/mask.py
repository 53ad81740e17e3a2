"""Personal data in a normalised text: where it is, and the text with it hidden in its own shape.

Every pattern is bounded, so that the time is linear on any text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nlu.names import names


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Something personal in the text; half-open. `kind` is one of phone, id_card, bank_card, plate, name, door."""

    kind: str
    start: int
    end: int


_GAP = r"[-\s]?"
_DIGIT = re.compile(r"\d")
_ID_18 = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}{_GAP}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_GAP}\d{{3}}[\dXx](?![\dA-Za-z])"
)
_ID_15 = re.compile(r"(?<!\d)[1-9]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_CARD = re.compile(rf"(?<!\d)\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{3,4}}(?:{_GAP}\d{{1,3}})?(?!\d)")
_MOBILE = re.compile(rf"(?<![\d.])(?:(?:\+|00)?86{_GAP})?1\d\d[-\s.]?\d{{4}}[-\s.]?\d{{4}}(?!\d)")
_SPOKEN = re.compile(
    r"(?<![零〇一二三四五六七八九幺])[一幺](?:[，,、\s-]?[零〇一二三四五六七八九幺]){10}(?![零〇一二三四五六七八九幺])"
)
_LANDLINE = re.compile(rf"(?<!\d)\(?0\d{{2,3}}\)?{_GAP}[2-9]\d{{6,7}}(?!\d)")
_LOCAL = re.compile(r"(?:电话|座机|固话|来电|致电|联系方式|号码|[Tt][Ee][Ll])[^\d\n]{0,6}([2-9]\d{6,7})(?!\d)")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使][A-HJ-NP-Za-hj-np-z][·\-\s]?"
    r"[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳领](?![A-Za-z0-9])"
)
_N = r"[0-9一二三四五六七八九十百零〇]"
_DOOR = re.compile(
    rf"{_N}{{1,4}}(?:号楼|号|栋|幢|座){_N}{{1,2}}单元(?:{_N}{{1,5}}(?:室|户|房)?)?"
    rf"|(?:{_N}{{1,4}}(?:号楼|号|栋|幢|座|单元))?{_N}{{1,5}}(?:室|户|房(?![间价东租子产]))"
    r"|[0-9]{1,4}(?:号楼|号|栋|幢|座)[0-9]{3,4}(?![0-9弄号路年月日元人个户])"
    r"|(?<![-0-9])(?![48]00-)[0-9]{1,3}-[0-9]{1,3}-[0-9]{3,4}(?![-0-9])"
)
_ROOM = re.compile(rf"{_N}+(?=[^0-9一二三四五六七八九十百零〇]*$)")
_ID_CUE = re.compile(r"身份证|证件号|身份号")
_CARD_CUE = re.compile(r"卡号|账号|账户|帐号|银行卡|工资卡|储蓄卡")
_CUE_REACH = 12

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def spans(text: str) -> tuple[Span, ...]:
    """What is personal in a normalised text, in order, never overlapping."""
    taken: list[Span] = []
    free = bytearray(len(text))
    for found in _candidates(text):
        if not any(free[found.start : found.end]):
            free[found.start : found.end] = b"\x01" * (found.end - found.start)
            taken.append(found)
    return tuple(sorted(taken, key=lambda span: span.start))


def mask(text: str, found: Sequence[Span]) -> str:
    """The text with the spans hidden: 199****0000, 沪A***12, 张*, 3号楼***室. As long as before."""
    if not found:
        return text
    characters = list(text)
    for span in found:
        characters[span.start : span.end] = _hidden(span.kind, text[span.start : span.end])
    return "".join(characters)


def id_card_is_valid(number: str) -> bool:
    """Whether the last of 18 characters is the check digit of the first 17 (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == number[17].upper()


def luhn_is_valid(number: str) -> bool:
    """Whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _candidates(text: str) -> Iterator[Span]:
    """What may be personal, the surest kinds first: the first to take a character keeps it."""
    if _DIGIT.search(text):
        yield from _each("id_card", _ID_18.finditer(text), lambda m: _is_id(text, m))
        yield from _each("bank_card", _CARD.finditer(text), lambda m: _is_card(text, m))
        yield from _each("id_card", _ID_15.finditer(text), lambda m: _follows(_ID_CUE, text, m.start()))
        yield from _each("phone", _MOBILE.finditer(text))
        yield from _each("phone", _LANDLINE.finditer(text))
        yield from (Span(kind="phone", start=m.start(1), end=m.end(1)) for m in _LOCAL.finditer(text))
        yield from _each("plate", _PLATE.finditer(text), lambda m: any(c.isdigit() for c in m[0]))
    yield from _each("phone", _SPOKEN.finditer(text))
    yield from _each("door", _DOOR.finditer(text))
    yield from (Span(kind="name", start=start, end=end) for start, end in names(text))


def _each(
    kind: str, matches: Iterable[re.Match[str]], accept: Callable[[re.Match[str]], bool] = lambda _: True
) -> Iterator[Span]:
    return (Span(kind=kind, start=m.start(), end=m.end()) for m in matches if accept(m))


def _is_id(text: str, found: re.Match[str]) -> bool:
    return id_card_is_valid(re.sub(r"[-\s]", "", found[0])) or _follows(_ID_CUE, text, found.start())


def _is_card(text: str, found: re.Match[str]) -> bool:
    number = re.sub(r"[-\s]", "", found[0])
    return len(number) >= 15 and (luhn_is_valid(number) or _follows(_CARD_CUE, text, found.start()))


def _follows(cue: re.Pattern[str], text: str, start: int) -> bool:
    return cue.search(text, max(0, start - _CUE_REACH), start) is not None


def _hidden(kind: str, said: str) -> str:
    if kind == "door":
        return _ROOM.sub(lambda room: "*" * len(room[0]), said)
    places = [place for place, character in enumerate(said) if character.isalnum()]
    head, tail = _SHOWN[kind](len(places))
    hidden = set(places[head : len(places) - tail])
    return "".join("*" if place in hidden else character for place, character in enumerate(said))


_SHOWN: dict[str, Callable[[int], tuple[int, int]]] = {
    "phone": lambda n: (n - 8, 4) if n >= 11 else (2, 2),
    "id_card": lambda _: (3, 0),
    "bank_card": lambda _: (0, 4),
    "plate": lambda _: (2, 2),
    "name": lambda _: (1, 0),
}
"""How many characters stay at the head and at the tail, by how many there are."""
