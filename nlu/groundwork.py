"""Learning a foundation and the second stage that stands on it. Needs scikit-learn, as all training."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

import city
from nlu import features
from nlu.corpus import read_corpus
from nlu.foundation import Floats, Foundation
from nlu.grams import grams
from nlu.second import Second
from nlu.segment import segmenter
from nlu.vocabulary import Vocabulary, chosen

Ints = npt.NDArray[np.int64]

SHIPPED = Path(city.__file__).parent / "packs" / "xuhui" / "nlu.yml"
"""The corpus that comes with the program, written for it."""
LEAST_ROWS = 500
"""Fewer rows cannot carry a second stage."""
MOST_CLASSES = 60
"""More classes would make the second stage larger than the first is worth."""

_LEAST, _LONGEST = 4, 2
_C, _TOLERANCE = 0.5, 0.1
_SECOND_C, _SECOND_STEPS = 0.3, 60
_CLASS_WEIGHT_POWER = 0.3
_NEVER = -50.0


@lru_cache(maxsize=2)
def foundation(corpus: Path = SHIPPED) -> Foundation:
    """The foundation that a corpus gives; learnt once a process, in about ten seconds. Raises BadInput."""
    from sklearn.svm import LinearSVC

    told = [example for example in read_corpus(corpus) if example.matter]
    texts = grams([features.shape(one.text) for one in features.read_many([one.text for one in told])], segmenter())
    keys, idf = chosen(texts, least=_LEAST, longest=_LONGEST)
    rows = Vocabulary(keys, idf).matrix(texts).astype(np.float64)
    machine = LinearSVC(C=_C, tol=_TOLERANCE, random_state=0).fit(rows, [one.matter for one in told])
    return Foundation(
        keys=keys, idf=idf, weights=machine.coef_.T.astype(np.float16), bias=machine.intercept_.astype(np.float64)
    )


def suits(n: int, n_classes: int) -> bool:
    """Whether a second stage is worth learning from so many rows of so many classes."""
    return n >= LEAST_ROWS and n_classes < MOST_CLASSES


def second(margins: Floats, views: Floats, truth: Ints) -> Second:
    """The second stage for margins out of fold (texts x classes); `truth` below 0 is left out."""
    from sklearn.linear_model import LogisticRegression

    named = truth >= 0
    inputs, labels = np.hstack([margins, views])[named], truth[named]
    present, counts = np.unique(labels, return_counts=True)
    weight = (len(labels) / len(present) / counts) ** _CLASS_WEIGHT_POWER
    model = LogisticRegression(C=_SECOND_C, max_iter=_SECOND_STEPS)
    model.fit(inputs, labels, sample_weight=weight[np.searchsorted(present, labels)])
    weights = np.zeros((inputs.shape[1], margins.shape[1]))
    bias = np.full(margins.shape[1], _NEVER)
    if len(present) == 2:  # one column tells both apart
        weights[:, present[1]], bias[present] = model.coef_[0], (0.0, model.intercept_[0])
    else:
        weights[:, present], bias[present] = model.coef_.T, model.intercept_
    return Second(weights=weights, bias=bias)


def out_of_fold(margins: Floats, views: Floats, truth: Ints, folds: Ints) -> Floats:
    """The margins as second stages move them that have not seen the row's fold."""
    moved = np.empty_like(margins)
    for fold in np.unique(folds):
        held = folds == fold
        moved[held] = second(margins[~held], views[~held], truth[~held]).margins(margins[held], views[held])
    return moved
