"""hotline city: what a person and a script see of new, check, import and map; past messages become training rows."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from city.new_pack import new_pack
from city.pack import load_pack
from hotline.cli import app
from nlu.rows import read_rows
from plumbing.errors import HotlineError

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """`run("city", "check", folder)` -> exit code and output of the command, in this process."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    new_pack(folder, "small", title="小城", on=date(2026, 11, 26))
    texts = {
        "streets.csv": "code,name,centre\neast,东街街道,c_east\n",
        "units.csv": "code,name,kind,street,aliases\nhotline,12345热线,hotline,,\nducha,督查室,office,,\n"
        "c_east,东街中心,centre,east,\ncg,城管局,department,,城管\n",
        "matters.csv": "code,name,parent\n01,市容,\n0101,占道,01\n0102,垃圾,01\n",
        "duties.csv": "id,matter,lead,basis,from_date\nA,01,cg,旧条例,2026-01-01\nB,0101,@centre,待核,2026-01-01\n",
        "sources.csv": "name,kind,from_date,to_date\n旧条例,law,2000-01-01,2026-10-01\n",
        "mappings.csv": "scheme,ours,theirs,theirs_name,way\nbeijing,0101,BJ11,占道经营,both\n"
        "beijing,0101,BJ12,游商,from\nbeijing,0102,BJ13,环境卫生,to\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def written(tmp_path: Path, name: str, text: str) -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


# ---- new, check -----------------------------------------------------------------------------------------------------


def test_a_new_city_is_made_and_checked(run: Run, tmp_path: Path) -> None:
    made = run("city", "new", "dong", "--folder", tmp_path / "dong", "--title", "示例区")
    assert made.exit_code == 0
    assert load_pack(tmp_path / "dong").settings.name == "示例区"
    checked = run("city", "check", tmp_path / "dong")
    assert (checked.exit_code, checked.output.strip()) == (0, "没有发现问题。")


def test_check_tells_a_script_everything_and_a_person_how_many(run: Run, pack: Path) -> None:
    (pack / "matters.csv").write_text("code,name,parent\n01,市容,\n0101,占道,09\n", encoding="utf-8")
    done = run("city", "check", pack, "--json")
    faults = json.loads(done.output)
    assert done.exit_code == 1
    assert set(faults[0]) == {"file", "line", "column", "reason", "severity", "sentence"}
    assert {("matters.csv", 3, "parent", "UNKNOWN_MATTER", "error")} <= {
        (one["file"], one["line"], one["column"], one["reason"], one["severity"]) for one in faults
    }
    errors = sum(one["severity"] == "error" for one in faults)
    told = run("city", "check", pack)
    assert f"共 {len(faults)} 条：错误 {errors} 条，提醒 {len(faults) - errors} 条。" in told.output
    assert "[错误] matters.csv 第 3 行，parent：" in told.output


def test_faults_of_a_pack_that_cannot_be_read_look_the_same(run: Run, pack: Path) -> None:
    (pack / "units.csv").write_text("code,name,kind\na,甲,palace\n,乙,office\n", encoding="utf-8")
    done = run("city", "check", pack, "--json")
    assert done.exit_code == 1
    assert [(one["line"], one["column"]) for one in json.loads(done.output)] == [(2, "kind"), (3, "code")]
    assert "[错误] units.csv 第 2 行，kind：" in run("city", "check", pack).output


def test_a_basis_runs_out_on_its_day(run: Run, pack: Path) -> None:
    def expired(*options: str) -> bool:
        faults = json.loads(run("city", "check", pack, "--json", *options).output)
        return "EXPIRED_BASIS" in {one["reason"] for one in faults}

    assert not expired("--on", "2026-09-30")
    assert expired("--on", "2026-10-01")
    assert expired()  # today, whenever that is


def test_what_cannot_be_done_is_a_sentence_and_exit_code_2(pack: Path, tmp_path: Path) -> None:
    asked = [
        ["city", "new", "北京", "--folder", str(tmp_path / "x")],
        ["city", "new", "x", "--folder", str(pack)],
        ["city", "check", str(tmp_path / "nothing")],
        ["city", "import", "palaces", "x.csv", "--into", str(pack)],
        ["city", "import", "units", "--into", str(pack)],
        ["city", "import", "units", "a.csv", "units", "b.csv", "--into", str(pack)],
        ["city", "import", "units", "a.csv", "history", "b.csv", "--into", str(pack)],
        ["city", "import", "units", "a.csv", "tags", "b.csv", "--sheet", "x", "--into", str(pack)],
        ["city", "import", "units", "a.csv", "--scheme", "beijing", "--into", str(pack)],
        ["city", "import", "units", "a.csv", "--into", str(tmp_path)],
        ["city", "map", "0101", "--scheme", "tianjin", "--pack", str(pack)],
    ]
    for words in asked:
        done = CliRunner().invoke(app, words)
        assert isinstance(done.exception, HotlineError), words
        assert any("\u4e00" <= character <= "\u9fff" for character in done.exception.sentence)
    real = subprocess.run(
        [sys.executable, "-m", "hotline", *asked[0]],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"HOTLINE_HOME": str(tmp_path)},
        timeout=60,
    )
    assert real.returncode == 2
    assert "Traceback" not in real.stderr


