"""Clocks and timers in the database. Every function works inside the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row, Select, Table, bindparam, case, select, tuple_, update
from sqlmodel import Session

from city.types import TimeUnit
from plumbing.db import upsert
from sla.rules import Reaction
from sla.tables import ClockRow, TimerRow
from sla.types import Clock, ClockKind, ClockState, Timer

PUSH_ON = timedelta(minutes=5)
MAX_ATTEMPTS = 5

_T = TypeVar("_T")
TimerKey = tuple[str, str, datetime, int]
"""(clock, step, due_at, repeat_no)"""

_CHUNK = 400
_CLOCK_FIELDS = tuple(field.name for field in fields(Clock))
_TIMER_FIELDS = tuple(field.name for field in fields(Timer))
_KEY = ["clock", "step", "due_at", "repeat_no"]

_clocks: Table = ClockRow.__table__  # type: ignore[attr-defined]
_timers: Table = TimerRow.__table__  # type: ignore[attr-defined]
_clock_columns = [_clocks.c[name] for name in _CLOCK_FIELDS]
_timer_columns = [_timers.c[name] for name in _TIMER_FIELDS]
_key_columns = [_timers.c[name] for name in _KEY]
_waiting = (_timers.c.fired_at.is_(None), _timers.c.void_at.is_(None), _timers.c.set_aside_at.is_(None))


def key(timer: Timer) -> TimerKey:
    """What makes a timer the one that it is."""
    return timer.clock, timer.step, timer.due_at, timer.repeat_no


def load_clocks(session: Session, ticket_nos: Iterable[str]) -> dict[str, dict[str, Clock]]:
    """Every clock of these tickets by ticket and id; an empty dict for a ticket without any."""
    found: dict[str, dict[str, Clock]] = {no: {} for no in ticket_nos}
    for chunk in _chunks(found):
        for row in session.execute(select(*_clock_columns).where(_clocks.c.ticket_no.in_(chunk))):
            clock = _clock(row)
            found[clock.ticket_no][clock.id] = clock
    return found


def write(session: Session, reactions: Iterable[Reaction], *, now: datetime) -> None:
    """Keep what reactions, in their order, have changed. A timer that is there already is not made again.

    One that was void comes back to life with its full number of attempts; one that has fired stays fired.
    """
    clocks: dict[str, Clock] = {}
    timers: dict[TimerKey, Timer] = {}
    dropped: set[str] = set()
    for reaction in reactions:
        clocks.update(reaction.clocks)
        dropped |= reaction.dropped
        timers = {known: timer for known, timer in timers.items() if timer.clock not in reaction.dropped}
        timers.update((key(timer), timer) for timer in reaction.timers)
    upsert(session, _clocks, [_clock_row(clock) for clock in clocks.values()], key=["id"])
    _void(session, dropped, now)
    insert(session, timers.values())


def insert(session: Session, timers: Iterable[Timer]) -> None:
    """New timers, such as the next of a step that repeats."""
    upsert(session, _timers, [_timer_row(timer) for timer in timers], key=_KEY)


def due(session: Session, now: datetime, limit: int) -> list[tuple[Timer, Clock]]:
    """Timers to fire by `now`, earliest first, with their clocks: all that are due of as many clocks as have the
    `limit` earliest, so that a clock's steps are seen together. Costs what is due, whatever is open."""
    n = len(_TIMER_FIELDS)
    rows = session.execute(_due_statement(now, limit))
    return [(_timer(row[:n]), _clock(row[n:])) for row in rows]


def mark_fired(session: Session, timers: Sequence[Timer], now: datetime) -> set[TimerKey]:
    """The keys that this caller won: of several workers exactly one gets each, and none that is void."""
    won: set[TimerKey] = set()
    for chunk in _chunks(timers):
        statement = (
            update(_timers)
            .where(_timers.c.clock.in_({timer.clock for timer in chunk}))  # or SQLite scans every timer there is
            .where(tuple_(*_key_columns).in_([key(timer) for timer in chunk]))
            .where(_timers.c.fired_at.is_(None), _timers.c.void_at.is_(None))
            .values(fired_at=now)
            .returning(*_key_columns)
        )
        won.update((row[0], row[1], row[2], row[3]) for row in session.execute(statement))
    return won


def push_on(session: Session, timer: Timer, error: str, now: datetime) -> bool:
    """Try again five minutes after `now`; True when that was the fifth failure and the timer is set aside instead."""
    attempts = _timers.c.attempts + 1
    statement = (
        update(_timers)
        .where(*(column == value for column, value in zip(_key_columns, key(timer), strict=True)))
        .where(*_waiting)
        .values(
            attempts=attempts,
            last_error=error,
            fire_at=now + PUSH_ON,
            set_aside_at=case((attempts >= MAX_ATTEMPTS, bindparam("aside", now, _timers.c.set_aside_at.type))),
        )
        .returning(_timers.c.set_aside_at)
    )
    row = session.execute(statement).first()
    return row is not None and row[0] is not None


def _due_statement(now: datetime, limit: int) -> Select[Any]:
    waiting = (*_waiting, _timers.c.fire_at <= now)
    first = select(_timers.c.clock).where(*waiting).order_by(_timers.c.fire_at).limit(limit)
    return (
        select(*_timer_columns, *_clock_columns)
        .join_from(_timers, _clocks, _timers.c.clock == _clocks.c.id)
        .where(*waiting, _timers.c.clock.in_(first))
        .order_by(_timers.c.fire_at, _timers.c.clock, _timers.c.step)
    )


def _void(session: Session, dropped: Iterable[str], now: datetime) -> None:
    for chunk in _chunks(sorted(dropped)):
        session.execute(
            update(_timers)
            .where(_timers.c.clock.in_(chunk), _timers.c.fired_at.is_(None), _timers.c.void_at.is_(None))
            .values(void_at=now)
        )


def _clock_row(clock: Clock) -> dict[str, Any]:
    row = {name: getattr(clock, name) for name in _CLOCK_FIELDS}
    return row | {"kind": clock.kind.value, "state": clock.state.value, "unit": clock.unit.value}


def _timer_row(timer: Timer) -> dict[str, Any]:
    row = {name: getattr(timer, name) for name in _TIMER_FIELDS}
    return row | {"void_at": None, "attempts": 0, "set_aside_at": None}


def _clock(row: Row[Any] | Sequence[Any]) -> Clock:
    values = dict(zip(_CLOCK_FIELDS, row, strict=True))
    values |= {
        "kind": ClockKind(values["kind"]),
        "state": ClockState(values["state"]),
        "unit": TimeUnit(values["unit"]),
    }
    return Clock(**values)


def _timer(row: Sequence[Any]) -> Timer:
    return Timer(**dict(zip(_TIMER_FIELDS, row, strict=True)))


def _chunks(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
