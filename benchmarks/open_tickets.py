"""Many open tickets at once, as the use cases would have written them: one journey is lived through, then copied.

Events, tickets, legs, clocks and timers go through the same stores as in life; only understanding is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from benchmarks.figures import say
from hotline import decide
from hotline.reference import Snapshot
from plumbing.db import Database
from sla import rules as sla_rules
from sla import store as sla_store
from sla.tables import ClockRow, TimerRow
from tickets import fold, lifecycle
from tickets import store as ticket_store
from tickets.store import Change, table
from tickets.tables import DeliveryRow, EventRow, LegRow, TicketRow
from tickets.types import (
    NOWHERE,
    Actor,
    Channel,
    Command,
    CommandKind,
    Event,
    Leg,
    Message,
    Ranked,
    Role,
    Ticket,
    Understanding,
    Urgency,
)

_BATCH = 1000
_MATTER = "0501"  # a matter of one department, wherever it happens
_LIVED_AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
_AT_THE_UNIT: tuple[tuple[CommandKind, Mapping[str, Any]], ...] = (
    (CommandKind.ACCEPT, {}),
    (CommandKind.CONTACT, {"reached": True}),
)
_LEG_TIMES = ("opened_at", "dispatched_at", "accepted_at", "contacted_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A ticket to make: opened then; waiting for a dispatcher, or dispatched, accepted and its caller contacted."""

    no: str
    opened_at: datetime
    in_triage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Journey:
    """A ticket and its events, to be copied under other numbers and at other times."""

    ticket: Ticket
    events: tuple[Event, ...]


def fill(database: Database, snapshot: Snapshot, wanted: Sequence[Wanted]) -> None:
    """Write them all, a batch in a transaction."""
    journeys = {kind: _journey(snapshot, in_triage=kind) for kind in (False, True)}
    rest = iter(wanted)
    done = 0
    while batch := list(islice(rest, _BATCH)):
        copies = [_copied(journeys[one.in_triage], one) for one in batch]
        changes = [
            Change(ticket=one.ticket, events=one.events, new=True, words={"summary": "测量用的工单"}) for one in copies
        ]
        reactions = [
            sla_rules.react({}, one.events, one.ticket, policy=snapshot.policy, calendar=snapshot.calendar)
            for one in copies
        ]
        with database.transaction() as session:
            ticket_store.write(session, changes)
            sla_store.write(session, reactions, now=batch[-1].opened_at)
        done += len(batch)
        if done % 20_000 == 0:
            say(f"  {done} tickets")
    _analyze(database)


def clear(database: Database) -> None:
    """Take every ticket away again."""
    with database.transaction() as session:
        for row in (TimerRow, ClockRow, DeliveryRow, EventRow, LegRow, TicketRow):
            session.execute(table(row).delete())


def numbers(prefix: str) -> Iterator[str]:
    """Ticket numbers that nobody else has."""
    return (f"{prefix}{number:08d}" for number in range(100_000_000))


def _analyze(database: Database) -> None:
    """What autovacuum does a minute after so large a change, or a nightly job on SQLite."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _journey(snapshot: Snapshot, *, in_triage: bool) -> _Journey:
    message = Message(
        receipt_no="0",
        channel=Channel.API,
        external_id="0",
        sender="+8619900000000",
        text="",
        occurred_at=_LIVED_AT,
        received_at=_LIVED_AT,
        urgency=Urgency.ROUTINE,
    )
    world = decide.World(directory=snapshot.directory, policy=snapshot.policy, now=_LIVED_AT)
    change, _ = decide.open_ticket(message, _understanding(abstain=in_triage), world, proof="0" * 64)
    ticket, events = change.ticket, list(change.events)
    if not in_triage:
        lead = lifecycle.lead(ticket)
        actor = Actor(id="bench", roles=frozenset({Role.CENTRE}), unit=lead.unit)
        for kind, data in _AT_THE_UNIT:
            for event in lifecycle.step(ticket, Command(kind=kind, actor=actor, leg=lead.id, data=data), _LIVED_AT):
                ticket = fold.apply(ticket, event)
                events.append(event)
    return _Journey(ticket=ticket, events=tuple(events))


def _understanding(*, abstain: bool) -> Understanding:
    return Understanding(
        text="",
        matters=(Ranked(label=_MATTER, score=0.9),),
        abstain=abstain,
        type=Ranked(label="complaint", score=0.9),
        urgency=Ranked(label="routine", score=0.9),
        danger=None,
        place=NOWHERE,
        party=None,
        entities=(),
        features=(),
        engine="none",
        model_version="none",
    )


def _copied(journey: _Journey, wanted: Wanted) -> _Journey:
    no, at = wanted.no, wanted.opened_at
    legs = tuple(_copied_leg(leg, wanted) for leg in journey.ticket.legs)
    ticket = replace(journey.ticket, no=no, opened_at=at, receipts=(no,), legs=legs)
    events = tuple(
        replace(
            event, ticket_no=no, at=at, recorded_at=at, leg=event.leg and _leg(event.leg, no), data=_data(event, no)
        )
        for event in journey.events
    )
    return _Journey(ticket=ticket, events=events)


def _copied_leg(leg: Leg, wanted: Wanted) -> Leg:
    times: dict[str, Any] = {name: wanted.opened_at for name in _LEG_TIMES if getattr(leg, name) is not None}
    return replace(leg, id=_leg(leg.id, wanted.no), **times)


def _leg(leg: str, no: str) -> str:
    return f"{no}/{leg.rpartition('/')[2]}"


def _data(event: Event, no: str) -> Mapping[str, Any]:
    return {**event.data, "receipt_no": no} if "receipt_no" in event.data else event.data
