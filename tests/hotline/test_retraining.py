"""A challenger is trained on what came later, judged on what came last, and promoted only when it is better."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner

from hotline import fresh_brain, installation, model_shelf
from hotline.cli import app
from hotline.retrain import Plan, retrain
from hotline.split import time_of
from nlu.brain import read_index
from nlu.row_line import Row
from plumbing import config as configuration
from plumbing.config import Config
from plumbing.db import Database
from plumbing.errors import HotlineError, NotFound, Refused
from tests.support.school import FEW, MATTERS, NOW, TOLD, history


def version_of(config: Config) -> str:
    return read_index(config.model)[0]


def test_a_better_challenger_takes_the_place_and_the_old_one_can_come_back(installed: tuple[Config, Database]) -> None:
    config, database = installed
    before = version_of(config)
    done = retrain(config, database, plan=Plan(history=history(most=180), holdout=0.3), now=NOW)
    assert done.comparison is not None
    assert done.comparison.challenger["accuracy"] > done.comparison.champion["accuracy"] + 0.05
    assert (done.promoted, done.reasons) == (True, ())
    assert version_of(config) == done.challenger != before
    assert {"type", "urgency", "danger", "kind"}.isdisjoint(done.kept)  # this corpus has none of them
    card = model_shelf.card_of(config.model)
    [corpus, lessons] = card.data
    assert (corpus["name"], lessons["name"], lessons["n"]) == ("nlu.yml", "lessons", done.n_trained)
    assert lessons["until"] < str(done.judged_from)
    shelved = model_shelf.shelf(config)
    assert [(one.version, one.in_use) for one in shelved] == [(done.challenger, True), (before, False)]
    assert model_shelf.roll_back(config, before, now=NOW, by="管理员甲") == done.challenger
    assert version_of(config) == before
    assert [one["what"] for one in model_shelf.history(config)] == ["rolled_back", "promoted"]
    with pytest.raises(Refused, match="IN_USE"):
        model_shelf.roll_back(config, before, now=NOW, by="管理员甲")
    with pytest.raises(NotFound, match="NO_MODEL"):
        model_shelf.roll_back(config, "../../etc", now=NOW, by="管理员甲")


def test_tickets_that_judged_once_are_not_judged_by_again_after_they_were_learnt(
    installed: tuple[Config, Database],
) -> None:
    config, database = installed
    plan = Plan(history=history(), holdout=0.3, force=True)
    first = retrain(config, database, plan=plan, now=NOW)
    assert first.promoted
    again = retrain(config, database, plan=Plan(history=history(), holdout=0.5, force=True), now=NOW)
    assert again.judged_from == first.judged_from  # half would reach back to what the champion has learnt
    assert again.n_judged == first.n_judged


def test_a_worse_challenger_changes_nothing_unless_forced(installed: tuple[Config, Database]) -> None:
    config, database = installed
    before = version_of(config)
    plan = Plan(history=history(wrong=True, most=180))
    done = retrain(config, database, plan=plan, now=NOW)
    assert not done.promoted
    assert done.reasons
    assert version_of(config) == before
    [line] = model_shelf.history(config)
    assert (line["what"], line["before"]) == ("not_promoted", before)
    forced = retrain(config, database, plan=Plan(history=plan.history, force=True), now=NOW)
    assert (forced.promoted, forced.forced) == (True, True)
    assert forced.reasons
    assert version_of(config) != before


def test_with_too_few_tickets_nothing_is_promoted_and_the_number_is_told(installed: tuple[Config, Database]) -> None:
    config, database = installed
    done = retrain(config, database, plan=Plan(history=history(most=20)), now=NOW)
    assert not done.promoted
    assert any(f"还差 {200 - done.n_judged} 张" in reason for reason in done.reasons)


def test_without_any_ticket_nothing_is_trained(installed: tuple[Config, Database]) -> None:
    config, database = installed
    done = retrain(config, database, plan=Plan(), now=NOW)
    assert (done.promoted, done.challenger, done.n_judged) == (False, None, 0)
    assert "没有可用来评判的新工单" in done.reasons[0]
    assert (config.home / "learning" / "lessons.jsonl").read_text(encoding="utf-8") == ""


def test_words_of_the_corpus_judge_nothing(installed: tuple[Config, Database]) -> None:
    config, database = installed
    rows = [
        Row(id=str(n), text=text, label=code, group=None, at=(NOW - timedelta(hours=n)).isoformat())
        for n, (code, text) in enumerate((code, text) for code in MATTERS for text in TOLD[code][:FEW])
    ]
    done = retrain(config, database, plan=Plan(history=rows), now=NOW)
    assert (done.n_judged, done.challenger) == (0, None)
    assert done.n_seen > 0


def test_the_sample_week_is_learnt_from_only_when_asked_for(small: Any, school: Path, tmp_path: Path) -> None:
    copytree(school / "home", tmp_path / "home")
    places = {"HOTLINE_HOME": str(tmp_path / "home"), "HOTLINE_CITY_PACK": str(school / "pack")}
    config = configuration.load(environ=places | {"HOTLINE_DATABASE_URL": small.database.url})
    friday = datetime(2026, 3, 13, 8, 40, tzinfo=UTC)
    assert retrain(config, small.database, plan=Plan(), now=friday).n_lessons == 0
    done = retrain(config, small.database, plan=Plan(sample=True), now=friday)
    assert set(done.by_source) >= {"confirmed", "correction", "return", "ruling"}
    assert done.n_judged > 10
    assert done.comparison is not None
    file = config.home / "learning" / "lessons.jsonl"
    lessons = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(lessons) == done.n_lessons
    assert {one["unit"] for one in done.comparison.units} <= {one["unit"] for one in lessons}
    parts = model_shelf.card_of(config.home / "learning" / "challenger").subgroups
    assert sum(part["n"] for part in parts if part["kind"] == "channel") == done.n_trained


def test_two_trainings_at_once_are_refused(installed: tuple[Config, Database]) -> None:
    config, database = installed
    with model_shelf.alone(config), pytest.raises(Refused, match="BUSY"):
        retrain(config, database, plan=Plan(), now=NOW)
    assert not retrain(config, database, plan=Plan(), now=NOW).promoted


def test_a_running_program_takes_the_new_model_without_a_restart(installed: tuple[Config, Database]) -> None:
    config, database = installed

    def load() -> Any:
        return installation.load_brain(config, database, on=NOW.date())

    brain = fresh_brain.FreshBrain(config.model, load)
    before = brain.version
    assert brain.parse_many(["路灯不亮"])[0].model_version == before
    done = retrain(config, database, plan=Plan(history=history(), force=True), now=NOW)
    assert brain.parse_many(["路灯不亮"])[0].model_version == done.challenger == brain.version
    model_shelf.roll_back(config, before, now=NOW, by="管理员甲")
    assert brain.parse_many(["路灯不亮"])[0].model_version == before


def test_a_running_program_goes_on_with_the_old_model_when_the_new_one_is_refused(
    installed: tuple[Config, Database],
) -> None:
    config, database = installed
    brain = fresh_brain.FreshBrain(config.model, lambda: installation.load_brain(config, database, on=NOW.date()))
    before = brain.version
    file = config.model / "brain.json"
    sound = file.read_text(encoding="utf-8")
    file.write_text(sound.replace(before, "0" * 16), encoding="utf-8")
    assert not brain.refresh()
    assert brain.parse_many(["路灯不亮"])[0].model_version == before
    file.write_text(sound, encoding="utf-8")
    assert brain.refresh()


def _flipped(folder: Path) -> None:
    file = folder / "matter" / "model.npz"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def _older(folder: Path) -> None:
    file = folder / "brain.json"
    value = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(value | {"format": 1}), encoding="utf-8")


@pytest.mark.parametrize(("harm", "code"), [(_flipped, "MODEL_CHANGED"), (_older, "MODEL_FORMAT")])
def test_a_kept_model_that_was_touched_or_is_of_another_format_is_refused(
    installed: tuple[Config, Database], harm: Callable[[Path], None], code: str
) -> None:
    config, database = installed
    before = version_of(config)
    done = retrain(config, database, plan=Plan(history=history(), force=True), now=NOW)
    harm(config.model.with_name("model.kept") / before)
    with pytest.raises(HotlineError) as told:
        model_shelf.roll_back(config, before, now=NOW, by="管理员甲")
    assert told.value.code == code
    assert version_of(config) == done.challenger


def test_a_history_that_was_touched_is_found_out(installed: tuple[Config, Database]) -> None:
    config, _ = installed
    for what in ("promoted", "rolled_back"):
        model_shelf.note(config, what, now=NOW, version="a", before="b")
    assert len(model_shelf.history(config)) == 2
    file = config.home / "learning" / "history.jsonl"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(file.read_text(encoding="utf-8").replace('"a"', '"c"', 1), encoding="utf-8")
    with pytest.raises(HotlineError, match="HISTORY_CHANGED"):
        model_shelf.history(config)


def test_half_a_line_in_the_history_is_told_and_stops_no_promotion(installed: tuple[Config, Database]) -> None:
    config, _ = installed
    model_shelf.note(config, "promoted", now=NOW, version="a", before="b")
    file = config.home / "learning" / "history.jsonl"
    file.write_text(file.read_text(encoding="utf-8") + '{"at": "2026-', encoding="utf-8")
    model_shelf.note(config, "rolled_back", now=NOW, version="b", before="a")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3
    with pytest.raises(HotlineError, match="HISTORY_CHANGED"):
        model_shelf.history(config)


def test_the_commands_train_list_and_roll_back(
    installed: tuple[Config, Database],
    school: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config, _ = installed
    before = version_of(config)
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOTLINE_CITY_PACK", str(school / "pack"))
    data = tmp_path / "past.jsonl"
    rows = [{"id": row.id, "text": row.text, "matter": row.label, "at": row.at} for row in history()]
    data.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")

    def hotline(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["nlu", *words])
        if isinstance(done.exception, HotlineError):
            return 2, done.exception.sentence
        return done.exit_code, done.stdout

    code, out = hotline("retrain", "--data", str(data), "--holdout", "30%", "--force", "--json")
    done = json.loads(out.splitlines()[-1])  # a log that nobody has set up goes to the same place
    assert (code, done["promoted"], done["champion"]) == (0, True, before)
    assert set(done["comparison"]["difference"]) == {"accuracy", "macro_f1"}
    code, out = hotline("models", "--json")
    assert [(one["version"], one["in_use"]) for one in json.loads(out)] == [(done["challenger"], True), (before, False)]
    code, out = hotline("rollback", before)
    assert (code, before in out) == (0, True)
    assert version_of(config) == before
    code, err = hotline("rollback", "nothing")
    assert (code, done["challenger"] in err) == (2, True)
    code, err = hotline("retrain", "--holdout", "90%")
    assert (code, "5% 到 50%" in err) == (2, True)
    code, out = hotline("models")
    assert "[在用]" in out
    assert "[保留]" in out


def test_a_day_without_an_hour_is_a_time_too() -> None:
    assert time_of("2026-03-02") == datetime(2026, 3, 2, tzinfo=UTC)
    assert time_of("去年") is time_of(None) is None
