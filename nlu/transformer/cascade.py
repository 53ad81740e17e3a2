"""The engine "transformer" as it serves: the embedded engine answers what it is sure of, the network helps with the rest."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlu import features, registry
from nlu.embedded import Embedded
from nlu.engines import INNER, RANKED, Prediction
from nlu.registry import ModelCard
from nlu.transformer.serve import Exported
from nlu.transformer.stacking import Stack
from plumbing.errors import HotlineError
from tickets.types import Ranked

ENGINE = "transformer"
NETWORK, TOKENIZER = "encoder.onnx", "tokenizer.json"
"""What a model's folder holds beside its card, its arrays and the embedded model's folder INNER."""
_BATCH = 256

Floats = npt.NDArray[np.float64]


class Cascade:
    """A loaded model of the engine transformer. Immutable; safe to share between threads."""

    def __init__(self, card: ModelCard, *, inner: Embedded, network: Exported, stack: Stack) -> None:
        self.card = card
        self.inner = inner
        self._network = network
        self._stack = stack
        self._sure = float(card.settings["sure"])

    @staticmethod
    def load(folder: Path, *, alone: bool = False) -> "Cascade":
        """The model of a folder; `alone` asks the network about every text.

        Raises HotlineError NO_MODEL, MODEL_FORMAT, MODEL_CHANGED, or NO_ENGINE where onnxruntime is not installed.
        """
        card, arrays = registry.load(folder)
        inner = Embedded.load(folder / INNER)
        files = {NETWORK: folder / NETWORK, TOKENIZER: folder / TOKENIZER}
        told = {name: digest(file) for name, file in files.items()} | {INNER: inner.card.version}
        if told != card.settings["parts"]:
            raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 的文件与训练时不一致，已拒绝使用；请重新训练。")
        network = Exported(
            files[NETWORK],
            files[TOKENIZER],
            longest=card.settings["longest"],
            pad=card.settings["pad"],
            n_classes=len(card.classes),
        )
        made = Cascade(card, inner=inner, network=network, stack=Stack.of(arrays))
        if alone:
            made._sure = _NEVER
        return made

    def threshold(self, precision: int) -> float:
        """The confidence to answer at for a target precision of 90, 95 or 98 percent; above 1 = never answer."""
        return float(self.card.thresholds[str(precision)])

    def threshold_together(self, precision: int) -> float | None:
        """From which sum on the labels of one place may be trusted; None for a model that was not told of places."""
        return self.card.thresholds.get(f"together_{precision}")

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        """A prediction for each raw text, in order."""
        found: list[Prediction] = []
        for start in range(0, len(texts), _BATCH):
            found += self.predict_shaped([one.text for one in features.read_many(texts[start : start + _BATCH])])
        return found

    def predict_shaped(self, readable: Sequence[str]) -> list[Prediction]:
        """The same for texts that are normalised and masked already."""
        shaped = [features.shape(text) for text in readable]
        return self.weigh(readable, self.inner.probabilities(self.inner.grams(shaped)))

    def weigh(self, readable: Sequence[str], told: Floats) -> list[Prediction]:
        """A prediction for each text when the embedded engine's probabilities are known (a row of zeros: nothing known)."""
        out = told.copy()
        unsure = np.flatnonzero((told.max(axis=1) < self._sure) & (told.max(axis=1) > 0.0))
        if len(unsure):
            logits = self._network.logits([readable[i][: features.MOST_CHARACTERS] for i in unsure.tolist()])
            out[unsure] = self._stack.probabilities(logits, told[unsure])
        return [self._prediction(row) for row in out]

    def _prediction(self, row: Floats) -> Prediction:
        if row.max() <= 0.0:
            return Prediction(ranked=())
        order = np.argsort(-row, kind="stable")[:RANKED]
        return Prediction(
            ranked=tuple(Ranked(label=self.card.classes[i], score=round(float(row[i]), 6)) for i in order)
        )


_NEVER = 2.0


def digest(file: Path) -> str:
    """SHA-256 of a file. Raises HotlineError NO_MODEL when it is not there."""
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError:
        raise HotlineError("NO_MODEL", f"找不到模型文件 {file.parent.name}/{file.name}；请先训练。") from None
