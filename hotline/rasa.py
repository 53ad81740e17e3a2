"""Rasa as config.yml names it: beside the embedded engine, and as the form policy of a conversation."""

import json
from functools import cache
from time import monotonic
from typing import Any

import yaml

from nlu import features
from nlu.brain import EmbeddedBrain
from nlu.rasa_brain import RasaBrain
from nlu.rasa_client import RasaClient, plain
from plumbing.config import Config
from plumbing.errors import ConfigError

DOMAIN = "rasa/domain.yml"
_ASKS = "utter_ask_"


def client(config: Config) -> RasaClient:
    """The service of the configuration, one client for each in this process: whoever finds it away, all leave it alone."""
    rasa = config.settings.nlu.rasa
    return _client(config.rasa_url, rasa.timeout_ms, rasa.failures, rasa.pause_seconds)


@cache
def _client(url: str, timeout_ms: int, failures: int, pause_seconds: int) -> RasaClient:
    return RasaClient(
        url, timeout_seconds=timeout_ms / 1000, failures=failures, pause_seconds=pause_seconds, monotonic=monotonic
    )


def beside(config: Config, brain: EmbeddedBrain) -> RasaBrain:
    """Engine "rasa" around the embedded one."""
    return RasaBrain(brain, client(config), matters=brain.cards["matter"].classes)


class FormChat:
    """Rasa's form policy as hotline.converse.Chat. `responses` are the pack's own texts by name.

    What Rasa says is passed on only when it is, word for word, one of the questions in the pack's domain.
    """

    def __init__(self, service: RasaClient, responses: dict[str, frozenset[str]]) -> None:
        self._service = service
        self._questions = frozenset[str]().union(
            *(texts for name, texts in responses.items() if name.startswith(_ASKS))
        )

    def begin(self, conversation: str, matter: str) -> str | None:
        """The form's first question about a message of this matter that names no place."""
        told = json.dumps({"matter": f"m{matter}"})
        return self._question(self._service.say(conversation, f"/report{told}"))

    def answer(self, conversation: str, words: str) -> str | None:
        """What the form asks next once it heard these words, which are masked before they are sent; None = nothing."""
        return self._question(self._service.say(conversation, plain(features.read(words).text)))

    def close(self) -> None:
        """Give back the connections to the service."""
        self._service.close()

    def _question(self, replies: tuple[str, ...] | None) -> str | None:
        return next((text for text in replies or () if text in self._questions), None)


def form_chat(config: Config) -> FormChat | None:
    """The chat when config.yml wants it. Raises ConfigError when the pack has no domain for it."""
    if not config.settings.nlu.rasa.chats:
        return None
    file = config.pack / DOMAIN
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        responses = {
            str(name): frozenset(str(one["text"]) for one in variants)
            for name, variants in content["responses"].items()
        }
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        raise ConfigError(str(file), "responses", None, "Rasa 的 domain.yml，含 responses 一节") from None
    return FormChat(client(config), responses)
