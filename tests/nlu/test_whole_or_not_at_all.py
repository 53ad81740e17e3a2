"""What is written stands whole in its place or not at all, also when the writer is killed in the middle."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nlu import whole

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from nlu import whole
with getattr(whole, sys.argv[1])(Path(sys.argv[2])) as fresh:
    (fresh / "half" if fresh.is_dir() else fresh).write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_while_writing(kind: str, out: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", KILLED, kind, str(out)], check=False, env=environment)
    assert done.returncode == -signal.SIGKILL


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_killed_training_changes_nothing_and_the_next_writer_clears_up(tmp_path: Path) -> None:
    out = tmp_path / "model"
    out.mkdir()
    (out / "old").write_text("old")
    kill_while_writing("folder", out)
    assert names(out) == ["old"]
    assert len(names(tmp_path)) == 3  # the model, half of another, and its lock
    with whole.folder(out) as fresh:
        (fresh / "new").write_text("new")
    assert names(tmp_path) == ["model"]
    assert names(out) == ["new"]


def test_a_killed_prediction_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    out.write_text("old")
    kill_while_writing("file", out)
    assert out.read_text() == "old"
    assert whole.sweep(out)
    assert names(tmp_path) == ["answers.jsonl"]
    assert not whole.sweep(out)


def test_a_model_taken_away_by_a_killed_writer_comes_back(tmp_path: Path) -> None:
    """Killed between the two renames: the old model has gone aside, the new one is not in its place."""
    old = tmp_path / ".model-0badcafe.old"
    old.mkdir()
    (old / "old").write_text("old")
    (tmp_path / ".model-0badcafe.new").mkdir()
    (tmp_path / ".model-0badcafe.lock").touch()
    assert whole.sweep(tmp_path / "model")
    assert names(tmp_path) == ["model"]
    assert names(tmp_path / "model") == ["old"]


def test_a_sweep_leaves_alone_whoever_is_still_writing(tmp_path: Path) -> None:
    out = tmp_path / "model"
    with whole.folder(out) as fresh:
        (fresh / "new").write_text("new")
        assert not whole.sweep(out)
        with whole.folder(out) as other:
            (other / "other").write_text("other")
        assert names(out) == ["other"]
    assert names(out) == ["new"]
    assert names(tmp_path) == ["model"]


def test_an_error_while_writing_leaves_no_trace(tmp_path: Path) -> None:
    def interrupted() -> None:
        with whole.file(tmp_path / "answers.jsonl") as fresh:
            fresh.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names(tmp_path) == []


def test_a_file_gets_the_rights_that_were_asked_for(tmp_path: Path) -> None:
    with whole.file(tmp_path / "rows.jsonl", mode=0o600) as fresh:
        assert fresh.stat().st_mode & 0o777 == 0o600
        fresh.write_text("rows")
    assert (tmp_path / "rows.jsonl").stat().st_mode & 0o777 == 0o600
