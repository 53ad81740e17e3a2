"""Who is told what: a table of events, and what may never be in a text."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.rules import deliveries
from tickets.types import (
    Channel,
    Delivery,
    Event,
    EventKind,
    Leg,
    LegRole,
    LegState,
    Ticket,
    TicketType,
    Urgency,
)

E = EventKind
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NO = "26112300000001"
OTHER = "26112300000002"
NAMES = {"scjg": "市场监管局", "shizheng": "市政所"}
LEAD, SUPPORT = f"{NO}/1", f"{NO}/2"


def leg(leg_id: str = LEAD, role: LegRole = LegRole.LEAD, unit: str | None = "scjg") -> Leg:
    return Leg(id=leg_id, role=role, state=LegState.DISPATCHED, unit=unit, opened_at=NOW)


def ticket(**change: Any) -> Ticket:
    given_ = Ticket(
        no=NO,
        version=9,
        state=LegState.DISPATCHED,
        opened_at=NOW,
        channel=Channel.PHONE,
        type=TicketType.COMPLAINT,
        urgency=Urgency.ROUTINE,
        legs=(leg(), leg(SUPPORT, LegRole.SUPPORT, "shizheng")),
        summary="大木桥路无证盒饭",
        receipts=(NO,),
    )
    return replace(given_, **change)


def event(what: EventKind, seq: int = 1, /, *, leg_id: str | None = LEAD, **data: Any) -> Event:
    return Event(ticket_no=NO, seq=seq, kind=what, at=NOW, recorded_at=NOW, actor="system", leg=leg_id, data=data)


def told(*events: Event, of: Ticket | None = None, reach: dict[str, str] | None = None) -> tuple[Delivery, ...]:
    return deliveries(events, of or ticket(), reach={NO: "sms"} if reach is None else reach, names=NAMES)


def by_recipient(found: Iterable[Delivery]) -> dict[str, str]:
    return {one.recipient: one.text for one in found}


RESIDENT = [
    (E.OPENED, {}, ["已受理", NO]),
    (E.DISPATCHED, {"unit": "scjg"}, ["已交由市场监管局办理"]),
    (E.DISPATCHED, {"unit": "nobody"}, ["已交由承办单位办理"]),
    (E.REASSIGNED, {"unit": "shizheng"}, ["已改由市政所办理"]),
    (E.RETURN_APPROVED, {"unit": "shizheng"}, ["已改由市政所办理"]),
    (E.REFLOWED, {"unit": "scjg"}, ["已交由市场监管局办理"]),
    (E.ASKED, {"question": "在哪个小区？"}, ["还需要您补充：在哪个小区？"]),
    (E.ANSWERED, {"answer": "可到窗口办理"}, ["已有答复：可到窗口办理。"]),
    (E.REPLY_PASSED, {}, ["已有办理结果", "回访"]),
    (E.REFUSED, {"code": "court", "notice": "向法院反映"}, ["已进入诉讼、仲裁或行政复议程序", "您可以：向法院反映。"]),
    (E.TRANSFERRED, {"number": "119"}, ["已转119"]),
    (E.MERGED, {"master": OTHER}, ["已合并办理", "仍用您的编号"]),
    (E.CLOSED, {"ticket_closed": True}, ["已办结", "请凭编号评价"]),
    (E.ALARMED, {"call": "119", "danger": "fire"}, ["请马上拨打119"]),
]


@pytest.mark.parametrize(("kind", "data", "parts"), RESIDENT)
def test_the_resident_is_told_in_plain_words_with_the_number(
    kind: EventKind, data: dict[str, Any], parts: list[str]
) -> None:
    text = by_recipient(told(event(kind, **data)))[NO]
    assert text.startswith("【12345】")
    assert NO in text
    assert len(text) <= 200
    for part in parts:
        assert part in text


@pytest.mark.parametrize("kind", [kind for kind in E if kind not in {row[0] for row in RESIDENT}])
def test_the_resident_hears_nothing_of_the_rest(kind: EventKind) -> None:
    data = {"unit": "scjg", "units": ["scjg"], "to": ["lead"], "reason": "x", "lead": "scjg"}
    assert NO not in by_recipient(told(event(kind, **data)))


def test_opening_alarm_and_first_dispatch_are_one_message_with_the_danger_first() -> None:
    batch = (event(E.OPENED, 1), event(E.ALARMED, 2, call="119", danger="fire"), event(E.DISPATCHED, 3, unit="scjg"))
    (one,) = [delivery for delivery in told(*batch) if delivery.recipient == NO]
    assert (one.seq, one.channel, one.urgent) == (1, "sms", True)
    assert one.text.startswith("【12345】如有危险，请马上拨打119！")
    assert one.text.endswith("已受理。已交由市场监管局办理。")


def test_a_merged_one_keeps_the_others_number_to_itself() -> None:
    assert OTHER not in by_recipient(told(event(E.MERGED, master=OTHER)))[NO]


@pytest.mark.parametrize(("reach", "channels"), [({NO: "sms"}, ["sms"]), ({NO: "wechat"}, ["wechat"])])
def test_the_resident_is_reached_where_they_can_be(reach: dict[str, str], channels: list[str]) -> None:
    assert [one.channel for one in told(event(E.OPENED), reach=reach)] == channels


@pytest.mark.parametrize("reach", [{NO: "none"}, {}, {OTHER: "sms"}])
def test_who_cannot_be_reached_is_not_told(reach: dict[str, str]) -> None:
    assert told(event(E.OPENED), reach=reach) == ()


def test_everybody_who_reported_it_is_told_with_their_own_number() -> None:
    found = told(event(E.OPENED), of=ticket(receipts=(NO, OTHER)), reach={NO: "sms", OTHER: "wechat"})
    assert {(one.recipient, one.channel) for one in found} == {(NO, "sms"), (OTHER, "wechat")}
    assert all(one.recipient in one.text for one in found)


def test_what_a_supporting_unit_does_is_not_told_to_the_resident() -> None:
    for kind in (E.DISPATCHED, E.REPLY_PASSED, E.MERGED, E.RETURN_APPROVED):
        assert NO not in by_recipient(told(event(kind, leg_id=SUPPORT, unit="shizheng")))


def test_a_closing_is_told_when_it_closes_the_ticket_and_a_unit_had_it() -> None:
    assert told(event(E.CLOSED, ticket_closed=False)) == ()
    assert told(event(E.CLOSED, ticket_closed=True), of=ticket(legs=(leg(unit=None),))) == ()
    assert len(told(event(E.CLOSED, leg_id=SUPPORT, ticket_closed=True))) == 1


UNIT = [
    (E.DISPATCHED, {"unit": "scjg"}, "scjg", "新派工单"),
    (E.REASSIGNED, {"unit": "shizheng"}, "shizheng", "改派工单"),
    (E.RETURN_APPROVED, {"unit": "shizheng"}, "shizheng", "改派工单"),
    (E.REFLOWED, {"unit": "scjg"}, "scjg", "不得退回"),
    (E.LEG_ADDED, {"unit": "shizheng"}, "shizheng", "协办"),
    (E.INTERIM_APPOINTED, {"unit": "shizheng"}, "shizheng", "先行受理"),
    (E.RETURN_REFUSED, {"reason": "x"}, "scjg", "退单未获同意"),
    (E.REWORK_ORDERED, {}, "scjg", "重办"),
    (E.REOPENED, {}, "scjg", "申请重办"),
    (E.SUPERVISED, {"reason": "x"}, "scjg", "督办"),
    (E.REMINDED, {}, "scjg", "催办"),
]


@pytest.mark.parametrize(("kind", "data", "unit", "part"), UNIT)
def test_the_unit_concerned_hears_of_it(kind: EventKind, data: dict[str, Any], unit: str, part: str) -> None:
    found = {one.recipient: one for one in told(event(kind, **data)) if one.recipient != NO}
    assert set(found) == {f"unit:{unit}"}
    text = found[f"unit:{unit}"].text
    assert part in text
    assert NO in text
    assert "大木桥路无证盒饭" in text


def test_an_alarm_goes_to_the_duty_officer_at_once() -> None:
    found = {one.recipient: one for one in told(event(E.ALARMED, call="119", danger="fire"))}
    assert found["role:duty"].urgent
    assert "119" in found["role:duty"].text


@pytest.mark.parametrize(
    ("to", "recipients"),
    [
        (["lead"], {"unit:scjg"}),
        (["lead", "supervisor"], {"unit:scjg", "role:supervisor"}),
        (["lead", "supervisor", "leader", "duty"], {"unit:scjg", "role:supervisor", "role:leader", "role:duty"}),
        (["dispatcher"], {"role:dispatcher"}),
        ([], set()),
    ],
)
def test_a_clock_warns_those_whom_the_ladder_names(to: list[str], recipients: set[str]) -> None:
    found = told(event(E.CLOCK_WARNED, kind="accept", step="red", unit="scjg", to=to))
    assert set(by_recipient(found)) == recipients
    assert all("签收时限已经超期" in one.text for one in found)


def test_a_warning_without_a_unit_takes_the_legs() -> None:
    found = told(event(E.CLOCK_WARNED, leg_id=SUPPORT, kind="finish", step="amber", to=["lead"]))
    assert set(by_recipient(found)) == {"unit:shizheng"}


def test_a_dispute_calls_the_chair_and_both_units() -> None:
    found = by_recipient(told(event(E.DISPUTED, units=["scjg", "shizheng"], reason="x")))
    assert set(found) == {"role:chair", "unit:scjg", "unit:shizheng"}
    assert "召集联席会议" in found["role:chair"]


@pytest.mark.parametrize("kind", [row[0] for row in UNIT] + [E.DISPUTED, E.CLOCK_WARNED])
def test_a_confidential_ticket_shows_its_number_and_nothing_else(kind: EventKind) -> None:
    data = {"unit": "scjg", "units": ["scjg"], "to": ["lead", "supervisor"], "kind": "finish", "step": "red"}
    found = told(event(kind, **data), of=ticket(confidential=True))
    assert found
    assert all("盒饭" not in one.text for one in found)


@pytest.mark.parametrize("kind", [row[0] for row in UNIT] + [E.DISPUTED, E.CLOCK_WARNED])
def test_the_unit_complained_about_is_never_told(kind: EventKind) -> None:
    data = {"unit": "scjg", "units": ["scjg", "shizheng"], "to": ["lead"], "kind": "finish", "step": "red"}
    found = told(event(kind, **data), of=ticket(party_unit="scjg"))
    assert "unit:scjg" not in by_recipient(found)


@pytest.mark.parametrize("number", ["10012345678", "+8610012345678", "100-1234-5678", "100 1234 5678"])
def test_no_text_repeats_a_phone_number(number: str) -> None:
    said = f"请联系{number}王某"
    batch = [event(kind, unit="scjg", question=said, answer=said, notice=said) for kind in E]
    for one in told(*batch, of=ticket(summary=said)):
        assert not re.search(r"1001234|100[- ]1234", one.text), one


def test_a_units_own_telephone_in_an_answer_is_kept() -> None:
    assert "6400 1234" in by_recipient(told(event(E.ANSWERED, answer="可致电6400 1234")))[NO]


def test_a_landline_in_a_summary_is_not_passed_on() -> None:
    assert (
        "64001234"
        not in by_recipient(told(event(E.DISPATCHED, unit="scjg"), of=ticket(summary="来电64001234")))["unit:scjg"]
    )


def test_long_words_are_shortened() -> None:
    assert len(by_recipient(told(event(E.ANSWERED, answer="答" * 2000)))[NO]) < 200


def test_a_critical_ticket_is_urgent_for_its_unit() -> None:
    (one,) = told(event(E.LEG_ADDED, leg_id=SUPPORT, unit="shizheng"), of=ticket(urgency=Urgency.CRITICAL))
    assert one.urgent


@given(
    kinds=st.lists(st.sampled_from(list(E)), max_size=6),
    data=st.dictionaries(
        st.sampled_from(["unit", "call", "question", "answer", "code", "number", "notice", "kind", "step"]),
        st.one_of(st.none(), st.text(max_size=10)),
    ),
    confidential=st.booleans(),
)
def test_any_batch_gives_each_recipient_one_text_an_event(
    kinds: list[EventKind], data: dict[str, Any], *, confidential: bool
) -> None:
    batch = [event(kind, seq) for seq, kind in enumerate(kinds, 1)]
    batch = [replace(one, data=data) for one in batch]
    found = deliveries(batch, ticket(confidential=confidential), reach={NO: "sms"})
    keys = [(one.seq, one.channel, one.recipient) for one in found]
    assert len(keys) == len(set(keys))
    assert all(one.text and one.ticket_no == NO for one in found)
