"""The CSV files of a city pack, column by column. These columns are a public contract.

Every file is UTF-8 CSV with a header; several codes in a cell are separated by "|"; dates are YYYY-MM-DD, the first
day counted, `to_date` not; an empty date is open. Columns in [brackets] may be empty or left out. Every file may
have a column "note", which is read by nobody.

units.csv    code, name, kind (hotline office department centre utility window), [street], [parent], [successor],
             [aliases], [group], [from_date], [to_date]. A unit that was renamed has one row for each name.
posts.csv    code, unit, name, [matters]: codes or prefixes such as "02*", [decides], [from_date], [to_date].
streets.csv  code, name, [aliases], [centre]: unit code of the response centre.
matters.csv  code, name, [parent], [profile] (default), [meeting_field], [needs_place] (yes), [keywords], [tags],
             [scope].
duties.csv   id, matter, [area] (street code or *; * when empty), lead (unit code or @centre), [post], [supports],
             [fallback], [profile], [process], [when], [basis] (待核 when empty), [checked] (no), [from_date],
             [to_date]. `when` holds conditions such as "type=complaint|report;word=烧烤|露天"; names: type urgency
             party place word.
places.csv   name, kind (road lane estate park station school hospital market landmark river crossing committee office
             area), streets, [aliases].

posts.csv, streets.csv and places.csv may be missing. city/kit_rows.py describes the other CSV files, city/clock_file.py,
city/calendar_file.py, city/settings_file.py and city/process_file.py the YAML files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from city.faults import FaultList
from city.sheet import Row, read_sheet
from city.types import Duty, KnownPlace, Matter, Post, Street, Unit, UnitKind

Value = TypeVar("Value")
CONDITIONS = ("type", "urgency", "party", "place", "word")


class PlaceKind(StrEnum):
    """What a place of the gazetteer is."""

    ROAD = "road"
    LANE = "lane"
    ESTATE = "estate"
    PARK = "park"
    STATION = "station"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    MARKET = "market"
    LANDMARK = "landmark"
    RIVER = "river"
    CROSSING = "crossing"
    COMMITTEE = "committee"
    OFFICE = "office"
    AREA = "area"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Generic[Value]):
    """A file's name, its columns, and how a row becomes a value."""

    name: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    value: Callable[[Row], Value]
    optional: bool = False


def read_values(folder: Path, sheet: Sheet[Value], *, faults: FaultList) -> tuple[tuple[Value, ...], tuple[int, ...]]:
    """The values of a file and, beside them, their lines. An optional file that is missing has none."""
    if sheet.optional and not (folder / sheet.name).exists():
        return (), ()
    rows = read_sheet(folder, sheet.name, columns=sheet.columns, needed=sheet.needed, faults=faults)
    return tuple(sheet.value(row) for row in rows), tuple(row.line for row in rows)


def _unit(row: Row) -> Unit:
    return Unit(
        code=row.code("code"),
        name=row.text("name"),
        kind=row.choice("kind", UnitKind),
        street=row.optional("street"),
        parent=row.optional("parent"),
        successor=row.optional("successor"),
        aliases=row.several("aliases"),
        group=row.optional("group"),
        from_date=row.day("from_date"),
        to_date=row.day("to_date"),
    )


def _post(row: Row) -> Post:
    return Post(
        code=row.code("code"),
        unit=row.text("unit"),
        name=row.text("name"),
        matters=row.several("matters"),
        decides=row.optional("decides"),
        from_date=row.day("from_date"),
        to_date=row.day("to_date"),
    )


def _street(row: Row) -> Street:
    return Street(
        code=row.code("code"),
        name=row.text("name"),
        aliases=row.several("aliases"),
        centre=row.optional("centre"),
    )


def _matter(row: Row) -> Matter:
    return Matter(
        code=row.code("code"),
        name=row.text("name"),
        parent=row.optional("parent"),
        profile=row.optional("profile") or "default",
        meeting_field=row.optional("meeting_field"),
        needs_place=row.yes("needs_place", default=True),
        keywords=row.several("keywords"),
        tags=row.several("tags"),
        scope=row.optional("scope"),
    )


def _duty(row: Row) -> Duty:
    return Duty(
        id=row.code("id"),
        matter=row.text("matter"),
        area=row.optional("area") or "*",
        lead=row.text("lead"),
        post=row.optional("post"),
        supports=row.several("supports"),
        fallback=row.optional("fallback"),
        profile=row.optional("profile"),
        process=row.optional("process"),
        when=_conditions(row),
        basis=row.optional("basis") or "待核",
        checked=row.yes("checked", default=False),
        from_date=row.day("from_date"),
        to_date=row.day("to_date"),
    )


def _conditions(row: Row) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in (row.optional("when") or "").split(";"))):
        name, equals, values = part.partition("=")
        words = tuple(word.strip() for word in values.split("|") if word.strip())
        name = name.strip()
        if not equals or not words or name not in CONDITIONS or name in found:
            example = "type=complaint|report;word=烧烤"
            sentence = f"条件“{part}”看不懂，写法如 {example}，条件名只有：{'、'.join(CONDITIONS)}，各写一次。"
            row.fault("when", "BAD_CONDITION", sentence)
            continue
        found[name] = words
    return found


def _place(row: Row) -> KnownPlace:
    if not row.several("streets"):
        row.fault("streets", "EMPTY_CELL", "“streets”至少要写一个街道代码。")
    return KnownPlace(
        name=row.text("name"),
        kind=row.choice("kind", PlaceKind).value,
        streets=row.several("streets"),
        aliases=row.several("aliases"),
    )


UNITS = Sheet(
    name="units.csv",
    columns=(
        *("code", "name", "kind", "street", "parent", "successor"),
        *("aliases", "group", "from_date", "to_date"),
    ),
    needed=("code", "name", "kind"),
    value=_unit,
)
POSTS = Sheet(
    name="posts.csv",
    columns=("code", "unit", "name", "matters", "decides", "from_date", "to_date"),
    needed=("code", "unit", "name"),
    value=_post,
    optional=True,
)
STREETS = Sheet(
    name="streets.csv",
    columns=("code", "name", "aliases", "centre"),
    needed=("code", "name"),
    value=_street,
    optional=True,
)
MATTERS = Sheet(
    name="matters.csv",
    columns=("code", "name", "parent", "profile", "meeting_field", "needs_place", "keywords", "tags", "scope"),
    needed=("code", "name"),
    value=_matter,
)
DUTIES = Sheet(
    name="duties.csv",
    columns=(
        *("id", "matter", "area", "lead", "post", "supports", "fallback", "profile", "process", "when"),
        *("basis", "checked", "from_date", "to_date"),
    ),
    needed=("id", "matter", "lead"),
    value=_duty,
)
PLACES = Sheet(
    name="places.csv",
    columns=("name", "kind", "streets", "aliases"),
    needed=("name", "kind", "streets"),
    value=_place,
    optional=True,
)
