"""Train, evaluate and predict on a small invented set; models that were touched are refused; bad data change nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlu import registry
from nlu.embedded import Embedded
from nlu.evaluate import evaluate, predict
from nlu.rows import read_rows
from nlu.train import train
from plumbing.errors import BadInput, HotlineError

ROOT = Path(__file__).resolve().parents[2]
SUBJECTS = {
    "road": ("路面坑洼", "井盖丢失", "人行道破损", "路灯不亮", "窨井盖松动"),
    "noise": ("工地打桩声音太大", "夜里广场舞音响吵", "半夜装修电钻响", "酒吧音乐吵得睡不着", "空调外机轰鸣"),
    "rubbish": ("垃圾桶满溢", "建筑垃圾没人清运", "楼道堆满杂物", "垃圾房臭气熏天", "大件垃圾乱扔"),
}
ENDINGS = ("，请派人处理", "，已经三天了", "，影响大家生活", "，希望尽快解决", "，反映过几次")
FIGURES = {
    *("n", "classes", "accuracy", "top3", "macro_f1", "ece"),
    *("coverage_at_90", "coverage_at_95", "coverage_at_98", "p50_ms", "per_s"),
}


def invented() -> list[dict[str, Any]]:
    pairs = [
        (label, subject + ending) for label, some in SUBJECTS.items() for subject, ending in product(some, ENDINGS)
    ]
    return [{"id": f"r{n}", "text": text, "kind": label} for n, (label, text) in enumerate(pairs)]


def write(file: Path, rows: list[Any]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("data") / "train.jsonl", invented())


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "kind"
    train([data], "kind", "embedded", out)
    return out


def test_the_card_says_what_the_model_is(data: Path, tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    steps: list[str] = []
    card = train([data, data], "kind", "embedded", tmp_path / "out", progress=steps.append, now=now)
    assert (card.engine, card.label, card.n, card.classes) == ("embedded", "kind", 150, ("noise", "road", "rubbish"))
    assert set(card.thresholds) == {"90", "95", "98"}
    assert card.figures["accuracy"] > 0.9
    assert card.trained_at == "2026-03-02T01:00:00+00:00"
    assert len(card.version) == 16
    assert steps
    assert [one.version for one in registry.models(tmp_path)] == [card.version]


def test_the_same_data_give_the_same_model(data: Path, tmp_path: Path) -> None:
    versions = {train([data], "kind", "embedded", tmp_path / name).version for name in ("a", "b")}
    assert len(versions) == 1


def test_a_trained_model_answers_what_it_was_taught(model: Path, data: Path) -> None:
    figures = evaluate(model, data, "kind")
    assert set(figures) == FIGURES
    assert (figures["n"], figures["classes"]) == (75, 3)
    assert figures["accuracy"] == 1.0
    assert figures["top3"] == 1.0
    assert figures["coverage_at_95"] == 1.0
    assert figures["p50_ms"] > 0
    assert figures["per_s"] > 0


def test_predictions_are_ranked_and_go_with_their_rows(model: Path, tmp_path: Path) -> None:
    rows = [{"id": "甲", "text": "门口路面坑洼"}, {"text": "夜里打桩吵"}, {"id": 7, "text": "😀😀"}]
    n = predict(model, write(tmp_path / "in.jsonl", rows), "kind", tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert n == 3
    assert [line["id"] for line in lines] == ["甲", "2", "7"]
    assert [line["kind"][0] for line in lines[:2]] == ["road", "noise"]
    assert all(line["scores"] == sorted(line["scores"], reverse=True) for line in lines)
    assert all(0 <= score <= 1 for line in lines for score in line["scores"])
    assert lines[2] == {"id": "7", "kind": [], "scores": [], "abstain": True}
    assert isinstance(lines[0]["abstain"], bool)


def test_rows_without_the_label_are_left_out_of_training_and_judging(tmp_path: Path) -> None:
    rows = [
        *invented(),
        {"id": "x", "text": "没有标签"},
        {"id": "y", "text": "空标签", "kind": ""},
        {"text": "无", "kind": None},
    ]
    file = write(tmp_path / "some.jsonl", rows)
    assert train([file], "kind", "embedded", tmp_path / "m").n == 75
    assert evaluate(tmp_path / "m", file, "kind")["n"] == 75


def test_a_title_is_part_of_the_text(tmp_path: Path) -> None:
    file = write(tmp_path / "t.jsonl", [{"title": "路灯", "text": "不亮"}, {"title": "路灯", "text": "路灯不亮"}])
    assert [row.text for row in read_rows([file], "kind")] == ["路灯\n不亮", "路灯不亮"]


def test_near_duplicates_are_never_on_both_sides(tmp_path: Path) -> None:
    """Labels drawn by lot: only a leak of the group's own words could make them predictable."""
    lot = np.random.default_rng(7)
    words = ["".join(chr(0x4E00 + int(c)) for c in lot.integers(0, 3000, 12)) for _ in range(60)]
    rows = [
        {"id": f"{n}-{k}", "text": word, "kind": "ab"[n % 2], "dup_group": f"g{n}"}
        for n, word in enumerate(words)
        for k in range(4)
    ]
    card = train([write(tmp_path / "lot.jsonl", rows)], "kind", "embedded", tmp_path / "m")
    assert card.figures["accuracy"] < 0.75
    without = [{**row, "text": row["text"] + "。", "dup_group": ""} for row in rows]
    card = train([write(tmp_path / "lot2.jsonl", without)], "kind", "embedded", tmp_path / "m2")
    assert card.figures["accuracy"] < 0.75


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("{broken", "第 76 行"),
        ("[1, 2]", "第 76 行"),
        ({"id": "x", "kind": "road"}, "第 76 行"),
        ({"id": "x", "text": "   ", "kind": "road"}, "第 76 行"),
        ({"id": "x", "text": 5, "kind": "road"}, "第 76 行"),
        ({"id": "x", "text": "路", "kind": ["road"]}, "kind"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path: Path, bad: Any, told: str) -> None:
    file = write(tmp_path / "bad.jsonl", [*invented(), bad])
    with pytest.raises(BadInput, match=told):
        train([file], "kind", "embedded", tmp_path / "out")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["bad.jsonl"]


