"""Xuhui's cases as whole journeys: over HTTP, through the channels that they name, on a moved clock, both ways to run."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx

from tools.running_city import City, number_in

Leg = dict[str, Any]
StartCity = Callable[[str], City]


def lead(ticket: dict[str, Any]) -> Leg:
    return next(leg for leg in ticket["legs"] if leg["role"] == "lead")


def clock(leg: Leg, kind: str) -> dict[str, Any]:
    return [one for one in leg["clocks"] if one["kind"] == kind][-1]


def kinds(ticket: dict[str, Any]) -> list[str]:
    return [event["kind"] for event in ticket["events"]]


def told(city: City, channel: str, number: str) -> str:
    return "\n".join(row["text"] for row in city.sent(channel) if number in row["text"])


def finish(city: City, number: str, unit: str, answer: str) -> None:
    """Reviewed, called back by another team, closed."""
    city.act(number, "pass_reply", by="supervisor")
    city.advance("PT1H")
    city.act(number, "call_back", by="callback", reached=True, contacted=True, solved=True, satisfaction=5)


def test_case_1_a_broken_wall_goes_straight_to_the_street_and_is_closed_the_same_day(start_city: StartCity) -> None:
    city = start_city("2026-03-02T09:05:00+08:00")
    _, answer = city.call(
        "您好我姓张，衡山公园边上有一家小店昨天夜里把沿街的墙敲掉了一块，装上门开始做生意，这算破墙开店吧",
        sender="+861990000011",
    )
    number = number_in(answer)
    ticket = city.ticket(number)
    leg = lead(ticket)
    assert (ticket["matter"], ticket["street"], ticket["state"]) == ("0101", "tianping", "DISPATCHED")
    assert leg["unit"] == "centre_tianping"
    assert "城管中队" in ticket["decision"]["sentence"]
    assert ticket["decision"]["row"] in ticket["decision"]["sentence"]
    city.advance("PT20M")
    city.act(number, "accept", by="centre", of="centre_tianping")
    city.act(number, "contact", by="centre", of="centre_tianping", reached=True)
    city.advance("PT3H")
    city.act(number, "start", by="centre", of="centre_tianping")
    city.act(
        number,
        "reply",
        by="centre",
        of="centre_tianping",
        answer="已责令店家恢复原状并拆除门框。",
        evidence=["整改后照片"],
    )
    finish(city, number, "centre_tianping", "")
    ticket = city.ticket(number)
    assert ticket["state"] == "CLOSED"
    assert clock(lead(ticket), "promise")["state"] == "met"
    closed = datetime.fromisoformat(ticket["events"][-1]["at"])
    assert closed - datetime.fromisoformat(ticket["events"][0]["at"]) < timedelta(days=1)
    assert "已办结" in told(city, "sms", number)
    board = city.api("leader").get("/api/v1/board", params={"period": "today"}).json()
    wall = next(one for one in board["before_after"] if one["code"] == "wall_shop")
    assert "10天以上" in wall["before"]
    assert wall["n"] == 1
    assert 0 < wall["median_hours"] < 24


def test_case_3_a_dispute_is_ruled_flows_back_and_becomes_a_precedent(start_city: StartCity) -> None:
    city = start_city("2004-06-01T09:30:00+08:00")
    answer = city.wechat("大木桥路上每天中午有人骑三轮车卖盒饭，没有任何证照，也不知道在哪里烧的，吃坏肚子谁管")
    number = number_in(answer)
    ticket = city.ticket(number)
    assert (ticket["matter"], ticket["street"]) == ("0401", "xietu")
    assert lead(ticket)["unit"] == "shiyaojian"
    city.act(number, "accept", by="centre", of="shiyaojian")
    city.advance("PT1H")
    wish = {"code": "not_our_duty", "clause": "责任清单：流动摊点由街道牵头", "proposed_unit": "centre_xietu"}
    ticket = city.act(number, "request_return", by="centre", of="shiyaojian", **wish)
    assert ticket["state"] == "RETURN_REQUESTED"
    ticket = city.act(number, "approve_return", by="dispatcher", unit="centre_xietu")
    assert (ticket["state"], lead(ticket)["unit"]) == ("DISPATCHED", "centre_xietu")
    promised = clock(lead(ticket), "promise")["due_at"]
    city.advance("PT1H")
    wish = {"code": "not_our_duty", "clause": "责任清单：无照经营不在街道职责内", "proposed_unit": "gongshang"}
    ticket = city.act(number, "request_return", by="centre", of="centre_xietu", **wish)

    assert ticket["state"] == "DISPUTED"
    interim = next(leg for leg in ticket["legs"] if leg["role"] == "interim")
    assert interim["unit"] == "centre_xietu"
    assert interim["return_forbidden"]
    assert clock(lead(ticket), "promise")["due_at"] == promised, "a dispute never stops the resident's clock"
    assert all(one["state"] != "running" for one in lead(ticket)["clocks"] if one["holder"] == "centre_xietu")

    (item,) = city.api("chair").get("/api/v1/meetings").json()
    assert (item["ticket_no"], item["interim"]) == (number, "centre_xietu")
    assert set(item["units"]) == {"shiyaojian", "centre_xietu"}
    where = f"/api/v1/meetings/{item['id']}"
    for unit, text in (("shiyaojian", "我局只管持证单位。"), ("centre_xietu", "街道没有执法权。")):
        said = city.api("centre", unit).post(f"{where}/statements", json={"text": text})
        assert said.status_code == 201, said.text
    assert city.api("centre", "huanbao").get(where).status_code == 404
    city.advance("PT3H")
    ruling = {"lead": "gongshang", "reason": "无照经营由工商部门牵头查处", "precedent": True}
    assert city.api("dispatcher").post(f"{where}/rulings", json=ruling).status_code == 403
    ruled = city.api("chair").post(f"{where}/rulings", json=ruling)
    assert ruled.status_code == 201, ruled.text
    assert ruled.json()["state"] == "ruled"

    ticket = city.ticket(number)
    assert (ticket["state"], lead(ticket)["unit"], lead(ticket)["return_forbidden"]) == (
        "DISPATCHED",
        "gongshang",
        True,
    )
    assert [leg["state"] for leg in ticket["legs"] if leg["role"] == "interim"] == ["CLOSED"]
    refused = city.try_act(
        number,
        "request_return",
        by="centre",
        of="gongshang",
        code="not_our_duty",
        clause="无",
        proposed_unit="weisheng",
    )
    assert refused.status_code == 409
    assert refused.json()["code"] == "RETURN_FORBIDDEN"
    assert city.try_act(number, "reassign", by="dispatcher", unit="weisheng", reason="再试").status_code == 409

    following = number_in(
        city.wechat("大木桥路地铁口又来了没有执照的盒饭摊，几个阿姨推着保温箱在卖", sender="o-another")
    )
    ticket = city.ticket(following)
    assert lead(ticket)["unit"] == "gongshang"
    assert ticket["decision"]["precedent"] == f"P{item['id']}"
    assert f"P{item['id']}" in ticket["decision"]["sentence"]
    assert city.verify().returncode == 0


def test_case_4_one_window_one_ticket_and_a_repeat_keeps_the_earlier_promise(start_city: StartCity) -> None:
    city = start_city("2004-06-07T10:00:00+08:00")
    _, answer = city.call("我在零陵路菜场买的猪肉一捏全是水，肯定是注水肉，请你们查一查", sender="+861990000021")
    first = number_in(answer)
    assert lead(city.ticket(first))["unit"] == "shiyaojian_window"
    city.advance("P1D")
    second = number_in(city.text_message("零陵路菜场有摊位卖注水的猪肉，下锅缩一半", sender="+861990000022"))
    early, late = (clock(lead(city.ticket(no)), "promise")["due_at"] for no in (first, second))
    assert early < late
    merged = city.act(first, "merge", by="dispatcher", master=second, reason="同一菜场同一事项")
    assert (merged["state"], merged["master"]) == ("MERGED", second)
    assert clock(lead(city.ticket(second)), "promise")["due_at"] == early
    back = city.act(first, "unmerge", by="dispatcher", reason="核实为两家摊位")
    assert (back["state"], back["master"]) == ("DISPATCHED", None)


def test_case_5_a_vague_place_is_asked_back_once_and_the_rest_is_understood(start_city: StartCity) -> None:
    city = start_city("2026-04-07T08:40:00+08:00")
    _, asked, thanks = city.call(
        "我是李阿姨呀，工地上的车子漏下来的泥浆土都堆在我家墙根下，下雨天路也不好走，烂泥一直流进来",
        "就在斜土路的江南新村",
        sender="+861990000031",
    )
    assert "哪条路" in asked or "哪个小区" in asked
    number = number_in(asked)
    ticket = city.ticket(number)
    assert (ticket["matter"], ticket["state"], ticket["street"]) == ("0203", "DISPATCHED", "xietu")
    assert lead(ticket)["unit"] == "shizheng"
    assert kinds(ticket).count("ResidentAsked") == 1
    assert number in re.sub(r"[^0-9]", "", asked)
    city.act(number, "accept", by="centre", of="shizheng")
    city.advance("PT4H")
    city.act(number, "settle", by="centre", of="shizheng", answer="泥浆已清运，路面已冲洗。", evidence=["清运后照片"])
    finish(city, number, "shizheng", "")
    ticket = city.ticket(number)
    assert ticket["state"] == "CLOSED"
    assert clock(lead(ticket), "promise")["state"] == "met"
    assert thanks


def test_case_5_goes_on_without_the_answer_when_nobody_gives_one(start_city: StartCity) -> None:
    city = start_city("2026-04-07T08:40:00+08:00")
    number = number_in(city.text_message("泥浆土堆在我家墙根下好几天了，没有人来清", sender="+861990000032"))
    assert city.ticket(number)["state"] == "WAITING"
    city.advance("P10D")
    ticket = city.ticket(number)
    assert ticket["state"] == "RECEIVED"
    assert ticket["triage_reason"]
    assert "WaitEnded" in kinds(ticket)


def test_case_6_a_gas_leak_at_night_on_a_holiday_counts_in_minutes(start_city: StartCity) -> None:
    city = start_city("2026-10-02T02:10:00+08:00")
    greeting, answer = city.call("快点来人，厨房煤气味道很重，头都晕了，在建国西路的弄堂里", sender="+861990000041")
    assert "119" in greeting
    assert "119" in answer
    assert answer.index("119") < answer.index("编号") if "编号" in answer else True
    number = number_in(answer)
    ticket = city.ticket(number)
    assert ticket["urgency"] == "critical"
    assert lead(ticket)["unit"] == "gas"
    assert "DutyAlarmed" in kinds(ticket)
    assert any(row["address"] == "role:duty" and number in row["text"] for row in city.sent("console"))
    accept = clock(lead(ticket), "accept")
    limit = datetime.fromisoformat(accept["due_at"]) - datetime.fromisoformat(accept["started_at"])
    assert limit <= timedelta(minutes=15), "the night is no excuse"
    city.advance("PT16M")
    ticket = city.ticket(number)
    warned = [
        event for event in ticket["events"] if event["kind"] == "ClockWarned" and event["data"]["kind"] == "accept"
    ]
    assert [event["data"]["step"] for event in warned][-1] == "red"
    assert warned[-1]["at"] == accept["due_at"], "the event carries the moment it was due"
    assert clock(lead(ticket), "accept")["state"] == "running"
    city.advance("PT1H")
    again = [event for event in city.ticket(number)["events"] if event["kind"] == "ClockWarned"]
    assert len({(one["data"]["clock"], one["data"]["step"], one["data"]["due_at"]) for one in again}) == len(again)


def test_case_6_a_burst_pipe_goes_to_the_water_company_within_half_an_hour(start_city: StartCity) -> None:
    city = start_city("2026-02-17T23:30:00+08:00")
    answer = city.text_message("东安路上自来水管爆了，水喷得很高，一条街都淹了", sender="+861990000042")
    ticket = city.ticket(number_in(answer))
    assert (ticket["matter"], lead(ticket)["unit"]) == ("0601", "water")
    accept = clock(lead(ticket), "accept")
    limit = datetime.fromisoformat(accept["due_at"]) - datetime.fromisoformat(accept["started_at"])
    assert limit <= timedelta(minutes=30)


def test_case_10_call_letter_and_visit_enter_one_queue_by_one_form(start_city: StartCity) -> None:
    city = start_city("2026-03-03T10:00:00+08:00")
    visit = city.page("operator", "/workbench/counter").submit(
        {"way": "visit", "line": "legal_aid", "name": "来访人甲", "contact": "19900000061",
         "text": "单位不给工伤待遇，我要打官司又请不起律师，想申请法律援助"}
    )  # fmt: skip
    letter = city.page("operator", "/workbench/counter").submit(
        {"way": "letter", "line": "petition", "name": "写信人乙", "contact": "19900000062", "letter_date": "2026-03-01",
         "text": "信访件：旧改补偿的事情我反映过多次，一直没有书面答复，请信访部门给一个说法"}
    )  # fmt: skip
    spoken = city.message("社区的法律援助窗口什么时候有律师值班", channel="phone", sender="+861990000063")
    numbers = [number_in(visit), number_in(letter), spoken]
    tickets = [city.ticket(number) for number in numbers]
    assert [ticket["events"][0]["data"]["way"] for ticket in tickets] == ["visit", "letter", None]
    assert [ticket["events"][0]["data"]["line"] for ticket in tickets] == ["legal_aid", "petition", None]
    listed = city.api("dispatcher").get("/api/v1/tickets").json()["tickets"]
    assert {ticket["no"] for ticket in listed} == set(numbers), "one queue for all three"
    for ticket, unit in zip(tickets[:2], ("sfj", "xfb"), strict=True):
        where = lead(ticket)["unit"] or [item["unit"] for item in ticket["decision"]["suggestions"]]
        assert unit in where, ticket["decision"]["sentence"]
    assert "19900000061" not in json.dumps(tickets), "no ticket carries the visitor's number"


def test_a_wrong_signature_is_refused_and_nothing_is_stored(start_city: StartCity) -> None:
    city = start_city("2026-03-02T09:05:00+08:00")
    form = {"MessageSid": "SM" + "1" * 32, "From": "+861990000051", "To": "+8612345", "Body": "路灯不亮"}
    assert city.twilio("/channels/twilio/sms", form, token="somebody else's").status_code == 403
    wrong = httpx.post(
        f"{city.url}/channels/wechat",
        params={"signature": "0" * 40, "timestamp": "1", "nonce": "n"},
        content=b"<xml></xml>",
        trust_env=False,
    )
    assert wrong.status_code == 403
    assert city.api("supervisor").get("/api/v1/tickets").json()["tickets"] == []
