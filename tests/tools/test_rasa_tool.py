"""What `make rasa` is made of, as far as it needs no Rasa: files that are up to date, parts that are fixed, clear refusals."""

import shutil
from pathlib import Path

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
