"""Intervals, and the rule by which a challenger takes the champion's place."""

from dataclasses import replace

import numpy as np
import pytest

from nlu.compare import LEAST_JUDGED, Answer, Comparison, Judged, compare, objections
from nlu.intervals import bootstrap, mcnemar, wilson


def rows(n: int, units: int = 4) -> list[Judged]:
    return [Judged(label=f"{place % 10:04}", unit=f"u{place % units}") for place in range(n)]


def answers(truth: list[Judged], *, wrong: set[int], sure: float = 0.9) -> list[Answer]:
    return [
        Answer(label="9999" if place in wrong else one.label, score=sure, abstain=False)
        for place, one in enumerate(truth)
    ]


def told(n: int, *, champion: set[int], challenger: set[int]) -> Comparison:
    truth = rows(n)
    return compare(truth, answers(truth, wrong=champion), answers(truth, wrong=challenger))


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
    ],
)
def test_wilsons_interval_is_that_of_the_books(right: int, n: int, low: float, high: float) -> None:
    """The last two are the examples of Newcombe (1998), Statistics in Medicine 17, page 861."""
    assert wilson(right, n) == pytest.approx((low, high), abs=0.0001)


def test_the_bootstrap_interval_holds_what_theory_says() -> None:
    right = np.arange(400) < 300
    low, high = bootstrap(400, lambda places: float(right[places].mean()))
    assert (low, high) == pytest.approx(wilson(300, 400), abs=0.012)
    assert bootstrap(400, lambda places: float(right[places].mean())) == (low, high)


@pytest.mark.parametrize(("b", "c", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (1, 9, 0.021484375)])
def test_mcnemar_counts_only_the_rows_on_which_one_is_right(b: int, c: int, p: float) -> None:
    first = np.array([True] * b + [False] * c + [True] * 20)
    second = np.array([False] * b + [True] * c + [True] * 20)
    assert mcnemar(first, second) == pytest.approx(p)


def test_a_challenger_that_is_clearly_better_may_take_the_place() -> None:
    found = told(400, champion=set(range(0, 400, 5)), challenger=set(range(0, 400, 10)))
    assert (found.champion["accuracy"], found.challenger["accuracy"]) == (0.8, 0.9)
    gain, low, high = found.difference["accuracy"]
    assert gain == pytest.approx(0.1)
    assert 0 < low < gain < high
    assert found.p < 0.001
    assert objections(found, danger=0.0) == []


def test_an_equal_or_worse_one_may_not() -> None:
    same = told(400, champion={1, 2, 3}, challenger={4, 5, 6})
    assert any("没有提高" in one for one in objections(same, danger=0.0))
    worse = told(400, champion={1}, challenger=set(range(50)))
    assert any("没有提高（-12.2" in one for one in objections(worse, danger=0.0))


def test_a_gain_that_may_be_luck_is_no_gain() -> None:
    lucky = told(400, champion=set(range(40)), challenger=set(range(40, 78)))
    assert lucky.difference["accuracy"][0] > 0
    assert any("区间下限" in one for one in objections(lucky, danger=0.0))


@pytest.mark.parametrize("n", [1, LEAST_JUDGED - 1])
def test_too_few_tickets_say_how_many_more_are_needed(n: int) -> None:
    found = objections(told(n, champion={0}, challenger=set()), danger=0.0)
    assert f"还差 {LEAST_JUDGED - n} 张" in found[0]
    enough = objections(told(LEAST_JUDGED, champion=set(range(40)), challenger=set()), danger=0.0)
    assert enough == []


def test_danger_calibration_and_rare_matters_may_not_pay_for_accuracy() -> None:
    good = told(400, champion=set(range(0, 400, 5)), challenger=set(range(0, 400, 10)))
    assert any("危险" in one for one in objections(good, danger=-0.02))
    assert objections(good, danger=-0.005) == []
    vague = replace(good, challenger={**good.challenger, "ece": good.champion["ece"] + 0.03})
    assert any("校准" in one for one in objections(vague, danger=0.0))
    rare = replace(good, difference={**good.difference, "macro_f1": (-0.02, -0.03, -0.01)})
    assert any("宏平均" in one for one in objections(rare, danger=0.0))


def test_no_unit_may_lose_what_the_others_gain() -> None:
    """One unit loses a third of its own while the whole gains."""
    own = set(range(0, 400, 4))
    champion = {place for place in range(400) if place % 4 and place % 2}
    found = told(400, champion=champion, challenger=set(sorted(own)[:30]))
    assert found.difference["accuracy"][0] > 0.2
    assert [one for one in objections(found, danger=0.0) if "单位 u0" in one]
    assert [one["unit"] for one in found.units] == ["u0", "u1", "u2", "u3"]


def test_a_row_without_an_answer_is_wrong_and_abstaining_is_counted() -> None:
    truth = rows(10)
    silent = [Answer(label="", score=0.0, abstain=True) for _ in truth]
    found = compare(truth, silent, answers(truth, wrong=set()))
    assert (found.champion["accuracy"], found.champion["coverage"]) == (0.0, 0.0)
    assert (found.challenger["coverage"], found.challenger["precision_answered"]) == (1.0, 1.0)
