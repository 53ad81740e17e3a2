"""Tickets of several people about one event, through the whole application."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hotline import invariants
from plumbing.errors import BadInput, Forbidden, NotFound, Refused
from tests.hotline.conftest import House, HouseOn
from tickets import cluster_store
from tickets import store as ticket_store
from tickets.store import table
from tickets.tables import ClusterRow, DeliveryRow, GatheringRow
from tickets.types import Actor, LegState, Role

FLOOD = (
    "漕溪北路地铁口自来水管爆了，水漫到马路上",
    "漕溪北路水管爆裂，人行道全是水，快派人来",
    "我在漕溪北路，自来水管爆裂水喷得很高",
    "漕溪北路爆水管了，店里进水",
    "漕溪北路自来水管爆裂，楼里停水了",
    "漕溪北路水管爆裂什么时候修好，家里没有水",
)
DISPATCHER = Actor(id="paidan", roles=frozenset({Role.DISPATCHER}))
OPERATOR = Actor(id="shouli", roles=frozenset({Role.OPERATOR}))


def say(house: House, text: str, sender: str, **facts: Any) -> str:
    """A message's number, when everything that it leads to is done."""
    sent = {"channel": "api", "external_id": f"{sender}/{text}", "sender": sender, "text": text, "facts": facts}
    answer = house.client("operator").post("/api/v1/messages", json=sent)
    assert answer.status_code == 202, answer.text
    house.settle()
    number: str = answer.json()["receipt_no"]
    return number


def caller(number: int) -> str:
    return f"199000000{number:02d}"


def burst(house: House, n: int = len(FLOOD)) -> list[str]:
    """The numbers of so many callers' tickets about one burst main, seven minutes apart."""
    numbers = []
    for index, text in enumerate(FLOOD[:n]):
        house.clock.advance(timedelta(minutes=7))
        numbers.append(say(house, text, caller(index)))
    return numbers


def clusters(house: House) -> dict[str, list[str]]:
    with house.runtime.database.reading() as session:
        ids = list(session.execute(select(table(ClusterRow).c.id).where(table(ClusterRow).c.is_open)).scalars())
        found = cluster_store.members(session, ids)
    return {cluster: [one.no for one in told] for cluster, told in found.items()}


def warnings(house: House, recipient: str = "role:dispatcher") -> list[Any]:
    d = table(DeliveryRow)
    with house.runtime.database.reading() as session:
        return list(session.execute(select(d).where(d.c.seq < 0, d.c.recipient == recipient).order_by(d.c.id)))


def unsound(house: House) -> list[str]:
    with house.runtime.database.reading() as session:
        return [
            one.name
            for one in invariants.broken(session, house.clock.now())
            if "gather" in one.name or "cl" in one.name[:2]
        ]


def test_six_callers_about_one_burst_main_are_one_event_and_warn_before_the_tenth(house: House) -> None:
    numbers = burst(house)
    assert clusters(house) == {numbers[0]: numbers}
    told = warnings(house)
    assert [row.seq for row in told] == [-3, -5]
    assert [row.ticket_no for row in told] == [numbers[2], numbers[4]]
    for part in ("漕溪北路", "3人来件3件", "每小时1.5件", "此前每小时0.0件"):
        assert part in told[0].text
    assert unsound(house) == []


def test_the_street_is_warned_and_no_caller_is_told_to_anybody(house: House) -> None:
    burst(house)
    with house.runtime.database.reading() as session:
        d = table(DeliveryRow)
        rows = list(session.execute(select(d).where(d.c.seq < 0)))
    assert {row.recipient.split(":")[0] for row in rows} == {"role", "unit"}
    assert [row for row in rows if "1990000" in row.text] == []
    answer = house.client("leader").get("/api/v1/events")
    detail = house.client("leader").get(f"/api/v1/events/{answer.json()['events'][0]['id']}")
    assert any("地点相同" in one["why"] for one in detail.json()["tickets"])
    assert "1990000" not in answer.text + detail.text


