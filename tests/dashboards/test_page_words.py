"""Every kind of thing that a page names has a Chinese word, and every sentence of the history can be said."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest

from city.types import Unit, UnitKind
from dashboards import forms, sentences, words
from dashboards.queries.names import Names
from nlu.danger_words import KINDS
from sla.types import ClockKind
from tickets.commands import FIELDS
from tickets.types import (
    Channel,
    CommandKind,
    DecisionKind,
    Event,
    EventKind,
    LegRole,
    LegState,
    Outcome,
    Role,
    TicketType,
    Urgency,
)

AT = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)

TABLES: list[tuple[dict[Any, str], type[StrEnum]]] = [
    (words.CHANNELS, Channel),
    (words.TYPES, TicketType),
    (words.URGENCIES, Urgency),
    (words.URGENCY_TONES, Urgency),
    (words.LEG_ROLES, LegRole),
    (words.ROLES, Role),
    (words.OUTCOMES, Outcome),
    (words.DECISIONS, DecisionKind),
    (words.CLOCKS, ClockKind),
    (words.STATE_TONES, LegState),
    (words.COMMANDS, CommandKind),
    (words.DONE, CommandKind),
    (words.EVENTS, EventKind),
]


@pytest.mark.parametrize(("table", "kind"), TABLES)
def test_every_member_has_its_word(table: dict[Any, str], kind: type[StrEnum]) -> None:
    assert set(table) == set(kind)
    assert all(table.values())


@pytest.mark.parametrize(("table", "kind"), [(t, k) for t, k in TABLES if "red" not in t.values()])
def test_words_are_chinese(table: dict[Any, str], kind: type[StrEnum]) -> None:
    assert [word for word in table.values() if re.search(r"[A-Za-z]", word)] == []


def test_every_danger_that_the_engine_knows_has_its_word() -> None:
    assert set(words.DANGERS) >= set(KINDS)
    assert words.DANGERS["suicide"] == "轻生"


def test_who_acts_under_a_units_code_is_called_by_its_name() -> None:
    units = {
        "centre_huajing": Unit(code="centre_huajing", name="华泾镇回应中心", kind=UnitKind.CENTRE),
        "cgzf": Unit(code="cgzf", name="城管执法局", kind=UnitKind.DEPARTMENT),
    }
    names = Names(units=units)
    assert [names.actor(one) for one in ("huajing", "cgzf", "zhangsan")] == ["华泾镇回应中心", "城管执法局", "zhangsan"]


def test_every_event_has_its_sentence() -> None:
    assert set(sentences._SENTENCES) == set(EventKind)


EVENTS: list[tuple[EventKind, dict[str, Any], str]] = [
    (EventKind.DISPATCHED, {"unit": "x", "post": "p", "reason": "因为"}, "派单至x（p）。"),
    (EventKind.REASSIGNED, {"unit": "x", "from_unit": "y"}, "改派，由y转至x。"),
    (EventKind.LEG_ADDED, {"unit": "x"}, "增加x协办。"),
    (EventKind.REFUSED, {"code": "court", "basis": "b", "notice": "n"}, "不予受理：已进入诉讼、仲裁或行政复议程序。"),
    (EventKind.CONTACTED, {"reached": False, "note": "忙音"}, "未联系上市民。"),
    (EventKind.REPLIED, {"unit": "x", "answer": "a", "cannot_act": True}, "x反馈办理结果，说明依法无法办理。"),
    (EventKind.SETTLED, {"unit": "x", "answer": "a"}, "x当场办结。"),
    (
        EventKind.RULED,
        {"lead": "x", "supports": ["y", "z"], "precedent": "P"},
        "联席会议裁定由x主办，y、z协办，列为先例。",
    ),
    (EventKind.DISPUTED, {"reason": "r", "units": ["x", "y"], "interim": "z"}, "提交联席会议，涉及x、y，由z先行受理。"),
    (EventKind.DISPUTED, {"reason": "r"}, "提交联席会议。"),
    (EventKind.EXTENSION_REQUESTED, {"days": 3, "reason": "r"}, "申请延期3个工作日。"),
    (EventKind.CALLED_BACK, {"reached": False, "attempt": 1}, "第1次回访，未接通。"),
    (
        EventKind.CALLED_BACK,
        {"reached": True, "attempt": 2, "solved": True, "satisfaction": 5, "contacted": False},
        "第2次回访，已接通：已解决，满意度5分，承办单位未联系过。",
    ),
    (EventKind.RATED, {"score": 2, "solved": False}, "市民评价2分，未解决。"),
    (EventKind.CLOSED, {"ticket_closed": False}, "本环节办结。"),
    (EventKind.ALARMED, {"danger": "gas", "call": "119"}, "发现险情（燃气），已提示市民拨打119，已通知值班员。"),
    (
        EventKind.CLOCK_WARNED,
        {"kind": "finish", "step": "red", "unit": "x", "to": ["lead", "supervisor"]},
        "x的办结时限已到期，已通知承办单位负责人、督查。",
    ),
    (
        EventKind.NOTED,
        {"text": "t", "merged": "1", "promise_due_at": "2026-09-14T02:00:00+00:00"},
        "工单1并入本工单，沿用其较早的承诺时限 2026-09-14 10:00。",
    ),
    (
        EventKind.OPENED,
        {"channel": "sms", "type": "report", "confidential": True, "flags": ["occurred_in_future"]},
        "受理短信来件，登记为举报（保密、来件时间晚于当前时间）。",
    ),
    (EventKind.UNDERSTOOD, {"matter": None, "abstain": True}, "已分析来件，事项没有把握，交人工判断。"),
    (EventKind.MERGED, {"master": "7", "reason": "r"}, "并入工单7。"),
    (EventKind.TRANSFERRED, {"number": "110", "reason": "r"}, "紧急转接110。"),
]


@pytest.mark.parametrize(("kind", "data", "sentence"), EVENTS)
def test_an_event_is_told_in_one_plain_sentence(kind: EventKind, data: dict[str, Any], sentence: str) -> None:
    event = Event(ticket_no="1", seq=1, kind=kind, at=AT, recorded_at=AT, actor="system", leg="1/1", data=data)
    line = sentences.line(event, Names(), {})
    assert line.what == sentence
    assert line.who == "系统"


def test_what_was_said_inside_is_marked() -> None:
    data = {"unit": "x", "answer": "给市民", "note": "给自己", "evidence": ["照片1", "照片2"]}
    event = Event(ticket_no="1", seq=1, kind=EventKind.REPLIED, at=AT, recorded_at=AT, actor="甲", leg="1/1", data=data)
    said = sentences.line(event, Names(), {"甲": "承办员甲"}).said
    assert [(one.label, one.text, one.inner) for one in said] == [
        ("答复市民", "给市民", False),
        ("佐证材料", "照片1\n照片2", False),
        ("内部说明", "给自己", True),
    ]


def test_every_command_can_be_drawn_and_left_empty() -> None:
    for kind in CommandKind:
        view = forms.view(kind, "1/1", names=Names(), on=AT.date())
        assert view.label == words.COMMANDS[kind]
        assert len({field.id for field in view.fields}) == len(view.fields) <= len(FIELDS[kind])
        assert forms.data(kind, forms.FormData([])) == {}


def test_every_offered_command_asks_for_what_it_needs() -> None:
    for kind in set(CommandKind) - forms.NOT_OFFERED:
        asked = {field.name for field in forms.view(kind, "1/1", names=Names(), on=AT.date()).fields}
        assert {field.name for field in FIELDS[kind] if field.required} <= asked, kind


FORMS: list[tuple[CommandKind, list[tuple[str, str]], dict[str, Any]]] = [
    (CommandKind.CONTACT, [("reached", "no"), ("note", " 忙音 ")], {"reached": False, "note": "忙音"}),
    (CommandKind.CONTACT, [("reached", "maybe")], {"reached": "maybe"}),
    (
        CommandKind.CALL_BACK,
        [("reached", "yes"), ("solved", "yes"), ("contacted", ""), ("satisfaction", "4")],
        {"reached": True, "solved": True, "satisfaction": 4},
    ),
    (CommandKind.REQUEST_EXTENSION, [("days", "drei"), ("reason", "r")], {"days": "drei", "reason": "r"}),
    (CommandKind.REQUEST_EXTENSION, [("days", "٣"), ("reason", "r")], {"days": "٣", "reason": "r"}),
    (
        CommandKind.REPLY,
        [("answer", "a\r\nb"), ("evidence", "照片1\r\n\r\n 照片2 "), ("cannot_act", "yes")],
        {"answer": "a\nb", "evidence": ["照片1", "照片2"], "cannot_act": True},
    ),
    (
        CommandKind.DISPATCH,
        [("unit", "x"), ("supports", "y"), ("supports", "z"), ("post", ""), ("other", "1")],
        {"unit": "x", "supports": ["y", "z"]},
    ),
]


@pytest.mark.parametrize(("kind", "sent", "data"), FORMS)
def test_a_submitted_form_becomes_the_commands_data(
    kind: CommandKind, sent: list[tuple[str, str]], data: dict[str, Any]
) -> None:
    assert forms.data(kind, forms.FormData(sent)) == data
