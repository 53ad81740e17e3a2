"""The client of the Rasa service, against a provider that is late, broken or lying: a message never waits and never fails."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nlu.breaker import Breaker, Circuit
from nlu.rasa_client import ANSWER_BYTES, RasaClient
from tools.rasa_provider import MODEL, Provider, nobody_there, parsed, provider

PAUSE = 30.0


class Seconds:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def rasa() -> Iterator[Provider]:
    with provider() as one:
        one.ranks({"m0101": 0.9, "m0102": 0.1})
        yield one


Clients = Callable[..., RasaClient]


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def client_of(seconds: Seconds) -> Iterator[Clients]:
    made: list[RasaClient] = []

    def make(url: str, *, timeout_seconds: float = 5.0, failures: int = 2) -> RasaClient:
        made.append(
            RasaClient(url, timeout_seconds=timeout_seconds, failures=failures, pause_seconds=PAUSE, monotonic=seconds)
        )
        return made[-1]

    yield make
    for client in made:
        client.close()


def ranking(client: RasaClient, text: str = "底楼破墙开店") -> list[tuple[str, float]] | None:
    batch = client.parse_many([text])
    if batch is None or batch.parsed[0] is None:
        return None
    return [(item.label, item.score) for item in batch.parsed[0].ranked]


def test_answers_come_in_the_order_of_the_questions_with_the_model_that_gave_them(
    rasa: Provider, client_of: Clients
) -> None:
    texts = [f"第{number}条" for number in range(20)]
    rasa.ranks({}, by_text={text: {f"m{number:04}": 0.5} for number, text in enumerate(texts)})
    batch = client_of(rasa.url).parse_many(texts)
    assert batch is not None
    assert batch.model == MODEL
    assert [one.ranked[0].label for one in batch.parsed if one] == [f"m{number:04}" for number in range(20)]


def test_a_ranking_is_sorted_whatever_its_order_was(rasa: Provider, client_of: Clients) -> None:
    rasa.ranks({"m0101": 0.1, "nlu_fallback": 0.4, "m0102": 0.3})
    assert ranking(client_of(rasa.url)) == [("nlu_fallback", 0.4), ("m0102", 0.3), ("m0101", 0.1)]


def test_nothing_asked_is_nothing_answered(rasa: Provider, client_of: Clients) -> None:
    batch = client_of(rasa.url).parse_many([])
    assert batch is not None
    assert batch.parsed == ()


@pytest.mark.parametrize("text", ["/restart", " /m0101", '/report{"matter": "m0101"}', "//m0101", "／m0101", "/ m0101"])
def test_words_of_a_resident_are_never_a_command_to_rasa(rasa: Provider, client_of: Clients, text: str) -> None:
    client_of(rasa.url).parse_many([text])
    assert not rasa.texts()[0].startswith(("/", "／"))


def test_a_monologue_is_cut_before_it_is_sent(rasa: Provider, client_of: Clients) -> None:
    client_of(rasa.url).parse_many(["路灯坏了" * 1000])
    assert len(rasa.texts()[0]) == 1000


def test_nobody_there_is_no_answer(client_of: Clients) -> None:
    client = client_of(nobody_there(), failures=1)
    assert client.parse_many(["路灯坏了"]) is None
    assert client.say("1", "路灯坏了") is None
    assert client.circuit is Circuit.OPEN


def test_a_late_answer_is_none(rasa: Provider, client_of: Clients) -> None:
    client = client_of(rasa.url, timeout_seconds=0.1)
    rasa.delay_seconds = 0.5
    assert client.parse_many(["路灯坏了"]) is None


def test_headers_that_drip_for_ever_are_cut_off_at_the_same_deadline(rasa: Provider, client_of: Clients) -> None:
    client = client_of(rasa.url, timeout_seconds=0.3)
    rasa.drips = True
    assert client.parse_many(["路灯坏了"]) is None


@pytest.mark.parametrize("status", [204, 301, 400, 404, 500, 503])
def test_another_status_is_no_answer(rasa: Provider, client_of: Clients, status: int) -> None:
    client = client_of(rasa.url)
    rasa.status = status
    rasa.headers = {"Location": f"{rasa.url}/status"}
    assert client.parse_many(["路灯坏了"]) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"model_id": ' + b'"' + b"x" * (ANSWER_BYTES + 1) + b'"}',
        b"null",
        b"[]",
        b'{"model_id": null}',
        b'{"model_id": ""}',
        b'{"model_id": 7}',
    ],
    ids=["empty", "html", "no utf-8", "deep", "long", "null", "a list", "no model", "no name", "a number"],
)
def test_a_status_that_is_none_is_no_answer(rasa: Provider, client_of: Clients, body: bytes) -> None:
    client = client_of(rasa.url)
    rasa.raw = body
    assert client.parse_many(["路灯坏了"]) is None
    assert client.circuit is Circuit.CLOSED
    assert client.parse_many(["路灯坏了"]) is None
    assert client.circuit is Circuit.OPEN


GOOD = parsed("路灯坏了", {"m0101": 0.9, "m0102": 0.1})


@pytest.mark.parametrize(
    "lie",
    [
        GOOD | {"text": "另一条"},
        GOOD | {"text": None},
        {"text": "路灯坏了"},
        GOOD | {"intent_ranking": []},
        GOOD | {"intent_ranking": {"name": "m0101"}},
        GOOD | {"intent_ranking": ["m0101"]},
        GOOD | {"intent_ranking": [{"name": "m0101"}]},
        GOOD | {"intent_ranking": [{"confidence": 0.5}]},
        GOOD | {"intent_ranking": [{"name": "", "confidence": 0.5}]},
        GOOD | {"intent_ranking": [{"name": "m" * 1000, "confidence": 0.5}]},
        GOOD | {"intent_ranking": [{"name": 101, "confidence": 0.5}]},
        GOOD | {"intent_ranking": [{"name": "m0101", "confidence": float("nan")}]},
        GOOD | {"intent_ranking": [{"name": "m0101", "confidence": float("inf")}]},
        GOOD | {"intent_ranking": [{"name": "m0101", "confidence": -0.1}]},
        GOOD | {"intent_ranking": [{"name": "m0101", "confidence": 1.5}]},
        GOOD | {"intent_ranking": [{"name": "m0101", "confidence": 10**400}]},
        GOOD | {"intent_ranking": [{"name": "m0101", "confidence": True}]},
        GOOD | {"intent_ranking": [{"name": "m0101", "confidence": "0.9"}]},
        GOOD | {"intent_ranking": [{"name": "m0101", "confidence": 0.5}] * 2},
        "m0101",
        None,
    ],
)
def test_an_answer_that_rasa_never_gives_is_none(rasa: Provider, client_of: Clients, lie: Any) -> None:
    client = client_of(rasa.url)
    assert ranking(client, "路灯坏了") is not None
    rasa.answers["/model/parse"] = lambda _: lie
    assert ranking(client, "路灯坏了") is None


def test_a_confidence_that_32_bits_rounded_above_one_is_one(rasa: Provider, client_of: Clients) -> None:
    rasa.ranks({"m0101": 1.0000001192092896})
    assert ranking(client_of(rasa.url)) == [("m0101", 1.0)]


def test_after_failures_in_a_row_it_is_left_alone_and_tried_again_after_the_pause(
    rasa: Provider, client_of: Clients, seconds: Seconds
) -> None:
    client = client_of(rasa.url, failures=2)
    rasa.status = 500
    assert [client.parse_many(["甲"]) for _ in range(5)] == [None] * 5
    assert len(rasa.asked) == 2
    seconds.at += PAUSE
    client.parse_many(["甲"])
    assert len(rasa.asked) == 3, "one question tries it out"
    rasa.status = 200
    client.parse_many(["甲"])
    assert len(rasa.asked) == 3, "it failed and gets another pause"
    seconds.at += PAUSE
    assert ranking(client) is not None
    assert client.circuit is Circuit.CLOSED


def test_a_batch_stops_asking_once_the_circuit_is_open(rasa: Provider, client_of: Clients) -> None:
    client = client_of(rasa.url, failures=2)
    rasa.answers["/model/parse"] = lambda _: "nonsense"
    batch = client.parse_many(["路灯坏了"] * 60)
    assert batch is not None
    assert batch.parsed == (None,) * 60
    assert len(rasa.texts()) < 10


def test_a_client_that_was_closed_opens_again_when_asked(rasa: Provider, client_of: Clients) -> None:
    client = client_of(rasa.url)
    assert ranking(client) is not None
    client.close()
    client.close()
    assert ranking(client) is not None


def test_replies_of_a_conversation_are_its_texts(rasa: Provider, client_of: Clients) -> None:
    rasa.answers["/webhooks/rest/webhook"] = lambda body: [{"recipient_id": body["sender"], "text": "在哪里？"}]
    assert client_of(rasa.url).say("20260302000017", "路灯坏了") == ("在哪里？",)
    assert rasa.asked == [("/webhooks/rest/webhook", {"sender": "20260302000017", "message": "路灯坏了"})]


@pytest.mark.parametrize(
    "lie", [{}, None, ["在哪里？"], [{"image": "x"}], [{"text": 7}], [{"text": "在哪里？"}] * 11, [None]]
)
def test_replies_that_are_none_are_no_answer(rasa: Provider, client_of: Clients, lie: Any) -> None:
    rasa.answers["/webhooks/rest/webhook"] = lambda _: lie
    assert client_of(rasa.url).say("1", "路灯坏了") is None


def test_a_compressed_answer_is_not_unpacked(rasa: Provider, client_of: Clients) -> None:
    import gzip

    rasa.raw = gzip.compress(json.dumps({"model_id": MODEL}).encode())
    rasa.headers = {"Content-Encoding": "gzip"}
    assert client_of(rasa.url).parse_many(["路灯坏了"]) is None


def test_a_trial_whose_end_nobody_tells_blocks_the_breaker_for_one_pause_only(seconds: Seconds) -> None:
    breaker = Breaker(failures=1, pause_seconds=PAUSE, monotonic=seconds)
    breaker.failed()
    seconds.at += PAUSE - 0.001
    assert not breaker.allows()
    seconds.at += 0.001
    assert breaker.allows()
    assert breaker.circuit is Circuit.HALF_OPEN
    assert not breaker.allows()
    seconds.at += PAUSE
    assert breaker.allows()


def test_a_success_forgets_the_failures_before_it(seconds: Seconds) -> None:
    breaker = Breaker(failures=2, pause_seconds=PAUSE, monotonic=seconds)
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    assert breaker.circuit is Circuit.CLOSED
