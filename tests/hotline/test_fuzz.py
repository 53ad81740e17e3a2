"""Odd values in every place of every route: whatever comes in, the answer is a form of ours and never a 500.

Seeded and bounded. What was once a 500 stands in tables of its own, so that it is tried every time.
"""

import json
import random
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from accounts import store as account_store
from hotline.test_clock import duration
from plumbing.errors import BadInput
from tickets.types import Actor, Role

SEED = 12345
GOOD = {"channel": "api", "external_id": "f-1", "sender": "+861990000001", "text": "路灯不亮了，晚上看不见路"}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

ODD_JSON = [
    '"\\ud800"',
    '"a\\udfffb"',
    '"\\u0000"',
    '"\\u202e"',
    '""',
    '"' + "x" * 7_000 + '"',
    "9" * 26,
    "9" * 5_000,
    "1e400",
    "NaN",
    "-Infinity",
    "-0",
    "true",
    "null",
    "[]",
    "{}",
    "[" * 300 + "]" * 300,
    '{"a":' * 300 + "1" + "}" * 300,
]
ODD_WORDS = [
    "%00",
    "a%00b",
    "%ff",
    "%ED%A0%80",
    "%0d%0aX-Odd:1",
    "..%2f..%2f..%2fetc%2fpasswd",
    "x" * 3_000,
    "9" * 400,
    "-1",
    "1e9",
    "%25%25",
    "%F0%9F%98%80",
    "%E2%80%AE",
    "٢٦٠٣",
    "'",
    "~",
    "2026-01-01T00:00:00",
    "0001-01-01T00:00:00%2B14:00~1",
    "9999-12-31T23:59:59-14:00~%00",
    "9999-12-31",
]
PAGES = [
    "/",
    "/follow",
    "/follow/26030200000000",
    "/login",
    "/workbench",
    "/workbench/search",
    "/workbench/counts",
    "/workbench/next",
    "/desk",
    "/desk/search",
    "/meetings",
    "/board",
    "/admin",
    "/counter",
    "/workbench/counter",
    "/channels/wechat",
]
QUERIES = ["q", "s", "after", "no", "t", "next", "ruled", "done", "period", "from", "to", "unit", "street", "matter"]
ADDRESSES = ["messages/{}", "tickets/{}", "meetings/{}", "tickets?unit={}", "tickets?state={}", "tickets?before={}"]
ADDRESSES += ["tickets?limit={}", "meetings?ruled={}", "board?period={}", "board?unit={}"]
METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "FOO"]


def is_ours(answer: httpx.Response) -> bool:
    """No 5xx, and every refusal carries a Chinese sentence (HEAD has no body)."""
    if answer.status_code < 400 or answer.request.method == "HEAD":
        return answer.status_code < 500
    if "json" in answer.headers.get("content-type", ""):
        body = answer.json()
        said = body.get("message") or body.get("detail", {}).get("sentence", "")
        return answer.status_code < 500 and bool(re.search("[\u4e00-\u9fff]", said))
    return answer.status_code < 500 and bool(re.search("[\u4e00-\u9fff]", answer.text))


def told(answer: httpx.Response, sent: object) -> str:
    """What a failure prints."""
    return f"{sent!r:.200} -> {answer.status_code} {answer.text[:200]}"


@pytest.fixture
def person(house: Any) -> Iterator[TestClient]:
    """Somebody with every role, signed in."""
    roles = frozenset(Role) - {Role.SYSTEM, Role.RESIDENT}
    with house.runtime.database.transaction() as session:
        now = house.clock.now()
        account_store.add_account(
            session, "everyone", name="众人", password="a long enough 1 word", roles=roles, unit="gas", now=now
        )
    with TestClient(house.http.app, "http://127.0.0.1", raise_server_exceptions=False) as client:
        form = {"login": "everyone", "password": "a long enough 1 word"}
        assert client.post("/login", data=form, follow_redirects=False).status_code == 303
        yield client


def ticket_of(house: Any) -> str:
    number = house.client("operator").post("/api/v1/messages", json=GOOD).json()["receipt_no"]
    house.settle()
    return str(number)


