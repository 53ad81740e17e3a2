"""Which features a model knows, and what a text is for it: a row of weights."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from nlu.grams import WORD, Grams, Keys, Places

Columns = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

_EMPTY = -1
_ROOM = 4
"""Slots of the table for each key, at least: most keys are found, or known to be strangers, at the first look."""


class Vocabulary:
    """Features and their weights. A table with open addressing, asked for all features of a batch at once."""

    def __init__(self, keys: Keys, idf: Floats) -> None:
        """`keys` are all different; column i belongs to keys[i] and weighs idf[i]."""
        self._keys, self._idf = keys, idf
        bits = max(1, (len(keys) * _ROOM - 1).bit_length())
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._table = np.full(1 << bits, _EMPTY, dtype=np.int32)
        waiting, slots = np.arange(len(keys), dtype=np.int32), self._slots(keys)
        while len(waiting):
            free = self._table[slots] == _EMPTY
            self._table[slots[free]] = waiting[free]
            lost = self._table[slots] != waiting
            waiting, slots = waiting[lost], (slots[lost] + 1) & self._last

    def columns(self, keys: Keys) -> Columns:
        """The column of each key, -1 where it is not known."""
        slots = self._slots(keys)
        found = self._table[slots]
        missed = np.flatnonzero(self._strange(found, keys))
        while len(missed):
            slots[missed] = (slots[missed] + 1) & self._last
            found[missed] = self._table[slots[missed]]
            missed = missed[self._strange(found[missed], keys[missed])]
        return found

    def matrix(self, grams: Grams) -> Any:
        """A sparse row for each text: (1 + log count) x idf of each known feature, rows of length one."""
        columns = self.columns(grams.keys)
        known = columns != _EMPTY
        entries = np.sort(grams.rows[known] * len(self._keys) + columns[known])
        first = np.flatnonzero(np.append(True, entries[1:] != entries[:-1])) if len(entries) else entries
        rows, indices = np.divmod(entries[first], max(1, len(self._keys)))
        data = self._weights(np.diff(np.append(first, len(entries))), indices, rows, n=grams.n)
        starts = np.searchsorted(rows, np.arange(grams.n + 1))
        return sparse.csr_matrix((data, indices.astype(np.int32), starts), shape=(grams.n, len(self._keys)))

    def shares(self, grams: Grams) -> tuple[Columns, Floats]:
        """For each feature its column (-1: not known) and its part of the entry of `matrix` that it is counted in."""
        columns = self.columns(grams.keys)
        out = np.zeros(len(columns), dtype=np.float32)
        known = np.flatnonzero(columns != _EMPTY)
        entries, where, counts = np.unique(
            grams.rows[known] * len(self._keys) + columns[known], return_inverse=True, return_counts=True
        )
        rows, indices = np.divmod(entries, max(1, len(self._keys)))
        out[known] = (self._weights(counts, indices, rows, n=grams.n) / counts)[where]
        return columns, out

    def _weights(self, counts: Places, indices: Places, rows: Places, *, n: int) -> Floats:
        weights = (1.0 + np.log(counts.astype(np.float32))) * self._idf[indices]
        lengths = np.sqrt(np.bincount(rows, weights=weights * weights, minlength=n))
        return np.asarray(weights / lengths[rows], dtype=np.float32)

    def _slots(self, keys: Keys) -> Places:
        return (keys >> self._shift).astype(np.int64)

    def _strange(self, found: Columns, keys: Keys) -> npt.NDArray[np.bool_]:
        """Where the table holds another key."""
        if not len(self._keys):
            return np.zeros(len(found), dtype=np.bool_)
        return np.asarray((found != _EMPTY) & (self._keys[found] != keys))


def chosen(told: Grams, *, least: int, longest: int) -> tuple[Keys, Floats]:
    """The features that `least` texts or more hold, and how telling each is: the fewer hold it, the more. `longest` is
    the longest run of characters to take."""
    fit_kind = (told.kinds >= WORD) | (told.kinds <= longest)
    keys, where = np.unique(told.keys[fit_kind], return_inverse=True)
    once = np.unique(told.rows[fit_kind] * len(keys) + where)
    counts = np.bincount(once % len(keys), minlength=len(keys))
    enough = counts >= least
    return keys[enough], (1.0 + np.log((1 + told.n) / (1 + counts[enough]))).astype(np.float32)
