"""What `make rasa` is made of, as far as it needs no Rasa: files that are up to date, parts that are fixed, clear refusals."""

import shutil
import sys
from pathlib import Path

import httpx
import pytest
import yaml

from nlu.corpus import Example, read_corpus
from tools import rasa, rasa_environment, rasa_project, rasa_service
from tools.setup import SetupError

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "city" / "packs" / "xuhui"


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_corpus(PACK / "nlu.yml")


def same(one: list[Example], other: list[Example]) -> bool:
    """Whether both hold the same examples, in any order."""
    return sorted(map(repr, _plain(one))) == sorted(map(repr, _plain(other)))


def _plain(examples: list[Example]) -> list[object]:
    return [(one.intent, one.text, one.entities, sorted(one.metadata.items())) for one in examples]


def test_the_generated_part_of_the_domain_is_up_to_date(examples: list[Example]) -> None:
    told = (PACK / rasa_project.INTENTS).read_text(encoding="utf-8")
    assert told == rasa_project.intents_text(examples), "run: .venv/bin/python -m tools.rasa domain"


def test_no_response_of_the_domain_holds_a_variable() -> None:
    responses = yaml.safe_load((PACK / "rasa" / "domain.yml").read_text(encoding="utf-8"))["responses"]
    texts = [one["text"] for variants in responses.values() for one in variants]
    assert texts
    assert [text for text in texts if "{" in text] == []


def test_a_written_corpus_reads_back_as_it_was(examples: list[Example], tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text(rasa_project.corpus_text(examples), encoding="utf-8")
    assert same(read_corpus(file), examples)


def test_a_part_holds_so_many_of_every_intent_and_is_always_the_same(examples: list[Example]) -> None:
    part = rasa_project.part(examples, per_intent=3)
    assert part == rasa_project.part(reversed(examples), per_intent=3)
    counts = {intent: sum(one.intent == intent for one in part) for intent in {one.intent for one in examples}}
    assert set(counts.values()) == {3}


def test_what_is_held_out_is_never_trained_on(examples: list[Example]) -> None:
    kept, out = rasa_project.held_out(examples, one_in=5)
    assert len(kept) + len(out) == len(examples)
    assert not {one.text for one in kept} & {one.text for one in out}
    assert 0.17 < len(out) / len(examples) < 0.23


def test_rasa_gets_its_own_sections_and_nothing_of_ours(tmp_path: Path) -> None:
    rasa_service.write_project(tmp_path, PACK, epochs=7)
    config = yaml.safe_load((tmp_path / "config.yml").read_text(encoding="utf-8"))
    assert set(config) == set(rasa_project.SECTIONS)
    [diet] = [one for one in config["pipeline"] if one["name"] == "DIETClassifier"]
    assert diet["epochs"] == 7
    assert (tmp_path / "data" / "nlu.yml").read_bytes() == (PACK / "nlu.yml").read_bytes()


def test_a_pack_without_a_domain_is_refused_and_told_where_one_is(tmp_path: Path) -> None:
    shutil.copy(PACK / "nlu.yml", tmp_path)
    with pytest.raises(SetupError, match=r"rasa/domain\.yml"):
        rasa_service.write_project(tmp_path / "project", tmp_path)


def test_without_a_python_that_rasa_runs_under_it_says_so_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rasa_environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(rasa_environment, "PROGRAM", tmp_path / "venv" / "bin" / "rasa")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))
    assert rasa.main(["train"]) == rasa.NO_PYTHON_STATUS
    told = capsys.readouterr().err
    assert "没有找到 python3.10" in told
    assert "no python3.10 was found" in told


def test_a_program_of_that_name_that_does_not_run_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\necho 'python3.10: command not found' >&2\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rasa_environment.find_python() != str(shim)


def test_serving_without_a_model_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path))
    monkeypatch.setattr(rasa_environment, "installed", lambda: True)
    assert rasa.main(["serve"]) == 1
    assert "make rasa" in capsys.readouterr().err


def test_rasa_reports_to_nobody() -> None:
    assert rasa_environment.environment()["RASA_TELEMETRY_ENABLED"] == "false"


PROGRAM = """#!{python}
import json, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

if sys.argv[1] == "train":
    for number in range(3):
        sys.stderr.write(f"\\rEpochs:  50%|##   | {{number}}/2 [00:0{{number}}<00:01,  1.71s/it, t_loss=4.58]")
    if Path("fails").exists():
        sys.exit("no memory")
    Path("models").mkdir(exist_ok=True)
    Path("models/next.tar.gz").write_text("new")
    sys.exit(0)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({{"model_id": "abc"}}).encode())


if Path("fails").exists():
    sys.exit("no such model")
HTTPServer((sys.argv[sys.argv.index("--interface") + 1], int(sys.argv[sys.argv.index("--port") + 1])), Handler).serve_forever()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose rasa is a little program that prints, writes and serves as the real one does."""
    program = tmp_path / "rasa"
    program.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(rasa_environment, "PROGRAM", program)
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    return folder


def test_training_tells_its_rounds_and_swaps_the_model_when_it_is_whole(project: Path) -> None:
    told: list[str] = []
    (project / rasa_service.MODEL).write_text("old", encoding="utf-8")
    assert rasa_service.train(project, progress=told.append).read_text(encoding="utf-8") == "new"
    assert [line.split("，")[0] for line in told] == ["第 0/2 轮", "第 1/2 轮", "第 2/2 轮"]
    assert not (project / "models" / "next.tar.gz").exists()


def test_training_that_fails_keeps_the_old_model_and_shows_the_end_of_its_output(project: Path) -> None:
    (project / rasa_service.MODEL).write_text("old", encoding="utf-8")
    (project / "fails").touch()
    with pytest.raises(SetupError, match="no memory"):
        rasa_service.train(project)
    assert (project / rasa_service.MODEL).read_text(encoding="utf-8") == "old"


def test_serving_ends_with_its_block_and_answers_on_loopback_only(project: Path) -> None:
    with rasa_service.serving(project) as served:
        assert served.url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{served.url}/status", trust_env=False).json() == {"model_id": "abc"}
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{served.url}/status", trust_env=False)


def test_a_service_that_does_not_start_shows_why(project: Path) -> None:
    (project / "fails").touch()
    with pytest.raises(SetupError, match="no such model"), rasa_service.serving(project):
        pytest.fail("it never got here")


def test_a_port_that_is_taken_is_named(project: Path) -> None:
    with rasa_service.serving(project) as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(SetupError, match=str(port)), rasa_service.serving(project, port=port):
            pytest.fail("it never got here")
