"""Which passage of a knowledge base answers a message, and how sure that is.

index = Index(city.store.articles(session))
index.find("居住证快到期了，网上能续吗", matters=understanding.matters)

BM25 over words and pairs of characters, three fields weighted; the matters that an engine saw in the message speak for
passages of those matters. The confidence is a logistic model of how well the best passage fits and of how the message
is put (nlu/asking.py): it is the probability that the passage answers what was asked, so a complaint about the same
thing has a low one. Pure; built once for a version of the knowledge base; well under a millisecond a question.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from city.kit_types import Article
from nlu.asking import Asking, asking
from nlu.normalise import normalise
from nlu.segment import segmenter
from tickets.types import Ranked

Floats = npt.NDArray[np.float64]

MOST_CHARACTERS = 300
"""Nobody asks one question in more; what follows is a story."""

_K1, _B = 1.2, 0.35
_TITLE, _WORDS, _ANSWER = 2.5, 3.0, 1.0
_PAIR = 0.7
"""A pair of characters says half of what a word says: the same words are in it again."""
_MATTER = 12.0
"""What a certain matter adds to a passage of that matter; about what two rare words in its title do."""
_PARENT = 0.4
"""Of that for a passage of the matter above or below."""

_PAIR_MARK = "\x01"

SIGNS = ("covered", "headed", "words", "lead", "matter", "enquiry", "asks", "wants", "tells")
_INTERCEPT = -8.584
_WEIGHTS = (3.636, 0.687, 0.668, 2.838, 1.931, 1.343, 2.497, -1.431, -0.475)
"""Fitted by benchmarks/answers.py on the parts `fit` and `look` of tests/nlu/enquiries.csv."""

_ORDINARY = re.compile(
    r"请问|想问一?下?|咨询|麻烦|你好|您好|谢谢|怎么样?|怎样|如何|咋|哪里|哪儿|哪个|哪些|什么时候|什么|啥时候|啥|可以|可不可以|能不能|要不要|有没有|是不是|行不行"
    r"|应该|需要|想要?|要|办法|怎么办|我们?|你们?|他们?|自己|一个|一下|这个|那个|现在|知道|吗|呢|呀|啊|吧|的|了|是|在|有|到|去|和|就|也|都|还|把|被|给|让|跟|不|没|很|里|上|下|个"
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage's code, its BM25 score (0 and up), and the probability that it answers what was asked."""

    code: str
    score: float
    confidence: float


