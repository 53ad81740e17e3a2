"""Rows of city.tables to frozen values; the way back is city.records.columns."""

from collections.abc import Mapping
from typing import Any

from city.codec import limit_from
from city.kit_types import Article, Equivalent, Process, ProcessStep, Roster, Source
from city.tables import ArticleRow, EquivalentRow, GroupRow, ProcessRow, RosterRow, SourceRow, TagRow
from city.types import Group, Tag, TagAxis


def group_of(row: GroupRow) -> Group:
    """The group of a row."""
    return Group(code=row.code, unit=row.unit, name=row.name, matters=tuple(row.matters))


def tag_of(row: TagRow) -> Tag:
    """The tag of a row."""
    return Tag(code=row.code, axis=TagAxis(row.axis), name=row.name, words=tuple(row.words))


def roster_of(row: RosterRow) -> Roster:
    """The roster of a row."""
    return Roster(
        unit=row.unit,
        post=row.post,
        days=tuple(row.days),
        from_time=row.from_time,
        to_time=row.to_time,
        contact=row.contact,
        from_date=row.from_date,
        to_date=row.to_date,
    )


def article_of(row: ArticleRow) -> Article:
    """The article of a row."""
    return Article(
        code=row.code,
        title=row.title,
        answer=row.answer,
        owner=row.owner,
        matters=tuple(row.matters),
        source=row.source,
        checked=row.checked,
        review_on=row.review_on,
        words=tuple(row.words),
    )


def process_of(row: ProcessRow) -> Process:
    """The process of a row."""
    steps = tuple(_step(body) for body in row.steps)
    return Process(code=row.code, name=row.name, steps=steps, when=row.when, source=row.source, checked=row.checked)


def equivalent_of(row: EquivalentRow) -> Equivalent:
    """The equivalent of a row."""
    return Equivalent(scheme=row.scheme, ours=row.ours, theirs=row.theirs, theirs_name=row.theirs_name, way=row.way)


def source_of(row: SourceRow) -> Source:
    """The source of a row."""
    return Source(name=row.name, kind=row.kind, from_date=row.from_date, to_date=row.to_date)


def _step(body: Mapping[str, Any]) -> ProcessStep:
    return ProcessStep(**{**body, "after": tuple(body["after"]), "limit": limit_from(body["limit"])})
