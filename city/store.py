"""The city's reference data in the database.

    with database.transaction() as session:
        version = install(session, load_pack(folder), now=clock.now())   # the same pack again changes nothing
    with database.reading() as session:
        routing_may_know = directory(session, on=date(2026, 11, 23))

Reading never commits; `install`, `add_precedent`, `edit_unit` and `edit_duty` want a writer's transaction.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from city.codec import calendar_from, policy_from, settings_from
from city.edit import edit_duty, edit_unit
from city.install import install
from city.kit_types import Article, Process, Roster
from city.pack_values import CitySettings, MeetingField
from city.records import (
    ARTICLES,
    DUTIES,
    GROUPS,
    MATTERS,
    PLACES,
    POSTS,
    PROCESSES,
    ROSTERS,
    STREETS,
    TAGS,
    UNITS,
    columns,
    precedent_of,
)
from city.spans import in_force
from city.tables import CalendarRow, ListVersionRow, PolicyRow, PrecedentRow
from city.types import CalendarSpec, Directory, Duty, Group, KnownPlace, Policy, Precedent, Tag, Unit
from city.versions import ListVersion, current_version, held, list_versions, stored_pack, version_row
from plumbing.errors import Conflict, NotFound

__all__ = [
    "ListVersion",
    "add_precedent",
    "articles",
    "calendars",
    "current_version",
    "directory",
    "edit_duty",
    "edit_unit",
    "groups",
    "install",
    "known_places",
    "list_versions",
    "meeting_fields",
    "policies",
    "policy_on",
    "processes",
    "rosters",
    "settings",
    "stored_pack",
    "tags",
    "units",
]


def directory(session: Session, *, on: date, version: str | None = None) -> Directory:
    """What is in force on that day, as the list version says (None = the newest).

    A precedent whose unit has been abolished binds the unit's successor. Raises NotFound: NO_CITY, NO_LIST_VERSION.
    """
    at = version_row(session, version)
    all_units = held(session, UNITS, at.seq)
    known = {unit.code: unit for unit in in_force(all_units, on)}
    duties: dict[str, tuple[Duty, ...]] = {}
    # in order of their ids, so that equal lists give equal directories whatever their history
    for duty in sorted(in_force(held(session, DUTIES, at.seq), on), key=lambda duty: duty.id):
        duties[duty.matter] = (*duties.get(duty.matter, ()), duty)
    return Directory(
        list_version=at.id,
        units=known,
        streets={street.code: street for street in held(session, STREETS, at.seq)},
        matters={matter.code: matter for matter in held(session, MATTERS, at.seq)},
        duties=duties,
        precedents=_binding(_precedents(session, at, on), all_units, known),
        posts={post.code: post for post in in_force(held(session, POSTS, at.seq), on) if post.unit in known},
        dangers=settings_from(at.settings).dangers,
    )


def settings(session: Session) -> CitySettings:
    """What the newest version says about the city itself. Raises NotFound: NO_CITY."""
    return settings_from(version_row(session, None).settings)


def known_places(session: Session) -> tuple[KnownPlace, ...]:
    """The gazetteer. Raises NotFound: NO_CITY."""
    return held(session, PLACES, version_row(session, None).seq)


def articles(session: Session) -> tuple[Article, ...]:
    """The knowledge base. Raises NotFound: NO_CITY."""
    return held(session, ARTICLES, version_row(session, None).seq)


def processes(session: Session) -> Mapping[str, Process]:
    """The templates of processes by code. Raises NotFound: NO_CITY."""
    return {process.code: process for process in held(session, PROCESSES, version_row(session, None).seq)}


def rosters(session: Session, on: date) -> tuple[Roster, ...]:
    """The rosters in force on that day. Raises NotFound: NO_CITY."""
    return in_force(held(session, ROSTERS, version_row(session, None).seq), on)


def groups(session: Session) -> tuple[Group, ...]:
    """The working groups of all units. Raises NotFound: NO_CITY."""
    return held(session, GROUPS, version_row(session, None).seq)


def tags(session: Session) -> tuple[Tag, ...]:
    """The tags of all four axes. Raises NotFound: NO_CITY."""
    return held(session, TAGS, version_row(session, None).seq)


def units(session: Session, on: date) -> tuple[Unit, ...]:
    """The units that exist on that day. Raises NotFound: NO_CITY."""
    return in_force(held(session, UNITS, version_row(session, None).seq), on)


def meeting_fields(session: Session, on: date) -> tuple[MeetingField, ...]:
    """The standing joint meetings with those members that exist on that day. Raises NotFound: NO_CITY."""
    existing = {unit.code for unit in units(session, on)}
    return tuple(
        replace(field, members=tuple(code for code in field.members if code in existing))
        for field in settings(session).meetings
    )


def policies(session: Session) -> Mapping[str, Policy]:
    """Every policy version that was ever installed, by version: old clocks still run under old ones."""
    return {row.version: policy_from(row.body) for row in session.exec(select(PolicyRow)).all()}


def calendars(session: Session) -> Mapping[str, CalendarSpec]:
    """Every calendar version that was ever installed, by version."""
    return {row.version: calendar_from(row.body) for row in session.exec(select(CalendarRow)).all()}


def policy_on(session: Session, on: date) -> tuple[Policy, CalendarSpec]:
    """The policy and the calendar that hold on that day. Raises NotFound: NO_CITY, NO_POLICY."""
    for period in in_force(settings(session).periods, on):
        policy, calendar = session.get(PolicyRow, period.policy), session.get(CalendarRow, period.calendar)
        if policy and calendar:
            return policy_from(policy.body), calendar_from(calendar.body)
    raise NotFound("NO_POLICY", f"{on.isoformat()} 没有时限政策，请在 city.yml 的 in_force 中补上。")


def add_precedent(session: Session, precedent: Precedent) -> None:
    """Keep a ruling as a precedent. The same one again changes nothing; another under its id raises Conflict."""
    row = session.get(PrecedentRow, precedent.id)
    if row is None:
        session.add(PrecedentRow(**columns(precedent)))
        session.flush()
    elif precedent_of(row) != precedent:
        raise Conflict("PRECEDENT_EXISTS", f"先例“{precedent.id}”已经存在且内容不同，请换一个编号。")


def _precedents(session: Session, at: ListVersionRow, on: date) -> tuple[Precedent, ...]:
    """Those ruled by the end of that day, in the city's time, and not ended."""
    zone = ZoneInfo(at.settings["zone"])
    rows = session.exec(select(PrecedentRow).order_by(PrecedentRow.id)).all()
    return tuple(
        precedent
        for precedent in map(precedent_of, rows)
        if (precedent.ruled_at is None or precedent.ruled_at.astimezone(zone).date() <= on)
        and (precedent.to_date is None or on < precedent.to_date)
    )


def _binding(
    precedents: tuple[Precedent, ...], all_units: tuple[Unit, ...], known: Mapping[str, Unit]
) -> tuple[Precedent, ...]:
    heirs = {unit.code: unit.successor for unit in all_units}

    def heir(code: str) -> str:
        met: list[str] = []
        while code not in known and code not in met:
            met.append(code)
            code = heirs.get(code) or code
        return code

    return tuple(
        replace(ruling, lead=heir(ruling.lead), supports=tuple(map(heir, ruling.supports))) for ruling in precedents
    )
