"""Which features a model knows, and what a text is for it: a row of weights."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from nlu.grams import WORD, Grams, Keys, Places
from nlu.hashing import NOWHERE, Table

Columns = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


class Vocabulary:
    """Features and their weights."""

    def __init__(self, keys: Keys, idf: Floats) -> None:
        """`keys` are all different; column i belongs to keys[i] and weighs idf[i]."""
        self._keys, self._idf = keys, idf
        self._table = Table(keys)
        self._bits = len(keys).bit_length()

    def columns(self, keys: Keys) -> Columns:
        """The column of each key, -1 where it is not known."""
        return self._table.places(keys)

    def matrix(self, grams: Grams) -> Any:
        """A sparse row for each text: (1 + log count) x idf of each known feature, rows of length one."""
        columns = self.columns(grams.keys)
        known = columns != NOWHERE
        entries = np.sort((grams.rows[known] << self._bits) | columns[known])
        first = np.flatnonzero(np.append(True, entries[1:] != entries[:-1])) if len(entries) else entries
        rows, indices = entries[first] >> self._bits, entries[first] & ((1 << self._bits) - 1)
        data = self._weights(np.diff(np.append(first, len(entries))), indices, rows, n=grams.n)
        starts = np.searchsorted(rows, np.arange(grams.n + 1))
        return sparse.csr_matrix((data, indices.astype(np.int32), starts), shape=(grams.n, len(self._keys)))

    def shares(self, grams: Grams) -> tuple[Columns, Floats]:
        """For each feature its column (-1: not known) and its part of the entry of `matrix` that it is counted in."""
        columns = self.columns(grams.keys)
        out = np.zeros(len(columns), dtype=np.float32)
        known = np.flatnonzero(columns != NOWHERE)
        entries, where, counts = np.unique(
            (grams.rows[known] << self._bits) | columns[known], return_inverse=True, return_counts=True
        )
        rows, indices = entries >> self._bits, entries & ((1 << self._bits) - 1)
        out[known] = (self._weights(counts, indices, rows, n=grams.n) / counts)[where]
        return columns, out

    def _weights(self, counts: Places, indices: Places, rows: Places, *, n: int) -> Floats:
        weights = (1.0 + np.log(counts.astype(np.float32))) * self._idf[indices]
        lengths = np.sqrt(np.bincount(rows, weights=weights * weights, minlength=n))
        return np.asarray(weights / lengths[rows], dtype=np.float32)


def chosen(told: Grams, *, least: int, longest: int) -> tuple[Keys, Floats]:
    """The features that `least` texts or more hold, and how telling each is: the fewer hold it, the more. `longest` is
    the longest run of characters to take."""
    fit_kind = (told.kinds >= WORD) | (told.kinds <= longest)
    keys, where = np.unique(told.keys[fit_kind], return_inverse=True)
    once = np.unique(told.rows[fit_kind] * len(keys) + where)
    counts = np.bincount(once % len(keys), minlength=len(keys))
    enough = counts >= least
    return keys[enough], (1.0 + np.log((1 + told.n) / (1 + counts[enough]))).astype(np.float32)
