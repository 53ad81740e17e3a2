"""What a model answered to its own training texts while it was judged: each by a model that had not seen it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfFold:
    """One row for each labelled text, in order: the class that was true and the one that was best (numbers of the
    model's classes), whether the truth was among the first three, and how sure the answer was (0 to 1). `beyond` is how
    sure the answers were to texts that belong to no class, each of them a wrong answer."""

    truth: npt.NDArray[np.int64]
    best: npt.NDArray[np.int64]
    in_three: npt.NDArray[np.bool_]
    confidence: npt.NDArray[np.float64]
    beyond: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @staticmethod
    def of(probabilities: npt.NDArray[np.float64], labels: Sequence[str], classes: Sequence[str]) -> "OutOfFold":
        """The answers that out-of-fold probabilities (texts x classes) are; each label is one of `classes`.

        Rows beyond the labels belong to texts outside of every class.
        """
        number = {label: index for index, label in enumerate(classes)}
        truth = np.array([number[label] for label in labels], dtype=np.int64)
        named, others = probabilities[: len(labels)], probabilities[len(labels) :]
        order = np.argsort(-named, axis=1, kind="stable")[:, :3]
        return OutOfFold(
            truth=truth,
            best=order[:, 0].astype(np.int64),
            in_three=(order == truth[:, None]).any(axis=1),
            confidence=named[np.arange(len(truth)), order[:, 0]],
            beyond=others.max(axis=1) if len(others) else np.empty(0),
        )
