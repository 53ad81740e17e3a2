"""From a message to the text that the models look at; `nlu.grams` makes their features of it.

Training and serving call the same functions, so that a model never sees another text than it was trained on.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nlu import commands, hurry
from nlu.mask import Span, mask, spans
from nlu.normalise import Clean, clean

MOST_CHARACTERS = 3000
"""What stands beyond changes no decision and would only cost time."""

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
    made = clean(text)
    found = spans(made.text)
    return Reading(clean=made, spans=found, text=mask(made.text, found))


def shape(text: str) -> str:
    """What is left for the models: no commands, nothing that only presses, lower case, every number 0, no marks."""
    told = hurry.without(commands.without(text[:MOST_CHARACTERS]))
    return _NO_WORD.sub(" ", _DIGITS.sub("0", told.lower())).strip()


def without(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    """The text with those half-open ranges blanked; as long as before."""
    for start, end in ranges:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
