"""Log lines as JSON on standard error; the numbers of telephones, identity and bank cards never get through."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_NUMBERS = re.compile(
    r"(?<![0-9])(?:"
    r"(?:(?:\+|00)?86[- ]?)?1[0-9]{2}[- ]?[0-9]{4}[- ]?[0-9]{4}"  # mobile
    r"|0[0-9]{2,3}[- ]?[0-9]{7,8}"  # landline
    r"|[0-9]{17}[0-9Xx]"  # identity card
    r"|[3-6][0-9]{3}(?:[- ]?[0-9]{4}){2}[- ]?[0-9]{3,4}(?:[- ]?[0-9]{1,3})?"  # bank card
    r")(?![0-9])"
)


def _mask(value: Any) -> Any:
    """The value without numbers of people, however deep they lie; what is not plain JSON becomes its repr."""
    match value:
        case None | bool() | float():
            return value
        case str():
            return _NUMBERS.sub(lambda found: found.group()[:3] + "****", value)
        case int():
            return _mask(str(value)) if _NUMBERS.search(str(value)) else value
        case Mapping():
            return {_mask(str(key)): _mask(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_mask(inner) for inner in value]
        case _:
            return _mask(repr(value))


def _mask_numbers(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _mask(value) for key, value in entry.items()}


def configure(level: str = "INFO", *, console: bool = False) -> None:
    """Set up structlog once a process. `console` gives coloured lines for people instead of JSON."""
    renderer: Any = (
        structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    for chatty in ("httpx", "httpcore"):  # their lines carry URLs, and a provider's URL carries a token
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask_numbers,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
