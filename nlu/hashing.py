"""Where numbers of 64 bits stand in a list: a table with open addressing, asked for a whole batch at once."""

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Found = npt.NDArray[np.int32]

NOWHERE = -1
_ROOM = 4
"""Slots of the table for each key, at least: most keys are found, or known to be strangers, at the first look."""


class Table:
    """The places of `keys`, which are all different and whose upper bits are well mixed. Immutable."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        bits = max(1, (len(keys) * _ROOM - 1).bit_length())
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._table = np.full(1 << bits, NOWHERE, dtype=np.int32)
        waiting, slots = np.arange(len(keys), dtype=np.int32), self._slots(keys)
        while len(waiting):
            free = self._table[slots] == NOWHERE
            self._table[slots[free]] = waiting[free]
            lost = self._table[slots] != waiting
            waiting, slots = waiting[lost], (slots[lost] + 1) & self._last

    def places(self, keys: Keys) -> Found:
        """The place of each key, NOWHERE where it is not known."""
        slots = self._slots(keys)
        found = self._table[slots]
        missed = np.flatnonzero(self._strange(found, keys))
        while len(missed):
            slots[missed] = (slots[missed] + 1) & self._last
            found[missed] = self._table[slots[missed]]
            missed = missed[self._strange(found[missed], keys[missed])]
        return found

    def _slots(self, keys: Keys) -> npt.NDArray[np.int64]:
        return (keys >> self._shift).astype(np.int64)

    def _strange(self, found: Found, keys: Keys) -> npt.NDArray[np.bool_]:
        """Where the table holds another key."""
        if not len(self._keys):
            return np.zeros(len(found), dtype=np.bool_)
        return np.asarray((found != NOWHERE) & (self._keys[found] != keys))
