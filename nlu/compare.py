"""Champion against challenger on the same rows that neither was trained on: figures, differences, and who wins. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nlu import metrics
from nlu.intervals import bootstrap, mcnemar, wilson

LEAST_JUDGED = 200
"""With fewer rows a difference of five points is a matter of luck (its 95 % interval is about as wide)."""
MOST_LOSS = 0.01
"""The lower end of the accuracy's difference may not lie below this: better on average, and surely not much worse."""
MOST_F1_LOSS = 0.01
"""Rare matters may not pay for frequent ones."""
MOST_ECE_LOSS = 0.02
"""Confidence must go on to mean what it says, for thresholds decide who goes to a person."""
MOST_DANGER_LOSS = 0.01
LEAST_OF_UNIT = 20
MOST_UNIT_LOSS = 0.10
"""No unit with enough rows may lose more of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model said to a row: its best label ("" = none) with the confidence, and whether it abstained."""

    label: str
    score: float
    abstain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row with its truth. `unit` is who got it in the end."""

    label: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Figures of both, their differences (challenger less champion) with 95 % intervals, and figures by unit."""

    n: int
    champion: Mapping[str, float]
    challenger: Mapping[str, float]
    difference: Mapping[str, tuple[float, float, float]]
    p: float
    units: tuple[Mapping[str, Any], ...]


def compare(rows: Sequence[Judged], champion: Sequence[Answer], challenger: Sequence[Answer]) -> Comparison:
    """The comparison on at least one row. Accuracy counts every row, answered or not; an empty label is wrong."""
    truth, old, new = _indexes(rows, champion, challenger)
    right_old, right_new = truth == old, truth == new
    n = len(rows)

    def f1(places: npt.NDArray[np.int64]) -> float:
        return metrics.macro_f1(truth[places], new[places]) - metrics.macro_f1(truth[places], old[places])

    gain = right_new.astype(np.float64) - right_old
    all_rows = np.arange(n)
    return Comparison(
        n=n,
        champion=_figures(truth, old, champion),
        challenger=_figures(truth, new, challenger),
        difference={
            "accuracy": (float(gain.mean()), *bootstrap(n, lambda places: float(gain[places].mean()))),
            "macro_f1": (f1(all_rows), *bootstrap(n, f1)),
        },
        p=mcnemar(right_old, right_new),
        units=_by_unit(rows, right_old, right_new),
    )


def objections(told: Comparison, *, danger: float, least: int = LEAST_JUDGED) -> list[str]:
    """Why the challenger must not take the champion's place, as Chinese sentences; none = it may.

    `danger` is how much of the share of dangers found the challenger gains (negative = loses).
    """
    found = []
    if told.n < least:
        found.append(f"可比的新工单只有 {told.n} 张，至少要 {least} 张，还差 {least - told.n} 张。")
    gain, low, _ = told.difference["accuracy"]
    if gain <= 0:
        found.append(f"准确率没有提高（{gain * 100:+.1f} 个百分点）。")
    elif low < -MOST_LOSS:
        found.append(
            f"准确率虽提高 {gain * 100:.1f} 个百分点，但 95% 区间下限为 {low * 100:+.1f}，不能排除变差超过 1 个百分点。"
        )
    if (lost := -told.difference["macro_f1"][0]) > MOST_F1_LOSS:
        found.append(f"宏平均 F1 下降 {lost * 100:.1f} 个百分点，少见事项变差。")
    if (worse := told.challenger["ece"] - told.champion["ece"]) > MOST_ECE_LOSS:
        found.append(f"校准误差上升 {worse * 100:.1f} 个百分点，置信度不再可信。")
    if danger < -MOST_DANGER_LOSS:
        found.append(f"危险识别的召回率下降 {-danger * 100:.1f} 个百分点。")
    for unit in told.units:
        if unit["n"] >= LEAST_OF_UNIT and unit["champion"] - unit["challenger"] > MOST_UNIT_LOSS:
            drop = (unit["champion"] - unit["challenger"]) * 100
            found.append(f"单位 {unit['unit']} 的准确率下降 {drop:.0f} 个百分点（{unit['n']} 张）。")
    return found


def _indexes(rows: Sequence[Judged], *answers: Sequence[Answer]) -> list[npt.NDArray[np.int64]]:
    columns = [[row.label for row in rows], *([one.label for one in some] for some in answers)]
    number = {name: index for index, name in enumerate(sorted({label for some in columns for label in some}))}
    return [np.array([number[label] for label in some], dtype=np.int64) for some in columns]


def _figures(truth: npt.NDArray[np.int64], best: npt.NDArray[np.int64], answers: Sequence[Answer]) -> dict[str, float]:
    right = truth == best
    answered = np.array([not one.abstain for one in answers])
    low, high = wilson(int(right.sum()), len(right))
    return {
        "accuracy": float(right.mean()),
        "accuracy_low": low,
        "accuracy_high": high,
        "macro_f1": metrics.macro_f1(truth, best),
        "ece": metrics.calibration_error(np.array([one.score for one in answers]), right),
        "coverage": float(answered.mean()),
        "precision_answered": float(right[answered].mean()) if answered.any() else 0.0,
    }


def _by_unit(
    rows: Sequence[Judged], old: npt.NDArray[np.bool_], new: npt.NDArray[np.bool_]
) -> tuple[dict[str, Any], ...]:
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault(row.unit, []).append(place)
    found = [
        {"unit": unit, "n": len(some), "champion": float(old[some].mean()), "challenger": float(new[some].mean())}
        for unit, some in places.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(places[str(one["unit"])]), str(one["unit"]))))
