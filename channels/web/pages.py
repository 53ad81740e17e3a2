"""Templates into answers, with the headers that a page with a token in it needs."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from channels.web import rules, words
from plumbing.errors import BadInput, Forbidden, HotlineError, NotFound

STATIC = Path(__file__).parent / "static"

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"
_FIELDS = {"EMPTY_TEXT": "text", "TEXT_TOO_LONG": "text"}
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}


def local(at: datetime) -> str:
    """An instant as people in Shanghai say it: 7月8日（周三）17:30."""
    there = at.astimezone(_SHANGHAI)
    return f"{there.month}月{there.day}日（周{_WEEKDAYS[there.weekday()]}）{there:%H:%M}"


def _version() -> str:
    content = b"".join(file.read_bytes() for file in sorted(STATIC.iterdir()))
    return hashlib.sha256(content).hexdigest()[:10]


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(version=_version(), stages=words.STAGES, plain=words.plain, stage=words.stage)
_environment.filters.update(local=local, grouped=rules.grouped)


def page(template: str, status: int = 200, *, secret: bool = True, **context: Any) -> HTMLResponse:
    """A page that tells no other site where the reader came from.

    No cache keeps it; one that is not `secret` stays in the browser's own, so that "back" brings a typed form again.
    """
    body = _environment.get_template(template).render(**context)
    headers = _HEADERS if secret else {**_HEADERS, "Cache-Control": "private, no-cache"}
    return HTMLResponse(body, status_code=status, headers=headers)


def status_of(error: HotlineError) -> int:
    """The HTTP status of what went wrong: 404, 403, 429 for too many tries, a BadInput's own, else 409."""
    match error:
        case BadInput():
            return error.status
        case NotFound():
            return 404
        case Forbidden():
            return 403
        case _:
            return 429 if error.code == "TOO_MANY" else 409


def fault(error: HotlineError) -> Mapping[str, Any]:
    """What a template shows of an error: `sentence`, and the `field` it belongs to, or None."""
    field = error.details.get("field") or _FIELDS.get(error.code)
    return {"sentence": error.sentence, "field": field if isinstance(field, str) else None}
