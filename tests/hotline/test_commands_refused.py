"""The real command line, asked for what cannot be done: a Chinese sentence, exit code 2, and never a traceback."""

import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hotline import installation
from plumbing import config as configuration
from plumbing.clock import SystemClock
from plumbing.db import Database

ROOT = Path(__file__).resolve().parent.parent.parent
Done = subprocess.CompletedProcess[str]


def run(home: Path, *arguments: str, **environment: str) -> Done:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    command = [sys.executable, "-m", "hotline", *arguments]
    env = kept | {"HOTLINE_HOME": str(home)} | environment
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=env, timeout=60)


def check(done: Done) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert re.search("[\u4e00-\u9fff]", done.stderr), done.stderr


def all_of(*asked: tuple[Path, list[str], dict[str, str]]) -> list[Done]:
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda one: run(one[0], *one[1], **one[2]), asked))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation with schema and city, without a model."""
    config = configuration.load(environ={"HOTLINE_HOME": str(tmp_path / "home")})
    database = Database(config.database_url)
    installation.migrate(database)
    installation.load_city(config, database, now=SystemClock().now())
    database.dispose()
    return tmp_path / "home"


def test_without_a_database_each_command_names_the_one_that_makes_it(tmp_path: Path) -> None:
    asked = (
        ["user", "list"],
        ["token", "revoke", "x"],
        ["audit", "verify"],
        ["serve", "--port", "1"],
        ["city", "load"],
    )
    for done in all_of(*((tmp_path / str(turn), list(one), {}) for turn, one in enumerate(asked))):
        check(done)
        assert "hotline migrate" in done.stderr


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no database", encoding="utf-8")
    asked = [
        (file, ["migrate"], {}),
        (tmp_path, ["migrate"], {"HOTLINE_DATABASE_URL": "nonsense"}),
        (tmp_path, ["migrate"], {"HOTLINE_DATABASE_URL": "mysql://somebody:secret@host/x"}),
        (tmp_path, ["migrate"], {"HOTLINE_DATABASE_URL": f"sqlite:///{file}"}),
        (tmp_path, ["replay", str(tmp_path / "none"), "--token", "x"], {}),
        (tmp_path, ["simulate", "--token", "x", "--n", "1", "--url", "http://127.0.0.1:1"], {}),
        (tmp_path, ["city", "check", str(file)], {}),
        (tmp_path, ["nlu", "train", "--pack", "--out", str(tmp_path / "model")], {}),
        (tmp_path, ["nlu", "train", "--pack", "--engine", "nonsense"], {}),
    ]
    for done in all_of(*asked):
        check(done)
        assert "secret" not in done.stderr


def test_serve_says_what_is_missing_before_it_starts_anything(home: Path, trained: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        model, busy = all_of(
            (home, ["serve", "--port", port], {}), (home, ["serve", "--port", port], {"HOTLINE_MODEL": str(trained)})
        )
    check(model)
    assert "hotline nlu train --pack" in model.stderr
    check(busy)
    assert port in busy.stderr


def test_a_slip_of_the_pen_makes_no_account_and_ends_no_token(home: Path) -> None:
    assert run(home, "user", "add", "shoulidan", "--role", "operator").returncode == 0
    asked = [
        ["user", "add", "c", "--role", "centre", "--unit", "nowhere"],
        ["token", "add", "t", "--role", "centre", "--unit", "nowhere"],
        ["token", "add", "t", "--role", "dispatcher", "--login", "shoulidan"],
        ["token", "add", "t", "--role", "system"],
        ["token", "revoke", "nothing"],
    ]
    for done in all_of(*((home, one, {}) for one in asked)):
        check(done)
    listed = run(home, "user", "list")
    assert "shoulidan" in listed.stdout
    assert "nowhere" not in listed.stdout
