"""From the margins of the classes to probabilities that mean what they say.

How sure the best class is: a logistic function of its margin, its lead over the second and the second's over the
third, with a bias and a slope of its own for each class (Platt's method, tied together by a common part). Where a second
look has moved the margins, the three leads of the first stage count as well: what both stages are sure of is surer. What
is left goes to the other classes by a softmax with a temperature.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SCALE = 3.0
"""Margins are small numbers; this brings the common part to the size of the per-class part."""
_BELOW = 1.0 - 1e-5
"""The most that any other class may have of what the best one has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Weights of the logistic function: common (3, or 6 with those of the first stage), by best class, by second class, slope
    by best class."""

    bias: float
    common: Floats
    first: Floats
    second: Floats
    slope: Floats
    temperature: float

    def arrays(self) -> dict[str, npt.NDArray[np.float64]]:
        """The weights as named arrays, for a model file."""
        return {
            "calibration_scalars": np.array([self.bias, self.temperature]),
            "calibration_common": self.common,
            "calibration_first": self.first,
            "calibration_second": self.second,
            "calibration_slope": self.slope,
        }

    @staticmethod
    def of(arrays: Mapping[str, npt.NDArray[np.float64]]) -> "Calibration":
        """The weights back from `arrays()`."""
        bias, temperature = arrays["calibration_scalars"]
        return Calibration(
            bias=float(bias),
            temperature=float(temperature),
            common=arrays["calibration_common"],
            first=arrays["calibration_first"],
            second=arrays["calibration_second"],
            slope=arrays["calibration_slope"],
        )

    def confidence(self, margins: Floats, first: Floats | None = None) -> Floats:
        """The probability that the class of the greatest margin is right, a row each.

        `first` are the margins of the first stage, for a calibration that was learnt with them.
        """
        order, leads = told_by(margins, first)
        score = self.bias + leads @ self.common
        score += self.first[order[:, 0]] + self.second[order[:, 1]]
        score += self.slope[order[:, 0]] * leads[:, 0] / SCALE
        return np.asarray(1.0 / (1.0 + np.exp(-score)), dtype=np.float64)

    def probabilities(self, margins: Floats, first: Floats | None = None) -> Floats:
        """A probability for every class (rows may sum to less than one); the order is that of the margins."""
        confidence = self.confidence(margins, first)
        rows = np.arange(len(margins))
        best = margins.argmax(axis=1)
        others = others_share(margins, self.temperature)
        below = confidence * _BELOW  # a tie would let the order of the labels choose the best
        out = np.minimum(others * (1.0 - confidence)[:, None], below[:, None])
        out[rows, best] = confidence
        return out


def leading(margins: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """The classes from the best on, and (margin, lead over second, second's lead over third), scaled."""
    order = np.argsort(-margins, axis=1, kind="stable")
    best = np.take_along_axis(margins, order[:, :3], axis=1)
    third = best[:, 2] if best.shape[1] > 2 else best[:, 1]
    leads = np.stack([best[:, 0], best[:, 0] - best[:, 1], best[:, 1] - third], axis=1) * SCALE
    return order, leads


def told_by(margins: Floats, first: Floats | None) -> tuple[npt.NDArray[np.int64], Floats]:
    """The classes from the best on, and the leads of the margins, beside them those of the first stage where there are two."""
    order, leads = leading(margins)
    return order, leads if first is None else np.hstack([leads, leading(first)[1]])


def others_share(margins: Floats, temperature: float) -> Floats:
    """How what is not the best class is shared among the others; rows sum to one, the best class has none."""
    scaled = margins * temperature
    scaled[np.arange(len(margins)), margins.argmax(axis=1)] = -np.inf
    scaled -= scaled.max(axis=1, keepdims=True)
    share = np.exp(scaled)
    return np.asarray(share / share.sum(axis=1, keepdims=True), dtype=np.float64)
