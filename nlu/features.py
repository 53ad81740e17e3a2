"""From a message to what the models look at: words, pairs of words and runs of one to three characters.

Training and serving call the same functions, so that a model never sees another text than it was trained on.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlu.mask import Span, mask, spans
from nlu.normalise import Clean, clean
from nlu.segment import Segmenter

LONGEST_RUN = 3
MOST_CHARACTERS = 3000
"""What stands beyond changes no decision and would only cost time."""

_DIGITS = re.compile(r"\d+")
_NO_WORD = re.compile(r"[\W_]+")
_WORD_MARK = "\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message made readable: normalised, its personal spans, and the text with them masked (same length)."""

    clean: Clean
    spans: tuple[Span, ...]
    text: str


def read(text: str) -> Reading:
    """The reading of one raw message. Never raises, whatever the text holds."""
    made = clean(text)
    found = spans(made.text)
    return Reading(clean=made, spans=found, text=mask(made.text, found))


def shape(text: str) -> str:
    """What is left for the models: lower case, every number 0, everything that is no letter one space."""
    return _NO_WORD.sub(" ", _DIGITS.sub("0", text[:MOST_CHARACTERS].lower())).strip()


def tokens(shaped: str, segmenter: Segmenter) -> list[str]:
    """Every feature of a shaped text, as often as it occurs."""
    words = [word for word in segmenter.cut(shaped) if word != " "]
    marked = [_WORD_MARK + word for word in words]
    out = marked + [first + second for first, second in pairwise(marked)]
    out += shaped
    for length in range(2, LONGEST_RUN + 1):
        out += [shaped[start : start + length] for start in range(len(shaped) - length + 1)]
    return out


def is_word(token: str) -> bool:
    """Whether a feature is a word or a pair of words, not a run of characters."""
    return token.startswith(_WORD_MARK)


def word_token(word: str) -> str:
    """The feature that a word alone is."""
    return _WORD_MARK + word


def without(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """The text with those half-open ranges blanked; as long as before."""
    for start, end in ranges:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def located(shaped: str, words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The same features with the half-open range of words that each one touches; for explanations."""
    owner: list[int] = []
    named = [word for word in words if word != " "]
    number = -1
    for word in words:
        number += word != " "
        owner += [max(number, 0)] * len(word)
    for place, word in enumerate(named):
        yield _WORD_MARK + word, place, place + 1
        if place + 1 < len(named):
            yield _WORD_MARK + word + _WORD_MARK + named[place + 1], place, place + 2
    for length in range(1, LONGEST_RUN + 1):
        for start in range(len(shaped) - length + 1):
            yield shaped[start : start + length], owner[start], owner[start + length - 1] + 1
