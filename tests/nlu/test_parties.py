"""The party complained about, on 149 messages of our own: the odd rows were looked at, the even ones only measured."""

from pathlib import Path

import pytest

from nlu.parties import party

ROWS = [line.split("\t") for line in (Path(__file__).parent / "cases" / "parties.tsv").read_text("utf-8").splitlines()]
LOOKED_AT, MEASURED = ROWS[::2], ROWS[1::2]


def figures(rows: list[list[str]]) -> tuple[float, float, float]:
    """Precision, recall, and the share of right kinds among what was found."""
    right = wrong = missed = kinds = 0
    for text, wanted, kind in rows:
        found = party(text)
        words = text[found.start : found.end] if found else ""
        fits = found is not None and bool(wanted) and (wanted in words or words in wanted)
        right += fits
        wrong += found is not None and not fits
        missed += bool(wanted) and not fits
        kinds += found is not None and fits and found.kind == kind
    return right / (right + wrong), right / (right + missed), kinds / right


@pytest.mark.parametrize(("rows", "recall"), [(LOOKED_AT, 0.90), (MEASURED, 0.80)], ids=["looked at", "measured"])
def test_the_party_is_found_and_seldom_wrong(rows: list[list[str]], recall: float) -> None:
    precision, found, kinds = figures(rows)
    assert precision >= 0.95
    assert found >= recall
    assert kinds >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "希望街道增设健身器材",
        "感谢派出所民警帮我找回老人",
        "请问物业公司怎么选聘",
        "我打电话给物业，物业说管不了，路灯不亮",
        "街道一直没回复，垃圾房还在冒臭气",
    ],
)
def test_who_is_asked_thanked_or_waited_for_is_not_the_party(text: str) -> None:
    assert party(text) is None
