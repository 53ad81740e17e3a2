"""A centre's day: accept, contact, start, reply; return, extension, hold; and nothing of anybody else's."""

from datetime import timedelta
from typing import Any

import pytest

from tickets.store import events_of
from tickets.types import CommandKind as C
from tickets.types import LegState as S


def path(ticket: Any) -> str:
    return f"/desk/t/{ticket.no}"


def state(house: Any, ticket: Any) -> S:
    found: S = house.ticket(ticket.no).legs[0].state
    return found


def data_of(house: Any, ticket: Any) -> dict[str, Any]:
    with house.database.reading() as session:
        return dict(events_of(session, ticket.no)[-1].data)


@pytest.fixture
def in_hand(house: Any) -> Any:
    """A ticket that the unit works on."""
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    house.do(ticket, C.CONTACT, "xietu", reached=True)
    house.do(ticket, C.START, "xietu")
    return ticket


def test_the_list_holds_the_own_units_tickets_only(house: Any) -> None:
    mine, theirs = house.open(lead="centre_xietu"), house.open(lead="centre_tianping")
    page = house.as_("xietu").get("/desk")
    assert mine.no in page.text
    assert theirs.no not in page.text
    assert "斜土路街道回应中心" in page.text
    assert theirs.no not in house.as_("xietu").get(f"/desk/search?s={theirs.no}").html.replace(
        f'value="{theirs.no}"', ""
    ).replace(f"“{theirs.no}”", "")


def test_a_ticket_is_accepted_from_the_list_with_one_key(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    visitor = house.as_("xietu")
    done = visitor.send(visitor.get("/desk"), path(ticket), path(ticket))
    assert done.location == "/desk?q=new&done=accept"
    assert state(house, ticket) is S.ACCEPTED
    after = visitor.get(done.location)
    assert "已签收，请尽快联系市民。" in after.text
    assert "没有待签收的工单" in after.text
    page = house.as_("xietu").get(path(house.open(lead="centre_xietu")))
    assert 'accesskey="a"' in page.html


def test_a_ticket_goes_its_way_by_forms_alone(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    visitor = house.as_("xietu")

    def send(form: str, **fields: Any) -> int:
        status: int = visitor.send(visitor.get(path(ticket)), form, path(ticket), **fields).status
        return status

    assert send("do-accept") == 303
    assert send("do-contact", reached="no", note="") == 409, "why not must be said"
    assert send("do-contact", reached="no", note="两次无人接听") == 303
    assert send("do-start") == 303
    assert send("do-reply", answer="已清理。", note="现场见证", evidence="照片1\n照片2") == 303
    assert state(house, ticket) is S.REPLIED
    data = data_of(house, ticket)
    assert (data["answer"], data["note"], data["evidence"]) == ("已清理。", "现场见证", ["照片1", "照片2"])


def test_what_cannot_be_done_by_law_needs_its_basis(house: Any, in_hand: Any) -> None:
    visitor = house.as_("xietu")
    page = visitor.get(path(in_hand))
    answer = visitor.send(page, "do-reply", path(in_hand), answer="依法不能办理。", cannot_act="yes")
    assert answer.status == 409
    assert "“依法无法办理”须写明依据。" in answer.text
    assert 'name="cannot_act" value="yes" checked' in answer.html
    done = visitor.send(
        visitor.get(path(in_hand)), "do-reply", path(in_hand), answer="依法不能办理。", cannot_act="yes", basis="待核"
    )
    assert done.status == 303
    assert data_of(house, in_hand)["cannot_act"] is True


def test_a_matter_is_settled_on_the_spot(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    visitor = house.as_("xietu")
    assert visitor.send(visitor.get(path(ticket)), "do-settle", path(ticket), answer="已恢复。").status == 303
    assert state(house, ticket) is S.REPLIED


def test_a_return_names_reason_clause_and_unit_while_the_window_is_open(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    visitor = house.as_("xietu")
    page = visitor.get(path(ticket))
    assert "可申请退单至9月15日10:01（还剩1天）。" in page.text
    fields = {
        "code": "not_our_area",
        "clause": "责任清单0701条",
        "proposed_unit": "centre_tianping",
        "text": "在界河以北",
    }
    assert visitor.send(page, "do-request_return", path(ticket), **fields | {"clause": ""}).status == 422
    assert visitor.send(visitor.get(path(ticket)), "do-request_return", path(ticket), **fields).status == 303
    assert state(house, ticket) is S.RETURN_REQUESTED
    assert ticket.no in visitor.get("/desk?q=asked").text


def test_after_the_window_a_return_is_no_longer_offered(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    house.clock.advance(timedelta(days=1, minutes=5))
    page = house.as_("xietu").get(path(ticket))
    assert "退单时限已于今天10:01截止。" in page.text
    assert "do-request_return" not in page.html


def test_an_interim_handler_is_not_offered_a_return(house: Any) -> None:
    ticket = house.open()
    house.do(ticket, C.DISPUTE, "paidan", reason="清单重叠", units=["scjg", "cgzf"])
    page = house.as_("xietu").get(path(ticket))
    assert "先行受理" in page.text
    assert "不得退单" in page.text
    assert "do-accept" in page.html
    assert "do-request_return" not in page.html


def test_extension_and_hold_are_asked_for(house: Any, in_hand: Any) -> None:
    visitor = house.as_("xietu")
    answer = visitor.send(visitor.get(path(in_hand)), "do-request_extension", path(in_hand), days="11", reason="r")
    assert answer.status == 422
    assert "1至10" in answer.text
    assert visitor.send(visitor.get(path(in_hand)), "do-request_hold", path(in_hand), reason="等待判决").status == 303
    assert state(house, in_hand) is S.HOLD_REQUESTED


def test_a_unit_acts_on_its_own_leg_only(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ADD_SUPPORT, "paidan", unit="scjg", reason="核查")
    own, other = house.ticket(ticket.no).legs
    page = house.as_("scjg").get(path(ticket))
    assert f'name="leg" value="{other.id}"' in page.html
    assert f'name="leg" value="{own.id}"' not in page.html
    fields = page.hidden("do-accept") | {"leg": own.id}
    answer = house.as_("scjg")
    fields["csrf"] = answer.get("/desk").hidden("/logout")["csrf"]
    refused = answer.post(path(ticket), fields)
    assert refused.status == 403
    assert "不在您单位名下" in refused.text
    assert house.ticket(ticket.no).legs[0].state is S.DISPATCHED


def test_what_was_done_today_can_be_looked_at(house: Any, in_hand: Any) -> None:
    house.do(in_hand, C.REPLY, "xietu", answer="已处理。")
    visitor = house.as_("xietu")
    assert in_hand.no in visitor.get("/desk?q=done").text
    house.clock.advance(timedelta(hours=14))
    visitor = house.as_("xietu")
    assert in_hand.no not in visitor.get("/desk?q=done").text


def test_somebody_with_two_posts_sees_by_the_wider_one(house: Any) -> None:
    from accounts import store
    from tickets.types import Role

    ticket = house.open(lead="centre_tianping")
    with house.database.transaction() as session:
        both = [Role.CENTRE, Role.SUPERVISOR]
        store.change_account(session, "xietu", name="兼职甲", roles=both, unit="centre_xietu", active=True)
    assert house.as_("xietu").get(f"/workbench/t/{ticket.no}").status == 200
