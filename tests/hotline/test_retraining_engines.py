"""A challenger may be of another engine than the champion: it is judged, promoted, rolled back and served like any other."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner

from hotline import fresh_brain, installation, model_report, model_shelf
from hotline.cli import app
from hotline.retrain import Outcome, Plan, retrain
from nlu.brain import read_index
from nlu.transformer import parts
from plumbing.config import Config
from plumbing.db import Database
from plumbing.errors import BadInput, HotlineError, NotFound
from tests.support.encoder import small_encoder
from tests.support.school import MATTERS, NOW, history, settings

ROWS = history(most=110)
FIRST = ROWS[:420]
"""What the first challenger of the engine transformer is trained on and judged by."""
PLAN = Plan(history=FIRST, holdout=0.3, force=True, engine="transformer")


@dataclass(frozen=True)
class Town:
    """A home folder whose champion is known, with the config.yml that names the small encoder."""

    school: Path
    home: Path
    file: Path
    database: Database

    @property
    def config(self) -> Config:
        return settings(self.school, self.home, file=self.file)

    @property
    def version(self) -> str:
        return read_index(self.config.model)[0]

    @property
    def engine(self) -> str:
        return model_shelf.card_of(self.config.model).engine

    def retrain(self, plan: Plan, **more: Any) -> Outcome:
        return retrain(self.config, self.database, plan=plan, now=NOW, **more)


def town(school: Path, home: Path, file: Path) -> Town:
    return Town(school, home, file, Database(settings(school, home, file=file).database_url))


@dataclass(frozen=True)
class Moved:
    """Where a champion of the engine embedded has lost its place to a challenger of the engine transformer."""

    town: Town
    outcome: Outcome
    before: str


@pytest.fixture(scope="module", autouse=True)
def one_thread(needs: Any) -> Iterator[None]:
    """Networks this small are trained four times as fast by one thread as by two that wait for each other."""
    needs("transformer")
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def own(school: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The school with a corpus that tells types too, an embedded champion, and a small encoder in its config.yml."""
    folder = tmp_path_factory.mktemp("own")
    copytree(school, folder / "school")
    encoder = small_encoder(folder / "encoder", [row.text for row in ROWS])
    file = folder / "config.yml"
    file.write_text(f"hotline:\n  nlu:\n    encoder: {encoder}\n", encoding="utf-8")
    corpus = folder / "school" / "pack" / "nlu.yml"
    text = corpus.read_text(encoding="utf-8")
    for place, code in enumerate(MATTERS):
        kind = ("complaint", "help")[place % 2]
        text = text.replace(f"- intent: m{code}\n", f"- intent: m{code}\n  metadata: {{type: {kind}}}\n")
    corpus.write_text(text, encoding="utf-8")
    found = town(folder / "school", folder / "school" / "home", file)
    installation.train(found.config, now=NOW)
    return found


@pytest.fixture(scope="module")
def moved(own: Town, tmp_path_factory: pytest.TempPathFactory) -> Moved:
    home = tmp_path_factory.mktemp("moved") / "home"
    copytree(own.home, home)
    there = town(own.school, home, own.file)
    before = there.version
    return Moved(town=there, outcome=there.retrain(PLAN), before=before)


@pytest.fixture
def embedded(own: Town, tmp_path: Path) -> Town:
    """A copy whose champion is of the engine embedded."""
    copytree(own.home, tmp_path / "home")
    return town(own.school, tmp_path / "home", own.file)


@pytest.fixture
def transformer(moved: Moved, tmp_path: Path) -> Town:
    """A copy whose champion is of the engine transformer."""
    copytree(moved.town.home, tmp_path / "home")
    return town(moved.town.school, tmp_path / "home", moved.town.file)


def test_an_embedded_champion_can_lose_its_place_to_a_transformer(moved: Moved) -> None:
    there, done = moved.town, moved.outcome
    assert done.engines == ("embedded", "transformer")
    assert done.promoted
    assert done.comparison is not None
    assert done.comparison.challenger["accuracy"] > done.comparison.champion["accuracy"]
    assert (there.version, there.engine) == (done.challenger, "transformer")
    shelved = [(one.version, one.engine, one.in_use) for one in model_shelf.shelf(there.config)]
    assert shelved == [(done.challenger, "transformer", True), (moved.before, "embedded", False)]
    [line] = model_shelf.history(there.config)
    assert (line["what"], line["engines"]) == ("promoted", ["embedded", "transformer"])


def test_what_learns_from_the_corpus_only_is_taken_over_from_a_champion_of_another_engine(moved: Moved) -> None:
    assert moved.outcome.kept == ("type",)
    parts_of = [read_index(folder)[1] for folder in (moved.town.config.model, _kept(moved.town, moved.before))]
    assert parts_of[0]["type"] == parts_of[1]["type"]


