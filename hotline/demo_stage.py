"""A week that is played on a moved clock: stories wake at their moments, and the loops run as they do in life.

A story is a generator: it acts through the use cases and yields the moment at which it goes on. What lies beyond the
end of the week never happens, so that a story cut short is a ticket in the middle of its life.
"""

import heapq
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, cycle
from random import Random

import structlog

from city.types import CalendarSpec, Directory
from hotline.demo_messages import STREETS, Words
from hotline.reference import SHANGHAI
from hotline.runtime import Runtime
from plumbing.clock import MovableClock
from plumbing.errors import HotlineError
from sla import store as sla_store
from sla.calendar import WorkingCalendar

Story = Generator[datetime, None, None]

WEEK = timedelta(days=7)
FEWEST_WORKING_DAYS = 3
DUTY = (("09:00", "11:30"), ("13:30", "17:00"))
SCORES = (5, 4, 5, 3, 4, 5, 2, 4, 5, 1)

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
        self.office = office(snapshot.calendar, self.start, until)
        self.failures: list[str] = []
        self.scores = cycle(SCORES)
        self._clock = clock
        self._turn = count()
        self._waiting: list[tuple[datetime, int, Story]] = []

    @property
    def now(self) -> datetime:
        """The time on stage."""
        return self._clock.now()

    def begin(self, story: Story, at: datetime) -> None:
        """Let a story begin, at the start of the week at the earliest."""
        heapq.heappush(self._waiting, (max(at, self.start), next(self._turn), story))

    def number(self) -> int:
        """A number of its own for every affair."""
        return next(self._turn)

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
        loops = self.runtime.loops
        while self.now < self.until or self._due():
            self._clock.set(max(self.now, self._next()))
            loops.ticker.exhaust()
            while self._due():
                self._go_on()
            loops.outbox.exhaust()
        loops.settle()

    def _next(self) -> datetime:
        """When something happens next: a story goes on or a timer fires."""
        with self.runtime.database.reading() as session:
            timers = sla_store.due(session, self.until, 1)
        return min([self.until, *(timer.fire_at for timer, _ in timers), *(at for at, *_ in self._waiting[:1])])

    def _due(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= self.now

    def _go_on(self) -> None:
        _, turn, story = heapq.heappop(self._waiting)
        try:
            at = next(story)
        except StopIteration:
            return
        except HotlineError as error:
            # one ticket that stays where it is must not keep an installation from starting
            name = getattr(story, "__qualname__", "")
            self.failures.append(f"{name}: {error.code} {error.sentence} {error.details}")
            log.warning("sample story ended early", story=name, code=error.code)
            return
        heapq.heappush(self._waiting, (at, turn, story))


class Deck:
    """Words in shuffled order; when all have been said it begins again, with other places."""

    def __init__(self, words: Sequence[Words], rng: Random) -> None:
        self._all = list(words)
        self._rng = rng
        self._left: list[Words] = []

    def take(self, matters: frozenset[str] = frozenset()) -> Words:
        """The next words; of one of `matters`, if any are named."""
        for _ in range(2):
            for index, words in enumerate(self._left):
                if not matters or words.matter in matters:
                    return self._left.pop(index)
            self._left += self._rng.sample(self._all, len(self._all))
        raise ValueError(f"no words about {sorted(matters)}")


def a_place(street: str, rng: Random) -> str:
    """A place of the street."""
    return rng.choice(STREETS[street]).format(n=rng.randrange(3, 190))
