"""The model of names for many texts at once: what nlu.name_features says in short strings, in numbers of whole arrays.

A candidate gets the same sum of weights that its features have one by one; a test compares them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from nlu import name_features as about
from nlu.name_arrays import Batch, Ints, Weights, by_character, joined, one_of
from nlu.name_features import Alphabet, Range
from nlu.name_own import LEVELS, SHAPES, Families, Found, Own
from nlu.segment import known_words

HOPELESS = -600
"""Below that (hundredths) by its own characters nothing around a candidate makes it a name."""
HOPELESS_THERE = -450
"""Below that by its own characters and the ones beside it no word makes it one (of generated names that are found, 0.2 % lie
lower); half of the candidates need no look at the words of the dictionary."""

_CLASSES = (about.EDGE, "h", "、", "0", "a", " ", "p")
_SYMBOLS = ("?", *dict.fromkeys((*_CLASSES, *"abcdefilmnpqrstuvwyz")))
"""What can stand beside a candidate: a word that goes on, the class of a character, a part of speech."""
_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FFF
_LAID = 96
_PLACE_LENGTHS = np.array([0, *map(len, about.PLACE_WORDS)])


class NameSums:
    """Weights (hundredths of log odds) as arrays. Immutable, safe to share between threads."""

    def __init__(self, alphabet: Alphabet, weights: Mapping[str, int], bias: int) -> None:
        families: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for feature, weight in weights.items():
            families[feature[0]][feature[1:]] = weight
        self._own = Own(alphabet, families, lambda said: sum(weights.get(one, 0) for one in said))
        self._bias = bias
        self._beside = _Beside(families)
        self._words = _Words(alphabet, families)

    def scored(self, texts: Sequence[str], least: Mapping[str, int]) -> list[list[tuple[int, str, Range]]]:
        """For each text its candidates with at least the hundredths of log odds that `least` asks for their shape: score,
        shape and half-open range, in the order of the text. No text may hold the character 0."""
        out: list[list[tuple[int, str, Range]]] = [[] for _ in texts]
        batch = joined(texts)
        found = self._own.candidates(batch)
        found = found.plus(np.full(len(found.start), self._bias))
        found = found.of(found.score > HOPELESS)
        found = found.plus(self._beside.sums(batch, found))
        found = found.of(found.score > HOPELESS_THERE)
        if not len(found.start):
            return out
        found = found.plus(self._words.sums(batch, found))
        found = found.of(found.score >= np.array([least[shape] for shape in SHAPES])[found.shape])
        order = np.lexsort((found.end, found.start))
        text = np.searchsorted(batch.starts, found.start, side="right") - 1
        starts, ends = found.start - batch.starts[text], found.end - batch.starts[text]
        for i in order.tolist():
            out[text[i]].append((int(found.score[i]), SHAPES[found.shape[i]], (int(starts[i]), int(ends[i]))))
        return out


class _Beside:
    """What up to three characters left and right speak for."""

    def __init__(self, families: Families) -> None:
        self._l, self._r = (_edged(families[name]) for name in "lr")
        self._m, self._q = (Weights(families[name]) for name in "mq")
        self._k = Weights(families["k"])
        self._p = Weights({said if len(said) > 2 else said + "\0": weight for said, weight in families["p"].items()})

    def sums(self, batch: Batch, found: Found) -> Ints:
        codes, start, end = batch.codes, found.start, found.end
        one, two, three = codes[start - 1], codes[start - 2], codes[start - 3]
        left = self._l[one] + self._m.of(two, one) + self._k.of(three, two, one)
        one, two, three = codes[end], codes[end + 1], codes[end + 2]
        return left + self._r[one] + self._q.of(one, two) + self._p.of(one, two, three)


class _Words:
    """What the words of the dictionary speak for: how they lie across a candidate, and which stand beside it."""

    def __init__(self, alphabet: Alphabet, families: Families) -> None:
        symbols = {symbol: number for number, symbol in enumerate(_SYMBOLS)}
        self._class = _classes()
        self._symbol = np.array([symbols[one] for one in _CLASSES])
        self._tag = Weights({word: symbols[tag.lower()] for word, tag in alphabet.speech.items()}, otherwise=-1)
        self._long = {word: symbols[tag.lower()] for word, tag in alphabet.speech.items() if len(word) > 3}
        self._x, self._w = families["X"], families["W"]
        self._prefix, self._whole, self._over, self._ending = (Weights(families[name]) for name in "XWYV")
        self._t, self._y, self._z = _laid_tables(families)
        self._sides = np.array([[families["x"].get(a + b, 0) for b in _CLASSES] for a in _CLASSES])
        self._speech = np.array([[families["S"].get(a + b, 0) for b in _SYMBOLS] for a in _SYMBOLS])
        self._speech_left, self._speech_right = (
            np.array([[families[name].get(shape + one, 0) for one in _SYMBOLS] for shape in SHAPES]) for name in "TU"
        )
        self._people = Weights(dict.fromkeys(alphabet.people, 1))
        self._person = np.array([families["R"].get(shape, 0) for shape in SHAPES])
        self._person_then = np.array([[families["R"].get(shape + one, 0) for one in _CLASSES] for shape in SHAPES])
        self._place = Weights({word: number for number, word in enumerate(about.PLACE_WORDS, 1)})
        self._place_begins = one_of(word[0] for word in about.PLACE_WORDS)
        self._place_far = np.array([families["P"].get(str(far), 0) for far in range(about.FURTHEST + 4)])
        self._place_word = np.array(
            [[0, *(families["P"].get(shape + word, 0) for word in about.PLACE_WORDS)] for shape in SHAPES]
        )
        self._first, self._last = by_character(alphabet.first, -1), by_character(alphabet.last, -1)
        self._on = np.array([families["g"].get(str(level), 0) for level in range(2 * LEVELS)])

    def sums(self, batch: Batch, found: Found) -> Ints:
        codes, start, end, shape = batch.codes, found.start, found.end, found.shape
        cut = known_words(batch.joined)
        lengths = np.fromiter(map(len, cut), dtype=np.int64, count=len(cut))
        ends = np.cumsum(lengths)
        starts, word_ends = np.repeat(ends - lengths, lengths), np.repeat(ends, lengths)
        left, right = self._class[codes[start - 1]], self._class[codes[end]]
        laid = _laid(starts, start, end)
        before, after = self._before(batch, start, starts), self._after(batch, end, starts, word_ends)
        person = (self._people.of(codes[start - 2], codes[start - 1]) > 0) | (
            self._people.of(codes[start - 3], codes[start - 2], codes[start - 1]) > 0
        )
        return np.asarray(
            self._across(batch, start, end, starts)
            + self._t[shape, laid]
            + self._sides[left, right]
            + self._y[shape, left, laid]
            + self._z[shape, right, laid]
            + self._speech[before, after]
            + self._speech_left[shape, before]
            + self._speech_right[shape, after]
            + np.where(person, self._person[shape] + self._person_then[shape, right], 0)
            + self._before_place(codes, end, shape)
            + self._going_on(codes, start, end)
        )

    def _across(self, batch: Batch, start: Ints, end: Ints, starts: Ints) -> Ints:
        """The candidate is a word, or one reaches across its edge."""
        codes, begins = batch.codes, starts[start]
        out = np.zeros(len(start), dtype=np.int64)
        out_left = start - begins
        two, three = out_left == 1, out_left == 2
        one = codes[start]
        out[two] += self._prefix.of(codes[start[two] - 1], one[two])
        out[three] += self._prefix.of(codes[start[three] - 2], codes[start[three] - 1], one[three])
        for place in np.flatnonzero(out_left > 2).tolist():
            out[place] += self._x.get(batch.said(begins[place], start[place] + 1), 0)
        goes_on, last = starts[end] != end, starts[end - 1]
        out[goes_on] += self._over.of(codes[end[goes_on] - 1], codes[end[goes_on]])
        is_word = ~goes_on & (out_left == 0) & (last == start)
        for length in (2, 3):
            some = np.flatnonzero(is_word & (end - start == length))
            out[some] += self._whole.of(*(codes[start[some] + i] for i in range(length)))
        for place in np.flatnonzero(is_word & (end - start > 3)).tolist():
            out[place] += self._w.get(batch.said(start[place], end[place]), 0)
        ending = ~goes_on & ~is_word & (last == end - 2)
        out[ending] += self._ending.of(codes[end[ending] - 2], codes[end[ending] - 1])
        return out

    def _before(self, batch: Batch, start: Ints, starts: Ints) -> Ints:
        """The symbol of the word that ends before each candidate."""
        first = starts[start - 1]
        spoken = self._spoken(batch, first, start)
        found = np.where(spoken >= 0, spoken, self._symbol[self._class[batch.codes[start - 1]]])
        found = np.where(starts[start] != start, 0, found)
        return np.where(batch.codes[start - 1] == 0, self._symbol[0], found)

    def _after(self, batch: Batch, end: Ints, starts: Ints, word_ends: Ints) -> Ints:
        """The symbol of the word that begins after each candidate."""
        spoken = self._spoken(batch, end, word_ends[end])
        found = np.where(spoken >= 0, spoken, self._symbol[self._class[batch.codes[end]]])
        found = np.where(starts[end] != end, 0, found)
        return np.where(batch.codes[end] == 0, self._symbol[0], found)

    def _spoken(self, batch: Batch, first: Ints, end: Ints) -> Ints:
        """The part of speech of each word, -1 for what is no usual word."""
        codes, length = batch.codes, end - first
        one, two, three = codes[end - 1], np.where(length > 1, codes[end - 2], 0), codes[end - 3]
        found = self._tag.of(np.where(length > 2, three, 0), two, one)
        for place in np.flatnonzero(length > 3).tolist():
            found[place] = self._long.get(batch.joined[first[place] : end[place]], -1)
        return found

    def _before_place(self, codes: Ints, end: Ints, shape: Ints) -> Ints:
        """A word for a place soon after it, with nothing but Chinese characters between."""
        at = end[:, np.newaxis] + np.arange(about.FURTHEST + 1)
        seen = codes[np.minimum(at, len(codes) - 3)]
        begins = self._place_begins[seen]
        out = np.zeros(len(end), dtype=np.int64)
        if not begins.any():
            return out
        between = (seen >= _FIRST_HAN) & (seen <= _LAST_HAN)
        begins[:, 1:] &= np.logical_and.accumulate(between, axis=1)[:, :-1]
        some, far = np.nonzero(begins)
        word = self._place_at(codes, end[some] + far)
        some, far, word = some[word > 0], far[word > 0], word[word > 0]
        some, first = np.unique(some, return_index=True)
        far, word = far[first], word[first]
        out[some] = self._place_far[far + _PLACE_LENGTHS[word]] + self._place_word[shape[some], word]
        return out

    def _place_at(self, codes: Ints, at: Ints) -> Ints:
        """The number of the word for a place that begins there, 0 for none."""
        one, two, three = codes[at], codes[at + 1], codes[at + 2]
        found = np.maximum(self._place.of(one), self._place.of(one, two))
        return np.asarray(np.maximum(found, self._place.of(one, two, three)))

    def _going_on(self, codes: Ints, start: Ints, end: Ints) -> Ints:
        """A longer name is possible."""
        first, last = self._first[codes[end - 1]], self._last[codes[end]]
        fit = (end - start == 2) & (first >= 0) & (last >= 0)
        return np.where(fit, self._on[np.maximum(first + last, 0)], 0)


def _edged(of: Mapping[str, int]) -> Ints:
    """Weights of single characters; the gap between texts is the edge."""
    out = by_character(of, 0)
    out[0] = of.get(about.EDGE, 0)
    return out


def _classes() -> Ints:
    """The number of each character's class, the gap's is the edge."""
    out = by_character({}, _CLASSES.index("p"))
    out[_FIRST_HAN : _LAST_HAN + 1] = _CLASSES.index("h")
    for character in ("和", "跟", "与", "及"):
        out[ord(character)] = _CLASSES.index("、")
    for character in (about.EDGE, "、", "0", "a", " "):
        out[ord(character)] = _CLASSES.index(character)
    out[0] = 0
    return out


def _laid(starts: Ints, start: Ints, end: Ints) -> Ints:
    """How words lie across each candidate as one number: what stands out left, the inner cuts, right."""
    inner = np.ones(len(start), dtype=np.int64)
    for step in (1, 2, 3):
        at = start + step
        inside = at < end
        inner = np.where(inside, 2 * inner + (starts[np.where(inside, at, start)] == at), inner)
    return np.asarray((np.minimum(start - starts[start], 2) * 16 + inner) * 2 + (starts[end] != end))


def _number_of(laid: str) -> int:
    """The same number for what nlu.name_features.laid_across says."""
    inner = 1
    for cut in laid[1:-1]:
        inner = 2 * inner + (cut == "|")
    return (int(laid[0]) * 16 + inner) * 2 + int(laid[-1])


def _laid_tables(families: Families) -> tuple[Ints, Ints, Ints]:
    """The weights of t, y and z by shape (and class) and by how words lie."""
    t = np.zeros((len(SHAPES), _LAID), dtype=np.int64)
    sides = np.zeros((2, len(SHAPES), len(_CLASSES), _LAID), dtype=np.int64)
    for said, weight in families["t"].items():
        t[SHAPES.index(said[:2]), _number_of(said[2:])] = weight
    for side, name in enumerate("yz"):
        for said, weight in families[name].items():
            sides[side, SHAPES.index(said[:2]), _CLASSES.index(said[2]), _number_of(said[3:])] = weight
    return t, sides[0], sides[1]