def test_odd_values_in_a_message_are_taken_or_refused(house: Any) -> None:
    client = house.client("operator")
    for turn, (field, odd) in enumerate(product([*GOOD, "occurred_at", "facts", "\\ud800"], ODD_JSON)):
        parts = {name: json.dumps(value) for name, value in GOOD.items()} | {"external_id": f'"{turn}"', field: odd}
        body = "{" + ",".join(f'"{name}":{value}' for name, value in parts.items()) + "}"
        answer = client.post("/api/v1/messages", content=body.encode(), headers=JSON)
        assert is_ours(answer), told(answer, odd)


def test_odd_facts_are_taken_or_refused_and_what_is_taken_gets_its_outcome(house: Any) -> None:
    client, chance, taken = house.client("operator"), random.Random(SEED), []
    names = ["place", "name", "contact", "anonymous", "confidential", "matter", "street", "line", "way", "\\ud800"]
    for turn in range(120):
        facts = f'{{"{chance.choice(names)}":{chance.choice(ODD_JSON)}}}'
        given = json.dumps(GOOD | {"external_id": f"facts-{turn}"})[:-1] + f',"facts":{facts}}}'
        answer = client.post("/api/v1/messages", content=given.encode(), headers=JSON)
        assert is_ours(answer), told(answer, facts)
        if answer.status_code == 202:
            taken.append(answer.json()["receipt_no"])
    house.settle()
    assert taken
    assert {client.get(f"/api/v1/messages/{number}").json()["outcome"] for number in taken} <= {"opened", "appended"}


def test_facts_that_no_database_takes_are_refused_and_control_characters_are_left_out(house: Any) -> None:
    for odd in ('"\\ud800"', "9" * 26, "[" * 300 + "]" * 300):
        body = json.dumps(GOOD)[:-1] + f',"facts":{{"place":{odd}}}}}'
        answer = house.client("operator").post("/api/v1/messages", content=body.encode(), headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (422, "BAD_FACTS")
    facts = {"place": "衡山路\x0088号\x07", "name": "某\x00某"}
    number = house.client("operator").post("/api/v1/messages", json=GOOD | {"facts": facts}).json()["receipt_no"]
    house.settle()
    clerk = Actor(id="d", roles=frozenset({Role.DISPATCHER}))
    assert house.runtime.desk.reveal(number, actor=clerk, reason="核对")["name"] == "某某"


def test_a_body_that_is_no_json_of_ours_and_a_time_outside_of_all_time_are_refused(house: Any) -> None:
    client, reader = house.client("operator"), house.client("supervisor")
    for raw in (b"[" * 200_000, b'{"a":' * 100_000, b"\xff\xfe{\x00}\x00", "{}".encode("utf-16")):
        answer = client.post("/api/v1/messages", content=raw, headers=JSON)
        assert is_ours(answer), told(answer, raw)
        assert answer.status_code in (400, 422)
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"):
        answer = client.post("/api/v1/messages", json=GOOD | {"occurred_at": at})
        assert (answer.status_code, answer.json()["code"]) == (422, "BAD_TIME")
        answer = reader.get("/api/v1/tickets", params={"before": f"{at}~1"})
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "BAD_TIME", "before")


def test_odd_values_in_commands_are_refused(house: Any) -> None:
    number, chance = ticket_of(house), random.Random(SEED)
    client = house.client("dispatcher")
    commands = [
        "ask",
        "supply",
        "dispatch",
        "reassign",
        "add_support",
        "refuse",
        "merge",
        "note",
        "rule",
        "\\ud800",
        "",
    ]
    fields = ["leg", "unit", "reason", "text", "supports", "master", "matter", "street", "profile", "post", "\\ud800"]
    for _ in range(150):
        kind, field, odd = chance.choice(commands), chance.choice(fields), chance.choice(ODD_JSON)
        given = f'{{"command":"{kind}","question":"q","{field}":{odd}}}'
        answer = client.post(f"/api/v1/tickets/{number}/commands", content=given.encode(), headers=JSON)
        assert is_ours(answer), told(answer, given)
    for field in ("matter", "street", "profile", "post"):
        body = {"command": "note", "text": "记", field: ["0101"]}
        answer = client.post(f"/api/v1/tickets/{number}/commands", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "UNKNOWN_FIELD")


