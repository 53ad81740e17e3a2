"""One root of errors. `code` is stable; `sentence` is Chinese and tells a person what to do."""

from typing import Any


class HotlineError(Exception):
    """Root of every error of ours.

    `code` is a stable upper-case word that scripts may test. `sentence` is what a person reads.
    """

    def __init__(self, code: str, sentence: str, **details: Any) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.details = details


class Refused(HotlineError):
    """Something a person asked for is not allowed now; the edges turn it into 409 (or their own form)."""


class BadInput(HotlineError):
    """The caller sent something that cannot be taken; the edges turn it into 400, 413 or 422."""

    def __init__(self, code: str, sentence: str, *, status: int = 422, **details: Any) -> None:
        super().__init__(code, sentence, **details)
        self.status = status


class NotFound(HotlineError):
    """There is no such thing, or the caller may not know of it (the two look the same on purpose)."""


class Forbidden(HotlineError):
    """The caller is known but may not do this."""


class ConfigError(HotlineError):
    """A setting is wrong. The message names file, key, value and what is allowed."""

    def __init__(self, file: str, key: str, value: object, allowed: str) -> None:
        super().__init__(
            "CONFIG",
            f"配置有误：文件 {file}，键 {key}，当前值 {value!r}；允许：{allowed}",
            file=file,
            key=key,
        )


class Conflict(HotlineError):
    """Two writers met; the use case retries, and only a third failure reaches a person (as 409)."""
