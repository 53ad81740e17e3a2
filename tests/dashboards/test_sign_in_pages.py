"""Signing in, being sent back, and what a form must prove."""

from datetime import timedelta
from typing import Any

import pytest

from dashboards import auth, pages

PASSWORD = "drei-Wege-2026"


@pytest.mark.parametrize("path", ["/workbench", "/desk", "/meetings", "/workbench/t/26091400000001?q=triage"])
def test_whoever_is_not_signed_in_is_led_to_the_form_and_back(house: Any, path: str) -> None:
    visitor = house.visitor()
    sent = visitor.get(path)
    assert sent.status == 303
    assert sent.location.startswith("/login?next=/")
    form = visitor.get(sent.location)
    back = visitor.send(form, "/login", "/login", login="paidan", password=PASSWORD)
    assert (back.status, back.location) == (303, path)


@pytest.mark.parametrize(
    ("login", "home"),
    [
        ("huawu", "/workbench"),
        ("paidan", "/workbench"),
        ("ducha", "/workbench"),
        ("huifang", "/workbench"),
        ("xietu", "/desk"),
        ("zhaoji", "/meetings"),
        ("lingdao", "/board"),
        ("guanli", "/admin"),
    ],
)
def test_everybody_starts_at_the_own_place(house: Any, login: str, home: str) -> None:
    answer = house.visitor().post("/login", {"login": login, "password": PASSWORD})
    assert answer.location == home
    assert house.as_(login).get("/login").location == home, "who is signed in needs no form"


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x", ""]
)
def test_nobody_is_sent_elsewhere_after_signing_in(house: Any, wanted: str) -> None:
    answer = house.visitor().post("/login", {"login": "paidan", "password": PASSWORD, "next": wanted})
    assert answer.location == "/workbench"


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(house: Any) -> None:
    answer = house.visitor().client.post("/login", data={"login": "paidan", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie, "this machine has no TLS"
    far = house.visitor().client.post("http://hotline.example/login", data={"login": "paidan", "password": PASSWORD})
    assert "; secure" in far.headers["set-cookie"].lower()


def test_a_wrong_password_keeps_the_login_and_says_what_to_do(house: Any) -> None:
    answer = house.visitor().post("/login", {"login": "paidan", "password": "falsch"})
    assert answer.status == 401
    assert "登录名或密码不正确" in answer.text
    assert 'value="paidan"' in answer.html
    assert "falsch" not in answer.html


def test_after_five_failures_the_page_says_to_wait(house: Any) -> None:
    visitor = house.visitor()
    codes = [visitor.post("/login", {"login": "paidan", "password": "falsch"}).status for _ in range(6)]
    assert codes == [401] * 5 + [429]
    assert "15分钟后再试" in visitor.post("/login", {"login": "paidan", "password": PASSWORD}).text
    house.clock.advance(timedelta(minutes=15))
    assert visitor.post("/login", {"login": "paidan", "password": PASSWORD}).status == 303


def test_a_session_ends_by_itself_and_by_signing_out(house: Any) -> None:
    visitor = house.as_("paidan")
    page = visitor.get("/workbench")
    house.clock.advance(timedelta(hours=12))
    assert visitor.get("/workbench").status == 303
    visitor = house.as_("paidan")
    assert visitor.send(visitor.get("/workbench"), "/logout", "/logout").location == "/login"
    assert visitor.get("/workbench").status == 303
    assert page.status == 200


def test_signing_out_needs_the_token_too(house: Any) -> None:
    visitor = house.as_("paidan")
    assert visitor.post("/logout", {}).status == 403
    assert visitor.get("/workbench").status == 200


@pytest.mark.parametrize("token", ["", "wrong", "ü"])
def test_a_form_without_the_sessions_token_does_nothing(house: Any, token: str) -> None:
    ticket = house.open()
    visitor = house.as_("paidan")
    answer = visitor.post(f"/workbench/t/{ticket.no}", {"command": "dispatch", "unit": "cgzf", "csrf": token})
    assert answer.status == 403
    assert "页面已过期" in answer.text
    assert house.ticket(ticket.no).version == ticket.version


def test_another_persons_token_is_no_proof(house: Any) -> None:
    ticket = house.open()
    theirs = house.as_("ducha").get(f"/workbench/t/{ticket.no}").hidden("/logout")["csrf"]
    answer = house.as_("paidan").post(
        f"/workbench/t/{ticket.no}", {"command": "dispatch", "unit": "cgzf", "csrf": theirs}
    )
    assert answer.status == 403


def test_a_form_that_the_browser_says_comes_from_elsewhere_is_refused(house: Any) -> None:
    ticket = house.open()
    visitor = house.as_("paidan")
    fields = visitor.get(f"/workbench/t/{ticket.no}").hidden("do-dispatch") | {"unit": "cgzf"}
    path = f"/workbench/t/{ticket.no}"
    assert visitor.post(path, fields, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert visitor.post(path, fields, **{"Sec-Fetch-Site": "same-origin"}).status == 303
    foreign = house.visitor().post(
        "/login", {"login": "paidan", "password": PASSWORD}, **{"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status == 403


def test_the_token_may_come_in_a_header(house: Any) -> None:
    ticket = house.open()
    visitor = house.as_("paidan")
    fields = visitor.get(f"/workbench/t/{ticket.no}").hidden("do-dispatch") | {"unit": "cgzf"}
    csrf = fields.pop("csrf")
    assert visitor.post(f"/workbench/t/{ticket.no}", fields, **{auth.CSRF_HEADER: csrf}).status == 303


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("xietu", "/workbench"),
        ("guanli", "/workbench"),
        ("zhaoji", "/workbench"),
        ("paidan", "/desk"),
        ("huifang", "/meetings"),
        ("guanli", "/meetings"),
    ],
)
def test_a_page_of_another_post_is_refused_in_words(house: Any, login: str, path: str) -> None:
    answer = house.as_(login).get(path)
    assert answer.status == 403
    assert "您的岗位不能查看此页面" in answer.text
    assert path not in [link.href for link in pages.nav(_viewer(house, login), "/")]


def test_pages_are_never_kept_by_a_cache_and_carry_the_readers_name(house: Any) -> None:
    visitor = house.as_("paidan")
    answer = visitor.client.get("/workbench")
    assert answer.headers["cache-control"] == "no-store"
    assert "派单员甲 paidan 2026-09-14 10:00" in answer.text


def _viewer(house: Any, login: str) -> Any:
    from accounts import store

    cookie = store.sign_in(house.database, login, PASSWORD, now=house.clock.now(), hours=1)
    with house.database.reading() as session:
        return store.who(session, cookie, house.clock.now())