def test_the_card_of_a_transformer_tells_what_it_has_learnt(moved: Moved) -> None:
    card = model_shelf.card_of(moved.town.config.model)
    [corpus, lessons] = card.data
    assert (corpus["name"], lessons["name"], lessons["n"]) == ("nlu.yml", "lessons", moved.outcome.n_trained)
    assert lessons["until"] < str(moved.outcome.judged_from)


def test_what_judges_is_not_learnt_from_by_a_transformer_either(moved: Moved, embedded: Town) -> None:
    n = moved.outcome.n_judged
    labels = [row.label for row in FIRST[-n:]]
    turned = [replace(row, label=label) for row, label in zip(FIRST[-n:], labels[1:] + labels[:1], strict=True)]
    done = embedded.retrain(replace(PLAN, history=[*FIRST[:-n], *turned]))
    assert done.n_judged == n
    assert (
        done.challenger == moved.outcome.challenger
    )  # byte for byte, though everything that judged was said otherwise
    assert done.comparison is not None
    assert moved.outcome.comparison is not None
    assert done.comparison.challenger["accuracy"] < moved.outcome.comparison.challenger["accuracy"]


def test_unless_told_otherwise_the_engine_stays_and_newer_tickets_judge(transformer: Town, moved: Moved) -> None:
    done = transformer.retrain(Plan(history=ROWS, holdout=0.5, force=True))
    assert done.engines == ("transformer", "transformer")
    assert done.promoted
    assert str(done.judged_from) > str(
        model_shelf.card_of(_kept(transformer, moved.outcome.challenger)).data[1]["until"]
    )
    assert [one.engine for one in model_shelf.shelf(transformer.config)] == ["transformer", "transformer", "embedded"]


def test_config_yml_alone_changes_no_engine(embedded: Town) -> None:
    embedded_file = embedded.file.read_text(encoding="utf-8")
    other = embedded.home / "config.yml"
    other.write_text(embedded_file + "    engine: transformer\n", encoding="utf-8")
    asked = replace(embedded, file=other)
    assert asked.retrain(Plan(history=FIRST)).engines == ("embedded", "embedded")
    said = installation.other_engine(asked.config, "embedded")
    assert said is not None
    assert "hotline nlu retrain --engine transformer" in said


def test_a_transformer_can_lose_its_place_to_an_embedded_challenger(transformer: Town) -> None:
    done = transformer.retrain(Plan(history=ROWS, force=True, engine="embedded"))
    assert (done.engines, done.promoted, transformer.engine) == (("transformer", "embedded"), True, "embedded")


def test_models_of_both_engines_come_back_and_a_running_program_takes_them(transformer: Town, moved: Moved) -> None:
    config = transformer.config
    brain = fresh_brain.FreshBrain(
        config.model, lambda: installation.load_brain(config, transformer.database, on=NOW.date())
    )
    said = []
    for version in (moved.before, str(moved.outcome.challenger)):
        model_shelf.roll_back(config, version, now=NOW, by="管理员甲")
        [understood] = brain.parse_many(["路灯不亮"])
        said.append((understood.engine, understood.model_version))
    assert said == [("embedded", moved.before), ("transformer", moved.outcome.challenger)]
    lines = [one["engines"] for one in model_shelf.history(config)]
    assert lines == [["embedded", "transformer"], ["transformer", "embedded"], ["embedded", "transformer"]]


# -- what is missing is said before anything is done ------------------------------------------------------------------