class Index:
    """Immutable once built; safe to ask from many threads."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._passages = tuple(articles)
        self._segmenter = segmenter(())
        self._postings, self._idf, self._rare = self._built()
        self._heads = [frozenset(self._tokens(_head(passage))) for passage in self._passages]
        self._kin: dict[str, Floats] = {}

    def find(
        self, text: str, *, matters: Sequence[Ranked] = (), enquiry: float | None = None, most: int = 3
    ) -> tuple[Found, ...]:
        """Up to `most` passages, the likeliest first; none when neither a word nor a matter speaks for any. Never raises for a strange text.

        `matters` are what an engine makes of the text, with calibrated probabilities.
        """
        found: list[Found] = []
        for code, score, signs in self.weighed(text, matters=matters, enquiry=enquiry, most=most):
            sure = confidence(signs)
            found.append(Found(code=code, score=score, confidence=min([sure, *(one.confidence for one in found)])))
        return tuple(found)

    def weighed(
        self, text: str, *, matters: Sequence[Ranked] = (), enquiry: float | None = None, most: int = 3
    ) -> list[tuple[str, float, tuple[float, ...]]]:
        """The best passages with their scores and what their confidence is made of (SIGNS); for fitting."""
        clean = normalise(text)
        tokens = self._tokens(clean[:MOST_CHARACTERS].lower())
        words = self._scores(tokens)
        scores = words + self._prior(matters)
        if not scores.any():
            return []
        order = [int(at) for at in np.argsort(-scores, kind="stable")[: max(most, 2)] if scores[at] > 0]
        put = _manner(asking(clean), enquiry)
        return [
            (
                self._passages[at].code,
                float(scores[at]),
                (
                    *self._covered(tokens, at),
                    math.log1p(float(words[at])),
                    _lead(scores, order, at),
                    _agreed(self._passages[at].matters, matters),
                    *put,
                ),
            )
            for at in order[:most]
        ]

    def _tokens(self, text: str) -> list[str]:
        """Words and pairs of characters, without the ordinary words of asking."""
        plain = _ORDINARY.sub(" ", text)
        words = [word for word in self._segmenter.cut(plain) if not _NO_WORD.fullmatch(word)]
        pairs = [_PAIR_MARK + run[at : at + 2] for run in _HAN.findall(plain) for at in range(len(run) - 1)]
        return words + pairs

    def _built(self) -> tuple[dict[str, tuple[npt.NDArray[np.int64], Floats]], dict[str, float], float]:
        """For each token the passages that hold it with what it adds to each, its rarity, and that of an unknown one."""
        counts = [self._weighted(passage) for passage in self._passages]
        n = max(len(counts), 1)
        lengths = [sum(count.values()) for count in counts]
        mean = sum(lengths) / n or 1.0
        holders = Counter(token for count in counts for token in count)
        idf = {token: math.log(1 + (n - held + 0.5) / (held + 0.5)) for token, held in holders.items()}
        places: dict[str, list[int]] = {}
        weights: dict[str, list[float]] = {}
        for place, (count, length) in enumerate(zip(counts, lengths, strict=True)):
            flat = _K1 * (1 - _B + _B * length / mean)
            for token, often in count.items():
                places.setdefault(token, []).append(place)
                weights.setdefault(token, []).append(_value(token) * idf[token] * often * (_K1 + 1) / (often + flat))
        postings = {token: (np.array(places[token]), np.array(weights[token])) for token in places}
        return postings, idf, math.log(1 + (n + 0.5) / 0.5)

    def _weighted(self, passage: Article) -> dict[str, float]:
        """How often each token stands in the passage, fields weighted."""
        count: defaultdict[str, float] = defaultdict(float)
        for text, weight in (
            (passage.title, _TITLE),
            ("。".join(passage.words), _WORDS),
            (passage.answer, _ANSWER),
        ):
            for token, often in Counter(self._tokens(normalise(text).lower())).items():
                count[token] += weight * often
        return count

    def _scores(self, tokens: Sequence[str]) -> Floats:
        scores = np.zeros(len(self._passages))
        for token in set(tokens):
            if found := self._postings.get(token):
                scores[found[0]] += found[1]
        return scores

    def _prior(self, matters: Sequence[Ranked]) -> Floats:
        prior = np.zeros(len(self._passages))
        for matter in matters:
            kin = self._kin.get(matter.label)
            if kin is None:
                kin = self._kin[matter.label] = self._related(matter.label)
            prior += matter.score * kin
        return prior

    def _related(self, label: str) -> Floats:
        """What that matter, were it certain, adds to each passage."""
        kin = np.zeros(len(self._passages))
        for place, passage in enumerate(self._passages):
            if label in passage.matters:
                kin[place] = _MATTER
            elif any(code.startswith(label) or label.startswith(code) for code in passage.matters):
                kin[place] = _PARENT * _MATTER
        return kin

    def _covered(self, tokens: Sequence[str], place: int) -> tuple[float, float]:
        """How much of what the message says is in the passage, and in its title and words: 0..1, rare tokens count more."""
        total = held = headed = 0.0
        for token in set(tokens):
            weight = _value(token) * self._idf.get(token, self._rare)
            total += weight
            if (found := self._postings.get(token)) and place in found[0]:
                held += weight
                headed += weight * (token in self._heads[place])
        return (held / total, headed / total) if total else (0.0, 0.0)


def wants_action(text: str) -> bool:
    """Whether the words want somebody to act or tell a grievance: then no passage is the answer, however well it fits."""
    put = asking(normalise(text))
    return put.n_wants > 0 or put.exact or put.n_tells > 1


def confidence(signs: Sequence[float]) -> float:
    """The probability that a passage with these SIGNS answers what was asked."""
    return 1.0 / (1.0 + math.exp(-(_INTERCEPT + sum(map(float.__mul__, _WEIGHTS, signs)))))


def _head(passage: Article) -> str:
    return normalise("。".join((passage.title, *passage.words))).lower()


def _value(token: str) -> float:
    return _PAIR if token.startswith(_PAIR_MARK) else 1.0


def _lead(scores: Floats, order: Sequence[int], at: int) -> float:
    """How far a passage is ahead of the best other one, as a share of its own score; negative when it is behind."""
    rival = next((other for other in order if other != at), None)
    return 1.0 if rival is None else max(float(scores[at] - scores[rival]) / float(scores[at]), -1.0)


def _agreed(own: Sequence[str], matters: Sequence[Ranked]) -> float:
    """How probable an engine finds it that the message is about a matter of the passage."""
    return sum(one.score for one in matters if one.label in own)


def _manner(put: Asking, enquiry: float | None) -> tuple[float, ...]:
    """How probable it is that something is asked, whether words ask, and the words that want or tell something instead."""
    asked = (0.8 if put.n_asks and not put.n_wants else 0.2) if enquiry is None else enquiry
    return asked, float(put.n_asks > 0 or put.ends_asking), float(put.n_wants + put.exact), float(put.n_tells)
