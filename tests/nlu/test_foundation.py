"""A city's own labels stand on what the shipped corpus knows; the second stage moves margins and stays in its place."""

from pathlib import Path

import numpy as np
import pytest

from nlu import groundwork
from nlu.embedded import Embedded
from nlu.fitting import fit
from nlu.foundation import Foundation, Views
from nlu.grams import grams
from nlu.second import Second
from nlu.segment import segmenter

CORPUS = """version: "3.1"
nlu:
- intent: m0101
  examples: |
{road}
- intent: m0202
  examples: |
{noise}
- intent: m0303
  examples: |
{rubbish}
"""
WORDS = {
    "road": ("路面坑洼", "道路塌陷", "井盖破损", "人行道砖块松动", "马路有大坑"),
    "noise": ("工地打桩噪声", "夜里施工扰民", "广场舞声音太大", "楼上半夜装修", "酒吧低音炮"),
    "rubbish": ("垃圾没人清运", "垃圾桶满溢", "楼道堆放杂物", "建筑垃圾乱倒", "厨余发臭"),
}
PLACES = ("门口", "后面", "东侧", "附近", "小区里", "学校旁", "菜场边", "桥下")


def told(kind: str) -> list[str]:
    return [f"{place}{word}" for place in PLACES for word in WORDS[kind]]


@pytest.fixture(scope="module")
def foundation(tmp_path_factory: pytest.TempPathFactory) -> Foundation:
    file = tmp_path_factory.mktemp("corpus") / "nlu.yml"
    lines = {kind: "\n".join(f"    - {text}" for text in told(kind)) for kind in WORDS}
    file.write_text(CORPUS.format(**lines), encoding="utf-8")
    return groundwork.foundation(file)


def test_a_view_tells_what_a_text_is_about(foundation: Foundation) -> None:
    seen = Views(foundation).of(grams(["桥下道路塌陷", "桥下垃圾桶满溢", "xyz"], segmenter()))
    assert seen.shape == (3, 3)
    assert seen[0].argmax() == 0
    assert seen[1].argmax() == 2
    assert np.linalg.norm(seen, axis=1) == pytest.approx([3.0, 3.0, 3.0])


def test_foundation_and_second_stage_survive_the_file(foundation: Foundation) -> None:
    again = Foundation.of(foundation.arrays())
    assert again is not None
    assert np.array_equal(again.weights, foundation.weights)
    second = Second(weights=np.eye(5, 2), bias=np.zeros(2))
    told_again = Second.of(second.arrays())
    assert told_again is not None
    assert np.array_equal(told_again.weights, second.weights)
    assert Foundation.of({}) is None
    assert Second.of({}) is None


def test_the_second_stage_learns_which_classes_are_taken_for_which() -> None:
    """Two classes of three look alike at first sight; a view parts them."""
    lot = np.random.default_rng(3)
    truth = lot.integers(0, 3, 900)
    margins = lot.normal(-1.0, 0.1, (900, 3))
    margins[np.arange(900), np.where(truth == 2, 1, truth)] += 0.5
    views = (truth == 2)[:, None] * np.array([[3.0, 0.0]])
    folds = lot.integers(0, 5, 900)
    moved = groundwork.out_of_fold(margins, views, truth, folds)
    assert np.mean(margins.argmax(axis=1) == truth) < 0.75
    assert np.mean(moved.argmax(axis=1) == truth) > np.mean(margins.argmax(axis=1) == truth) + 0.1


@pytest.mark.parametrize("classes", [2, 3])
def test_a_class_that_a_part_does_not_hold_never_wins_there(classes: int) -> None:
    lot = np.random.default_rng(4)
    truth = lot.integers(0, classes, 200)
    margins = np.full((200, classes + 1), -1.0)
    margins[np.arange(200), truth] = 1.0
    views = np.zeros((200, 2))
    stage = groundwork.second(margins, views, np.where(np.arange(200) % 7 == 0, -1, truth))
    moved = stage.margins(margins, views)
    assert np.array_equal(moved.argmax(axis=1), truth)
    assert np.all(moved[:, classes] < moved[:, :classes].max(axis=1) - 1.0)


def test_a_model_with_a_foundation_serves_what_it_learnt(foundation: Foundation, tmp_path: Path) -> None:
    rows = [(f"{text}第{n}回", kind) for n in range(5) for kind in WORDS for text in told(kind)]
    made = fit(
        [text for text, _ in rows],
        [kind for _, kind in rows],
        groups=[text[:-3] for text, _ in rows],
        foundation=lambda: foundation,
    )
    assert made.settings["foundation"] is True
    from nlu import registry
    from nlu.registry import ModelCard

    card = ModelCard(
        engine="embedded",
        label="kind",
        n=len(rows),
        n_features=made.n_features,
        classes=made.classes,
        thresholds=made.thresholds,
        figures=made.figures,
        settings=made.settings,
    )
    registry.save(tmp_path, card, made.arrays)
    found = Embedded.load(tmp_path).predict_many(["河边井盖破损", "河边楼上半夜装修", "😀"])
    assert [one.ranked[0].label for one in found[:2]] == ["road", "noise"]
    assert found[2].ranked == ()


def test_few_rows_or_many_classes_stand_on_nothing() -> None:
    def never() -> Foundation:
        raise AssertionError

    assert not groundwork.suits(groundwork.LEAST_ROWS - 1, 3)
    assert not groundwork.suits(10_000, groundwork.MOST_CLASSES)
    made = fit(
        ["路坏", "灯坏", "路破", "灯灭"], ["road", "light", "road", "light"], groups=[None] * 4, foundation=never
    )
    assert made.settings["foundation"] is False
    assert not any(name.startswith(("foundation", "second")) for name in made.arrays)
