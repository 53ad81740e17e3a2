"""A calendar, a policy and a growing history, made by hand: the rules are tested without any city pack."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from city.types import CalendarSpec, Limit, Policy, Profile, Step, TimeUnit
from sla.calendar import WorkingCalendar
from sla.rules import Reaction, react
from sla.types import Clock, ClockKind, Timer
from tickets.types import Channel, Event, EventKind, LegState, Ticket, TicketType, Urgency

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = (("09:00", "12:00"), ("13:00", "17:30"))
WEEK = dict.fromkeys(range(5), DAY)
HOLIDAYS: Mapping[date, tuple[tuple[str, str], ...]] = {date(2026, 10, day): () for day in range(1, 8)}
MAKE_UPS = {date(2026, 9, 20): DAY, date(2026, 10, 10): DAY}
HALF_DAYS = {date(2026, 12, 31): (("09:00", "12:00"),)}

WORKING, CALENDAR = TimeUnit.WORKING, TimeUnit.CALENDAR
K = ClockKind


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def days(n: int) -> Limit:
    return Limit(unit=WORKING, days=n, source="测试")


def hours(n: float, unit: TimeUnit = CALENDAR) -> Limit:
    return Limit(unit=unit, span=timedelta(hours=n), source="测试")


def step(name: str, offset: Limit, *to: str, before: bool = False) -> Step:
    return Step(name=name, offset=offset, before=before, to=to)


AMBER = step("amber", days(1), "lead", before=True)
RED = step("red", days(0), "lead", "supervisor")
NOTICE = step("notice", days(5), "supervisor", "leader")

DEFAULT = Profile(
    code="default",
    name="一般",
    limits={
        K.PROMISE: days(5),
        K.TRIAGE: hours(2, WORKING),
        K.ACCEPT: days(1),
        K.CONTACT: days(1),
        K.FINISH: days(5),
        K.RETURN_WINDOW: days(1),
        K.WAIT: days(2),
        K.CALLBACK: days(1),
        K.REWORK: days(3),
        K.RULING: days(2),
        K.PLENARY: days(7),
        K.REVIEW: days(1),
    },
    ladder={K.PROMISE: (AMBER, RED), K.FINISH: (AMBER, RED, NOTICE), K.ACCEPT: (AMBER, RED), K.WAIT: (RED,)},
)
CRITICAL = Profile(
    code="critical",
    name="紧急",
    limits={
        K.PROMISE: hours(2),
        K.TRIAGE: hours(0.1),
        K.ACCEPT: hours(0.25),
        K.CONTACT: hours(1),
        K.FINISH: hours(2),
        K.RETURN_WINDOW: hours(0.25),
        K.REVIEW: hours(0.25),
        K.RULING: hours(8),
    },
    ladder={
        K.ACCEPT: (step("red", hours(0), "lead", "duty"), step("repeat", hours(0.25), "duty")),
        K.FINISH: (step("amber", hours(0.5), "lead", before=True), step("red", hours(0), "lead", "leader")),
    },
)
ENQUIRY = Profile(
    code="enquiry",
    name="咨询",
    limits={K.PROMISE: days(1), K.ACCEPT: days(1), K.FINISH: days(1)},
    ladder={K.FINISH: (RED,)},
)


@dataclass
class Story:
    """A ticket's history as it grows. Times are Shanghai's, as text; `live` are the timers as the store would keep them.

    `at` of a clock is asked for by "kind:n" on the lead leg "T/1" or by its whole id.
    """

    policy: Policy
    calendar: WorkingCalendar
    events: list[Event] = field(default_factory=list)
    clocks: dict[str, Clock] = field(default_factory=dict)
    live: dict[tuple[Any, ...], Timer] = field(default_factory=dict)
    fired: set[tuple[Any, ...]] = field(default_factory=set)
    last: Reaction | None = None

    def then(self, kind: EventKind, when: str | datetime, /, leg: str | None = "T/1", **data: Any) -> "Story":
        at = local(when) if isinstance(when, str) else when
        self.events.append(
            Event(
                ticket_no="T",
                seq=len(self.events) + 1,
                kind=kind,
                at=at,
                recorded_at=at,
                actor="调度员甲",
                leg=leg,
                data=data,
            )
        )
        self.take(react(self.clocks, self.events[-1:], self.ticket, policy=self.policy, calendar=self.calendar))
        return self

    def take(self, reaction: Reaction) -> None:
        self.last = reaction
        self.clocks.update(reaction.clocks)
        self.live = {key: timer for key, timer in self.live.items() if timer.clock not in reaction.dropped}
        for timer in reaction.timers:
            key = (timer.clock, timer.step, timer.due_at, timer.repeat_no)
            if key not in self.fired:
                self.live[key] = timer

    def whole(self) -> "Story":
        """The same history, reacted to in one go."""
        other = Story(self.policy, self.calendar, events=self.events)
        other.take(react({}, self.events, self.ticket, policy=self.policy, calendar=self.calendar))
        return other

    @property
    def ticket(self) -> Ticket:
        first = self.events[0]
        return Ticket(
            no="T",
            version=len(self.events),
            state=LegState.RECEIVED,
            opened_at=first.at,
            channel=Channel.PHONE,
            type=TicketType.COMPLAINT,
            urgency=Urgency.ROUTINE,
            legs=(),
            profile=first.data.get("profile", "default"),
        )

    def clock(self, name: str) -> Clock:
        return self.clocks[name if name.startswith("T/") else f"T/1:{name}"]

    def timers_of(self, name: str) -> dict[str, datetime]:
        """Step -> when it fires, of what waits."""
        found = self.clock(name).id
        return {timer.step: timer.fire_at for timer in self.live.values() if timer.clock == found}


@pytest.fixture(scope="session")
def spec() -> CalendarSpec:
    return CalendarSpec(
        version="c2026",
        zone="Asia/Shanghai",
        week=WEEK,
        overrides={**HOLIDAYS, **MAKE_UPS, **HALF_DAYS},
        published_until=date(2026, 12, 31),
    )


@pytest.fixture(scope="session")
def calendar(spec: CalendarSpec) -> WorkingCalendar:
    return WorkingCalendar(spec)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy(version="p1", profiles={profile.code: profile for profile in (DEFAULT, CRITICAL, ENQUIRY)})


@pytest.fixture(scope="session")
def at() -> Callable[[str], datetime]:
    """Shanghai's time, as text, as the instant that is stored."""
    return local


@pytest.fixture
def story(policy: Policy, calendar: WorkingCalendar) -> Story:
    return Story(policy, calendar)


@pytest.fixture
def opened(story: Story) -> Story:
    """A ticket received on Monday 23 November 2026 at nine."""
    return story.then(EventKind.OPENED, "2026-11-23 09:00", profile="default", urgency="routine")


@pytest.fixture
def dispatched(opened: Story) -> Story:
    """The same, dispatched to 市监局 at ten."""
    return opened.then(EventKind.DISPATCHED, "2026-11-23 10:00", unit="scjg", round=1, profile="default", role="lead")


@pytest.fixture(scope="session")
def new_story(policy: Policy, calendar: WorkingCalendar) -> Callable[[], Story]:
    """Makes stories, for properties that need many."""
    return lambda: Story(policy, calendar)
