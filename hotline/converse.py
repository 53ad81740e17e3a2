"""What a caller who is still on the line can be asked back, within a moment; model or no model, the call goes on."""

from time import monotonic, sleep
from typing import Protocol

from sqlalchemy import select

from plumbing.db import Database
from tickets.store import table
from tickets.tables import EventRow, MessageRow, TicketRow
from tickets.types import EventKind, LegState, Outcome

PATIENCE_SECONDS = 3.0
LOOK_SECONDS = 0.05


class Chat(Protocol):
    """Another way of asking for what is missing (hotline.rasa.FormChat). None = it has nothing to ask, or is away."""

    def begin(self, conversation: str, matter: str) -> str | None: ...

    def answer(self, conversation: str, words: str) -> str | None: ...


class Converse:
    """Waits for a message's outcome and looks whether its ticket has a question. A `chat` may put it in its own words."""

    def __init__(
        self, database: Database, *, patience_seconds: float = PATIENCE_SECONDS, chat: Chat | None = None
    ) -> None:
        self._database = database
        self._patience_seconds = patience_seconds
        self._chat = chat

    def question(self, receipt_no: str) -> str | None:
        """The question that the ticket waits to have answered; None without one, or when it is not known in time."""
        own = self._own(receipt_no)
        if own is None or self._chat is None:
            return own
        matter = self._matter_without_place(receipt_no)
        return (self._chat.begin(receipt_no, matter) if matter else None) or own

    def next(self, receipt_no: str, about: str) -> str | None:
        """What the chat still wants to know after an answer `receipt_no` about `about`; the answer is stored already."""
        if self._chat is None:
            return None
        m = table(MessageRow)
        with self._database.reading() as session:
            words = session.execute(select(m.c.text).where(m.c.receipt_no == receipt_no)).scalar()
        return self._chat.answer(about, words) if words else None

    def _own(self, receipt_no: str) -> str | None:
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

    def _matter_without_place(self, ticket_no: str) -> str | None:
        """The ticket's matter when no place was named at all: which of two streets it is, only our own question asks."""
        t, e = table(TicketRow), table(EventRow)
        wanted = (
            select(t.c.matter, e.c.data)
            .join(e, e.c.ticket_no == t.c.no)
            .where(t.c.no == ticket_no, e.c.kind == str(EventKind.UNDERSTOOD))
            .order_by(e.c.seq.desc())
            .limit(1)
        )
        with self._database.reading() as session:
            row = session.execute(wanted).first()
        if row is None or row.data.get("place") or row.data.get("streets") or row.data.get("street"):
            return None
        return str(row.matter) if row.matter else None

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
