"""A whole city pack as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from city.kit_types import Article, Entry, Equivalent, Process, Roster, Source
from city.types import CalendarSpec, Duty, Group, KnownPlace, Matter, Policy, Post, Street, Tag, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Which policy and which calendar (their versions) hold from `from_date` (inclusive) to `to_date` (exclusive)."""

    from_date: date
    to_date: date | None
    policy: str
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who answers for a role of the ladder: dispatcher, supervisor, leader or duty."""

    role: str
    unit: str
    post: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingField:
    """A standing joint meeting (联席会议) with the unit that chairs it and its members, of any date."""

    code: str
    name: str
    chair: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitySettings:
    """What a pack says about itself. The responsibility list claims to be complete from `covers_from` on.

    `dangers` names the matter that a kind of danger belongs to when the words do not say it.
    """

    code: str
    name: str
    zone: str
    covers_from: date
    periods: tuple[Period, ...]
    contacts: tuple[Contact, ...]
    meetings: tuple[MeetingField, ...]
    dangers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Everything of a pack's folder. `lines` holds, for a file, the line of each value of its tuple. A pack made from
    the database has no lines and no lexicon, which is for training."""

    settings: CitySettings
    units: tuple[Unit, ...]
    posts: tuple[Post, ...]
    streets: tuple[Street, ...]
    matters: tuple[Matter, ...]
    duties: tuple[Duty, ...]
    places: tuple[KnownPlace, ...]
    policies: tuple[Policy, ...]
    calendars: tuple[CalendarSpec, ...]
    lines: Mapping[str, tuple[int, ...]]
    digest: str
    groups: tuple[Group, ...] = ()
    tags: tuple[Tag, ...] = ()
    rosters: tuple[Roster, ...] = ()
    articles: tuple[Article, ...] = ()
    processes: tuple[Process, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()
    sources: tuple[Source, ...] = ()
    lexicon: tuple[Entry, ...] = field(default=(), compare=False)
