"""The Chinese lines of `hotline sla explain`."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from city.types import Policy
from sla.rules import explain
from tickets.types import EventKind

E = EventKind


def lines(story: Any, name: str) -> list[str]:
    return explain(story.clock(name), story.events, policy=story.policy, calendar=story.calendar)


def test_every_move_of_a_clock_is_told_with_its_event(dispatched: Any) -> None:
    dispatched.then(E.RETURN_REQUESTED, "2026-11-23 11:00", unit="scjg").then(E.RETURN_REFUSED, "2026-11-24 11:00")
    dispatched.then(E.EXTENSION_GRANTED, "2026-11-27 10:00", days=3)
    assert lines(dispatched, "finish:1") == [
        "办结时限（T/1:finish:1），计入scjg的时间；时限档default，政策p1，日历c2026。",
        "时限为5个工作日，依据：测试。",
        "2026-11-23 10:00 派单（第2条）：开始计时，期限2026-11-30 10:00。",
        "2026-11-23 11:00 申请退单（第3条）：暂停，剩余4个工作日6小时30分钟。",
        "2026-11-24 11:00 不同意退单（第4条）：恢复计时，期限2026-12-01 10:00。",
        "2026-11-27 10:00 同意延期（第5条）：期限由2026-12-01 10:00改为2026-12-04 10:00。",
        "现状：计时中，期限2026-12-04 10:00。",
        "黄灯：2026-12-03 10:00，通知承办单位负责人。",
        "红灯：2026-12-04 10:00，通知承办单位负责人、督查室。",
        "通报：2026-12-11 10:00，通知督查室、领导。",
    ]


def test_a_critical_limit_says_that_it_knows_no_night(story: Any) -> None:
    story.then(E.OPENED, "2026-11-28 23:00:07", profile="critical")
    told = lines(story, "promise:1")
    assert told[1] == "时限为2小时（不分昼夜和节假日），依据：测试。"
    assert told[2] == "2026-11-28 23:00:07 受理（第1条）：开始计时，期限2026-11-29 01:00:07。"


def test_a_provisional_deadline_says_so(story: Any) -> None:
    story.then(E.OPENED, "2026-12-29 09:00", profile="default")
    assert "现状：计时中，期限2027-01-05 14:30（暂定：2026-12-31以后的节假日安排尚未公布）。" in lines(
        story, "promise:1"
    )


def test_the_answer_and_the_verdict_on_a_promise_are_told(dispatched: Any) -> None:
    dispatched.then(E.REPLIED, "2026-11-26 10:00", unit="scjg").then(E.REPLY_REJECTED, "2026-11-26 11:00")
    dispatched.then(E.REPLIED, "2026-11-30 10:00", unit="scjg").then(E.CLOSED, "2026-11-30 11:00", ticket_closed=True)
    assert lines(dispatched, "promise:1")[3:] == [
        "2026-11-26 10:00 承办单位反馈（第3条）：答复已作出，等待审核和回访。",
        "2026-11-26 11:00 反馈未通过审核（第4条）：仍须答复，期限2026-11-27 17:30。",
        "2026-11-30 10:00 承办单位反馈（第5条）：答复已作出，等待审核和回访。",
        "2026-11-30 11:00 办结（第6条）：超时（期限2026-11-27 17:30）。",
        "现状：超时，期限2026-11-27 17:30，结束于2026-11-30 11:00。",
    ]


def test_a_pause_that_came_too_late_says_how_late(dispatched: Any) -> None:
    dispatched.then(E.HOLD_GRANTED, "2026-11-30 11:30")
    assert "现状：暂停，已超时1小时30分钟（工作时间）。" in lines(dispatched, "finish:1")


def test_a_stored_deadline_that_the_events_do_not_give_is_reported(dispatched: Any) -> None:
    finish = dispatched.clock("finish:1")
    wrong = replace(finish, due_at=finish.due_at + timedelta(hours=1))
    told = explain(wrong, dispatched.events, policy=dispatched.policy, calendar=dispatched.calendar)
    assert told[-1] == "注意：用政策p1和日历c2026重算，结果不同：现状：计时中，期限2026-11-30 10:00。"


def test_a_policy_without_the_limit_is_said_to_have_none(dispatched: Any) -> None:
    empty = Policy(version="p2", profiles={})
    told = explain(dispatched.clock("finish:1"), dispatched.events, policy=empty, calendar=dispatched.calendar)
    assert told[1] == "政策p2中没有这个时限。"
    assert told[-1] == "注意：用政策p2和日历c2026重算，结果不同：没有这个时钟。"
