"""The sealed tests: what strangers wrote is understood at least as well as it was when it was measured.

The bounds are the aims of the issue where they are reached, else a little below what was measured; see
docs/measured.md. Texts are never shown: a failure names figures only.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from benchmarks import sealed

FOLDER = Path(__file__).resolve().parents[1] / "sealed"


@pytest.fixture(scope="module")
def figures(trained: Path) -> dict[str, Any]:
    brain, directory = sealed.loaded(trained)
    return sealed.measure(brain, directory)[0]


def test_the_files_are_those_that_were_committed_before_training() -> None:
    for line in (FOLDER / "SHA256SUMS").read_text(encoding="ascii").splitlines():
        digest, name = line.split()
        assert sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize(
    ("what", "least"),
    [
        ("matter", 0.85),
        ("top3", 0.94),
        ("unit_right", 0.90),
        ("dispatched", 0.75),
        ("street_recall", 0.91),
        ("street_precision", 0.97),
        ("type", 0.65),
    ],
)
def test_messages_are_understood_and_sent(figures: dict[str, Any], what: str, least: float) -> None:
    assert figures["messages"][what] >= least


def test_no_street_is_told_where_none_was_named(figures: dict[str, Any]) -> None:
    assert figures["messages"]["street_told_without"] <= 2


def test_danger_is_heard_and_the_harmless_mostly_left_alone(figures: dict[str, Any]) -> None:
    assert figures["danger"]["recall"] >= 0.96
    assert min(figures["danger"]["by_kind"].values()) >= 0.85
    assert figures["danger"]["harmless_alarms"] <= 0.2


def test_personal_data_that_has_a_form_is_masked(figures: dict[str, Any]) -> None:
    by_kind = figures["personal"]["by_kind"]
    assert min(by_kind[kind] for kind in ("phone", "id_card", "bank_card", "plate")) >= 0.85
    assert figures["personal"]["masked_for_nothing"] <= 0.07


def test_names_and_rooms_are_masked_and_little_else(figures: dict[str, Any]) -> None:
    assert figures["personal"]["recall"] >= 0.92
    assert figures["personal"]["by_kind"]["name"] >= 0.87
    assert figures["personal"]["by_kind"]["door"] >= 0.93
    assert figures["personal"]["precision"] >= 0.95
