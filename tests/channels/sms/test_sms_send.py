"""Sending through Twilio's API, against a provider on loopback that answers, refuses, breaks and hangs."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from twilio.http.http_client import TwilioHttpClient

from channels.contract import Sender
from channels.sms.send import TwilioSmsSender
from plumbing.errors import ConfigError
from tickets.types import DeliveryState

ACCOUNT = "AC" + "0" * 32


class Provider(HTTPServer):
    """Answers the way it is told and keeps what it was asked."""

    answer: tuple[int, str] = (201, json.dumps({"sid": "SM77", "status": "queued"}))
    hang_up: bool = False
    delay: threading.Event | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, list[str]]]] = []

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no error of the provider."""


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, parse_qs(body)))
        if self.server.delay is not None:
            self.server.delay.wait(5)
        if self.server.hang_up:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, text = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Silent."""


class Redirected(TwilioHttpClient):
    """Twilio's own transport, with its address changed to the loopback."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=0.5, max_retries=0, pool_connections=False)
        self.base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self.base), *args, **kwargs)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def sender_to(provider: Provider) -> Sender:
    http = Redirected(f"http://127.0.0.1:{provider.server_port}")
    return TwilioSmsSender(ACCOUNT, "token", from_number="+10000012345", http=http)


def test_a_text_is_sent_with_its_address(provider: Provider) -> None:
    sender = sender_to(provider)
    result = sender.send("+10012345678", "已受理 🚨", key="k")
    assert (sender.channel, result.state, result.provider_id) == ("sms", DeliveryState.SENT, "SM77")
    ((path, form),) = provider.asked
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert form == {"To": ["+10012345678"], "From": ["+10000012345"], "Body": ["已受理 🚨"]}


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        ((400, json.dumps({"code": 21211, "message": "no such number"})), DeliveryState.FAILED, "TWILIO_21211"),
        ((401, "{}"), DeliveryState.FAILED, "TWILIO_401"),
        ((429, json.dumps({"code": 20429, "message": "slow down"})), DeliveryState.FAILED, "TWILIO_20429"),
        ((500, "{}"), DeliveryState.UNKNOWN, "TWILIO_500"),
        ((503, "<html>"), DeliveryState.UNKNOWN, None),
        ((201, "not json"), DeliveryState.UNKNOWN, None),
    ],
)
def test_a_refusal_is_a_failure_and_a_breakdown_is_unknown(
    provider: Provider, *, answer: tuple[int, str], state: DeliveryState, error: str | None
) -> None:
    provider.answer = answer
    result = sender_to(provider).send("+10012345678", "x", key="k")
    assert result.state is state
    assert error is None or result.error == error
    assert len(provider.asked) == 1, "never sent twice"


def test_a_provider_that_hangs_may_have_sent(provider: Provider) -> None:
    provider.delay = threading.Event()
    result = sender_to(provider).send("+10012345678", "x", key="k")
    provider.delay.set()
    assert (result.state, result.error) == (DeliveryState.UNKNOWN, "TWILIO_NO_ANSWER")


def test_a_provider_that_hangs_up_may_have_sent(provider: Provider) -> None:
    provider.hang_up = True
    assert sender_to(provider).send("+10012345678", "x", key="k").state is DeliveryState.UNKNOWN


def test_a_provider_that_is_away_has_certainly_not_sent(provider: Provider) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        http = Redirected(f"http://127.0.0.1:{taken.getsockname()[1]}")
        sender = TwilioSmsSender(ACCOUNT, "token", from_number="+10000012345", http=http)
        result = sender.send("+10012345678", "x", key="k")
    assert (result.state, result.error) == (DeliveryState.FAILED, "TWILIO_UNREACHABLE")


@pytest.mark.parametrize(("account", "token", "number"), [("", "t", "+1"), (ACCOUNT, "", "+1"), (ACCOUNT, "t", "")])
def test_a_sender_without_its_secrets_does_not_start(account: str, token: str, number: str) -> None:
    with pytest.raises(ConfigError):
        TwilioSmsSender(account, token, from_number=number)
