"""One form for every way of typing the same words, with the way back to the characters that were typed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC

_KEPT = frozenset("，。：；！？（）、“”‘’《》【】…—·～")
"""Chinese punctuation that NFKC would turn into ASCII; people read it back, so it stays."""

_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff \n，。：；！？（）、“”‘’《》【】…—·～,.:;!?()/+*#@%&=<>_\-]*")
_REPEATED = re.compile(r"([^\w])\1|\s\s")
_CLUSTER = re.compile(r"[\s\S][\u0300-\u036f\u3099\u309a]{0,4}")
_LONGEST_PIECE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """Normalised text. `offsets[i]` is where character i came from; None = every character is where it was."""

    text: str
    offsets: tuple[int, ...] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the original that the half-open range of `text` came from."""
        if self.offsets is None or start >= end:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def normalise(text: str) -> str:
    """The normalised text alone."""
    return clean(text).text


def clean(text: str) -> Clean:
    """NFKC (Chinese punctuation kept), no control characters, single spaces and marks, simplified Chinese.

    Linear in the length of `text`, whatever it holds.
    """
    if _PLAIN.fullmatch(text) and not _REPEATED.search(text) and text == text.strip():
        return Clean(text=simplified(text))
    characters: list[str] = []
    offsets: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        for character in _piece(cluster[0]):
            if characters and character == characters[-1] and not character.isalnum():
                continue
            if character.isspace() and (not characters or characters[-1].isspace()):
                continue
            characters.append(character)
            offsets.append(cluster.start())
    while characters and characters[-1].isspace():
        characters.pop()
        offsets.pop()
    return Clean(text=simplified("".join(characters)), offsets=tuple(offsets))


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; never longer or shorter, so that offsets stay true."""
    out: str = _converter().convert(text)
    return out if len(out) == len(text) else "".join(map(_one_simplified, text))


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=8192)
def _one_simplified(character: str) -> str:
    out: str = _converter().convert(character)
    return out if len(out) == 1 else character


@lru_cache(maxsize=16384)
def _piece(cluster: str) -> str:
    """What one typed character (with its combining marks) becomes; may be empty."""
    first = cluster[0]
    if first in _KEPT:
        return first
    category = unicodedata.category(first)
    if first in "\n\r\u2028\u2029\x85":
        return "\n"
    if first.isspace():
        return " "
    if category[0] == "C" or category in ("Mn", "Me"):
        return ""
    return unicodedata.normalize("NFKC", cluster)[:_LONGEST_PIECE]
