"""Whose time was it: every second of a leg belongs to exactly one holder."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from city.types import TimeUnit
from sla.calendar import WorkingCalendar
from sla.deadlines import measured
from sla.types import HOLD, HOTLINE, MEETING, RESIDENT
from tickets.types import Event, EventKind, LegState

E = EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """A stretch of a leg's life from `from_at` (inclusive) to `to_at` (exclusive), all of it `holder`'s.

    `holder` is a unit's code, hotline, resident, meeting or hold. `seconds` are counted always, `working_seconds`
    inside the calendar; the stretches of a leg add up to its life exactly, in both.
    """

    leg: str
    holder: str
    from_at: datetime
    to_at: datetime
    seconds: int
    working_seconds: int


@dataclass(slots=True)
class _Leg:
    """Who has a leg since when; `holder` None while it is not alive (closed, merged, withdrawn)."""

    holder: str | None
    since: datetime
    unit: str = HOTLINE
    before_merge: str | None = None
    stretches: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    def give(self, holder: str | None, at: datetime) -> None:
        """From `at` on it is `holder`'s. An event noted late, older than the last, counts from the last on."""
        at = max(at, self.since)
        if holder == self.holder:
            return
        if self.holder is not None and at > self.since:
            self.stretches.append((self.holder, self.since, at))
        self.holder, self.since = holder, at


def ledger(events: Iterable[Event], calendar: WorkingCalendar, *, until: datetime | None = None) -> tuple[Minutes, ...]:
    """The stretches of every leg, leg by leg in the order of time. A leg lives from its opening to its closing.

    Time between closing and re-opening, or while merged into another ticket, is nobody's. A leg that is still open
    is counted up to `until` (None = the last event).
    """
    legs: dict[str, _Leg] = {}
    last: datetime | None = None
    for event in events:
        for leg in _concerned(legs, event):
            _follow(leg, event)
        last = event.at if last is None else max(last, event.at)
    end = until or last
    return tuple(_told(legs, end, calendar)) if end is not None else ()


def _concerned(legs: dict[str, _Leg], event: Event) -> list[_Leg]:
    """The event's leg, made when it is new; every leg when the event names none."""
    if event.leg is None:
        return list(legs.values())
    if event.leg not in legs:
        legs[event.leg] = _Leg(holder=HOTLINE, since=event.at)
    return [legs[event.leg]]


def _follow(leg: _Leg, event: Event) -> None:
    if event.kind in (E.REOPENED, E.REWORK_ORDERED) and event.data.get("state") == LegState.RECEIVED:
        leg.give(HOTLINE, event.at)
    elif event.kind in _TO_UNIT:
        leg.unit = event.data.get("unit") or leg.unit
        leg.give(leg.unit, event.at)
    elif event.kind in _TO:
        leg.give(_TO[event.kind], event.at)
    elif event.kind is E.REPLY_PASSED:
        leg.give(None if event.data.get("state") == LegState.CLOSED else HOTLINE, event.at)
    elif event.kind is E.MERGED:
        leg.before_merge = leg.holder
        leg.give(None, event.at)
    elif event.kind is E.UNMERGED:
        leg.give(leg.before_merge, event.at)
        leg.before_merge = None


def _told(legs: dict[str, _Leg], end: datetime, calendar: WorkingCalendar) -> Iterator[Minutes]:
    for code, leg in legs.items():
        leg.give(None, end)
        for holder, from_at, to_at in leg.stretches:
            yield Minutes(
                leg=code,
                holder=holder,
                from_at=from_at,
                to_at=to_at,
                seconds=measured(from_at, to_at, unit=TimeUnit.CALENDAR, calendar=calendar),
                working_seconds=calendar.between(from_at, to_at),
            )


_TO_UNIT = frozenset(
    {
        E.DISPATCHED,
        E.REASSIGNED,
        E.RETURN_APPROVED,
        E.RETURN_REFUSED,
        E.REFLOWED,
        E.LEG_ADDED,
        E.INTERIM_APPOINTED,
        E.HOLD_ENDED,
        E.REPLY_REJECTED,
        E.REWORK_ORDERED,
        E.REOPENED,
    }
)
"""From here on the time is the unit's: the one named, or the one that had it before."""

_TO: dict[EventKind, str | None] = {
    E.OPENED: HOTLINE,
    E.ASKED: RESIDENT,
    E.SUPPLIED: HOTLINE,
    E.WAIT_ENDED: HOTLINE,
    E.REPLIED: HOTLINE,
    E.SETTLED: HOTLINE,
    E.ANSWERED: HOTLINE,
    E.REFUSED: HOTLINE,
    E.TRANSFERRED: HOTLINE,
    E.RETURN_REQUESTED: HOTLINE,
    E.DISPUTED: MEETING,
    E.RULED: HOTLINE,
    E.HOLD_GRANTED: HOLD,
    E.INTERIM_RELEASED: None,
    E.CLOSED: None,
    E.WITHDRAWN: None,
    E.INVALIDATED: None,
    E.ARCHIVED: None,
}
"""From here on the time is theirs; None = the leg has ended."""
