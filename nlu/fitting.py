"""Training the engine "embedded". The only place that needs scikit-learn.

A linear SVM for each class against the rest, its features first scaled by how differently they occur in the class
and elsewhere (Wang and Manning 2012, by the square root). Calibration and thresholds come from margins out of fold;
rows of one group are never on both sides.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from nlu import features, groundwork, metrics
from nlu.calibration import SCALE, Calibration, leading, others_share, told_by
from nlu.embedded import pack
from nlu.foundation import Foundation, Views
from nlu.grams import grams
from nlu.registry import Array
from nlu.segment import segmenter
from nlu.vocabulary import Vocabulary, chosen

Progress = Callable[[str], None]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 5
SMALL = 3000
"""Below so many texts the model is kept simpler: no runs of three characters, weaker scaling."""
PRECISIONS = (90, 95, 98)
ALARMS = (1, 2, 5, 10)
"""Of a hundred messages without danger, how many may raise an alarm out of fold: a city chooses."""
_NOT_SEEN = -2.0
"""The margin of a class that the training part of a fold does not hold."""
_TEMPERATURES = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
_SMOOTHING = 0.1
_CLASS_WEIGHT_POWER = 0.3
_HEAD_C = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model is trained: the SVM's C, the power of the scaling, in how many texts a feature must occur, and
    the longest run of characters. Chosen by cross-validation on sets of 800 to 14,000 messages."""

    c: float
    power: float
    least: int
    longest: int

    @staticmethod
    def of(n: int, n_classes: int = 2) -> "Recipe":
        """The recipe for `n` texts of so many classes."""
        if n < SMALL or n_classes >= _MANY:
            return Recipe(c=1.0, power=0.3, least=1 if n < _TINY else 2, longest=2)
        return Recipe(c=0.5, power=0.5, least=2 if n < _LARGE else 3, longest=3)


