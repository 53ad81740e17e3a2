"""Clients that cost little themselves: a thread and a kept connection each, asking one thing after another."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Lock, Thread
from time import perf_counter

TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `body` None = GET."""

    path: str
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, and how long the client waited."""

    status: int
    content: bytes
    ms: float


class FailedError(RuntimeError):
    """A client could not finish."""


def message(row: Mapping[str, str], *, path: str) -> Call:
    """A message for the product's API or the bare one."""
    body = {"channel": "api", "external_id": row["id"], "sender": row["sender"], "text": row["text"]}
    return Call(path=path, body=json.dumps(body).encode())


def ask_all(
    port: int, calls: Sequence[Call], *, clients: int, headers: Mapping[str, str]
) -> tuple[list[Answer], float]:
    """Every answer, in the order of `calls`, and the seconds from the first request to the last answer."""
    answers: list[Answer | None] = [None] * len(calls)
    wrong: list[Exception] = []
    numbers, lock = iter(range(len(calls))), Lock()

    def work() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        try:
            for number in _shared(numbers, lock):
                answers[number] = _ask(connection, calls[number], headers)
        except Exception as error:  # noqa: BLE001 - told by the thread that waits for this one
            wrong.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(clients)]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = perf_counter() - began
    if wrong:
        raise FailedError(f"{type(wrong[0]).__name__}: {wrong[0]}") from wrong[0]
    return [answer for answer in answers if answer is not None], took


def _shared(numbers: Iterator[int], lock: Lock) -> Iterator[int]:
    while True:
        with lock:
            number = next(numbers, None)
        if number is None:
            return
        yield number


def _ask(connection: HTTPConnection, call: Call, headers: Mapping[str, str]) -> Answer:
    own = {**headers, "Content-Type": "application/json"} if call.body is not None else dict(headers)
    at = perf_counter()
    connection.request("GET" if call.body is None else "POST", call.path, body=call.body, headers=own)
    response = connection.getresponse()
    content = response.read()
    return Answer(status=response.status, content=content, ms=(perf_counter() - at) * 1000)
