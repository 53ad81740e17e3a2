"""The card of a model: where its texts come from, how sure its figures are, on which parts it is weak, and its limits."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlu import registry
from nlu.model_card import READABLE, intervals, limits
from nlu.out_of_fold import OutOfFold
from nlu.subgroups import parts_of, subgroups
from nlu.train import train
from plumbing.errors import HotlineError

SUBJECTS = {"road": ("路面坑洼", "井盖丢失", "路灯不亮"), "noise": ("工地打桩吵", "半夜装修响", "音响太吵")}
ENDINGS = ("，请派人处理", "，我今年七十八岁了，睡不着", "，希望尽快解决", "，已经三天了")


def rows() -> list[dict[str, Any]]:
    told = [(label, a + b) for label, some in SUBJECTS.items() for a, b in product(some, ENDINGS)]
    return [
        {"id": str(n), "text": text, "kind": label, "channel": ("phone", "web")[n % 2], "at": f"2026-0{1 + n % 3}-05"}
        for n, (label, text) in enumerate(told)
    ]


@pytest.fixture(scope="module")
def trained_here(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The data and the model that it makes."""
    folder = tmp_path_factory.mktemp("card")
    data = folder / "past.jsonl"
    data.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()), encoding="utf-8")
    train([data], "kind", "embedded", folder / "model", now=datetime(2026, 3, 2, tzinfo=UTC))
    return data, folder / "model"


def test_the_card_proves_the_data_without_holding_any_of_it(trained_here: tuple[Path, Path]) -> None:
    data, model = trained_here
    card = registry.read_card(model)
    assert card.data == (
        {
            "name": "past.jsonl",
            "sha256": sha256(data.read_bytes()).hexdigest(),
            "n": 24,
            "from": "2026-01-05",
            "until": "2026-03-05",
        },
    )
    assert card.counts == {"noise": 12, "road": 12}
    assert not any(row["text"][:6] in (model / registry.CARD).read_text(encoding="utf-8") for row in rows())
    assert str(data.parent) not in (model / registry.CARD).read_text(encoding="utf-8")


def test_every_figure_with_an_interval_lies_in_it(trained_here: tuple[Path, Path]) -> None:
    card = registry.read_card(trained_here[1])
    assert set(card.intervals) >= {"accuracy", "top3", "macro_f1", "ece", "coverage_at_95"}
    for name in ("accuracy", "top3", "macro_f1", "ece"):
        low, high = card.intervals[name]
        assert 0 <= low <= card.figures[name] <= high <= 1


def test_the_parts_of_each_kind_add_up_to_all_texts(trained_here: tuple[Path, Path]) -> None:
    card = registry.read_card(trained_here[1])
    for kind in ("length", "channel", "phrasing", "noise"):
        assert sum(part["n"] for part in card.subgroups if part["kind"] == kind) == 24
    old = {part["name"]: part["n"] for part in card.subgroups if part["kind"] == "phrasing"}
    assert old["老年人口吻"] == 6


def test_the_card_for_people_says_the_same(trained_here: tuple[Path, Path]) -> None:
    model = trained_here[1]
    card = registry.read_card(model)
    told = (model / READABLE).read_text(encoding="utf-8")
    for words in (card.version, "past.jsonl", "2026-01-05 至 2026-03-05", "95% 区间", "老年人口吻", "渠道", "局限"):
        assert words in told
    assert f"{card.figures['accuracy']:.3f}" in told
    assert all(limit in told for limit in card.limits)


def test_a_model_of_the_format_before_cards_is_refused_with_what_to_do(
    trained_here: tuple[Path, Path], tmp_path: Path
) -> None:
    card = json.loads((trained_here[1] / registry.CARD).read_text(encoding="utf-8"))
    for name in ("data", "counts", "intervals", "subgroups", "limits"):
        del card[name]
    (tmp_path / registry.CARD).write_text(json.dumps(card | {"format": 2}), encoding="utf-8")
    with pytest.raises(HotlineError, match=r"格式是 2.*请重新训练") as told:
        registry.read_card(tmp_path)
    assert told.value.code == "MODEL_FORMAT"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("路灯不亮", {"不超过20字", "其他口吻", "书写规整"}),
        ("我今年78岁，腿脚不便，楼道灯坏了好几天，晚上上厕所都看不见", {"21至60字", "老年人口吻", "书写规整"}),
        ("路燈壞了", {"不超过20字", "其他口吻", "有杂音"}),
        ("路灯坏了😡", {"不超过20字", "其他口吻", "有杂音"}),
        ("呃那个就是我们小区门口的路灯它坏了好几天了没有人来修", {"21至60字", "其他口吻", "有杂音"}),
        ("阿拉老太婆一个人住，", {"不超过20字", "老年人口吻", "有杂音"}),
        ("小区门口的路灯坏了好几天了一直没有人来修理晚上走路看不见很危险", {"21至60字", "其他口吻", "有杂音"}),
    ],
)
def test_the_words_alone_tell_the_parts_of_a_text(text: str, parts: set[str]) -> None:
    assert {name for _, name in parts_of(text)} == parts
    assert ("channel", "phone") in set(parts_of(text, "phone"))


def answers(right: list[bool]) -> OutOfFold:
    truth = np.zeros(len(right), dtype=np.int64)
    best = np.where(right, 0, 1).astype(np.int64)
    return OutOfFold(truth=truth, best=best, in_three=best == truth, confidence=np.full(len(right), 0.9))


def test_a_part_that_is_clearly_worse_and_a_part_that_is_too_small_are_named_in_the_limits() -> None:
    texts = ["路灯不亮了"] * 400 + ["我今年七十八岁，路灯不亮"] * 100 + ["路" * 200] * 3
    right = [True] * 380 + [False] * 20 + [True] * 60 + [False] * 40 + [True] * 3
    found = subgroups(texts, [None] * 503, answers(right))
    told = limits({"road": 500, "noise": 3}, found, 0.87)
    assert any("老年人口吻”明显较差：0.600" in one for one in told)
    assert any("不足 10 条，基本靠不住：noise" in one for one in told)
    assert any("区间很宽" in one and "超过150字" in one for one in told)


def test_answers_to_texts_of_no_class_count_against_the_calibration_only() -> None:
    sure = np.array([[0.9, 0.1], [0.2, 0.8], [0.95, 0.05]])
    told = OutOfFold.of(sure, ["a", "b"], ["a", "b"])
    assert (told.truth.tolist(), told.best.tolist(), told.beyond.tolist()) == ([0, 1], [0, 1], [0.95])
    found = intervals(told, {"accuracy": 1.0, "ece": 0.417})
    assert found["accuracy"][1] == 1.0
    assert found["ece"][0] <= 0.417 <= found["ece"][1]


def test_intervals_narrow_as_texts_grow() -> None:
    few, many = (intervals(answers([True, True, True, False] * n), {"accuracy": 0.75})["accuracy"] for n in (25, 2500))
    assert few[1] - few[0] > 5 * (many[1] - many[0])
