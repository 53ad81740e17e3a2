"""The engine "embedded": a sparse linear model over words and characters, calibrated. Serving needs numpy and scipy only."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlu import features, registry
from nlu.calibration import Calibration
from nlu.engines import RANKED, Prediction
from nlu.foundation import Foundation, Views
from nlu.grams import WORD, Grams, grams
from nlu.registry import Array, ModelCard
from nlu.second import Second
from nlu.segment import segmenter
from nlu.vocabulary import Vocabulary
from tickets.types import Ranked

ENGINE = "embedded"
_BATCH = 256
_STRONGEST = 6

Floats = npt.NDArray[np.float64]


class Embedded:
    """A loaded model. Immutable; safe to share between threads."""

    def __init__(self, card: ModelCard, arrays: Mapping[str, Array]) -> None:
        self.card = card
        self.segmenter = segmenter(unpack(arrays["words"]))
        self._vocabulary = Vocabulary(arrays["keys"], arrays["idf"])
        self._weights = arrays["weights"].astype(np.float32)
        self._bias = arrays["bias"].astype(np.float64)
        self._calibration = Calibration.of(arrays)
        foundation = Foundation.of(arrays)
        self._views = Views(foundation) if foundation else None
        self._second = Second.of(arrays)

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

    def grams(self, shaped: Sequence[str]) -> Grams:
        """The features of shaped texts; models that were trained with the same words may share them."""
        return grams(shaped, self.segmenter)

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        """A prediction for each raw text, in order."""
        found: list[Prediction] = []
        for start in range(0, len(texts), _BATCH):
            shaped = [features.shape(one.text) for one in features.read_many(texts[start : start + _BATCH])]
            found += self.predict_grams(self.grams(shaped))
        return found

    def predict_grams(self, told: Grams) -> list[Prediction]:
        """A prediction for each text of `told`, in order."""
        if not told.n:
            return []
        probabilities = self.probabilities(told)
        known = probabilities.max(axis=1) > 0.0
        order = np.argsort(-probabilities, axis=1, kind="stable")[:, :RANKED]
        scores = np.take_along_axis(probabilities, order, axis=1).round(6)
        return [
            Prediction(ranked=tuple(map(self._ranked, best, how)) if some else ())
            for best, how, some in zip(order.tolist(), scores.tolist(), known.tolist(), strict=True)
        ]

    def probabilities(self, told: Grams) -> Floats:
        """The probability of every class (texts x classes); a row of zeros for a text that holds nothing known."""
        rows = self._vocabulary.matrix(told)
        margins, first = np.asarray(rows @ self._weights, dtype=np.float64) + self._bias, None
        if self._second is not None and self._views is not None:
            margins, first = self._second.margins(margins, self._views.of(told)), margins
        found = self._calibration.probabilities(margins, first)
        found[np.diff(rows.indptr) == 0] = 0.0
        return found

    def explain(self, told: Grams, labels: Sequence[str | None]) -> list[tuple[tuple[str, float], ...]]:
        """For each text the words that spoke for its label, strongest first: what every feature adds, shared among its
        characters. None: nothing is explained.

        Only words that the model knows are told: they are kept in histories, and a stranger's name is none of them.
        """
        number = {label: column for column, label in enumerate(self.card.classes)}
        asked = np.array([-1 if label is None else number[label] for label in labels], dtype=np.int64)
        columns, shares = self._vocabulary.shares(told)
        used = (columns >= 0) & (asked[told.rows] >= 0)
        starts, ends = told.starts[used], told.ends[used]
        added = shares[used] * self._weights[columns[used], asked[told.rows[used]]] / (ends - starts)
        steps = np.zeros(len(told.joined) + 1)
        np.add.at(steps, starts, added)
        np.subtract.at(steps, ends, added)
        sums = np.append(0.0, np.cumsum(np.cumsum(steps)))
        worth = sums[told.word_ends] - sums[told.word_starts]
        known = columns[told.kinds == WORD] >= 0
        totals: list[dict[str, float]] = [{} for _ in range(told.n)]
        for place in np.flatnonzero(known & (asked[told.word_rows] >= 0)).tolist():
            word = told.joined[told.word_starts[place] : told.word_ends[place]]
            total = totals[told.word_rows[place]]
            total[word] = total.get(word, 0.0) + float(worth[place])
        return [_strongest(total) for total in totals]

    def _ranked(self, column: int, score: float) -> Ranked:
        return Ranked(label=self.card.classes[column], score=score)


def _strongest(total: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    found = sorted(((word, value) for word, value in total.items() if value > 0), key=lambda item: -item[1])
    return tuple((word, round(value, 4)) for word, value in found[:_STRONGEST])


def pack(words: Sequence[str]) -> Array:
    """Strings as one array of bytes; no string may hold a line feed."""
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def unpack(array: Array) -> list[str]:
    """The strings of `pack`."""
    text = array.tobytes().decode()
    return text.split("\n") if text else []
