"""Who is told what when something happens to a ticket. Pure.

A table for residents, a table for units, and a few functions for what a table cannot hold.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sla.types import ClockKind
from tickets.commands import REFUSE_CODES
from tickets.parts import part_of
from tickets.types import Delivery, Event, EventKind, LegRole, Role, Ticket, Urgency

E = EventKind

STAFF_CHANNEL = "console"
"""How units and roles hear, until they have channels of their own."""

UNREACHABLE = "none"

_TEXT_CHARACTERS = 120
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[0-9]{2}[- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])")
_ANY_PHONE = re.compile(r"(?<![0-9])\+?[0-9](?:[- ]?[0-9]){6,}(?![0-9])")

_Names = Mapping[str, str]
_Tell = Callable[[Event, Ticket, _Names], str]


def deliveries(
    events: Sequence[Event], ticket: Ticket, *, reach: Mapping[str, str], names: Mapping[str, str] | None = None
) -> tuple[Delivery, ...]:
    """Everything that `events` of one ticket make known, once for each event, channel and recipient.

    `ticket` is as it stands after the events. `reach` maps a receipt number to how its sender can be reached (sms,
    wechat, none); a receipt that is not in it is not told. `names` maps a unit's code to its Chinese name.
    """
    known = names or {}
    found = [
        delivery
        for event in events
        for delivery in (
            *_to_residents(event, ticket, batch=events, reach=reach, names=known),
            *_to_staff(event, ticket),
        )
    ]
    return tuple({(one.seq, one.channel, one.recipient): one for one in found}.values())


def _to_residents(
    event: Event, ticket: Ticket, *, batch: Sequence[Event], reach: Mapping[str, str], names: _Names
) -> Iterator[Delivery]:
    tell = _RESIDENT.get(event.kind)
    if tell is None or not _concerns_resident(event, ticket) or _told_at_opening(event, batch):
        return
    danger, text = "", tell(event, ticket, names)
    if event.kind is E.OPENED:
        danger, text = _danger(batch), text + _first_dispatch(batch, ticket, names)
    which = _which(ticket, opening=event.kind is E.OPENED)
    for receipt in ticket.receipts:
        channel = reach.get(receipt, UNREACHABLE)
        if channel != UNREACHABLE:
            yield Delivery(
                ticket_no=ticket.no,
                seq=event.seq,
                channel=channel,
                recipient=receipt,
                text=f"【12345】{danger}您反映的事（编号{receipt}）{which}{text}",
                urgent=bool(danger) or event.kind is E.ALARMED,
            )


def _which(ticket: Ticket, *, opening: bool) -> str:
    """Which of several demands of one message it is about; the first notice says how many there are."""
    if ticket.n_parts < 2:
        return ""
    part = part_of(ticket.no)
    count = f"共{ticket.n_parts}件，分别办理。" if opening and part == 1 else ""
    return f"{count}第{part}件"


def _concerns_resident(event: Event, ticket: Ticket) -> bool:
    """Only what the lead does is told. A closing counts when it closes the ticket, and only after a unit had it: a
    refusal, a transfer and a direct answer have said all that there is to say."""
    leg = next((one for one in ticket.legs if one.id == event.leg), None)
    if event.kind is E.CLOSED:
        return bool(event.data.get("ticket_closed")) and (leg is None or leg.unit is not None)
    return leg is None or leg.role is LegRole.LEAD


def _told_at_opening(event: Event, batch: Sequence[Event]) -> bool:
    """A first dispatch and an alarm in the same breath as the opening: one message, not three."""
    return event.kind in {E.DISPATCHED, E.ALARMED} and any(one.kind is E.OPENED for one in batch)


def _first_dispatch(batch: Sequence[Event], ticket: Ticket, names: _Names) -> str:
    first = next((one for one in batch if one.kind is E.DISPATCHED and _concerns_resident(one, ticket)), None)
    return _dispatched(first, ticket, names) if first else ""


def _danger(batch: Sequence[Event]) -> str:
    call = next((one.data["call"] for one in batch if one.kind is E.ALARMED and one.data.get("call")), None)
    return f"如有危险，请马上拨打{call}！" if call else ""


def _alarmed(event: Event, _ticket: Ticket, _names: _Names) -> str:
    return f"可能有危险。请马上拨打{event.data.get('call') or '110、119或120'}！"


def _dispatched(event: Event, _ticket: Ticket, names: _Names) -> str:
    return f"已交由{_unit_name(event.data.get('unit'), names)}办理。"


def _reassigned(event: Event, _ticket: Ticket, names: _Names) -> str:
    return f"已改由{_unit_name(event.data.get('unit'), names)}办理，办理时限不变。"


def _asked(event: Event, _ticket: Ticket, _names: _Names) -> str:
    return f"还需要您补充：{_said(event.data.get('question'))}请直接回复，或凭编号补充。"


def _answered(event: Event, _ticket: Ticket, _names: _Names) -> str:
    return f"已有答复：{_said(event.data.get('answer'))}可凭编号查看全文并评价。"


def _refused(event: Event, _ticket: Ticket, _names: _Names) -> str:
    reason = REFUSE_CODES.get(str(event.data.get("code")), "不在热线受理范围")
    return f"不能由热线受理。原因：{reason}。您可以：{_said(event.data.get('notice'))}"


def _transferred(event: Event, _ticket: Ticket, _names: _Names) -> str:
    return f"属于紧急情况，已转{event.data.get('number', '')}。请保持电话畅通；仍有危险请直接拨打。"


def _always(text: str) -> _Tell:
    def tell(_event: Event, _ticket: Ticket, _names: _Names) -> str:
        return text

    return tell


_RESIDENT: dict[EventKind, _Tell] = {
    E.OPENED: _always("已受理。"),
    E.ALARMED: _alarmed,
    E.DISPATCHED: _dispatched,
    E.REASSIGNED: _reassigned,
    E.RETURN_APPROVED: _reassigned,
    E.REFLOWED: _dispatched,
    E.ASKED: _asked,
    E.ANSWERED: _answered,
    E.REPLY_PASSED: _always("已有办理结果，请凭编号查看。我们会回访您。"),
    E.REFUSED: _refused,
    E.TRANSFERRED: _transferred,
    E.MERGED: _always("与他人反映的是同一件事，已合并办理。仍用您的编号查询，办理时限按最早的一件计算。"),
    E.CLOSED: _always("已办结。请凭编号评价；不满意可以申请重办。"),
}
"""Event -> what the resident is told. A dispute, a ruling and a return's review are the hotline's own affair."""


def _to_staff(event: Event, ticket: Ticket) -> Iterator[Delivery]:
    urgent = event.kind in _URGENT or ticket.urgency is Urgency.CRITICAL
    for recipient, text in _staff(event, ticket):
        if recipient != f"unit:{ticket.party_unit}":
            yield Delivery(
                ticket_no=ticket.no,
                seq=event.seq,
                channel=STAFF_CHANNEL,
                recipient=recipient,
                text=text,
                urgent=urgent,
            )


def _staff(event: Event, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """(recipient, text) of an event."""
    match event.kind:
        case E.ALARMED:
            call = event.data.get("call") or "110、119、120"
            yield f"role:{_DUTY}", f"紧急：工单{ticket.no}可能危及人身或财产，请值班人员马上核实并联系{call}。"
        case E.CLOCK_WARNED:
            yield from _warned(event, ticket)
        case E.DISPUTED:
            yield f"role:{Role.CHAIR}", f"工单{ticket.no}职责有争议，请召集联席会议。{_about(ticket)}"
            for unit in event.data.get("units") or ():
                yield f"unit:{unit}", f"工单{ticket.no}已提交联席会议，请提交贵单位意见。{_about(ticket)}"
        case kind if kind in _UNIT:
            unit = event.data.get("unit") or _unit_of(event, ticket)
            if unit:
                yield f"unit:{unit}", f"{_UNIT[kind]}：工单{ticket.no}。{_about(ticket)}"


_DUTY = "duty"

_UNIT: dict[EventKind, str] = {
    E.DISPATCHED: "新派工单，请按时签收",
    E.REASSIGNED: "改派工单，请按时签收",
    E.RETURN_APPROVED: "改派工单，请按时签收",
    E.REFLOWED: "联席会议裁定由贵单位主办，不得退回，请按时签收",
    E.LEG_ADDED: "请贵单位协办",
    E.INTERIM_APPOINTED: "争议期间请贵单位先行受理，不得退回",
    E.RETURN_REFUSED: "退单未获同意，请继续办理",
    E.REWORK_ORDERED: "市民反映未解决，请重办",
    E.REOPENED: "市民申请重办",
    E.SUPERVISED: "督办件，请优先办理",
    E.REMINDED: "催办",
    E.APPENDED: "市民有补充，请查看",
}
"""Event -> how the unit's line begins."""

