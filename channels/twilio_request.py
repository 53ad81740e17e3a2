"""What SMS and voice share: a form that Twilio signed, and the way back."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from fastapi import HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from channels.body import limited
from plumbing.errors import BadInput

_FORM = "application/x-www-form-urlencoded"
_ID_CHARACTERS = range(2, 65)

log = structlog.get_logger(__name__)


class Signed(Protocol):
    """The settings that a signature needs. `public_base_url` is the address that Twilio calls, behind any proxy."""

    @property
    def auth_token(self) -> str: ...

    @property
    def public_base_url(self) -> str: ...

    @property
    def body_bytes(self) -> int: ...


def signature_fits(auth_token: str, url: str, params: FormData | str, signature: str) -> bool:
    """Whether Twilio signed `url` with `params`: the form itself (a dict would lose fields that repeat) or a JSON body."""
    return bool(RequestValidator(auth_token).validate(url, params, signature))


def public_url(base: str, request: Request) -> str:
    """The URL as Twilio called it: the configured base, the path and the query byte for byte."""
    query = request.scope["query_string"].decode("latin-1")
    return base.rstrip("/") + request.url.path + (f"?{query}" if query else "")


def signed_form(settings: Signed) -> Callable[[Request], Awaitable[FormData]]:
    """A dependency that gives the form, or ends the request: 403 for the signature, 400 and 413 for the unreadable."""

    async def form(request: Request) -> FormData:
        try:
            fields = await _form(request, settings.body_bytes)
        except BadInput as wrong:
            raise _refused(wrong.status, wrong.code, wrong.sentence) from wrong
        url = public_url(settings.public_base_url, request)
        if not signature_fits(settings.auth_token, url, fields, request.headers.get("X-Twilio-Signature", "")):
            raise _refused(403, "TWILIO_SIGNATURE", "签名不对。")
        return fields

    return form


def field(form: FormData, name: str) -> str:
    """The field's text, "" when it is not there."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def sid(form: FormData, *names: str) -> str:
    """The first of these ids that is there. Raises HTTPException 400 when it is missing or strange."""
    value = next((found for name in names if (found := field(form, name))), "")
    if not (value.isascii() and value.isalnum() and len(value) in _ID_CHARACTERS):
        raise _refused(400, "TWILIO_FIELDS", f"缺少{names[0]}或其格式有误。")
    return value


def twiml(document: str) -> Response:
    """A TwiML document as Twilio wants it."""
    return Response(document, media_type="application/xml")


async def _form(request: Request, limit: int) -> FormData:
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != _FORM:
        raise BadInput("TWILIO_FORM", "只收表单格式的请求。", status=400)
    try:
        return await FormParser(request.headers, limited(request.stream(), limit)).parse()
    except MultiPartException as wrong:
        raise BadInput("TWILIO_FORM", "表单无法读取。", status=400) from wrong


def _refused(status: int, code: str, sentence: str) -> HTTPException:
    log.warning("twilio_refused", code=code)
    return HTTPException(status, detail={"code": code, "sentence": sentence})
