"""The residents' pages as a browser sees them."""

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from plumbing.errors import Refused

NO, TOKEN, TAIL = "26070312345674", "tokentokentoken", "1234"


def _form_id(html: str) -> str:
    found = re.search(r'name="form_id" value="([^"]+)"', html)
    assert found
    return found.group(1)


def _plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_danger_comes_before_the_form(world: Any) -> None:
    html = world.client.get("/").text
    assert html.index('href="tel:110"') < html.index("<form")
    assert all(f'href="tel:{number}"' in html for number in ("110", "119", "120"))


def test_every_form_has_an_id_of_its_own(world: Any) -> None:
    assert _form_id(world.client.get("/").text) != _form_id(world.client.get("/").text)


def test_a_double_click_gives_the_same_number_once(world: Any) -> None:
    form = {"form_id": _form_id(world.client.get("/").text), "text": "路灯不亮", "phone": "19900001234"}
    first, second = world.client.post("/", data=form), world.client.post("/", data=form)
    assert (first.status_code, second.status_code) == (200, 200)
    number = re.compile(r'受理编号：([\d ]+)"')
    assert number.findall(first.text) == number.findall(second.text)
    assert len(world.intake.taken) == 1
    assert "已经收到过了" in second.text
    assert "已经收到过了" not in first.text


def test_the_number_stands_in_large_groups_and_the_link_beside_it(world: Any) -> None:
    html = world.client.post("/", data={"text": "路灯不亮"}).text
    assert re.findall(r'<span aria-hidden="true">(\d+)</span>', html) == ["2607", "0300", "000", "000"]
    assert f'href="/follow/26070300000000?t={TOKEN}"' in html


def test_a_changed_form_under_an_old_id_keeps_its_words_and_gets_a_new_id(world: Any) -> None:
    form = {"form_id": "a" * 20, "text": "路灯不亮"}
    world.client.post("/", data=form)
    answer = world.client.post("/", data={**form, "text": "又有一件事"})
    assert answer.status_code == 409
    assert "又有一件事" in answer.text
    again = world.client.post("/", data={"form_id": _form_id(answer.text), "text": "又有一件事"})
    assert again.status_code == 200
    assert len(world.intake.taken) == 2


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"text": "", "place": "斜土路"}, 422, "请写下发生了什么"),
        ({"text": "x" * 5001, "place": "斜土路"}, 413, "5000字以内"),
        ({"text": "灯不亮", "phone": "123", "place": "斜土路"}, 422, "11位手机号"),
        ({"text": "灯不亮", "website": "spam", "place": "斜土路"}, 422, "网址"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    world: Any, form: dict[str, str], status: int, sentence: str
) -> None:
    form = {**form, "form_id": "b" * 20}
    answer = world.client.post("/", data=form)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert sentence in answer.text
    assert 'value="斜土路"' in answer.text
    assert _form_id(answer.text) == "b" * 20
    assert not world.intake.taken


def test_the_wrong_field_is_marked_for_a_screen_reader(world: Any) -> None:
    html = world.client.post("/", data={"text": "灯不亮", "phone": "123"}).text
    field = re.search(r'<input id="f-phone"[^>]*>', html)
    assert field
    assert 'aria-invalid="true"' in field.group()
    assert html.count('aria-invalid="true"') == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"\xff\xfe=%zz", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_answered_with_the_form(world: Any, body: bytes, kind: str) -> None:
    answer = world.client.post("/", content=body, headers={"content-type": kind})
    assert answer.status_code == 422
    assert "<form" in answer.text


def test_a_file_in_place_of_text_is_no_text(world: Any) -> None:
    answer = world.client.post("/", files={"text": ("a.txt", b"hello")})
    assert answer.status_code == 422


def test_markup_in_a_residents_words_is_shown_and_not_run(world: Any) -> None:
    html = world.client.post("/", data={"text": "<script>alert(1)</script>", "phone": "1"}).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_advice_in_danger_stands_above_the_number(world: Any) -> None:
    world.intake.advice = "请立即离开现场，并拨打燃气抢修电话或119。"
    html = world.client.post("/", data={"text": "煤气味很重"}).text
    assert html.index("请立即离开现场") < html.index("受理编号")
    assert 'href="tel:119"' in html


def test_a_question_is_asked_at_once(world: Any) -> None:
    world.intake.question = "请问在哪条路、哪个小区？"
    assert "请问在哪条路、哪个小区？" in world.client.post("/", data={"text": "墙根下有泥浆"}).text


