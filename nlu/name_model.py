"""Names of people without any word that announces them: a small linear model over nlu.name_features.

The model is the text file beside this module, made by `python -m tools.train_names` from the project's own corpus and
invented names; no real message is in it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from nlu import name_features as about
from nlu.name_features import Alphabet, Range, candidates, its_own, word_starts
from nlu.segment import known_words

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

FILE = Path(__file__).with_name("name_model.txt")
SURE = {"02": 0.0, "11": -2.0, "12": -2.2, "21": -3.0, "22": -2.0}
"""The least score (log odds) of a name, by how many characters are surname and given name: a given name alone is a word of the
language or a place more often than a whole name is."""
AMID = 1.0
"""So much less is enough in a message that tells other personal data: who gives a number or a room gives names more often."""
BESIDE = 2.5
"""What a name beside it (张三、李四) is worth to a candidate."""
AGAIN = 6.0
"""From that much on, the same characters are that name everywhere in the message."""
_SURE_OTHERS = -1.8
_REMEMBERED = 50_000
_HOPELESS = -600
"""Below that (hundredths) by its own characters nothing around a candidate makes it a name."""
_HOPELESS_THERE = -450
"""Below that by its own characters and the ones beside it no word makes it one (of generated names that are found, 0.2 % lie
lower); half of the candidates need no look at the words of the dictionary."""
_Left = tuple[int, str, bool]
_Right = tuple[int, str]


class _Hopeful(NamedTuple):
    """A candidate, how many of its characters are surname and given name, its score without the words, and what stands beside it."""

    range: Range
    shape: str
    score: int
    left: _Left
    right: _Right


_SHORTEST = 2
_OTHER = re.compile(r"[0-9A-Za-z]")
_FORMS = str.maketrans({**dict.fromkeys("0123456789", "0")})
_LATIN = re.compile(r"[A-Za-z]")
_BETWEEN = re.compile(r"\s?[、，,和跟与及/／]\s?")
_LEVELS = re.compile(r"(.)(\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Memory:
    """Sums of weights that come again and again: of a candidate's characters, of what stands left and right, of how words lie, and
    of the parts of speech beside it. Each keeps a bounded number."""

    own: dict[str, tuple[str, int] | None] = field(default_factory=dict)
    left: dict[str, "_Left"] = field(default_factory=dict)
    right: dict[str, "_Right"] = field(default_factory=dict)
    shaped: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    spoken: dict[tuple[str, str, str], int] = field(default_factory=dict)


def _remember(memory: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(memory) < _REMEMBERED:
        memory[key] = value
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class NameModel:
    """Levels of characters and weights of features (hundredths of log odds)."""

    alphabet: Alphabet
    weights: Mapping[str, int]
    bias: int
    memory: _Memory = field(default_factory=_Memory, compare=False, repr=False)

    def scored(self, text: str) -> list[tuple[float, Range]]:
        """Every candidate that is not hopeless with its score above what SURE asks, in the order of the text."""
        plain = _LATIN.sub("a", text.translate(_FORMS)) if _OTHER.search(text) else text
        known, compound = self.memory.own, self.alphabet.compound
        hopeful = []
        for found in self.alphabet.begins.finditer(plain):
            start = found.start()
            pair = plain[start : start + 2]
            for end in (start + 2, start + 3, start + 4) if pair in compound else (start + 2, start + 3):
                said = plain[start:end]
                if said not in known:
                    self._remember_own(said)
                if (own := known[said]) is None or start + len(said) != end:
                    continue
                left, right = self._beside(plain, start, end)
                if (score := own[1] + left[0] + right[0]) > _HOPELESS_THERE:
                    hopeful.append(_Hopeful((start, end), own[0], score, left, right))
        if not hopeful:
            return []
        starts = word_starts(known_words(text))
        return [
            ((one.score + self._among_words(plain, starts, one)) / 100 - SURE.get(one.shape, _SURE_OTHERS), one.range)
            for one in hopeful
        ]

    def _sum(self, features: Iterable[str]) -> int:
        weigh = self.weights.get
        return sum(weigh(feature, 0) for feature in features)

    def _remember_own(self, said: str) -> None:
        """Shape and score of the characters alone; None for what cannot be a name or is hopeless."""
        own = None
        if (0, len(said)) in candidates(said, self.alphabet):
            shape, features = its_own(said, self.alphabet)
            score = self.bias + self._sum(features)
            own = (shape, score) if score > _HOPELESS else None
        if len(self.memory.own) >= _REMEMBERED:
            self.memory.own.clear()
        self.memory.own[said] = own

    def _beside(self, text: str, start: int, end: int) -> tuple["_Left", "_Right"]:
        """What stands left and right of a candidate: the weights, the class, and whether a word for people stands left."""
        memory = self.memory
        before, after = text[start - 3 if start > 3 else 0 : start], text[end : end + 3]
        left = memory.left.get(before)
        if left is None:
            value = self._sum(about.left_of(before)), about.class_before(before), about.is_person(before, self.alphabet)
            left = _remember(memory.left, before, value)
        right = memory.right.get(after)
        if right is None:
            right = _remember(memory.right, after, (self._sum(about.right_of(after)), about.class_after(after)))
        return left, right

    def _among_words(self, text: str, starts: list[int], one: "_Hopeful") -> int:
        """The weights of the other features of nlu.name_features.around: how the words of the dictionary lie there."""
        found, shape, _, left, right = one
        start, end = found
        memory, alphabet = self.memory, self.alphabet
        laid = shape, about.laid_across(starts, start, end), left[1], right[1]
        shaped = memory.shaped.get(laid)
        if shaped is None:
            shaped = _remember(memory.shaped, laid, self._sum(about.by_shape(*laid)))
        said = (
            shape,
            about.speech_before(text, start, starts, alphabet),
            about.speech_after(text, end, starts, alphabet),
        )
        spoken = memory.spoken.get(said)
        if spoken is None:
            spoken = _remember(memory.spoken, said, self._sum(about.by_speech(*said)))
        rest = [*about.across_words(text, found, starts), *about.before_place(text, end, shape)]
        if end - start == _SHORTEST:
            rest += about.going_on(text, found, alphabet)
        if left[2]:
            rest += about.after_person(shape, right[1])
        return shaped + spoken + self._sum(rest)

    def names(self, text: str, *, amid: bool = False) -> list[Range]:
        """Names in the order of their scores; never overlapping. `amid`: other personal data stand in the text."""
        scored = self.scored(text)
        least = -AMID if amid else 0.0
        taken = _chosen(scored, least)
        if not taken:
            return []
        near = [(score + BESIDE if _beside(text, one, taken) else score, one) for score, one in scored]
        taken = _chosen(near, least)
        return [*taken, *self._again(text, scored, taken)]

    def _again(self, text: str, scored: Iterable[tuple[float, Range]], taken: list[Range]) -> Iterator[Range]:
        """Where the sure names stand once more."""
        sure = {text[start:end] for score, (start, end) in scored if score >= AGAIN and (start, end) in taken}
        for name in sorted(sure):
            for found in re.finditer(re.escape(name), text):
                if not any(start < found.end() and found.start() < end for start, end in taken):
                    yield found.span()


def _chosen(scored: Iterable[tuple[float, Range]], least: float) -> list[Range]:
    """The best ones that do not overlap."""
    taken: list[Range] = []
    for score, (start, end) in sorted(scored, key=lambda one: (-one[0], one[1])):
        if score < least:
            break
        if not any(start < right and left < end for left, right in taken):
            taken.append((start, end))
    return taken


def _beside(text: str, one: Range, taken: Iterable[Range]) -> bool:
    """Whether a name stands beside it, with no more between than 、 or 和."""
    start, end = one
    return any(
        (0 < start - right <= 3 and _BETWEEN.fullmatch(text, right, start) is not None)
        or (0 < left - end <= 3 and _BETWEEN.fullmatch(text, end, left) is not None)
        for left, right in taken
    )


def written(model: NameModel) -> str:
    """The model as the text of its file."""
    lines = [f"{name} " + " ".join(sorted(getattr(model.alphabet, name))) for name in ("compound", "given", "people")]
    for name in ("surname", "first", "last", "only"):
        levels: Mapping[str, int] = getattr(model.alphabet, name)
        lines.append(f"{name} " + "".join(f"{character}{level}" for character, level in sorted(levels.items())))
    speech = model.alphabet.speech
    lines += [
        f"speech_{tag} " + " ".join(sorted(w for w in speech if speech[w] == tag))
        for tag in sorted(set(speech.values()))
    ]
    lines.append(f"bias {model.bias}")
    lines += [f"{feature}\t{weight}" for feature, weight in sorted(model.weights.items())]
    return "\n".join(lines) + "\n"


@cache
def loaded() -> NameModel:
    """The model of the file."""
    head, weights = {}, {}
    for line in FILE.read_text(encoding="utf-8").split("\n"):
        if "\t" in line:
            feature, weight = line.split("\t")
            weights[feature] = int(weight)
        elif line:
            name, _, rest = line.partition(" ")
            head[name] = rest
    levels = {
        name: {character: int(level) for character, level in _LEVELS.findall(head[name])}
        for name in ("surname", "first", "last", "only")
    }
    alphabet = Alphabet(
        compound=frozenset(head["compound"].split()),
        given=frozenset(head["given"].split()),
        people=frozenset(head["people"].split()),
        speech={w: name[-1] for name, rest in head.items() if name.startswith("speech_") for w in rest.split()},
        surname=levels["surname"],
        first=levels["first"],
        last=levels["last"],
        only=levels["only"],
    )
    return NameModel(alphabet=alphabet, weights=weights, bias=int(head["bias"]))
