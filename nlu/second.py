"""The second look: what the margins of all classes and the view of the shipped corpus say together.

A small multinomial model (stacking, Wolpert 1992), learnt on margins out of fold. It knows which classes are taken for
which, and moves the margins a little: the first stage stays in charge.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlu.registry import Array

Floats = npt.NDArray[np.float64]

_SHARE = 0.15
_FAINTEST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """Weights ((classes + matters) x classes) and biases."""

    weights: Floats
    bias: Floats

    def arrays(self) -> dict[str, Array]:
        """The weights as named arrays, for a model file."""
        return {"second_weights": self.weights, "second_bias": self.bias}

    @staticmethod
    def of(arrays: Mapping[str, Array]) -> "Second | None":
        """The weights of `arrays()`; None for a model without."""
        if "second_weights" not in arrays:
            return None
        return Second(weights=arrays["second_weights"], bias=arrays["second_bias"])

    def margins(self, first: Floats, views: Floats) -> Floats:
        """The margins of the first stage (texts x classes), moved by the log of what this model makes of them."""
        told = np.hstack([first, views]) @ self.weights + self.bias
        told = np.exp(told - told.max(axis=1, keepdims=True))
        share = told / told.sum(axis=1, keepdims=True)
        return np.asarray(first + _SHARE * np.log(share + _FAINTEST), dtype=np.float64)