def _without_torch(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(parts, "TRAINING", (*parts.TRAINING, "a_package_that_nobody_has"))


def _without_onnxruntime(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(sys.modules, "onnxruntime", None)


@pytest.mark.parametrize(
    ("missing", "champion", "engine"),
    [
        (_without_torch, "embedded", "transformer"),
        (_without_torch, "transformer", None),
        (_without_onnxruntime, "transformer", "embedded"),
    ],
)
def test_without_the_parts_nothing_is_collected_or_trained(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    missing: Callable[[pytest.MonkeyPatch], None],
    champion: str,
    engine: str | None,
) -> None:
    there: Town = request.getfixturevalue(champion)
    lessons = there.home / "learning" / "lessons.jsonl"
    lessons.unlink(missing_ok=True)
    before = (there.version, model_shelf.history(there.config))
    missing(monkeypatch)
    said: list[str] = []
    with pytest.raises(HotlineError, match=r"安装") as told:
        there.retrain(Plan(history=FIRST, engine=engine), progress=said.append)
    assert told.value.code == "NO_ENGINE"
    assert not said
    assert not lessons.exists()
    assert (there.version, model_shelf.history(there.config)) == before


def test_an_encoder_that_is_not_there_is_told_at_once(embedded: Town) -> None:
    file = embedded.home / "config.yml"
    file.write_text(f"hotline:\n  nlu:\n    encoder: {embedded.home / 'nothing'}\n", encoding="utf-8")
    with pytest.raises(HotlineError, match="NO_ENCODER"):
        replace(embedded, file=file).retrain(PLAN)


def test_an_engine_that_cannot_be_trained_is_refused(embedded: Town) -> None:
    with pytest.raises(BadInput, match=r"BAD_ENGINE.*embedded、transformer"):
        embedded.retrain(Plan(engine="rasa"))


def test_a_transformer_that_this_machine_cannot_serve_is_kept_when_the_embedded_one_comes_back(
    transformer: Town, moved: Moved, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _without_onnxruntime(patch)
        model_shelf.roll_back(transformer.config, moved.before, now=NOW, by="管理员甲")
        assert transformer.version == moved.before
        with pytest.raises(HotlineError, match="NO_ENGINE"):
            model_shelf.roll_back(transformer.config, str(moved.outcome.challenger), now=NOW, by="管理员甲")
        assert transformer.version == moved.before
    model_shelf.roll_back(transformer.config, str(moved.outcome.challenger), now=NOW, by="管理员甲")
    assert transformer.version == moved.outcome.challenger


# -- a training that was stopped ----------------------------------------------------------------------------------------


def _stopped(there: Town, at: str, *, plan: Plan = PLAN) -> list[str]:
    """What a training said until it was stopped."""
    said: list[str] = []

    def progress(line: str) -> None:
        said.append(line)
        if at in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        there.retrain(plan, progress=progress)
    return said


def test_a_training_that_was_stopped_goes_on_when_the_same_is_asked_for_again(embedded: Town, moved: Moved) -> None:
    before = embedded.version
    _stopped(embedded, "第 4/8 轮")
    resume = embedded.home / "learning" / ".challenger.resume"
    assert list(resume.glob("*.pt"))
    assert embedded.version == before
    said: list[str] = []
    done = embedded.retrain(PLAN, progress=said.append)
    assert any("接着上次中断的训练（transformer 引擎" in line for line in said)
    assert not [line for line in said if any(f"第 {n}/8 轮" in line for n in range(1, 4))]
    assert (done.again, done.challenger) == (True, moved.outcome.challenger)
    assert not resume.exists()


def test_with_other_rows_a_stopped_training_begins_anew(embedded: Town) -> None:
    _stopped(embedded, "第 2/8 轮")
    resume = embedded.home / "learning" / ".challenger.resume"
    assert list(resume.glob("*.pt"))
    said = _stopped(embedded, "第 1/8 轮", plan=replace(PLAN, history=FIRST[:300]))
    assert any("训练新模型" in line for line in said)
    assert not list(resume.glob("*.pt"))  # what nobody will go on with takes no room


# -- what people see ------------------------------------------------------------------------------------------------------


def test_the_commands_tell_the_engines(transformer: Town, moved: Moved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_HOME", str(transformer.home))
    monkeypatch.setenv("HOTLINE_CITY_PACK", str(transformer.school / "pack"))
    monkeypatch.setenv("HOTLINE_CONFIG", str(transformer.file))

    def hotline(*words: str) -> Any:
        return CliRunner().invoke(app, ["nlu", *words])

    listed = hotline("models")
    used, kept = listed.stdout.splitlines()
    assert "transformer 引擎" in used
    assert "embedded 引擎" in kept
    assert "在用的模型是 transformer 引擎的，config.yml 的 hotline.nlu.engine 是 embedded" in listed.stderr
    assert [one["engine"] for one in json.loads(hotline("models", "--json").stdout)] == ["transformer", "embedded"]
    refused = hotline("retrain", "--engine", "rasa")
    assert isinstance(refused.exception, BadInput)
    nothing = hotline("retrain", "--engine", "embedded")
    assert "引擎：在用的 transformer，新模型 embedded。" in nothing.stdout
    back = hotline("rollback", moved.before)
    assert (back.exit_code, "已换回" in back.stdout, "提醒" in back.stderr) == (0, True, False)
    assert isinstance(hotline("rollback", "nothing").exception, NotFound)


def test_the_report_of_the_page_is_made_of_a_transformer_too(transformer: Town, moved: Moved) -> None:
    told = model_report.report(transformer.config, transformer.database, now=NOW)
    assert told.fault is None
    assert told.card is not None
    assert told.card.engine == told.shelf[0].engine == "transformer"
    assert told.history[0]["engines"] == ["embedded", "transformer"]


def _kept(there: Town, version: str | None) -> Path:
    return there.config.model.with_name("model.kept") / str(version)
