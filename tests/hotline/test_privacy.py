"""Who may learn what of a caller: through the API, through the follow page, and for how many guesses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from accounts import store as account_store
from plumbing.errors import NotFound, Refused
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
