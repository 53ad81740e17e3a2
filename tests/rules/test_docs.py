"""The documents say what is true: terms, commands, links, decision records."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from channels.phone import receive as phone
from channels.sms import receive as sms
from channels.wechat import receive as wechat
from hotline import api, api_board, api_events, health
from hotline.cli import main
from sla.types import ClockKind, ClockState
from tickets.moves import WORDS
from tickets.types import Channel, LegState, Outcome, TicketType, Urgency

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s`/])hotline((?: [a-z][a-z-]*)+)", re.MULTILINE)


def commands_in(file: Path) -> set[tuple[str, ...]]:
    """Every `hotline ...` inside code spans and blocks, up to the first word that is no command's name."""
    found = "\n".join(CODE.findall(file.read_text(encoding="utf-8")))
    return {tuple(words.split()) for words in COMMAND.findall(found)}


COMMANDS = sorted(set().union(*map(commands_in, DOCS)))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_that_the_documents_name_exists(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["hotline", *words, "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in {0, None}


def test_a_command_that_does_not_exist_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["hotline", "dance", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code not in {0, None}


def test_both_readmes_name_the_same_commands() -> None:
    assert commands_in(READMES[0]) == commands_in(READMES[1]) != set()


def addresses() -> set[str]:
    """Method and path of the API, health and the providers' channels; making a router does not touch the runtime."""
    nothing: Any = None
    apis = [one.router(nothing) for one in (api, api_board, api_events)]
    routers = [*apis, health.router(nothing, loops=True)]
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return {f"{method} {route.path}" for route in routes for method in route.methods or ()} | {
        f"POST {channel.PATH}" for channel in (phone, sms, wechat)
    }


@pytest.mark.parametrize("file", READMES, ids=lambda file: file.name)
def test_a_readme_lists_the_addresses_that_exist(file: Path) -> None:
    assert set(re.findall(r"`((?:GET|POST) /[^`]*)`", file.read_text(encoding="utf-8"))) == addresses()


@pytest.mark.parametrize("file", READMES, ids=lambda file: file.name)
def test_a_readme_maps_every_folder(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    folders = [init.parent.name for init in ROOT.glob("*/__init__.py")] + ["tests", "docs", "deploy", "frontend"]
    assert [name for name in folders if f"`{name}/`" not in text] == []


@pytest.mark.parametrize("file", DOCS, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_link_to_a_file_leads_somewhere(file: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", file.read_text(encoding="utf-8"))
    links += re.findall(r'(?:src|srcset|href)="([^"#]+)"', file.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (file.parent / link).exists()] == []


@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.name)
def test_a_decision_record_says_all_it_must(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", file.name)
    assert text.startswith(f"# {file.name[:4]} ")
    assert re.search(r"^- Status: (accepted|superseded by \d{4})$", text, re.MULTILINE)
    assert re.search(r"^- Date: \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    for heading in ("Context", "Decision", "Consequences"):
        assert re.search(rf"^## {heading}\n\n\S", text, re.MULTILINE)


def test_decision_records_are_numbered_without_a_gap() -> None:
    assert [int(file.name[:4]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("term", [*LegState, *ClockKind, *ClockState, *TicketType, *Urgency, *Channel, *Outcome])
def test_the_glossary_knows_every_value_that_is_spoken(term: str) -> None:
    assert f"| `{term}` |" in GLOSSARY


@pytest.mark.parametrize("state", LegState)
def test_the_glossary_uses_the_word_that_pages_use(state: LegState) -> None:
    assert f"| `{state}` | {WORDS[state]} |" in GLOSSARY