_MANY = 60
"""From so many labels on they share one scaling: a hundred of their own cost minutes and gained nothing."""
_TINY = 100
_LARGE = 8000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What training gives: arrays for a model file, what its card says, and the out-of-fold probabilities (texts, then outside)."""

    arrays: dict[str, Array]
    classes: tuple[str, ...]
    n_features: int
    thresholds: dict[str, float]
    figures: dict[str, float]
    settings: dict[str, Any]
    probabilities: Floats


def fit(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    groups: Sequence[str | None],
    hints: Sequence[tuple[str, str]] = (),
    outside: Sequence[str] = (),
    words: Sequence[str] = (),
    quiet: str | None = None,
    together: Mapping[str, str] | None = None,
    foundation: Callable[[], Foundation] | None = None,
    progress: Progress = lambda _: None,
) -> Fitted:
    """A model for these raw texts. At least two labels. A group None stands for the text itself.

    `quiet` is the label that says that there is nothing to tell, for a model that raises alarms: it gets thresholds
    "alarm_P" on the probability of all other labels together. `together` says which labels lead to the same place (the
    matters of one unit): thresholds "together_P" say from which sum on P percent are right about the place. `hints` are further (text, label) pairs, such as the keywords of a matter: trained on, never judged by. `outside`
    are texts that belong to no label: they teach how little sure to be, and an answer to one is a wrong answer.
    `foundation` is asked for only where there are rows enough to build on it.
    """
    progress("读取文本")
    recipe = Recipe.of(len(texts), len(set(labels)))
    cut = segmenter(words)
    every = (*texts, *outside, *(text for text, _ in hints))
    shaped = [features.shape(one.text) for one in features.read_many(every)]
    told_grams = grams(shaped, cut)
    known, idf = chosen(told_grams, least=recipe.least, longest=recipe.longest)
    rows = Vocabulary(known, idf).matrix(told_grams).astype(np.float64)
    classes = tuple(sorted({*labels, *(label for _, label in hints)}))
    number: dict[str | None, int] = {None: _NOTHING} | {label: index for index, label in enumerate(classes)}
    told = [*labels, *(None for _ in outside), *(label for _, label in hints)]
    truth = np.array([number[label] for label in told], dtype=np.int64)
    n = len(texts) + len(outside)
    folds = np.full(len(truth), _ALWAYS)
    alike = zip((*groups, *(None for _ in outside)), shaped[:n], strict=True)
    folds[:n] = _folds([group or one for group, one in alike], truth[:n])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class that is hard to part converges slowly; the figures below judge it
        progress("交叉验证")
        margins = _out_of_fold(rows, truth, folds=folds, n_classes=len(classes), recipe=recipe)[:n]
        first: Floats | None = None
        extra: dict[str, Array] = {}
        if foundation is not None and groundwork.suits(n, len(classes)):
            progress("对照自带语料")
            base = foundation()
            views = Views(base).of(told_grams)[:n]
            last = groundwork.second(margins, views, truth[:n])
            margins, first = groundwork.out_of_fold(margins, views, truth[:n], folds[:n]), margins
            extra = base.arrays() | last.arrays()
        progress("校准")
        probabilities = _told(margins, first, truth[:n], folds[:n])
        figures, thresholds = _judge(margins, truth[:n], probabilities)
        if quiet is not None:
            told_figures, told_bars = _alarms(truth[:n], probabilities, quiet=classes.index(quiet))
            figures |= told_figures
            thresholds |= told_bars
        if together is not None:
            places = np.unique([together.get(label, label) for label in classes], return_inverse=True)[1]
            told_figures, told_bars = _judge_together(truth[:n], probabilities, places=places)
            figures |= told_figures
            thresholds |= told_bars
        calibration = _calibration(margins, first, truth[:n])
        progress("训练")
        weights, bias = _train(rows, truth, n_classes=len(classes), recipe=recipe)
    return Fitted(
        arrays={
            "keys": known,
            "words": pack(sorted({word for word in words if len(word) > 1})),
            "idf": idf,
            "weights": weights.astype(np.float16),
            "bias": bias,
            **calibration.arrays(),
            **extra,
        },
        classes=classes,
        n_features=len(known),
        thresholds=thresholds,
        figures=figures,
        settings={
            **asdict(recipe),
            "folds": int(folds.max()) + 1,
            "hints": len(hints),
            "outside": len(outside),
            "foundation": bool(extra),
        },
        probabilities=probabilities,
    )


_ALWAYS = -1
"""The fold of a hint: it is in every training part."""
_NOTHING = -1
"""The class of a text that belongs to no label."""


def _folds(groups: Sequence[str], truth: Ints) -> Ints:
    """A fold for each row: groups stay whole, each class is spread evenly, the same data give the same folds."""
    label_of: dict[str, int] = {}
    for group, label in zip(groups, truth.tolist(), strict=True):
        label_of.setdefault(group, label)
    count = max(2, min(FOLDS, len(label_of)))
    shuffled = sorted(label_of, key=lambda group: (label_of[group], sha256(group.encode("utf-8", "replace")).digest()))
    fold_of = {group: place % count for place, group in enumerate(shuffled)}
    return np.array([fold_of[group] for group in groups], dtype=np.int64)


def _out_of_fold(rows: Any, truth: Ints, *, folds: Ints, n_classes: int, recipe: Recipe) -> Floats:
    margins = np.full((len(truth), n_classes), _NOT_SEEN)

    for fold in range(int(folds.max()) + 1):
        held, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        weights, bias = _train(rows[kept], truth[kept], n_classes=n_classes, recipe=recipe)
        margins[held] = rows[held] @ weights + bias
    return margins


def _train(rows: Any, truth: Ints, *, n_classes: int, recipe: Recipe) -> tuple[Floats, Floats]:
    """Weights (features x classes) and biases; a class without rows never wins."""
    if n_classes >= _MANY:
        return _train_at_once(rows, truth, n_classes=n_classes, recipe=recipe)
    sums = np.asarray(rows.sum(axis=0)).ravel()
    present = len(np.unique(truth[truth != _NOTHING]))

    # one after the other: liblinear draws from one generator for the whole process, so that threads would make a
    # model that differs from run to run
    parts = [
        _against_rest(rows, truth == label, sums=sums, present=present, recipe=recipe) for label in range(n_classes)
    ]
    return np.stack([weights for weights, _ in parts], axis=1), np.array([bias for _, bias in parts])


def _train_at_once(rows: Any, truth: Ints, *, n_classes: int, recipe: Recipe) -> tuple[Floats, Floats]:
    """The same with one scaling for all classes, and a share of what complement naive Bayes makes of the same features.

    What belongs to no label is a class of its own that is then dropped. Both are linear, so that they add up to one
    set of weights; naive Bayes (Rennie et al. 2003) is better where a class has few texts.
    """
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    present, counts = np.unique(truth, return_counts=True)
    share = zip(present.tolist(), counts.tolist(), strict=True)
    weight = {label: (len(truth) / len(present) / n) ** _CLASS_WEIGHT_POWER for label, n in share}
    machine = LinearSVC(C=recipe.c, class_weight=weight, random_state=0, tol=_TOLERANCE).fit(rows, truth)
    bayes = ComplementNB(alpha=_BAYES_SMOOTHING).fit(rows, truth)
    own, other = machine.coef_.T, bayes.feature_log_prob_.T
    sample = rows[:: max(1, rows.shape[0] // _BAYES_SAMPLE)]
    scale = _BAYES_SHARE * _spread(sample @ own) / max(_spread(sample @ other), 1e-12)
    named = present != _NOTHING
    weights, bias = np.zeros((rows.shape[1], n_classes)), np.full(n_classes, _NOT_SEEN)
    centred = other - other.mean(axis=1, keepdims=True)
    weights[:, present[named]] = (own + scale * centred)[:, named]
    bias[present[named]] = machine.intercept_[named]
    return weights, bias


_TOLERANCE = 0.01
"""Nearer than this to the optimum costs minutes and changes no answer."""
_BAYES_SHARE = 0.3
_BAYES_SMOOTHING = 0.1
_BAYES_SAMPLE = 2000


def _spread(margins: Any) -> float:
    """How far the margins of one text lie apart, on average."""
    return float(np.asarray(margins).std(axis=1).mean())


def _against_rest(
    rows: Any, positive: npt.NDArray[np.bool_], *, sums: Floats, present: int, recipe: Recipe
) -> tuple[Floats, float]:
    from sklearn.svm import LinearSVC

    n_positive = int(positive.sum())
    if n_positive in (0, len(positive)):
        return np.zeros(rows.shape[1]), _NOT_SEEN if n_positive == 0 else 1.0
    inside = np.asarray(rows[positive].sum(axis=0)).ravel() + _SMOOTHING
    outside = np.maximum(sums - inside, 0.0) + 2 * _SMOOTHING
    scale = np.abs(np.log((inside / inside.sum()) / (outside / outside.sum()))) ** recipe.power
    scaled = sparse.csr_matrix((rows.data * scale[rows.indices], rows.indices, rows.indptr), shape=rows.shape)
    weight = (len(positive) / present / n_positive) ** _CLASS_WEIGHT_POWER
    machine = LinearSVC(C=recipe.c, class_weight={True: weight, False: 1.0}, random_state=0)
    machine.fit(scaled, positive)
    return np.asarray(machine.coef_[0] * scale), float(machine.intercept_[0])


def _told(margins: Floats, first: Floats | None, truth: Ints, folds: Ints) -> Floats:
    """Probabilities of every class; each row's come from margins and a calibration that have not seen its fold."""
    told = np.empty_like(margins)
    for fold in np.unique(folds):
        held = folds == fold
        seen, unseen = (None, None) if first is None else (first[~held], first[held])
        told[held] = _calibration(margins[~held], seen, truth[~held]).probabilities(margins[held], unseen)
    return told


