"""When the matter is open but the unit is not: likely matters of one unit are together as sure as one must be."""

from typing import Any

import pytest

from tickets.types import DecisionKind, Ranked

ROWS = (("A", "market", "0401"), ("B", "market", "0402"), ("C", "works", "0301"))


def ranked(**scores: float) -> tuple[Ranked, ...]:
    return tuple(Ranked(label=code.removeprefix("m"), score=score) for code, score in scores.items())


def decide(hand: Any, bar: float | None, **scores: float) -> Any:
    rows = [hand.row(id_, unit, matter) for id_, unit, matter in ROWS]
    return hand.decide(*rows, abstain=True, threshold=bar, matters=ranked(**scores))


@pytest.fixture(autouse=True)
def _units(hand: Any) -> None:
    assert {unit for _, unit, _ in ROWS} <= hand.units.keys()


def test_two_matters_of_one_unit_add_up(hand: Any) -> None:
    decision = decide(hand, 0.9, m0401=0.5, m0402=0.42, m0301=0.05)
    assert (decision.kind, decision.lead.unit, decision.matter) == (DecisionKind.DISPATCH, "market", "0401")


@pytest.mark.parametrize(("score", "kind"), [(0.43, DecisionKind.DISPATCH), (0.39, DecisionKind.TRIAGE)])
def test_the_sum_must_reach_the_bar(hand: Any, score: float, kind: DecisionKind) -> None:
    assert decide(hand, 0.92, m0401=0.5, m0402=score).kind is kind


def test_the_surest_unit_wins_and_its_best_matter_is_taken(hand: Any) -> None:
    decision = decide(hand, 0.55, m0301=0.4, m0402=0.31, m0401=0.29)
    assert (decision.lead.unit, decision.matter) == ("market", "0402")


def test_without_a_bar_nothing_adds_up(hand: Any) -> None:
    assert decide(hand, None, m0401=0.5, m0402=0.5).kind is DecisionKind.TRIAGE


def test_a_matter_that_lies_with_each_street_s_own_centre_adds_nothing_while_the_street_is_unknown(hand: Any) -> None:
    rows = [hand.row("A", "@centre", "0401"), hand.row("B", "@centre", "0402")]
    decision = hand.decide(
        *rows, abstain=True, threshold=0.6, matters=ranked(m0401=0.5, m0402=0.4), place=hand.somewhere["nowhere"]
    )
    assert decision.kind is DecisionKind.TRIAGE
