"""A week that is played on a moved clock: stories wake at their moments, and the loops run as they do in life.

A story is a generator: it acts through the use cases and yields the moment at which it goes on. What lies beyond the
end of the week never happens, so that a story cut short is a ticket in the middle of its life.

What people do within a few minutes is written together, each act with its own moment; a timer rings within LAG.
"""

import heapq
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, cycle
from random import Random

import structlog

from city.types import CalendarSpec, Directory
from hotline.demo_gazetteer import Gazetteer
from hotline.demo_messages import Words
from hotline.demo_prompter import Prompter
from hotline.reference import SHANGHAI
from hotline.runtime import Runtime
from plumbing.clock import MovableClock
from plumbing.errors import HotlineError
from sla.calendar import WorkingCalendar

Story = Generator[datetime, None, None]

WEEK = timedelta(days=7)
FEWEST_WORKING_DAYS = 3
DUTY = (("09:00", "11:30"), ("13:30", "17:00"))
SCORES = (5, 4, 5, 3, 4, 5, 2, 4, 5, 1)
POST = timedelta(minutes=8)
"""How long what is to be sent waits at most for company."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """When units act. `total` is the week's working minutes."""

    calendar: WorkingCalendar
    total: float

    def later(self, at: datetime, minutes: float) -> datetime:
        """So many working minutes after `at`."""
        return self.calendar.add(at, round(minutes * 60))

    def earlier(self, at: datetime, minutes: float) -> datetime:
        """So many working minutes before `at`, but within the week."""
        return self.calendar.add(at, -round(min(minutes, self.total) * 60))


def office(calendar: WorkingCalendar, start: datetime, until: datetime) -> Office:
    """The city's working hours; when a long holiday leaves too few of them, those of staff on duty every day."""
    if calendar.between(start, until) < FEWEST_WORKING_DAYS * calendar.standard_day_seconds:
        spec = calendar.spec
        week = dict.fromkeys(range(7), DUTY)
        calendar = WorkingCalendar(
            CalendarSpec(version="duty", zone=spec.zone, week=week, overrides={}, published_until=spec.published_until)
        )
    return Office(calendar=calendar, total=calendar.between(start, until) / 60)


class Stage:
    """The week up to `until`, with what every story shares: use cases, working hours, words and chance."""

    def __init__(self, runtime: Runtime, clock: MovableClock, *, until: datetime, seed: int) -> None:
        self.runtime = runtime
        self.start, self.until = until - WEEK, until
        self.seed = seed
        clock.set(self.start)
        snapshot = runtime.reference.on(until)
        self.directory: Directory = snapshot.directory
        self.gazetteer = Gazetteer(runtime.reference.places(), self.directory.streets)
        self.office = office(snapshot.calendar, self.start, until)
        self.prompter = Prompter(runtime, clock, fail=self._fail)
        self.scores = cycle(SCORES)
        self.failures: list[str] = []
        self._clock = clock
        self._turn = count()
        self._affairs = count(1)
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._failed: set[int] = set()
        self._posted = self.start

    @property
    def now(self) -> datetime:
        """The time on stage."""
        return self._clock.now()

    def begin(self, story: Story, at: datetime) -> None:
        """Let a story begin, at the start of the week at the earliest."""
        heapq.heappush(self._waiting, (max(at, self.start), next(self._turn), story))

    def number(self) -> int:
        """A number of its own for every affair."""
        return next(self._affairs)

    def day(self, back: int, time: str) -> datetime:
        """A local time so many days before the last day."""
        date = self.until.astimezone(SHANGHAI).date() - timedelta(days=back)
        return datetime.combine(date, datetime.strptime(time, "%H:%M").time(), SHANGHAI)  # noqa: DTZ007 - a time of day

    def workday(self, back: int, time: str) -> datetime:
        """A local time on the day that lies so many working days before the end."""
        date = self.office.earlier(self.until, back * 360).astimezone(SHANGHAI).date()
        return datetime.combine(date, datetime.strptime(time, "%H:%M").time(), SHANGHAI)  # noqa: DTZ007 - a time of day

    def pause(self, by: timedelta) -> None:
        """A moment passes inside a scene: the engine needs its seconds, too."""
        self._clock.set(min(self._clock.now() + by, self.until))

    def play(self) -> None:
        """Everything up to the end of the week."""
        while (at := self._next()) is not None:
            rings_at = self.prompter.rings_at()
            if rings_at is not None and rings_at <= at:
                self._clock.set(max(self.now, rings_at))
                self.prompter.ring()
            else:
                self._clock.set(max(self.now, at))
                self._go_on()
            self._post()
        self._clock.set(self.until)
        self.prompter.flush()
        self.runtime.loops.settle()

    def _next(self) -> datetime | None:
        """When the next story goes on or the next timers ring; None when that is after the end."""
        moments = [at for at, *_ in self._waiting[:1]]
        rings_at = self.prompter.rings_at()
        at = min(moments if rings_at is None else [*moments, rings_at], default=None)
        return at if at is not None and at <= self.until else None

    def _post(self) -> None:
        if self.now - self._posted >= POST:
            self._posted = self.now
            self.runtime.loops.gather.exhaust()
            self.runtime.outbox.run_once()

    def _go_on(self) -> None:
        _, turn, story = heapq.heappop(self._waiting)
        if turn in self._failed:
            return
        self.prompter.speaker = (turn, getattr(story, "__qualname__", ""))
        try:
            at = next(story)
        except StopIteration:
            return
        except HotlineError as error:
            self._fail(self.prompter.speaker, error)
            return
        heapq.heappush(self._waiting, (at, turn, story))

    def _fail(self, speaker: tuple[int, str], error: HotlineError) -> None:
        """One ticket that stays where it is must not keep an installation from starting."""
        turn, name = speaker
        self._failed.add(turn)
        self.failures.append(f"{name}: {error.code} {error.sentence} {error.details}")
        log.warning("sample story ended early", story=name, code=error.code)


class Deck:
    """Words in shuffled order; when all have been said it begins again, with other places."""

    def __init__(self, words: Sequence[Words], rng: Random) -> None:
        self._all = list(words)
        self._rng = rng
        self._left: list[Words] = []

    def take(self, matters: Iterable[str] = ()) -> Words:
        """The next words; of one of `matters`, if any are named."""
        wanted = frozenset(matters)
        for _ in range(2):
            for index, words in enumerate(self._left):
                if not wanted or words.matter in wanted:
                    return self._left.pop(index)
            self._left += self._rng.sample(self._all, len(self._all))
        raise ValueError(f"no words about {sorted(wanted)}")
