"""Telephones, identity cards and bank cards in a normalised text, in figures or spoken (幺三八…), whole or in groups.

A number is read group by group: groups of digits that only a blank, a dash, a comma or a short "嗯" parts belong
together when what they make is a number of a known kind. At most 21 digits are joined, so the time is linear.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Found = tuple[str, int, int]
"""Kind, first character, and the one after the last."""

_DIGITS = "0-9零〇一二三四五六七八九幺两洞拐勾"
_GROUP = re.compile(r"[0-9]+|[零〇一二三四五六七八九幺两洞拐勾]+")
_FIGURES = str.maketrans("零〇一二三四五六七八九幺两洞拐勾", "0012345678912079")
"""As people read figures out; 洞 拐 勾 are the railway's and the army's 0, 7 and 9."""
_SOFT = re.compile(r"[-—–－_\s.·()（）]{0,3}")
_HARD = re.compile(r"[，,、。…\s]{0,2}(?:嗯|啊|呃|额|哦|诶)?[，,、。…\s]{0,2}")
_MOST_DIGITS = 21
_LEAST_DIGITS = 7
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_BORN = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_18 = re.compile(rf"[1-9]\d{{5}}{_BORN}\d{{3}}[\dX]")
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|[78]1|8[23]")
"""With a province and a day of birth in their places, 18 digits in a row are a card that somebody mistyped."""
_ID_15 = re.compile(r"[1-9]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_MOBILE = re.compile(r"(?:(?:00)?86)?1\d{10}")
_LANDLINE = re.compile(r"(?:(?:00)?86)?(?:0?10|0?2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7}")
_SERVICE = re.compile(r"[48]00\d{7}|9[56]\d{3,6}|1(?:10|19|20|22|23\d{2})")
"""Numbers of services: nobody's own."""
_ID = re.compile(r"身份证|身份号|证件号|证号|身份信息|证件")
_CARD = re.compile(
    r"卡号|账号|账户|帐号|帐户|银行|[行商]卡|工资卡|储蓄卡|信用卡|借记卡|社保卡|卡上|卡里|我卡|的卡|这张卡|卡[是为:：]?\s?(?=[0-9])"
)
_PHONE = re.compile(
    r"电话|手机|座机|固话|来电|致电|联系|联络|号码|宅电|拨|打|家里|家中|单位|传真|小灵通|微信|本机|[Tt][Ee][Ll]|[Pp]hone"
)
_NEAR = re.compile(
    r"(?:电话|手机|座机|固话|手机号|联系方式|联系|致电|拨打|号码|宅电|[Tt][Ee][Ll])(?:号码?)?(?:是|为|打)?[\s:：，,（(]{0,2}"
)
_OTHER = re.compile(
    r"(?:订单|运单|工单|发票|取件|快递|受理|合同|凭证|执照|许可证?)(?:号码?|编号|代码)?|[单户表案文货批工学房栋车门]号|编号|流水号?|代码|序列号?|"
    r"条码|金额|工龄|版本|[Qq][Qq]"
)
_UNIT_AFTER = re.compile(r"\s?(?:[元块万亿人次户天年月日米吨度个家名平%％号期路弄]|公里|千米|平方|小时|分钟)")
_EXTENSION = re.compile(r"[，,\s]?(?:转|分机号?|-)\s?(?:分机)?\d{1,6}(?!\d)")
_TAIL = re.compile(
    r"(?:尾号|[后末]四位|[后末]4位|[后末]六位|[后末]6位)(?:数字?)?(?:[是为:：]|分别是)?\s?([0-9]{3,5}[0-9Xx]|[零〇一二三四五六七八九幺]{4,6})(?![0-9])"
)
_TAIL_OF_ID = re.compile(r"身份证|证件|证号")
_TAIL_OF_PHONE = re.compile(r"电话|手机|来电|号码")
_HALF_HIDDEN = re.compile(r"(?<!\d)1\d{2}[*×xX]{4,8}\d{2,4}(?!\d)")
_REACH = 14
_WIDEST_GAP = 5
_LONG_ENOUGH = re.compile(rf"(?:[{_DIGITS}][^{_DIGITS}]{{0,{_WIDEST_GAP}}}){{{_LEAST_DIGITS - 1}}}[{_DIGITS}]")
"""So many digits that near one another stand in every text that holds a number."""
_FOR_GOOD = 2
_X = re.compile(r"[-\s]?[Xx](?![A-Za-z])")
_LOCAL_SHAPES = ([7], [8], [4, 4], [3, 4])


