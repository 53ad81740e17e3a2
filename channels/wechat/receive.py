"""GET and POST /channels/wechat: the URL check and the pushed messages, in clear, compatible and safe mode."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from anyio import move_on_after, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.datastructures import QueryParams

from channels.body import read
from channels.contract import SYSTEM_CLOCK, require
from channels.wechat.answer import answer, busy
from channels.wechat.crypto import MessageCipher, same, signature
from channels.wechat.message import Received, elements, envelope, received, reply
from plumbing.clock import Clock
from plumbing.errors import BadInput, ConfigError, Forbidden
from tickets.ports import Ports

PATH = "/channels/wechat"
_ECHO_CHARACTERS = 256
_TIMESTAMP_DIGITS = 12

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatSettings:
    """One Official Account. Without `encoding_aes_key` only clear messages are understood (明文模式).

    With it, clear and encrypted ones are (兼容模式), unless `encrypted_only` (安全模式). `freshness_seconds` is how
    far a signed timestamp may lie from now, either way; 0 switches that check off. WeChat hangs up after 5 seconds:
    `reply_seconds` is how long intake may take before a sentence goes out without a number.
    """

    token: str
    app_id: str
    encoding_aes_key: str | None = None
    encrypted_only: bool = False
    freshness_seconds: int = 300
    body_bytes: int = 65_536
    reply_seconds: float = 4.0

    def __post_init__(self) -> None:
        require("hotline.channels.wechat.token_env", self.token)
        require("hotline.channels.wechat.app_id_env", self.app_id)
        if self.encrypted_only and self.encoding_aes_key is None:
            raise ConfigError(
                "config.yml", "hotline.channels.wechat.aes_key_env", "（空）", "安全模式须设EncodingAESKey"
            )


@dataclass(frozen=True, slots=True)
class _Opened:
    """A message whose signature was right. `sealed`: it came encrypted, so the reply goes encrypted."""

    message: Received
    sealed: bool


class _Gate:
    """Lets in what WeChat signed for this account, and signs what goes out."""

    def __init__(self, settings: WechatSettings) -> None:
        self._settings = settings
        key = settings.encoding_aes_key
        self._cipher = MessageCipher(key, settings.app_id) if key else None

    def echo(self, query: QueryParams, now: datetime) -> str:
        """What to answer to the URL check. Raises Forbidden, BadInput."""
        self._check_url(query, now)
        echo = query.get("echostr", "")
        if not echo or len(echo) > _ECHO_CHARACTERS or not echo.isprintable():
            raise BadInput("WECHAT_ECHO", "缺少echostr。", status=400)
        return echo

    def open(self, query: QueryParams, body: bytes, now: datetime) -> _Opened:
        """The message in `body`. Raises Forbidden (signature, stale, not encrypted) and BadInput (not readable)."""
        sealed = query.get("encrypt_type", "raw") == "aes" or "msg_signature" in query
        if sealed and self._cipher is not None:
            return _Opened(received(elements(self._unsealed(self._cipher, query, body, now))), True)
        self._check_url(query, now)
        if self._settings.encrypted_only:
            raise Forbidden("WECHAT_NOT_ENCRYPTED", "本公众号只收加密消息。")
        return _Opened(received(elements(body)), False)

    def close(self, text: str, opened: _Opened, now: datetime) -> bytes:
        """The reply's bytes, encrypted when the message was."""
        clear = reply(opened.message, text)
        if not opened.sealed or self._cipher is None:
            return clear
        sealed = self._cipher.seal(clear, random=secrets.token_bytes(16))
        timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
        signed = signature(self._settings.token, timestamp, nonce, sealed)
        return envelope(sealed, signature=signed, timestamp=timestamp, nonce=nonce)

    def _unsealed(self, cipher: MessageCipher, query: QueryParams, body: bytes, now: datetime) -> bytes:
        sealed = elements(body).get("Encrypt", "")
        self._check(query, now, query.get("msg_signature", ""), sealed)
        return cipher.open(sealed)

    def _check_url(self, query: QueryParams, now: datetime) -> None:
        self._check(query, now, query.get("signature", ""))

    def _check(self, query: QueryParams, now: datetime, signed: str, *parts: str) -> None:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not same(signature(self._settings.token, timestamp, nonce, *parts), signed):
            raise Forbidden("WECHAT_SIGNATURE", "签名不对。")
        if not self._is_fresh(timestamp, now):
            raise Forbidden("WECHAT_STALE", "签名的时间不在允许的范围内。")

    def _is_fresh(self, timestamp: str, now: datetime) -> bool:
        window = self._settings.freshness_seconds
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIMESTAMP_DIGITS):
            return False
        return window == 0 or abs(now.timestamp() - int(timestamp)) <= window


def router(ports: Ports, settings: WechatSettings, *, clock: Clock = SYSTEM_CLOCK) -> APIRouter:
    """The two routes of an account. Errors are plain text: 403 for a wrong signature, 400 and 413 for the unreadable."""
    routes = APIRouter(include_in_schema=False)
    gate = _Gate(settings)

    @routes.get(PATH)
    async def check(request: Request) -> Response:
        try:
            return _plain(gate.echo(request.query_params, clock.now()))
        except (Forbidden, BadInput) as wrong:
            return _refused(wrong)

    @routes.post(PATH)
    async def push(request: Request) -> Response:
        now = clock.now()
        try:
            body = await read(request.stream(), settings.body_bytes)
            opened = gate.open(request.query_params, body, now)
        except (Forbidden, BadInput) as wrong:
            return _refused(wrong)
        text = await _in_time(ports, opened.message, settings.reply_seconds)
        if text is None:
            return _plain("success")
        return Response(gate.close(text, opened, now), media_type="application/xml")

    return routes


async def _in_time(ports: Ports, message: Received, seconds: float) -> str | None:
    """The answer, or after `seconds` the busy sentence; intake goes on in its thread and a resend is a new message."""
    with move_on_after(seconds):
        try:
            return await to_thread.run_sync(partial(answer, ports, message), abandon_on_cancel=True)
        except Exception:
            log.exception("wechat_intake_failed", kind=message.kind)
            return busy()
    log.warning("wechat_intake_slow", seconds=seconds)
    return busy()


def _refused(wrong: Forbidden | BadInput) -> Response:
    log.warning("wechat_refused", code=wrong.code)
    return _plain(wrong.sentence, status=wrong.status if isinstance(wrong, BadInput) else 403)


def _plain(text: str, *, status: int = 200) -> Response:
    return PlainTextResponse(text, status_code=status, headers={"X-Content-Type-Options": "nosniff"})
