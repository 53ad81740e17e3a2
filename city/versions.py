"""Versions of the list: which there are, what each holds, and how a new one begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from city.check import check_pack
from city.codec import calendar_from, policy_from, settings_from
from city.faults import PackFault, Severity
from city.pack_values import Pack
from city.records import (
    ARTICLES,
    DUTIES,
    EQUIVALENTS,
    GROUPS,
    MATTERS,
    PLACES,
    POSTS,
    PROCESSES,
    ROSTERS,
    SOURCES,
    STREETS,
    TAGS,
    UNITS,
    Kind,
    columns,
)
from city.tables import CalendarRow, ListVersionRow, PolicyRow, Versioned
from plumbing.errors import NotFound

Value = TypeVar("Value")
PACK = "pack"
ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVersion:
    """A version of the list. `by` is a login or "system"; `from_pack` is false for an administrator's edit."""

    seq: int
    id: str
    loaded_at: datetime
    by: str
    note: str
    from_pack: bool


def list_versions(session: Session) -> tuple[ListVersion, ...]:
    """Every version, the newest first."""
    rows = session.exec(select(ListVersionRow).order_by(col(ListVersionRow.seq).desc())).all()
    return tuple(_version(row) for row in rows)


def current_version(session: Session) -> str:
    """The newest version's id; cheap, for a cache that asks whether it is still right. Raises NotFound: NO_CITY."""
    found = session.exec(select(ListVersionRow.id).order_by(col(ListVersionRow.seq).desc()).limit(1)).first()
    if found is None:
        raise _no_city()
    return found


def stored_pack(session: Session) -> Pack:
    """The newest version as a pack, for `check_pack` and for export. Raises NotFound: NO_CITY."""
    at = version_row(session, None)
    said = settings_from(at.settings)
    policy_rows = [session.get(PolicyRow, version) for version in at.settings["policies"]]
    calendar_rows = [session.get(CalendarRow, version) for version in at.settings["calendars"]]
    return Pack(
        settings=said,
        units=held(session, UNITS, at.seq),
        posts=held(session, POSTS, at.seq),
        streets=held(session, STREETS, at.seq),
        matters=held(session, MATTERS, at.seq),
        duties=held(session, DUTIES, at.seq),
        places=held(session, PLACES, at.seq),
        policies=tuple(policy_from(row.body) for row in policy_rows if row),
        calendars=tuple(calendar_from(row.body) for row in calendar_rows if row),
        groups=held(session, GROUPS, at.seq),
        tags=held(session, TAGS, at.seq),
        rosters=held(session, ROSTERS, at.seq),
        articles=held(session, ARTICLES, at.seq),
        processes=held(session, PROCESSES, at.seq),
        equivalents=held(session, EQUIVALENTS, at.seq),
        sources=held(session, SOURCES, at.seq),
        lines={},
        digest=at.id,
    )


def held(session: Session, kind: Kind[Value], seq: int) -> tuple[Value, ...]:
    """The values of a kind that the list version `seq` holds, in the order in which they were written."""
    table = kind.table
    wanted = (
        select(table)
        .where(table.added_in <= seq, or_(col(table.removed_in).is_(None), col(table.removed_in) > seq))
        .order_by(col(table.row_no))
    )
    return tuple(kind.value(row) for row in session.exec(wanted).all())


def version_row(session: Session, version: str | None) -> ListVersionRow:
    wanted = select(ListVersionRow).order_by(col(ListVersionRow.seq).desc()).limit(1)
    if version is not None:
        wanted = wanted.where(ListVersionRow.id == version)
    row = session.exec(wanted).first()
    if row is not None:
        return row
    if version is not None:
        raise NotFound("NO_LIST_VERSION", f"没有责任清单版本“{version}”。")
    raise _no_city()


def _version(row: ListVersionRow) -> ListVersion:
    return ListVersion(
        seq=row.seq,
        id=row.id,
        loaded_at=row.loaded_at,
        by=row.by,
        note=row.note,
        from_pack=row.pack_digest is not None,
    )


def begin(session: Session, version: ListVersionRow) -> None:
    """Write a version's own row, so that rows may name it."""
    session.add(version)
    session.flush()


def write(session: Session, kind: Kind[Value], value: Value, *, seq: int, origin: str) -> None:
    """Add a row to the version `seq` and those after it."""
    session.add(kind.table(**columns(value), added_in=seq, removed_in=None, origin=origin))


def live_rows(session: Session, kind: Kind[Any]) -> tuple[Versioned, ...]:
    """The rows of a kind that the newest version holds."""
    table = kind.table
    return tuple(session.exec(select(table).where(col(table.removed_in).is_(None)).order_by(col(table.row_no))).all())


def last_row(session: Session) -> ListVersionRow | None:
    """The newest version's row, after waiting for any other writer of versions; None in an empty database.

    SQLite's writer already is alone (BEGIN IMMEDIATE); on PostgreSQL the table is locked until the transaction ends.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {ListVersionRow.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    return session.exec(select(ListVersionRow).order_by(col(ListVersionRow.seq).desc()).limit(1)).first()


def free_id(session: Session, wanted: str, *, seq: int) -> str:
    """`wanted`, or with the sequence number behind it when an earlier version had the same content."""
    taken = session.exec(select(ListVersionRow.seq).where(ListVersionRow.id == wanted)).first()
    return wanted if taken is None else f"{wanted}.{seq}"


def errors_of(pack: Pack) -> tuple[PackFault, ...]:
    """The faults of a pack that keep it out."""
    return tuple(fault for fault in check_pack(pack) if fault.severity is Severity.ERROR)


def _no_city() -> NotFound:
    return NotFound("NO_CITY", "还没有装入城市数据包，请先运行：hotline city load")
