"""What a dispute and a ruling mean for the agenda and for what comes after. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from city.types import Precedent
from plumbing.errors import BadInput, Forbidden
from tickets.ports import AgendaItem, RulingWish
from tickets.types import Actor, Event, EventKind, LegRole, LegState, Role, Ticket

GENERAL = "general"
"""The field of a dispute whose matter belongs to no standing meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An agenda item leaves the agenda or comes back: `state` is ruled (with the ruling), dropped or open again."""

    ticket_no: str
    leg: str
    state: str
    at: datetime
    ruling: Mapping[str, Any] | None = None


MOVING: Mapping[EventKind, str] = {
    EventKind.RULED: "ruled",
    EventKind.WITHDRAWN: "dropped",
    EventKind.INVALIDATED: "dropped",
    EventKind.TRANSFERRED: "dropped",
    EventKind.MERGED: "dropped",
    EventKind.UNMERGED: "open",
}
"""What becomes of a leg's item: a dispute that nobody needs settled any more leaves the agenda."""


def concerns(events: Sequence[Event]) -> bool:
    """Whether any of `events` puts something on the agenda or moves an item of it."""
    return any(event.kind is EventKind.DISPUTED or event.kind in MOVING for event in events)


def agenda(events: Sequence[Event], ticket: Ticket, *, n_before: int) -> tuple[list[AgendaItem], list[Settled]]:
    """New items and moved ones that `events` bring; `n_before` items of the ticket exist already."""
    opened: list[AgendaItem] = []
    settled: list[Settled] = []
    for event in events:
        if event.kind is EventKind.DISPUTED and event.leg is not None:
            opened.append(_item(event, ticket, n_before + len(opened) + 1))
        elif event.kind in MOVING and event.leg is not None:
            settled.append(_settled(event, ticket))
    return opened, settled


def _settled(event: Event, ticket: Ticket) -> Settled:
    ruling = dict(event.data) if event.kind is EventKind.RULED else None
    return Settled(ticket_no=ticket.no, leg=str(event.leg), state=MOVING[event.kind], at=event.at, ruling=ruling)


def _item(event: Event, ticket: Ticket, number: int) -> AgendaItem:
    return AgendaItem(
        id=f"{ticket.no}-{number}",
        field=ticket.field or GENERAL,
        ticket_no=ticket.no,
        leg=str(event.leg),
        question=str(event.data["reason"]),
        opened_at=event.at,
        state="open",
        units=tuple(event.data["units"]),
        interim=event.data.get("interim"),
    )


def may_state(item: AgendaItem, actor: Actor, text: str) -> str:
    """The unit for which `actor` may speak on `item`. Raises Forbidden or BadInput with what to do."""
    if not text.strip():
        raise BadInput("EMPTY_STATEMENT", "请写明陈述意见。")
    if len(text) > 4000:
        raise BadInput("LONG_STATEMENT", "陈述意见不能超过4000字。")
    if item.state != "open":
        raise BadInput("ALREADY_RULED", "该议题已裁定或撤下，不再接受陈述。", status=409)
    if Role.CENTRE in actor.roles and actor.unit is not None:
        if actor.unit in item.units or actor.unit == item.interim:
            return actor.unit
        raise Forbidden("NOT_PARTY", "只有争议各方和先行受理单位可以陈述意见。")
    if actor.roles & {Role.CHAIR, Role.DISPATCHER, Role.SUPERVISOR}:
        return actor.unit or "lxhy"
    raise Forbidden("ROLE", "您的岗位不能在联席会议上陈述。")


def may_see(item: AgendaItem, actor: Actor) -> bool:
    """Whether `actor` may know of the item: staff of the hotline and meeting all, a centre its own disputes."""
    if actor.roles & {Role.CHAIR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER}:
        return True
    ruled_for = item.ruling["lead"] if item.ruling else None
    return actor.unit is not None and actor.unit in (*item.units, item.interim, ruled_for)


def precedent(item: AgendaItem, wish: RulingWish, ticket: Ticket, now: datetime) -> Precedent | None:
    """The precedent that a ruling leaves: same matter, same street; None without a matter or when not wished.

    None also after a dispute about a support: who helps here says nothing about who leads elsewhere.
    """
    disputed = next((leg for leg in ticket.legs if leg.id == item.leg), None)
    if not wish.precedent or ticket.matter is None or disputed is None or disputed.role is not LegRole.LEAD:
        return None
    return Precedent(
        id=f"P{item.id}",
        matter=ticket.matter,
        area=ticket.street or "*",
        lead=wish.lead,
        supports=wish.supports,
        words=wish.words,
        ticket_no=ticket.no,
        reason=wish.reason,
        ruled_at=now,
    )


def disputed_leg(ticket: Ticket, item: AgendaItem) -> bool:
    """Whether the item's leg still waits for the meeting."""
    return any(leg.id == item.leg and leg.state is LegState.DISPUTED for leg in ticket.legs)
