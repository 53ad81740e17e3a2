"""Tables of what a city's people work with beside the list. Versioned like the list itself."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Text
from sqlmodel import Field

from city.tables import Versioned


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