# ---- import ---------------------------------------------------------------------------------------------------------


def test_an_import_tells_a_person_what_it_did(run: Run, pack: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "地点.csv", "名称,类型,街道\n东路,道路,东街\n")
    tried = run("city", "import", "places", file, "--into", pack, "--dry-run")
    assert tried.exit_code == 1  # 东街 is no name of a street here: refused, with a hint
    assert "没有街道“东街”" in tried.output
    file.write_text("名称,类型,街道\n东路,道路,东街街道\n", encoding="utf-8")
    tried = run("city", "import", "places", file, "--into", pack, "--dry-run")
    assert (tried.exit_code, len(load_pack(pack).places)) == (0, 0)
    assert "没有写入" in tried.output
    done = run("city", "import", "places", file, "--into", pack)
    assert (done.exit_code, len(load_pack(pack).places)) == (0, 1)
    assert "地点：地点.csv 共 1 行，新增 1，替换 0，没有变化 0，拒绝 0。" in done.output


def test_refused_rows_are_shown_and_reported(run: Run, pack: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "单位.csv", "编码,名称,类型\na,[甲]局,部门\nb,乙,衙门\n")
    told = tmp_path / "报告.csv"
    done = run("city", "import", "units", file, "--into", pack, "--report", told)
    assert done.exit_code == 1
    assert "类型" in done.output
    assert "--take-good" in done.output
    assert told.read_text(encoding="utf-8-sig").splitlines()[1].startswith("b,乙,衙门,单位.csv,3,类型,")
    taken = run("city", "import", "units", file, "--into", pack, "--take-good", "--json")
    assert taken.exit_code == 0
    (part,) = json.loads(taken.output)["parts"]
    assert (part["new"], [one["line"] for one in part["refused"]]) == (1, [3])
    assert part["refused"][0].keys() == {"file", "line", "column", "reason", "severity", "sentence"}


