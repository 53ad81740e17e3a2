"""Asking a Rasa service over HTTP, in bounded time; a service that is slow, broken or lying costs a message nothing.

The only module of nlu that speaks HTTP. What is sent is masked text; what comes back is believed when every part of it is
what Rasa 3.6 documents, and is otherwise as if nothing had come.
"""

import asyncio
import json
import math
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any, TypeVar

import httpx
import structlog

from nlu.breaker import Breaker, Circuit
from tickets.types import Ranked

CONCURRENT = 4
"""Rasa parses in one process: more questions at a time would only wait there."""

ANSWER_BYTES = 262_144
BATCH_SECONDS = 15.0
"""The most that a batch may take in all, well below the time for which it is claimed."""

WORDS_SENT = 1000
"""Characters of a message that are sent; the matter of a monologue is told before."""

_MODEL_CHARACTERS = 200
_NAME_CHARACTERS = 100
_REPLIES = 10
_ONE = 1.000001  # what 32 bits make of a sum of shares

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Rasa's intents for one message, best first, with its own confidences, which are not calibrated."""

    ranked: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The id of the model that was being served, and an answer for each text; None where there was none in time."""

    model: str
    parsed: tuple[Parsed | None, ...]


class BadAnswer(ValueError):
    """The service said something that Rasa does not say."""


class RasaClient:
    """`timeout_seconds` is for one question from first to last byte. Never raises for what the service does."""

    def __init__(
        self, url: str, *, timeout_seconds: float, failures: int, pause_seconds: float, monotonic: Callable[[], float]
    ) -> None:
        self._url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._breaker = Breaker(failures=failures, pause_seconds=pause_seconds, monotonic=monotonic)
        self._loop = _Loop()
        self._http: httpx.AsyncClient | None = None

    @property
    def circuit(self) -> Circuit:
        """Whether the service is being asked."""
        return self._breaker.circuit

    def model(self) -> str | None:
        """The id of the model that is being served; None when the service is away."""
        return self._loop.run(self._ask("GET", "/status", None, _model))

    def parse_many(self, texts: Sequence[str]) -> Batch | None:
        """What Rasa makes of each masked text, in order; None when the service is away."""
        return self._loop.run(self._parse_many(texts))

    def say(self, conversation: str, words: str) -> tuple[str, ...] | None:
        """Rasa's replies in a conversation of its rest channel; None when there was no answer."""
        body = {"sender": conversation, "message": words}
        return self._loop.run(self._ask("POST", "/webhooks/rest/webhook", body, _replies))

    def close(self) -> None:
        """Give back connections and thread; the client can be used again."""
        self._loop.close(self._hang_up())

    async def _parse_many(self, texts: Sequence[str]) -> Batch | None:
        model = await self._ask("GET", "/status", None, _model)
        if model is None:
            return None
        gate = asyncio.Semaphore(CONCURRENT)

        async def parse(text: str) -> Parsed | None:
            async with gate:
                sent = plain(text)
                return await self._ask("POST", "/model/parse", {"text": sent}, lambda value: _parsed(value, sent))

        tasks = [asyncio.create_task(parse(text)) for text in texts]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=BATCH_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        return Batch(model=model, parsed=tuple(None if task.cancelled() else task.result() for task in tasks))

    async def _ask(self, method: str, path: str, body: object, read: Callable[[Any], T]) -> T | None:
        if not self._breaker.allows():
            return None
        try:
            async with asyncio.timeout(self._timeout_seconds):
                value = read(_json(await self._fetch(method, path, body)))
        except Exception as error:  # noqa: BLE001 - whatever a service answers, the message goes on without it
            self._breaker.failed()
            log.warning("rasa_failed", path=path, error=type(error).__name__, circuit=str(self.circuit))
            return None
        self._breaker.succeeded()
        return value

    async def _fetch(self, method: str, path: str, body: object) -> bytes:
        """The body of an answer with status 200, as it came over the wire: a compressed one is refused by being no JSON."""
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=self._timeout_seconds, trust_env=False, follow_redirects=False)
        plain_only = {"Accept-Encoding": "identity"}
        async with self._http.stream(method, self._url + path, json=body, headers=plain_only) as answer:
            if answer.status_code != httpx.codes.OK:
                raise BadAnswer(f"status {answer.status_code}")
            received = bytearray()
            async for piece in answer.aiter_raw():
                received += piece
                if len(received) > ANSWER_BYTES:
                    raise BadAnswer("too long")
        return bytes(received)

    async def _hang_up(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None


class _Loop:
    """An event loop in a thread of its own, so that one deadline covers a whole exchange, headers that drip included."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._loop.run_forever, name="rasa", daemon=True)
                self._thread.start()
            loop = self._loop
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    def close(self, last: Coroutine[Any, Any, None]) -> None:
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            last.close()
            return
        asyncio.run_coroutine_threadsafe(last, loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def plain(text: str) -> str:
    """The words as Rasa may see them: what begins with a slash would be a command to it (/restart, /m0101)."""
    return text.lstrip("/／ \t\r\n")[:WORDS_SENT].strip()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError:
        raise BadAnswer("too deep") from None


def _model(value: Any) -> str:
    name = value.get("model_id") if isinstance(value, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= _MODEL_CHARACTERS:
        raise BadAnswer("no model")
    return name


def _parsed(value: Any, sent: str) -> Parsed:
    if not isinstance(value, dict) or value.get("text") != sent:
        raise BadAnswer("an answer to another question")
    ranking = value.get("intent_ranking")
    if not isinstance(ranking, list) or not ranking:
        raise BadAnswer("no ranking")
    ranked = [_ranked(item) for item in ranking]
    if len({item.label for item in ranked}) < len(ranked):
        raise BadAnswer("an intent twice")
    return Parsed(ranked=tuple(sorted(ranked, key=lambda item: -item.score)))


def _ranked(item: Any) -> Ranked:
    name, score = (item.get("name"), item.get("confidence")) if isinstance(item, dict) else (None, None)
    if not isinstance(name, str) or not 0 < len(name) <= _NAME_CHARACTERS:
        raise BadAnswer("an intent without a name")
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        raise BadAnswer("a confidence that is none")
    if not 0 <= score <= _ONE:
        raise BadAnswer("a confidence beyond one")
    return Ranked(label=name, score=min(1.0, float(score)))


def _replies(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _REPLIES:
        raise BadAnswer("no list of replies")
    texts = [item.get("text") if isinstance(item, dict) else None for item in value]
    if not all(isinstance(text, str) for text in texts):
        raise BadAnswer("a reply without text")
    return tuple(str(text) for text in texts)
