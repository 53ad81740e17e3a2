"""Tickets in and out of the database. Many at a time: one statement a table for a whole batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlmodel import Session, SQLModel

from plumbing.crypto import GENESIS, link
from plumbing.db import upsert
from plumbing.errors import Conflict
from tickets.moves import OPEN
from tickets.tables import EventRow, LegRow, TicketRow
from tickets.types import Channel, Event, EventKind, Leg, LegRole, LegState, Ticket, TicketType, Urgency

PRIORITY: Mapping[Urgency, int] = {Urgency.CRITICAL: 0, Urgency.URGENT: 1, Urgency.ROUTINE: 2}


def table(row: type[SQLModel]) -> Table:
    """The core table of a row class, for statements over many rows."""
    return cast("Table", row.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A ticket as it is after `events`. `new` = it is written for the first time.

    `words` are the row's own columns that no event holds (summary, address, reach, sample); None leaves them.
    """

    ticket: Ticket
    events: tuple[Event, ...]
    new: bool = False
    words: Mapping[str, Any] | None = None


def load(session: Session, numbers: Sequence[str]) -> dict[str, Ticket]:
    """Tickets by number; one that does not exist is left out."""
    if not numbers:
        return {}
    legs: dict[str, list[Leg]] = {}
    for row in session.execute(select(LegRow).where(table(LegRow).c.ticket_no.in_(numbers))).scalars():
        legs.setdefault(row.ticket_no, []).append(_leg(row))
    rows = session.execute(select(TicketRow).where(table(TicketRow).c.no.in_(numbers))).scalars()
    return {row.no: _ticket(row, legs[row.no]) for row in rows}


def events_of(session: Session, number: str) -> list[Event]:
    """A ticket's history, oldest first; empty for an unknown number."""
    t = table(EventRow)
    return [event(row) for row in session.execute(select(t).where(t.c.ticket_no == number).order_by(t.c.seq))]


def event(row: Any) -> Event:
    """An event from any row that has the table's columns."""
    return Event(
        ticket_no=row.ticket_no,
        seq=row.seq,
        kind=EventKind(row.kind),
        at=row.at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        leg=row.leg,
        data=row.data,
    )


