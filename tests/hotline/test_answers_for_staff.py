"""What staff see of the knowledge base: likely passages beside a ticket, a quoted reply, and how it is used."""

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from accounts import store as account_store
from tickets.store import table
from tickets.tables import QuoteRow
from tickets.types import Role

PASSWORD = "a long enough 1 word"
PERMIT = "请问居住证快到期了，续签居住证怎么办，我的电话13800000000"
QUESTION = "请问我的受理编号弄丢了怎么办，还能查到吗"


def seen(html: str) -> str:
    """The visible words of a page."""
    return unescape(
        re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", re.sub(r"<(script|style|svg)\b.*?</\1>", "", html, flags=re.DOTALL)))
    )


def signed_in(house: Any, login: str, role: Role, unit: str | None = None) -> TestClient:
    with house.runtime.database.transaction() as session:
        account_store.add_account(
            session, login, name=login, password=PASSWORD, roles=[role], unit=unit, now=house.clock.now()
        )
    client = TestClient(house.http.app, base_url="http://127.0.0.1")
    client.__enter__()
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code in (200, 303)
    return client


def hidden(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form that posts to `action`."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', html, flags=re.DOTALL)
    assert found, action
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[1])
    }


def opened(house: Any, text: str, number: str = "1") -> str:
    client = house.client("operator")
    body = {"channel": "api", "external_id": f"staff-{number}", "sender": "13800000000", "text": text, "facts": {}}
    receipt = client.post("/api/v1/messages", json=body).json()["receipt_no"]
    house.settle()
    found = client.get(f"/api/v1/messages/{receipt}").json()
    return str(found["tickets"][0])


def in_progress(house: Any, text: str) -> tuple[TestClient, str]:
    """Somebody of the unit that has an enquiry's ticket and is at work on it, and the ticket's address at the desk."""
    number = opened(house, text)
    unit = house.client("dispatcher").get(f"/api/v1/tickets/{number}").json()["legs"][0]["unit"]
    program = house.client("centre", unit)
    for command in ({"command": "accept"}, {"command": "contact", "reached": True}, {"command": "start"}):
        assert program.post(f"/api/v1/tickets/{number}/commands", json=command).status_code == 200
    return signed_in(house, "jingban", Role.CENTRE, unit), f"/desk/t/{number}"


@pytest.fixture
def operator(house: Any) -> TestClient:
    return signed_in(house, "jieting", Role.DISPATCHER)


def test_an_enquirys_ticket_shows_the_likely_passages_with_confidence_date_and_warning(
    house: Any, operator: TestClient
) -> None:
    page = seen(operator.get(f"/workbench/t/{opened(house, PERMIT)}").text)
    assert "居住证怎么办、怎么续签" in page
    assert re.search(r"居住证怎么办、怎么续签把握\d+%待核", page)
    assert "下次审核日期2027-04-17" in page
    assert "依据尚未核对，系统不会自动答复市民" in page


def test_a_passage_is_quoted_into_the_reply_with_one_click_and_counted_once(house: Any) -> None:
    handler, path = in_progress(house, PERMIT)
    data = hidden(handler.get(path).text, f"{path}/quote")
    assert data["article"] == "K180"
    first, quoted = (handler.post(f"{path}/quote", data=data) for _ in range(2))
    assert (first.status_code, quoted.status_code) == (200, 200)
    form = re.search(
        r'<details class="act" id="do-reply" open>.*?<textarea[^>]*>(.*?)</textarea>', quoted.text, re.DOTALL
    )
    assert form
    assert "条件和材料以随申办公布的为准" in form[1]
    with house.runtime.database.reading() as session:
        found = [(row.ticket_no, row.article, row.actor) for row in session.execute(select(table(QuoteRow)))]
    assert found == [(path.rpartition("/")[2], "K180", "jingban")]


def test_what_cannot_be_quoted_is_refused_with_a_sentence(house: Any, operator: TestClient) -> None:
    handler, path = in_progress(house, PERMIT)
    data = hidden(handler.get(path).text, f"{path}/quote")
    refused = handler.post(f"{path}/quote", data=data | {"article": "K999"})
    assert refused.status_code == 404
    assert "没有这条知识" in seen(refused.text)
    assert handler.post(f"{path}/quote", data={"article": "K180"}).status_code == 403
    assert handler.get(f"{path}?quote=../../x").status_code == 200
    stranger = signed_in(house, "bieren", Role.CENTRE, "centre_tianping")
    theirs = data | {"csrf": hidden(stranger.get("/desk").text, "/logout")["csrf"]}
    assert stranger.post(f"{path}/quote", data=theirs).status_code == 404
    assert "引用答复" not in seen(operator.get(path.replace("/desk", "/workbench")).text)  # the reply is the unit's


def test_the_administrators_page_counts_use_and_keeps_questions_without_an_answer(
    house: Any, operator: TestClient
) -> None:
    handler, path = in_progress(house, PERMIT)
    handler.post(f"{path}/quote", data=hidden(handler.get(path).text, f"{path}/quote"))
    client = house.client("operator")
    body = {
        "channel": "web",
        "external_id": "told-1",
        "sender": "13800000000",
        "text": QUESTION,
        "facts": {"answers": True},
    }
    receipt = client.post("/api/v1/messages", json=body).json()["receipt_no"]
    house.settle()
    client.post(f"/api/v1/messages/{receipt}/unsolved")
    house.settle()
    admin = signed_in(house, "guanli", Role.ADMIN)
    page = admin.get("/admin/knowledge?by=unsolved")
    assert page.status_code == 200
    words = seen(page.text)
    first = re.findall(r"<tr>(.*?)</tr>", page.text, flags=re.DOTALL)[1]
    figures = re.findall(r'data-label="(答复市民|已解决|没有解决|被引用)">(.*?)</td>', first, flags=re.DOTALL)
    assert "K153" in first
    assert {name: seen(value) for name, value in figures} == {
        "答复市民": "1",
        "已解决": "0",
        "没有解决": "1",
        "被引用": "0",
    }
    assert "续签居住证怎么办" in words
    assert "13800000000" not in page.text
    assert "知识待核" in words
    by_use = seen(admin.get("/admin/knowledge?by=use").text)
    assert by_use.index("K153") < by_use.index("K001")
    assert by_use.index("K180") < by_use.index("K001")
    assert admin.get("/admin/knowledge?by=nonsense").status_code == 422
    assert operator.get("/admin/knowledge").status_code == 403


def test_staff_see_which_passage_did_not_help(house: Any, operator: TestClient) -> None:
    client = house.client("operator")
    body = {"channel": "web", "external_id": "told-2", "sender": "13800000000", "text": QUESTION}
    receipt = client.post("/api/v1/messages", json=body | {"facts": {"answers": True}}).json()["receipt_no"]
    house.settle()
    number = client.post(f"/api/v1/messages/{receipt}/unsolved").json()["receipt_no"]
    house.settle()
    page = seen(operator.get(f"/workbench/t/{number}").text)
    assert "市民已看过“受理编号是什么、丢了怎么办”（K153），说没有解决。" in page


def test_stale_articles_come_first_on_the_administrators_page(house: Any) -> None:
    admin = signed_in(house, "guanli", Role.ADMIN)
    words = seen(admin.get("/admin/knowledge").text)
    assert words.index("待核") < words.index("可用")
    house.clock.set(house.clock.now().replace(year=2027, month=1, day=20))
    later = seen(signed_in(house, "guanli2", Role.ADMIN).get("/admin/knowledge").text)
    assert later.index("已过期") < later.index("待核", later.index("下次审核"))