def _judge(margins: Floats, truth: Ints, told: Floats) -> tuple[dict[str, float], dict[str, float]]:
    """Figures and thresholds of out-of-fold margins and probabilities.

    accuracy, top3 and macro_f1 are of the rows with a label; the others count an answer to any other row as wrong.
    """
    order, _ = leading(margins)
    confidence = told[np.arange(len(truth)), order[:, 0]]
    right = order[:, 0] == truth
    named = truth != _NOTHING
    figures = {
        "accuracy": metrics.accuracy(truth[named], order[named, 0]),
        "top3": metrics.top(truth[named], order[named], k=3),
        "macro_f1": metrics.macro_f1(truth[named], order[named, 0]),
        "ece": metrics.calibration_error(confidence, right),
    }
    thresholds = {}
    for percent in PRECISIONS:
        bar = metrics.threshold(confidence, right, precision=percent / 100)
        figures[f"coverage_at_{percent}"] = float(np.mean(confidence[named] >= bar))
        thresholds[str(percent)] = bar
    return figures, thresholds


def _judge_together(truth: Ints, told: Floats, *, places: Ints) -> tuple[dict[str, float], dict[str, float]]:
    """Coverage and thresholds when labels that lead to the same place add up."""
    sums = np.zeros((len(told), int(places.max()) + 1))
    np.add.at(sums.T, places, told.T)
    chosen, confidence = sums.argmax(axis=1), sums.max(axis=1)
    named = truth != _NOTHING
    right = named & (chosen == places[truth])
    figures = {"together": float(np.mean(right[named]))}
    thresholds = {}
    for percent in PRECISIONS:
        bar = metrics.threshold(confidence, right, precision=percent / 100)
        figures[f"coverage_together_at_{percent}"] = float(np.mean(confidence[named] >= bar))
        thresholds[f"together_{percent}"] = bar
    return figures, thresholds


