"""Who may learn what of a caller: through the API, through the follow page, and for how many guesses."""

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from accounts import store as account_store
from plumbing.errors import NotFound, Refused
from tickets import store as ticket_store
from tickets.store import table
from tickets.tables import RevealRow
from tickets.types import Role

PHONE = "+8619900001234"
LAMP = {"channel": "sms", "external_id": "p-1", "sender": PHONE, "text": "康平路路灯不亮了三天"}


def taken(house: Any, **change: Any) -> str:
    answer = house.client("operator").post("/api/v1/messages", json=LAMP | change)
    house.settle()
    return str(answer.json()["receipt_no"])


def guess(house: Any, number: str, proof: str) -> str:
    """What a guess gives: open, or the code of the refusal."""
    try:
        house.runtime.follow.look(number, proof)
    except (NotFound, Refused) as wrong:
        return wrong.code
    return "open"


def test_a_hundred_guesses_at_once_are_a_hundred_tries(house_on: Any, database_url: str) -> None:
    house = house_on(database_url)
    number = taken(house)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda tail: guess(house, number, f"{tail:04d}"), range(60)))
    assert found.count("NO_MATCH") <= 5
    assert set(found) == {"NO_MATCH", "TOO_MANY"}


def test_the_four_digits_wait_after_five_guesses_and_for_a_day_after_twenty(house: Any) -> None:
    number = taken(house)
    found = []
    for _ in range(5):
        found += [guess(house, number, "0000") for _ in range(6)]
        house.clock.advance(timedelta(minutes=16))
    assert found.count("NO_MATCH") == 20
    assert guess(house, number, "1234") == "TOO_MANY"
    house.clock.advance(timedelta(days=1))
    assert guess(house, number, "1234") == "open"


def test_the_token_opens_while_somebody_elses_guesses_lock_the_digits(house: Any) -> None:
    number = taken(house)
    for _ in range(6):
        guess(house, number, "0000")
    assert guess(house, number, "1234") == "TOO_MANY"
    assert guess(house, number, house.runtime.intake.token(number)) == "open"


def test_a_right_proof_is_no_try(house: Any) -> None:
    number = taken(house)
    assert [guess(house, number, "1234") for _ in range(30)] == ["open"] * 30
    assert guess(house, "26030200000000", "1234") == "NO_MATCH"


def test_a_token_whose_roles_are_gone_learns_nothing_of_a_ticket(house: Any) -> None:
    number = taken(house)
    client = house.client("operator")
    with house.runtime.database.transaction() as session:
        account_store.change_account(session, "operator-all", name="某", roles=[Role.CENTRE], unit="gas", active=True)
    body = {"command": "note", "text": "记"}
    there = client.post(f"/api/v1/tickets/{number}/commands", json=body)
    missing = client.post("/api/v1/tickets/26030200000000/commands", json=body)
    assert there.status_code == missing.status_code == 404
    assert there.json()["code"] == missing.json()["code"] == "NO_TICKET"
    assert client.get("/api/v1/tickets").json()["tickets"] == []


@pytest.mark.parametrize("role", ["operator", "callback", "leader"])
def test_the_number_of_a_confidential_ticket_is_in_no_list_and_no_cursor(house: Any, role: str) -> None:
    number = taken(house, facts={"confidential": True})
    answer = house.client(role).get("/api/v1/tickets", params={"limit": 1})
    assert answer.status_code == 200
    assert number not in answer.text
    assert house.client(role).get(f"/api/v1/tickets/{number}").status_code == 404


def test_numbers_in_the_words_of_staff_reach_nobody_and_notes_no_other_unit(house: Any) -> None:
    number = taken(house)
    dispatcher = house.client("dispatcher")
    path = f"/api/v1/tickets/{number}/commands"
    lead = dispatcher.get(f"/api/v1/tickets/{number}").json()["units"][0]
    other = "gas" if lead != "gas" else "water"
    said = {"command": "add_support", "unit": other, "reason": "来电人19900001234要求到场"}
    assert dispatcher.post(path, json=said).status_code == 200
    assert dispatcher.post(path, json={"command": "note", "text": "来电人19900001234已核实"}).status_code == 200
    for client in (dispatcher, house.client("centre", lead), house.client("centre", other)):
        answer = client.get(f"/api/v1/tickets/{number}")
        assert answer.status_code == 200
        assert "19900001234" not in answer.text
    assert "已核实" in dispatcher.get(f"/api/v1/tickets/{number}").text
    assert "已核实" not in house.client("centre", other).get(f"/api/v1/tickets/{number}").text


# -- what a message tells of people, in every kind ---------------------------------------------------------------------

