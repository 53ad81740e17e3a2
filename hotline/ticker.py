"""Due timers: the same pure calls, the same one writer. The cost of a sweep is what is due, never what is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import structlog

from hotline import record
from hotline.reference import Reference, Snapshot
from plumbing.clock import Clock
from plumbing.db import Database
from sla import rules as sla_rules
from sla import store as sla_store
from sla.types import Clock as SlaClock
from sla.types import ClockKind, Timer
from tickets import fold, lifecycle
from tickets import store as ticket_store
from tickets.store import Change
from tickets.types import SYSTEM, Command, CommandKind, Event, EventKind, LegState, Ticket

log = structlog.get_logger()

_Due = tuple[Timer, SlaClock]


@dataclass(slots=True)
class _Draft:
    ticket: Ticket
    events: list[Event]
    now: datetime

    def warn(self, fired: sla_rules.Fired, clock: SlaClock, skipped: list[str]) -> None:
        self._note(
            EventKind.CLOCK_WARNED,
            at=fired.at,
            leg=clock.leg,
            data={
                "clock": clock.id,
                "kind": clock.kind,
                "step": fired.step,
                "unit": clock.holder,
                "to": list(fired.to),
                "due_at": clock.due_at.isoformat() if clock.due_at else None,
                "skipped": skipped,
            },
        )

    def end_wait(self) -> None:
        """Nobody answered: it goes on without, in the hands of a dispatcher."""
        command = Command(kind=CommandKind.END_WAIT, actor=SYSTEM, leg=lifecycle.lead(self.ticket).id)
        for event in lifecycle.step(self.ticket, command, self.now):
            self._apply(event)
        sentence = "市民未在时限内补充地点，请派单员核实后派单。"
        self._note(
            EventKind.DECIDED,
            at=self.now,
            leg=None,
            data={"kind": "triage", "reason": "no_answer", "sentence": sentence},
        )

    def _note(self, kind: EventKind, *, at: datetime, leg: str | None, data: dict[str, Any]) -> None:
        self._apply(
            Event(
                ticket_no=self.ticket.no,
                seq=self.ticket.version + 1,
                kind=kind,
                at=at,
                recorded_at=self.now,
                actor=SYSTEM.id,
                leg=leg,
                data=data,
            )
        )

    def _apply(self, event: Event) -> None:
        self.ticket = fold.apply(self.ticket, event)
        self.events.append(event)


class Ticker:
    """Step D."""

    def __init__(self, database: Database, clock: Clock, reference: Reference, *, limit: int) -> None:
        self._database = database
        self._clock = clock
        self._reference = reference
        self._limit = limit

    def run_once(self) -> int:
        """How many timers were dealt with; 0 when nothing is due."""
        now = self._clock.now()
        with self._database.reading() as session:
            due = sla_store.due(session, now, self._limit)
        return self._settle(due, self._reference.on(now), now) if due else 0

    def _settle(self, due: Sequence[_Due], snapshot: Snapshot, now: datetime) -> int:
        """Fire them in one transaction; when that fails, ticket by ticket, and the poisoned one is pushed on."""
        try:
            self._fire(due, snapshot, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the batch is split and the loop goes on
            groups = _by_ticket(due)
            if len(groups) > 1:
                return sum(self._settle(group, snapshot, now) for group in groups)
            self._push_on(due, error, now)
        return len(due)

    def _push_on(self, due: Sequence[_Due], error: Exception, now: datetime) -> None:
        log.error("timer failed", ticket_no=due[0][0].ticket_no, error=type(error).__name__, exc_info=error)
        with self._database.transaction() as session:
            for timer, _ in due:
                sla_store.push_on(session, timer, f"{type(error).__name__}: {error}", now)

    def _fire(self, due: Sequence[_Due], snapshot: Snapshot, now: datetime) -> None:
        with self._database.transaction() as session:
            won = sla_store.mark_fired(session, [timer for timer, _ in due], now)
            mine = [pair for pair in due if sla_store.key(pair[0]) in won]
            numbers = sorted({timer.ticket_no for timer, _ in mine})
            tickets = ticket_store.load(session, numbers)
            reaches = record.reaches(session, numbers)
            deeds, again = [], []
            for group in _by_ticket(mine):
                draft = _Draft(ticket=tickets[group[0][0].ticket_no], events=[], now=now)
                again += _ring(draft, group, snapshot)
                if draft.events:
                    change = Change(ticket=draft.ticket, events=tuple(draft.events))
                    deeds.append(record.Deed(change=change, reach=reaches[draft.ticket.no]))
            sla_store.insert(session, again)
            record.write(session, deeds, snapshot=snapshot, now=now)


def _by_ticket(due: Sequence[_Due]) -> list[list[_Due]]:
    ordered = sorted(due, key=lambda pair: pair[0].ticket_no)
    return [list(group) for _, group in groupby(ordered, key=lambda pair: pair[0].ticket_no)]


def _ring(draft: _Draft, due: Sequence[_Due], snapshot: Snapshot) -> list[Timer]:
    """Write what the due timers of one ticket mean; the timers of steps that repeat come back."""
    clocks = {clock.id: clock for _, clock in due}
    policy, calendar = record.versions_of(clocks, snapshot)
    late = sla_rules.late_steps([timer for timer, _ in due], draft.now)
    again: list[Timer] = []
    for timer in late.skipped:
        fired = sla_rules.fire(timer, clocks[timer.clock], policy=policy, calendar=calendar, now=draft.now)
        log.debug("warning overtaken", ticket_no=timer.ticket_no, clock=timer.clock, step=timer.step)
        again += [fired.again] if fired.again else []
    for timer in late.fire:
        clock = clocks[timer.clock]
        fired = sla_rules.fire(timer, clock, policy=policy, calendar=calendar, now=draft.now)
        again += [fired.again] if fired.again else []
        if fired.to or fired.step == "red":
            skipped = [other.step for other in late.skipped if other.clock == timer.clock]
            draft.warn(fired, clock, skipped)
        waits = lifecycle.lead(draft.ticket).state is LegState.WAITING
        if clock.kind is ClockKind.WAIT and clock.due_at is not None and clock.due_at <= draft.now and waits:
            draft.end_wait()
    return again
