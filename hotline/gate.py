"""The gate before everything: bodies over the limit are cut off while they arrive, and every answer carries its headers."""

from fastapi import HTTPException, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotline import errors_http

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none';"
        " base-uri 'none'; form-action 'self'"
    ),
}
_LENGTH_DIGITS = 18


class Gate:
    """ASGI middleware. `limit` is in bytes; a body that says its length is refused before it is read."""

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answering = _with_headers(send)
        if self._is_too_long(request.headers.get("content-length", "0")):
            sentence = f"请求内容不能超过{self._limit}字节，请精简后重试。"
            response = errors_http.answer(request, 413, "BODY_TOO_LARGE", sentence)
            await response(scope, receive, answering)
            return
        await self._app(scope, self._counted(receive), answering)

    def _is_too_long(self, length: str) -> bool:
        known = length.isascii() and length.isdecimal() and len(length) <= _LENGTH_DIGITS
        return not known or int(length) > self._limit

    def _counted(self, receive: Receive) -> Receive:
        """`receive` that ends in 413 once more has come than the limit, whatever length was said or not said."""
        n_bytes = 0

        async def counted() -> Message:
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > self._limit:
                raise HTTPException(413)
            return message

        return counted


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
