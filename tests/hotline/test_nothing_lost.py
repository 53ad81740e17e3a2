"""What a resident says on an old ticket, or on one that was merged, is not lost on the way; least of all danger."""

from typing import Any

import pytest

from plumbing.errors import BadInput
from tickets.types import Actor, Command, CommandKind, Role

PHONE = "+8619900001234"
LAMP = {"channel": "sms", "external_id": "n-1", "sender": PHONE, "text": "康平路路灯不亮了三天"}
GAS = "楼道里燃气泄漏，味道很大，有人头晕"
DISPATCHER = Actor(id="d", roles=frozenset({Role.DISPATCHER}))


def taken(house: Any, **change: Any) -> str:
    answer = house.client("operator").post("/api/v1/messages", json=LAMP | change)
    assert answer.status_code == 202, answer.text
    house.settle()
    return str(answer.json()["receipt_no"])


def ticket(house: Any, number: str) -> dict[str, Any]:
    return dict(house.client("supervisor").get(f"/api/v1/tickets/{number}").json())


def tickets(house: Any) -> list[dict[str, Any]]:
    return list(house.client("supervisor").get("/api/v1/tickets").json()["tickets"])


def kinds(house: Any, number: str) -> list[str]:
    return [event["kind"] for event in ticket(house, number)["events"]]


def follow(house: Any, number: str, action: str, **data: Any) -> Any:
    view = house.runtime.follow.act(number, "1234", action=action, data=data)
    house.settle()
    return view


def do(house: Any, number: str, kind: CommandKind, actor: Actor = DISPATCHER, **data: Any) -> None:
    house.runtime.desk.act(number, Command(kind=kind, actor=actor, data=data))
    house.settle()


def closed(house: Any, number: str) -> None:
    unit = ticket(house, number)["units"][0]
    centre = Actor(id="c", roles=frozenset({Role.CENTRE}), unit=unit)
    do(house, number, CommandKind.ACCEPT, centre)
    do(house, number, CommandKind.CONTACT, centre, reached=True)
    do(house, number, CommandKind.REPLY, centre, answer="已修好")
    do(house, number, CommandKind.PASS_REPLY)
    do(
        house,
        number,
        CommandKind.CALL_BACK,
        Actor(id="b", roles=frozenset({Role.SUPERVISOR})),
        reached=True,
        solved=True,
    )
    assert ticket(house, number)["state"] == "CLOSED"


@pytest.mark.parametrize("end", [False, True], ids=["open", "closed"])
def test_danger_in_more_words_alarms_with_a_ticket_of_its_own_and_says_whom_to_call(house: Any, end: bool) -> None:
    number = taken(house, facts={"confidential": True})
    if end:
        closed(house, number)
    view = follow(house, number, "supply", text=GAS)
    assert view.call == "119"
    (new,) = [one for one in tickets(house) if one["no"] != number]
    assert (new["urgency"], new["matter"], new["units"][0]) == ("critical", "0602", "gas")
    assert "DutyAlarmed" in kinds(house, new["no"])
    assert "MessageAppended" not in kinds(house, number)
    assert house.client("leader").get(f"/api/v1/tickets/{new['no']}").status_code == 404  # confidential as the first


def test_danger_told_twice_of_a_ticket_that_is_being_worked_on_is_one_ticket(house: Any) -> None:
    number = taken(house, text=f"康平路{GAS}")
    assert ticket(house, number)["urgency"] == "critical"
    follow(house, number, "supply", text=GAS)
    assert [one["no"] for one in tickets(house)] == [number]
    assert kinds(house, number)[-1] == "MessageAppended"


def test_the_unit_hears_of_more_words(house: Any) -> None:
    number = taken(house)
    unit = ticket(house, number)["units"][0]
    follow(house, number, "supply", text="就在88号门口")
    sent = (house.runtime.config.home / "deliveries" / "console.jsonl").read_text(encoding="utf-8")
    assert "市民有补充" in sent.splitlines()[-1]
    assert f"unit:{unit}" in sent.splitlines()[-1]


def test_words_beside_a_rating_are_kept(house: Any) -> None:
    number = taken(house)
    closed(house, number)
    follow(house, number, "rate", score=1, solved=False, text="灯又坏了")
    assert kinds(house, number)[-2:] == ["ResidentRated", "MessageAppended"]
    with pytest.raises(BadInput):
        follow(house, number, "supply", text=" ")


@pytest.mark.parametrize("way", ["withdraw", "invalidate"])
def test_a_master_that_goes_sets_free_what_was_merged_into_it(house_on: Any, database_url: str, way: str) -> None:
    house = house_on(database_url)
    master = taken(house)
    slave = taken(house, external_id="n-2", sender="+8619900005678")
    before = ticket(house, slave)["state"]
    do(house, slave, CommandKind.MERGE, master=master, reason="同一件事")
    if way == "withdraw":
        follow(house, master, "withdraw")
    else:
        do(house, master, CommandKind.INVALIDATE, reason="骚扰")
    freed = ticket(house, slave)
    assert (freed["state"], freed["master"]) == (before, None)
    assert [clock["state"] for leg in freed["legs"] for clock in leg["clocks"] if clock["kind"] == "promise"] == [
        "running"
    ]
    broken = [
        line for line in house.http.get("/metrics").text.splitlines() if line.startswith("hotline_invariant_broken{")
    ]
    assert all(line.endswith(" 0.0") for line in broken), broken


def test_a_resident_is_told_the_way_that_the_ticket_came_whichever_way_more_words_come(house: Any) -> None:
    number = taken(house, channel="wechat", sender="o-openid", text="路灯不亮，晚上看不见路", facts={"contact": PHONE})
    if ticket(house, number)["state"] == "RECEIVED":
        do(house, number, CommandKind.ASK, question="在哪条路？")
    follow(house, number, "supply", text="在康平路")
    assert ticket(house, number)["state"] == "DISPATCHED"
    sent = (house.runtime.config.home / "deliveries" / "wechat.jsonl").read_text(encoding="utf-8")
    assert "已交由" in sent.splitlines()[-1]
