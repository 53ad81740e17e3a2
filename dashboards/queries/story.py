"""A ticket's whole story for one viewer: what the viewer may not know is left out here, not in the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from accounts import rules as account_rules
from accounts import store as account_store
from dashboards.queries import clocks as clock_queries
from dashboards.queries.names import Names
from dashboards.sentences import Line, line
from dashboards.times import Chip, chip
from joint_meeting.tables import AgendaRow
from plumbing.errors import NotFound
from sla.types import Clock, ClockKind, ClockState
from tickets import parts
from tickets import store as ticket_store
from tickets.commands import RETURN_CODES
from tickets.store import table
from tickets.tables import MessageRow, RevealRow, TicketRow
from tickets.types import Actor, Event, EventKind, Leg, LegState, Role, Ticket

E = EventKind
_REPLY = frozenset({E.REPLIED, E.SETTLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """A leg beside its clocks. `own` = the viewer's unit has it; `request` is what it waits for, in words.

    `window_until` is when the holder's return window ends; None = it has none or it stands still.
    """

    leg: Leg
    own: bool
    clocks: tuple[Chip, ...]
    window_until: datetime | None
    request: str
    proposed_unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another ticket of the same message. Without `open_to` the viewer may know that it is there, and no more."""

    no: str
    part: int
    state: LegState
    open_to: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that a ticket's page shows. `text` is masked. `understood` and `decided` are event data or None;
    `replies` holds the last reply of each leg; `words` masked messages by receipt number; `messages` their stored
    understandings, oldest first. `siblings` are the other tickets of a message with several demands, `own` is the
    half-open range of this one's demand in `text`; None = all of it."""

    ticket: Ticket
    address: str
    text: str
    legs: tuple[LegView, ...]
    promise: tuple[Chip, ...]
    lines: tuple[Line, ...]
    replies: tuple[Line, ...]
    understood: Mapping[str, Any] | None
    decided: Mapping[str, Any] | None
    items: tuple[str, ...]
    reveals: tuple[tuple[datetime, str, str], ...]
    words: Mapping[str, str]
    messages: tuple[Mapping[str, Any], ...]
    siblings: tuple[Sibling, ...]
    own: tuple[int, int] | None


def of(session: Session, number: str, actor: Actor, names: Names, now: datetime) -> Story:
    """The story as `actor` may know it. Raises NotFound, the same for an unknown ticket and for another unit's."""
    ticket = ticket_store.load(session, [number]).get(number)
    if ticket is None or not account_rules.may_see(actor, ticket):
        raise NotFound("NO_TICKET", f"没有编号为{number}的工单。")
    events = ticket_store.events_of(session, number)
    clocks = clock_queries.of_tickets(session, [number])[number]
    ambers = clock_queries.ambers(session, clocks)
    row = session.get(TicketRow, number)
    messages = _messages(session, ticket)
    words = {receipt_no: understanding["text"] for receipt_no, understanding in messages.items()}
    unit = only_unit(actor)
    shown = {clock.id: chip(clock, now, ambers.get(clock.id)) for clock in clocks}
    lines = _lines(session, events, names, unit, ticket)
    return Story(
        ticket=ticket,
        address=row.address if row else "",
        text=words.get(ticket.receipts[0]) or ticket.summary,
        legs=tuple(
            _leg(leg, [clock for clock in clocks if clock.leg == leg.id], shown, events, unit) for leg in ticket.legs
        ),
        promise=tuple(shown[clock.id] for clock in clocks if clock.kind is ClockKind.PROMISE),
        lines=tuple(lines),
        replies=tuple(
            {event.leg: told for event, told in zip(events, lines, strict=True) if event.kind in _REPLY}.values()
        ),
        understood=_last(events, E.UNDERSTOOD),
        decided=_record(events),
        items=_items(session, number),
        reveals=_reveals(session, number) if unit is None else (),
        words=words,
        messages=tuple(messages.values()),
        siblings=_siblings(session, ticket, actor),
        own=_own(events),
    )


def only_unit(actor: Actor) -> str | None:
    """The unit whose eyes the actor looks with, or None for the hotline's people, who see every leg."""
    return actor.unit if not actor.roles & account_rules.SEE_OPENLY and Role.CENTRE in actor.roles else None


def _leg(
    leg: Leg, clocks: Sequence[Clock], shown: Mapping[str, Chip], events: Sequence[Event], unit: str | None
) -> LegView:
    request = _request(leg, events)
    window = next((clock for clock in clocks if clock.kind is ClockKind.RETURN_WINDOW and clock.state in _GOING), None)
    mine = [clock for clock in clocks if clock.kind not in _ELSEWHERE and _is_of_holder(clock, leg)]
    return LegView(
        leg=leg,
        own=unit is not None and leg.unit == unit,
        clocks=tuple(shown[clock.id] for clock in sorted(mine, key=lambda clock: clock.state not in _GOING)),
        window_until=window.due_at if window is not None else None,
        request=request[0],
        proposed_unit=request[1],
    )


