"""One row of a queue, with the clocks that matter for whoever looks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from dashboards.queries import clocks as clock_queries
from dashboards.times import Chip, chip
from sla.tables import ClockRow
from sla.types import HOTLINE, MEETING, Clock
from tickets.store import table
from tickets.tables import LegRow, TicketRow
from tickets.types import LegRole, LegState, TicketType, Urgency

_t, _l, _c = table(TicketRow), table(LegRow), table(ClockRow)
_OF_TICKET = [
    _t.c.no,
    _t.c.state,
    _t.c.opened_at,
    _t.c.type,
    _t.c.urgency,
    _t.c.matter,
    _t.c.street,
    _t.c.place,
    _t.c.address,
    _t.c.summary,
    _t.c.lead_unit,
    _t.c.supervised,
    _t.c.confidential,
    _t.c.triage_reason,
    _t.c.receipts,
]
COLUMNS: dict[str, list[Any]] = {
    "ticket": _OF_TICKET,
    "leg": [
        *_OF_TICKET,
        _l.c.id.label("leg"),
        _l.c.state.label("leg_state"),
        _l.c.unit.label("leg_unit"),
        _l.c.role.label("leg_role"),
        _l.c.dispatched_at.label("since"),
    ],
    "clock": [*_OF_TICKET, _c.c.id.label("clock"), _c.c.leg.label("leg"), _c.c.holder.label("leg_unit")],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A ticket in a list. `units` are those whose turn it is (None = the hotline's); `role` is set when the row is
    about one leg; `chips` say for each clock who has it; `n_callers` counts the messages on the ticket."""

    no: str
    state: LegState
    type: TicketType
    urgency: Urgency
    matter: str | None
    street: str | None
    place: str
    summary: str
    units: tuple[str | None, ...]
    role: LegRole | None
    leg: str | None
    opened_at: datetime
    since: datetime | None
    supervised: bool
    confidential: bool
    triage_reason: str | None
    n_callers: int
    chips: tuple[tuple[str, Chip], ...]


def rows_from(session: Session, found: Sequence[Any], unit: str | None, now: datetime) -> list[QueueRow]:
    """Rows of any of the COLUMNS; `unit` is the centre that looks, or None for the hotline."""
    clocks = clock_queries.of_tickets(session, [row.no for row in found])
    ambers = clock_queries.ambers(session, [clock for some in clocks.values() for clock in some])
    out: dict[str, QueueRow] = {}
    for row in found:
        shown = _shown(row._mapping, clocks.get(row.no, []), unit)
        chips = tuple((clock.holder, chip(clock, now, ambers.get(clock.id))) for clock in shown)
        made = _row(row._mapping, chips)
        key = row.no if "clock" in row._mapping else str(len(out))
        out[key] = _joined(out[key], made) if key in out else made
    return list(out.values())


def _joined(one: QueueRow, other: QueueRow) -> QueueRow:
    """Two rows about clocks of the same ticket as one, in the place of the first."""
    return replace(one, units=tuple(dict.fromkeys((*one.units, *other.units))), chips=(*one.chips, *other.chips))


def _shown(row: Any, clocks: list[Clock], unit: str | None) -> list[Clock]:
    """At most two: the one that the row is about or that is due first, and the resident's promise for the hotline."""
    if "clock" in row:
        return [clock for clock in clocks if clock.id == row["clock"]]
    going = clock_queries.going(clocks)
    if unit is not None:
        mine = [clock for clock in going if clock.holder == unit]
        first = clock_queries.nearest(mine)
        return [first] if first else mine[:1]
    leg = row.get("leg")
    near = clock_queries.nearest([clock for clock in going if leg in (None, clock.leg) or clock.holder in _CENTRAL])
    return [near] if near else going[:1]


_CENTRAL = (HOTLINE, MEETING)


def _row(row: Any, chips: tuple[tuple[str, Chip], ...]) -> QueueRow:
    role = row.get("leg_role")
    return QueueRow(
        no=row["no"],
        state=LegState(row.get("leg_state") or row["state"]),
        type=TicketType(row["type"]),
        urgency=Urgency(row["urgency"]),
        matter=row["matter"],
        street=row["street"],
        place=row["address"] or row["place"] or "",
        summary=row["summary"],
        units=(row["leg_unit"] if "leg_unit" in row else row["lead_unit"],),
        role=LegRole(role) if role else None,
        leg=row.get("leg"),
        opened_at=row["opened_at"],
        since=row.get("since"),
        supervised=row["supervised"],
        confidential=row["confidential"],
        triage_reason=row["triage_reason"],
        n_callers=len(row["receipts"]),
        chips=chips,
    )
