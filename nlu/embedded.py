"""The engine "embedded": a sparse linear model over words and characters, calibrated. Serving needs numpy and scipy only."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from nlu import features, registry
from nlu.calibration import Calibration
from nlu.engines import RANKED, Prediction
from nlu.registry import Array, ModelCard
from nlu.segment import segmenter
from tickets.types import Ranked

ENGINE = "embedded"
_BATCH = 256
_STRONGEST = 6

Floats = npt.NDArray[np.float64]


class Vocabulary:
    """Features and their weights: what a text is for the linear model."""

    def __init__(self, known: Sequence[str], idf: npt.NDArray[np.float32]) -> None:
        self._index = {token: number for number, token in enumerate(known)}
        self._idf = idf

    def matrix(self, token_lists: Sequence[Sequence[str]]) -> Any:
        """A row for each list of tokens: (1 + log count) x idf, rows of length one."""
        get = self._index.get
        rows = [[number for token in tokens if (number := get(token)) is not None] for tokens in token_lists]
        starts = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=starts[1:])
        columns = np.fromiter((number for row in rows for number in row), dtype=np.int32, count=int(starts[-1]))
        shape = (len(rows), len(self._idf))
        made = sparse.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=shape)
        made.sum_duplicates()
        made.data = (1.0 + np.log(made.data)) * self._idf[made.indices]
        lengths = np.sqrt(np.asarray(made.multiply(made).sum(axis=1)).ravel())
        made.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(made.indptr))
        return made

    def weights(self, tokens: Sequence[str]) -> dict[str, tuple[int, float]]:
        """Column and weight of each known token of one text, shared among its occurrences."""
        row = self.matrix([tokens])
        weight = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
        counts: dict[str, int] = {}
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
        return {
            token: (column, weight[column] / count)
            for token, count in counts.items()
            if (column := self._index.get(token)) is not None
        }


class Embedded:
    """A loaded model. Immutable; safe to share between threads."""

    def __init__(self, card: ModelCard, arrays: Mapping[str, Array]) -> None:
        self.card = card
        self.segmenter = segmenter(unpack(arrays["words"]))
        self._vocabulary = Vocabulary(unpack(arrays["vocabulary"]), arrays["idf"])
        self._weights = arrays["weights"].astype(np.float32)
        self._bias = arrays["bias"].astype(np.float64)
        self._calibration = Calibration.of(arrays)

    @staticmethod
    def load(folder: Path) -> "Embedded":
        """The model of a folder. Raises HotlineError NO_MODEL, MODEL_FORMAT or MODEL_CHANGED."""
        return Embedded(*registry.load(folder))

    def threshold(self, precision: int) -> float:
        """The confidence to answer at for a target precision of 90, 95 or 98 percent."""
        return float(self.card.thresholds[str(precision)])

    def threshold_together(self, precision: int) -> float | None:
        """From which sum on the labels of one place may be trusted; None for a model that was not told of places."""
        return self.card.thresholds.get(f"together_{precision}")

    def alarm(self, percent: int) -> float:
        """The probability of danger to alarm at when so many of a hundred harmless messages may alarm (1, 2, 5 or 10).

        Above 1 for a model that has no such threshold.
        """
        return float(self.card.thresholds.get(f"alarm_{percent}", 2.0))

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        """A prediction for each raw text, in order."""
        found: list[Prediction] = []
        for start in range(0, len(texts), _BATCH):
            shaped = [features.shape(features.read(text).text) for text in texts[start : start + _BATCH]]
            found += self.predict_tokens([features.tokens(one, self.segmenter) for one in shaped])
        return found

    def predict_tokens(self, token_lists: Sequence[Sequence[str]]) -> list[Prediction]:
        """A prediction for each list of tokens, in order."""
        if not token_lists:
            return []
        rows = self._vocabulary.matrix(token_lists)
        probabilities = self._calibration.probabilities(self._margins(rows))
        known = np.diff(rows.indptr) > 0
        return [
            Prediction(ranked=self._ranked(row) if some else ()) for row, some in zip(probabilities, known, strict=True)
        ]

    def explain(self, shaped: str, label: str) -> tuple[tuple[str, float], ...]:
        """The words that spoke for `label`, strongest first: what every feature adds, shared among its words.

        Only words that the model knows are told: they are kept in histories, and a stranger's name is none of them.
        """
        column = self.card.classes.index(label)
        words = [word for word in self.segmenter.cut(shaped) if word != " "]
        located = list(features.located(shaped, self.segmenter.cut(shaped)))
        weights = self._vocabulary.weights([token for token, _, _ in located])
        told = [0.0] * len(words)
        for token, first, last in located:
            if token in weights:
                number, value = weights[token]
                share = value * float(self._weights[number, column]) / max(1, last - first)
                for place in range(first, last):
                    told[place] += share
        total: dict[str, float] = {}
        for word, weight in zip(words, told, strict=True):
            total[word] = total.get(word, 0.0) + weight
        strongest = sorted(
            ((w, v) for w, v in total.items() if v > 0 and features.word_token(w) in weights), key=lambda item: -item[1]
        )
        return tuple((word, round(value, 4)) for word, value in strongest[:_STRONGEST])

    def _margins(self, rows: Any) -> Floats:
        return np.asarray(rows @ self._weights, dtype=np.float64) + self._bias

    def _ranked(self, probabilities: Floats) -> tuple[Ranked, ...]:
        order = np.argsort(-probabilities, kind="stable")[:RANKED]
        return tuple(Ranked(label=self.card.classes[i], score=round(float(probabilities[i]), 6)) for i in order)


def pack(words: Sequence[str]) -> Array:
    """Strings as one array of bytes; no string may hold a line feed."""
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def unpack(array: Array) -> list[str]:
    """The strings of `pack`."""
    text = array.tobytes().decode()
    return text.split("\n") if text else []
