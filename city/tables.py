"""Tables of the city's reference data.

A row of the list lives twice in time: `from_date`/`to_date` say when it is law, `added_in`/`removed_in` say which list
versions hold it. Nothing is ever overwritten, so that a decision of last year can be read with the list of last year.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Text
from sqlmodel import Field, SQLModel

from plumbing.db import UtcDateTime


class ListVersionRow(SQLModel, table=True):
    """A version of the whole list. `pack_digest` is None when an administrator's edit made it."""

    __tablename__ = "city_list_versions"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    id: str = Field(unique=True)
    pack_digest: str | None = None
    loaded_at: datetime = Field(sa_type=UtcDateTime)
    by: str
    note: str
    settings: dict[str, Any] = Field(sa_type=JSON)


class Versioned(SQLModel):
    """What every row of the list has: first and first-not version, and `origin`, pack or admin."""

    row_no: int | None = Field(default=None, primary_key=True)
    added_in: int = Field(foreign_key="city_list_versions.seq")
    removed_in: int | None = Field(default=None, foreign_key="city_list_versions.seq")
    origin: str


class UnitRow(Versioned, table=True):
    """A unit under one name."""

    __tablename__ = "city_units"

    code: str
    name: str
    kind: str
    street: str | None
    parent: str | None
    successor: str | None
    aliases: list[str] = Field(sa_type=JSON)
    group: str | None
    from_date: date | None
    to_date: date | None


class PostRow(Versioned, table=True):
    """An authorised post."""

    __tablename__ = "city_posts"

    code: str
    unit: str
    name: str
    matters: list[str] = Field(sa_type=JSON)
    decides: str | None
    from_date: date | None
    to_date: date | None


class StreetRow(Versioned, table=True):
    """A subdistrict."""

    __tablename__ = "city_streets"

    code: str
    name: str
    aliases: list[str] = Field(sa_type=JSON)
    centre: str | None


class MatterRow(Versioned, table=True):
    """A matter."""

    __tablename__ = "city_matters"

    code: str
    name: str
    parent: str | None
    profile: str
    meeting_field: str | None
    needs_place: bool
    keywords: list[str] = Field(sa_type=JSON)
    tags: list[str] = Field(sa_type=JSON)
    scope: str | None


class DutyRow(Versioned, table=True):
    """A row of the responsibility list."""

    __tablename__ = "city_duties"

    id: str
    matter: str
    area: str
    lead: str
    post: str | None
    supports: list[str] = Field(sa_type=JSON)
    fallback: str | None
    profile: str | None
    process: str | None
    when: dict[str, list[str]] = Field(sa_type=JSON)
    basis: str
    checked: bool
    from_date: date | None
    to_date: date | None


class PlaceRow(Versioned, table=True):
    """A row of the gazetteer."""

    __tablename__ = "city_places"

    name: str
    kind: str
    streets: list[str] = Field(sa_type=JSON)
    aliases: list[str] = Field(sa_type=JSON)


class GroupRow(Versioned, table=True):
    """A working group inside a unit."""

    __tablename__ = "city_groups"

    code: str
    unit: str
    name: str
    matters: list[str] = Field(sa_type=JSON)


class TagRow(Versioned, table=True):
    """A tag on one of the four axes."""

    __tablename__ = "city_tags"

    code: str
    axis: str
    name: str
    words: list[str] = Field(sa_type=JSON)


class RosterRow(Versioned, table=True):
    """Who answers when."""

    __tablename__ = "city_rosters"

    unit: str
    post: str | None
    days: list[int] = Field(sa_type=JSON)
    from_time: str
    to_time: str
    contact: str
    from_date: date | None
    to_date: date | None


class ArticleRow(Versioned, table=True):
    """An answer of the knowledge base."""

    __tablename__ = "city_articles"

    code: str
    title: str
    answer: str = Field(sa_type=Text)
    owner: str
    matters: list[str] = Field(sa_type=JSON)
    source: str
    checked: bool
    review_on: date
    words: list[str] = Field(sa_type=JSON)


class ProcessRow(Versioned, table=True):
    """A template of a process with its steps."""

    __tablename__ = "city_processes"

    code: str
    name: str
    steps: list[dict[str, Any]] = Field(sa_type=JSON)
    when: str
    source: str
    checked: bool


class EquivalentRow(Versioned, table=True):
    """A matter of ours beside another city's."""

    __tablename__ = "city_equivalents"

    scheme: str
    ours: str
    theirs: str
    theirs_name: str
    way: str


class SourceRow(Versioned, table=True):
    """What a basis may name."""

    __tablename__ = "city_sources"

    name: str
    kind: str
    from_date: date | None
    to_date: date | None


class PolicyRow(SQLModel, table=True):
    """A policy version; never changed, because clocks of the past were computed with it."""

    __tablename__ = "city_policies"

    version: str = Field(primary_key=True)
    body: dict[str, Any] = Field(sa_type=JSON)


class CalendarRow(SQLModel, table=True):
    """A calendar version; never changed."""

    __tablename__ = "city_calendars"

    version: str = Field(primary_key=True)
    body: dict[str, Any] = Field(sa_type=JSON)


class PrecedentRow(SQLModel, table=True):
    """A ruling that routes what comes after it."""

    __tablename__ = "city_precedents"

    id: str = Field(primary_key=True)
    matter: str
    area: str
    lead: str
    supports: list[str] = Field(sa_type=JSON)
    words: list[str] = Field(sa_type=JSON)
    ticket_no: str
    reason: str
    ruled_at: datetime | None = Field(sa_type=UtcDateTime)
    to_date: date | None