def test_the_same_caller_again_is_one_caller_and_warns_nobody(house: House) -> None:
    for text in FLOOD[:4]:
        house.clock.advance(timedelta(minutes=7))
        say(house, text, caller(1))
    assert warnings(house) == []
    assert house.client("dispatcher").get("/api/v1/events?callers=2").json()["events"] == []
    [numbers] = clusters(house).values()
    assert len(numbers) == 4


def test_another_matter_at_the_same_place_and_the_same_matter_elsewhere_stand_alone(house: House) -> None:
    numbers = burst(house, 3)
    say(house, "漕溪北路人行道上共享单车乱停，走不过去", caller(20))
    say(house, "龙华中路水管爆裂，水漫到马路上了", caller(21))
    assert clusters(house) == {numbers[0]: numbers}


def test_the_same_question_of_many_is_listed_and_warns_nobody(house: House) -> None:
    for index, text in enumerate(
        ("请问退休手续怎么办", "退休手续怎么办理", "退休手续要怎么办呢", "请问怎么办退休手续")
    ):
        house.clock.advance(timedelta(minutes=5))
        say(house, text, caller(index))
    [numbers] = clusters(house).values()
    assert len(numbers) >= 3
    assert warnings(house) == []


def test_two_tickets_of_one_message_have_one_caller(house: House) -> None:
    first = say(house, "双峰路下水道堵塞，一下雨就积水。还有一个问题就是中山南二路的树倒了挡住半条路", caller(1))
    with house.runtime.database.reading() as session:
        found = cluster_store.entries(session, [first, f"{first}-2"])
    assert len(found) == 2
    assert len({one.caller for one in found.values()}) == 1


def test_what_came_long_before_is_another_event(house: House) -> None:
    burst(house, 1)
    house.clock.advance(timedelta(days=15))
    say(house, FLOOD[1], caller(1))
    assert clusters(house) == {}


def test_a_ticket_that_was_taken_out_does_not_come_back(house: House) -> None:
    numbers = burst(house, 4)
    house.runtime.crowd.take_out(numbers[0], [numbers[3]], actor=DISPATCHER, reason="另一根水管")
    with house.runtime.database.transaction() as session:
        cluster_store.look_again(session, [numbers[3]])
    house.settle()
    assert clusters(house) == {numbers[0]: numbers[:3]}
    say(house, FLOOD[5], caller(30))
    assert numbers[3] not in clusters(house)[numbers[0]]
    assert unsound(house) == []


def test_a_dissolved_event_does_not_come_back(house: House) -> None:
    numbers = burst(house, 4)
    house.runtime.crowd.dissolve(numbers[0], actor=DISPATCHER, reason="不是一回事")
    with house.runtime.database.transaction() as session:
        cluster_store.look_again(session, numbers)
    say(house, FLOOD[4], caller(30))
    assert clusters(house) == {}
    assert unsound(house) == []


def test_an_event_can_be_split_in_two(house: House) -> None:
    numbers = burst(house)
    made = house.runtime.crowd.split(numbers[0], numbers[4:], actor=DISPATCHER, reason="停水是另一件事")
    assert clusters(house) == {numbers[0]: numbers[:4], made: numbers[4:]}
    with pytest.raises(Refused, match="至少要有2件"):
        house.runtime.crowd.split(numbers[0], numbers[:1], actor=DISPATCHER, reason="只有一件")
    assert unsound(house) == []


def test_taking_out_all_but_one_ends_the_event(house: House) -> None:
    numbers = burst(house, 2)
    house.runtime.crowd.take_out(numbers[0], [numbers[1]], actor=DISPATCHER, reason="无关")
    assert clusters(house) == {}
    assert unsound(house) == []


def test_a_step_warns_once_and_again_when_the_event_had_gone_quiet(house: House) -> None:
    burst(house, 4)
    assert [row.seq for row in warnings(house)] == [-3]
    house.clock.advance(timedelta(hours=73))
    for index, text in enumerate(FLOOD[:3]):
        say(house, text, caller(40 + index))
    assert [row.seq for row in warnings(house)] == [-3, -3]
    assert len(clusters(house)) == 1