def test_an_import_tells_a_script_what_the_pack_would_get_wrong(run: Run, pack: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "清单.csv", "编号,事项,主办,起始日期,截止日期\nA,01,cg,2026-01-01,2026-12-01\n")
    done = run("city", "import", "duties", file, "--into", pack, "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["written"]) == (1, False)
    assert {(one["file"], one["line"], one["reason"]) for one in told["faults"]} == {("matters.csv", 4, "GAP")}


# ---- history, map ---------------------------------------------------------------------------------------------------

PAST = (
    "工单编号,诉求内容,事项,承办单位,受理时间,诉求类型\n"
    "1,我姓王，电话19900001234，东街3号楼502室门口有摊贩,占道,城管,2025年3月1日,投诉\n"
    "2,垃圾没人收,0102,,2025/3/2,求助\n"
    ",摊贩太多,0101,东街中心,,\n"
)


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_past_messages_become_training_rows_without_personal_data(run: Run, pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = run("city", "import", "history", written(tmp_path, "去年.csv", PAST), "--into", pack, "--out", out)
    assert done.exit_code == 0, done.output
    first, second, third = rows(out)
    assert first.keys() == {"id", "text", "matter", "unit", "date", "type"}
    assert (first["matter"], first["unit"], first["date"], first["type"]) == ("0101", "cg", "2025-03-01", "complaint")
    for hidden in ("19900001234", "502"):
        assert hidden not in first["text"]
    assert "摊贩" in first["text"]
    assert (second["id"], second["matter"], "unit" in second) == ("2", "0102", False)
    assert third["id"] == "line-4"
    assert [row.label for row in read_rows([out], "matter")] == ["0101", "0102", "0101"]
    assert [row.label for row in read_rows([out], "unit")] == ["cg", None, "c_east"]


def test_past_messages_go_beside_the_pack_when_nothing_else_is_said(run: Run, pack: Path, tmp_path: Path) -> None:
    assert run("city", "import", "history", written(tmp_path, "去年.csv", PAST), "--into", pack).exit_code == 0
    assert len(rows(pack / "history.jsonl")) == 3


def test_another_citys_past_is_translated(run: Run, pack: Path, tmp_path: Path) -> None:
    text = "内容,事项\n摊贩,BJ11\n游商,游商\n占道,占道经营\n"
    out = tmp_path / "out.jsonl"
    words = ("city", "import", "history", written(tmp_path, "北京.csv", text), "--into", pack, "--out", out)
    assert run(*words, "--scheme", "beijing").exit_code == 0
    assert [row["matter"] for row in rows(out)] == ["0101", "0101", "0101"]
    with pytest.raises(HotlineError):
        run(*words, "--scheme", "tianjin")


PAST_REFUSED = [
    ("内容,事项\n摊贩,0909\n", None, 2, "事项", "UNKNOWN_MATTER"),
    ("内容,事项\n摊贩,0101\n", "beijing", 2, "事项", "UNKNOWN_MATTER"),
    ("内容,事项\n环境,BJ13\n", "beijing", 2, "事项", "UNKNOWN_MATTER"),  # ours into theirs only
    ("内容,事项\n摊贩,101\n", None, 2, "事项", "LOST_ZERO"),
    ("内容,单位\n摊贩,没有的局\n", None, 2, "单位", "UNKNOWN_UNIT"),
    ("内容,事项,类型\n摊贩,0101,上访\n", None, 2, "类型", "BAD_CHOICE"),
    ("内容,事项\n,0101\n", None, 2, "内容", "EMPTY_CELL"),
    ("内容,事项\n摊贩,\n", None, 2, "事项", "EMPTY_CELL"),
    ("编号,内容,事项\n1,摊贩,0101\n1,摊贩,0101\n", None, 3, "编号", "DUPLICATE_ROW"),
    ("内容,事项,日期\n摊贩,0101,2025-02-30\n", None, 2, "日期", "BAD_DATE"),
]


@pytest.mark.parametrize(("text", "scheme", "line", "column", "reason"), PAST_REFUSED)
def test_past_messages_that_cannot_be_learnt_from_are_refused(
    run: Run, pack: Path, tmp_path: Path, text: str, scheme: str | None, line: int, column: str, reason: str
) -> None:
    out = written(tmp_path, "out.jsonl", "old\n")
    options = ["--scheme", scheme] if scheme else []
    file = written(tmp_path, "去年.csv", text)
    done = run("city", "import", "history", file, "--into", pack, "--out", out, "--json", *options)
    (fault,) = json.loads(done.output)["parts"][0]["refused"]
    assert (done.exit_code, fault["line"], fault["column"], fault["reason"]) == (1, line, column, reason)
    assert out.read_text(encoding="utf-8") == "old\n"


def test_past_messages_without_anything_to_learn_are_refused(run: Run, pack: Path, tmp_path: Path) -> None:
    done = run("city", "import", "history", written(tmp_path, "去年.csv", "内容\n摊贩\n"), "--into", pack, "--json")
    assert [one["reason"] for one in json.loads(done.output)["faults"]] == ["MISSING_COLUMN"]


def test_one_code_is_translated_and_back(run: Run, pack: Path) -> None:
    assert run("city", "map", "0101", "--scheme", "beijing", "--pack", pack).output == "BJ11 占道经营\n"
    assert run("city", "map", "BJ12", "--scheme", "beijing", "--back", "--pack", pack).output == "0101\n"
    told = json.loads(run("city", "map", "0102", "--scheme", "beijing", "--pack", pack, "--json").output)
    assert told == {"scheme": "beijing", "ours": "0102", "theirs": "BJ13", "theirs_name": "环境卫生", "way": "to"}