_GOING = frozenset({ClockState.RUNNING, ClockState.PAUSED})
_ELSEWHERE = frozenset({ClockKind.PROMISE, ClockKind.RETURN_WINDOW})
"""Shown with the ticket, and beside the form that asks for a return."""


def _is_of_holder(clock: Clock, leg: Leg) -> bool:
    """Whether it is a clock of the holder of now; those of earlier holders are in the history."""
    since = leg.dispatched_at or leg.opened_at
    return clock.state in _GOING or clock.started_at >= since.replace(microsecond=0)


_ASKING: dict[LegState, EventKind] = {
    LegState.RETURN_REQUESTED: E.RETURN_REQUESTED,
    LegState.EXTENSION_REQUESTED: E.EXTENSION_REQUESTED,
    LegState.HOLD_REQUESTED: E.HOLD_REQUESTED,
}


def _request(leg: Leg, events: Sequence[Event]) -> tuple[str, str | None]:
    """What a leg asks for, and the unit that it proposes instead of its own."""
    kind = _ASKING.get(leg.state)
    asked = _last([event for event in events if event.leg == leg.id], kind) if kind else None
    if asked is None:
        return "", None
    match leg.state:
        case LegState.RETURN_REQUESTED:
            code = RETURN_CODES.get(asked["code"], asked["code"])
            return f"申请退单：{code}。依据：{asked.get('clause', '')}", asked["proposed_unit"]
        case LegState.EXTENSION_REQUESTED:
            first = "（已有一人同意，待第二人审批）" if leg.approved_by else ""
            return f"申请延期{asked['days']}个工作日：{asked['reason']}{first}", None
        case _:
            return f"申请挂起：{asked['reason']}", None


def _lines(session: Session, events: Sequence[Event], names: Names, unit: str | None, ticket: Ticket) -> list[Line]:
    people = account_store.names_of(session, {event.actor for event in events})
    told = [line(event, names, people) for event in events]
    if unit is None:
        return told
    own = {leg.id for leg in ticket.legs if leg.unit == unit}
    return [_without_inner(one, own) for one in told]


def _without_inner(one: Line, own: set[str]) -> Line:
    """A unit reads the notes of its own legs and of no other's."""
    if one.leg in own:
        return one
    return replace(one, said=tuple(item for item in one.said if not item.inner))


def _last(events: Sequence[Event], kind: EventKind | None) -> Mapping[str, Any] | None:
    return next((event.data for event in reversed(events) if event.kind is kind), None)


def _record(events: Sequence[Event]) -> Mapping[str, Any] | None:
    """The last decision with its candidates; a short one stands in when there is no other."""
    found = [event.data for event in events if event.kind is E.DECIDED]
    full = [data for data in found if data.get("candidates") or data.get("suggestions")]
    return next(reversed(full or found), None)


def _messages(session: Session, ticket: Ticket) -> dict[str, Mapping[str, Any]]:
    """What was understood by receipt number, oldest first; a message that was not understood has nothing masked."""
    t = table(MessageRow)
    found = session.execute(select(t.c.receipt_no, t.c.understanding).where(t.c.receipt_no.in_(ticket.receipts)))
    known = {row.receipt_no: row.understanding for row in found if row.understanding}
    return {receipt_no: known[receipt_no] for receipt_no in ticket.receipts if receipt_no in known}


def _siblings(session: Session, ticket: Ticket, actor: Actor) -> tuple[Sibling, ...]:
    if ticket.n_parts < 2:
        return ()
    numbers = [parts.number(ticket.receipts[0], part) for part in range(1, ticket.n_parts + 1)]
    found = ticket_store.load(session, [no for no in numbers if no != ticket.no])
    return tuple(
        Sibling(no=no, part=parts.part_of(no), state=found[no].state, open_to=account_rules.may_see(actor, found[no]))
        for no in numbers
        if no in found
    )


def _own(events: Sequence[Event]) -> tuple[int, int] | None:
    data = events[0].data
    return (data["start"], data["end"]) if "part" in data else None


def _items(session: Session, number: str) -> tuple[str, ...]:
    t = table(AgendaRow)
    return tuple(session.execute(select(t.c.id).where(t.c.ticket_no == number).order_by(t.c.opened_at)).scalars())


def _reveals(session: Session, number: str) -> tuple[tuple[datetime, str, str], ...]:
    t = table(RevealRow)
    wanted = select(t.c.at, t.c.actor, t.c.reason).where(t.c.ticket_no == number).order_by(t.c.id)
    rows = session.execute(wanted).all()
    people = account_store.names_of(session, {row.actor for row in rows})
    return tuple((row.at, people.get(row.actor, row.actor), row.reason) for row in rows)