def heads(session: Session, numbers: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Stored version and chain head by ticket number."""
    t = table(TicketRow)
    found = session.execute(select(t.c.no, t.c.version, t.c.head).where(t.c.no.in_(numbers)))
    return {row.no: (row.version, row.head) for row in found}


def chained(event_: Event, previous: str) -> str:
    """The hash of an event that follows `previous`; what `hotline audit verify` computes again."""
    return link(
        previous,
        {
            "ticket": event_.ticket_no,
            "seq": event_.seq,
            "kind": str(event_.kind),
            "leg": event_.leg,
            "at": event_.at.astimezone(UTC).isoformat(),
            "recorded_at": event_.recorded_at.astimezone(UTC).isoformat(),
            "actor": event_.actor,
            "data": dict(event_.data),
        },
    )


def write(session: Session, changes: Sequence[Change]) -> None:
    """Write events, tickets and legs. Raises Conflict when a ticket was changed by somebody else meanwhile."""
    old = [change.ticket.no for change in changes if not change.new]
    known = heads(session, old) if old else {}
    event_rows: list[dict[str, Any]] = []
    new_rows: list[dict[str, Any]] = []
    legs: list[dict[str, Any]] = []
    for change in sorted(changes, key=lambda one: one.ticket.no):  # every writer locks in this order: no deadlock
        version, head = (0, GENESIS) if change.new else known.get(change.ticket.no, (-1, GENESIS))
        if change.events and version != change.events[0].seq - 1:
            raise Conflict("CHANGED", "该工单刚被他人处理，请刷新后重试。", ticket_no=change.ticket.no)
        for item in change.events:
            head = chained(item, head)
            event_rows.append(_event_row(item, head))
        row = _ticket_row(change, head)
        if change.new:
            new_rows.append(row)
        else:
            _update(session, row, version)
        legs.extend(_leg_row(leg, change.ticket.no) for leg in change.ticket.legs)
    _insert(session, TicketRow, new_rows)
    _insert(session, EventRow, event_rows)
    _write_legs(session, legs, fresh={change.ticket.no for change in changes if change.new})


def _insert(session: Session, row: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table(row)), rows)


def _update(session: Session, row: dict[str, Any], version: int) -> None:
    t = table(TicketRow)
    values = {name: value for name, value in row.items() if name != "no"}
    done = session.execute(update(t).where(t.c.no == row["no"], t.c.version == version).values(values))
    if cast("Any", done).rowcount != 1:
        raise Conflict("CHANGED", "该工单刚被他人处理，请刷新后重试。", ticket_no=row["no"])


def _write_legs(session: Session, legs: Iterable[dict[str, Any]], *, fresh: set[str]) -> None:
    rows = list(legs)
    _insert(session, LegRow, [row for row in rows if row["ticket_no"] in fresh])
    upsert(session, table(LegRow), [row for row in rows if row["ticket_no"] not in fresh], key=["id"])


def _event_row(item: Event, head: str) -> dict[str, Any]:
    return {
        "ticket_no": item.ticket_no,
        "seq": item.seq,
        "kind": str(item.kind),
        "leg": item.leg,
        "at": item.at,
        "recorded_at": item.recorded_at,
        "actor": item.actor,
        "data": dict(item.data),
        "hash": head,
    }


_PLAIN = [
    "no",
    "version",
    "opened_at",
    "matter",
    "street",
    "place",
    "profile",
    "field",
    "n_parts",
    "master",
    "confidential",
    "anonymous",
    "supervised",
    "party_unit",
    "fallback",
    "list_version",
    "row",
    "precedent",
    "triage_reason",
    "satisfaction",
    "solved",
    "contacted",
]


def _ticket_row(change: Change, head: str) -> dict[str, Any]:
    ticket = change.ticket
    row: dict[str, Any] = {name: getattr(ticket, name) for name in _PLAIN}
    row |= {
        "state": str(ticket.state),
        "is_open": ticket.state in OPEN,
        "channel": str(ticket.channel),
        "type": str(ticket.type),
        "urgency": str(ticket.urgency),
        "priority": PRIORITY[ticket.urgency],
        "receipts": list(ticket.receipts),
        "lead_unit": next(leg.unit for leg in ticket.legs if leg.role is LegRole.LEAD),
        "head": head,
    }
    if change.new:
        row |= {"summary": "", "address": "", "reach": "none", "sample": False}
    return row | dict(change.words or {})


_LEG_PLAIN = [
    "id",
    "unit",
    "post",
    "round",
    "return_forbidden",
    "replied_by",
    "approved_by",
    "asked_days",
    "n_callbacks",
    "extended_days",
    "opened_at",
    "dispatched_at",
    "accepted_at",
    "contacted_at",
    "replied_at",
    "closed_at",
]


def _leg_row(leg: Leg, ticket_no: str) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(leg, name) for name in _LEG_PLAIN}
    return row | {
        "ticket_no": ticket_no,
        "role": str(leg.role),
        "state": str(leg.state),
        "is_open": leg.state in OPEN,
        "refused_by": list(leg.refused_by),
        "held_by": list(leg.held_by),
        "before": leg.before and str(leg.before),
    }


def _leg(row: LegRow) -> Leg:
    values: dict[str, Any] = {name: getattr(row, name) for name in _LEG_PLAIN}
    return Leg(
        **values,
        role=LegRole(row.role),
        state=LegState(row.state),
        refused_by=tuple(row.refused_by),
        held_by=tuple(row.held_by),
        before=LegState(row.before) if row.before else None,
    )


def _ticket(row: TicketRow, legs: list[Leg]) -> Ticket:
    values: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return Ticket(
        **values,
        state=LegState(row.state),
        channel=Channel(row.channel),
        type=TicketType(row.type),
        urgency=Urgency(row.urgency),
        summary=row.summary,
        receipts=tuple(row.receipts),
        legs=tuple(sorted(legs, key=lambda leg: int(leg.id.rsplit("/", 1)[1]))),
    )
