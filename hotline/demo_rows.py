"""The rows that a sample is made of: into another database, and out again. The tables are named here once."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, func, insert, select, union_all
from sqlmodel import Session, SQLModel

from city import tables as city
from joint_meeting.tables import AgendaRow, StatementRow
from sla.tables import ClockRow, TimerRow
from tickets.store import table
from tickets.tables import (
    AnswerRow,
    ClusterKeyRow,
    ClusterMemberRow,
    ClusterPartingRow,
    ClusterRow,
    DeliveryRow,
    EventRow,
    GatheringRow,
    IdempotencyRow,
    LegRow,
    MessageRow,
    OpenQuestionRow,
    QuoteRow,
    RevealRow,
    TicketRow,
    TryRow,
)

_MADE: tuple[type[SQLModel], ...] = (
    MessageRow,
    TicketRow,
    LegRow,
    EventRow,
    ClockRow,
    TimerRow,
    DeliveryRow,
    AgendaRow,
    StatementRow,
    GatheringRow,
    ClusterKeyRow,
    ClusterRow,
    ClusterMemberRow,
    AnswerRow,
    OpenQuestionRow,
)
"""What a week writes; the referred-to stand before those that refer."""

_Row = dict[str, Any]


def copy_city(source: Session, target: Session) -> None:
    """The list, the places, the clocks and the precedents, as they are in force in `source`."""
    for t in SQLModel.metadata.sorted_tables:
        if t.name.startswith("city_"):
            _insert(target, t, source, select(t), dict)


def has_sample(session: Session) -> bool:
    """Whether a sample is there already."""
    return bool(session.execute(select(table(TicketRow).c.no).where(table(TicketRow).c.sample).limit(1)).first())


def hand_over(source: Session, target: Session) -> int:
    """Everything that was made in `source`; how many tickets. Nobody of the sample is ever sent anything by `target`."""
    for row in _MADE:
        change: Callable[[_Row], _Row] = _unreachable if row is TicketRow else dict
        _insert(target, table(row), source, select(table(row)), change)
    t = table(city.PrecedentRow)
    made = select(t).where(t.c.ticket_no.in_(select(table(TicketRow).c.no)))
    _insert(target, t, source, made, dict)
    return _count(source)


def take_away(session: Session) -> int:
    """Delete every sample ticket and whatever hangs on it, and nothing else; how many tickets."""
    n = _count(session)
    receipts = _receipts(session)
    items = select(table(AgendaRow).c.id).where(_of_sample(table(AgendaRow).c.ticket_no))
    _delete(session, StatementRow, table(StatementRow).c.item_id.in_(items))
    for row in (
        TimerRow,
        ClockRow,
        DeliveryRow,
        AgendaRow,
        RevealRow,
        IdempotencyRow,
        city.PrecedentRow,
        EventRow,
        LegRow,
        GatheringRow,
        ClusterKeyRow,
        ClusterPartingRow,
        ClusterMemberRow,
        QuoteRow,
    ):
        _delete(session, row, _of_sample(table(row).c.ticket_no))
    c = table(ClusterRow).c.id
    named = union_all(select(table(ClusterMemberRow).c.cluster), select(table(ClusterPartingRow).c.cluster))
    _delete(session, ClusterRow, c.not_in(named))
    m = table(MessageRow).c
    said = select(m.receipt_no).where(m.sample)
    _delete(session, AnswerRow, table(AnswerRow).c.receipt_no.in_(said))
    _delete(session, OpenQuestionRow, table(OpenQuestionRow).c.receipt_no.in_(said))
    _delete(session, DeliveryRow, table(DeliveryRow).c.ticket_no.in_(said))  # of an answered one, which has no ticket
    _delete(session, TryRow, table(TryRow).c.receipt_no.in_(receipts))
    _delete(session, TicketRow, table(TicketRow).c.sample)
    _delete(session, MessageRow, table(MessageRow).c.sample | table(MessageRow).c.receipt_no.in_(receipts))
    return n


def _receipts(session: Session) -> list[str]:
    """The numbers of all messages of sample tickets, with those that a visitor added by the pages."""
    t = table(TicketRow)
    found = session.execute(select(t.c.receipts).where(t.c.sample)).scalars()
    return sorted({number for receipts in found for number in receipts})


def _of_sample(column: ColumnElement[str]) -> ColumnElement[bool]:
    t = table(TicketRow)
    return column.in_(select(t.c.no).where(t.c.sample))


def _count(session: Session) -> int:
    t = table(TicketRow)
    return int(session.execute(select(func.count()).where(t.c.sample)).scalar_one())


def _delete(session: Session, row: type[SQLModel], where: ColumnElement[bool]) -> None:
    session.execute(delete(table(row)).where(where))


def _insert(target: Session, t: Table, source: Session, wanted: Select[Any], change: Callable[[_Row], _Row]) -> None:
    """The rows that `wanted` finds; a number that the database itself gives is given anew."""
    given = {column.name for column in t.primary_key if column is t.autoincrement_column}
    found = [change(dict(one)) for one in source.execute(wanted).mappings()]
    rows = [{name: value for name, value in one.items() if name not in given} for one in found]
    if rows:
        target.execute(insert(t), rows)


def _unreachable(ticket: _Row) -> _Row:
    """A ticket whose resident nothing is sent to: the numbers of the sample belong to nobody."""
    return ticket | {"reach": "none"}
