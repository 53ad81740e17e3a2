"""Rows of the database to frozen values and back, one kind of value after another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Generic, TypeVar

from city.codec import plain
from city.kit_records import article_of, equivalent_of, group_of, process_of, roster_of, source_of, tag_of
from city.pack_values import Pack
from city.tables import (
    ArticleRow,
    DutyRow,
    EquivalentRow,
    GroupRow,
    MatterRow,
    PlaceRow,
    PostRow,
    PrecedentRow,
    ProcessRow,
    RosterRow,
    SourceRow,
    StreetRow,
    TagRow,
    UnitRow,
    Versioned,
)
from city.types import Duty, KnownPlace, Matter, Post, Precedent, Street, Unit, UnitKind

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Value]):
    """A kind of versioned value: its table, the field that names it, its reader, its tuple in a pack."""

    table: type[Versioned]
    key: str
    value: Callable[[Any], Value]
    of: Callable[[Pack], tuple[Value, ...]]


def columns(value: Any) -> dict[str, Any]:
    """The fields of a value as a table's columns: dates stay dates, tuples and mappings become JSON."""
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: part if isinstance(part, date) else plain(part) for name, part in found.items()}


def unit_of(row: UnitRow) -> Unit:
    """The unit of a row."""
    return Unit(
        code=row.code,
        name=row.name,
        kind=UnitKind(row.kind),
        street=row.street,
        parent=row.parent,
        successor=row.successor,
        aliases=tuple(row.aliases),
        group=row.group,
        from_date=row.from_date,
        to_date=row.to_date,
    )


def duty_of(row: DutyRow) -> Duty:
    """The duty of a row."""
    return Duty(
        id=row.id,
        matter=row.matter,
        area=row.area,
        lead=row.lead,
        post=row.post,
        supports=tuple(row.supports),
        fallback=row.fallback,
        profile=row.profile,
        process=row.process,
        when=_conditions(row.when),
        basis=row.basis,
        checked=row.checked,
        from_date=row.from_date,
        to_date=row.to_date,
    )


def precedent_of(row: PrecedentRow) -> Precedent:
    """The precedent of a row."""
    return Precedent(
        id=row.id,
        matter=row.matter,
        area=row.area,
        lead=row.lead,
        supports=tuple(row.supports),
        words=tuple(row.words),
        ticket_no=row.ticket_no,
        reason=row.reason,
        ruled_at=row.ruled_at,
        to_date=row.to_date,
    )


def _post_of(row: PostRow) -> Post:
    return Post(
        code=row.code,
        unit=row.unit,
        name=row.name,
        matters=tuple(row.matters),
        decides=row.decides,
        from_date=row.from_date,
        to_date=row.to_date,
    )


def _street_of(row: StreetRow) -> Street:
    return Street(code=row.code, name=row.name, aliases=tuple(row.aliases), centre=row.centre)


def _matter_of(row: MatterRow) -> Matter:
    return Matter(
        code=row.code,
        name=row.name,
        parent=row.parent,
        profile=row.profile,
        meeting_field=row.meeting_field,
        needs_place=row.needs_place,
        keywords=tuple(row.keywords),
        tags=tuple(row.tags),
        scope=row.scope,
    )


def _place_of(row: PlaceRow) -> KnownPlace:
    return KnownPlace(name=row.name, kind=row.kind, streets=tuple(row.streets), aliases=tuple(row.aliases))


def _conditions(body: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in body.items()}


UNITS = Kind(table=UnitRow, key="code", value=unit_of, of=lambda pack: pack.units)
POSTS = Kind(table=PostRow, key="code", value=_post_of, of=lambda pack: pack.posts)
STREETS = Kind(table=StreetRow, key="code", value=_street_of, of=lambda pack: pack.streets)
MATTERS = Kind(table=MatterRow, key="code", value=_matter_of, of=lambda pack: pack.matters)
DUTIES = Kind(table=DutyRow, key="id", value=duty_of, of=lambda pack: pack.duties)
PLACES = Kind(table=PlaceRow, key="name", value=_place_of, of=lambda pack: pack.places)
GROUPS = Kind(table=GroupRow, key="code", value=group_of, of=lambda pack: pack.groups)
TAGS = Kind(table=TagRow, key="code", value=tag_of, of=lambda pack: pack.tags)
ROSTERS = Kind(table=RosterRow, key="unit", value=roster_of, of=lambda pack: pack.rosters)
ARTICLES = Kind(table=ArticleRow, key="code", value=article_of, of=lambda pack: pack.articles)
PROCESSES = Kind(table=ProcessRow, key="code", value=process_of, of=lambda pack: pack.processes)
EQUIVALENTS = Kind(table=EquivalentRow, key="ours", value=equivalent_of, of=lambda pack: pack.equivalents)
SOURCES = Kind(table=SourceRow, key="name", value=source_of, of=lambda pack: pack.sources)
KIT: tuple[Kind[Any], ...] = (GROUPS, TAGS, ROSTERS, ARTICLES, PROCESSES, EQUIVALENTS, SOURCES)
KINDS: tuple[Kind[Any], ...] = (UNITS, POSTS, STREETS, MATTERS, DUTIES, PLACES, *KIT)
