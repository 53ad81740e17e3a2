"""The measurement on real work orders, run here on a few sentences of the project's own corpus in the same shape."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nlu.corpus import read_corpus

ROOT = Path(__file__).resolve().parents[2]
MATTERS = ("0302", "0501", "0901", "1002")
Measure = Callable[..., dict[str, Any]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four "departments"; one row in ten of the second file has none."""
    corpus = read_corpus(ROOT / "city" / "packs" / "xuhui" / "nlu.yml")
    examples = [example for example in corpus if example.matter in MATTERS]
    for name, part in (("train", examples[::2]), ("dev", examples[1::2])):
        with (tmp_path / f"haikou12345.{name}.jsonl").open("w", encoding="utf-8") as out:
            for number, example in enumerate(part):
                department = "" if name == "dev" and number % 10 == 0 else f"单位{example.matter}"
                row = {"id": f"{name}-{number}", "text": example.text, "department": department, "dup_group": None}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return tmp_path


def test_every_row_gets_a_ticket_and_nothing_of_it_stays(measure: Measure, data: Path) -> None:
    folder = data / "temporary"
    folder.mkdir()
    results = measure("haikou.py", HOTLINE_DATA=str(data), TMPDIR=str(folder))["results"]
    n_rows = len((data / "haikou12345.dev.jsonl").read_text(encoding="utf-8").splitlines())
    assert results["n"] == n_rows > 30
    assert results["n_departments"] == len(MATTERS)
    assert results["lost"] == results["doubled"] == results["unexplained"] == 0
    assert results["replay"]["outcomes"] == {"opened": n_rows}
    assert results["dispatched"] + sum(results["triage"].values()) == n_rows
    assert results["n_labelled"] == n_rows - len(range(0, n_rows, 10))
    assert 0 <= results["coverage_at_95"] <= results["coverage_at_90"] <= 1
    assert results["accuracy"] > 0.5  # four departments, of which chance gets one in four
    assert list(folder.iterdir()) == []


def test_without_the_data_it_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "haikou.py")],
        cwd=ROOT,
        env={"HOTLINE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "HOTLINE_DATA must name the folder" in done.stderr
