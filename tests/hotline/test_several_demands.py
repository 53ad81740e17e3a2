"""One message with several demands: a ticket for each when each is surely another unit's, else one that lists them."""

from typing import Any

import pytest
from sqlalchemy import select

from hotline import audit, invariants, learning
from plumbing.errors import NotFound
from tickets.store import table
from tickets.tables import DeliveryRow
from tickets.types import Actor, Command, CommandKind, Role

PHONE = "+8619900001234"
TWO = "我反映一下双峰路下水道堵塞，一下雨就积水。还有一个问题就是中山南二路的树枝太长挡住了路牌"
GAS_AND_CARD = "请问社保断缴了怎么补？还有一件事，康平路楼道里燃气泄漏，味道很大，有人头晕"
UNSURE = "小区电梯坏了三天没人修。另外，门口的摊贩天天占道，早上车都出不去"
ONE = "康平路路灯不亮了三天，另外问一下什么时候能修好"


def taken(house: Any, text: str, external_id: str = "s-1", **change: Any) -> dict[str, Any]:
    """The receipt of a message that has its outcome."""
    body = {"channel": "sms", "external_id": external_id, "sender": PHONE, "text": text, **change}
    answer = house.client("operator").post("/api/v1/messages", json=body)
    assert answer.status_code == 202, answer.text
    house.settle()
    return dict(house.client("operator").get(f"/api/v1/messages/{answer.json()['receipt_no']}").json())


def ticket(house: Any, number: str) -> dict[str, Any]:
    return dict(house.client("supervisor").get(f"/api/v1/tickets/{number}").json())


def do(house: Any, number: str, kind: CommandKind, actor: Actor, **data: Any) -> None:
    house.runtime.desk.act(number, Command(kind=kind, actor=actor, data=data))
    house.settle()


def told(house: Any, receipt_no: str) -> list[str]:
    t = table(DeliveryRow)
    with house.runtime.database.reading() as session:
        return list(session.execute(select(t.c.text).where(t.c.recipient == receipt_no).order_by(t.c.id)).scalars())


def test_each_demand_of_another_unit_is_a_ticket_of_its_own_with_all_the_words(house: Any) -> None:
    receipt = taken(house, TWO)
    number = receipt["receipt_no"]
    assert (receipt["outcome"], receipt["tickets"]) == ("opened", [number, f"{number}-2"])
    first, second = (ticket(house, no) for no in receipt["tickets"])
    assert (first["units"], second["units"]) == (["shizheng"], ["lhsr"])
    assert (first["same_message"], second["same_message"]) == ([f"{number}-2"], [number])
    assert ["下水道" in one["summary"] for one in (first, second)] == [True, False]
    assert ["树枝" in one["summary"] for one in (first, second)] == [False, True]
    ranges = [one["events"][0]["data"] for one in (first, second)]
    assert "".join(TWO[one["start"] : one["end"]] for one in ranges) == TWO


def test_the_resident_is_told_how_many_and_which_is_which(house: Any) -> None:
    number = taken(house, TWO)["receipt_no"]
    first, second = told(house, number)
    assert first.startswith(f"【12345】您反映的事（编号{number}）共2件，分别办理。第1件已受理。")
    assert second.startswith(f"【12345】您反映的事（编号{number}）第2件已受理。")


def test_the_same_message_again_opens_nothing_more(house: Any) -> None:
    first = taken(house, TWO)
    assert taken(house, TWO) == first
    house.settle()
    assert len(house.client("supervisor").get("/api/v1/tickets").json()["tickets"]) == 2


def test_the_resident_follows_each_with_the_one_number_and_proof(house: Any) -> None:
    number = taken(house, TWO)["receipt_no"]
    follow = house.runtime.follow
    first, second = follow.look(number, "1234"), follow.look(f"{number}-2", "1234")
    assert [(one.part, one.no) for one in first.siblings] == [(1, number), (2, f"{number}-2")]
    assert first.siblings == second.siblings
    assert (first.no, second.no) == (number, f"{number}-2")
    assert first.unit != second.unit
    assert follow.look(f"{number}2", "1234") == second  # as it is typed on a phone
    with pytest.raises(NotFound):
        follow.look(f"{number}-2", "9999")


def test_withdrawing_one_demand_leaves_the_other(house: Any) -> None:
    number = taken(house, TWO)["receipt_no"]
    house.runtime.follow.act(f"{number}-2", "1234", action="withdraw", data={"reason": "已经解决"})
    assert ticket(house, f"{number}-2")["state"] == "WITHDRAWN"
    assert ticket(house, number)["state"] == "DISPATCHED"


def test_words_added_to_a_further_ticket_go_to_that_ticket(house: Any) -> None:
    number = taken(house, TWO)["receipt_no"]
    house.runtime.follow.act(f"{number}-2", "1234", action="supply", data={"text": "树已经压到一辆车"})
    house.settle()
    kinds = {no: [one["kind"] for one in ticket(house, no)["events"]] for no in (number, f"{number}-2")}
    assert "MessageAppended" in kinds[f"{number}-2"]
    assert "MessageAppended" not in kinds[number]


