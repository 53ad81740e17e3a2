"""The board as plain data, and the tickets behind each figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from dashboards.board import before_after, breakdowns
from dashboards.board.cases import units_with_clocks
from dashboards.board.metrics import BANDS, BY_CODE, METRICS, MINIMUM_SAMPLE, Metric, band, value
from dashboards.board.period import Period
from dashboards.board.scope import Filters, Scope
from plumbing.errors import NotFound
from tickets.store import table
from tickets.tables import TicketRow
from tickets.types import LegState

PAGE = 50
ALL, COUNTED, REST = "all", "counted", "rest"

_ticket = table(TicketRow)

UNIT_METRICS = ("accept_on_time", "on_time_rate", "return_rate", "solve_rate", "satisfied_rate", "rework_rate")
"""What a unit's own line shows, beside its lights."""

BANDED = "on_time_rate"

Sums = Mapping[str, tuple[float, int]]


def scope_of(session: Session, period: Period, now: datetime) -> Scope:
    """The instants of a period, and the units that hold clocks."""
    return Scope(start=period.start, end=period.end, now=now, units=units_with_clocks(session))


def board(session: Session, period: Period, filters: Filters, now: datetime) -> dict[str, Any]:
    """Everything that the board shows, as JSON can carry it. Codes stay codes; instants are ISO with offset.

    A figure is {code, name, kind, numerator, denominator, value, enough, formula, ...}: `value` is None without a
    case, `enough` is false below the minimum sample.
    """
    scope = scope_of(session, period, now)
    by_unit = {metric.code: breakdowns.sums(session, metric.cases(scope), filters) for metric in METRICS}
    return {
        "period": {"from": period.first.isoformat(), "to": period.last.isoformat(), "days": period.n_days},
        "now": now.isoformat(),
        "filters": {
            "unit": filters.unit,
            "street": filters.street,
            "matters": list(filters.matters),
            "channel": filters.channel,
        },
        "minimum_sample": MINIMUM_SAMPLE,
        "bands": [{"band": name, "from": share} for name, share in BANDS],
        "metrics": [_figure(metric, by_unit[metric.code]) for metric in METRICS],
        "volume": breakdowns.volume(session, period, filters),
        "units": _units(by_unit),
        "matters": breakdowns.matters(session, period, filters),
        "heat": breakdowns.heat(session, period, filters),
        "disputes": breakdowns.disputes(session, scope, filters),
        "before_after": before_after.measured(session, period),
    }


def _figure(metric: Metric, sums: Sums) -> dict[str, Any]:
    numerator = sum(worth for worth, _ in sums.values())
    denominator = sum(n for _, n in sums.values())
    return {
        "code": metric.code,
        "name": metric.name,
        "kind": metric.kind,
        "group": metric.group,
        "better": metric.better,
        "top": metric.top,
        "bottom": metric.bottom,
        "formula": metric.formula,
        **_shares(metric, numerator, denominator),
    }


def _shares(metric: Metric, numerator: float, denominator: int) -> dict[str, Any]:
    exact = numerator if metric.kind == "score" else round(numerator)
    shown = denominator if metric.kind == "count" else value(numerator, denominator)
    enough = metric.kind == "count" or denominator >= MINIMUM_SAMPLE
    return {"numerator": exact, "denominator": denominator, "value": shown, "enough": enough}


def _units(by_unit: Mapping[str, Sums]) -> list[dict[str, Any]]:
    """A line for each unit with a case of its own, in the order of codes: never by figure."""
    codes = {unit for code in (*UNIT_METRICS, "red_now") for unit in by_unit[code]}
    return [_unit(unit, by_unit) for unit in sorted(codes)]


def _unit(unit: str, by_unit: Mapping[str, Sums]) -> dict[str, Any]:
    def of(code: str) -> tuple[float, int]:
        return by_unit[code].get(unit, (0.0, 0))

    (red, held), (amber, _) = of("red_now"), of("amber_now")
    return {
        "unit": unit,
        "metrics": {code: _shares(BY_CODE[code], *of(code)) for code in UNIT_METRICS},
        "lights": {"red": int(red), "amber": int(amber), "green": held - int(red) - int(amber), "held": held},
        "band": band(*of(BANDED)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket behind a figure. `worth` is what it adds to the numerator, `at` when it counts. No word of a resident."""

    ticket_no: str
    unit: str
    other: str | None
    at: datetime
    worth: float
    matter: str | None
    street: str | None
    channel: str
    state: LegState
    opened_at: datetime
    confidential: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """One page of the cases of a figure, newest first, with the figure itself, and whether another page follows."""

    metric: Metric
    numerator: float
    denominator: int
    cases: tuple[Case, ...]
    page: int
    more: bool


def case_page(
    session: Session, code: str, scope: Scope, filters: Filters, *, page: int = 1, part: str = ALL
) -> CasePage:
    """The tickets that a figure counts, `PAGE` at a time: all, those that add to the numerator (COUNTED), or the REST.

    Raises NotFound for an unknown figure.
    """
    metric = BY_CODE.get(code)
    if metric is None:
        raise NotFound("NO_METRIC", "没有这个指标，请从看板上的数字点进来。")
    found = metric.cases(scope)
    sums = breakdowns.sums(session, found, filters).values()
    rows = breakdowns.narrowed(found, filters).subquery()
    wanted = (
        select(rows, _ticket)
        .select_from(rows.join(_ticket, _ticket.c.no == rows.c.ticket_no))
        .order_by(rows.c.at.desc(), rows.c.ticket_no, rows.c.unit)
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    if part == COUNTED:
        wanted = wanted.where(rows.c.worth > 0)
    elif part == REST:
        wanted = wanted.where(rows.c.worth == 0)
    got = [_case(row) for row in session.execute(wanted)]
    return CasePage(
        metric=metric,
        numerator=sum(worth for worth, _ in sums),
        denominator=sum(n for _, n in sums),
        cases=tuple(got[:PAGE]),
        page=page,
        more=len(got) > PAGE,
    )


def _case(row: Any) -> Case:
    return Case(
        ticket_no=row.ticket_no,
        unit=row.unit or "",
        other=row.other,
        at=row.at,
        worth=float(row.worth),
        matter=row.matter,
        street=row.street,
        channel=row.channel,
        state=LegState(row.state),
        opened_at=row.opened_at,
        confidential=row.confidential,
    )
