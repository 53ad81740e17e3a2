"""Who hands the players' acts to the use cases: those of a few minutes together, so that a week fits into a minute.

An act waits until somebody wants to know what came of it, until its ticket's clock is about to ring, or HOLD at most.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from city.types import Directory
from hotline.desk import Act
from hotline.meetings import MeetingRoom
from hotline.reference import SHANGHAI
from hotline.runtime import Runtime
from plumbing.clock import MovableClock
from plumbing.errors import HotlineError
from sla.tables import TimerRow
from tickets import store as ticket_store
from tickets.store import table
from tickets.types import Command, CommandKind, LegState, Ticket

HOLD = timedelta(minutes=5)
"""Shorter than any limit that an act may set running."""
LAG = timedelta(seconds=90)
"""How long a due timer waits at most for company."""
MOST = 64
SOON = 60

_ALONE = frozenset({CommandKind.MERGE, CommandKind.UNMERGE})
"""Acts that another ticket hears of."""
_HANDS_ON = frozenset(
    {
        CommandKind.DISPATCH,
        CommandKind.REASSIGN,
        CommandKind.ADD_SUPPORT,
        CommandKind.REQUEST_RETURN,
        CommandKind.APPROVE_RETURN,
        CommandKind.DISPUTE,
    }
)
"""Acts after which somebody else may have it."""
_ASKS_CLOCKS = frozenset({CommandKind.REQUEST_RETURN, CommandKind.REQUEST_EXTENSION})
"""Acts for which it matters how the acts before have moved the clocks."""
_MOVED_BY_OTHERS = frozenset({LegState.WAITING, LegState.MERGED, LegState.DISPUTED})
"""States that clocks, masters and meetings end, unseen by whoever looked before."""

Speaker = tuple[int, str]
_timer = table(TimerRow)


class Prompter:
    """`speaker` is whose turn it is; `fail` hears of an act that was refused, and of its speaker."""

    def __init__(self, runtime: Runtime, clock: MovableClock, *, fail: Callable[[Speaker, HotlineError], None]) -> None:
        self.speaker: Speaker = (-1, "")
        self._runtime = runtime
        self._clock = clock
        self._fail = fail
        self._acts: list[tuple[Act, Speaker]] = []
        self._busy: dict[str, list[Command]] = {}
        self._seen: dict[str, Ticket] = {}
        self._timers: list[tuple[datetime, str]] | None = None
        self._day: date | None = None
        self._directory: Directory | None = None

    # -- what is said and done ----------------------------------------------------------------------------------------

    def drain(self, numbers: Sequence[str] = ()) -> frozenset[str]:
        """Messages have come in: the engine makes of them what it can. Those of `numbers` that have opened a ticket.

        Words of somebody whose ticket waits for an answer are taken for the answer.
        """
        self._runtime.loops.drain.exhaust()
        self._timers = None
        with self._runtime.database.reading() as session:
            opened = ticket_store.load(session, numbers)
        self._seen.update(opened)
        return frozenset(opened)

    def add(self, number: str) -> None:
        """More words about a ticket."""
        self._settled(number)
        self._forget(number)
        self.drain()

    def act(self, number: str, command: Command) -> None:
        """Somebody acts on a ticket now."""
        now = self._clock.now()
        if self._is_due(number, now):
            self.ring()
        if number in self._busy and command.kind in _ASKS_CLOCKS:
            self.flush()
        if command.kind in _ALONE:
            self.flush()
            self._forget(number, str(command.data.get("master")))
            self._runtime.desk.act(number, command)
            return
        self._acts.append((Act(ticket_no=number, command=command, at=now), self.speaker))
        self._busy.setdefault(number, []).append(command)
        if len(self._acts) >= MOST:
            self.flush()

    def meetings(self, number: str) -> MeetingRoom:
        """The meeting room, when everything before has been written; the ticket may be another when it comes out."""
        self.flush()
        self._forget(number)
        self._directory = None
        return self._runtime.meetings

    def _forget(self, *numbers: str) -> None:
        self._timers = None
        for number in numbers:
            self._seen.pop(number, None)

    def ticket(self, number: str) -> Ticket:
        """The ticket as it stands now, apart from warnings that it may have had meanwhile."""
        self._settled(number)
        seen = self._seen.get(number)
        if seen is None or seen.state in _MOVED_BY_OTHERS:
            with self._runtime.database.reading() as session:
                seen = self._seen[number] = ticket_store.load(session, [number])[number]
        return seen

    def last(self, number: str) -> Ticket:
        """The ticket as it was seen last, however it stands now; good for what an act at a unit never changes."""
        return self._seen.get(number) or self.ticket(number)

    def glance(self, number: str) -> Ticket:
        """Who has the ticket, under which limits: as it was seen last, unless an act that waits may change that."""
        seen = self._seen.get(number)
        if seen is None or seen.state in _MOVED_BY_OTHERS or self._changes_hands(number):
            return self.ticket(number)
        return seen

    def _changes_hands(self, number: str) -> bool:
        waiting = self._busy.get(number, ())
        return any(one.kind in _HANDS_ON or not (one.leg or "/1").endswith("/1") for one in waiting)

    def directory(self) -> Directory:
        """The list as it is today, with the precedents so far."""
        day = self._clock.now().astimezone(SHANGHAI).date()
        if self._day != day or self._directory is None:
            self._day, self._directory = day, self._runtime.reference.now().directory
        return self._directory

    def flush(self) -> None:
        """Write what has been done so far."""
        if not self._acts:
            return
        done, self._acts, self._busy = self._acts, [], {}
        self._timers = None
        outcomes = self._runtime.desk.act_together([act for act, _ in done])
        for (act, speaker), outcome in zip(done, outcomes, strict=True):
            if isinstance(outcome, HotlineError):
                self._fail(speaker, outcome)
            else:
                self._seen[act.ticket_no] = outcome

    def _settled(self, number: str) -> None:
        if number in self._busy:
            self.flush()

    # -- what rings ---------------------------------------------------------------------------------------------------

    def rings_at(self) -> datetime | None:
        """When the next timers ring, and what was done is written, if nobody does anything before."""
        hold = [self._acts[0][0].at + HOLD] if self._acts else []
        return min([at + LAG for at, _ in self._due()[:1]] + hold, default=None)

    def ring(self) -> None:
        """Let every timer ring that is due; acts on their tickets were earlier, and so were those that wait too long."""
        now = self._clock.now()
        if self._acts and self._acts[0][0].at + HOLD <= now:
            self.flush()
        if any(self._is_due(number, now) for number in self._busy):
            self.flush()
        if self._due() and self._due()[0][0] <= now:
            self._runtime.ticker.run_once()
            self._timers = None

    def _is_due(self, number: str, now: datetime) -> bool:
        due = self._due()
        more = len(due) == SOON and due[-1][0] <= now  # many at the same instant: it may be among the others
        return more or any(no == number for at, no in due if at <= now)

    def _due(self) -> list[tuple[datetime, str]]:
        """The next timers with their tickets, soonest first."""
        if self._timers is None:
            t = _timer.c
            waiting = (t.fired_at.is_(None), t.void_at.is_(None), t.set_aside_at.is_(None))
            wanted = select(t.fire_at, t.ticket_no).where(*waiting).order_by(t.fire_at).limit(SOON)
            with self._runtime.database.reading() as session:
                self._timers = [(row[0], row[1]) for row in session.execute(wanted)]
        return self._timers
