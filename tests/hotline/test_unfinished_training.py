"""A training that goes on after a stop works with the tickets that it had begun with, unless one of them changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotline import unfinished
from hotline.placed import Lesson, Source

NOW = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
COMMAND = {"champion": "1f2e3d4c5b6a7988", "holdout": 0.2}


def lesson(number: int) -> Lesson:
    at = NOW - timedelta(days=30, hours=-number)
    return Lesson(
        id=f"2026031900000{number}",
        text=f"第{number}盏路灯不亮",
        matter="0101",
        unit="cgzf",
        source=Source.CORRECTION,
        by="dispatcher",
        event="ticket_reassigned",
        seq=3,
        at=at,
        settled_at=at + timedelta(hours=1),
        asked="0801",
        model="1f2e3d4c5b6a7988",
        list_version="2026-03",
        channel="phone",
    )


OLD = [lesson(number) for number in range(5)]


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """The folder of a model whose training began with the old lessons and was stopped after an epoch."""
    folder = tmp_path / "challenger"
    assert not unfinished.begin(folder, OLD, command=COMMAND, now=NOW).again
    (unfinished.state_of(folder) / "0123456789abcdef.pt").write_bytes(b"weights")
    return folder


def test_tickets_that_came_since_wait_for_the_next_training(stopped: Path) -> None:
    begun = unfinished.begin(stopped, [*OLD, lesson(8)], command=COMMAND, now=NOW + unfinished.KEPT_FOR)
    assert begun == unfinished.Begun(lessons=OLD, again=True)
    assert list(unfinished.state_of(stopped).glob("*.pt"))


@pytest.mark.parametrize(
    "today",
    [
        OLD[1:],
        [replace(OLD[0], text="（已删除）"), *OLD[1:]],
        [replace(OLD[0], matter="0401"), *OLD[1:]],
        [replace(OLD[0], unit="scjg"), *OLD[1:]],
    ],
    ids=["erased or reopened", "other words", "other matter", "other unit"],
)
def test_it_begins_anew_with_all_when_a_ticket_reads_otherwise(stopped: Path, today: list[Lesson]) -> None:
    lessons = [*today, lesson(8)]
    assert unfinished.begin(stopped, lessons, command=COMMAND, now=NOW) == unfinished.Begun(
        lessons=lessons, again=False
    )
    assert not list(unfinished.state_of(stopped).glob("*.pt"))


def test_another_command_begins_anew(stopped: Path) -> None:
    assert not unfinished.begin(stopped, OLD, command=COMMAND | {"holdout": 0.3}, now=NOW).again


@pytest.mark.parametrize("later", [unfinished.KEPT_FOR + timedelta(seconds=1), -timedelta(seconds=1)])
def test_after_two_days_it_begins_anew(stopped: Path, later: timedelta) -> None:
    assert not unfinished.begin(stopped, OLD, command=COMMAND, now=NOW + later).again


def test_without_an_epoch_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    unfinished.begin(tmp_path / "challenger", OLD, command=COMMAND, now=NOW)
    assert not unfinished.begin(tmp_path / "challenger", OLD, command=COMMAND, now=NOW).again


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"command": "', '{"ids": 3, "lessons": "", "at": ""}'])
def test_a_broken_note_begins_anew(stopped: Path, content: str) -> None:
    (unfinished.state_of(stopped) / unfinished.BEGUN).write_text(content, encoding="utf-8")
    assert not unfinished.begin(stopped, OLD, command=COMMAND, now=NOW).again


def test_what_is_kept_holds_no_words_and_is_for_its_owner_only(stopped: Path) -> None:
    state = unfinished.state_of(stopped)
    file = state / unfinished.BEGUN
    assert "路灯" not in file.read_text(encoding="utf-8")
    assert (state.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    unfinished.done(stopped)
    assert not state.exists()