_URGENT = frozenset({E.ALARMED, E.SUPERVISED})

_CLOCK_WORDS: dict[str, str] = {
    ClockKind.PROMISE: "对市民承诺的办结",
    ClockKind.TRIAGE: "热线派单",
    ClockKind.ACCEPT: "签收",
    ClockKind.CONTACT: "先行联系",
    ClockKind.FINISH: "办结",
    ClockKind.RETURN_WINDOW: "退单",
    ClockKind.WAIT: "市民补充",
    ClockKind.CALLBACK: "回访",
    ClockKind.REWORK: "重办",
    ClockKind.RULING: "联席会议办公室裁定",
    ClockKind.PLENARY: "联席会议全体会议裁定",
    ClockKind.REVIEW: "审核",
}

_STEP_WORDS = {"amber": "即将到期", "red": "已经超期", "notice": "长期未办，将予通报", "repeat": "仍未确认"}


def _warned(event: Event, ticket: Ticket) -> Iterator[tuple[str, str]]:
    clock = _CLOCK_WORDS.get(str(event.data.get("kind")), "办理")
    step = _STEP_WORDS.get(str(event.data.get("step")), "需要注意")
    text = f"时限提醒：工单{ticket.no}{clock}时限{step}。{_about(ticket)}"
    unit = event.data.get("unit") or _unit_of(event, ticket)
    for to in event.data.get("to") or ():
        if to != "lead":
            yield f"role:{to}", text
        elif unit:
            yield f"unit:{unit}", text


def _unit_of(event: Event, ticket: Ticket) -> str | None:
    return next((leg.unit for leg in ticket.legs if leg.id == event.leg), None)


def _about(ticket: Ticket) -> str:
    """The summary; nothing at all for a confidential ticket."""
    if ticket.confidential or not ticket.summary:
        return "内容请登录后查看。"
    return f"内容：{_short(_ANY_PHONE.sub('（号码略）', ticket.summary))}"


def _said(text: Any) -> str:
    """Words that somebody wrote, with a full stop and without mobile numbers."""
    words = _short(_MOBILE.sub("（号码略）", str(text or "").strip()))
    if not words:
        return "请凭编号查看。"
    return words if words[-1] in "。！？…?!" else words + "。"


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_CHARACTERS else text[: _TEXT_CHARACTERS - 1] + "…"


def _unit_name(code: Any, names: _Names) -> str:
    return names.get(str(code), "承办单位")
