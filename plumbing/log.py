"""Log lines as JSON on standard error; telephone and identity numbers never get through."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_NUMBERS = re.compile(r"(?<![0-9])(?:\+?86)?1[0-9]{10}(?![0-9])|(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")


def _mask(value: Any) -> Any:
    return _NUMBERS.sub(lambda found: found.group()[:3] + "****", value) if isinstance(value, str) else value


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
