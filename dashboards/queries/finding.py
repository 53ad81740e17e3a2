"""Tickets that are like another, and tickets that somebody looks for."""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, literal_column, or_, select
from sqlmodel import Session

from dashboards.queries.names import Names
from dashboards.queries.queues import Scope
from dashboards.queries.rows import COLUMNS, QueueRow, rows_from
from tickets.store import table
from tickets.tables import LegRow, MessageRow, TicketRow
from tickets.types import Ticket

SIMILAR_DAYS = 7
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
