"""The tables of the board: volume, matters, the heat map, disputes, lights, before and after."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import Select, String, func, literal_column, select
from sqlmodel import Session

from dashboards.board import cases
from dashboards.board.period import Period
from dashboards.board.scope import Filters, Scope
from sla.types import HOTLINE
from tickets.store import table
from tickets.tables import EventRow, LegRow, TicketRow
from tickets.types import EventKind, LegRole, LegState

TOP_MATTERS = 10
MOST_DURATIONS = 2000
"""Durations are read one by one for their median: of the newest so many."""

_ticket, _event, _leg = table(TicketRow), table(EventRow), table(LegRow)

# Written so that no index of theirs is taken: the days bound what is read, a matter or a unit has years of tickets.
_MATTER = func.coalesce(_ticket.c.matter, "")
_UNIT = func.coalesce(_ticket.c.lead_unit, HOTLINE)


def narrowed(found: Select[Any], filters: Filters) -> Any:
    """The cases that the filters leave, with the columns of `found`; the ticket is looked up only when it must be."""
    rows = found.subquery()
    wanted, conditions = select(rows), on_ticket(filters)
    if conditions:
        wanted = wanted.join(_ticket, _ticket.c.no == rows.c.ticket_no).where(*conditions)
    if filters.unit is not None:
        wanted = wanted.where(rows.c.unit == filters.unit)
    if filters.other is not None:
        wanted = wanted.where(rows.c.other == filters.other)
    return wanted


def on_ticket(filters: Filters) -> list[Any]:
    """Conditions on the ticket's own columns."""
    found = []
    if filters.street is not None:
        found.append(_ticket.c.street == filters.street if filters.street else _ticket.c.street.is_(None))
    if filters.matters:
        found.append(_MATTER.in_(filters.matters))
    if filters.channel is not None:
        found.append(_ticket.c.channel == filters.channel)
    return found


def sums(session: Session, found: Select[Any], filters: Filters) -> dict[str, tuple[float, int]]:
    """Sum of worth and number of cases by unit."""
    rows = narrowed(found, filters).subquery()
    wanted = select(rows.c.unit, func.sum(rows.c.worth), func.count()).group_by(rows.c.unit)
    return {unit or "": (float(worth or 0), n) for unit, worth, n in session.execute(wanted)}


def _opened(period: Period, filters: Filters) -> list[Any]:
    found = [_ticket.c.opened_at >= period.start, _ticket.c.opened_at < period.end, *on_ticket(filters)]
    return found + ([filters.unit == _UNIT] if filters.unit is not None else [])


def _day(session: Session) -> Any:
    """The day in Shanghai on which a ticket was opened, as an ISO string; its offset has been +8 since 1991."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(_ticket.c.opened_at, literal_column("'+8 hours'"), type_=String)
    there = func.timezone(literal_column("'Asia/Shanghai'"), _ticket.c.opened_at)
    return func.to_char(there, literal_column("'YYYY-MM-DD'"), type_=String)


def volume(session: Session, period: Period, filters: Filters) -> dict[str, Any]:
    """Tickets opened, by day and channel; every day is there, also an empty one."""
    day = _day(session)
    wanted = (
        select(day, _ticket.c.channel, func.count()).where(*_opened(period, filters)).group_by(day, _ticket.c.channel)
    )
    by_day: dict[str, dict[str, int]] = {at.isoformat(): {} for at in period.days}
    by_channel: dict[str, int] = defaultdict(int)
    for at, channel, n in session.execute(wanted):
        by_day[at][channel] = n
        by_channel[channel] += n
    days = [{"day": at, "total": sum(counts.values()), "channels": counts} for at, counts in by_day.items()]
    return {"by_day": days, "by_channel": dict(by_channel), "total": sum(by_channel.values())}


def matters(session: Session, period: Period, filters: Filters) -> list[dict[str, Any]]:
    """The ten matters with the most tickets, most first: their number, the number in the period before, each day's."""
    wanted = (
        select(_ticket.c.matter, func.count().label("n"))
        .where(*_opened(period, filters), _ticket.c.matter.is_not(None))
        .group_by(_ticket.c.matter)
        .order_by(func.count().desc(), _ticket.c.matter)
        .limit(TOP_MATTERS)
    )
    top = _pairs(session, wanted)
    before = _counted(session, period.before, filters, tuple(top))
    days = _by_day(session, period, filters, tuple(top))
    return [
        {
            "matter": matter,
            "n": n,
            "before": before.get(matter, 0),
            "by_day": [days.get((matter, at), 0) for at in period.days],
        }
        for matter, n in top.items()
    ]