def test_without_a_phone_link_and_code_are_named_as_the_only_way(world: Any) -> None:
    without = world.client.post("/", data={"text": "灯不亮"}).text
    assert "没有别的办法查" in without
    assert "toke ntok ento ken" in without
    with_phone = world.client.post("/", data={"text": "灯不亮", "phone": "199 0000 1234"}).text
    assert "没有别的办法查" not in with_phone
    assert "后四位（1234）" in with_phone


@pytest.mark.parametrize("way", ["token", "tail", "code"])
def test_the_ticket_opens_with_the_link_or_the_phones_tail(world: Any, way: str) -> None:
    if way == "token":
        answer = world.client.get(f"/follow/{NO}?t={TOKEN}")
    else:
        proof = TAIL if way == "tail" else "toke ntok ento ken"
        answer = world.client.post("/follow", data={"no": "2607 0312 345 674", "proof": proof})
    assert answer.status_code == 200
    assert "市政所" in answer.text
    assert "7月8日（周三）17:30" in answer.text


@pytest.mark.parametrize("path", [f"/follow/{NO}?t={TOKEN}", f"/follow/{NO}?t=wrong", "/follow", f"/follow/{NO}"])
def test_no_cache_keeps_a_followed_page_and_no_other_site_learns_its_address(world: Any, path: str) -> None:
    answer = world.client.get(path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_page_with_the_token_in_it_is_kept_by_no_cache(world: Any) -> None:
    assert world.client.post("/", data={"text": "灯不亮"}).headers["cache-control"] == "no-store"


def test_the_newest_step_stands_first(world: Any) -> None:
    html = world.client.get(f"/follow/{NO}?t={TOKEN}").text
    assert html.index("已交给市政所") < html.index("我们收到了您反映的事")


def test_a_wrong_proof_and_a_wrong_number_look_the_same(world: Any) -> None:
    wrong_proof = world.client.post("/follow", data={"no": NO, "proof": "9999"})
    wrong_number = world.client.post("/follow", data={"no": "26070300000000", "proof": TAIL})
    assert wrong_proof.status_code == wrong_number.status_code == 404
    assert "核对后再试" in wrong_proof.text
    assert 'value="2607 0312 345 674"' in wrong_proof.text
    assert "9999" not in wrong_proof.text


def test_too_many_tries_are_told_so(world: Any) -> None:
    answers = [world.client.post("/follow", data={"no": NO, "proof": "0000"}).status_code for _ in range(4)]
    assert answers == [404, 404, 404, 429]


def test_only_what_may_be_done_now_is_offered(world: Any) -> None:
    html = world.client.get(f"/follow/{NO}?t={TOKEN}").text
    assert "/supply" in html
    assert "/withdraw" in html
    assert "/rate" not in html
    assert "/reopen" not in html


def test_the_question_asked_back_is_answered_in_place(world: Any) -> None:
    world.follow.it = replace(world.follow.it, state="待市民补充", question="在哪条路？", may=("supply",))
    assert "在哪条路？" in world.client.get(f"/follow/{NO}?t={TOKEN}").text
    form = {"proof": TAIL, "text": "在斜土路\r\n", "form_id": "f" * 20}
    answer = world.client.post(f"/follow/{NO}/supply", data=form)
    assert answer.status_code == 200
    assert world.follow.done == [("supply", {"text": "在斜土路", "key": "f" * 20})]
    assert 'role="status"' in answer.text


def test_a_rating_reaches_the_desk_as_values(world: Any) -> None:
    world.follow.it = replace(world.follow.it, state="待回访", may=("rate",))
    world.client.post(f"/follow/{NO}/rate", data={"proof": TOKEN, "score": "5", "solved": "yes"})
    assert world.follow.done == [("rate", {"score": 5, "solved": True})]


def test_a_half_filled_rating_keeps_what_was_chosen(world: Any) -> None:
    world.follow.it = replace(world.follow.it, state="待回访", may=("rate",))
    answer = world.client.post(f"/follow/{NO}/rate", data={"proof": TOKEN, "solved": "no", "text": "还在漏"})
    assert answer.status_code == 422
    assert "请选择1至5分" in answer.text
    assert re.search(r'name="solved" value="no" checked', answer.text)
    assert "还在漏" in answer.text
    assert not world.follow.done


def test_what_the_state_does_not_allow_is_refused_on_the_page_as_it_stands(world: Any) -> None:
    world.follow.refuse = Refused("STATE", "当前状态为“已办结”，不能执行该操作。")
    answer = world.client.post(f"/follow/{NO}/withdraw", data={"proof": TOKEN, "reason": "好了"})
    assert answer.status_code == 409
    assert "不能执行该操作" in answer.text
    assert 'value="好了"' in answer.text


def test_acting_without_proof_is_like_not_finding_it(world: Any) -> None:
    answer = world.client.post(f"/follow/{NO}/withdraw", data={"reason": "好了"})
    assert answer.status_code == 404
    assert not world.follow.done


def test_every_action_carries_the_forms_id_so_that_a_double_click_does_it_once(world: Any) -> None:
    world.follow.it = replace(world.follow.it, state="待回访", may=("rate", "withdraw"))
    form_id = _form_id(world.client.get(f"/follow/{NO}?t={TOKEN}").text)
    world.client.post(f"/follow/{NO}/rate", data={"proof": TOKEN, "score": "5", "solved": "yes", "form_id": form_id})
    assert world.follow.done[0][1]["key"] == form_id


def test_an_action_that_does_not_exist_is_not_found(world: Any) -> None:
    assert world.client.post(f"/follow/{NO}/explode", data={"proof": TOKEN}).status_code == 404


def test_coming_back_to_an_actions_address_asks_for_the_proof_again(world: Any) -> None:
    answer = world.client.get(f"/follow/{NO}/rate", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/follow/{NO}")


def test_a_followed_page_never_shows_a_phone_number(world: Any) -> None:
    for html in (
        world.client.get(f"/follow/{NO}?t={TOKEN}").text,
        world.client.post("/follow", data={"no": NO, "proof": TAIL}).text,
    ):
        visible = _plain(html.replace(NO, "")).replace("12345", "")
        assert not re.search(r"1\d{10}", visible)
        assert TAIL not in visible


def test_the_pages_run_without_any_inline_script_or_style(world: Any) -> None:
    for path in ("/", "/follow", f"/follow/{NO}?t={TOKEN}"):
        html = world.client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert " style=" not in html
        assert " onclick=" not in html


def test_every_field_has_a_label_and_every_id_is_unique(world: Any) -> None:
    world.follow.it = replace(world.follow.it, may=("supply", "withdraw", "rate", "reopen"), question=None)
    for path in ("/", "/follow", f"/follow/{NO}?t={TOKEN}"):
        html = world.client.get(path).text
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        for kind, name in re.findall(r"<(input|textarea) id=\"([^\"]+)\"", html):
            assert f'for="{name}"' in html, (kind, name)


def test_an_empty_report_marks_the_field_that_is_missing(world: Any) -> None:
    html = world.client.post("/", data={"text": " "}).text
    field = re.search(r'<textarea id="f-text"[^>]*>', html)
    assert field
    assert 'aria-invalid="true"' in field.group()


def _opened(browser: Any, world: Any, **context: Any) -> Any:
    """The report's page in a browser whose requests the application answers in this process."""
    page = browser.new_context(**context).new_page()
    client = TestClient(world.client.app, base_url="http://127.0.0.1")

    def answer(route: Any, request: Any) -> None:
        got = client.request(
            request.method,
            request.url.removeprefix("http://127.0.0.1"),
            content=request.post_data_buffer,
            headers={name: value for name, value in request.headers.items() if name == "content-type"},
        )
        route.fulfill(status=got.status_code, headers={"content-type": got.headers["content-type"]}, body=got.content)

    page.route("**/*", answer)
    page.goto("http://127.0.0.1/")
    return page


def test_a_telephone_tells_where_it_is_only_when_asked_to(browser: Any, world: Any) -> None:
    here = {"latitude": 31.200123, "longitude": 121.443216, "accuracy": 12}
    page = _opened(browser, world, geolocation=here, permissions=["geolocation"])
    page.fill("#f-text", "路灯不亮")
    assert page.locator("[name=lat]").input_value() == ""
    page.click("text=使用我的位置")
    page.wait_for_selector("text=误差约12米")
    page.click("form[data-once] button[type=submit]")
    page.wait_for_selector("text=受理编号")
    (message,) = world.intake.taken.values()
    assert (message.facts["lat"], message.facts["lon"]) == ("31.200123", "121.443216")


def test_a_position_can_be_taken_back_and_one_that_is_not_given_is_no_fault(browser: Any, world: Any) -> None:
    here = {"latitude": 31.2, "longitude": 121.4}
    page = _opened(browser, world, geolocation=here, permissions=["geolocation"])
    page.click("text=使用我的位置")
    page.click("text=去掉我的位置")
    page.wait_for_selector("text=已去掉位置")
    assert page.locator("[name=lat]").input_value() == ""
    refused = _opened(browser, world)
    refused.click("text=使用我的位置")
    refused.wait_for_selector("text=请在上面写下地点")