@dataclass(slots=True, kw_only=True)
class _Number:
    """Groups read as one number. `parts` holds their lengths; `hard`: a comma or a word parts some."""

    start: int
    end: int
    digits: str
    parts: list[int]
    hard: bool
    spoken: bool


class _Text:
    """A text with the places of the words that announce numbers, found once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._ends = {cue: [found.end() for found in cue.finditer(text)] for cue in (_ID, _CARD, _PHONE, _NEAR, _OTHER)}

    def nearest(self, cue: re.Pattern[str], before: int) -> int:
        """Where the last such word before that place ends; -1 when there is none within reach."""
        ends = self._ends[cue]
        place = bisect_right(ends, before) - 1
        return ends[place] if place >= 0 and before - ends[place] <= _REACH else -1

    def told(self, cue: re.Pattern[str], before: int) -> bool:
        return self.nearest(cue, before) >= 0

    def of_something_else(self, before: int) -> bool:
        """Whether the nearest word announces another number than a person's."""
        other = self.nearest(_OTHER, before)
        return other >= 0 and other >= max(self.nearest(cue, before) for cue in (_NEAR, _ID, _CARD))


def personal_numbers(text: str) -> Iterator[Found]:
    """Phones, identity cards and bank cards; those found first in a place are the surest."""
    if _LONG_ENOUGH.search(text):
        cues = _Text(text)
        for run in _runs(text):
            if sum(end - start for start, end in run) >= _LEAST_DIGITS:
                yield from _in_run(cues, run)
    yield from _tails(text)
    yield from (("phone", m.start(), m.end()) for m in _HALF_HIDDEN.finditer(text))


def _runs(text: str) -> Iterator[list[tuple[int, int]]]:
    """Groups of digits that may belong together: what parts them is short."""
    run: list[tuple[int, int]] = []
    for found in _GROUP.finditer(text):
        if run and found.start() - run[-1][1] > _WIDEST_GAP:
            yield run
            run = []
        run.append(found.span())
    if run:
        yield run


def id_card_is_valid(number: str) -> bool:
    """Whether the last of 18 characters is the check digit of the first 17 (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == number[17].upper()


def luhn_is_valid(number: str) -> bool:
    """Whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _in_run(text: _Text, run: Sequence[tuple[int, int]]) -> Iterator[Found]:
    gaps = [_gap(text.text[left:right]) for (_, left), (right, _) in pairwise(run)]
    place = 0
    while place < len(run):
        found = _longest(text, run, gaps, place)
        if found is None:
            place += 1
            continue
        yield found
        while place < len(run) and run[place][0] < found[2]:
            place += 1


def _gap(between: str) -> int:
    """How firmly that parts two groups: 0 softly, 1 as a comma does, 2 for good."""
    return 0 if _SOFT.fullmatch(between) else 1 if _HARD.fullmatch(between) else 2


def _longest(text: _Text, run: Sequence[tuple[int, int]], gaps: Sequence[int], first: int) -> Found | None:
    """The longest number that starts with that group."""
    start, end = run[first]
    if text.text[start - 1 : start].isascii() and text.text[start - 1 : start].isalpha():
        return None  # a part of a code
    number = _Number(start=start, end=start, digits="", parts=[], hard=False, spoken=False)
    best = None
    for place in range(first, len(run)):
        if place > first:
            if gaps[place - 1] == _FOR_GOOD:
                break
            number.hard = number.hard or gaps[place - 1] == 1
        begins, end = run[place]
        if len(number.digits) + end - begins > _MOST_DIGITS:
            break
        said = text.text[begins:end]
        number.digits += said.translate(_FIGURES)
        number.spoken = number.spoken or not said.isascii()
        number.parts.append(end - begins)
        number.end = end
        if len(number.digits) >= _LEAST_DIGITS and (len(number.parts) == 1 or _said_in_groups(number)):
            best = _known(text, number) or best
    return best


def _said_in_groups(one: _Number) -> bool:
    """Whether groups can be one number: 1, 3, 5, 7 … is a list; long groups with a comma are numbers of their own."""
    return not one.hard or (max(one.parts) <= 6 and (one.spoken or len(one.parts) <= 5))


