"""The CSV files of a pack that its people work with, column by column. All of them may be missing.

tags.csv       code, axis (when_where who nature governance), name, [words].
groups.csv     code, unit, name, matters: codes or prefixes such as "02*". 业务组 inside a unit.
rosters.csv    unit, [post], days (mon-fri, sat|sun, all), from_time, to_time (HH:MM), contact, [from_date], [to_date].
knowledge.csv  code, title, answer, owner (unit), [matters], [source] (待核 when empty), [checked] (no), review_on, [words].
mappings.csv   scheme, ours, theirs, theirs_name, [way] (both to from).
lexicon.csv    matter, words: what residents say when they mean it; for training, not kept in the database.
sources.csv    name, kind (law standard notice case), [from_date], [to_date]: what a basis may name, and until when.
"""

import re
from datetime import date
from enum import StrEnum

from city.kit_types import Article, Entry, Equivalent, Roster, Source
from city.rows import Sheet
from city.sheet import Row
from city.types import Group, Tag, TagAxis

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEVER = date.max
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


class Way(StrEnum):
    """In which direction an equivalent holds."""

    BOTH = "both"
    TO = "to"
    FROM = "from"


class SourceKind(StrEnum):
    """What a source is."""

    LAW = "law"
    STANDARD = "standard"
    NOTICE = "notice"
    CASE = "case"


def _tag(row: Row) -> Tag:
    return Tag(
        code=row.code("code"), axis=row.choice("axis", TagAxis), name=row.text("name"), words=row.several("words")
    )


def _group(row: Row) -> Group:
    return Group(code=row.code("code"), unit=row.text("unit"), name=row.text("name"), matters=row.several("matters"))


def _roster(row: Row) -> Roster:
    return Roster(
        unit=row.text("unit"),
        post=row.optional("post"),
        days=_days(row),
        from_time=_time(row, "from_time"),
        to_time=_time(row, "to_time"),
        contact=row.text("contact"),
        from_date=row.day("from_date"),
        to_date=row.day("to_date"),
    )


def _days(row: Row) -> tuple[int, ...]:
    """Weekdays, 0 = Monday, from "mon-fri", "sat|sun", "all" or a mixture."""
    found: set[int] = set()
    for part in row.several("days") or ("",):
        first, _, last = ("mon-sun" if part == "all" else part).partition("-")
        if first not in _DAYS or (last or first) not in _DAYS or _DAYS.index(last or first) < _DAYS.index(first):
            row.fault("days", "BAD_DAYS", f"“{part}”看不懂，请写成 mon-fri、sat|sun 或 all。")
            continue
        found.update(range(_DAYS.index(first), _DAYS.index(last or first) + 1))
    return tuple(sorted(found))


def _time(row: Row, column: str) -> str:
    value = row.text(column)
    if value and not _TIME.fullmatch(value):
        row.fault(column, "BAD_TIME", f"“{value}”不是时刻，请写成 08:30 的样子。")
        return "00:00"
    return value


def _article(row: Row) -> Article:
    review_on = row.day("review_on")
    if review_on is None and not row.optional("review_on"):
        row.fault("review_on", "EMPTY_CELL", "“review_on”不能为空，请写下次复核的日期。")
    source = row.optional("source") or "待核"
    checked = row.yes("checked", default=False)
    if checked and "待核" in source:
        row.fault("checked", "UNCHECKED_SOURCE", "来源待核的条目不能标为已核，请写明来源或把 checked 改为 no。")
    return Article(
        code=row.code("code"),
        title=row.text("title"),
        answer=row.text("answer"),
        owner=row.text("owner"),
        matters=row.several("matters"),
        source=source,
        checked=checked,
        review_on=review_on or _NEVER,
        words=row.several("words"),
    )


def _equivalent(row: Row) -> Equivalent:
    return Equivalent(
        scheme=row.text("scheme"),
        ours=row.text("ours"),
        theirs=row.text("theirs"),
        theirs_name=row.text("theirs_name"),
        way=row.choice("way", Way).value if row.optional("way") else Way.BOTH.value,
    )


def _entry(row: Row) -> Entry:
    return Entry(matter=row.text("matter"), words=row.several("words"))


def _source(row: Row) -> Source:
    return Source(
        name=row.text("name"),
        kind=row.choice("kind", SourceKind).value,
        from_date=row.day("from_date"),
        to_date=row.day("to_date"),
    )


TAGS = Sheet(
    name="tags.csv",
    columns=("code", "axis", "name", "words"),
    needed=("code", "axis", "name"),
    value=_tag,
    optional=True,
)
GROUPS = Sheet(
    name="groups.csv",
    columns=("code", "unit", "name", "matters"),
    needed=("code", "unit", "name", "matters"),
    value=_group,
    optional=True,
)
ROSTERS = Sheet(
    name="rosters.csv",
    columns=("unit", "post", "days", "from_time", "to_time", "contact", "from_date", "to_date"),
    needed=("unit", "days", "from_time", "to_time", "contact"),
    value=_roster,
    optional=True,
)
KNOWLEDGE = Sheet(
    name="knowledge.csv",
    columns=("code", "title", "answer", "owner", "matters", "source", "checked", "review_on", "words"),
    needed=("code", "title", "answer", "owner", "review_on"),
    value=_article,
    optional=True,
)
MAPPINGS = Sheet(
    name="mappings.csv",
    columns=("scheme", "ours", "theirs", "theirs_name", "way"),
    needed=("scheme", "ours", "theirs", "theirs_name"),
    value=_equivalent,
    optional=True,
)
SOURCES = Sheet(
    name="sources.csv",
    columns=("name", "kind", "from_date", "to_date"),
    needed=("name", "kind"),
    value=_source,
    optional=True,
)
LEXICON = Sheet(
    name="lexicon.csv", columns=("matter", "words"), needed=("matter", "words"), value=_entry, optional=True
)
