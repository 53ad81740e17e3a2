"""config.yml as shipped: Rasa's part is what Rasa 3.6 asks for, ours says the defaults aloud."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from plumbing import config

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "config.yml"
CONTENT: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("section", ["assistant_id", "recipe", "language", "pipeline", "policies"])
def test_rasa_finds_every_section_without_which_it_rewrites_the_file(section: str) -> None:
    assert CONTENT[section]


def test_no_variable_stands_in_the_file_because_rasa_stops_at_an_unset_one() -> None:
    assert "${" not in FILE.read_text(encoding="utf-8")


def test_the_file_says_the_defaults_that_the_code_has() -> None:
    assert config.load(FILE, environ={}).settings == config.Settings()


def test_the_file_holds_no_secret_but_the_names_of_variables() -> None:
    channels = CONTENT["hotline"]["channels"]
    named = [value for channel in ("wechat", "twilio") for key, value in channels[channel].items() if "_env" in key]
    assert named
    assert all(name.isupper() for name in named)