def _counted(session: Session, period: Period, filters: Filters, codes: tuple[str, ...]) -> Mapping[str, int]:
    wanted = (
        select(_ticket.c.matter, func.count())
        .where(*_opened(period, filters), _MATTER.in_(codes))
        .group_by(_ticket.c.matter)
    )
    return _pairs(session, wanted)


def _pairs(session: Session, wanted: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(wanted)}


def _by_day(
    session: Session, period: Period, filters: Filters, codes: tuple[str, ...]
) -> Mapping[tuple[str, date], int]:
    day = _day(session)
    wanted = (
        select(_ticket.c.matter, day, func.count())
        .where(*_opened(period, filters), _MATTER.in_(codes))
        .group_by(_ticket.c.matter, day)
    )
    return {(matter, date.fromisoformat(at)): n for matter, at, n in session.execute(wanted)}


def heat(session: Session, period: Period, filters: Filters) -> list[dict[str, Any]]:
    """Tickets opened by street and matter; a place that nobody could tell is None."""
    wanted = (
        select(_ticket.c.street, _ticket.c.matter, func.count())
        .where(*_opened(period, filters))
        .group_by(_ticket.c.street, _ticket.c.matter)
    )
    return [{"street": street, "matter": matter, "n": n} for street, matter, n in session.execute(wanted)]


def disputes(session: Session, scope: Scope, filters: Filters) -> list[dict[str, Any]]:
    """Who disputes what with whom, most first: requests to return with the unit proposed, and how many of them came
    before the joint meeting."""
    rows = narrowed(cases.disputed(scope), filters).subquery()
    keys = (rows.c.unit, rows.c.other, _ticket.c.matter)
    wanted = (
        select(*keys, func.count(), func.sum(rows.c.worth))
        .select_from(rows.join(_ticket, _ticket.c.no == rows.c.ticket_no))
        .group_by(*keys)
        .order_by(func.count().desc(), *keys)
    )
    return [
        {"unit": unit, "other": other, "matter": matter, "n": n, "disputed": int(came)}
        for unit, other, matter, n, came in session.execute(wanted)
    ]


def durations(session: Session, period: Period, codes: tuple[str, ...], *, supported: bool = False) -> dict[str, Any]:
    """How long tickets of these matters took from receipt to their last closing in the period, in hours.

    `supported` = only those that several units handled. Merged, withdrawn and answered ones are not among them.
    """
    wanted = (
        select(_ticket.c.opened_at, _event.c.at)
        .select_from(
            _event.join(_leg, (_leg.c.id == _event.c.leg) & (_leg.c.closed_at == _event.c.at)).join(
                _ticket, _ticket.c.no == _event.c.ticket_no
            )
        )
        .where(
            _event.c.kind == str(EventKind.CLOSED),
            _event.c.at >= period.start,
            _event.c.at < period.end,
            _leg.c.role == str(LegRole.LEAD),
            _leg.c.unit.is_not(None),
            _leg.c.state.in_([str(LegState.CLOSED), str(LegState.ARCHIVED)]),
            _MATTER.in_(codes),
        )
        .order_by(_event.c.at.desc())
        .limit(MOST_DURATIONS)
    )
    if supported:
        helper = _leg.alias("helper")
        wanted = wanted.where(
            select(helper.c.id)
            .where(helper.c.ticket_no == _ticket.c.no, helper.c.role == str(LegRole.SUPPORT))
            .exists()
        )
    hours = [(closed - opened).total_seconds() / 3600 for opened, closed in session.execute(wanted)]
    return {"n": len(hours), "median_hours": median(hours) if hours else None}
