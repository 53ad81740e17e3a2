"""Where a page of a keyset list begins, as a word for a link. Not secret: it only repeats what the page showed."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

Cursor = tuple[Any, ...]


def encoded(values: Sequence[Any]) -> str:
    """The word for these key values; instants become ISO."""
    return base64.urlsafe_b64encode(orjson.dumps([_marked(value) for value in values])).decode().rstrip("=")


def decoded(word: str) -> Cursor | None:
    """The key values; None for a word that is empty or was not made here, which means the first page."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        return tuple(_unmarked(value) for value in values) or None
    except (binascii.Error, orjson.JSONDecodeError, ValueError, TypeError):
        return None


def _marked(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["at"])
    if not isinstance(value, str | int):
        raise TypeError("a key is a number, a word or an instant")
    return value
