"""The escalation ladder: which timers a deadline has, what one does when it fires, and what an outage leaves over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from city.types import Policy, Step
from sla.calendar import WorkingCalendar
from sla.deadlines import before, deadline
from sla.types import Clock, ClockState, Timer

_RANK = {"amber": 0, "red": 1, "notice": 2, "repeat": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What a timer does: `to` hears of `step`, which was due at `at`; nobody when the clock no longer runs to that due time.

    `again` is the next timer of a step that repeats.
    """

    clock: str
    ticket_no: str
    leg: str
    step: str
    to: tuple[str, ...]
    at: datetime
    again: Timer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Timers that are due, sorted out: `fire` holds one for each clock, the highest; `skipped` those below it.

    Both are marked as fired; only `fire` is told to people, `skipped` goes to the log. A skipped repeat still goes
    on: ask `fire()` for its `again`.
    """

    fire: tuple[Timer, ...]
    skipped: tuple[Timer, ...]


def timers(clock: Clock, *, since: datetime, policy: Policy, calendar: WorkingCalendar) -> list[Timer]:
    """The timers of a running clock that lie at or after `since`; a warning at that very instant says nothing and is left out."""
    if clock.state is not ClockState.RUNNING or clock.due_at is None:
        return []
    found = []
    for step in _steps(clock, policy):
        fire_at = _moment(step, clock.due_at, calendar)
        if fire_at > since or (fire_at == since and not step.before):
            found.append(_timer(clock, clock.due_at, step, fire_at))
    return found


def fire(timer: Timer, clock: Clock, *, policy: Policy, calendar: WorkingCalendar, now: datetime) -> Fired:
    """What happens now that `timer` is due. A repeat whose moments went by in an outage goes on after `now`, once."""
    step = next((step for step in _steps(clock, policy) if step.name == timer.step), None)
    alive = clock.state is ClockState.RUNNING and clock.due_at == timer.due_at
    again = _again(timer, step, calendar, now) if step is not None and alive else None
    # the stored moment may have been pushed on after an error; the first one follows from the deadline
    first = step is not None and timer.repeat_no == 0
    return Fired(
        clock=clock.id,
        ticket_no=clock.ticket_no,
        leg=clock.leg,
        step=timer.step,
        to=step.to if step is not None and alive else (),
        at=_moment(step, timer.due_at, calendar) if step is not None and first else timer.fire_at,
        again=again,
    )


def late_steps(due: Iterable[Timer], now: datetime) -> Late:
    """Of each clock's timers that are due by `now`: the highest step fires, what it overtook is skipped.

    Highest is the latest moment; at the same moment notice stands above red above amber.
    """
    chosen: list[Timer] = []
    skipped: list[Timer] = []
    missed = sorted((timer for timer in due if timer.fire_at <= now), key=lambda timer: (timer.clock, _height(timer)))
    for _, group in groupby(missed, key=lambda timer: timer.clock):
        *below, highest = group
        chosen.append(highest)
        skipped += below
    return Late(fire=_in_order(chosen), skipped=_in_order(skipped))


def _in_order(found: Iterable[Timer]) -> tuple[Timer, ...]:
    return tuple(sorted(found, key=lambda timer: (timer.fire_at, timer.clock, _height(timer))))


def _height(timer: Timer) -> tuple[datetime, int, int]:
    return timer.fire_at, _RANK.get(timer.step, 1), timer.repeat_no


def _steps(clock: Clock, policy: Policy) -> Sequence[Step]:
    profile = policy.profiles.get(clock.profile)
    return () if profile is None else profile.ladder.get(clock.kind, ())


def _moment(step: Step, due_at: datetime, calendar: WorkingCalendar) -> datetime:
    return before(due_at, step.offset, calendar) if step.before else deadline(due_at, step.offset, calendar)


def _timer(clock: Clock, due_at: datetime, step: Step, fire_at: datetime) -> Timer:
    return Timer(
        clock=clock.id,
        ticket_no=clock.ticket_no,
        leg=clock.leg,
        step=step.name,
        due_at=due_at,
        repeat_no=0,
        fire_at=fire_at,
    )


def _again(timer: Timer, step: Step, calendar: WorkingCalendar, now: datetime) -> Timer | None:
    """The next repeat after `now`: the step's offset later than the one before; none for other steps."""
    if step.name != "repeat" or step.before or deadline(timer.due_at, step.offset, calendar) == timer.due_at:
        return None
    at, number = timer.fire_at, timer.repeat_no
    while number == timer.repeat_no or at <= now:
        at, number = deadline(at, step.offset, calendar), number + 1
    return replace(timer, fire_at=at, repeat_no=number)
