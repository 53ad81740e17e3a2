"""Clocks and timers as values; the rows of the same shape are in sla/tables.py."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from city.types import TimeUnit

HOTLINE = "hotline"
RESIDENT = "resident"
MEETING = "meeting"
HOLD = "hold"
"""Holders of time that are no unit; HOLD, an approved standstill, in the ledger only."""


class ClockKind(StrEnum):
    """What is being timed, each with its own start event.

    promise: what the resident was promised (办结期限), from receipt, never stopped by a dispute. accept 签收,
    contact 先行联系 and finish 办结: a holder's own, from dispatch to that holder (the score clock).
    return_window: until when the holder may ask for a return. wait: for the resident's answer. callback: 回访.
    rework: 重办. ruling: office ruling of a dispute; plenary: plenary meeting. triage: hotline's own dispatch time.
    """

    PROMISE = "promise"
    TRIAGE = "triage"
    ACCEPT = "accept"
    CONTACT = "contact"
    FINISH = "finish"
    RETURN_WINDOW = "return_window"
    WAIT = "wait"
    CALLBACK = "callback"
    REWORK = "rework"
    RULING = "ruling"
    PLENARY = "plenary"
    REVIEW = "review"


class ClockState(StrEnum):
    """MET and MISSED are final; STOPPED ended without a verdict (returned, withdrawn, merged)."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock of one leg. `id` is "<leg>:<kind>:<n>". `due_at` is None only while paused.

    `holder` is the unit code whose time it is, "hotline", "resident" or "meeting". `remaining_seconds` (in the
    limit's own unit) is kept while paused. `provisional` is true when the deadline lies beyond the published
    calendar. `ended_at` is when it was met, missed or stopped. `unit` is the limit's own unit of time, kept so that
    a later policy cannot change how this clock runs. `cause` says why it is paused or was stopped: wait, return,
    hold, merge and the like. `answered_at` is set on a promise only: the last reply that has not been rejected.
    Every instant of a clock is a whole second.
    """

    id: str
    ticket_no: str
    leg: str
    kind: ClockKind
    holder: str
    profile: str
    policy_version: str
    calendar_version: str
    started_at: datetime
    due_at: datetime | None
    state: ClockState = ClockState.RUNNING
    extended_seconds: int = 0
    paused_at: datetime | None = None
    remaining_seconds: int | None = None
    ended_at: datetime | None = None
    provisional: bool = False
    unit: TimeUnit = TimeUnit.WORKING
    cause: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A wake-up. Unique by (clock, step, due_at, repeat_no): a deadline that moved may fire anew, one that did not never twice."""

    clock: str
    ticket_no: str
    leg: str
    step: str
    due_at: datetime
    repeat_no: int
    fire_at: datetime
