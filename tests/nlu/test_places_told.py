"""Places in every form that people tell them in, against the pack's gazetteer; the measured half was not tuned on."""

from pathlib import Path

import pytest

from benchmarks.places import FILE, MEASURED, SEEN, figures, reliability, rows, told
from city.pack import load_pack
from nlu.places import Gazetteer

PACK = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    pack = load_pack(PACK)
    return Gazetteer(pack.places, pack.streets)


@pytest.mark.parametrize("half", [SEEN, MEASURED])
def test_streets_are_found_and_seldom_wrong(gazetteer: Gazetteer, half: str) -> None:
    measured = figures(told(gazetteer, rows(half)))
    assert measured["recall"] >= 0.95
    assert measured["precision"] >= 0.97


def test_the_surer_the_score_the_more_often_the_street_is_right(gazetteer: Gazetteer) -> None:
    bands = list(reliability(told(gazetteer, rows(MEASURED))))
    assert all(band["right"] >= band["mean"] - 0.1 for band in bands)
    assert bands[-1]["right"] >= 0.95


def test_every_text_stands_there_once_and_names_streets_of_the_pack(gazetteer: Gazetteer) -> None:
    every = rows(SEEN) + rows(MEASURED)
    codes = {street.code for street in load_pack(PACK).streets}
    assert len({row["text"] for row in every}) == len(every) == len(FILE.read_text(encoding="utf-8").splitlines())
    assert {code for row in every for code in row["streets"]} <= codes
