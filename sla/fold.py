"""The machinery that turns events into clocks: start, end, pause, resume, move, and the timers that follow.

What an event does to which clock is said in sla/reactions.py. All state is the clocks themselves, so that a fold
can stop after any event and go on from the stored clocks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from city.types import Limit, Policy, TimeUnit
from sla.calendar import WorkingCalendar
from sla.deadlines import deadline, measured, shifted
from sla.ladder import timers
from sla.types import Clock, ClockKind, ClockState, Timer
from tickets.types import Event

K, S = ClockKind, ClockState

OPEN = frozenset({S.RUNNING, S.PAUSED})

UNIT_KINDS = (K.ACCEPT, K.CONTACT, K.FINISH, K.RETURN_WINDOW, K.REWORK)
"""A holder's own clocks; the first four start with every dispatch."""

_OWED = (K.TRIAGE, K.WAIT, K.ACCEPT, K.CONTACT, K.FINISH, K.REWORK, K.RULING, K.PLENARY)
"""While one of these is open, the resident has no answer yet."""

MERGE = "merge"


class Fold:
    """The clocks of one ticket while events go over them.

    `clocks` holds every clock by id. `changed` are the ids that differ from what came in, `timers` the rows to
    insert, `dropped` the ids that came in and whose unfired timers are void. `opened_at` and `profile` are the
    ticket's; the profile serves only where no clock says more.
    """

    def __init__(
        self,
        clocks: Mapping[str, Clock],
        *,
        opened_at: datetime,
        profile: str,
        policy: Policy,
        calendar: WorkingCalendar,
    ) -> None:
        self.clocks = dict(clocks)
        self.opened_at = opened_at.replace(microsecond=0)
        self.policy = policy
        self.calendar = calendar
        self.changed: set[str] = set()
        self.timers: list[Timer] = []
        self.dropped: set[str] = set()
        self._profile = profile
        self._stored = frozenset(clocks)

    # ---- which clocks --------------------------------------------------------------------------------------------

    def open(self, leg: str | None, *kinds: ClockKind) -> list[Clock]:
        """Running and paused clocks of these kinds (none = all) on `leg` (None = any)."""
        return [
            clock
            for clock in self.clocks.values()
            if clock.state in OPEN and (not kinds or clock.kind in kinds) and leg in (None, clock.leg)
        ]

    def of(self, leg: str, *kinds: ClockKind) -> list[Clock]:
        """Every clock of these kinds on `leg`, whatever its state, oldest first."""
        found = [clock for clock in self.clocks.values() if clock.leg == leg and clock.kind in kinds]
        return sorted(found, key=lambda clock: (clock.started_at, clock.ended_at is None, number(clock)))

    def promise(self) -> Clock | None:
        """The ticket's promise; None when its profile has none."""
        return next((clock for clock in self.clocks.values() if clock.kind is K.PROMISE), None)

    def profile_of(self, leg: str) -> str:
        """The profile that a later clock of `leg` runs under: that of its last holder, else the promise's."""
        if last := self.of(leg, *UNIT_KINDS):
            return last[-1].profile
        promise = self.promise()
        return promise.profile if promise is not None else self._profile

    def due(self, clock: Clock, at: datetime | None = None) -> datetime:
        """The deadline; of a paused clock the one that it gets by going on at `at` (None = when it was paused)."""
        if clock.due_at is not None:
            return clock.due_at
        if clock.paused_at is None or clock.remaining_seconds is None:
            raise ValueError(f"clock {clock.id} has neither a deadline nor a rest")
        return shifted(at or clock.paused_at, clock.remaining_seconds, unit=clock.unit, calendar=self.calendar)

    # ---- what happens to them ------------------------------------------------------------------------------------

    def start(
        self, kind: ClockKind, event: Event, *, leg: str, holder: str, profile: str, n: int | None = None
    ) -> None:
        """A new clock from the event on (the promise: from receipt on), unless the profile has no limit for it.

        `n` None = the next number of its kind on the leg.
        """
        if kind in _OWED:
            self.unanswered()
        limit = self._limit(profile, kind)
        if limit is None:
            return
        taken = [number(clock) for clock in self.of(leg, kind)]
        started_at = self.opened_at if kind is K.PROMISE else instant(event)
        clock = Clock(
            id=f"{leg}:{kind}:{n if n is not None and n not in taken else max(taken, default=0) + 1}",
            ticket_no=event.ticket_no,
            leg=leg,
            kind=kind,
            holder=holder,
            profile=profile,
            policy_version=self.policy.version,
            calendar_version=self.calendar.version,
            started_at=started_at,
            due_at=None,
            unit=limit.unit,
        )
        self._run(clock, deadline(started_at, limit, self.calendar), since=started_at)

    def end(self, clocks: Iterable[Clock], at: datetime, *, judged_at: datetime | None = None) -> None:
        """Met when `judged_at` (None = `at`; of a paused clock the pause) is not later than due, else missed."""
        for clock in clocks:
            in_time = (judged_at or clock.paused_at or at) <= self.due(clock)
            self._close(clock, S.MET if in_time else S.MISSED, at)

    def miss(self, clocks: Iterable[Clock], at: datetime) -> None:
        """Nothing came: missed, even at the very second of the deadline."""
        for clock in clocks:
            self._close(clock, S.MISSED, at)

    def stop(self, clocks: Iterable[Clock], at: datetime, cause: str) -> None:
        """Ended without a verdict."""
        for clock in clocks:
            self._close(clock, S.STOPPED, at, cause)

    def pause(self, clocks: Iterable[Clock], at: datetime, cause: str) -> None:
        """Stand still, keeping what is left."""
        for clock in clocks:
            if clock.state is S.RUNNING:
                left = self._left(clock, at, self.due(clock))
                self._put(
                    replace(clock, due_at=None, state=S.PAUSED, paused_at=at, remaining_seconds=left, cause=cause)
                )

    def resume(self, clocks: Iterable[Clock], at: datetime, cause: str, *, counts: bool = False) -> None:
        """Go on after a pause of this cause, with what was left; `counts`: to the old deadline, as if never paused."""
        for clock in clocks:
            if clock.state is S.PAUSED and clock.cause == cause:
                self._run(clock, self.due(clock, None if counts else at), since=at)

    def move(self, clock: Clock, due_at: datetime, *, since: datetime) -> None:
        """Another deadline for an open clock; a paused one gets what is left until then."""
        if clock.paused_at is not None:
            self._put(replace(clock, remaining_seconds=self._left(clock, clock.paused_at, due_at)))
        else:
            self._run(clock, due_at, since=since)

    def extend(self, clocks: Iterable[Clock], limit: Limit, at: datetime) -> None:
        """More time: `limit` is counted in each clock's own unit."""
        for clock in clocks:
            old = self.due(clock)
            due_at = deadline(old, replace(limit, unit=clock.unit), self.calendar)
            more = measured(old, due_at, unit=clock.unit, calendar=self.calendar)
            self.move(replace(clock, extended_seconds=clock.extended_seconds + more), due_at, since=at)

    def pull(self, due_at: datetime) -> None:
        """Bring the promise forward to `due_at`; a later one changes nothing."""
        promise = self.promise()
        if promise is None or promise.state not in OPEN or due_at >= self.due(promise):
            return
        less = max(measured(due_at, self.due(promise), unit=promise.unit, calendar=self.calendar), 1)
        promise = replace(promise, extended_seconds=promise.extended_seconds - less)
        self.move(promise, due_at, since=promise.started_at)

    def retime(self, clock: Clock, profile: str) -> None:
        """The same clock under another profile: from its own start, with the waits so far, never later once pulled."""
        limit = self._limit(profile, clock.kind)
        if limit is None:
            return
        due_at = deadline(clock.started_at, limit, self.calendar)
        for wait in self.of(clock.leg, K.WAIT):
            if wait.ended_at is not None:
                waited = measured(wait.started_at, wait.ended_at, unit=limit.unit, calendar=self.calendar)
                due_at = shifted(due_at, waited, unit=limit.unit, calendar=self.calendar)
        if clock.extended_seconds < 0:
            due_at = min(due_at, self.due(clock))
        clock = replace(clock, profile=profile, unit=limit.unit, policy_version=self.policy.version)
        self.move(clock, due_at, since=clock.started_at)

    def merge(self, clocks: Iterable[Clock], at: datetime) -> None:
        """Stopped, but in a way that `unmerge` can undo."""
        for clock in clocks:
            cause = f"{MERGE}:{clock.cause}" if clock.cause else MERGE
            self._put(replace(clock, due_at=self.due(clock), state=S.STOPPED, ended_at=at, cause=cause))

    def unmerge(self, leg: str | None, at: datetime) -> None:
        """As before the merge: the promise to its old date, a holder's clock with the time that it had left."""
        for clock in tuple(self.clocks.values()):
            if clock.ended_at is None or not clock.cause.startswith(MERGE) or leg not in (None, clock.leg):
                continue
            was = replace(clock, ended_at=None, cause=clock.cause.removeprefix(MERGE).removeprefix(":"))
            if clock.paused_at is not None:
                self._put(replace(was, due_at=None, state=S.PAUSED))
            elif clock.kind is K.PROMISE:
                self._run(was, self.due(clock), since=clock.started_at)
            else:
                self.pause([replace(was, state=S.RUNNING)], clock.ended_at, MERGE)
                self.resume([self.clocks[clock.id]], at, MERGE)

    def reopen(self, clock: Clock) -> None:
        """Running again to the same deadline, late if that has passed; what has fired does not fire again."""
        self._run(replace(clock, ended_at=None), self.due(clock), since=clock.started_at)

    def answered(self, at: datetime) -> None:
        """The promise has its answer, unless somebody still owes one; its timers wait until the answer is rejected."""
        promise = self.promise()
        if promise is not None and promise.state in OPEN and not self.open(None, *_OWED):
            self._put(replace(promise, answered_at=at))

    def unanswered(self) -> None:
        """The answer does not count (any more); the promise's timers come back, also those that went by."""
        promise = self.promise()
        if promise is not None and promise.state in OPEN and promise.answered_at is not None:
            self._put(replace(promise, answered_at=None), since=promise.started_at)

    # ---- how it is kept ------------------------------------------------------------------------------------------

    def _run(self, clock: Clock, due_at: datetime, *, since: datetime) -> None:
        running = replace(
            clock,
            due_at=due_at,
            state=S.RUNNING,
            paused_at=None,
            remaining_seconds=None,
            cause="",
            provisional=clock.unit is TimeUnit.WORKING and self.calendar.provisional(due_at),
        )
        self._put(running, since=since)

    def _close(self, clock: Clock, state: ClockState, at: datetime, cause: str = "") -> None:
        ended = replace(
            clock,
            due_at=self.due(clock),
            state=state,
            paused_at=None,
            remaining_seconds=None,
            ended_at=at,
            cause=cause,
        )
        self._put(ended)

    def _put(self, clock: Clock, *, since: datetime | None = None) -> None:
        """Keep a clock; its old timers are void, and new ones are made from `since` on (None = none)."""
        self.clocks[clock.id] = clock
        self.changed.add(clock.id)
        self.timers = [timer for timer in self.timers if timer.clock != clock.id]
        if clock.id in self._stored:
            self.dropped.add(clock.id)
        if since is not None and clock.answered_at is None:
            self.timers += timers(clock, since=since, policy=self.policy, calendar=self.calendar)

    def _left(self, clock: Clock, at: datetime, due_at: datetime) -> int:
        """Seconds left at `at`. A late clock has less than nothing, also outside working time: it stays late."""
        left = measured(at, due_at, unit=clock.unit, calendar=self.calendar)
        return min(left, -1) if at > due_at else left

    def _limit(self, profile: str, kind: ClockKind) -> Limit | None:
        found = self.policy.profiles.get(profile)
        return None if found is None else found.limits.get(kind)


def instant(event: Event) -> datetime:
    """The whole second at which an event was true."""
    return event.at.replace(microsecond=0)


def number(clock: Clock) -> int:
    """The n of an id "<leg>:<kind>:<n>"."""
    return int(clock.id.rpartition(":")[2])