TOLD = {
    "phone": ("19900005678", "电话19900005678"),
    "spoken phone": ("幺九九零零零零二三四五", "号码幺九九零零零零二三四五"),
    "landline": ("50001234", "座机021-50001234"),
    "tail": ("5678", "手机尾号5678"),
    "id_card": ("110101190001010014", "身份证110101190001010014"),
    "bank_card": ("6217000000000000012", "卡号6217000000000000012"),
    "plate": ("A12345", "车牌沪A12345"),
    "name": ("王桂芳", "我叫王桂芳"),
    "name without a cue": ("陈国强", "隔壁陈国强昨天敲墙"),
    "door": ("502室", "住3号楼502室"),
}
"""Kind to what nobody may read unmasked, and how it is said."""
EVERYTHING = "康平路100号3号楼502室漏水，" + "，".join(said for _, said in TOLD.values())
ROLES = [role for role in Role if role not in (Role.SYSTEM, Role.RESIDENT, Role.CENTRE)]
STAFF_PAGES = re.compile(r"^/(?:workbench|desk|board|meetings|admin|events|counter|api)(?:/|$)")


@contextmanager
def signed_in(house: Any, roles: Sequence[Role], unit: str | None) -> Iterator[TestClient]:
    """A browser of somebody with those roles."""
    name = "-".join(roles)
    with house.runtime.database.transaction() as session:
        now = house.clock.now()
        account_store.add_account(
            session, name, name="某人", password="a long enough 1 word", roles=roles, unit=unit, now=now
        )
    with TestClient(house.http.app, "http://127.0.0.1", raise_server_exceptions=False) as client:
        form = {"login": name, "password": "a long enough 1 word"}
        assert client.post("/login", data=form, follow_redirects=False).status_code == 303
        yield client


def reads(house: Any, number: str) -> list[str]:
    """Every address that only reads, with the ticket where one is asked for."""
    paths = {one.path for one in _routes(house.http.app) if "GET" in (getattr(one, "methods", None) or ())}
    told = {re.sub(r"\{(?:number|no|ticket_no)[^}]*\}", number, path) for path in paths if STAFF_PAGES.match(path)}
    return sorted(path for path in told if "{" not in path)


def _routes(app: Any) -> Iterator[Any]:
    """Every route with its whole path, of included routers too."""
    for route in app.routes:
        included = getattr(route, "effective_route_contexts", None)
        yield from included() if included else [route]


def leaks(text: str) -> list[str]:
    """The kinds whose words stand in a text."""
    return [kind for kind, (word, _) in TOLD.items() if word in text]


@pytest.mark.parametrize("role", [*ROLES, Role.CENTRE])
def test_no_page_and_no_answer_shows_what_a_message_tells_of_people(house: Any, role: Role) -> None:
    number = taken(house, sender="+8619900009999", text=EVERYTHING)
    unit = house.client("dispatcher").get(f"/api/v1/tickets/{number}").json()["units"]
    own = (unit or ["water"])[0] if role is Role.CENTRE else None
    addresses = reads(house, number)
    assert f"/workbench/t/{number}" in addresses
    assert f"/api/v1/tickets/{number}" in addresses
    shown = 0
    with signed_in(house, [role], own) as browser:
        for client in (browser, house.client(role, own)):
            for address in addresses:
                answer = client.get(address)
                assert not leaks(answer.text.replace(number, "")), f"{address}: {leaks(answer.text)}"
                shown += "漏水" in answer.text
    assert shown or role is Role.ADMIN, f"{role} saw nothing of the ticket"


def test_no_log_line_and_no_event_holds_what_a_message_tells_of_people(house: Any, capfd: Any) -> None:
    number = taken(house, sender="+8619900009999", text=EVERYTHING)
    with house.runtime.database.reading() as session:
        events = ticket_store.events_of(session, number)
    written = capfd.readouterr()
    assert len(events) >= 3
    for text in (written.out, written.err, json.dumps([dict(event.data) for event in events], ensure_ascii=False)):
        assert leaks(text) == []


def test_who_may_reveal_reads_everything_and_stands_in_the_log(house: Any) -> None:
    number = taken(house, sender="+8619900009999", text=EVERYTHING)
    with signed_in(house, [Role.DISPATCHER], None) as dispatcher:
        page = dispatcher.get(f"/workbench/t/{number}")
        token = re.search(r'name="csrf"[^>]*value="([^"]+)"', page.text)
        form = {"reason": "先行联系", **({"csrf": token[1]} if token else {})}
        revealed = dispatcher.post(f"/workbench/t/{number}/reveal", data=form)
        again = dispatcher.get(f"/workbench/t/{number}")
    assert revealed.status_code == 200
    assert set(leaks(revealed.text)) == set(TOLD)
    with house.runtime.database.reading() as session:
        [row] = session.execute(select(table(RevealRow))).all()
    assert (row.ticket_no, row.actor, row.reason) == (number, "dispatcher", "先行联系")
    assert leaks(again.text) == []
