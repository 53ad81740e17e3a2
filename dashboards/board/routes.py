"""The board's pages: figures, and the tickets behind each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from accounts.rules import SEE_CONFIDENTIAL
from accounts.types import Viewer
from dashboards import auth, pages
from dashboards.board import charts
from dashboards.board.metrics import BANDS, BY_CODE, GROUPS, MINIMUM_SAMPLE
from dashboards.board.period import CHOICES, DEFAULT, Period, period
from dashboards.board.queries import ALL, BANDED, COUNTED, REST, UNIT_METRICS, board, case_page, scope_of
from dashboards.board.scope import Filters
from dashboards.queries import events as event_queries
from dashboards.queries.names import Names
from dashboards.site import event_rules, site_of
from dashboards.times import span, today
from dashboards.words import CHANNELS
from plumbing.errors import BadInput
from sla.types import HOTLINE
from tickets.types import Role

READERS = (Role.LEADER, Role.SUPERVISOR, Role.DISPATCHER, Role.CHAIR)
NONE = "none"
"""In an address: tickets whose street or matter nobody could tell."""

UNKNOWN = "未定"
_MOST_PAGES = 10_000
HOT_EVENTS = 5

Reader = Annotated[Viewer, Depends(auth.require(*READERS))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for, as given."""

    period: str = DEFAULT
    first: str = ""
    last: str = ""
    unit: str = ""
    street: str = ""
    matter: str = ""
    channel: str = ""
    other: str = ""


def _asked(
    *,
    choice: Annotated[str, Query(alias="period", max_length=10)] = DEFAULT,
    first: Annotated[str, Query(alias="from", max_length=10)] = "",
    last: Annotated[str, Query(alias="to", max_length=10)] = "",
    unit: Annotated[str, Query(max_length=40)] = "",
    street: Annotated[str, Query(max_length=40)] = "",
    matter: Annotated[str, Query(max_length=40)] = "",
    channel: Annotated[str, Query(max_length=20)] = "",
    other: Annotated[str, Query(max_length=40)] = "",
) -> Asked:
    return Asked(
        period=choice, first=first, last=last, unit=unit, street=street, matter=matter, channel=channel, other=other
    )


Question = Annotated[Asked, Depends(_asked)]


def router() -> APIRouter:
    """/board and /board/tickets, for leaders, supervisors, dispatchers and chairs; the site comes with the request."""
    routes = APIRouter(prefix="/board", route_class=pages.PageRoute, include_in_schema=False)

    @routes.get("")
    def index(request: Request, viewer: Reader, asked: Question) -> Response:
        return _index(request, viewer, asked)

    @routes.get("/tickets")
    def tickets(
        *,
        request: Request,
        viewer: Reader,
        asked: Question,
        metric: str = "volume",
        part: str = ALL,
        page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1,
    ) -> Response:
        return _tickets(request, viewer, asked, metric=metric, part=part, page=page)

    return routes


def filters_of(asked: Asked, names: Names) -> Filters:
    """The filters of an address; a matter stands for itself and everything below it."""
    matters: tuple[str, ...] = ()
    if asked.matter == NONE:
        matters = ("",)
    elif asked.matter:
        matters = (asked.matter, *(code for code, one in names.matters.items() if one.parent == asked.matter))
    return Filters(
        unit=asked.unit or None,
        street=None if not asked.street else "" if asked.street == NONE else asked.street,
        matters=matters,
        channel=asked.channel or None,
        other=asked.other or None,
    )


def _period(asked: Asked, now: datetime) -> tuple[Period, BadInput | None]:
    try:
        return period(asked.period, now, first=asked.first, last=asked.last), None
    except BadInput as error:
        return period(DEFAULT, now), error


def _link(path: str, asked: Asked) -> Callable[..., str]:
    """`link(metric="x", unit="y")` -> the address with what was asked and these changes; empty ones are left out."""
    given = {
        "period": asked.period,
        "from": asked.first,
        "to": asked.last,
        "unit": asked.unit,
        "street": asked.street,
        "matter": asked.matter,
        "channel": asked.channel,
        "other": asked.other,
    }

    def link(**changes: Any) -> str:
        merged = given | {name.rstrip("_"): value for name, value in changes.items()}
        return f"{path}?{urlencode({name: value for name, value in merged.items() if value not in ('', None)})}"

    return link


def _index(request: Request, viewer: Viewer, asked: Asked) -> Response:
    site, now = site_of(request), site_of(request).now()
    when, fault = _period(asked, now)
    with site.database.reading() as session:
        names = site.names.get(session)
        found = board(session, when, filters_of(asked, names), now)
        events = event_queries.hot(session, now, event_rules(site), street=_known_street(asked), limit=HOT_EVENTS)
    return pages.render(
        request,
        "board/index.html",
        viewer=viewer,
        status=422 if fault else 200,
        fault=fault,
        **_frame(asked, when, names, now),
        tickets=_link("/board/tickets", asked),
        board=found,
        events=events,
        figures=_grouped(found["metrics"]),
        bars=charts.bars(found["volume"]["by_day"], list(CHANNELS)),
        spark=charts.spark,
        threads=charts.threads(found["disputes"]),
        units=_by_kind(found["units"], names, now),
        heat=_heat(found["heat"], names),
        rebuilt=_rebuilt(found["before_after"], names),
        unit_metrics=[BY_CODE[code] for code in UNIT_METRICS],
        banded=BY_CODE[BANDED],
        bands=BANDS,
        minimum=MINIMUM_SAMPLE,
        chart_data=_chart_data(found["volume"]["by_day"]),
        echarts="/static/vendor/echarts.min.js" if (pages.STATIC / "vendor" / "echarts.min.js").is_file() else None,
    )