def _known(text: _Text, one: _Number) -> Found | None:
    return next((found for kind in _KINDS if (found := kind(text, one))), None)


def _id_card(text: _Text, one: _Number) -> Found | None:
    n, end = len(one.digits), one.end
    if n < 14:
        return None
    number = one.digits
    if n == 17 and (mark := _X.match(text.text, end)):
        number, end = number + "X", mark.end()
    told = text.told(_ID, one.start)
    if told and (n <= 19 or _ID_15.fullmatch(number)):
        return "id_card", one.start, end
    if not _ID_18.fullmatch(number) or text.of_something_else(one.start):
        return None
    if id_card_is_valid(number) or (_PROVINCE.match(number) and one.parts == [n]):
        return "id_card", one.start, end
    return None


def _bank_card(text: _Text, one: _Number) -> Found | None:
    n = len(one.digits)
    if n < 12:
        return None
    if text.told(_CARD, one.start):
        return "bank_card", one.start, one.end
    if not 15 <= n <= 19 or not _card_shape(one) or text.of_something_else(one.start):
        return None
    if luhn_is_valid(one.digits) or (n in (16, 18, 19) and one.digits.startswith("62")):
        return "bank_card", one.start, one.end
    return None


def _phone(text: _Text, one: _Number) -> Found | None:
    digits, n, start = one.digits, len(one.digits), one.start
    if n > 15:
        return None
    abroad = start > 0 and text.text[start - 1] in "+＋"
    if abroad and n >= 8 and not one.hard:
        return "phone", start - 1, _extended(text.text, one.end)
    if _MOBILE.fullmatch(digits):
        return ("phone", start, _extended(text.text, one.end)) if _phone_shape(one) else None
    if digits[0] == "0" and len(one.parts) <= 4 and _LANDLINE.fullmatch(digits):
        return "phone", start, _extended(text.text, one.end)
    if n > 13 or _SERVICE.fullmatch(digits) or one.parts == [4, 2, 2]:
        return None
    near = text.nearest(_NEAR, start)
    if (
        near >= 0
        and start - near <= 2
        and not _UNIT_AFTER.match(text.text, one.end)
        and not text.of_something_else(start)
    ):
        return "phone", start, _extended(text.text, one.end)
    return _local(text, one)


def _local(text: _Text, one: _Number) -> Found | None:
    """A landline without its area code: seven or eight digits that a word announces, or eight that stand alone."""
    digits = one.digits
    if len(digits) not in (7, 8) or digits[0] not in "23456789" or one.hard or one.parts not in _LOCAL_SHAPES:
        return None
    alone = one.parts == [8] and digits[0] in "3456789" and not one.spoken
    if not (alone or text.told(_PHONE, one.start)):
        return None
    if _UNIT_AFTER.match(text.text, one.end) or text.of_something_else(one.start):
        return None
    return "phone", one.start, _extended(text.text, one.end)


_KINDS: tuple[Callable[[_Text, _Number], Found | None], ...] = (_id_card, _bank_card, _phone)


def _tails(text: str) -> Iterator[Found]:
    """The last digits of a phone or an identity card: with them somebody proves who he is (hotline/follow.py)."""
    for found in _TAIL.finditer(text):
        before = text[max(0, found.start() - 8) : found.start()]
        after = text[found.end() : found.end() + 4]
        if _TAIL_OF_ID.search(before):
            yield "id_card", found.start(1), found.end(1)
        elif _TAIL_OF_PHONE.search(before) or _TAIL_OF_PHONE.search(after):
            yield "phone", found.start(1), found.end(1)


def _extended(text: str, end: int) -> int:
    """Where a phone ends with its extension (转8012)."""
    more = _EXTENSION.match(text, end)
    return more.end() if more else end


def _card_shape(one: _Number) -> bool:
    """Whether the groups are those of a card: whole, or fours and a rest, or the six of the bank before the rest."""
    return not one.hard and (len(one.parts) == 1 or one.parts[0] == 6 or all(length == 4 for length in one.parts[:-1]))


def _phone_shape(one: _Number) -> bool:
    """Whether the groups are those in which people write or say a mobile number."""
    return len(one.parts) <= 2 or max(one.parts) <= 4
