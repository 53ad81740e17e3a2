"""Which characters of a batch may be a name, and what they speak for, wherever they stand. A part of nlu.name_sums."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nlu import name_features as about
from nlu.name_arrays import GAP, Batch, Bools, Ints, Weights, by_character, one_of
from nlu.name_features import Alphabet

SHAPES = ("02", "11", "12", "21", "22")
"""How many characters are surname and given name."""
LEVELS = 10
"""A level of a character is below that, the sum of two below twice as much."""
_ALONE, _SHORT, _LONG = 0, 1, 2
_LENGTHS = np.array([2, 2, 3, 3, 4])
_NEVER = -1_000_000
_NO_SURNAME = 5

Families = Mapping[str, Mapping[str, int]]
"""Weights by the letter that features begin with, then by the rest."""


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates: half-open ranges of a batch, the numbers of their shapes, and what speaks for them so far."""

    start: Ints
    shape: Ints
    score: Ints

    @property
    def end(self) -> Ints:
        """One after the last character of each."""
        return np.asarray(self.start + _LENGTHS[self.shape])

    def of(self, kept: Bools) -> "Found":
        """Some of them."""
        return Found(self.start[kept], self.shape[kept], self.score[kept])

    def plus(self, score: Ints) -> "Found":
        """The same with more that speaks for them."""
        return Found(self.start, self.shape, self.score + score)


class Own:
    """Which characters may be a name, and what they speak for, wherever they stand."""

    def __init__(self, alphabet: Alphabet, families: Families, total: Callable[[list[str]], int]) -> None:
        self._alphabet, self._total = alphabet, total
        self._surname = by_character(alphabet.surname, -1)
        self._first, self._last, self._only = (
            by_character(levels, -1) for levels in (alphabet.first, alphabet.last, alphabet.only)
        )
        self._no_title = ~one_of(one for one in about.TITLES if len(one) == 1)
        self._no_place = ~one_of(about.PLACE_ENDS)
        self._nobody = Weights(dict.fromkeys((one for one in about.NOBODY if len(one) == 2), _NEVER))
        self._compound = Weights(dict.fromkeys(alphabet.compound, 1))
        self._given = Weights(
            dict.fromkeys(alphabet.given, 1) | dict.fromkeys((one for one in about.TITLES if len(one) == 2), _NEVER)
        )
        self._usual = Weights(dict.fromkeys(alphabet.given, 1))
        self._s = by_character({said: weight for said, weight in families["s"].items() if len(said) == 1}, 0)
        self._s_none = families["s"].get("", 0)
        self._e, self._a, self._b, self._c, self._d = (_levelled(families[name]) for name in "eabcd")
        self._g = np.array([families["G"].get(shape, 0) for shape in SHAPES])
        self._n, self._m = (
            np.array([[families[name].get(f"{kind}{level}", 0) for level in range(LEVELS)] for kind in "=小阿"])
            for name in "nN"
        )
        self._kind = by_character({"小": 1, "阿": 2}, 0)
        tags = families["D"]
        self._word = Weights({word: tags.get(tag, 0) for word, tag in alphabet.speech.items() if len(word) in (2, 3)})

    def candidates(self, batch: Batch) -> Found:
        """Every candidate of the batch, in no order."""
        codes = batch.codes
        last = np.arange(len(codes)) < len(codes) - len(GAP)
        has = (self._surname[codes] >= 0) & last
        given = np.append(self._only[codes[1:]] >= 0, False)
        parts = [
            self._short(codes, np.flatnonzero(has & given & np.append(self._no_title[codes[1:]], False))),
            self._long(codes, np.flatnonzero(has & np.append(self._first[codes[1:]] >= 0, False))),
            self._alone(codes, np.flatnonzero(last & ~has & given)),
            self._after_compound(batch, np.flatnonzero(has)),
        ]
        found = Found(*(np.concatenate(some) for some in zip(*parts, strict=True)))
        return found.of(found.score > _NEVER // 2)

    def _short(self, codes: Ints, start: Ints) -> tuple[Ints, Ints, Ints]:
        """A surname and one character."""
        one, two = codes[start], codes[start + 1]
        score = (
            self._s[one]
            + self._e[_SHORT, self._surname[one]]
            + self._a[_SHORT, self._only[two]]
            + self._word.of(one, two)
            + self._nobody.of(one, two)
        )
        return start, np.full(len(start), _SHORT), score

    def _long(self, codes: Ints, start: Ints) -> tuple[Ints, Ints, Ints]:
        """A surname and two characters."""
        third = codes[start + 2]
        start = start[(self._last[third] >= 0) & self._no_place[third]]
        one, two, three = codes[start], codes[start + 1], codes[start + 2]
        first, last, given = self._first[two], self._last[three], self._given.of(two, three)
        score = (
            self._s[one]
            + self._e[_LONG, self._surname[one]]
            + self._b[_LONG, first]
            + self._c[_LONG, last]
            + self._d[_LONG, first + last]
            + np.where(given > 0, self._g[_LONG], given)
            + self._word.of(one, two, three)
            + np.where(self._compound.of(one, two) > 0, _NEVER, 0)
        )
        return start, np.full(len(start), _LONG), score

    def _alone(self, codes: Ints, start: Ints) -> tuple[Ints, Ints, Ints]:
        """A given name of two characters without a surname."""
        one, two = codes[start], codes[start + 1]
        usual, kind = self._usual.of(one, two) > 0, self._kind[one]
        fit = usual | (kind > 0) | (one == two)
        start, one, two, usual, kind = start[fit], one[fit], two[fit], usual[fit], kind[fit]
        kind = np.where(one == two, 0, kind)
        first, last = np.maximum(self._first[one], 0), np.maximum(self._last[two], 0)
        as_usual = self._b[_ALONE, first] + self._c[_ALONE, last] + self._d[_ALONE, first + last] + self._g[_ALONE]
        other = self._n[kind, self._only[two]] + self._m[kind, np.maximum(self._surname[two], 0)]
        score = (
            self._s_none
            + self._e[_ALONE, _NO_SURNAME]
            + np.where(usual, as_usual, other)
            + self._word.of(one, two)
            + self._nobody.of(one, two)
        )
        return start, np.full(len(start), _ALONE), score

    def _after_compound(self, batch: Batch, start: Ints) -> tuple[Ints, Ints, Ints]:
        """A surname of two characters: seldom, so one by one."""
        codes = batch.codes
        starts, shapes, scores = [], [], []
        for place in start[self._compound.of(codes[start], codes[start + 1]) > 0].tolist():
            for length in (3, 4):
                said = batch.said(place, place + length)
                if (0, length) in about.candidates(said, self._alphabet):
                    shape, features = about.its_own(said, self._alphabet)
                    starts.append(place)
                    shapes.append(SHAPES.index(shape))
                    scores.append(self._total(features))
        return np.array(starts, dtype=np.int64), np.array(shapes, dtype=np.int64), np.array(scores, dtype=np.int64)


def _levelled(of: Mapping[str, int]) -> Ints:
    """Weights by shape and level; levels may be sums of two."""
    return np.array([[of.get(f"{shape}{level}", 0) for level in range(2 * LEVELS)] for shape in SHAPES])
