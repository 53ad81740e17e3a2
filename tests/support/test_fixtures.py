"""The fixtures of tests/conftest.py keep what they promise."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from redis import Redis
from sqlalchemy import create_engine, text

from plumbing import config

Needs = Callable[[str], str]


def test_a_missing_browser_fails_in_ci(needs: Needs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="chromium"):
        needs("chromium")


def test_a_missing_browser_is_a_visible_skip_elsewhere(
    needs: Needs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="chromium"):
        needs("chromium")


@pytest.mark.parametrize("host", ["203.0.113.7", "2001:db8::7", "0.0.0.0", "10.0.0.1"])
def test_other_machines_are_out_of_reach(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe, pytest.raises(RuntimeError, match="this machine only"):
        probe.connect((host, 9))


def test_names_of_other_machines_are_not_even_looked_up() -> None:
    with pytest.raises(RuntimeError, match="this machine only"):
        httpx.get("http://hotline.example/")


def test_this_machine_is_within_reach() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(("localhost", server.getsockname()[1]))
        assert client.getpeername() == server.getsockname()


def test_each_test_has_a_fresh_database_of_each_kind(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (word TEXT)"))
        connection.execute(text("INSERT INTO only_here VALUES ('徐汇')"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT word FROM only_here")) == "徐汇"
    engine.dispose()


def test_the_postgres_databases_are_dropped_afterwards(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test%'").fetchall()
    assert left == []


@pytest.mark.parametrize("round_no", [1, 2])
def test_valkey_is_real_and_empty_at_first(valkey_url: str, round_no: int) -> None:
    with Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
        client.set("round", round_no)
        assert client.get("round") == str(round_no).encode()


def test_the_browser_renders_chinese_and_knows_no_other_machine(browser: Any, needs: Needs) -> None:
    needs("chinese font")
    page = browser.new_page()
    page.set_content("<h1 id=t>市民服务热线</h1>")
    assert page.inner_text("#t") == "市民服务热线"
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://hotline.example/")
    page.close()


def test_the_vectors_are_there(conformance: Path) -> None:
    assert {"wechat.json", "twilio.json", "twiml_attributes.json"} <= {file.name for file in conformance.iterdir()}


def test_no_test_touches_the_installation_of_this_shell() -> None:
    left = {name for name in os.environ if name.startswith(("HOTLINE_", "TWILIO_", "WECHAT_"))}
    assert left <= {"HOTLINE_CONFORMANCE", "HOTLINE_DATA", "HOTLINE_FAULTS", "HOTLINE_HOME"}
    assert config.load().home != config.ROOT / "var"
