"""Every bad file against every command that reads one: a sentence with the place, exit code 2, and nothing written."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotline.cli import app
from nlu import row_files
from nlu.rows import MOST_CLASSES, Purpose, checked_rows
from nlu.train import train
from plumbing.config import ROOT
from plumbing.errors import BadInput

SUBJECTS = {"road": ("路面坑洼", "井盖丢失", "路灯不亮"), "noise": ("工地打桩吵", "半夜装修响", "音响太吵")}
ENDINGS = ("，请派人处理", "，已经三天了", "，影响生活", "，希望尽快解决")
GOOD = [
    {"id": f"r{n}", "text": subject + ending, "kind": label}
    for n, (label, subject, ending) in enumerate(
        (label, subject, ending) for label, some in SUBJECTS.items() for subject, ending in product(some, ENDINGS)
    )
]
LINES = [json.dumps(row, ensure_ascii=False) for row in GOOD]


def text(*more: str, before: Sequence[str] = LINES) -> Callable[[Path], object]:
    return lambda file: file.write_text("\n".join([*before, *more]) + "\n", encoding="utf-8")


def encoded(name: str) -> Callable[[Path], object]:
    return lambda file: file.write_text("\n".join(LINES), encoding=name)


def huge(file: Path) -> None:
    with file.open("wb") as open_file:  # a gigabyte of nothing: no disk is used
        open_file.truncate(2**30)


EVERY = {"train", "evaluate", "predict", "retrain"}
LABELLED = {"train", "evaluate", "retrain"}
BAD: dict[str, tuple[Callable[[Path], object], str, set[str]]] = {
    "broken JSON": (text("{broken"), "第 25 行：不是有效的 JSON", EVERY),
    "a line cut in two": (text('{"id": "x", "text": "上半'), "没有写完", EVERY),
    "Chinese quotation marks": (text("{“text”: “路灯不亮”}"), "英文双引号", EVERY),
    "a table with commas": (text("路灯不亮,road", before=()), "CSV", EVERY),
    "a list on a line": (text("[1, 2]"), "第 25 行：不是 JSON 对象", EVERY),
    "one JSON array": (lambda file: file.write_text("[\n" + ",\n".join(LINES) + "\n]"), "jq -c", EVERY),
    "nested too deep": (text('{"text":' + "[" * 100_000), "嵌套过深", EVERY),
    "no text": (text('{"id": "x", "kind": "road"}'), "第 25 行：缺少文字类型的 text", EVERY),
    "another name for the text": (text('{"content": "路灯不亮", "kind": "road"}'), "改名为 text", EVERY),
    "an empty text": (text('{"id": "x", "text": "  ", "kind": "road"}'), "text 是空的", EVERY),
    "a number for a text": (text('{"id": "x", "text": 5, "kind": "road"}'), "现在的值不是文字", EVERY),
    "a number for a label": (text('{"id": "x", "text": "路", "kind": 7}'), "“kind”不是文字", EVERY),
    "a label as long as a text": (text(json.dumps({"text": "路", "kind": "长" * 300})), "不像标签", EVERY),
    "GB18030": (encoded("gb18030"), "看起来是 GB18030", EVERY),
    "UTF-16": (encoded("utf-16"), "看起来是 UTF-16", EVERY),
    "UTF-16 without a mark": (encoded("utf-16-le"), "看起来是 UTF-16LE", EVERY),
    "no text at all": (lambda file: file.write_bytes(bytes(range(256)) * 40), "认不出是哪种编码", EVERY),
    "an empty file": (lambda file: file.touch(), "文件是空的", EVERY),
    "blank lines only": (lambda file: file.write_text("\n \n\n"), "文件是空的", EVERY),
    "a folder": (lambda file: file.mkdir(), "这是一个目录", EVERY),
    "a missing file": (lambda _: None, "找不到或无法读取", EVERY),
    "a gigabyte": (huge, "最多读 256 MB", EVERY),
    "no label anywhere": (text('{"text": "路灯不亮"}', before=()), "没有一行带有字段“kind”", LABELLED),
    "one class": (text(before=[line for line in LINES if "road" in line]), "只有一个类别（road）", {"train"}),
    "three rows": (text(before=[LINES[0], LINES[1], LINES[-1]]), "还差 17 行", {"train"}),
    "one text over and over": (
        text(before=[json.dumps({"text": f"路灯{n}不亮", "kind": "ab"[n % 2]}) for n in range(40)]),
        "只有 1 段不同的文字",
        {"train"},
    ),
    "more classes than can be told apart": (
        text(before=[json.dumps({"text": chr(0x4E00 + n), "kind": f"k{n}"}) for n in range(MOST_CLASSES + 1)]),
        "最多 2000 个",
        {"train"},
    ),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    text()(folder / "good.jsonl")
    train([folder / "good.jsonl"], "kind", "embedded", folder / "model")
    return folder / "model"


def arguments(command: str, data: Path, model: Path, out: Path) -> list[str]:
    more = {
        "train": ["--label", "kind", "--out", str(out)],
        "evaluate": ["--label", "kind", "--model", str(model)],
        "predict": ["--label", "kind", "--model", str(model), "--out", str(out)],
        "retrain": [],
    }
    return ["nlu", command, "--data", str(data), *more[command]]


@pytest.mark.parametrize(
    ("name", "command"), [(name, command) for name in BAD for command in sorted(BAD[name][2])], ids=str
)
def test_a_bad_file_is_refused_with_its_place_and_nothing_is_written(
    name: str,
    command: str,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make, told, _ = BAD[name]
    data, out, report = tmp_path / "坏数据.jsonl", tmp_path / "out", tmp_path / "report.json"
    make(data)
    if command == "retrain":  # what an installation learns from its own past is always its matters
        told = told.replace("kind", "matter")
        if data.is_file() and data.stat().st_size < 2**20:
            data.write_bytes(data.read_bytes().replace(b'"kind"', b'"matter"'))
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))
    done = CliRunner().invoke(app, [*arguments(command, data, model, out), "--report", str(report)])
    assert isinstance(done.exception, BadInput)
    assert told in done.exception.sentence
    assert {entry.name for entry in tmp_path.iterdir()} <= {"坏数据.jsonl", "report.json"}
    found = json.loads(report.read_text(encoding="utf-8"))
    assert not found["ok"]
    assert any(told in one["sentence"] or told in f"第 {one['line']} 行：{one['sentence']}" for one in found["faults"])


def test_the_program_ends_with_two_and_the_sentence(tmp_path: Path) -> None:
    text("{broken")(tmp_path / "bad.jsonl")
    words = ["nlu", "train", "--data", str(tmp_path / "bad.jsonl"), "--label", "kind", "--out", str(tmp_path / "m")]
    command = [sys.executable, "-m", "hotline", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert "bad.jsonl 第 25 行：不是有效的 JSON（第 2 个字符处）" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_tells_every_fault_of_a_file_at_once(tmp_path: Path) -> None:
    data = tmp_path / "some.jsonl"
    text("{broken", '{"id": "x", "kind": "road"}', *["[]"] * 30)(data)
    done = CliRunner().invoke(app, ["nlu", "check", "--data", str(data), "--label", "kind", "--json"])
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert [one["line"] for one in found["faults"]] == list(range(25, 57))
    assert (found["n_rows"], found["n_classes"]) == (24, 2)


def test_a_good_file_passes_the_check(tmp_path: Path) -> None:
    text()(tmp_path / "good.jsonl")
    done = CliRunner().invoke(app, ["nlu", "check", "--data", str(tmp_path / "good.jsonl"), "--label", "kind"])
    assert (done.exit_code, done.stdout) == (0, "24 行，其中 24 行带有“kind”，2 个类别。\n")


WARNED: dict[str, tuple[list[str], str, int, str]] = {
    "a field spelt wrongly": (['{"text": "路灯", "knid": "road"}'], "UNKNOWN_FIELD", 25, "是否应为“kind”"),
    "a field of another system": (['{"text": "路灯", "kind": "road", "标题": "灯"}'], "UNKNOWN_FIELD", 25, "“title”"),
    "fields that nobody reads": (
        ['{"text": "路灯", "kind": "road", "colour": "red", "面积": 3}'],
        "UNUSED_FIELDS",
        0,
        "colour、面积",
    ),
    "the same number twice": (['{"id": "r3", "text": "路灯", "kind": "road"}'], "SAME_ID", 25, "第 4 行"),
    "the same text twice": (['{"text": "路面坑洼，请派人处理", "kind": "road"}'], "SAME_TEXT", 0, "1 行"),
    "a text with two labels": (
        ['{"text": "路面坑洼，请派人处理", "kind": "noise"}'],
        "CONTRADICTION",
        25,
        "共 1 段文字",
    ),
    "a class with one row": (['{"text": "有人卖盒饭", "kind": "stall"}'], "SINGLE_ROW", 0, "stall"),
    "a text that was converted wrongly": (['{"text": "锟斤拷路灯", "kind": "road"}'], "GARBLED", 25, "乱码"),
    "five hundred classes": (
        [json.dumps({"text": f"事项{n}的来话{k}", "kind": f"k{n}"}) for n in range(500) for k in (1, 2)],
        "MANY_CLASSES",
        0,
        "502 个类别",
    ),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_is_odd_is_told_and_does_not_stop_the_training(name: str, tmp_path: Path) -> None:
    more, code, line, told = WARNED[name]
    text(*more)(tmp_path / "odd.jsonl")
    _, report = checked_rows([tmp_path / "odd.jsonl"], "kind", purpose=Purpose.TRAIN)
    assert report.errors == ()
    found = {one.code: one for one in report.warnings}
    assert found[code].line == line
    assert told in found[code].sentence


def test_five_hundred_classes_are_trained(tmp_path: Path) -> None:
    words = [chr(0x4E00 + 3 * n) + chr(0x5E00 + 2 * n) for n in range(500)]
    rows = [json.dumps({"text": f"{word}的来话{k}", "kind": word}) for word in words for k in "甲乙"]
    text(before=rows)(tmp_path / "many.jsonl")
    card = train([tmp_path / "many.jsonl"], "kind", "embedded", tmp_path / "model")
    assert len(card.classes) == 500


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    (tmp_path / "windows.jsonl").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(LINES).encode())
    rows, report = checked_rows([tmp_path / "windows.jsonl"], "kind", purpose=Purpose.TRAIN)
    assert (len(rows), report.faults) == (24, ())


def test_a_field_beside_the_right_one_is_no_slip_of_the_pen(tmp_path: Path) -> None:
    (tmp_path / "both.jsonl").write_text('{"text": "路", "texts": "灯", "kind": "road"}\n', encoding="utf-8")
    _, report = checked_rows([tmp_path / "both.jsonl"], "kind", purpose=Purpose.JUDGE)
    assert [one.code for one in report.warnings] == ["UNUSED_FIELDS"]


def test_the_largest_file_that_is_read_fits_the_sentence() -> None:
    assert row_files.MOST_BYTES == 256 * 2**20
