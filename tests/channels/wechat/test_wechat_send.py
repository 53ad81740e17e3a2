"""Sending through WeChat's customer service message, against a small provider of our own."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from channels.contract import Sender
from channels.wechat.send import WechatSender
from plumbing.clock import MovableClock
from plumbing.errors import ConfigError
from tickets.types import DeliveryState


class Provider:
    """Hands out tokens and takes messages; only the newest token is good. `breaks` is raised instead of an answer."""

    def __init__(self) -> None:
        self.n_tokens = 0
        self.taken: list[dict[str, Any]] = []
        self.refusals: list[int] = []
        self.breaks: dict[str, Callable[[], Any]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == "api.weixin.qq.com"
        assert request.url.scheme == "https"
        path = request.url.path
        if path in self.breaks:
            return self.breaks[path]()
        if path == "/cgi-bin/stable_token":
            asked = json.loads(request.content)
            assert (asked["appid"], asked["secret"]) == ("wx1", "secret")
            self.n_tokens += 1
            return httpx.Response(200, json={"access_token": f"T{self.n_tokens}", "expires_in": 7200})
        assert path == "/cgi-bin/message/custom/send"
        if request.url.params["access_token"] != f"T{self.n_tokens}":
            return httpx.Response(200, json={"errcode": 40001, "errmsg": "invalid credential"})
        if self.refusals:
            return httpx.Response(200, json={"errcode": self.refusals.pop(0)})
        assert b"\\u" not in request.content, "escaped Chinese would be shown as escapes"
        self.taken.append(json.loads(request.content))
        return httpx.Response(200, json={"errcode": 0, "errmsg": "ok"})


MESSAGE, TOKEN = "/cgi-bin/message/custom/send", "/cgi-bin/stable_token"


def raising(error: Exception) -> Callable[[], Any]:
    def answer() -> Any:
        raise error

    return answer


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def sender(provider: Provider, clock: MovableClock) -> Sender:
    return WechatSender("wx1", "secret", http=httpx.Client(transport=httpx.MockTransport(provider)), clock=clock)


def test_a_text_reaches_the_follower(sender: Sender, provider: Provider) -> None:
    assert sender.send("oFollower", "已办结 🚨", key="k").state is DeliveryState.SENT
    assert sender.channel == "wechat"
    assert provider.taken == [{"touser": "oFollower", "msgtype": "text", "text": {"content": "已办结 🚨"}}]


def test_a_token_is_kept_until_it_ends(sender: Sender, provider: Provider, clock: MovableClock) -> None:
    sender.send("o", "一", key="1")
    clock.advance(timedelta(hours=1, minutes=54))
    sender.send("o", "二", key="2")
    assert provider.n_tokens == 1
    clock.advance(timedelta(minutes=1))
    sender.send("o", "三", key="3")
    assert provider.n_tokens == 2
    assert len(provider.taken) == 3


def test_a_token_that_another_process_has_replaced_is_fetched_once_more(sender: Sender, provider: Provider) -> None:
    sender.send("o", "一", key="1")
    provider.n_tokens += 1
    assert sender.send("o", "二", key="2").state is DeliveryState.SENT
    assert len(provider.taken) == 2


def test_a_token_that_is_never_good_is_a_failure_after_two_tries(sender: Sender, provider: Provider) -> None:
    provider.refusals = [42001, 42001, 42001]
    assert sender.send("o", "一", key="1").error == "WECHAT_42001"
    assert len(provider.refusals) == 1


@pytest.mark.parametrize("code", [45015, 45047, 43004, -1])
def test_a_closed_window_is_a_failure_that_names_the_code(sender: Sender, provider: Provider, code: int) -> None:
    provider.refusals = [code]
    result = sender.send("o", "一", key="1")
    assert (result.state, result.error) == (DeliveryState.FAILED, f"WECHAT_{code}")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (raising(httpx.ReadTimeout("slow")), DeliveryState.UNKNOWN),
        (raising(httpx.RemoteProtocolError("hung up")), DeliveryState.UNKNOWN),
        (raising(httpx.ConnectError("away")), DeliveryState.FAILED),
        (raising(httpx.ConnectTimeout("away")), DeliveryState.FAILED),
        (lambda: httpx.Response(502), DeliveryState.UNKNOWN),
        (lambda: httpx.Response(200, text="<html>"), DeliveryState.UNKNOWN),
        (lambda: httpx.Response(200, json=[]), DeliveryState.UNKNOWN),
    ],
)
def test_what_may_have_been_sent_is_unknown_and_the_rest_failed(
    sender: Sender, provider: Provider, *, answer: Callable[[], Any], state: DeliveryState
) -> None:
    provider.breaks[MESSAGE] = answer
    assert sender.send("o", "一", key="1").state is state


@pytest.mark.parametrize(
    "answer",
    [
        raising(httpx.ReadTimeout("slow")),
        lambda: httpx.Response(200, json={"errcode": 40013}),
        lambda: httpx.Response(200, json={"access_token": "T", "expires_in": "soon"}),
    ],
)
def test_without_a_token_nothing_was_sent(sender: Sender, provider: Provider, answer: Callable[[], Any]) -> None:
    provider.breaks[TOKEN] = answer
    result = sender.send("o", "一", key="1")
    assert (result.state, result.error) == (DeliveryState.FAILED, "WECHAT_NO_TOKEN")


@pytest.mark.parametrize(("app", "secret"), [("", "s"), ("wx1", "")])
def test_a_sender_without_its_secrets_does_not_start(app: str, secret: str) -> None:
    with pytest.raises(ConfigError):
        WechatSender(app, secret, http=httpx.Client())
