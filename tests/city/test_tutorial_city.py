"""The tutorial of docs/city-pack.md, word for word: its tables, its commands, its corpus, and the ticket it promises."""

import csv
import io
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook
from typer.testing import CliRunner

from accounts import store as account_store
from hotline.app import application
from hotline.cli import app
from hotline.runtime import build
from nlu.corpus import read_corpus
from plumbing import config as configuration
from plumbing.clock import SystemClock
from tickets.types import Role

DOC = (Path(__file__).resolve().parents[2] / "docs" / "city-pack.md").read_text(encoding="utf-8")
TUTORIAL = DOC[DOC.index("\n## 教程") :]
FENCE = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[tuple[str, str]]:
    """The word after the language and the text of each fenced block that has one, in order."""
    return [(word, text) for told, word, text in FENCE.findall(TUTORIAL) if told == language]


def write_tables(folder: Path) -> None:
    """The tables that the reader types in: sheets of a workbook, and a CSV file as Excel in Chinese saves it."""
    books: dict[str, dict[str, list[list[str]]]] = defaultdict(dict)
    for name, text in blocks("csv"):
        file, slash, sheet = name.partition("/")
        if slash:
            books[file][sheet] = list(csv.reader(io.StringIO(text)))
        else:
            (folder / file).write_bytes(text.replace("\n", "\r\n").encode("gb18030"))
    for file, sheets in books.items():
        workbook = Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        workbook.save(folder / file)


def follow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every command of the tutorial, in order; what they said."""
    said = []
    for turn, (_, commands) in enumerate(blocks("sh")):
        if turn == 2:  # the corpus is written before the last commands
            for name, text in blocks("yaml"):
                with (folder / name).open("a", encoding="utf-8") as file:
                    file.write(text)
        for line in commands.splitlines():
            match shlex.split(line):
                case ["export", setting]:
                    name, _, value = setting.partition("=")
                    monkeypatch.setenv(name, value.replace("$PWD", str(folder)))
                case ["hotline", *arguments]:
                    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
                    assert done.exit_code == 0, f"{line}\n{done.output}"
                    said.append(done.output)
                case other:
                    pytest.fail(f"a command that the tutorial may not use: {other}")
    return "\n".join(said)


@pytest.fixture
def followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the whole tutorial has been done."""
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    said = follow(tmp_path, monkeypatch)
    assert "责任清单版本：dongcheng-" in said
    assert "没有发现问题" in said
    return tmp_path


@pytest.fixture
def http(followed: Path) -> Iterator[tuple[Any, TestClient, dict[str, str]]]:
    """The runtime of the tutorial's city, a client of it, and the headers of an operator who may also look."""
    runtime = build(configuration.load(), nudge=False)
    roles = [Role.OPERATOR, Role.SUPERVISOR]
    now = SystemClock().now()
    with runtime.database.transaction() as session:
        account_store.add_account(
            session, "yi", name="接线员甲", password="a long enough 1 word", roles=roles, unit=None, now=now
        )
        word = account_store.add_token(session, name="yi", login="yi", roles=roles, now=now)
    client = TestClient(application(runtime, loops=False))
    yield runtime, client, {"Authorization": f"Bearer {word}"}
    client.close()
    runtime.database.dispose()


def test_the_tutorial_makes_a_city_that_dispatches_its_first_message(
    http: tuple[Any, TestClient, dict[str, str]],
) -> None:
    runtime, client, headers = http
    (words,) = [text.strip() for word, text in blocks("text") if word == "tutorial"]
    body = {"channel": "phone", "external_id": "first", "sender": "+8619900001234", "text": words}
    answer = client.post("/api/v1/messages", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    runtime.loops.settle()
    ticket = client.get(f"/api/v1/tickets/{answer.json()['receipt_no']}", headers=headers).json()
    assert (ticket["state"], ticket["matter"], ticket["street"]) == ("DISPATCHED", "0101", "dongjie")
    assert ticket["units"][0] == "centre_dongjie"
    assert ticket["decision"]["row"] == "D0101"
    assert {leg["unit"]: leg["role"] for leg in ticket["legs"]} == {"centre_dongjie": "lead", "chengguan": "support"}
    for told in ("centre_dongjie", "D0101", "城管局"):
        assert told in TUTORIAL[TUTORIAL.index("```text tutorial") :]


def test_the_tutorial_keeps_what_it_promises(tmp_path: Path) -> None:
    tables = {name: list(csv.reader(io.StringIO(text)))[1:] for name, text in blocks("csv")}
    counts = {name.rpartition("/")[2]: len(rows) for name, rows in tables.items()}
    assert (counts["街道"], counts["单位"], counts["事项"]) == (3, 6, 8)
    matters = {row[0] for row in tables["城市.xlsx/事项"] if len(row[0]) == 4}
    ((_, corpus),) = blocks("yaml")
    (tmp_path / "nlu.yml").write_text(f"nlu:\n{corpus}", encoding="utf-8")
    heard = [example.matter for example in read_corpus(tmp_path / "nlu.yml")]
    assert {matter: heard.count(matter) >= 6 for matter in matters} == dict.fromkeys(matters, True)
