"""From a message to the text that the models look at; `nlu.grams` makes their features of it.

Training and serving call the same functions, so that a model never sees another text than it was trained on.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu import commands, hurry
from nlu.mask import Span, mask, spans_many
from nlu.normalise import Clean, clean

MOST_CHARACTERS = 3000
"""What stands beyond changes no decision and would only cost time."""

_TOGETHER = 256
"""So many texts are read at once; more save no time and take memory."""
_DIGITS = re.compile(r"\d+")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message made readable: normalised, its personal spans, and the text with them masked (same length)."""

    clean: Clean
    spans: tuple[Span, ...]
    text: str


def read(text: str) -> Reading:
    """The reading of one raw message. Never raises, whatever the text holds."""
    return read_many([text])[0]


def read_many(texts: Sequence[str]) -> list[Reading]:
    """The readings of raw messages, in order; a few hundred at once cost a third of what they cost alone."""
    out: list[Reading] = []
    for start in range(0, len(texts), _TOGETHER):
        made = [clean(text) for text in texts[start : start + _TOGETHER]]
        found = spans_many([one.text for one in made])
        out += [
            Reading(clean=one, spans=some, text=mask(one.text, some)) for one, some in zip(made, found, strict=True)
        ]
    return out


def shape(text: str) -> str:
    """What is left for the models: no commands, nothing that only presses, lower case, every number 0, no marks."""
    told = hurry.without(commands.without(text[:MOST_CHARACTERS]))
    return _NO_WORD.sub(" ", _DIGITS.sub("0", told.lower())).strip()


def without(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """The text with those half-open ranges blanked; as long as before."""
    for start, end in ranges:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
