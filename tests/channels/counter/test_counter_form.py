"""Visits, letters and calls taken by hand enter by one form (Xuhui's case 10)."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.counter.rules import LINES, WAYS, incoming
from plumbing.errors import BadInput
from tickets.types import Role

FORM = "form-0123456789abcdef"


def _fields(**more: str) -> dict[str, str]:
    return {"way": "visit", "line": "petition", "text": "楼道堆物", **more}


@pytest.mark.parametrize("way", list(WAYS))
@pytest.mark.parametrize("line", list(LINES))
def test_every_way_and_line_becomes_the_same_kind_of_message(way: str, line: str) -> None:
    message = incoming(_fields(way=way, line=line), form_id=FORM, clerk="clerk1")
    assert (message.channel, message.external_id, message.text) == ("counter", FORM, "楼道堆物")
    assert message.facts == {"way": way, "line": line, "clerk": "clerk1"}


def test_everything_a_clerk_writes_down_is_kept() -> None:
    message = incoming(
        _fields(name="王阿姨", contact="199 0000 1234", place="斜土路", confidential="yes"),
        form_id=FORM,
        clerk="clerk1",
    )
    assert message.facts == {
        "way": "visit",
        "line": "petition",
        "name": "王阿姨",
        "contact": "+8619900001234",
        "place": "斜土路",
        "clerk": "clerk1",
        "confidential": True,
    }


def test_an_anonymous_visitors_name_and_number_are_not_kept() -> None:
    message = incoming(_fields(name="王阿姨", contact="19900001234", anonymous="yes"), form_id=FORM, clerk="clerk1")
    assert "王阿姨" not in repr(message)
    assert "19900001234" not in repr(message)
    assert message.facts["anonymous"] is True


def test_a_letter_counts_from_the_date_on_it() -> None:
    message = incoming(_fields(way="letter", letter_date="2026-06-30"), form_id=FORM, clerk="clerk1")
    assert message.occurred_at == datetime(2026, 6, 30, 4, tzinfo=UTC)
    assert message.facts["letter_date"] == "2026-06-30"


def test_the_date_of_a_letter_means_nothing_for_a_visit() -> None:
    message = incoming(_fields(letter_date="2026-06-30"), form_id=FORM, clerk="clerk1")
    assert message.occurred_at is None
    assert "letter_date" not in message.facts


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"way": "pigeon"}, "way"),
        ({"line": ""}, "line"),
        ({"contact": "123"}, "phone"),
        ({"place": "路" * 201}, "place"),
        ({"name": "王" * 51}, "name"),
        ({"way": "letter", "letter_date": "30.6.2026"}, "letter_date"),
        ({"way": "letter", "letter_date": "0026-06-30"}, "letter_date"),
    ],
)
def test_what_cannot_be_taken_is_named(more: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        incoming(_fields(**more), form_id=FORM, clerk="clerk1")
    assert refused.value.details["field"] == field


def test_the_form_carries_the_sessions_proof_and_an_id_of_its_own(counter: Any) -> None:
    html = counter.get().text
    assert 'name="csrf" value="csrf-word"' in html
    ids = [re.search(r'name="form_id" value="([^"]+)"', counter.get().text) for _ in range(2)]
    assert ids[0]
    assert ids[1]
    assert ids[0].group(1) != ids[1].group(1)


def test_the_slip_shows_the_number_and_how_to_ask(counter: Any) -> None:
    answer = counter.post(contact="19900001234", name="王阿姨")
    assert answer.status_code == 200
    assert re.findall(r'<span aria-hidden="true">(\d+)</span>', answer.text) == ["2607", "0300", "000", "000"]
    assert "电话后四位 1234" in answer.text
    assert "查询码" not in answer.text
    assert "19900001234" not in answer.text
    assert "王阿姨" not in answer.text
    assert "经办：窗口甲" in answer.text
    assert "来访 · 信访接待" in answer.text
    assert counter.desk.clerks == ["clerk1"]


def test_a_visitor_without_a_phone_gets_a_code(counter: Any) -> None:
    assert "abcd ef01 2345 6789" in counter.post().text


def test_a_double_click_registers_once(counter: Any) -> None:
    first, second = counter.post(form_id=FORM), counter.post(form_id=FORM)
    assert len(counter.desk.taken) == 1
    assert "已登记" in first.text
    assert "已经取过号" in second.text


def test_danger_is_told_to_the_clerk_first(counter: Any) -> None:
    counter.desk.advice = "请立即拨打119。"
    html = counter.post().text
    assert html.index("请立即拨打119") < html.index("受理编号</p>")


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"text": " "}, 422, "内容不能为空"),
        ({"contact": "123"}, 422, "11位手机号"),
        ({"line": "nonsense"}, 422, "司法援助"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    counter: Any, fields: dict[str, str], status: int, sentence: str
) -> None:
    answer = counter.post(place="斜土路", **fields)
    assert answer.status_code == status
    assert sentence in answer.text
    assert 'value="斜土路"' in answer.text
    assert 'aria-invalid="true"' in answer.text or 'role="alert"' in answer.text
    assert not counter.desk.taken


def test_a_changed_form_under_an_old_id_gets_a_new_one(counter: Any) -> None:
    counter.post(form_id=FORM)
    answer = counter.post(form_id=FORM, text="另一件事")
    assert answer.status_code == 409
    assert FORM not in answer.text
    assert "另一件事" in answer.text


def test_a_form_from_elsewhere_is_refused(counter: Any) -> None:
    answer = counter.post(csrf="guessed")
    assert answer.status_code == 403
    assert not counter.desk.taken


@pytest.mark.parametrize("role", [Role.CENTRE, Role.LEADER, Role.ADMIN, Role.CALLBACK])
def test_only_clerks_and_dispatchers_register(counter: Any, role: Role) -> None:
    counter.person.actor = replace(counter.person.actor, roles=frozenset({role}))
    assert counter.get().status_code == 403
    assert counter.post().status_code == 403
    assert not counter.desk.taken


def test_a_dispatcher_registers_too(counter: Any) -> None:
    counter.person.actor = replace(counter.person.actor, roles=frozenset({Role.DISPATCHER}))
    assert counter.post().status_code == 200


def test_markup_in_the_words_is_shown_and_not_run(counter: Any) -> None:
    html = counter.post(text="<script>x()</script>", contact="1").text
    assert "<script>x()" not in html
    assert "&lt;script&gt;x()" in html
