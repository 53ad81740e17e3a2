"""Figures of a classifier's answers. Pure numpy; `truth` and `ranking` hold indexes of classes."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BINS = 15


def accuracy(truth: Ints, best: Ints) -> float:
    """Share of right answers."""
    return float(np.mean(truth == best))


def top(truth: Ints, ranking: Ints, *, k: int) -> float:
    """Share of rows whose truth is among the first `k` of its ranking (best first)."""
    return float(np.mean((ranking[:, :k] == truth[:, None]).any(axis=1)))


def macro_f1(truth: Ints, best: Ints) -> float:
    """Mean F1 over every class that occurs in the truth or in the answers."""
    scores = []
    for label in np.union1d(truth, best):
        hits = float(np.sum((truth == label) & (best == label)))
        scores.append(2 * hits / float(np.sum(truth == label) + np.sum(best == label)))
    return float(np.mean(scores))


def calibration_error(confidence: Floats, right: Bools) -> float:
    """Expected calibration error over 15 bins of equal width: mean |confidence - share right|."""
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = [
        abs(float(confidence[bins == b].mean() - right[bins == b].mean())) * float(np.mean(bins == b))
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def coverage(confidence: Floats, right: Bools, *, precision: float) -> float:
    """The greatest share of rows, surest first, of which at least `precision` are right."""
    found = _longest(confidence, right, precision=precision)
    return 0.0 if found is None else (found + 1) / len(right)


def threshold(confidence: Floats, right: Bools, *, precision: float, least: int = 10) -> float:
    """The lowest confidence from which on `precision` of the rows are right; above 1 (never answer) when none is.

    Fewer than `least` rows prove nothing.
    """
    found = _longest(confidence, right, precision=precision)
    if found is None or found + 1 < least:
        return 1.01
    return float(np.sort(confidence)[::-1][found])


def _longest(confidence: Floats, right: Bools, *, precision: float) -> int | None:
    """Index of the last row, surest first, up to which `precision` holds; rows of one confidence go together."""
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence = confidence[order]
    share = np.cumsum(right[order]) / np.arange(1, len(right) + 1)
    last_of_tie = np.append(sorted_confidence[1:] != sorted_confidence[:-1], True)
    good = np.flatnonzero((share >= precision) & last_of_tie)
    return int(good[-1]) if len(good) else None
