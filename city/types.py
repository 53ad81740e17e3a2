"""A city's reference data as frozen values; `Directory` is all that routing may know of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum


class UnitKind(StrEnum):
    """hotline: the hotline itself; office: supervision office or joint-meeting office; centre: response centre (回应中心)."""

    HOTLINE = "hotline"
    OFFICE = "office"
    DEPARTMENT = "department"
    CENTRE = "centre"
    UTILITY = "utility"
    WINDOW = "window"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit from `from_date` (inclusive) to `to_date` (exclusive; None = open). `street` is set for a response centre."""

    code: str
    name: str
    kind: UnitKind
    street: str | None = None
    parent: str | None = None
    successor: str | None = None
    aliases: tuple[str, ...] = ()
    group: str | None = None
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """授权岗位: a post inside a unit that may decide on the spot for `matters` (codes, or prefixes ending in "*").

    `decides` says in Chinese what it may decide there. In force from `from_date` (inclusive) to `to_date` (exclusive).
    """

    code: str
    unit: str
    name: str
    matters: tuple[str, ...] = ()
    decides: str | None = None
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """业务组: a working group inside a unit; its `matters` (codes, or prefixes ending in "*") are counted as its own."""

    code: str
    unit: str
    name: str
    matters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A subdistrict or town (街道/镇) with its response centre's unit code."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    centre: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """事项 with a stable code. `parent` is None at the top. `profile` is the default clock profile, `meeting_field` the
    joint meeting, `tags` the codes that every message of it has, `scope` what belongs to it and what does not."""

    code: str
    name: str
    parent: str | None = None
    profile: str = "default"
    meeting_field: str | None = None
    needs_place: bool = True
    keywords: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    scope: str | None = None


class TagAxis(StrEnum):
    """The four axes of tags: 时空属性, 主体特征, 问题性质, 治理维度."""

    WHEN_WHERE = "when_where"
    WHO = "who"
    NATURE = "nature"
    GOVERNANCE = "governance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """标签: drives clocks and boards beside the matter. A text that holds any of `words` has it."""

    code: str
    axis: TagAxis
    name: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One row of the responsibility list (责任清单).

    `area` is a street code or "*". `when` holds conditions that all must match, by name: "type", "urgency",
    "party", "place" (the kind of the place: estate, river ...) or "word" (any of the words occurs in the text).
    `lead`, `supports` and `fallback` are unit codes or "@centre" for the response centre of the place's street.
    `process` names a template (流程模板). `checked` is false while the basis is 待核.
    """

    id: str
    matter: str
    area: str = "*"
    lead: str
    post: str | None = None
    supports: tuple[str, ...] = ()
    fallback: str | None = None
    profile: str | None = None
    process: str | None = None
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    basis: str = "待核"
    checked: bool = False
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """A ruling that routes what comes after it: same matter and, unless `area` is "*", same street.

    `words` narrows it: any of them must occur in the text (empty = always).
    """

    id: str
    matter: str
    area: str
    lead: str
    supports: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ticket_no: str = ""
    reason: str = ""
    ruled_at: datetime | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A row of the gazetteer. `kind`: road, lane, estate, park, station, school, hospital, market, landmark, river,
    crossing, committee (居委会), office, area (a name for a neighbourhood).

    `streets` lists every subdistrict that it touches, the main one first; two or more means a border.
    """

    name: str
    kind: str
    streets: tuple[str, ...]
    aliases: tuple[str, ...] = ()


class TimeUnit(StrEnum):
    """Unit of a limit: working seconds count inside the calendar's windows, calendar seconds always."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long. `days` counts working days when `unit` is WORKING (one day = the calendar's standard day), else
    24-hour days; `span` is added to it. `source` names where the figure comes from, or 待核."""

    unit: TimeUnit
    days: int = 0
    span: timedelta = timedelta()
    source: str = "待核"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the ladder: `name` amber, red, notice or repeat; fires `offset` before (negative) or after the
    deadline, in `unit`; `to` names who hears of it: lead, dispatcher, supervisor, leader, duty."""

    name: str
    offset: Limit
    before: bool
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A clock profile (时限档): kind of clock -> limit and ladder. Versioned by its policy."""

    code: str
    name: str
    limits: Mapping[str, Limit]
    ladder: Mapping[str, tuple[Step, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every profile plus the numbers of the dispute and return rules. Never changed once used: a new version is added."""

    version: str
    profiles: Mapping[str, Profile]
    max_refusals: int = 2
    max_returns: int = 2
    callback_attempts: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSpec:
    """What a working calendar is made of; local times of `zone`.

    `week` maps weekday (0 = Monday) to windows (start, end) as "HH:MM"; `overrides` maps a date to windows (empty =
    holiday), which also makes make-up workdays (调休) and half days. `published_until` is the last date whose
    holidays are published: a deadline after it is provisional.
    """

    version: str
    zone: str
    week: Mapping[int, tuple[tuple[str, str], ...]]
    overrides: Mapping[date, tuple[tuple[str, str], ...]]
    published_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everything routing may know: one frozen snapshot, named by `list_version`."""

    list_version: str
    units: Mapping[str, Unit]
    streets: Mapping[str, Street]
    matters: Mapping[str, Matter]
    duties: Mapping[str, tuple[Duty, ...]]
    precedents: tuple[Precedent, ...] = ()
    posts: Mapping[str, Post] = field(default_factory=dict)
    dangers: Mapping[str, str] = field(default_factory=dict)