def test_one_class_or_no_label_cannot_be_trained(tmp_path: Path) -> None:
    one = write(tmp_path / "one.jsonl", [row for row in invented() if row["kind"] == "road"])
    with pytest.raises(BadInput, match="一个类别"):
        train([one], "kind", "embedded", tmp_path / "out")
    with pytest.raises(BadInput, match="没有一行"):
        train([one], "colour", "embedded", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "data.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadInput, match=r"data\.jsonl"):
        train([file], "kind", "embedded", tmp_path / "out")


def test_a_failed_training_leaves_the_old_model_as_it_was(model: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "m"
    before = train([data], "kind", "embedded", out).version

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train([data], "kind", "embedded", out, progress=stop)
    assert Embedded.load(out).card.version == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["m"]


def test_a_folder_with_other_things_is_never_overwritten(data: Path, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(HotlineError, match="NOT_A_MODEL"):
        train([data], "kind", "embedded", tmp_path)
    assert (tmp_path / "letters.txt").read_text(encoding="utf-8") == "keep"


def test_an_engine_says_what_it_lacks(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlu.transformer.parts.TRAINING", ("a_package_that_nobody_has",))
    with pytest.raises(HotlineError, match="a_package_that_nobody_has") as told:
        train([data], "kind", "transformer", tmp_path / "out")
    assert told.value.code == "NO_ENGINE"
    assert "pip install" in told.value.sentence
    with pytest.raises(BadInput, match="BAD_ENGINE"):
        train([data], "kind", "oracle", tmp_path / "out")


def _flip(folder: Path) -> None:
    file = folder / registry.ARRAYS
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def _lower(folder: Path) -> None:
    file = folder / registry.CARD
    card = json.loads(file.read_text(encoding="utf-8"))
    card["thresholds"]["95"] = 0.01
    file.write_text(json.dumps(card), encoding="utf-8")


def _newer(folder: Path) -> None:
    file = folder / registry.CARD
    card = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(card | {"format": registry.FORMAT + 1}), encoding="utf-8")


def _garbled(folder: Path) -> None:
    (folder / registry.CARD).write_text("{", encoding="utf-8")


def _strange(folder: Path) -> None:
    (folder / registry.CARD).write_text(json.dumps({"format": registry.FORMAT, "surprise": 2}), encoding="utf-8")


def _lost(folder: Path) -> None:
    (folder / registry.ARRAYS).unlink()


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (_flip, "MODEL_CHANGED"),
        (_lower, "MODEL_CHANGED"),
        (_garbled, "MODEL_CHANGED"),
        (_strange, "MODEL_CHANGED"),
        (_newer, "MODEL_FORMAT"),
        (_lost, "NO_MODEL"),
    ],
)
def test_a_model_that_was_touched_is_refused(
    data: Path, tmp_path: Path, harm: Callable[[Path], None], code: str
) -> None:
    train([data], "kind", "embedded", tmp_path / "m")
    harm(tmp_path / "m")
    with pytest.raises(HotlineError) as told:
        Embedded.load(tmp_path / "m")
    assert told.value.code == code


def test_a_model_of_another_label_is_refused(model: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="OTHER_LABEL"):
        evaluate(model, data, "department")
    with pytest.raises(BadInput, match="OTHER_LABEL"):
        predict(model, data, "department", tmp_path / "out.jsonl")


def test_a_single_message_and_a_batch_get_the_same_answer(model: Path) -> None:
    engine = Embedded.load(model)
    texts = [row["text"] for row in invented()] * 8
    assert engine.predict_many(texts) == [engine.predict_many([text])[0] for text in texts]


def test_the_words_that_spoke_for_a_label_are_words_of_the_text(model: Path) -> None:
    engine = Embedded.load(model)
    (told,) = engine.explain(engine.grams(["半夜 工地打桩声音太大"]), ["noise"])
    assert told
    assert all(word in "半夜 工地打桩声音太大" for word, _ in told)
    assert [weight for _, weight in told] == sorted((weight for _, weight in told), reverse=True)


def test_serving_needs_no_scikit_learn(model: Path) -> None:
    program = (
        "import sys; sys.modules['sklearn'] = None\n"
        "from pathlib import Path; from nlu.embedded import Embedded\n"
        "print(Embedded.load(Path(sys.argv[1])).predict_many(['路面坑洼'])[0].ranked[0].label)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(model)], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "road"