def test_events_suggest_and_merge_only_when_somebody_says_so(house: House) -> None:
    numbers = burst(house, 3)
    with house.runtime.database.reading() as session:
        before = {no: one.state for no, one in ticket_store.load(session, numbers).items()}
        urgent = [
            one.no for one in cluster_store.members(session, [numbers[0]])[numbers[0]] if one.urgency == "critical"
        ]
    assert LegState.MERGED not in before.values()
    routine = [no for no in numbers[1:] if no not in urgent]
    assert routine
    assert house.runtime.crowd.merge(numbers[0], routine, master=numbers[0], actor=DISPATCHER) == tuple(routine)
    with house.runtime.database.reading() as session:
        after = ticket_store.load(session, numbers)
    assert {after[no].state for no in routine} == {LegState.MERGED}


def test_danger_is_never_merged_away_by_an_event(house: House) -> None:
    first = say(house, "漕溪北路88弄煤气泄漏，味道很重", caller(1))
    house.clock.advance(timedelta(minutes=3))
    second = say(house, "漕溪北路88弄有煤气泄漏，老人头晕", caller(2))
    assert clusters(house) == {first: [first, second]}
    with pytest.raises(Refused, match="逐件核实"):
        house.runtime.crowd.merge(first, [second], master=first, actor=DISPATCHER)
    listed = house.client("dispatcher").get(f"/api/v1/events/{first}").json()
    assert listed["tickets_critical"] == 2


def test_a_confidential_ticket_belongs_to_no_event(house: House) -> None:
    burst(house, 2)
    say(house, FLOOD[2], caller(9), confidential=True)
    [numbers] = clusters(house).values()
    assert len(numbers) == 2


def test_only_dispatchers_and_supervisors_change_events_and_what_is_not_there_is_said(house: House) -> None:
    numbers = burst(house, 2)
    crowd = house.runtime.crowd
    with pytest.raises(Forbidden):
        crowd.dissolve(numbers[0], actor=OPERATOR, reason="x")
    with pytest.raises(NotFound):
        crowd.dissolve("26010100000001", actor=DISPATCHER, reason="x")
    with pytest.raises(BadInput, match="不在这个事件中"):
        crowd.take_out(numbers[0], ["26010100000001"], actor=DISPATCHER, reason="x")
    with pytest.raises(BadInput, match="请勾选"):
        crowd.take_out(numbers[0], [], actor=DISPATCHER, reason="x")
    assert house.client("centre", "cgzf").get("/api/v1/events").status_code == 403
    assert house.client("leader").get("/api/v1/events/26010100000001").status_code == 404
    assert house.client("leader").get("/api/v1/events/x").status_code in {404, 422}


def test_a_failure_in_gathering_loses_no_message_and_is_reported(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no clusters today")

    monkeypatch.setattr(house.runtime.gatherer, "_near", broken)
    number = say(house, FLOOD[0], caller(1))
    assert house.client("dispatcher").get(f"/api/v1/tickets/{number}").status_code == 200
    with house.runtime.database.reading() as session:
        [row] = session.execute(select(table(GatheringRow)))
    assert (row.state, row.attempts) == ("failed", 3)
    assert unsound(house) == ["tickets_not_gathered"]


def test_gathering_goes_on_where_a_killed_process_stopped(house: House) -> None:
    house.clock.advance(timedelta(minutes=1))
    for index, text in enumerate(FLOOD[:3]):
        sent = {"channel": "api", "external_id": f"k{index}", "sender": caller(index), "text": text}
        assert house.client("operator").post("/api/v1/messages", json=sent).status_code == 202
    house.runtime.loops.drain.exhaust()
    assert clusters(house) == {}
    house.settle()
    [numbers] = clusters(house).values()
    assert len(numbers) == 3


def test_events_are_the_same_on_postgresql(house_on: HouseOn, postgres_database: str) -> None:
    house = house_on(postgres_database)
    numbers = burst(house)
    assert clusters(house) == {numbers[0]: numbers}
    assert [row.seq for row in warnings(house)] == [-3, -5]
    assert unsound(house) == []
