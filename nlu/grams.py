"""From shaped texts to features, a whole batch at once: words, pairs of words and runs of characters, each as a number.

A feature is known by 64 bits made from its characters, never by its letters: no dictionary has to be asked for hundreds
of strings a message, and a stranger's name cannot be read out of a model. All of it is arithmetic, modulo 2**64, on one
array of code points. Training and serving call the same function.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlu.features import MOST_CHARACTERS
from nlu.segment import Segmenter

LONGEST_RUN = 3
WORD, PAIR = 101, 102
"""The kinds of a word and of a pair of words; the kind of a run of characters is its length."""

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Kinds = npt.NDArray[np.uint8]

_END = "\n"
"""After every text: no shaped text holds it, and both segmenters cut there."""
_SPACE = 32
_M64 = (1 << 64) - 1
_BASE = 0x9E37_79B9_7F4A_7C15
_MIX = (np.uint64(0xBF58_476D_1CE4_E5B9), np.uint64(0x94D0_49BB_1331_11EB))
_PAIRING = np.uint64(0xD6E8_FEB8_6659_FD93)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grams:
    """Every feature of `n` texts, as often as it occurs; parallel arrays, and those of the words in order.

    `rows` holds the text that a feature is of, `starts` and `ends` the half-open range of `joined` that it stands for.
    """

    n: int
    joined: str
    keys: Keys
    kinds: Kinds
    rows: Places
    starts: Places
    ends: Places
    word_starts: Places
    word_ends: Places
    word_rows: Places


def grams(shaped: Sequence[str], segmenter: Segmenter) -> Grams:
    """The features of texts that went through `features.shape`; each text counts up to MOST_CHARACTERS."""
    texts = [one[:MOST_CHARACTERS] for one in shaped]
    joined = "".join(text + _END for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
    row_of = np.repeat(np.arange(len(texts)), lengths)
    text_ends = np.cumsum(lengths)
    place = np.arange(len(codes)) - (text_ends - lengths)[row_of]
    left = lengths[row_of] - 1 - place
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(_mixed(codes.astype(np.uint64)) * _POWERS[place], out=sums[1:])

    def ranged(starts: Places, ends: Places, kind: int) -> Keys:
        return _mixed((sums[ends] - sums[starts]) * _INVERSES[place[starts]] + np.uint64(kind))

    parts: list[tuple[Keys, int, Places, Places]] = []
    for length in range(1, LONGEST_RUN + 1):
        starts = np.flatnonzero(left >= length)
        parts.append((ranged(starts, starts + length, length), length, starts, starts + length))
    cut = segmenter.cut(joined)
    word_lengths = np.fromiter(map(len, cut), dtype=np.int64, count=len(cut))
    word_ends = np.cumsum(word_lengths)
    word_starts = word_ends - word_lengths
    real = (left[word_starts] > 0) & (codes[word_starts] != _SPACE)
    word_starts, word_ends = word_starts[real], word_ends[real]
    words = ranged(word_starts, word_ends, WORD)
    parts.append((words, WORD, word_starts, word_ends))
    word_rows = row_of[word_starts]
    first = np.flatnonzero(word_rows[1:] == word_rows[:-1])
    parts.append((_mixed(words[first] * _PAIRING + words[first + 1]), PAIR, word_starts[first], word_ends[first + 1]))
    all_starts = np.concatenate([starts for _, _, starts, _ in parts])
    return Grams(
        n=len(texts),
        joined=joined,
        keys=np.concatenate([keys for keys, _, _, _ in parts]),
        kinds=np.repeat(
            np.array([kind for _, kind, _, _ in parts], dtype=np.uint8), [len(keys) for keys, _, _, _ in parts]
        ),
        rows=row_of[all_starts],
        starts=all_starts,
        ends=np.concatenate([ends for _, _, _, ends in parts]),
        word_starts=word_starts,
        word_ends=word_ends,
        word_rows=word_rows,
    )


def _mixed(keys: Keys) -> Keys:
    """Every bit of the key moves every bit of what comes back (the finaliser of SplitMix64; one to one)."""
    out = (keys ^ (keys >> np.uint64(30))) * _MIX[0]
    out = (out ^ (out >> np.uint64(27))) * _MIX[1]
    return np.asarray(out ^ (out >> np.uint64(31)), dtype=np.uint64)


def _powers(base: int) -> Keys:
    """base**0, base**1 ... modulo 2**64, as many as a text has places."""
    found = [1]
    for _ in range(MOST_CHARACTERS):
        found.append(found[-1] * base & _M64)
    return np.array(found, dtype=np.uint64)


_POWERS = _powers(_BASE)
_INVERSES = _powers(pow(_BASE, -1, 1 << 64))