def _alarms(truth: Ints, told: Floats, *, quiet: int) -> tuple[dict[str, float], dict[str, float]]:
    """The lowest probability of danger to alarm at, for each share of ALARMS of what is none; and what it finds."""
    loud = 1.0 - told[:, quiet]
    none = truth == quiet
    figures, thresholds = {}, {}
    for percent in ALARMS:
        bar = float(np.quantile(loud[none], 1.0 - percent / 100))
        figures[f"alarm_recall_{percent}"] = float(np.mean(loud[~none] > bar))
        thresholds[f"alarm_{percent}"] = float(np.nextafter(bar, 1.0))
    return figures, thresholds


def _calibration(margins: Floats, first: Floats | None, truth: Ints) -> Calibration:
    """The logistic function that tells right answers from wrong ones on these margins, and on those of the first stage."""
    from sklearn.linear_model import LogisticRegression

    n_classes = margins.shape[1]
    order, leads = told_by(margins, first)
    common = leads.shape[1]
    right = order[:, 0] == truth
    misled = ~right & (truth != _NOTHING)
    temperature = _temperature(margins[misled], truth[misled])
    if right.all() or not right.any():
        share = (right.sum() + 1) / (len(right) + 2)
        nothing = np.zeros(n_classes)
        return Calibration(
            bias=float(np.log(share / (1 - share))),
            common=np.zeros(common),
            first=nothing,
            second=nothing,
            slope=nothing,
            temperature=temperature,
        )
    rows = np.arange(len(truth))
    shape = (len(truth), n_classes)
    first = sparse.csr_matrix((np.ones(len(truth)), (rows, order[:, 0])), shape=shape)
    second = sparse.csr_matrix((np.ones(len(truth)), (rows, order[:, 1])), shape=shape)
    slope = sparse.csr_matrix((leads[:, 0] / SCALE, (rows, order[:, 0])), shape=shape)
    told = sparse.hstack([sparse.csr_matrix(leads), first, second, slope]).tocsr()
    head = LogisticRegression(C=_HEAD_C, max_iter=500).fit(told, right)
    weights = np.asarray(head.coef_[0], dtype=np.float64)
    return Calibration(
        bias=float(head.intercept_[0]),
        common=weights[:common],
        first=weights[common : common + n_classes],
        second=weights[common + n_classes : common + 2 * n_classes],
        slope=weights[common + 2 * n_classes :],
        temperature=temperature,
    )


def _temperature(margins: Floats, truth: Ints) -> float:
    """The temperature that best shares what is left among the classes that are not first."""
    if len(truth) == 0:
        return 4.0
    rows = np.arange(len(truth))
    losses = [-np.log(others_share(margins, t)[rows, truth] + 1e-12).mean() for t in _TEMPERATURES]
    return _TEMPERATURES[int(np.argmin(losses))]
