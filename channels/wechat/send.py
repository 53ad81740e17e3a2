"""Sends a text to a follower through WeChat's customer service message (客服消息).

WeChat allows it for 48 hours after the follower's last message, and five times: errors 45015 and 45047 say that the
window has closed, and the outbox must take another way.
"""

import json
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import httpx

from channels.contract import SYSTEM_CLOCK, SendResult, failed, require, sent, unknown
from plumbing.clock import Clock

BASE = "https://api.weixin.qq.com"
_TOKEN_REFUSED = frozenset({40001, 40014, 42001})
_SPARE = timedelta(minutes=5)
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class WechatSender:
    """`http` carries the timeouts (and in tests the provider's fake)."""

    channel = "wechat"

    def __init__(self, app_id: str, app_secret: str, *, http: httpx.Client, clock: Clock = SYSTEM_CLOCK) -> None:
        require("hotline.channels.wechat.app_id_env", app_id)
        require("hotline.channels.wechat.app_secret_env", app_secret)
        self._app_id, self._app_secret = app_id, app_secret
        self._http, self._clock = http, clock
        self._token: tuple[str, datetime] | None = None
        self._lock = Lock()

    def send(self, address: str, text: str, *, key: str) -> SendResult:
        """`address` is the follower's openid. WeChat knows no idempotency key: `key` is not passed on."""
        message = {"touser": address, "msgtype": "text", "text": {"content": text}}
        result, code = self._try(message, fresh=False)
        if code in _TOKEN_REFUSED:
            result, _code = self._try(message, fresh=True)
        return result

    def _try(self, message: dict[str, Any], *, fresh: bool) -> tuple[SendResult, int | None]:
        try:
            token = self._access_token(fresh=fresh)
        except (httpx.HTTPError, ValueError, KeyError):
            return failed("WECHAT_NO_TOKEN"), None
        try:
            answer = self._post("/cgi-bin/message/custom/send", message, params={"access_token": token})
        except _NEVER_LEFT:
            return failed("WECHAT_UNREACHABLE"), None
        except (httpx.HTTPError, ValueError):
            return unknown("WECHAT_NO_ANSWER"), None
        code = answer.get("errcode")
        if code == 0:
            return sent(), code
        return failed(f"WECHAT_{code}"), code

    def _access_token(self, *, fresh: bool) -> str:
        with self._lock:
            now = self._clock.now()
            if self._token is None or fresh or self._token[1] <= now:
                answer = self._post(
                    "/cgi-bin/stable_token",
                    {
                        "grant_type": "client_credential",
                        "appid": self._app_id,
                        "secret": self._app_secret,
                        "force_refresh": fresh,
                    },
                )
                until = now + timedelta(seconds=int(answer["expires_in"])) - _SPARE
                self._token = (str(answer["access_token"]), until)
            return self._token[0]

    def _post(self, path: str, body: dict[str, Any], *, params: dict[str, str] | None = None) -> dict[str, Any]:
        """The JSON object answered. Raises httpx.HTTPError, ValueError. Chinese goes out unescaped: WeChat would show escapes."""
        content = json.dumps(body, ensure_ascii=False).encode()
        answer = self._http.post(BASE + path, content=content, params=params).raise_for_status().json()
        if not isinstance(answer, dict):
            raise ValueError("not an object")
        return answer
