"""Clocks of tickets as chips for the eye."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from dashboards.times import Chip, chip
from sla.store import load_clocks
from sla.tables import TimerRow
from sla.types import Clock, ClockKind, ClockState
from tickets.store import table

ORDER: tuple[ClockKind, ...] = (
    ClockKind.PROMISE,
    ClockKind.TRIAGE,
    ClockKind.WAIT,
    ClockKind.ACCEPT,
    ClockKind.CONTACT,
    ClockKind.FINISH,
    ClockKind.REWORK,
    ClockKind.RETURN_WINDOW,
    ClockKind.REVIEW,
    ClockKind.RULING,
    ClockKind.PLENARY,
    ClockKind.CALLBACK,
)
_GOING = frozenset({ClockState.RUNNING, ClockState.PAUSED})
_timer = table(TimerRow)


def of_tickets(session: Session, numbers: Sequence[str]) -> dict[str, list[Clock]]:
    """Every clock of these tickets, in the order in which a page shows them."""
    found = load_clocks(session, numbers)
    return {no: sorted(clocks.values(), key=_place) for no, clocks in found.items()}


def ambers(session: Session, clocks: Iterable[Clock]) -> dict[str, datetime]:
    """From when on a running clock is amber, by clock; a clock without such a step is left out."""
    running = {clock.id: clock.due_at for clock in clocks if clock.state is ClockState.RUNNING}
    if not running:
        return {}
    t = _timer.c
    wanted = select(t.clock, t.due_at, t.fire_at).where(t.clock.in_(list(running)), t.step == "amber")
    return {row.clock: row.fire_at for row in session.execute(wanted) if running[row.clock] == row.due_at}


def chips(clocks: Sequence[Clock], ambers_: Mapping[str, datetime], now: datetime) -> list[Chip]:
    """One chip for each clock, in the same order."""
    return [chip(clock, now, ambers_.get(clock.id)) for clock in clocks]


def going(clocks: Iterable[Clock]) -> list[Clock]:
    """Those that still run or pause."""
    return [clock for clock in clocks if clock.state in _GOING]


def nearest(clocks: Iterable[Clock], *, holders: frozenset[str] | None = None) -> Clock | None:
    """The running clock that is due first, of these holders (None = of all); a return window is no debt."""
    owed = [
        clock
        for clock in clocks
        if clock.state is ClockState.RUNNING
        and clock.due_at is not None
        and clock.kind is not ClockKind.RETURN_WINDOW
        and (holders is None or clock.holder in holders)
    ]
    return min(owed, key=lambda clock: (clock.due_at, ORDER.index(clock.kind)), default=None)


def _place(clock: Clock) -> tuple[str, int, datetime]:
    return clock.leg, ORDER.index(clock.kind), clock.started_at
