"""What the shipped corpus knows before a city has a history: how far a text speaks of each of its matters.

A city that trains on its own messages, with labels of its own, learns from the pack's corpus too: not what its labels
mean, but which words are about the same thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlu.grams import Grams, Keys
from nlu.registry import Array
from nlu.vocabulary import Vocabulary

Floats = npt.NDArray[np.float64]

_SHARPNESS = 8.0
_LENGTH = 3.0
"""Chosen with the second stage, by cross-validation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """A linear model of the corpus: features x matters, half precision as in the file."""

    keys: Keys
    idf: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float16]
    bias: Floats

    def arrays(self) -> dict[str, Array]:
        """The foundation as named arrays, for a model file."""
        return {
            "foundation_keys": self.keys,
            "foundation_idf": self.idf,
            "foundation_weights": self.weights,
            "foundation_bias": self.bias,
        }

    @staticmethod
    def of(arrays: Mapping[str, Array]) -> "Foundation | None":
        """The foundation of `arrays()`; None for a model that stands on none."""
        if "foundation_keys" not in arrays:
            return None
        return Foundation(
            keys=arrays["foundation_keys"],
            idf=arrays["foundation_idf"],
            weights=arrays["foundation_weights"],
            bias=arrays["foundation_bias"],
        )


class Views:
    """A foundation made ready to look at texts."""

    def __init__(self, foundation: Foundation) -> None:
        self._vocabulary = Vocabulary(foundation.keys, foundation.idf)
        self._weights = foundation.weights.astype(np.float32)
        self._bias = foundation.bias

    def of(self, told: Grams) -> Floats:
        """Texts x matters: roots of the matters' shares, every row of one length, so that faint hints count too."""
        margins = np.asarray(self._vocabulary.matrix(told) @ self._weights, dtype=np.float64) + self._bias
        shares = np.exp(_SHARPNESS / 2 * (margins - margins.max(axis=1, keepdims=True)))
        return np.asarray(_LENGTH * shares / np.linalg.norm(shares, axis=1, keepdims=True), dtype=np.float64)
