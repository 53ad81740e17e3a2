"""Where a page of a keyset list begins, as a word for a link. Not secret: it only repeats what the page showed."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

Cursor = tuple[Any, ...]


def encoded(values: Sequence[Any]) -> str:
    """The word for these key values; instants become ISO."""
    return base64.urlsafe_b64encode(orjson.dumps([_marked(value) for value in values])).decode().rstrip("=")


def decoded(word: str, kinds: Sequence[type]) -> Cursor | None:
    """The key values, one of each of `kinds`; None for a word that was not made for them: that is the first page."""
    try:
        given = orjson.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        values = tuple(_unmarked(value) for value in given)
    except (binascii.Error, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
    fits = len(values) == len(kinds) and all(map(isinstance, values, kinds))
    return values if fits else None


def _marked(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _unmarked(value: Any) -> Any:
    match value:
        case {"at": str(word)}:
            return datetime.fromisoformat(word).astimezone(UTC)
        case int() if abs(value) < _GREATEST:
            return value
        case str() if value.isprintable():
            return value
        case _:
            raise TypeError("a key is an instant, a number or a word")


_GREATEST = 2**31
