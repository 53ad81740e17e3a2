"""A position that a channel sends: kept as WGS-84, shown with the address and a link, never turned into a street."""

from typing import Any

import pytest

from tickets.tables import TicketRow

WHERE = {"lat": 31.17530398364597, "lon": 121.531541859215, "datum": "gcj02"}
MESSAGE = {"channel": "api", "external_id": "w-1", "sender": "app-1", "text": "路灯不亮了三天"}


def taken(house: Any, **change: Any) -> dict[str, Any]:
    answer = house.client("operator").post("/api/v1/messages", json=MESSAGE | change)
    assert answer.status_code == 202, answer.text
    house.settle()
    number = answer.json()["receipt_no"]
    found = dict(house.client("supervisor").get(f"/api/v1/tickets/{number}").json())
    with house.runtime.database.reading() as session:
        row = session.get(TicketRow, number)
        return found | {"address": row.address}


@pytest.mark.parametrize("facts", [WHERE, {"place": WHERE}])
def test_the_address_shows_where_it_is_and_no_street_is_made_up(house: Any, facts: dict[str, Any]) -> None:
    ticket = taken(house, facts=facts)
    assert ticket["street"] is None
    assert ticket["address"] == "定位31.17743,121.52721"


def test_words_of_a_place_and_a_position_stand_together(house: Any) -> None:
    ticket = taken(house, facts=WHERE | {"place": "康平路88号"})
    assert ticket["street"] == "tianping"
    assert ticket["address"] == "康平路88号，定位31.17743,121.52721"


def test_half_a_position_is_refused_with_what_to_do(house: Any) -> None:
    answer = house.client("operator").post("/api/v1/messages", json=MESSAGE | {"facts": {"lat": 31.2}})
    assert answer.status_code == 422
    assert (answer.json()["code"], "lon" in answer.json()["message"]) == ("BAD_PLACE", True)


def test_a_place_of_the_gazetteer_is_nobodys_name(house: Any) -> None:
    shown = taken(house, text="慎成里3号楼502室路灯不亮了三天")["address"]
    assert shown.startswith("慎成里")
    assert "502" not in shown


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("大木桥路茶陵北路路口水管爆裂，水柱比人高", "大木桥路茶陵北路路口"),
        ("大木桥路近茶陵北路有人占道摆摊，天天如此", "大木桥路近茶陵北路"),
        ("康平路88号门口路灯不亮了三天", "康平路88号"),
    ],
)
def test_a_crossing_is_told_once(house: Any, text: str, address: str) -> None:
    assert taken(house, text=text)["address"] == address