def test_odd_words_in_addresses_are_answered(house_on: Any, database_url: str) -> None:
    client, chance = house_on(database_url).client("supervisor"), random.Random(SEED)
    for odd in ODD_WORDS:
        for path in chance.sample(ADDRESSES, 5):
            answer = client.get("/api/v1/" + path.format(odd))
            assert is_ours(answer), told(answer, path.format(odd))
        answer = client.get("/api/v1/board", params={"period": "custom", "from": "2026-01-01", "to": odd})
        assert is_ours(answer), told(answer, odd)


def test_odd_words_in_pages_are_answered(person: TestClient) -> None:
    chance = random.Random(SEED)
    for odd in ODD_WORDS:
        for path in (f"/static/{odd}", f"/static/web/{odd}", f"/follow/{odd}", f"/workbench/t/{odd}", f"/{odd}"):
            answer = person.get(path)
            assert is_ours(answer), told(answer, path)
            assert "root:" not in answer.text
            assert "x-odd" not in answer.headers
        for page in chance.sample(PAGES, 3):
            asked = f"{page}?{chance.choice(QUERIES)}={odd}"
            assert is_ours(answer := person.get(asked)), told(answer, asked)


def test_odd_forms_are_answered(person: TestClient, house: Any) -> None:
    chance, number = random.Random(SEED), ticket_of(house)
    csrf = re.search(r'name="csrf" value="([^"]+)"', person.get("/counter").text)
    assert csrf is not None
    names = ["text", "place", "phone", "name", "form_id", "proof", "no", "way", "line", "letter_date", "contact"]
    names += ["command", "leg", "unit", "reason", "days", "key", "master", "matter", "login", "next", "score", "solved"]
    paths = ["/", "/follow", "/follow/26030200000000/supply", "/follow/26030200000000/x", "/counter"]
    paths += [f"/workbench/t/{number}", f"/workbench/t/{number}/reveal", f"/desk/t/{number}"]
    for turn in range(100):
        path = paths[turn % len(paths)]
        fields = [f"{name}={chance.choice(ODD_WORDS)}" for name in chance.sample(names, 8)]
        body = "&".join([*fields, f"csrf={csrf.group(1)}"])
        answer = person.post(path, content=body.encode(), headers=FORM)
        assert is_ours(answer), told(answer, (path, body))


def test_every_method_and_kind_of_body_is_answered(person: TestClient) -> None:
    kinds = ["text/plain", "application/xml", "multipart/form-data", "multipart/form-data; boundary=x", ""]
    for path in [*PAGES, "/api/v1/messages", "/api/v1/tickets", "/healthz", "/metrics", "/no/such"]:
        for method in METHODS:
            assert is_ours(answer := person.request(method, path)), told(answer, (method, path))
        for kind in kinds:
            answer = person.post(path, content=b"--x\r\nbad\x00\xff", headers={"Content-Type": kind})
            assert is_ours(answer), told(answer, (kind, path))


def test_a_body_is_cut_off_at_the_limit_whatever_length_it_says(house: Any, person: TestClient) -> None:
    client = house.client("operator")
    for path in ("/api/v1/messages", "/", "/follow", "/login"):
        kind = JSON if "api" in path else FORM
        answer = client.post(path, content=(b"a" * 100_000 for _ in range(100)), headers=kind)
        assert answer.status_code == 413, answer.text
        assert is_ours(answer)
    for length in ("9" * 5_000, "-1", "x", "²"):
        headers = [("Content-Type", b"application/json"), ("Content-Length", length.encode("latin-1"))]
        answer = client.post("/api/v1/messages", content=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_the_test_clock_stays_within_the_calendars() -> None:
    for odd in ("PT999999999999999999999H", "P99999D", "P", "PT", "P1M", "", "PT١H"):
        with pytest.raises(BadInput):
            duration(odd)
    assert duration("P1DT2H3M4S").total_seconds() == 93_784


def test_every_answer_carries_the_headers_that_protect_its_reader(person: TestClient) -> None:
    answers = [person.get("/"), person.get("/no"), person.get("/static/app.css")]
    answers.append(person.post("/", content=b"x" * 1_000_001))
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
