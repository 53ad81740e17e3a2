"""One question back where the street decides and two fit: asked once, answered by number, by name, or not known."""

from typing import Any

import pytest

from tickets.types import Channel, EventKind, Incoming

SENDER = "+8613800000000"
BORDER = "衡山路上垃圾桶满出来三天了没人收"


def said(house: Any, text: str, key: str) -> str:
    """The receipt number of a text message."""
    receipt = house.runtime.intake.accept(
        Incoming(channel=Channel.SMS, external_id=key, sender=SENDER, text=text)
    ).receipt_no
    house.settle()
    return str(receipt)


def ticket(house: Any, number: str) -> dict[str, Any]:
    found: dict[str, Any] = house.client("leader").get(f"/api/v1/tickets/{number}").json()
    return found


def asked(house: Any, number: str) -> list[str]:
    events = ticket(house, number)["events"]
    return [event["data"]["question"] for event in events if event["kind"] == EventKind.ASKED]


@pytest.mark.parametrize(
    ("answer", "street"),
    [
        ("1", "tianping"),
        ("第二个", "xujiahui"),
        ("徐家汇那边", "xujiahui"),
        ("靠近高安路", "tianping"),
        ("525号", "tianping"),
    ],
)
def test_the_answer_decides_and_the_ticket_goes_there(house: Any, answer: str, street: str) -> None:
    number = said(house, BORDER, "m1")
    [question] = asked(house, number)
    assert "1、天平路街道，还是2、徐家汇街道" in question
    said(house, answer, "m2")
    known = ticket(house, number)
    assert (known["state"], known["street"]) == ("DISPATCHED", street)
    assert known["units"][0] == f"centre_{street}"


@pytest.mark.parametrize("answer", ["不知道", "9", "反正就在路上"])
def test_who_does_not_know_is_not_asked_again_and_a_dispatcher_decides(house: Any, answer: str) -> None:
    number = said(house, BORDER, "m1")
    said(house, answer, "m2")
    assert len(asked(house, number)) == 1
    assert ticket(house, number)["state"] == "RECEIVED"
    assert "街道" in ticket(house, number)["triage_reason"]
