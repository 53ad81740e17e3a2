"""Two opinions into one: the network's logits and the embedded engine's probabilities, calibrated. Pure numpy.

The shares of the classes are a product of both opinions, each with a power of its own (two numbers, fitted by likelihood on rows
that neither had seen). How sure the best class is, a logistic function says: of the leads in both opinions and of
whether both name the same class.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FLOOR = 1e-4
"""No opinion is surer than this that a class is impossible."""
_POWERS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05, 1.2, 1.5)
_RIDGE = 1.0
_STEPS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The two powers, and the weights of the logistic function (constant first)."""

    network: float
    embedded: float
    weights: Floats

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The numbers as named arrays, for a model file."""
        return {"stack_powers": np.array([self.network, self.embedded]), "stack_weights": self.weights}

    @staticmethod
    def of(arrays: Mapping[str, npt.NDArray[Any]]) -> "Stack":
        """The numbers back from `arrays()`."""
        network, embedded = arrays["stack_powers"]
        return Stack(network=float(network), embedded=float(embedded), weights=arrays["stack_weights"])

    def probabilities(self, logits: Floats, told: Floats) -> Floats:
        """A row for each text: the calibrated probability of every class, the best one first among them by a hair at least.

        `logits` are the network's (texts x classes), `told` the embedded engine's probabilities of the same.
        """
        shares = _shares(logits, told, self.network, self.embedded)
        sure = 1.0 / (1.0 + np.exp(-(_signs(shares, logits, told) @ self.weights)))
        rows = np.arange(len(shares))
        best = shares.argmax(axis=1)
        others = shares.copy()
        others[rows, best] = 0.0
        others /= np.maximum(others.sum(axis=1, keepdims=True), 1e-12)
        out = np.minimum(others * (1.0 - sure)[:, None], sure[:, None] * (1.0 - 1e-6))
        out[rows, best] = sure
        return out


def fit(logits: Floats, told: Floats, truth: Ints) -> Stack:
    """The stack that explains the truth best; the rows are none that network or embedded engine were trained on.

    A truth below 0 is no class: an answer to it is wrong.
    """
    named = np.flatnonzero(truth >= 0)
    rows = np.arange(len(named))

    def loss(powers: tuple[float, float]) -> float:
        return float(-np.log(_shares(logits[named], told[named], *powers)[rows, truth[named]] + 1e-9).mean())

    network, embedded = min(((a, b) for a in _POWERS for b in _POWERS if a or b), key=loss)
    shares = _shares(logits, told, network, embedded)
    right = (shares.argmax(axis=1) == truth).astype(np.float64)
    return Stack(network=network, embedded=embedded, weights=_logistic(_signs(shares, logits, told), right))


def _shares(logits: Floats, told: Floats, network: float, embedded: float) -> Floats:
    scores = network * _log_softmax(logits) + embedded * np.log(np.maximum(told, _FLOOR))
    return np.asarray(np.exp(_log_softmax(scores)), dtype=np.float64)


def _log_softmax(scores: Floats) -> Floats:
    lowered = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(lowered - np.log(np.exp(lowered).sum(axis=1, keepdims=True)), dtype=np.float64)


def _signs(shares: Floats, logits: Floats, told: Floats) -> Floats:
    """What tells right from wrong: constant, odds of the best, leads, what each opinion gives it, and agreement."""
    rows = np.arange(len(shares))
    order = np.argsort(-shares, axis=1, kind="stable")
    best, second = order[:, 0], order[:, min(1, shares.shape[1] - 1)]
    first = np.clip(shares[rows, best], _FLOOR, 1 - _FLOOR)
    lead = np.log(first) - np.log(np.maximum(shares[rows, second], _FLOOR))
    own = _log_softmax(logits)[rows, best]
    other = np.log(np.maximum(told[rows, best], _FLOOR))
    both = (logits.argmax(axis=1) == told.argmax(axis=1)).astype(np.float64)
    constant = np.ones(len(shares))
    return np.stack([constant, np.log(first / (1 - first)), lead, own, other, both], axis=1)


def _logistic(signs: Floats, right: Floats) -> Floats:
    """Weights of a logistic regression with a small ridge, by Newton's method."""
    weights = np.zeros(signs.shape[1])
    ridge = np.full(signs.shape[1], _RIDGE)
    ridge[0] = 1e-3
    for _ in range(_STEPS):
        sure = 1.0 / (1.0 + np.exp(-np.clip(signs @ weights, -30, 30)))
        slope = signs.T @ (sure - right) + ridge * weights
        curve = (signs * (sure * (1 - sure))[:, None]).T @ signs + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights
