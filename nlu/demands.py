"""Several demands in one message: where one ends and the next begins. Pure; precision before recall.

A wrong cut makes two tickets of one story, a missed one leaves a list that a person cuts. So a cut needs a word that
says so (二是, 另外, 还有, 顺便) and, unless that word leaves no doubt, two different themes on its two sides.
Consequences, reasons, earlier calls and questions about the same thing stay where they are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlu.themes import themes
from tickets.said import Demand

MOST = 5
_SHORTEST = 5
_SURELY = 9
"""Characters before a sure word that are a demand although no theme is known in them."""
_BREAK = r"(?:^|(?<=[，。；！？,;!?\n 、:：]))"
_SURE = (
    r"顺便(?:再)?(?:问|反映|咨询|说|投诉|提|请)|顺带|对了[，,]?|再一个|再(?:反映|投诉|咨询|请教)|再(?:说|问)一[下个]|"
    r"(?:还有|另外|再)(?:要|想)?(?:再)?(?:有)?(?:一件|一个|另一件|另一个|个|件)(?:别的)?(?:事|问题|情况|诉求)|"
    r"(?:另外|还有|此外|同时)[，,]?(?:还|也|再|我)?(?:想|要|请|麻烦)?(?:再)?(?:请问|反映|咨询|想问|问一下|问问|举报|投诉|请教|建议)|"
    r"(?:还|也)(?:想|要)?(?:再)?(?:请问|反映|咨询|想问|问一下|问问|举报|投诉)|(?:还有|再说)?(?:上次|之前)反映的|第[二三四]件事?|其他(?:问题|诉求)"
)
"""Words that leave no doubt. 请问 and 投诉 alone are none: most messages tell what happened and then ask or complain."""
_MAYBE = r"另外|此外|除此之外|还有(?![一二两三四五六七八九几十百千0-9]|效|限|几|一?个?月|一?天|一段|机会|电|人受伤|没有)|再者|再有"
_UNBROKEN = (
    r"另外还?[想要](?:再)?(?:问|咨询|反映|投诉)(?:一下)?|还有[一另]?[个件](?:事情?|问题|情况)|顺便再?(?:问|咨询|反映|投诉)(?:一下)?|"
    r"再(?:问|反映|咨询|投诉)一下|还想(?:问|咨询|反映|投诉)一下|此外还"
)
"""So sure that they need no mark before them: what a recogniser writes down has none."""
_LEADING = re.compile(
    rf"{_BREAK}(?:(?P<sure>(?:(?:另外|还有|此外)[，,]?)?(?:{_SURE}))|(?:{_MAYBE})(?P<maybe>)(?:就是|的是|一点)?)"
    rf"|(?P<unbroken>{_UNBROKEN})|(?<![在到有从去住往和跟与找把被])另外(?![一那的几两个有])"
)
_ANY = re.compile(r"[二2②]|其次|另|还|此外|再|顺|对了|同时|也[想要反投请咨]|上次|之前|其他")
_ORDERS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_BREAK}(?P<n>[一二三四五])是(?!否|不是|因为)[:：，,]?",
        rf"{_BREAK}第(?P<n>[一二三四五])(?:个|件|点|条)?(?:问题|事情|事|诉求)?(?:是|[，,、:：])",
        rf"{_BREAK}(?P<n>[一二三四五])、",
        rf"{_BREAK}(?:问题|诉求|事项)(?P<n>[一二三四五])[:：，,、]?",
        rf"{_BREAK}[(（]?(?P<n>[1-5])(?:[、．)）]|\.(?![0-9]))",
        rf"{_BREAK}(?P<n>[①②③④⑤])",
    )
)
_FIRST_THEN = re.compile(rf"{_BREAK}(?P<n>首先|其次|再次|最后)[，,]?")
_FIRST_THEN_ORDER = ("首先", "其次", "再次", "最后")
_NUMBERS = {char: number for row in ("一二三四五", "12345", "①②③④⑤") for number, char in enumerate(row, start=1)}
_QUESTION = re.compile(
    r"请问|咨询|想问|问一下|问问|怎么(?:办|续|领|申请|补|交|提取|办理|转)|如何|什么(?:条件|时候|材料)|哪里办|找哪|能不能(?:办|领)|几岁可以|哪里"
)
_BEFORE = re.compile(r"找过|打过|反映过|投诉过|找物业|联系过|感谢|谢谢|表扬")
_AGAIN = re.compile(
    r"^[，,]?(?:他们?|她们?|它|对方|说|还(?:说|不|把|扣|要|骂)|并|因此|所以|导致|影响|要求|希望尽快|请尽快|要多|多久|多少|需要|是不是|可以在|在手机)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """Where a demand may begin; `body` is where its own words begin, behind 另外 or 二是."""

    start: int
    body: int
    sure: bool


def demands(text: str) -> tuple[Demand, ...]:
    """The demands of a normalised text in order, at most five; empty unless there are two or more.

    They never overlap. What leads in before the first enumeration belongs to none; everything else belongs to one.
    """
    if _ANY.search(text) is None:
        return ()
    numbered = _numbered(text)
    if numbered:
        return numbered
    starts = [0]
    cuts = list(_cuts(text))
    for place, cut in enumerate(cuts):
        if len(starts) < MOST and _parts(text, starts[-1], cut, _end(text, cuts[place + 1 :])):
            starts.append(cut.start)
    return _between(text, starts) if len(starts) > 1 else ()


def _between(text: str, starts: Sequence[int]) -> tuple[Demand, ...]:
    ends = [*starts[1:], len(text)]
    return tuple(Demand(start=start, end=end) for start, end in zip(starts, ends, strict=True))


def _end(text: str, following: Sequence[_Cut]) -> int:
    return following[0].start if following else len(text)


def _numbered(text: str) -> tuple[Demand, ...]:
    """Demands that are counted from one on: 一是……二是……; empty when they are not, or one of them is no demand."""
    rows = [[(match.start(), match.end(), _NUMBERS[match["n"]]) for match in order.finditer(text)] for order in _ORDERS]
    rows.append(
        [(match.start(), match.end(), _FIRST_THEN_ORDER.index(match["n"]) + 1) for match in _FIRST_THEN.finditer(text)]
    )
    for row in rows:
        run = _run(row)
        if len(run) < 2:
            continue
        parts = [text[body:end] for _, body, end in _closed(text, run)]
        if all(map(_demands, parts)) and all(_differ(*pair) for pair in pairwise(parts)):
            return _between(text, [start for start, _, _ in run])
    return ()


def _run(row: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """1, 2, 3 ... as far as they follow each other; empty when they begin elsewhere."""
    run: list[tuple[int, int, int]] = []
    for one in row:
        if one[2] == len(run) + 1 and len(run) < MOST:
            run.append(one)
    return run


def _closed(text: str, run: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """(start, body, end) of each part."""
    ends = [*(start for start, _, _ in run[1:]), len(text)]
    for (start, body, _), end in zip(run, ends, strict=True):
        yield start, body, end


def _demands(part: str) -> bool:
    """Whether a counted part asks for something: it has a theme or a question, and is not only an earlier call."""
    if len(part.strip("，。；,; ")) < _SHORTEST:
        return False
    return bool(themes(part) or _QUESTION.search(part)) and (not _BEFORE.search(part) or bool(themes(part)))


def _differ(first: str, second: str) -> bool:
    """Whether two counted parts speak of two things; the points of one argument share their themes."""
    before, after = {theme for theme, _ in themes(first)}, {theme for theme, _ in themes(second)}
    return bool(after - before) if after else not before or _asks(second)


def _cuts(text: str) -> Iterator[_Cut]:
    for match in _LEADING.finditer(text):
        if match.start() > 0:
            yield _Cut(start=match.start(), body=match.end(), sure=bool(match["sure"] or match["unbroken"]))


def _parts(text: str, begin: int, cut: _Cut, end: int) -> bool:
    """Whether what follows the cut is a demand of its own beside what stands before it."""
    left, right = text[begin : cut.start], text[cut.start : end]
    body = text[cut.body : end]
    if len(left.strip("，。；,; ")) < _SHORTEST or len(body.strip("，。；,; ")) < _SHORTEST or _AGAIN.match(body):
        return False
    before, after = {theme for theme, _ in themes(left)}, {theme for theme, _ in themes(right)}
    asks_left, asks_right = _asks(left), _asks(right)
    if not before and not asks_left and not (cut.sure and len(left) >= _SURELY):
        return False
    if cut.sure:
        return bool(after - before) or (asks_right and not asks_left)
    first = _first_clause(body)
    if len(first) < _SHORTEST:
        return False
    if asks_right != asks_left and (after - before):
        return True
    return bool(after) and not after & before


def _asks(part: str) -> bool:
    return _QUESTION.search(part) is not None


def _first_clause(body: str) -> str:
    return re.split(r"[，。；！？,;!?\n]", body.lstrip("，, "))[0]
