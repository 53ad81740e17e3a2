"""The agenda in and out of the database."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlmodel import Session

from joint_meeting.rules import Settled
from joint_meeting.tables import AgendaRow, StatementRow
from plumbing.errors import NotFound
from tickets.ports import AgendaItem, Statement
from tickets.store import table


def counts(session: Session, ticket_nos: Sequence[str]) -> dict[str, int]:
    """How many items each ticket has had; a ticket without any is left out."""
    t = table(AgendaRow)
    found = session.execute(
        select(t.c.ticket_no, func.count()).where(t.c.ticket_no.in_(ticket_nos)).group_by(t.c.ticket_no)
    )
    return {row[0]: row[1] for row in found}


def write(session: Session, opened: Sequence[AgendaItem], settled: Sequence[Settled]) -> None:
    """Put items on the agenda and move others."""
    for item in opened:
        session.add(
            AgendaRow(
                id=item.id,
                field=item.field,
                ticket_no=item.ticket_no,
                leg=item.leg,
                question=item.question,
                units=list(item.units),
                interim=item.interim,
                opened_at=item.opened_at,
                state=item.state,
            )
        )
    session.flush()
    t = table(AgendaRow)
    for done in settled:
        was = "dropped" if done.state == "open" else "open"
        session.execute(
            update(t)
            .where(t.c.ticket_no == done.ticket_no, t.c.leg == done.leg, t.c.state == was)
            .values(
                state=done.state,
                ruling=None if done.ruling is None else dict(done.ruling),
                ruled_at=done.at if done.state == "ruled" else None,
            )
        )


def agenda(session: Session, *, ruled: bool, limit: int = 200) -> list[AgendaItem]:
    """Open items oldest first, or ruled ones newest first; without statements."""
    t = table(AgendaRow)
    wanted = select(AgendaRow).where(t.c.state == ("ruled" if ruled else "open"))
    order = t.c.ruled_at.desc() if ruled else t.c.opened_at
    return [_item(row, ()) for row in session.execute(wanted.order_by(order, t.c.id).limit(limit)).scalars()]


def item(session: Session, item_id: str) -> AgendaItem:
    """One item with its statements, oldest first. Raises NotFound."""
    row = session.get(AgendaRow, item_id)
    if row is None:
        raise NotFound("NO_ITEM", f"没有编号为{item_id}的议题。")
    t = table(StatementRow)
    said = session.execute(select(StatementRow).where(t.c.item_id == item_id).order_by(t.c.id)).scalars()
    return _item(row, tuple(Statement(unit=one.unit, text=one.text, by=one.by, at=one.at) for one in said))


def add_statement(session: Session, item_id: str, said: Statement) -> None:
    """Keep what a unit said."""
    session.add(StatementRow(item_id=item_id, unit=said.unit, text=said.text, by=said.by, at=said.at))
    session.flush()


def _item(row: AgendaRow, statements: tuple[Statement, ...]) -> AgendaItem:
    return AgendaItem(
        id=row.id,
        field=row.field,
        ticket_no=row.ticket_no,
        leg=row.leg,
        question=row.question,
        opened_at=row.opened_at,
        state=row.state,
        units=tuple(row.units),
        interim=row.interim,
        statements=statements,
        ruling=row.ruling,
    )