def test_what_a_unit_does_with_one_ticket_leaves_the_other(house: Any) -> None:
    number = taken(house, TWO)["receipt_no"]
    centre = Actor(id="c", roles=frozenset({Role.CENTRE}), unit="lhsr")
    asked = {"code": "not_our_duty", "clause": "树木在小区内", "proposed_unit": "fgj"}
    do(house, f"{number}-2", CommandKind.REQUEST_RETURN, centre, **asked)
    assert ticket(house, f"{number}-2")["state"] == "RETURN_REQUESTED"
    assert ticket(house, number)["state"] == "DISPATCHED"


def test_a_further_ticket_can_be_disputed_and_ruled(house: Any) -> None:
    number = taken(house, TWO)["receipt_no"]
    centre = Actor(id="c", roles=frozenset({Role.CENTRE}), unit="lhsr")
    dispatcher = Actor(id="d", roles=frozenset({Role.DISPATCHER}))
    asked = {"code": "not_our_duty", "clause": "树木在小区内", "proposed_unit": "fgj"}
    do(house, f"{number}-2", CommandKind.REQUEST_RETURN, centre, **asked)
    do(house, f"{number}-2", CommandKind.DISPUTE, dispatcher, reason="两家都不认")
    chair = house.client("chair")
    (item,) = chair.get("/api/v1/meetings").json()
    assert item["ticket_no"] == f"{number}-2"
    ruled = chair.post(f"/api/v1/meetings/{item['id']}/rulings", json={"lead": "lhsr", "reason": "在道路上"})
    assert ruled.status_code == 201, ruled.text
    assert ticket(house, f"{number}-2")["state"] == "DISPATCHED"


def test_danger_in_one_demand_makes_that_ticket_critical_and_comes_first(house: Any) -> None:
    receipt = taken(house, GAS_AND_CARD)
    number = receipt["receipt_no"]
    assert receipt["tickets"] == [number, f"{number}-2"]
    first, second = (ticket(house, no) for no in receipt["tickets"])
    assert (first["urgency"], first["units"]) == ("critical", ["gas"])
    assert (second["urgency"], second["units"]) == ("routine", ["shebao"])
    assert "DutyAlarmed" in [one["kind"] for one in first["events"]]
    assert "DutyAlarmed" not in [one["kind"] for one in second["events"]]


def test_what_is_not_sure_stays_one_ticket(house: Any) -> None:
    receipt = taken(house, UNSURE)
    assert receipt["tickets"] == [receipt["receipt_no"]]
    (understood,) = [
        one for one in ticket(house, receipt["receipt_no"])["events"] if one["kind"] == "MessageUnderstood"
    ]
    assert understood["data"]["demands"] == 2


def test_a_question_about_the_same_thing_is_no_demand_of_its_own(house: Any) -> None:
    receipt = taken(house, ONE)
    assert receipt["tickets"] == [receipt["receipt_no"]]


def test_a_matter_that_the_operator_chose_is_never_cut(house: Any) -> None:
    receipt = taken(house, TWO, facts={"matter": "0303"})
    assert receipt["tickets"] == [receipt["receipt_no"]]


def test_chains_and_invariants_hold_with_several_tickets_of_one_message(house: Any) -> None:
    taken(house, TWO)
    taken(house, GAS_AND_CARD, "s-2")
    verdict = audit.verify(house.runtime.database)
    assert (verdict.n_tickets, verdict.faults) == (4, ())
    with house.runtime.database.reading() as session:
        assert invariants.broken(session, house.clock.now()) == []


def test_several_tickets_of_one_message_are_written_alike_on_both_databases(house_on: Any, database_url: str) -> None:
    house = house_on(database_url)
    receipt = taken(house, TWO)
    assert [ticket(house, no)["state"] for no in receipt["tickets"]] == ["DISPATCHED", "DISPATCHED"]


def test_tags_are_those_of_the_time_of_understanding_and_know_who_is_in_need(house: Any) -> None:
    number = taken(house, "康平路路灯不亮了三天，我78岁，夜里不敢出门")["receipt_no"]
    (understood,) = [one["data"] for one in ticket(house, number)["events"] if one["kind"] == "MessageUnderstood"]
    assert {"yejian", "laonian"} <= set(understood["tags"])
    assert (understood["needs"], understood["mood"], understood["threats"]) == (["elderly"], "calm", [])


def test_a_further_ticket_is_a_lesson_with_its_own_words(house: Any) -> None:
    number = taken(house, TWO)["receipt_no"]
    dispatcher = Actor(id="d", roles=frozenset({Role.DISPATCHER}))
    for no in (number, f"{number}-2"):
        do(house, no, CommandKind.REASSIGN, dispatcher, unit="fgj", reason="属于小区内部")
        do(house, no, CommandKind.ACCEPT, Actor(id="c", roles=frozenset({Role.CENTRE}), unit="fgj"))
    with house.runtime.database.reading() as session:
        lessons = {one.id: one.text for one in learning.collect(session, house.runtime.reference.now().directory)}
    assert len(lessons) == 2
    assert sorted("树枝" in text for text in lessons.values()) == [False, True]
