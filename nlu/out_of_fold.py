"""What a model answered to its own training texts while it was judged: each by a model that had not seen it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfFold:
    """One row for each labelled text, in order: the class that was true and the one that was best (numbers of the
    model's classes), whether the truth was among the first three, and how sure the answer was (0 to 1)."""

    truth: npt.NDArray[np.int64]
    best: npt.NDArray[np.int64]
    in_three: npt.NDArray[np.bool_]
    confidence: npt.NDArray[np.float64]
