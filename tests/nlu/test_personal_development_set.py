"""The project's own messages with personal data: what has a form is found, and little is masked for nothing."""

from typing import Any

import pytest

from benchmarks import personal


@pytest.fixture(scope="module", params=personal.SETS)
def figures(request: pytest.FixtureRequest) -> dict[str, Any]:
    return personal.figures(personal.marked(personal.FOLDER / f"{request.param}.txt"))


def test_the_set_is_large_enough_to_tell(figures: dict[str, Any]) -> None:
    assert figures["spans"] >= 290


@pytest.mark.parametrize("kind", ["phone", "id_card", "bank_card", "plate", "door"])
def test_what_has_a_form_is_masked(figures: dict[str, Any], kind: str) -> None:
    assert figures["by_kind"][kind] >= 0.93


def test_little_is_masked_for_nothing(figures: dict[str, Any]) -> None:
    assert figures["precision"] >= 0.94  # the independent halves were written to mislead


def test_a_mark_is_read_as_its_words_and_its_kind(tmp_path: Any) -> None:
    file = tmp_path / "few.txt"
    file.write_text("我叫{n|王桂芳}，住{d|3号楼502室}\n没有\n", encoding="utf-8")
    first, second = personal.marked(file)
    assert first.text == "我叫王桂芳，住3号楼502室"
    assert first.spans == (("name", "王桂芳"), ("door", "3号楼502室"))
    assert second.spans == ()


def test_the_interval_of_a_share_holds_the_share() -> None:
    low, high = personal.wilson(49, 50)
    assert 0.89 < low < 0.98 < high < 1
    assert personal.wilson(0, 0) == (0.0, 1.0)
