"""Words of danger in a raw message, before any model is asked. Recall comes first: what is explained away is plain.

Pure, no model, microseconds. Tables: nlu/danger_words.py.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind
from opencc import OpenCC

from nlu import danger_words as words
from tickets.types import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """A kind of danger (key of danger_words.KINDS), the words that told of it, whom to call, how urgent."""

    kind: str
    words: tuple[str, ...]
    call: str | None
    urgency: Urgency


def danger(text: str) -> Danger | None:
    """The gravest danger that the words tell of, or None. Any script, spacing or length; never raises."""
    try:
        matches = _MATCHER.find_matches_as_indexes(text)
    except UnicodeEncodeError:  # half of a surrogate pair
        return danger(text.encode("utf-8", "ignore").decode())
    if not matches and not _BROKEN.search(text):
        return None
    compact = _NOISE.sub("", text)
    if len(compact) != len(text):
        matches = _MATCHER.find_matches_as_indexes(compact)
    told: dict[str, list[str]] = {}
    for hit in _hits(matches):
        if len(told.setdefault(hit.kind, [])) < _MOST_WORDS and not _explained(compact, hit):
            told[hit.kind].append(compact[hit.start : hit.end])
    for kind in words.KINDS:
        if told.get(kind):
            return Danger(kind=kind, words=tuple(dict.fromkeys(told[kind])), call=call(kind), urgency=urgency(kind))
    return None


def call(kind: str) -> str | None:
    """110, 119 or 120; None for what is only urgent or unknown."""
    return words.KINDS[kind].call if kind in words.KINDS else None


def advice(kind: str) -> str | None:
    """What to tell the resident at once."""
    return words.KINDS[kind].advice if kind in words.KINDS else None


def urgency(kind: str) -> Urgency:
    """CRITICAL where somebody must be called, else URGENT."""
    return Urgency.CRITICAL if call(kind) else Urgency.URGENT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """`last` is where the later half of a pair begins; `start` for a phrase."""

    kind: str
    start: int
    last: int
    end: int


_MOST_WORDS = 4
_CLAUSE = 40
_NOISE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff·*_~-]+")
_BROKEN = re.compile(r"[\u4e00-\u9fff][\s\u00ad\u200b-\u200f\u2060\ufeff·*_~-]+[\u4e00-\u9fff]")
_STOP = "。！？；!?;\n"
_NEGATED = re.compile(words.NEGATION)
_NOT_NEGATED = re.compile(words.NOT_NEGATION)
_NOW = re.compile(words.NOW)
_TOPIC = re.compile(words.TOPIC)
_PAST = re.compile(words.PAST)
_OVER = re.compile(words.OVER)
_REPORTED = re.compile(words.REPORTED)
_SUPPOSED = re.compile(words.SUPPOSED)
_HAZARD = re.compile(words.HAZARD)
_WEAK_EXCUSE = re.compile(words.WEAK_EXCUSE)


def _hits(matches: list[tuple[int, int, int]]) -> Iterator[_Hit]:
    """Phrases as they stand; pairs when both halves stand close enough."""
    seen: dict[tuple[int, int], tuple[int, int]] = {}
    for index, start, end in matches:
        kind, halves = _MEANING[index]
        if kind is not None:
            yield _Hit(kind=kind, start=start, last=start, end=end)
        for pair, side in halves:
            other = seen.get((pair, 1 - side))
            if other is not None and start - other[1] <= words.PAIRS[pair].gap:
                yield _Hit(kind=words.PAIRS[pair].kind, start=other[0], last=start, end=end)
            seen[pair, side] = (start, end)


def _explained(text: str, hit: _Hit) -> bool:
    """Whether the words around say that it is not so, not now, or only a subject."""
    if _denied(text, hit.start) or _denied(text, hit.last):
        return True
    left, right = _clause(text, hit)
    clause = left + text[hit.start : hit.end] + right
    if _NOW.search(clause):
        return False
    if _TOPIC.search(clause) or _OVER.search(clause):
        return True
    if hit.kind not in words.PAST_APPLIES_NOT_TO and _PAST.search(left):
        return True
    if text[hit.start : hit.end] in words.WEAK_WORDS and _WEAK_EXCUSE.search(clause):
        return True
    if hit.kind in words.REPORTED_APPLIES_TO and _REPORTED.search(clause):
        return True
    supposed = _SUPPOSED.search(left + text[hit.start : hit.end]) or _HAZARD.search(right)
    return supposed is not None and hit.kind not in words.SUPPOSED_APPLIES_NOT_TO


def _denied(text: str, start: int) -> bool:
    before = text[max(0, start - 6) : start]
    return _NEGATED.search(before) is not None and _NOT_NEGATED.search(before) is None


def _clause(text: str, hit: _Hit) -> tuple[str, str]:
    """What stands before and after the hit in its sentence, at most _CLAUSE characters each."""
    left = text[max(0, hit.start - _CLAUSE) : hit.start]
    right = text[hit.end : hit.end + _CLAUSE]
    begin = max(left.rfind(mark) for mark in _STOP) + 1
    stops = [place for mark in _STOP if (place := right.find(mark)) >= 0]
    return left[begin:], right[: min(stops, default=len(right))]


_Meaning = tuple[str | None, tuple[tuple[int, int], ...]]


def _table() -> dict[str, _Meaning]:
    """Every word of the tables in simplified and traditional script, with what it means."""
    kinds = {word: kind for kind, phrases in words.PHRASES.items() for word in phrases}
    halves: dict[str, list[tuple[int, int]]] = {}
    for number, pair in enumerate(words.PAIRS):
        for side, side_words in enumerate((pair.subjects, pair.signs)):
            for word in side_words:
                halves.setdefault(word, []).append((number, side))
    table: dict[str, _Meaning] = {word: _meaning(word, kinds, halves) for word in {*kinds, *halves}}
    table |= dict.fromkeys(words.HARMLESS, (None, ()))
    for config in ("s2t", "s2tw", "s2hk"):
        convert = OpenCC(config).convert
        table |= {convert(word): meaning for word, meaning in table.items() if convert(word) not in table}
    return table


def _meaning(word: str, kinds: Mapping[str, str], halves: Mapping[str, list[tuple[int, int]]]) -> _Meaning:
    """What the word says, and what every shorter word inside it says: the matcher reports only the longest."""
    inside = {word[i:j] for i in range(len(word)) for j in range(i + 1, len(word) + 1)}
    kind = kinds.get(word) or next((kinds[one] for one in sorted(inside) if one in kinds), None)
    return kind, tuple(sorted({half for one in inside for half in halves.get(one, ())}))


_TABLE = _table()
_MEANING = list(_TABLE.values())
_MATCHER = AhoCorasick(list(_TABLE), matchkind=MatchKind.LeftmostLongest)
