"""Names of people without any word that announces them: a small linear model over nlu.name_features.

The model is the text file beside this module, made by `python -m tools.train_names` from the project's own corpus and
invented names; no real message is in it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import floor
from pathlib import Path

from nlu.name_features import Alphabet, Range, around, candidates, its_own, left_of, right_of, word_starts
from nlu.name_sums import HOPELESS, HOPELESS_THERE, NameSums
from nlu.segment import known_words

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
_LEAST = {shape: floor(100 * (sure - AMID - BESIDE)) for shape, sure in SURE.items()}
"""What no neighbour and no other personal data can lift to a name is not looked at further."""
_OTHER = re.compile(r"[0-9A-Za-z]")
_FORMS = str.maketrans(dict.fromkeys("0123456789", "0"))
_LATIN = re.compile(r"[A-Za-z]")
_FEW = 200
"""So many characters are scored sooner feature by feature than in arrays."""
_BETWEEN = re.compile(r"\s?[、，,和跟与及/／]\s?")
_LEVELS = re.compile(r"(.)(\d)")


@dataclass(frozen=True, kw_only=True)
class NameModel:
    """Levels of characters and weights of features (hundredths of log odds)."""

    alphabet: Alphabet
    weights: Mapping[str, int]
    bias: int

    @cached_property
    def _sums(self) -> NameSums:
        return NameSums(self.alphabet, self.weights, self.bias)

    def names_many(self, texts: Sequence[str], amid: Sequence[bool]) -> list[list[Range]]:
        """For each text its names in the order of their scores; never overlapping. `amid`: other personal data stand in it."""
        if not texts:
            return []
        few = sum(map(len, texts)) <= _FEW
        scored = [self.scored_alone(text) for text in texts] if few else self._sums.scored(texts, _LEAST)
        return [
            self._names(text, some, least=-AMID if one else 0.0) if some else []
            for text, some, one in zip(texts, scored, amid, strict=True)
        ]

    def scored_alone(self, text: str) -> list[tuple[int, str, Range]]:
        """What `NameSums.scored` says of a text, feature by feature: sooner than arrays for a short text alone."""
        plain = _LATIN.sub("a", text.translate(_FORMS)) if _OTHER.search(text) else text
        hopeful = []
        for start, end in dict.fromkeys(candidates(plain, self.alphabet)):
            shape, own = its_own(plain[start:end], self.alphabet)
            score = self.bias + self._total(own)
            if score > HOPELESS:
                beside = (*left_of(plain[max(0, start - 3) : start]), *right_of(plain[end : end + 3]))
                if score + self._total(beside) > HOPELESS_THERE:
                    hopeful.append((score, shape, (start, end)))
        if not hopeful:
            return []
        starts = word_starts(known_words(text))
        told = (
            (score + self._total(around(plain, found, shape, starts, self.alphabet)), shape, found)
            for score, shape, found in hopeful
        )
        return [one for one in told if one[0] >= _LEAST[one[1]]]

    def _total(self, features: Iterable[str]) -> int:
        weigh = self.weights.get
        return sum(weigh(one, 0) for one in features)

    def _names(self, text: str, found: Sequence[tuple[int, str, Range]], *, least: float) -> list[Range]:
        scored = [(score / 100 - SURE[shape], one) for score, shape, one in found]
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
