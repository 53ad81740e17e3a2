"""What a caller who is still on the line can be asked back, within a moment; model or no model, the call goes on."""

from time import monotonic, sleep

from sqlalchemy import select

from plumbing.db import Database
from tickets.store import table
from tickets.tables import EventRow, MessageRow, TicketRow
from tickets.types import EventKind, LegState, Outcome

PATIENCE_SECONDS = 3.0
LOOK_SECONDS = 0.05


class Converse:
    """Waits for a message's outcome and looks whether its ticket has a question."""

    def __init__(self, database: Database, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._database = database
        self._patience_seconds = patience_seconds

    def question(self, receipt_no: str) -> str | None:
        """The question that the ticket waits to have answered; None without one, or when it is not known in time."""
        until = monotonic() + self._patience_seconds
        while True:
            ticket_no = self._ticket(receipt_no)
            if ticket_no is not None:
                return self._asked(ticket_no)
            if monotonic() >= until:
                return None
            sleep(LOOK_SECONDS)

    def _ticket(self, receipt_no: str) -> str | None:
        m = table(MessageRow)
        with self._database.reading() as session:
            row = session.execute(select(m.c.outcome, m.c.tickets).where(m.c.receipt_no == receipt_no)).first()
        settled = row is not None and row.outcome != Outcome.PENDING and row.tickets
        return str(row.tickets[0]) if row is not None and settled else None

    def _asked(self, ticket_no: str) -> str | None:
        t, e = table(TicketRow), table(EventRow)
        waiting = select(t.c.no).where(t.c.no == ticket_no, t.c.state == str(LegState.WAITING))
        wanted = (
            select(e.c.data)
            .where(e.c.ticket_no.in_(waiting), e.c.kind == str(EventKind.ASKED))
            .order_by(e.c.seq.desc())
            .limit(1)
        )
        with self._database.reading() as session:
            data = session.execute(wanted).scalar()
        return str(data["question"]) if data else None
