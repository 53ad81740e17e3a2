"""The meeting room: who sees which dispute, who may speak, and the chair's ruling going back to the unit."""

from typing import Any

import pytest

from tickets.types import CommandKind as C
from tickets.types import LegState as S


@pytest.fixture
def disputed(house: Any) -> Any:
    """Two units have returned it: the engine put it on the agenda, the street is interim."""
    ticket = house.open("大木桥路附近有人做无证盒饭", matter="0401", lead="scjg")
    house.do(ticket, C.REQUEST_RETURN, "scjg", code="needs_lead", clause="条例第十二条", proposed_unit="cgzf")
    house.do(ticket, C.APPROVE_RETURN, "paidan", unit="cgzf")
    house.do(ticket, C.REQUEST_RETURN, "cgzf", code="not_our_duty", clause="清单0401条", proposed_unit="centre_xietu")
    assert house.ticket(ticket.no).legs[0].state is S.DISPUTED
    return ticket


def room(ticket: Any) -> str:
    return f"/meetings/{ticket.no}-1"


def test_the_agenda_shows_dispute_parties_interim_handler_and_clock(house: Any, disputed: Any) -> None:
    text = house.as_("zhaoji").get("/meetings").text
    for words in (f"{disputed.no}-1", "无证餐饮与盒饭", "市场监管局、城管执法局", "斜土路街道回应中心", "办公室裁定剩"):
        assert words in text, words
    assert "还没有裁定过的议题" in house.as_("zhaoji").get("/meetings?ruled=true").text


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        ("zhaoji", 200),
        ("paidan", 200),
        ("ducha", 200),
        ("lingdao", 200),
        ("scjg", 200),
        ("cgzf", 200),
        ("xietu", 200),
        ("tianping", 404),
    ],
)
def test_a_unit_sees_its_own_disputes_only(house: Any, disputed: Any, login: str, sees: int) -> None:
    visitor = house.as_(login)
    assert visitor.get(room(disputed)).status == sees
    assert (disputed.no in visitor.get("/meetings").text) is (sees == 200)


@pytest.mark.parametrize("item", ["x", "26091400000001", "26091499999999-1", "26091400000001-%00"])
def test_an_unknown_item_is_not_found(house: Any, item: str) -> None:
    assert house.as_("zhaoji").get(f"/meetings/{item}").status == 404


def test_a_party_states_for_its_own_unit(house: Any, disputed: Any) -> None:
    visitor = house.as_("scjg")
    form = room(disputed) + "/statement"
    page = visitor.get(room(disputed))
    assert visitor.send(page, form, form, text=" ").status == 422
    done = visitor.send(page, form, form, text="属占道，应由城管；另见电话19900001234")
    assert done.location == f"{room(disputed)}?done=statement"
    seen = house.as_("zhaoji").get(room(disputed))
    assert "市场监管局" in seen.text.split("陈述意见")[1]
    assert "属占道，应由城管；另见电话199********" in seen.text
    assert "市场监管承办员甲" in seen.text


@pytest.mark.parametrize("login", ["lingdao", "scjg", "xietu", "paidan"])
def test_only_the_chair_rules(house: Any, disputed: Any, login: str) -> None:
    visitor = house.as_(login)
    page = visitor.get(room(disputed))
    assert "do-ruling" not in page.html
    fields = {"csrf": page.hidden("/logout")["csrf"], "lead": "gongshang", "reason": "r"}
    assert visitor.post(room(disputed) + "/ruling", fields).status == 403
    assert house.ticket(disputed.no).legs[0].state is S.DISPUTED


def test_a_ruling_flows_back_with_return_forbidden(house: Any, disputed: Any) -> None:
    visitor = house.as_("zhaoji")
    form = room(disputed) + "/ruling"
    page = visitor.get(room(disputed))
    missing = visitor.send(page, form, form, lead="", reason="依清单", words="盒饭")
    assert missing.status == 422
    assert "请选择主办单位。" in missing.text
    assert 'value="盒饭"' in missing.html
    done = visitor.send(
        visitor.get(room(disputed)),
        form,
        form,
        lead="scjg",
        supports=["centre_xietu", "scjg"],
        reason="无证餐饮由其查处",
        clause="待核",
        precedent="yes",
        words="盒饭、快餐 流动餐车",
    )
    assert done.location == f"{room(disputed)}?done=ruling"
    leg = house.ticket(disputed.no).legs[0]
    assert (leg.unit, leg.state, leg.return_forbidden) == ("scjg", S.DISPATCHED, True)
    after = visitor.get(done.location)
    assert "已裁定，工单已回流至主办单位，不得再退。" in after.text
    assert "主办市场监管局" in after.text
    assert "do-ruling" not in after.html
    assert disputed.no in visitor.get("/meetings?ruled=true").text
    assert disputed.no not in visitor.get("/meetings").text


def test_words_of_a_precedent_are_taken_apart(house: Any) -> None:
    from starlette.datastructures import FormData

    from dashboards.meetings import _ruling_fields, _wish

    sent = [("lead", "scjg"), ("reason", "r"), ("precedent", "yes"), ("words", "盒饭、快餐， 盒饭;流动餐车")]
    assert _wish(_ruling_fields(FormData(sent))).words == ("盒饭", "快餐", "流动餐车")
    without = _wish(_ruling_fields(FormData([one for one in sent if one[0] != "precedent"])))
    assert (without.precedent, without.words) == (False, ())


def test_a_second_ruling_is_refused(house: Any, disputed: Any) -> None:
    visitor = house.as_("zhaoji")
    form = room(disputed) + "/ruling"
    page = visitor.get(room(disputed))
    assert visitor.send(page, form, form, lead="scjg", reason="r").status == 303
    assert visitor.send(page, form, form, lead="cgzf", reason="r").status == 409
    assert house.ticket(disputed.no).legs[0].unit == "scjg"


def test_a_former_party_reads_the_ruling_but_no_longer_the_ticket(house: Any, disputed: Any) -> None:
    chair = house.as_("zhaoji")
    form = room(disputed) + "/ruling"
    chair.send(chair.get(room(disputed)), form, form, lead="scjg", reason="无证餐饮由其查处")
    page = house.as_("cgzf").get(room(disputed))
    assert page.status == 200
    assert "无证餐饮由其查处" in page.text
    assert "工单内容只对承办单位和热线可见" in page.text
    assert "大木桥路附近有人做无证盒饭" not in page.text


def test_a_leader_does_not_read_a_confidential_ticket_through_its_dispute(house: Any) -> None:
    ticket = house.open("举报内容甲", confidential=True)
    house.do(ticket, C.DISPUTE, "paidan", reason="清单重叠", units=["scjg", "cgzf"])
    leader, chair = house.as_("lingdao"), house.as_("zhaoji")
    for page in (leader.get("/meetings"), leader.get(room(ticket))):
        assert "举报内容甲" not in page.text
    assert "举报内容甲" in chair.get(room(ticket)).text


def test_statement_and_ruling_need_the_sessions_token(house: Any, disputed: Any) -> None:
    visitor = house.as_("zhaoji")
    for form in ("statement", "ruling"):
        assert visitor.post(f"{room(disputed)}/{form}", {"text": "t", "lead": "scjg", "reason": "r"}).status == 403
