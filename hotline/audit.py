"""The chain of every ticket, and the daily anchor over all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import orjson
from sqlalchemy import select
from sqlmodel import Session

from plumbing.crypto import GENESIS, commitment, merkle_root
from plumbing.db import Database, upsert_ignore
from tickets import store as ticket_store
from tickets.store import table
from tickets.tables import AnchorRow, EventRow, MessageRow, TicketRow
from tickets.types import EventKind

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification found: how much was read, and each fault as one line naming ticket and event."""

    n_tickets: int
    n_events: int
    n_anchors: int
    faults: tuple[str, ...]


def verify(database: Database) -> Verdict:
    """Compute every chain, the commitments to residents' words and every anchor anew. Reads all; changes nothing."""
    faults: list[str] = []
    n_tickets = n_events = 0
    with database.reading() as session:
        for number, head in _heads(session):
            n_tickets += 1
            n_seen, found = _chain(session, number, head)
            n_events += n_seen
            faults += found
        anchors = session.execute(select(table(AnchorRow)).order_by(table(AnchorRow).c.day)).all()
        for anchor in anchors:
            root, n = _root(session, anchor.at)
            if (root, n) != (anchor.root, anchor.n_tickets):
                faults.append(f"anchor {anchor.day}: {anchor.n_tickets} tickets were anchored, {n} found, root differs")
    return Verdict(n_tickets=n_tickets, n_events=n_events, n_anchors=len(anchors), faults=tuple(faults))


def anchor(database: Database, *, day: date, before: datetime, folder: Path) -> str:
    """Fix the root over all that was recorded before an instant (exclusive), in the database and in a file for others.

    Nothing may still be written with an earlier time. Once a day: a day that has its anchor keeps it.
    """
    with database.transaction() as session:
        known = session.get(AnchorRow, day)
        if known is not None:
            return known.root
        root, n = _root(session, before)
        upsert_ignore(session, table(AnchorRow), [{"day": day, "root": root, "n_tickets": n, "at": before}])
    folder.mkdir(parents=True, exist_ok=True)
    line = orjson.dumps({"day": day, "root": root, "n_tickets": n, "at": before}, option=orjson.OPT_APPEND_NEWLINE)
    with (folder / "anchors.jsonl").open("ab") as file:
        file.write(line)
    return root


def _heads(session: Session) -> Iterator[tuple[str, str]]:
    t = table(TicketRow)
    after = ""
    while True:
        wanted = select(t.c.no, t.c.head).where(t.c.no > after).order_by(t.c.no).limit(_CHUNK)
        rows = session.execute(wanted).all()
        for row in rows:
            yield row.no, row.head
        if len(rows) < _CHUNK:
            return
        after = rows[-1].no


def _chain(session: Session, number: str, head: str) -> tuple[int, list[str]]:
    faults: list[str] = []
    previous, seq = GENESIS, 0
    promised: dict[str, str] = {}
    t = table(EventRow)
    for row in session.execute(select(t).where(t.c.ticket_no == number).order_by(t.c.seq)):
        seq += 1
        expected = ticket_store.chained(ticket_store.event(row), previous)
        if row.seq != seq:
            faults.append(f"{number}: event {seq} is missing")
        if row.hash != expected:
            faults.append(f"{number}: event {row.seq} ({row.kind}) was changed")
        if row.kind in _WITH_WORDS and row.data.get("commitment"):
            promised[row.data["receipt_no"]] = row.data["commitment"]
        previous, seq = row.hash, row.seq
    if previous != head:
        faults.append(f"{number}: the last event is not the one that the ticket names")
    return seq, [*faults, *_words(session, number, promised)]


_WITH_WORDS = frozenset({EventKind.OPENED, EventKind.APPENDED, EventKind.SUPPLIED})


def _words(session: Session, number: str, promised: Mapping[str, str]) -> list[str]:
    """Faults of messages whose words are not those that the events committed to; an erased one has no salt any more."""
    t = table(MessageRow)
    wanted = select(t.c.receipt_no, t.c.salt, t.c.text).where(t.c.receipt_no.in_(promised))
    return [
        f"{number}: the words of message {row.receipt_no} were changed"
        for row in session.execute(wanted.order_by(t.c.receipt_no))
        if row.salt and commitment(row.salt, row.text) != promised[row.receipt_no]
    ]


def _root(session: Session, before: datetime) -> tuple[str, int]:
    """The root over each ticket's last hash recorded before then, in order of number. Sample tickets do not count."""
    t, e = table(TicketRow), table(EventRow)
    wanted = (
        select(e.c.ticket_no, e.c.hash)
        .join(t, t.c.no == e.c.ticket_no)
        .where(e.c.recorded_at < before, t.c.sample.is_(False))
        .order_by(e.c.ticket_no, e.c.seq)
    )
    last = {row.ticket_no: row.hash for row in session.execute(wanted)}
    return merkle_root(list(last.values())), len(last)
