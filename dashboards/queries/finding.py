"""Tickets that are like another, and tickets that somebody looks for."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, literal_column, or_, select
from sqlmodel import Session

from dashboards.queries.names import Names
from dashboards.queries.queues import Scope
from dashboards.queries.rows import COLUMNS, QueueRow, rows_from
from nlu.alike import Sketch, likeness, sketch
from tickets import cluster_store
from tickets.cluster_store import Entry
from tickets.store import table
from tickets.tables import AnswerRow, LegRow, MessageRow, TicketRow
from tickets.types import Ticket

SIMILAR_DAYS = 7
MOST_COMPARED = 40
LIKELY = 0.5
"""From here on a ticket is shown as a possible duplicate."""
SEARCH_DAYS = 90
FOUND = 50

_PART = re.compile(r"[0-9]{6,20}-[2-9]")
_t, _l, _m = table(TicketRow), table(LegRow), table(MessageRow)


def similar(session: Session, ticket: Ticket, now: datetime, *, limit: int = 5) -> list[QueueRow]:
    """Open tickets of the same matter in the same street within seven days, oldest first: what it may be merged into."""
    if ticket.matter is None or ticket.street is None:
        return []
    week = timedelta(days=SIMILAR_DAYS)
    wanted = (
        select(*COLUMNS["ticket"])
        .where(
            _t.c.matter == ticket.matter,
            _t.c.street == ticket.street,
            _t.c.opened_at > ticket.opened_at - week,
            _t.c.opened_at < ticket.opened_at + week,
            literal_column("ticket.is_open"),
            _t.c.no != ticket.no,
            _t.c.confidential.is_(False),
        )
        .order_by(_t.c.opened_at)
        .limit(limit)
    )
    return rows_from(session, session.execute(wanted).all(), None, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A ticket that another may be merged into: how probable it is that both are about the same matter, and why."""

    row: QueueRow
    score: float
    why: str


def alike(session: Session, ticket: Ticket, now: datetime, *, limit: int = 5) -> list[Alike]:
    """Open tickets that may be about the same matter, the likest first: neighbours by matter and street, and the
    tickets of the same event."""
    own = cluster_store.entries(session, [ticket.no]).get(ticket.no)
    event = cluster_store.members(session, [own.cluster])[own.cluster] if own and own.cluster else []
    near = {row.no: row for row in similar(session, ticket, now, limit=MOST_COMPARED)}
    others = [one.no for one in event if one.is_open and one.no != ticket.no and one.no not in near][:MOST_COMPARED]
    if others:
        wanted = select(*COLUMNS["ticket"]).where(_t.c.no.in_(others))
        near |= {row.no: row for row in rows_from(session, session.execute(wanted).all(), None, now)}
    known = cluster_store.entries(session, list(near))
    mine = _sketch(own) if own else _sketch_of(ticket)
    found = []
    for no, row in near.items():
        like = likeness(mine, _sketch(known[no])) if no in known else None
        if like is not None and like.score >= LIKELY:
            found.append(Alike(row=row, score=like.score, why=like.why))
    return sorted(found, key=lambda one: (-one.score, one.row.opened_at, one.row.no))[:limit]


def _sketch(one: Entry) -> Sketch:
    return sketch(one.summary, at=one.at, matter=one.matter, street=one.street, place=one.place, sender=one.caller)


def _sketch_of(ticket: Ticket) -> Sketch:
    """A confidential ticket is like others by its words alone, never by its caller."""
    return sketch(ticket.summary, at=ticket.opened_at, matter=ticket.matter, street=ticket.street, place=ticket.place)


def search(session: Session, words: str, scope: Scope, names: Names, now: datetime) -> list[QueueRow]:
    """At most FOUND tickets, newest first: by the beginning of a number of any age, else by words of the last 90 days.

    Words are looked for in text and place, and as the name of a street, matter or unit.
    """
    words = " ".join("".join(char for char in words if char.isprintable()).split())[:60]
    if not words:
        return []
    wanted = select(*COLUMNS["ticket"]).where(_wanted(session, words, names, now), *_bounds(scope))
    found = session.execute(wanted.order_by(_t.c.opened_at.desc(), _t.c.no.desc()).limit(FOUND)).all()
    return rows_from(session, found, scope.unit, now)


def answered(session: Session, words: str) -> AnswerRow | None:
    """What the knowledge base answered to the message of that number, which has no ticket; None for any other words."""
    number = "".join(words.split())
    return session.get(AnswerRow, number) if number.isascii() and number.isdecimal() and len(number) <= 20 else None


def _wanted(session: Session, words: str, names: Names, now: datetime) -> ColumnElement[bool]:
    number = words.replace(" ", "")
    if _PART.fullmatch(number):
        return _t.c.no == number
    if number.isascii() and number.isdecimal() and len(number) >= 4:
        return or_(_t.c.no.in_(_of_receipt(session, number)), _t.c.no.between(number[:20], number.ljust(20, "9")))
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    named: list[Any] = [
        column.in_(codes)
        for column, codes in (
            (_t.c.street, [code for code, street in names.streets.items() if words in (street.name, *street.aliases)]),
            (_t.c.matter, [code for code, matter in names.matters.items() if words in matter.name]),
            (_t.c.lead_unit, [code for code, unit in names.units.items() if words in (unit.name, *unit.aliases)]),
        )
        if codes
    ]
    texts = [column.like(like, escape="\\") for column in (_t.c.summary, _t.c.place, _t.c.address)]
    return or_(*texts, *named) & (_t.c.opened_at > now - timedelta(days=SEARCH_DAYS))


def _of_receipt(session: Session, number: str) -> list[str]:
    """Tickets that a message with this very number went to."""
    row = session.get(MessageRow, number)
    return list(row.tickets) if row else []


def _bounds(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.unit is not None:
        own = exists().where(_l.c.ticket_no == _t.c.no, _l.c.unit == scope.unit)
        about_itself = _t.c.confidential & (_t.c.party_unit == scope.unit)
        return [own, or_(_t.c.party_unit.is_(None), ~about_itself)]
    return [] if scope.confidential else [_t.c.confidential.is_(False)]
