"""How far two weeks lie apart."""

from math import log

import pytest

from nlu.shift import jensen_shannon, psi, tops


def test_the_same_shares_lie_nowhere_apart() -> None:
    assert psi({"a": 100, "b": 300}, {"a": 1000, "b": 3000}) == pytest.approx(0, abs=1e-4)
    assert jensen_shannon({"a": 100, "b": 300}, {"a": 1000, "b": 3000}) == pytest.approx(0, abs=1e-4)


def test_psi_is_that_of_the_formula() -> None:
    expected = (0.6 - 0.5) * log(0.6 / 0.5) + (0.4 - 0.5) * log(0.4 / 0.5)
    assert psi({"a": 60_000, "b": 40_000}, {"a": 50_000, "b": 50_000}) == pytest.approx(expected, rel=1e-3)


def test_nothing_in_common_is_one_and_stays_finite() -> None:
    assert jensen_shannon({"a": 10_000}, {"b": 10_000}) == pytest.approx(1, abs=0.01)
    assert 5 < psi({"a": 100}, {"b": 100}) < 50


@pytest.mark.parametrize("other", [{"b": 1}, {"a": 2, "b": 5, "c": 9}])
def test_jensen_shannon_is_the_same_both_ways(other: dict[str, int]) -> None:
    one = {"a": 3, "b": 4}
    assert jensen_shannon(one, other) == pytest.approx(jensen_shannon(other, one))


def test_codes_are_counted_by_their_top() -> None:
    assert tops({"0101": 2, "0102": 3, "1601": 1}) == {"01": 5, "16": 1}
