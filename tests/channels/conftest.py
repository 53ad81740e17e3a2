"""For every channel: a small intake that keeps its promises, an app with one router, the protocol vectors."""

import base64
import hashlib
import hmac
import json
import os
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from fastapi import APIRouter, FastAPI

from plumbing.clock import MovableClock
from plumbing.errors import BadInput
from tickets.ports import Ports
from tickets.types import Accepted, Answer, Incoming, Urgency

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would rather have httpx2; httpx is what the product itself uses
    from fastapi.testclient import TestClient

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass
class LittleIntake:
    """Stores, numbers and answers like the real one: the same id again gets the same answer, empty text is refused."""

    stored: list[Incoming] = field(default_factory=list)
    answers: dict[tuple[str, str], Accepted] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    advice: str | None = None
    question: str | None = None
    more: str | None = None
    answers_with: Answer | None = None
    failure: Exception | None = None
    delay_seconds: float = 0.0
    calls: int = 0
    lock: Any = field(default_factory=threading.Lock)

    def accept(self, incoming: Incoming) -> Accepted:
        time.sleep(self.delay_seconds)
        with self.lock:
            self.calls += 1
            if self.failure is not None:
                raise self.failure
            if not incoming.text.strip():
                raise BadInput("EMPTY_TEXT", "没有收到内容。")
            key = (incoming.channel, incoming.external_id)
            if key in self.answers:
                if self.texts[key] != incoming.text:
                    raise BadInput("ID_REUSED", "同一编号的消息内容不同。", status=409)
                return replace(self.answers[key], again=True)
            self.stored.append(incoming)
            self.texts[key] = incoming.text
            self.answers[key] = Accepted(
                receipt_no=f"261123{len(self.stored):08d}",
                token=f"token{len(self.stored)}",
                again=False,
                urgency=Urgency.CRITICAL if self.advice else Urgency.ROUTINE,
                advice=self.advice,
                question=self.more if incoming.about else self.question,
                answer=self.answers_with,
            )
            return self.answers[key]


@pytest.fixture
def intake() -> LittleIntake:
    return LittleIntake()


@pytest.fixture
def ports(intake: LittleIntake) -> Ports:
    """Only the intake is there: no channel of this folder may need more."""
    return Ports(intake=intake, desk=None, follow=None, meetings=None)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture
def serve() -> Callable[[APIRouter], TestClient]:
    """An app with one channel; an error that would be a 500 in life is raised into the test."""

    def started(routes: APIRouter) -> TestClient:
        app = FastAPI()
        app.include_router(routes)
        return TestClient(app, base_url="http://inside")

    return started


@pytest.fixture(scope="session")
def conformance() -> Path:
    """The folder of protocol vectors: $HOTLINE_CONFORMANCE or beside the repository. Missing fails in CI."""
    named = os.environ.get("HOTLINE_CONFORMANCE")
    folder = Path(named) if named else ROOT.parent / "shared" / "conformance"
    if not folder.is_dir():
        outcome = pytest.fail if named or os.environ.get("CI") == "true" else pytest.skip
        raise outcome.Exception("no protocol vectors: set HOTLINE_CONFORMANCE")
    return folder


@pytest.fixture(scope="session")
def wechat_vectors(conformance: Path) -> dict[str, Any]:
    return json.loads((conformance / "wechat.json").read_text())


@pytest.fixture(scope="session")
def twilio_vectors(conformance: Path) -> list[dict[str, Any]]:
    return json.loads((conformance / "twilio.json").read_text())["vectors"]


class TwimlRules:
    """Judges documents by the list of verbs, attributes and enumerations."""

    def __init__(self, rules: dict[str, Any]) -> None:
        self._rules = rules

    def voice(self, document: str) -> Element:
        return self._judge(document, "voice")

    def messaging(self, document: str) -> Element:
        return self._judge(document, "messaging")

    def _judge(self, document: str, kind: str) -> Element:
        root = fromstring(document)
        assert root.tag == "Response"
        assert not root.attrib
        verbs, types = self._rules[kind], self._rules[f"{kind}_types"]
        for element in list(root.iter())[1:]:
            assert element.tag in verbs, f"no verb {element.tag}"
            for name, value in element.attrib.items():
                assert name in verbs[element.tag], f"{element.tag} has no {name}"
                assert self._fits(value, verbs[element.tag][name], types), f"{element.tag} {name}={value!r}"
        for element in root:
            nested = {child.tag for child in element}
            assert nested <= ({"Say", "Play", "Pause"} if element.tag == "Gather" else set())
        return root

    @staticmethod
    def _fits(value: str, kind: str, types: dict[str, list[str]]) -> bool:
        match kind:
            case "boolean":
                return value in {"true", "false"}
            case "number":
                return value.isdigit()
            case "string":
                return bool(value)
            case _ if kind.endswith("[]"):
                return set(value.split()) <= set(types[kind[:-2]])
            case _:
                return value in types[kind]


@pytest.fixture(scope="session")
def twiml_rules(conformance: Path) -> TwimlRules:
    return TwimlRules(json.loads((conformance / "twiml_attributes.json").read_text()))


@dataclass
class Twilio:
    """Twilio's servers: sign and post forms to the public address, whatever the inner one is."""

    client: TestClient
    auth_token: str
    public: str

    def signature(self, url: str, fields: list[tuple[str, str]]) -> str:
        """Computed here from the description of the algorithm, not by the library under the product."""
        values: dict[str, set[str]] = {}
        for name, value in fields:
            values.setdefault(name, set()).add(value)
        text = url + "".join(name + value for name in sorted(values) for value in sorted(values[name]))
        return base64.b64encode(hmac.new(self.auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()

    def post(self, url: str, fields: list[tuple[str, str]], *, signature: str | None = None) -> Any:
        """Post to `url`, the public one or its path."""
        path = url.removeprefix(self.public)
        signed = self.signature(self.public + path, fields) if signature is None else signature
        headers = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
        return self.client.post(path, content=urlencode(fields), headers=headers)


@pytest.fixture
def twilio(serve: Callable[[APIRouter], TestClient]) -> Callable[..., Twilio]:
    def started(routes: APIRouter, *, auth_token: str, public: str) -> Twilio:
        return Twilio(serve(routes), auth_token, public)

    return started
