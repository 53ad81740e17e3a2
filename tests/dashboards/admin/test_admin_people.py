"""People and tokens: who may give them, secrets shown once, and doors that nobody locks from inside."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from accounts import store
from dashboards.admin.people import fresh_password
from plumbing.errors import Refused
from tickets.types import Role

NOW = datetime(2026, 7, 10, 2, tzinfo=UTC)
NEW = {"login": "zhang", "name": "派单员乙", "roles": ["dispatcher", "operator"], "unit": ""}


def _secret(html: str) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', html)
    assert found
    return unescape(found.group(1))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/units",
        "/units/edit",
        "/duties",
        "/duties/edit",
        "/versions",
        "/precedents",
        "/people",
        "/tokens",
        "/reveals",
        "/health",
    ],
)
def test_only_administrators_come_in(office: Any, path: str) -> None:
    assert office.get(f"/admin{path}").status_code == 200
    for login in ("dispatcher", "leader", "centre"):
        assert office.become(login).get(f"/admin{path}").status_code == 403
    office.cookies = {}
    answer = office.get(f"/admin{path}")
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login")


@pytest.mark.parametrize(
    "path", ["/people", "/people/edit", "/people/password", "/tokens", "/tokens/revoke", "/units/edit", "/duties/edit"]
)
def test_a_form_from_elsewhere_changes_nothing(office: Any, path: str) -> None:
    before = office.get("/admin/people").text
    answer = office.post(f"/admin{path}", {**NEW, "login": "dispatcher"}, csrf="guessed")
    assert answer.status_code == 403
    assert office.get("/admin/people").text.count("<tr>") == before.count("<tr>")


def test_a_new_persons_password_is_shown_once_and_opens_the_door(office: Any) -> None:
    answer = office.post("/admin/people", NEW)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    password = _secret(answer.text)
    assert password not in office.get("/admin/people").text
    assert store.sign_in(office.database, "zhang", password, now=NOW, hours=1)
    with office.read() as session:
        account = next(one for one in store.list_accounts(session) if one.login == "zhang")
    assert account.roles == {Role.DISPATCHER, Role.OPERATOR}
    assert account.unit is None


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"login": ""}, 422, "登录名应为"),
        ({"login": "a b"}, 422, "登录名应为"),
        ({"login": "admin"}, 409, "已被使用"),
        ({"name": " "}, 422, "请填写姓名"),
        ({"roles": []}, 422, "请至少选择一个岗位"),
        ({"roles": ["system"]}, 422, "请从列出的岗位中选择"),
        ({"roles": ["emperor"]}, 422, "请从列出的岗位中选择"),
        ({"roles": ["centre"]}, 422, "须选择所属单位"),
    ],
)
def test_what_is_wrong_with_a_new_person_is_said_and_the_rest_is_kept(
    office: Any, change: dict[str, Any], status: int, sentence: str
) -> None:
    answer = office.post("/admin/people", {**NEW, **change})
    assert answer.status_code == status
    assert sentence in answer.text
    assert 'value="派单员乙"' in answer.text or "name" in change
    with office.read() as session:
        assert len(store.list_accounts(session)) == 4


def test_a_person_who_is_made_inactive_is_signed_out(office: Any) -> None:
    cookie = store.sign_in(office.database, "dispatcher", "a long enough word", now=NOW, hours=1)
    answer = office.post("/admin/people/edit", {"login": "dispatcher", "name": "派单员甲", "roles": ["dispatcher"]})
    assert answer.status_code == 303
    with office.read() as session:
        assert store.who(session, cookie, NOW) is None
    assert "已停用" in office.get("/admin/people").text


@pytest.mark.parametrize("change", [{"active": ""}, {"roles": ["leader"]}])
def test_nobody_locks_the_own_door(office: Any, change: dict[str, Any]) -> None:
    fields = {"login": "admin", "name": "管理员甲", "roles": ["admin"], "active": "yes"} | change
    fields = {name: value for name, value in fields.items() if value}
    answer = office.post("/admin/people/edit", fields)
    assert answer.status_code == 409
    assert "不能停用自己的账号" in answer.text
    assert office.get("/admin").status_code == 200


def test_a_change_keeps_the_person_and_takes_the_new_particulars(office: Any) -> None:
    fields = {"login": "leader", "name": "督查员甲", "roles": ["supervisor"], "unit": "", "active": "yes"}
    assert office.post("/admin/people/edit", fields).headers["location"] == "/admin/people?done=person"
    page = office.get("/admin/people?done=person").text
    assert "人员信息已保存" in page
    assert "督查员甲" in page


def test_a_reset_password_ends_the_old_one(office: Any) -> None:
    password = _secret(office.post("/admin/people/password", {"login": "leader"}).text)
    with pytest.raises(Refused):
        store.sign_in(office.database, "leader", "a long enough word", now=NOW, hours=1)
    assert store.sign_in(office.database, "leader", password, now=NOW, hours=1)


def test_somebody_who_is_not_there_is_not_found(office: Any) -> None:
    assert office.get("/admin/people/edit?login=nobody").status_code == 404
    assert office.post("/admin/people/password", {"login": "nobody"}).status_code == 404
    assert office.post("/admin/people/edit", {"login": "nobody", "name": "x", "roles": ["leader"]}).status_code == 404


def test_passwords_are_long_different_and_easy_to_read() -> None:
    made = {fresh_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[a-hj-kmnp-z2-9]{4}(-[a-hj-kmnp-z2-9]{4}){2}", word) for word in made)


def test_a_token_is_shown_once_and_ends_after_its_days(office: Any) -> None:
    form = {"name": "区平台接口", "login": "dispatcher", "roles": ["dispatcher"], "days": "30"}
    token = _secret(office.post("/admin/tokens", form).text)
    assert token not in office.get("/admin/tokens").text
    with office.read() as session:
        actor = store.token_actor(session, token, NOW + timedelta(days=30, seconds=-1))
        assert actor is not None
        assert actor.id == "dispatcher"
        assert store.token_actor(session, token, NOW + timedelta(days=30)) is None


def test_a_revoked_token_opens_nothing(office: Any) -> None:
    form = {"name": "区平台接口", "login": "dispatcher", "roles": ["dispatcher"]}
    token = _secret(office.post("/admin/tokens", form).text)
    page = office.get("/admin/tokens").text
    found = re.search(r'name="hash" value="([0-9a-f]{64})"', page)
    assert found
    assert office.post("/admin/tokens/revoke", {"hash": found.group(1)}).status_code == 303
    with office.read() as session:
        assert store.token_actor(session, token, NOW) is None
    assert "已作废" in office.get("/admin/tokens").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "请写明令牌给谁用"),
        ({"roles": []}, "请至少选择一个岗位"),
        ({"days": "0"}, "1至3650"),
        ({"days": "forever"}, "1至3650"),
        ({"days": "9999999"}, "1至3650"),
    ],
)
def test_what_is_wrong_with_a_token_is_said(office: Any, change: dict[str, Any], sentence: str) -> None:
    form = {"name": "区平台接口", "login": "dispatcher", "roles": ["dispatcher"], "days": "", **change}
    answer = office.post("/admin/tokens", form)
    assert answer.status_code in (409, 422)
    assert sentence in answer.text


def test_a_token_for_nobody_is_not_found(office: Any) -> None:
    form = {"name": "x", "login": "nobody", "roles": ["leader"]}
    assert office.post("/admin/tokens", form).status_code == 404