def _known_street(asked: Asked) -> str | None:
    return asked.street if asked.street and asked.street != NONE else None


def _tickets(request: Request, viewer: Viewer, asked: Asked, *, metric: str, part: str, page: int) -> Response:
    site, now = site_of(request), site_of(request).now()
    when, fault = _period(asked, now)
    if fault is not None:
        raise fault
    if part not in (ALL, COUNTED, REST):
        part = ALL
    with site.database.reading() as session:
        names = site.names.get(session)
        scope = scope_of(session, when, now)
        found = case_page(session, metric, scope, filters_of(asked, names), page=page, part=part)
    return pages.render(
        request,
        "board/tickets.html",
        viewer=viewer,
        **_frame(asked, when, names, now),
        back=_link("/board", Asked(period=asked.period, first=asked.first, last=asked.last))(),
        tickets=_link("/board/tickets", asked),
        found=found,
        metric=found.metric,
        part=part,
        parts=((ALL, "全部"), (COUNTED, found.metric.top), (REST, "其余")),
        may_see_confidential=bool(viewer.actor.roles & SEE_CONFIDENTIAL),
    )


def _frame(asked: Asked, when: Period, names: Names, now: datetime) -> dict[str, Any]:
    return {
        "asked": asked,
        "when": when,
        "choices": CHOICES,
        "names": names,
        "index": _link("/board", asked),
        "unit_groups": [*names.unit_groups(today(now)), ("热线", [(HOTLINE, names.unit(HOTLINE))])],
        "matter_groups": _matter_groups(names),
        "look": _look(),
        "unknown": NONE,
    }


@cache
def _look() -> str:
    files = (pages.STATIC / "board.css", pages.STATIC / "board.js")
    return "?v=" + sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


def _matter_groups(names: Names) -> list[tuple[str, list[tuple[str, str]]]]:
    """Matters by their first level, which can be chosen as a whole."""
    tops = [one for one in names.matters.values() if one.parent is None]
    return [
        (
            top.name,
            [(top.code, f"{top.name}（全部）")]
            + [(one.code, one.name) for one in names.matters.values() if one.parent == top.code],
        )
        for top in tops
    ]


def _grouped(metrics: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    return [(name, [one for one in metrics if one["group"] == code]) for code, name in GROUPS.items()]


def _by_kind(units: Sequence[Mapping[str, Any]], names: Names, now: datetime) -> list[tuple[str, list[Any]]]:
    """Units beside their peers: centres with centres, utilities with utilities; those of former days at the end."""
    left = {one["unit"]: one for one in units}
    groups = []
    for heading, options in names.unit_groups(today(now)):
        rows = [left.pop(code) for code, _ in options if code in left]
        if rows:
            groups.append((heading, rows))
    return [*groups, ("其他与已撤并单位", list(left.values()))] if left else groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The heat map: first-level matters down, streets across, `cells` by (matter, street)."""

    matters: tuple[tuple[str, str], ...]
    streets: tuple[tuple[str, str], ...]
    cells: Mapping[tuple[str, str], int]
    most: int

    def shade(self, matter: str, street: str) -> int:
        """The cell's step of colour."""
        return charts.shade(self.cells.get((matter, street), 0), self.most)


def _heat(rows: Sequence[Mapping[str, Any]], names: Names) -> Heat:
    cells: dict[tuple[str, str], int] = {}
    for row in rows:
        known = names.matters.get(row["matter"] or "")
        matter = (known.parent or known.code) if known else row["matter"] or NONE
        key = (matter, row["street"] or NONE)
        cells[key] = cells.get(key, 0) + row["n"]
    matters = [one.code for one in names.matters.values() if one.parent is None]
    return Heat(
        matters=_headed(matters, {matter for matter, _ in cells}, names.matter),
        streets=_headed(list(names.streets), {street for _, street in cells}, names.street),
        cells=cells,
        most=max([*cells.values(), 1]),
    )


def _headed(order: Sequence[str], used: set[str], name: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    """The used codes with their names: in the list's order, then those that it no longer has, the unknown last."""
    strangers = sorted(used - {*order, NONE})
    codes = [code for code in (*order, *strangers) if code in used]
    return tuple((code, name(code)) for code in codes) + (((NONE, UNKNOWN),) if NONE in used else ())


def _rebuilt(rows: Sequence[Mapping[str, Any]], names: Names) -> list[dict[str, Any]]:
    """The rebuilt processes that this city has, with their medians in words."""
    return [
        {**one, "median": span(timedelta(hours=one["median_hours"] or 0))}
        for one in rows
        if names.matter(one["matter"]) == one["matter_name"]
    ]


def _chart_data(by_day: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the script draws with ECharts: the same numbers as the table."""
    used = [channel for channel in CHANNELS if any(day["channels"].get(channel) for day in by_day)]
    return {
        "days": [day["day"][5:] for day in by_day],
        "series": [
            {
                "key": str(channel),
                "name": CHANNELS[channel],
                "data": [day["channels"].get(channel, 0) for day in by_day],
            }
            for channel in used
        ],
    }
