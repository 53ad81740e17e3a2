"""A ticket's page: who sees what of it, and every form going round."""

import re
from typing import Any

import pytest

from accounts.rules import mask_phone
from dashboards.pages import environment
from dashboards.queries.names import Names
from tickets.store import events_of
from tickets.types import SYSTEM, EventKind, LegState
from tickets.types import CommandKind as C

PHONE = "19900001234"


def path(ticket: Any, base: str = "/workbench") -> str:
    return f"{base}/t/{ticket.no}"


def last(house: Any, ticket: Any) -> Any:
    with house.database.reading() as session:
        return events_of(session, ticket.no)[-1]


def test_the_whole_story_stands_on_one_page(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    house.do(ticket, C.ADD_SUPPORT, "paidan", unit="scjg", reason="需核查许可证")
    page = house.as_("ducha").get(path(ticket))
    assert page.status == 200
    for words in (
        "施工噪声",
        "斜土路街道，大木桥路88弄",
        "承诺时限",
        "主办斜土路街道回应中心已签收",
        "协办市场监管局已派单",
        "签收按时完成",
        "按责任清单派单。",
        "责任清单版本xuhui-2026",
        "待核该条目的依据尚未核实",
        "62%施工噪声",
        "内置模型，版本m1",
        "夜间施工由城管执法",
        "条目D0701",
        "依据的词施工夜里",
        "斜土承办员甲签收工单。",
        "派单员甲增加市场监管局协办。",
    ):
        assert words in page.text, words


def test_what_was_read_stands_beside_the_words_that_say_it(house: Any) -> None:
    text = "投诉东安路康乐健身房昨晚十点关门，我78岁，办卡花了三千五不退，没人管，再不退我们就集体上访"
    page = house.as_("paidan").get(path(house.open(text)))
    for words in (
        "来件中提到集体上访或聚集：请告知值班人员。",
        "被反映方企业、店家东安路康乐健身房",
        "时间2026年9月13日 22:00昨晚十点",
        "金额3500元三千五",
        "需要照顾老年人78岁",
        "问题性质服务质量",
    ):
        assert words.replace(" ", "") in page.text.replace(" ", ""), words


def test_a_ticket_of_one_of_several_demands_marks_its_own_and_names_the_others(house: Any) -> None:
    text = "大木桥路88弄路灯不亮。还有一件事，楼下工地夜里施工到两点"
    cut = text.index("还有")
    ticket = house.open(text, lead="centre_xietu", part=1, of=2, start=0, end=cut)
    page = house.as_("paidan").get(path(ticket))
    assert f"<mark>{text[:cut]}</mark>{text[cut:]}" in page.html
    assert "来件共2件诉求，这是第1件" in page.text
    assert "诉求2还有一件事，楼下工地夜里施工到两点" in page.text


def test_a_position_links_to_any_map_and_to_no_provider(house: Any) -> None:
    ticket = house.open(place="衡山路9号，定位31.20012,121.44322")
    page = house.as_("paidan").get(path(ticket))
    assert "衡山路9号，定位31.20012,121.44322" in page.text
    assert 'href="geo:31.200120,121.443220"' in page.html
    assert "geo:" not in house.as_("paidan").get(path(house.open())).html


@pytest.mark.parametrize("base", ["/workbench", "/desk"])
@pytest.mark.parametrize("number", ["26091499999999", "1", "x", "%00", "26091400000001%2F1", "9" * 40])
def test_an_unknown_number_is_not_found(house: Any, base: str, number: str) -> None:
    house.open()
    answer = house.as_("paidan" if base == "/workbench" else "xietu").get(f"{base}/t/{number}")
    assert answer.status == 404


def test_another_units_ticket_is_not_found_rather_than_forbidden(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    stranger = house.as_("tianping")
    unknown = stranger.get("/desk/t/26091499999999")
    theirs = stranger.get(path(ticket, "/desk"))
    assert (theirs.status, theirs.text) == (404, unknown.text.replace("26091499999999", ticket.no))
    fields = {"command": "accept", "leg": ticket.legs[0].id}
    fields["csrf"] = stranger.get("/desk").hidden("/logout")["csrf"]
    assert stranger.post(path(ticket, "/desk"), fields).status == 404
    assert stranger.post(path(ticket, "/desk") + "/reveal", fields | {"reason": "好奇"}).status == 404
    assert house.ticket(ticket.no).legs[0].state is LegState.DISPATCHED


def test_a_confidential_ticket_is_not_found_by_those_who_may_not_know(house: Any) -> None:
    ticket = house.open(confidential=True)
    statuses = {
        login: house.as_(login).get(path(ticket)).status for login in ("paidan", "ducha", "huawu", "lingdao", "zhaoji")
    }
    assert statuses == {"paidan": 200, "ducha": 200, "huawu": 404, "lingdao": 404, "zhaoji": 200}


def test_no_page_shows_a_telephone_number_whoever_typed_it(house: Any) -> None:
    ticket = house.open(lead="centre_xietu", place=f"大木桥路88弄，{PHONE}")
    house.do(ticket, C.ACCEPT, "xietu")
    house.do(ticket, C.CONTACT, "xietu", reached=True, note=f"已打{PHONE}")
    house.do(ticket, C.NOTE, "paidan", text=f"来电人另有电话 199-0000-1234 和{PHONE}")
    house.do(ticket, C.REPLY, "xietu", answer=f"已回复{PHONE}", note=f"见{PHONE}", evidence=[f"通话记录{PHONE}"])
    house.do(ticket, C.REJECT_REPLY, "paidan", reason=f"勿写{PHONE}")
    desk, bench = house.as_("xietu"), house.as_("paidan")
    pages = [desk.get(one) for one in (path(ticket, "/desk"), "/desk?q=hand", "/desk?q=done", "/desk/search?s=大木桥")]
    pages += [bench.get(one) for one in (path(ticket), "/workbench?q=all", "/workbench/search?s=大木桥")]
    for page in pages:
        assert page.status == 200
        assert ticket.no in page.html
        residents = re.sub(r"<h2>当前值班</h2>.*?</section>", "", page.html, flags=re.DOTALL)
        assert mask_phone(residents) == residents


def test_a_ticket_shows_who_is_on_duty_and_what_the_knowledge_base_says(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    page = house.as_("paidan").get(path(ticket))
    duty = re.search(r"<h2>当前值班</h2>(.*?)</section>", page.html, flags=re.DOTALL)
    assert duty is not None
    assert "斜土路街道回应中心" in duty[1]
    assert "相关知识" in page.text
    assert "下次审核日期" in page.text


def test_a_unit_reads_its_own_notes_and_not_another_units(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ADD_SUPPORT, "paidan", unit="scjg", reason="核查")
    own, other = (leg.id for leg in house.ticket(ticket.no).legs)
    for login, leg, note in (("xietu", own, "斜土内情"), ("scjg", other, "市监内情")):
        house.do(ticket, C.ACCEPT, login, leg=leg)
        house.do(ticket, C.REPLY, login, leg=leg, answer=f"{note}之外的答复", note=note)
    seen = {login: house.as_(login).get(path(ticket, "/desk")).text for login in ("xietu", "scjg")}
    assert "斜土内情之外的答复" in seen["scjg"]
    assert re.search("斜土内情(?!之外)", seen["xietu"])
    assert not re.search("斜土内情(?!之外)", seen["scjg"])
    assert re.search("市监内情(?!之外)", seen["scjg"])
    assert not re.search("市监内情(?!之外)", seen["xietu"])
    bench = house.as_("ducha").get(path(ticket)).text
    assert re.search("斜土内情(?!之外)", bench)
    assert re.search("市监内情(?!之外)", bench)
    assert "系统理解" not in seen["xietu"]
    assert "条目D0701" not in seen["xietu"]


def test_a_suggestion_is_dispatched_with_one_click(house: Any) -> None:
    ticket = house.open()
    visitor = house.as_("paidan")
    page = visitor.get(path(ticket) + "?q=triage")
    assert page.text.count("派单至") == 3
    done = visitor.send(page, path(ticket), path(ticket))
    assert done.location == f"{path(ticket)}?done=dispatch&q=triage"
    leg = house.ticket(ticket.no).legs[0]
    assert (leg.state, leg.unit) == (LegState.DISPATCHED, "cgzf")
    event = last(house, ticket).data
    assert (event["matter"], event["street"], event["row"]) == ("0701", "xietu", "D0701")
    after = visitor.get(done.location)
    assert "已派单，承办单位已收到通知。" in after.text
    assert "处理下一件" in after.text


def test_what_a_dispatcher_chose_is_marked_among_the_proposals() -> None:
    proposals = [
        {"unit": unit, "matter": "0701", "row": row, "reason": reason, "score": score, "won": False}
        for unit, row, reason, score in (
            ("cgzf", "D1", "可能的事项：施工噪声（62%）", 0.62),
            ("sthj", "D2", "可能的事项：施工噪声（0%）", 0.001),
        )
    ]
    decided = {"sentence": "请派单员选定承办单位。", "candidates": [], "suggestions": proposals}
    macros: Any = environment().get_template("story.html").module
    html = str(macros.decision(decided, Names(), whole=True, lead="sthj"))
    assert html.count("人工选定") == 1
    assert re.search(r'class="won"><td class="strong">sthj<', html)
    assert "可能的事项" not in html
    assert "不到1%" in html
    assert "人工选定" not in str(macros.decision(decided, Names(), whole=False, lead="sthj"))


def test_a_chosen_matter_brings_its_clocks(house: Any) -> None:
    ticket = house.open(matter=None)
    visitor = house.as_("paidan")
    page = visitor.get(path(ticket))
    visitor.send(page, "do-dispatch", path(ticket), unit="gas", matter="0602", supports=["centre_xietu"])
    with house.database.reading() as session:
        known = house_names(session)
    data = next(one.data for one in _events(house, ticket) if one.kind is EventKind.DISPATCHED)
    assert data["profile"] == known.matters["0602"].profile != "default"
    assert [leg.unit for leg in house.ticket(ticket.no).legs] == ["gas", "centre_xietu"]


def test_a_form_that_was_refused_keeps_what_was_written(house: Any) -> None:
    ticket = house.open()
    visitor = house.as_("paidan")
    answer = visitor.send(
        visitor.get(path(ticket)), "do-refuse", path(ticket), code="court", basis="", notice="请到<法院>立案庭"
    )
    assert answer.status == 422
    assert "请填写“依据”。" in answer.text
    assert 'aria-invalid="true"' in answer.html
    assert "请到&lt;法院&gt;立案庭" in answer.html
    assert re.search(r'<details class="act" id="do-refuse" open>', answer.html)
    assert house.ticket(ticket.no).version == ticket.version


def test_what_the_state_does_not_allow_is_said_with_409(house: Any) -> None:
    ticket = house.open()
    visitor = house.as_("paidan")
    old = visitor.get(path(ticket))
    house.do(ticket, C.DISPATCH, "paidan", unit="cgzf")
    answer = visitor.send(old, "do-dispatch", path(ticket), unit="scjg")
    assert answer.status == 409
    assert "当前状态为“已派单”" in answer.text
    assert house.ticket(ticket.no).legs[0].unit == "cgzf"


def test_what_the_post_does_not_allow_is_said_with_403(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    visitor = house.as_("huawu")
    fields = visitor.get(path(ticket)).hidden("do-note") | {"command": "reassign", "unit": "cgzf", "reason": "r"}
    answer = visitor.post(path(ticket), fields)
    assert answer.status == 403
    assert "您的岗位不能执行该操作" in answer.text


@pytest.mark.parametrize("command", ["", "fly", "rule", "rate", "archive", "supply"])
def test_what_the_page_does_not_offer_is_not_taken(house: Any, command: str) -> None:
    ticket = house.open()
    visitor = house.as_("paidan")
    fields = visitor.get(path(ticket)).hidden("do-dispatch") | {"command": command}
    assert visitor.post(path(ticket), fields).status == 422


def test_a_form_sent_twice_is_done_once(house: Any) -> None:
    ticket = house.open()
    visitor = house.as_("paidan")
    page = visitor.get(path(ticket))
    assert visitor.send(page, "do-note", path(ticket), text="同一条").status == 303
    assert visitor.send(page, "do-note", path(ticket), text="同一条").status == 303
    assert [one.data["text"] for one in _events(house, ticket) if one.kind is EventKind.NOTED] == ["同一条"]
    assert page.hidden("do-note")["key"] != visitor.get(path(ticket)).hidden("do-note")["key"]


def test_every_offered_form_carries_token_key_and_leg(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    for login, base in (("paidan", "/workbench"), ("ducha", "/workbench"), ("xietu", "/desk")):
        page = house.as_(login).get(path(ticket, base))
        forms = re.findall(rf'<form[^>]*action="{path(ticket, base)}".*?</form>', page.html, flags=re.DOTALL)
        assert forms
        for form in forms:
            for name in ("csrf", "key", "command", "leg"):
                assert f'name="{name}" value=""' not in form
                assert f'name="{name}" value="' in form


def test_a_return_is_reviewed_with_the_proposed_unit_at_hand(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.REQUEST_RETURN, "xietu", code="not_our_duty", clause="清单0701条", proposed_unit="cgzf")
    visitor = house.as_("paidan")
    page = visitor.get(path(ticket) + "?q=returns")
    assert "申请退单：不属于本单位职责。依据：清单0701条" in page.text
    chosen = re.search(r'id="approve_return-1-unit".*?</select>', page.html, flags=re.DOTALL)
    assert chosen
    assert '<option value="cgzf" selected>' in chosen.group()
    assert visitor.send(page, "do-approve_return", path(ticket), unit="cgzf").status == 303
    assert house.ticket(ticket.no).legs[0].unit == "cgzf"


def test_a_return_is_refused_with_a_reason(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.REQUEST_RETURN, "xietu", code="not_our_duty", clause="清单0701条", proposed_unit="cgzf")
    visitor = house.as_("paidan")
    page = visitor.get(path(ticket))
    assert visitor.send(page, "do-refuse_return", path(ticket), reason="").status == 422
    assert visitor.send(page, "do-refuse_return", path(ticket), reason="清单写明").status == 303
    assert house.ticket(ticket.no).legs[0].state is LegState.IN_PROGRESS


def test_an_extension_is_granted_by_two(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    house.do(ticket, C.CONTACT, "xietu", reached=True)
    house.do(ticket, C.START, "xietu")
    house.do(ticket, C.REQUEST_EXTENSION, "xietu", days=3, reason="材料未到")
    first, second = house.as_("paidan"), house.as_("ducha")
    first.send(first.get(path(ticket)), "do-grant_extension", path(ticket))
    again = first.send(first.get(path(ticket)), "do-grant_extension", path(ticket))
    assert again.status == 409
    assert "延期须由两人审批" in again.text
    page = second.get(path(ticket))
    assert "已有一人同意，待第二人审批" in page.text
    second.send(page, "do-grant_extension", path(ticket), reason="同意")
    assert house.ticket(ticket.no).legs[0].extended_days == 3


def test_a_call_back_closes_or_orders_rework(house: Any) -> None:
    visitor = house.as_("huifang")
    for solved, state in (("yes", LegState.CLOSED), ("no", LegState.REWORK)):
        ticket = house.open(lead="centre_xietu")
        house.do(ticket, C.ACCEPT, "xietu")
        house.do(ticket, C.REPLY, "xietu", answer="已处理。")
        house.do(ticket, C.PASS_REPLY, "paidan")
        page = visitor.get(path(ticket) + "?q=callback")
        assert "已处理。" in page.text
        fields = {"reached": "yes", "solved": solved, "contacted": "yes", "satisfaction": "4", "note": "n"}
        assert visitor.send(page, "do-call_back", path(ticket), **fields).status == 303
        assert house.ticket(ticket.no).state is state


def test_a_likely_double_is_merged_with_one_click_and_can_be_taken_back(house: Any) -> None:
    master, double = house.open(), house.open()
    visitor = house.as_("paidan")
    page = visitor.get(path(double))
    assert "疑似重复" in page.text
    assert f'name="master" value="{master.no}"' in page.html
    fields = page.hidden("do-merge") | {"master": master.no, "reason": "同一工地"}
    assert visitor.post(path(double), fields).status == 303
    after = visitor.get(path(double))
    assert f"已并入{master.no}" in after.text
    assert visitor.send(after, "do-unmerge", path(double), reason="不是一回事").status == 303
    assert house.ticket(double.no).state is LegState.RECEIVED


def test_the_caller_is_shown_once_with_a_reason_on_record(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    visitor = house.as_("paidan")
    page = visitor.get(path(ticket))
    reveal = path(ticket) + "/reveal"
    without = visitor.send(page, reveal, reveal, reason=" ")
    assert without.status == 422
    assert "查看来电人信息须填写理由" in without.text
    shown = visitor.send(page, reveal, reveal, reason="核实门牌")
    assert shown.status == 200
    assert PHONE in shown.text
    assert "来电人甲" in shown.text
    again = visitor.get(path(ticket))
    assert PHONE not in again.html
    assert "派单员甲：核实门牌" in again.text
    assert "派单员甲：核实门牌" not in house.as_("xietu").get(path(ticket, "/desk")).text


def test_a_unit_sees_the_caller_only_while_it_works_on_the_ticket(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    visitor = house.as_("xietu")
    page = visitor.get(path(ticket, "/desk"))
    assert "签收后、办理期间可查看" in page.text
    reveal = path(ticket, "/desk") + "/reveal"
    csrf = page.hidden("/logout")["csrf"]
    assert visitor.post(reveal, {"csrf": csrf, "reason": "联系市民"}).status == 403
    house.do(ticket, C.ACCEPT, "xietu")
    shown = visitor.send(visitor.get(path(ticket, "/desk")), reveal, reveal, reason="联系市民")
    assert PHONE in shown.text


def test_markup_in_words_stays_words(house: Any) -> None:
    ticket = house.open("<script>alert(1)</script>工地", place="<b>路</b>", lead="centre_xietu")
    house.do(ticket, C.NOTE, "paidan", text="<img src=x onerror=alert(1)>")
    for login, base in (("paidan", "/workbench"), ("xietu", "/desk")):
        page = house.as_(login).get(path(ticket, base))
        assert "<script>alert" not in page.html
        assert "<img src=x" not in page.html
        assert "<b>路" not in page.html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;工地" in page.html


def test_a_message_that_could_not_be_understood_does_not_leak_its_words(house: Any) -> None:
    from sqlalchemy import update

    from tickets.store import table
    from tickets.tables import MessageRow

    ticket = house.open("原文里有秘密")
    t = table(MessageRow)
    with house.database.transaction() as session:
        session.execute(update(t).where(t.c.receipt_no == ticket.no).values(understanding=None, text="秘密的原文"))
    assert "秘密的原文" not in house.as_("paidan").get(path(ticket)).text


def test_clocks_of_an_earlier_holder_leave_the_leg(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    house.do(ticket, C.REQUEST_RETURN, "xietu", code="not_our_duty", clause="c", proposed_unit="cgzf")
    house.do(ticket, C.APPROVE_RETURN, "paidan", unit="cgzf")
    page = house.as_("ducha").get(path(ticket))
    legs = page.text.split("承办环节")[1].split("派单依据")[0]
    assert "城管执法局已派单" in legs
    assert "签收按时完成" not in legs
    assert legs.count("签收剩") == 1


def test_what_the_system_did_later_says_when_it_was_noticed(house: Any) -> None:
    from datetime import timedelta

    from dashboards.queries.names import Names
    from dashboards.sentences import line
    from tickets.types import Event

    now = house.clock.now()
    data = {"kind": "finish", "step": "red", "unit": "cgzf", "to": []}
    event = Event(
        ticket_no="1",
        seq=1,
        kind=EventKind.CLOCK_WARNED,
        at=now,
        recorded_at=now + timedelta(hours=2),
        actor=SYSTEM.id,
        data=data,
    )
    assert line(event, Names(), {}).late == now + timedelta(hours=2)


def _events(house: Any, ticket: Any) -> list[Any]:
    with house.database.reading() as session:
        return events_of(session, ticket.no)


def house_names(session: Any) -> Any:
    from dashboards.queries.names import NamesCache

    return NamesCache().get(session)
