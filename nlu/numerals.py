"""Numbers as people write and say them: 35, 1.2万, 三千五, 一百零八, 两三百, 几十. Pure."""

import re
from dataclasses import dataclass

HAN_DIGITS = "零〇一二两三四五六七八九"
NUMERAL = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?[十百千万亿]{0,2}|[0-9]{1,12}(?:\.[0-9]{1,4})?[十百千万亿]{0,2}"
    r"|[零〇一二两三四五六七八九十百千万亿几数半俩仨]{1,12})"
)
"""A pattern for whatever `read` may understand; not everything that fits it is a number."""

_DIGIT = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_ARABIC = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)([十百千万亿]*)")
_FEW = 2
"""几 and 数 before a unit are at least two of it: 几十 is twenty and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A value; `at_least` for 几十, 两三百, 上千: the lowest that is meant."""

    value: float
    at_least: bool = False


def read(words: str) -> Number | None:
    """The number that `words`, all of it, says; None when it says none."""
    arabic = _ARABIC.fullmatch(words)
    if arabic is not None:
        return Number(value=_times(float(arabic[1].replace(",", "")), arabic[2]))
    if not words:
        return None
    if words in ("俩", "仨"):
        return Number(value=2 if words == "俩" else 3)
    if words == "半":
        return Number(value=0.5)
    if all(char in _DIGIT for char in words):
        return _digits(words)
    return _spoken(words)


def _times(value: float, units: str) -> float:
    for unit in units:
        value *= _UNIT.get(unit) or _LARGE[unit]
    return round(value, 4)


def _digits(words: str) -> Number:
    """二〇二六 is a row of digits; 两三 and 七八 are the lower of the two, and more."""
    values = [_DIGIT[char] for char in words]
    if len(values) == 2 and values[1] == values[0] + 1 and values[0] > 0:
        return Number(value=values[0], at_least=True)
    return Number(value=int("".join(map(str, values))))


def _spoken(words: str) -> Number | None:
    """Digits and units from the largest unit down."""
    total, part, digit, last, at_least = 0.0, 0.0, None, 0, False
    for place, char in enumerate(words):
        if char in "几数":
            at_least, digit = True, (_FEW if place + 1 < len(words) else 1)
        elif char in _DIGIT:
            if digit is not None and digit > 0 and _DIGIT[char] == digit + 1:
                at_least = True  # 两三百: the lower one counts
                continue
            if digit is not None and digit > 0:
                return None
            digit = _DIGIT[char]
        elif char in _UNIT:
            part += (1 if digit is None else digit) * _UNIT[char]
            digit, last = None, _UNIT[char]
        elif char in _LARGE:
            total += (part + (digit or 0) or 1) * _LARGE[char]
            part, digit, last = 0.0, None, _LARGE[char]
        else:
            return None
    return Number(value=total + part + _tail(words, digit, last, few=at_least), at_least=at_least)


def _tail(words: str, digit: int | None, last: int, *, few: bool) -> float:
    """A digit at the end: 三千五 is 3500, 十五 is 15, 一百零五 is 105; 十几 says no more than 十."""
    if digit is None:
        return 0.0
    if few and words[-1] in "几数":
        return float(digit)
    short = last >= 100 and len(words) > 1 and words[-2] not in "零〇"
    return digit * (last / 10 if short else 1)
