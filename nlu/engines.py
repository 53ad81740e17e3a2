"""What every engine of understanding gives: ranked labels with probabilities that mean what they say.

One Protocol, several implementations: `embedded` (sparse linear), `transformer` (ONNX), and the cascade of both. The
folder of a model says in its card which engine wrote it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from nlu.registry import ModelCard
from tickets.types import Ranked

RANKED = 5
"""How many labels an answer names at most."""
INNER = "embedded"
"""The folder of the embedded model inside the folder of a model of another engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Up to five labels, best first; none when the text holds nothing that the model knows."""

    ranked: tuple[Ranked, ...]

    def abstains(self, threshold: float) -> bool:
        """Whether the best is below `threshold`."""
        return not self.ranked or self.ranked[0].score < threshold


class Classifier(Protocol):
    """A loaded model of one label field. Immutable; safe to share between threads."""

    card: ModelCard

    def threshold(self, precision: int) -> float:
        """The confidence to answer at for a target precision of 90, 95 or 98 percent; above 1 = never answer."""
        ...

    def predict_many(self, texts: Sequence[str]) -> list[Prediction]:
        """A prediction for each raw text, in order. Never raises for a strange text."""
        ...
