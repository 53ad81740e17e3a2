"""Texts as arrays of characters, and weights that are asked for by characters, many at once. For nlu.name_sums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlu.hashing import Table

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SIZE = 1 << 17
"""One more than the greatest character; rarer ones (from the second supplementary plane on) count as the same stranger."""
GAP = "\0\0\0\0"
"""Stands before and after every text, so that what looks beside a candidate sees no other text."""
_SPREAD = np.uint64(0x9E37_79B9_7F4A_7C15)
_BITS = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Texts joined with gaps. `codes` are the characters' numbers, every digit a 0 and every Latin letter an a; `starts` is where
    each text begins in `joined`."""

    joined: str
    codes: Ints
    starts: Ints

    def said(self, start: int, end: int) -> str:
        """The characters of `codes` from start to end."""
        return "".join(map(chr, self.codes[start:end].tolist()))


def joined(texts: Sequence[str]) -> Batch:
    """The batch of some texts, none of which holds the character 0."""
    whole = GAP + "".join([text + GAP for text in texts])
    raw = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + len(GAP)
    return Batch(
        joined=whole,
        codes=_PLAIN[np.minimum(raw, SIZE - 1)],
        starts=np.cumsum(lengths) - lengths + len(GAP),
    )


def by_character(values: Mapping[str, int], otherwise: int) -> Ints:
    """A value for every character."""
    out = np.full(SIZE, otherwise, dtype=np.int64)
    for character, value in values.items():
        if ord(character) < SIZE:
            out[ord(character)] = value
    return out


def one_of(characters: Iterable[str]) -> Bools:
    """Which characters are of the given ones."""
    return by_character(dict.fromkeys(characters, 1), 0) > 0


class Weights:
    """A whole number for strings of up to three characters; `otherwise` for every other one."""

    def __init__(self, of: Mapping[str, int], *, otherwise: int = 0) -> None:
        self._told = {_key(said): value for said, value in of.items() if len(said) <= _LONGEST}
        self._otherwise = otherwise
        self._table = Table(np.array(list(self._told), dtype=np.uint64) * _SPREAD)
        self._values = np.array([*self._told.values(), otherwise], dtype=np.int64)  # the last one is for NOWHERE

    def of(self, *codes: Ints) -> Ints:
        """The number of each string; its characters are given one array each. A leading 0 is no character."""
        key = codes[0]
        for one in codes[1:]:
            key = (key << _BITS) | one
        if len(key) <= _ONE_BY_ONE:
            told, otherwise = self._told.get, self._otherwise
            return np.array([told(one, otherwise) for one in key.tolist()], dtype=np.int64)
        return self._values[self._table.places(key.view(np.uint64) * _SPREAD)]


_LONGEST = 3
_ONE_BY_ONE = 60
"""A dictionary answers that many questions sooner than a table does."""


def _key(said: str) -> int:
    key = 0
    for character in said:
        key = key << _BITS | ord(character)
    return key


def _plain() -> Ints:
    out = np.arange(SIZE, dtype=np.int64)
    out[ord("0") : ord("9") + 1] = ord("0")
    for first, last in ("az", "AZ"):
        out[ord(first) : ord(last) + 1] = ord("a")
    return out


_PLAIN = _plain()
