"""Waiting messages into tickets: a batch at a time, danger first. What fails is split; what is poisoned is set aside."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, or_, select, update
from sqlmodel import Session

from hotline import answering, decide, parts, record, settled
from hotline.answering import Given
from hotline.reference import SHANGHAI, Reference, Snapshot
from hotline.settled import Settled
from plumbing import faults
from plumbing.clock import Clock
from plumbing.config import Answers
from plumbing.crypto import canonical
from plumbing.db import Database
from tickets import lifecycle
from tickets import store as ticket_store
from tickets.moves import AT_UNIT, MOVES
from tickets.store import Change, table
from tickets.tables import MessageRow, TicketRow
from tickets.types import Channel, CommandKind, LegState, Message, Outcome, Ticket, Understanding, Urgency

CLAIM = timedelta(seconds=60)
TRIES = 3

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A claimed message, with the ticket that it answers, if any, and that ticket's own first words."""

    message: Message
    proof: str
    sample: bool
    attempts: int
    ticket: Ticket | None = None
    before: str = ""

    @property
    def text(self) -> str:
        """What is to be understood: the place that a form gave and earlier words come first."""
        place = str(self.message.facts.get("place") or "")
        return "，".join(part for part in (self.before, place, self.message.text) if part)


class Drain:
    """Step B. `limit` messages at most at a time; `answers` says when the knowledge base answers by itself."""

    def __init__(
        self, database: Database, clock: Clock, reference: Reference, *, limit: int, answers: Answers | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._reference = reference
        self._limit = limit
        self._answers = answers or Answers()

    def run_once(self) -> int:
        """How many messages got their outcome; 0 when nothing waits."""
        now = self._clock.now()
        batch = self._claim(now)
        if batch:
            faults.point("after_claim")
        return self._settle(batch, self._reference.on(now), now) if batch else 0

    def release_claims(self) -> None:
        """Take over what a killed process had claimed; only when no other process drains the same database."""
        with self._database.transaction() as session:
            t = table(MessageRow)
            session.execute(update(t).where(t.c.outcome == str(Outcome.PENDING)).values(claimed_until=None))

    def _claim(self, now: datetime) -> list[_Waiting]:
        t = table(MessageRow)
        free = or_(t.c.claimed_until.is_(None), t.c.claimed_until < now)
        wanted = (
            select(t.c.receipt_no)
            .where(t.c.outcome == str(Outcome.PENDING), free)
            .order_by(t.c.priority, t.c.received_at)
            .limit(self._limit)
            .with_for_update(skip_locked=True)
        )
        with self._database.reading() as session:
            if (
                session.execute(
                    select(t.c.receipt_no).where(t.c.outcome == str(Outcome.PENDING), free).limit(1)
                ).first()
                is None
            ):
                return []
        with self._database.transaction() as session:
            numbers = [row[0] for row in session.execute(wanted)]
            if not numbers:
                return []
            session.execute(
                update(t)
                .where(t.c.receipt_no.in_(numbers))
                .values(claimed_until=now + CLAIM, attempts=t.c.attempts + 1)
            )
            rows = session.execute(select(t).where(t.c.receipt_no.in_(numbers))).all()
            waiting = [_waiting(row) for row in sorted(rows, key=lambda row: (row.priority, row.received_at))]
            return self._with_tickets(session, waiting)

    def _with_tickets(self, session: Session, batch: list[_Waiting]) -> list[_Waiting]:
        """Join each message to the ticket that it is about, or that waits for its sender's answer.

        A message about one that is itself still waiting, and the second of two messages for one ticket, go back
        and come with a later batch.
        """
        numbers, early = _tickets_meant(session, batch)
        tickets = _following(session, ticket_store.load(session, sorted(set(numbers.values()))))
        words = _first_words(session, [no for no, ticket in tickets.items() if ticket.state is LegState.WAITING])
        taken: set[str] = set()
        out: list[_Waiting] = []
        for one in batch:
            receipt_no = one.message.receipt_no
            ticket = tickets.get(numbers.get(receipt_no, ""))
            if receipt_no in early or (ticket is not None and ticket.no in taken):
                _unclaim(session, receipt_no)
            elif ticket is None or not _takes(ticket, one.message):
                out.append(one)
            else:
                taken.add(ticket.no)
                out.append(replace(one, ticket=ticket, before=words.get(ticket.no, "")))
        return out

    def _settle(self, batch: Sequence[_Waiting], snapshot: Snapshot, now: datetime) -> int:
        """Understand, decide and write the batch; halve it when that fails, down to the poisoned message."""
        try:
            understandings = self._reference.brain.parse_many([one.text for one in batch])
            world = decide.World(directory=snapshot.directory, policy=snapshot.policy, now=now, tags=snapshot.tags)
            understandings = [
                decide.listened(u, one.message, world) for one, u in zip(batch, understandings, strict=True)
            ]
            pieces = self._pieces(batch, understandings, world)
            done = [
                self._settled(one, u, p, world=world, snapshot=snapshot)
                for one, u, p in zip(batch, understandings, pieces, strict=True)
            ]
            self._write(batch, done, understandings, snapshot)
        except Exception as error:  # noqa: BLE001 - whatever it is, the batch is split and the loop goes on
            if len(batch) > 1:
                middle = len(batch) // 2
                return self._settle(batch[:middle], snapshot, now) + self._settle(batch[middle:], snapshot, now)
            return self._failed(batch[0], snapshot, now, error)
        return len(batch)

    def _settled(
        self,
        one: _Waiting,
        understanding: Understanding,
        pieces: tuple[parts.Part, ...],
        *,
        world: decide.World,
        snapshot: Snapshot,
    ) -> Settled:
        """The passage that answers it, else a ticket or several. An answer to one demand of several would lose the others."""
        if one.ticket is None and not understanding.said.demands:
            on = world.now.astimezone(SHANGHAI).date()
            tried = answering.attempt(one.message, understanding, snapshot.knowledge, self._answers, on=on)
            if isinstance(tried, Given):
                return Settled(given=tried)
            return Settled(changes=_decided(one, understanding, pieces, world), tried=tried)
        return Settled(changes=_decided(one, understanding, pieces, world))

    def _pieces(
        self, batch: Sequence[_Waiting], understandings: Sequence[Understanding], world: decide.World
    ) -> list[tuple[parts.Part, ...]]:
        """The parts of each message that holds several demands and opens a ticket; the brain reads all in one call."""
        words = [[] if one.ticket else parts.texts(one.text, u) for one, u in zip(batch, understandings, strict=True)]
        flat = [text for some in words for text in some]
        read = iter(self._reference.brain.parse_many(flat) if flat else ())
        out = []
        for one, understanding, some in zip(batch, understandings, words, strict=True):
            own = [decide.listened(next(read), one.message, world) for _ in some]
            out.append(parts.parts(one.message, understanding, some, own) if some else ())
        return out

    def _failed(self, one: _Waiting, snapshot: Snapshot, now: datetime, error: Exception) -> int:
        if isinstance(error, AlreadySettled):
            return 0
        receipt_no = one.message.receipt_no
        log.error(
            "message failed", receipt_no=receipt_no, attempts=one.attempts, error=type(error).__name__, exc_info=error
        )
        if one.attempts < TRIES:
            with self._database.transaction() as session:
                _unclaim(session, receipt_no)
            return 0
        world = decide.World(directory=snapshot.directory, policy=snapshot.policy, now=now)
        change = decide.set_aside(one.message, type(error).__name__, world, proof=one.proof)
        self._write([one], [Settled(changes=(change,))], [None], snapshot)
        return 1

    def _write(
        self,
        batch: Sequence[_Waiting],
        done: Sequence[Settled],
        understandings: Sequence[Understanding | None],
        snapshot: Snapshot,
    ) -> None:
        faults.point("before_write")
        now = self._clock.now()
        with self._database.transaction() as session:
            numbers = [one.message.receipt_no for one in batch]
            _lock_pending(session, numbers)
            changed = [(one, change) for one, what in zip(batch, done, strict=True) for change in what.changes]
            known = record.reaches(session, [change.ticket.no for _, change in changed if not change.new])
            deeds = [_deed(one, change, known.get(change.ticket.no)) for one, change in changed]
            record.write(session, deeds, snapshot=snapshot, now=now)
            settled.write_answers(
                session, [(one.message, what) for one, what in zip(batch, done, strict=True)], snapshot, now
            )
            settled_at = self._clock.now()  # read last: from receipt to here is what a message waited
            rows = [
                _outcome(one, what, understanding, settled_at)
                for one, what, understanding in zip(batch, done, understandings, strict=True)
            ]
            session.connection().execute(_SETTLE, rows)
            faults.point("before_commit")
        faults.point("after_write")


_TAKES_WORDS = MOVES[CommandKind.SUPPLY].sources
"""States whose ticket takes more words; on any other a message opens a ticket of its own."""

_HEEDS_DANGER = AT_UNIT | {LegState.RECEIVED}
"""States of a critical ticket in which somebody is at it; to any other, words of danger are news."""


def _takes(ticket: Ticket, message: Message) -> bool:
    """Whether more words belong to the ticket.

    Words of danger are routed and alarm: as an answer that the ticket waits for, or as a ticket of their own. They
    are only added where a critical ticket is being worked on already.
    """
    state = lifecycle.lead(ticket).state
    if message.danger is None or state is LegState.WAITING:
        return state in _TAKES_WORDS
    return ticket.urgency is Urgency.CRITICAL and state in _HEEDS_DANGER


_M = table(MessageRow)
_SETTLE = (
    update(_M)
    .where(_M.c.receipt_no == bindparam("b_receipt_no"))
    .values(
        outcome=bindparam("outcome"),
        tickets=bindparam("tickets"),
        reason=bindparam("reason"),
        understanding=bindparam("understanding"),
        settled_at=bindparam("settled_at"),
        claimed_until=None,
    )
)


def _lock_pending(session: Session, numbers: list[str]) -> None:
    """Make sure that nobody else settled one of them; on PostgreSQL the rows stay locked until the commit."""
    wanted = select(_M.c.receipt_no).where(_M.c.receipt_no.in_(numbers), _M.c.outcome == str(Outcome.PENDING))
    found = session.execute(wanted.order_by(_M.c.receipt_no).with_for_update()).all()  # one order: no deadlock
    if len(found) != len(numbers):
        raise AlreadySettled(f"{len(numbers) - len(found)} of {len(numbers)} messages were settled by another worker")


class AlreadySettled(RuntimeError):
    """Two workers had the same message; the second writes nothing."""


def _decided(
    one: _Waiting, understanding: Understanding, pieces: tuple[parts.Part, ...], world: decide.World
) -> tuple[Change, ...]:
    """One change, or one for each ticket that the message opens."""
    if one.ticket is not None:
        return (decide.supply(one.ticket, one.message, understanding, world, proof=one.proof),)
    return decide.open_tickets(one.message, understanding, pieces, world, proof=one.proof)


def _deed(one: _Waiting, change: Change, known: str | None) -> record.Deed:
    """`known` is how the resident of an old ticket is reached, whichever way the new words came."""
    how = known or settled.reach(one.message)
    words = dict(change.words or {})
    if change.new:
        words |= {"sample": one.sample, "reach": how}
    return record.Deed(
        change=Change(ticket=change.ticket, events=change.events, new=change.new, words=words), reach=how
    )


def _outcome(one: _Waiting, what: Settled, understanding: Understanding | None, now: datetime) -> dict[str, Any]:
    outcome, tickets, reason = settled.became(what)
    return {
        "b_receipt_no": one.message.receipt_no,
        "outcome": str(outcome),
        "tickets": tickets,
        "reason": reason,
        "understanding": _plain(understanding) if understanding else None,
        "settled_at": now,
    }


def _plain(understanding: Understanding) -> Any:
    import orjson

    return orjson.loads(canonical(asdict(understanding)))


def _waiting(row: Any) -> _Waiting:
    message = Message(
        receipt_no=row.receipt_no,
        channel=Channel(row.channel),
        external_id=row.external_id,
        sender=row.sender,
        text=row.text,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        urgency=Urgency(row.urgency),
        danger=row.danger,
        facts=row.facts,
        about=row.about,
        flags=tuple(row.flags),
    )
    return _Waiting(message=message, proof=row.text_hash, sample=row.sample, attempts=row.attempts + 1)


def _tickets_meant(session: Session, batch: Sequence[_Waiting]) -> tuple[dict[str, str], set[str]]:
    """Ticket by receipt number, and the receipts whose first message has no ticket yet.

    Danger is never taken for an answer to an old question: unless the channel says so, it opens its own ticket.
    """
    about = {one.message.receipt_no: one.message.about for one in batch if one.message.about}
    meant: dict[str, str] = {}
    early: set[str] = set()
    found = session.execute(
        select(_M.c.receipt_no, _M.c.outcome, _M.c.tickets).where(_M.c.receipt_no.in_(set(about.values())))
    )
    firsts = {row.receipt_no: row for row in found}
    for receipt_no, first_no in about.items():
        first = firsts.get(str(first_no))
        if first is None:
            meant[receipt_no] = str(first_no)
        elif first.outcome == Outcome.PENDING:
            early.add(receipt_no)
        elif first.tickets:
            meant[receipt_no] = first.tickets[0]
    senders = {one.message.sender for one in batch if one.message.sender and not one.message.danger}
    awaited = _awaited(session, senders)
    for one in batch:
        if one.message.receipt_no not in about and one.message.sender in awaited and not one.message.danger:
            meant[one.message.receipt_no] = awaited[one.message.sender]
    return meant, early


def _awaited(session: Session, senders: set[str]) -> dict[str, str]:
    """The newest ticket of each sender that waits for an answer; one of several of a message never does."""
    if not senders:
        return {}
    t = table(TicketRow)
    wanted = (
        select(_M.c.sender, t.c.no)
        .join(t, t.c.no == _M.c.receipt_no)
        .where(_M.c.sender.in_(senders), t.c.state == str(LegState.WAITING))
        .order_by(_M.c.received_at)
    )
    return {row.sender: row.no for row in session.execute(wanted)}


def _following(session: Session, tickets: dict[str, Ticket]) -> dict[str, Ticket]:
    """The tickets by the numbers asked for; words for a merged one go to its master."""
    masters = ticket_store.load(session, [one.master for one in tickets.values() if one.master])
    return {no: masters.get(one.master or "", one) for no, one in tickets.items()}


def _first_words(session: Session, numbers: Sequence[str]) -> dict[str, str]:
    if not numbers:
        return {}
    found = session.execute(select(_M.c.receipt_no, _M.c.text).where(_M.c.receipt_no.in_(numbers)))
    return {row.receipt_no: row.text for row in found}


def _unclaim(session: Session, receipt_no: str) -> None:
    session.execute(update(_M).where(_M.c.receipt_no == receipt_no).values(claimed_until=None))
