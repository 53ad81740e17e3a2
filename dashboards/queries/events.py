"""Events as people see them: counted, placed, ranked by heat; nobody's number or name among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from nlu.clusters import Growth, Rules, Said, commonest, growth
from nlu.heat import Heard, Heat, frail, heat, spark
from tickets import cluster_store
from tickets.cluster_store import NOT_SAID, Cluster, Entry
from tickets.types import LegState, Urgency

LATELY = timedelta(days=7)
RECENTLY = timedelta(hours=24)
SHOWN = 50
LOOKED_AT = 200
"""Clusters that are ranked at most, the largest of the last days."""
FEWEST_CALLERS = 3
BANNERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event. `n_callers` are different people, `n_tickets` tickets, `n_messages` with those added to tickets;
    `n_critical` counts tickets of danger, `n_merged` those that follow another; `words` are its first ticket's."""

    id: str
    n_callers: int
    n_tickets: int
    n_messages: int
    n_open: int
    n_merged: int
    n_critical: int
    matter: str | None
    street: str | None
    place: str
    words: str
    first_at: datetime
    last_at: datetime
    growth: Growth
    heat: Heat
    spark: tuple[int, ...]
    warned: int
    noticed: int
    master: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A ticket of an event. `again`: its caller has been heard before in this event."""

    no: str
    at: datetime
    state: LegState
    urgency: Urgency
    street: str | None
    place: str
    summary: str
    unit: str | None
    again: bool
    is_open: bool
    master: str | None
    score: float
    why: str
    with_no: str | None


def hot(
    session: Session,
    now: datetime,
    rules: Rules,
    *,
    fewest: int = FEWEST_CALLERS,
    street: str | None = None,
    limit: int = SHOWN,
) -> list[EventView]:
    """Events of the last days by at least `fewest` callers, the hottest first."""
    known = cluster_store.grown(session, now - LATELY, fewest=fewest, limit=LOOKED_AT)
    told = cluster_store.members(session, [one.id for one in known])
    views = [_view(one, told[one.id], now, rules) for one in known if told[one.id]]
    chosen = [one for one in views if one.n_callers >= fewest and street in (None, one.street)]
    return sorted(chosen, key=lambda one: (-one.heat.index, -one.n_callers, one.id))[:limit]


def one(session: Session, cluster_id: str, now: datetime, rules: Rules) -> tuple[EventView, list[Line]] | None:
    """An event with its tickets, those of danger first; None when there is none (any more)."""
    known = cluster_store.cluster(session, cluster_id)
    told = cluster_store.members(session, [cluster_id])[cluster_id] if known and known.is_open else []
    if known is None or not told:
        return None
    lines = sorted(_lines(told), key=lambda line: (line.urgency is not Urgency.CRITICAL, line.at, line.no))
    return _view(known, told, now, rules), lines


def banners(session: Session, now: datetime, rules: Rules) -> list[EventView]:
    """Events that were warned of within the last day and that nobody has taken note of."""
    known = cluster_store.unnoticed(session, now - RECENTLY, limit=BANNERS)
    told = cluster_store.members(session, [one.id for one in known])
    return [_view(one, told[one.id], now, rules) for one in known if told[one.id]]


def of_ticket(session: Session, number: str, now: datetime, rules: Rules) -> EventView | None:
    """The event that a ticket belongs to, if several tickets do."""
    entry = cluster_store.entries(session, [number]).get(number)
    found = one(session, entry.cluster, now, rules) if entry is not None and entry.cluster else None
    return found[0] if found else None


def _view(known: Cluster, told: Sequence[Entry], now: datetime, rules: Rules) -> EventView:
    counted = [one for one in told if one.state not in NOT_SAID] or list(told)
    first, last = counted[0], counted[-1]
    heard = [
        Heard(at=one.at, caller=one.caller, urgency=one.urgency, street=one.street, frail=frail(one.summary))
        for one in counted
    ]
    return EventView(
        id=known.id,
        n_callers=len({one.caller for one in counted}),
        n_tickets=len(counted),
        n_messages=sum(one.receipts for one in counted),
        n_open=sum(one.is_open for one in counted),
        n_merged=sum(one.master is not None for one in counted),
        n_critical=sum(one.urgency is Urgency.CRITICAL for one in counted),
        matter=commonest(one.matter for one in counted),
        street=commonest(one.street for one in counted),
        place=commonest(one.place for one in counted) or commonest(one.address for one in counted) or "",
        words=first.summary,
        first_at=first.at,
        last_at=last.at,
        growth=growth([Said(at=one.at, caller=one.caller) for one in counted], now, rules),
        heat=heat(heard, now, rules),
        spark=spark([one.at for one in counted], first.at, last.at),
        warned=known.warned,
        noticed=known.noticed,
        master=_master(counted),
    )


def _master(told: Sequence[Entry]) -> str:
    """Which ticket the others are merged into: the one that most follow already, else the first that is open."""
    followed = commonest(one.master for one in told)
    if followed is not None and any(one.no == followed for one in told):
        return followed
    return next((one.no for one in told if one.is_open and one.master is None), told[0].no)


def _lines(told: Sequence[Entry]) -> list[Line]:
    lines, heard = [], set[str]()
    for one in told:
        lines.append(
            Line(
                no=one.no,
                at=one.at,
                state=one.state,
                urgency=one.urgency,
                street=one.street,
                place=one.address or one.place or "",
                summary=one.summary,
                unit=one.lead_unit,
                again=one.caller in heard,
                is_open=one.is_open,
                master=one.master,
                score=one.score,
                why=one.why,
                with_no=one.with_no,
            )
        )
        heard.add(one.caller)
    return lines
