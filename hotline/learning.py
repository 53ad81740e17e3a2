"""What the installation can learn from its own tickets, read from the database and kept as one private file.

The file is made anew each time from what the database holds then: a message that was erased or withdrawn is in no later
training. Confidential and anonymous tickets are never in it, the sample's only when asked for.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from city.types import Directory
from hotline.placed import Case, Lesson, lesson, plain
from nlu import whole
from routing.case import Circumstances
from routing.route import route
from tickets import store as ticket_store
from tickets.parts import RECEIPT_CHARACTERS
from tickets.store import table
from tickets.tables import EventRow, MessageRow, TicketRow
from tickets.types import NOWHERE, Event, LegState, Ranked, Understanding, Urgency

FOLDER = "learning"
ROWS = "lessons.jsonl"
_AT_ONCE = 500
_NEVER = (LegState.WITHDRAWN, LegState.INVALID, LegState.REFUSED, LegState.TRANSFERRED, LegState.MERGED)
"""Ends that say nothing about whose matter it was."""


def collect(
    session: Session,
    directory: Directory,
    *,
    since: datetime | None = None,
    sample: bool = False,
    only: Sequence[str] | None = None,
) -> list[Lesson]:
    """Every lesson of the tickets opened from `since` on (or of the tickets `only`), oldest first.

    Reads 500 tickets at a time.
    """
    found = []
    for row, events in _tickets(session, since=since, sample=sample, only=only):
        made = lesson(_case(row, events), partial(_unit_of, row=row, directory=directory))
        if made is not None:
            found.append(made)
    return sorted(found, key=lambda one: (one.at, one.id))


def write(lessons: Sequence[Lesson], home: Path) -> Path:
    """The file of the lessons below the home folder, readable by its owner only; whole or as it was."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole.file(folder / ROWS, mode=0o600) as fresh, fresh.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(plain(one), ensure_ascii=False) + "\n" for one in lessons)
    return folder / ROWS


def _tickets(
    session: Session, *, since: datetime | None, sample: bool, only: Sequence[str] | None
) -> Iterator[tuple[Any, list[Event]]]:
    """Rows of tickets whose message is still there, with their events; in order of their numbers."""
    t, m = table(TicketRow).c, table(MessageRow).c
    wanted = (
        select(table(TicketRow))
        .join(table(MessageRow), m.receipt_no == func.substr(t.no, 1, RECEIPT_CHARACTERS))
        .where(~t.confidential, ~t.anonymous, t.state.not_in([str(state) for state in _NEVER]))
        .order_by(t.no)
        .limit(_AT_ONCE)
    )
    if not sample:
        wanted = wanted.where(~t.sample)
    if since is not None:
        wanted = wanted.where(t.opened_at >= since)
    if only is not None:
        numbers = sorted(only)
        parts = [numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE)]
        for part in parts:
            yield from _with_events(session, session.execute(wanted.where(t.no.in_(part))).all())
        return
    last = ""
    while rows := session.execute(wanted.where(t.no > last)).all():
        last = rows[-1].no
        yield from _with_events(session, rows)


def _with_events(session: Session, rows: Sequence[Any]) -> Iterator[tuple[Any, list[Event]]]:
    e = table(EventRow).c
    events: dict[str, list[Event]] = {row.no: [] for row in rows}
    asked = select(table(EventRow)).where(e.ticket_no.in_(events)).order_by(e.ticket_no, e.seq)
    for row in session.execute(asked):
        events[row.ticket_no].append(ticket_store.event(row))
    return ((row, events[row.no]) for row in rows)


def _case(row: Any, events: Sequence[Event]) -> Case:
    return Case(
        no=row.no,
        text=row.summary,
        state=row.state,
        opened_at=row.opened_at,
        channel=row.channel,
        solved=row.solved,
        list_version=row.list_version,
        events=events,
    )


def _unit_of(matter: str, *, row: Any, directory: Directory) -> str | None:
    """Who gets the matter in this ticket's street by the list of today."""
    if matter not in directory.matters:
        return None
    heard = Understanding(
        text=row.summary,
        matters=(Ranked(label=matter, score=1.0),),
        abstain=False,
        type=Ranked(label=row.type, score=1.0),
        urgency=Ranked(label=str(Urgency(row.urgency)), score=1.0),
        danger=None,
        place=NOWHERE,
        party=None,
        entities=(),
        features=(),
        engine="",
        model_version="",
    )
    given = Circumstances(asked=True, party_unit=row.party_unit, matter=matter, street=row.street)
    lead = route(heard, directory, given=given).lead
    return lead.unit if lead else None
