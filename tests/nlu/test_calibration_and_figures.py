"""Probabilities mean what they say, and figures are counted as they are defined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nlu import metrics
from nlu.calibration import Calibration
from nlu.fitting import _calibration

TRUTH = np.array([0, 0, 1, 1, 2, 2])
BEST = np.array([0, 1, 1, 1, 2, 0])


def test_accuracy_and_macro_f1_are_counted_by_hand() -> None:
    assert metrics.accuracy(TRUTH, BEST) == pytest.approx(4 / 6)
    assert metrics.macro_f1(TRUTH, BEST) == pytest.approx((1 / 2 + 4 / 5 + 2 / 3) / 3)


def test_top_counts_the_first_places() -> None:
    ranking = np.array([[0, 1, 2], [1, 0, 2], [2, 0, 1]])
    truth = np.array([0, 0, 1])
    assert [metrics.top(truth, ranking, k=k) for k in (1, 2, 3)] == [pytest.approx(n / 3) for n in (1, 2, 3)]


def test_the_calibration_error_is_the_gap_between_said_and_true() -> None:
    right = np.array([True, True, False, False])
    assert metrics.calibration_error(np.full(4, 0.5), right) == pytest.approx(0.0)
    assert metrics.calibration_error(np.full(4, 0.9), right) == pytest.approx(0.4)


def test_coverage_is_the_longest_sure_part_that_keeps_the_precision() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    right = np.array([True, True, False, True])
    assert metrics.coverage(confidence, right, precision=0.95) == 0.5
    assert metrics.coverage(confidence, right, precision=0.75) == 1.0
    assert metrics.coverage(confidence, ~right, precision=0.95) == 0.0


def test_rows_of_one_confidence_are_answered_together_or_not_at_all() -> None:
    right = np.array([True, False, True, False])
    assert metrics.coverage(np.full(4, 0.7), right, precision=0.9) == 0.0


def test_a_threshold_needs_enough_rows_and_else_never_answers() -> None:
    confidence = np.linspace(0.99, 0.5, 20)
    right = np.arange(20) < 15
    found = metrics.threshold(confidence, right, precision=0.95)
    assert np.mean(right[confidence >= found]) >= 0.95
    assert metrics.threshold(confidence, ~right, precision=0.95) > 1
    assert metrics.threshold(confidence[:5], right[:5], precision=0.95) > 1


@pytest.fixture(scope="module")
def margins() -> tuple[np.ndarray, np.ndarray]:
    """4,000 rows of four classes; the wider the best margin, the likelier it is right."""
    lot = np.random.default_rng(1)
    truth = lot.integers(0, 4, 4000)
    made = lot.normal(-1.0, 0.5, (4000, 4))
    made[np.arange(4000), truth] += lot.normal(1.0, 0.8, 4000)
    return made, truth


def test_confidence_agrees_with_what_happens_on_unseen_rows(margins: tuple[np.ndarray, np.ndarray]) -> None:
    made, truth = margins
    fitted = _calibration(made[:2000], None, truth[:2000])
    confidence = fitted.confidence(made[2000:])
    right = made[2000:].argmax(axis=1) == truth[2000:]
    assert 0.5 < right.mean() < 0.95
    assert metrics.calibration_error(confidence, right) < 0.05
    raw = 1 / (1 + np.exp(-made[2000:].max(axis=1)))
    assert metrics.calibration_error(raw, right) > metrics.calibration_error(confidence, right)


def test_the_best_class_is_that_of_the_greatest_margin(margins: tuple[np.ndarray, np.ndarray]) -> None:
    made, truth = margins
    probabilities = _calibration(made, None, truth).probabilities(made)
    rows = np.arange(len(made))
    assert np.all(probabilities[rows, made.argmax(axis=1)] >= probabilities.max(axis=1) - 1e-12)


@pytest.mark.parametrize("right", [True, False])
def test_a_classifier_that_is_always_right_or_always_wrong_still_calibrates(right: bool) -> None:
    made = np.array([[1.0, -1.0], [-1.0, 1.0]] * 10)
    truth = np.array([0, 1] * 10) if right else np.array([1, 0] * 10)
    confidence = _calibration(made, None, truth).confidence(made)
    assert np.all(confidence > 0.9) if right else np.all(confidence < 0.1)


def test_a_calibration_survives_the_file(margins: tuple[np.ndarray, np.ndarray]) -> None:
    made, truth = margins
    fitted = _calibration(made, None, truth)
    assert np.array_equal(Calibration.of(fitted.arrays()).probabilities(made), fitted.probabilities(made))


@settings(deadline=None)
@given(arrays(np.float64, (5, 3), elements=st.floats(-50, 50)))
def test_probabilities_stay_probabilities(made: np.ndarray) -> None:
    lot = np.random.default_rng(0)
    fitted = _calibration(lot.normal(size=(60, 3)), None, lot.integers(0, 3, 60))
    probabilities = fitted.probabilities(made)
    assert np.all((probabilities >= 0) & (probabilities <= 1))
    assert np.all(probabilities.sum(axis=1) <= 1 + 1e-9)


def test_the_class_of_the_greatest_margin_stays_first_where_nothing_is_sure() -> None:
    nothing = np.zeros(3)
    unsure = Calibration(bias=-2.0, common=np.zeros(3), first=nothing, second=nothing, slope=nothing, temperature=1.0)
    told = unsure.probabilities(np.array([[0.1, 0.2, 0.3], [-0.5, -0.9, -0.7]]))
    assert told.argmax(axis=1).tolist() == [2, 0]


def test_what_both_stages_are_sure_of_is_surer(margins: tuple[np.ndarray, np.ndarray]) -> None:
    first, truth = margins
    lot = np.random.default_rng(2)
    moved = first + lot.normal(0.0, 0.6, first.shape)
    half = len(truth) // 2
    alone = _calibration(moved[:half], None, truth[:half]).confidence(moved[half:])
    both = _calibration(moved[:half], first[:half], truth[:half])
    told = both.confidence(moved[half:], first[half:])
    right = moved[half:].argmax(axis=1) == truth[half:]

    def loss(confidence: np.ndarray) -> float:
        return float(-np.log(np.where(right, confidence, 1.0 - confidence)).mean())

    assert loss(told) < 0.95 * loss(alone)
    assert np.array_equal(Calibration.of(both.arrays()).confidence(moved, first), both.confidence(moved, first))
