"""What the administrator's pages read, and the end of a precedent, which is the one thing that they write by themselves."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from accounts.tables import AccountRow, TokenRow
from city.records import DUTIES, UNITS, Kind, precedent_of
from city.spans import in_force
from city.tables import ListVersionRow, PrecedentRow
from city.types import Duty, Precedent, Unit
from city.versions import held, version_row
from plumbing.errors import BadInput, NotFound, Refused
from tickets.store import table
from tickets.tables import RevealRow

PAGE = 50
MOST_ROWS = 300
"""Rows of the list on one page; beyond that the filter must say more."""

_reveal, _token, _version = table(RevealRow), table(TokenRow), table(ListVersionRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFilter:
    """Which rows of the list are wanted; empty = any. `words` are looked for in matter names, basis and ids."""

    matters: frozenset[str] = frozenset()
    area: str = ""
    unit: str = ""
    words: str = ""
    all_times: bool = False


def duties(
    session: Session, wanted: DutyFilter, *, on: date, version: str | None = None, matter_names: Any
) -> tuple[Duty, ...]:
    """Rows of a list version: those in force on that day, or with `all_times` past and future ones too.

    Raises NotFound: NO_CITY, NO_LIST_VERSION.
    """
    rows = held(session, DUTIES, version_row(session, version).seq)
    rows = rows if wanted.all_times else in_force(rows, on)
    return tuple(row for row in rows if _fits(row, wanted, matter_names))


def _fits(row: Duty, wanted: DutyFilter, matter_names: Any) -> bool:
    if wanted.matters and row.matter not in wanted.matters:
        return False
    if wanted.area and row.area not in (wanted.area, "*"):
        return False
    if wanted.unit and wanted.unit not in (row.lead, row.fallback, *row.supports):
        return False
    said = f"{row.id} {row.matter} {matter_names(row.matter)} {row.basis} {' '.join(sum(row.when.values(), ()))}"
    return wanted.words.casefold() in said.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row as it was written: its value, the version that brought it, and the one from which it is gone, or None."""

    value: Any
    origin: str
    added_in: str
    removed_in: str | None


def history(session: Session, kind: Kind[Any], key: str) -> tuple[Kept, ...]:
    """Everything that a code or row id ever was, the newest first."""
    rows = table(kind.table)
    added, removed = _version.alias("added"), _version.alias("removed")
    wanted = (
        select(kind.table, added.c.id, removed.c.id)
        .join(added, added.c.seq == rows.c.added_in)
        .outerjoin(removed, removed.c.seq == rows.c.removed_in)
        .where(rows.c[kind.key] == key)
        .order_by(rows.c.row_no.desc())
        .limit(MOST_ROWS)
    )
    return tuple(
        Kept(value=kind.value(row), origin=row.origin, added_in=came, removed_in=gone)
        for row, came, gone in session.execute(wanted)
    )


def unit_history(session: Session, code: str) -> tuple[Kept, ...]:
    """Everything that a unit's code ever was."""
    return history(session, UNITS, code)


def duty_history(session: Session, row_id: str) -> tuple[Kept, ...]:
    """Everything that a row of the list ever was."""
    return history(session, DUTIES, row_id)


def precedents(session: Session) -> tuple[Precedent, ...]:
    """Every precedent, also ended ones, the newest first."""
    t = table(PrecedentRow)
    return tuple(
        precedent_of(row)
        for row in session.execute(select(PrecedentRow).order_by(t.c.ruled_at.desc(), t.c.id)).scalars()
    )


def end_precedent(session: Session, precedent_id: str, *, last: date, today: date) -> Precedent:
    """The precedent, ended: it routes nothing from `last` on. Raises NotFound, BadInput (a day in the past), Refused
    (it has ended)."""
    row = session.get(PrecedentRow, precedent_id)
    if row is None:
        raise NotFound("NO_PRECEDENT", f"没有编号为“{precedent_id}”的先例。")
    if row.to_date is not None and row.to_date <= today:
        raise Refused("ENDED", "该先例已经停用。")
    if last < today:
        raise BadInput("EDIT_IN_PAST", f"只能从今天（{today.isoformat()}）或以后起停用。", field="to_date")
    row.to_date = last
    session.add(row)
    session.flush()
    return precedent_of(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A programme's way in, without the secret. `state` is good, over or revoked."""

    hash: str
    name: str
    login: str
    roles: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    state: str


def tokens(session: Session, now: datetime) -> tuple[Token, ...]:
    """Every token, the newest first."""
    rows = session.execute(select(TokenRow).order_by(_token.c.created_at.desc())).scalars()
    return tuple(_as_token(row, now) for row in rows)


def _as_token(row: TokenRow, now: datetime) -> Token:
    over = row.expires_at is not None and row.expires_at <= now
    return Token(
        hash=row.hash,
        name=row.name,
        login=row.login,
        roles=tuple(row.roles),
        created_at=row.created_at,
        expires_at=row.expires_at,
        state="revoked" if row.revoked else "over" if over else "good",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """Who looked at a resident's name or number, when and why."""

    id: int
    at: datetime
    actor: str
    ticket_no: str
    reason: str


def reveals(session: Session, *, actor: str = "", ticket_no: str = "", before: int | None = None) -> Sequence[Reveal]:
    """At most PAGE + 1 looks, the newest first, older than the one with the id `before`."""
    wanted = select(_reveal).order_by(_reveal.c.id.desc()).limit(PAGE + 1)
    if actor:
        wanted = wanted.where(_reveal.c.actor == actor)
    if ticket_no:
        wanted = wanted.where(_reveal.c.ticket_no == ticket_no)
    if before is not None:
        wanted = wanted.where(_reveal.c.id < before)
    return [
        Reveal(id=row.id, at=row.at, actor=row.actor, ticket_no=row.ticket_no, reason=row.reason)
        for row in session.execute(wanted)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Figures of the first page. `list_version` is empty while no city pack is installed."""

    list_version: str
    n_units: int
    n_duties: int
    n_unchecked: int
    n_precedents: int
    n_people: int
    n_tokens: int
    n_reveals: int


def overview(session: Session, now: datetime, today: date) -> Overview:
    """How much there is of everything today; reveals of the last seven days."""
    units_: tuple[Unit, ...] = ()
    rows: tuple[Duty, ...] = ()
    name = ""
    with suppress(NotFound):
        version = version_row(session, None)
        name = version.id
        units_ = in_force(held(session, UNITS, version.seq), today)
        rows = in_force(held(session, DUTIES, version.seq), today)
    people = select(func.count()).select_from(table(AccountRow)).where(table(AccountRow).c.active.is_(True))
    looks = select(func.count()).where(_reveal.c.at > now - timedelta(days=7))
    return Overview(
        list_version=name,
        n_units=len(units_),
        n_duties=len(rows),
        n_unchecked=sum(not row.checked for row in rows),
        n_precedents=sum(one.to_date is None or one.to_date > today for one in precedents(session)),
        n_people=int(session.execute(people).scalar_one()),
        n_tokens=sum(one.state == "good" for one in tokens(session, now)),
        n_reveals=int(session.execute(looks).scalar_one()),
    )
