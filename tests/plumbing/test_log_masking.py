"""Telephone and identity numbers never reach a log line; ticket numbers do."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

SECRETS = [
    "19900001234",
    "+8619900001234",
    "8619900001234",
    "008619900001234",
    "+86 199 0000 1234",
    "199-0000-1234",
    "10012345678",
    "021-12345678",
    "02112345678",
    "0571 1234567",
    "310104190001010000",
    "31010419000101000X",
    "31010419000101000x",
    "6217000000000000012",
    "6217 0000 0000 0000 012",
    "6225880000000050",
]
OPEN = ["26091400000017", "26091400000017/2", "2026-09-14T02:00:00Z", "12345", "119", "0401", "P26091400000017-1"]

PROGRAM = """
import json, sys
import structlog
from plumbing.log import configure

class Holder:
    def __init__(self, text): self.text = text
    def __repr__(self): return f"Holder({self.text})"

configure(console=sys.argv[1] == "console")
log = structlog.get_logger()
for word in json.loads(sys.argv[2]):
    log.info(f"来电{word}，请回", plain=word, around=f"号码：{word}；", listed=[word, [word]], inside={word: {"to": word}})
    log.info("holder", held=Holder(word), pair=(word, 1), some={word})
    structlog.contextvars.bind_contextvars(caller=word)
    log.info("bound")
    structlog.contextvars.clear_contextvars()
    try:
        raise ValueError(f"bad {word}")
    except ValueError as error:
        log.error("failed", error=error, exc_info=True)
    if word.isdecimal() and word[0] != "0":
        log.info("number", whole=int(word))
log.debug("below the level")
log.info("types", none=None, yes=True, half=0.5, count=7)
"""


def lines(words: list[str], renderer: str = "json") -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, renderer, json.dumps(words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout == ""
    return done.stderr


@pytest.fixture(scope="module")
def secret_lines() -> str:
    return lines(SECRETS)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_number_of_a_person_never_appears(secret_lines: str, secret: str) -> None:
    assert secret not in secret_lines
    tail = "".join(char for char in secret if char.isalnum())[-8:]
    assert tail not in secret_lines.replace("-", "").replace(" ", "")


def test_every_line_is_json_with_level_and_time(secret_lines: str) -> None:
    entries: list[dict[str, Any]] = [json.loads(line) for line in secret_lines.splitlines()]
    assert len(entries) > 4 * len(SECRETS)
    assert all({"event", "level", "timestamp"} <= entry.keys() for entry in entries)
    assert "below the level" not in secret_lines
    last = entries[-1]
    assert (last["none"], last["yes"], last["half"], last["count"]) == (None, True, 0.5, 7)


def test_what_was_masked_shows_that_something_was_there(secret_lines: str) -> None:
    first = json.loads(secret_lines.splitlines()[0])
    assert first["plain"] == "199****"
    assert first["event"] == "来电199****，请回"


@pytest.mark.parametrize("renderer", ["json", "console"])
def test_numbers_of_tickets_and_other_figures_stay_readable(renderer: str) -> None:
    written = lines(OPEN, renderer)
    for word in OPEN:
        assert word in written


def test_the_coloured_lines_for_people_mask_too() -> None:
    written = lines(SECRETS[:1], "console")
    assert SECRETS[0] not in written
    assert "199****" in written
