"""Clusters in and out of the database. Nobody's name or number leaves here: callers are counted, and told apart by a
number of their own in each answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlmodel import Session

from plumbing.db import upsert_ignore
from tickets.store import table
from tickets.tables import (
    ClusterKeyRow,
    ClusterMemberRow,
    ClusterPartingRow,
    ClusterRow,
    GatheringRow,
    MessageRow,
    TicketRow,
)
from tickets.types import LegState, TicketType, Urgency

_g, _c, _m = table(GatheringRow), table(ClusterRow), table(ClusterMemberRow)
_p, _k = table(ClusterPartingRow), table(ClusterKeyRow)
_t, _msg = table(TicketRow), table(MessageRow)

WAITING, DONE, FAILED, APART = "waiting", "done", "failed", "apart"
NOT_SAID = (str(LegState.INVALID), str(LegState.WITHDRAWN))
"""Harassment and what was taken back make no event."""
RECEIPT_DIGITS = 14
"""A further ticket of one message has its receipt's number with a part behind it (tickets/parts.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A ticket as clusters see it. `caller` tells callers apart within one answer and must never be shown.

    `receipts` counts the messages on the ticket; `score`, `why` and `with_no` are empty for one that founded a cluster.
    """

    no: str
    cluster: str | None
    at: datetime
    caller: str
    summary: str
    matter: str | None
    street: str | None
    place: str | None
    address: str
    type: TicketType
    urgency: Urgency
    state: LegState
    is_open: bool
    confidential: bool
    master: str | None
    lead_unit: str | None
    receipts: int
    sample: bool
    score: float = 1.0
    why: str = ""
    with_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster's own row."""

    id: str
    is_open: bool
    founded_at: datetime
    last_at: datetime
    warned: int
    warned_at: datetime | None
    noticed: int


# -- what waits -------------------------------------------------------------------------------------------------------


def enqueue(session: Session, opened: Mapping[str, datetime]) -> None:
    """Put new tickets on the way to a cluster; one that is there already stays as it is."""
    rows = [{"ticket_no": no, "at": at, "state": WAITING, "attempts": 0} for no, at in opened.items()]
    upsert_ignore(session, _g, rows)


def look_again(session: Session, numbers: Sequence[str]) -> None:
    """More words have come for these: look at them again, unless people have said that they stand alone."""
    if numbers:
        session.execute(
            update(_g).where(_g.c.ticket_no.in_(numbers), _g.c.state == DONE).values(state=WAITING, attempts=0)
        )


def waiting(session: Session, limit: int) -> list[str]:
    """Tickets that wait, oldest first."""
    wanted = select(_g.c.ticket_no).where(_g.c.state == WAITING).order_by(_g.c.at, _g.c.ticket_no).limit(limit)
    return list(session.execute(wanted).scalars())


def claim(session: Session, number: str) -> bool:
    """Whether the ticket still waits; on PostgreSQL its row stays locked until the commit."""
    wanted = select(_g.c.ticket_no).where(_g.c.ticket_no == number, _g.c.state == WAITING).with_for_update()
    return session.execute(wanted).first() is not None


def settle(session: Session, numbers: Iterable[str], state: str) -> None:
    """What became of tickets on their way."""
    session.execute(update(_g).where(_g.c.ticket_no.in_(list(numbers))).values(state=state))


def failed(session: Session, number: str, *, tries: int) -> None:
    """Count a failure; after `tries` the ticket is left alone and reported by the doctor."""
    session.execute(update(_g).where(_g.c.ticket_no == number).values(attempts=_g.c.attempts + 1))
    session.execute(update(_g).where(_g.c.ticket_no == number, _g.c.attempts >= tries).values(state=FAILED))


# -- who is like whom -------------------------------------------------------------------------------------------------


def add_keys(session: Session, number: str, keys: Iterable[str], at: datetime) -> None:
    """The blocks of a ticket; those of before are forgotten."""
    session.execute(delete(_k).where(_k.c.ticket_no == number))
    rows = [{"ticket_no": number, "key": key[:80], "at": at} for key in sorted(keys)]
    if rows:
        session.execute(insert(_k), rows)


def forget_keys(session: Session, before: datetime) -> int:
    """Delete blocks too old to be looked at; how many rows."""
    found: Any = session.execute(delete(_k).where(_k.c.at < before))
    return int(found.rowcount)


def near(
    session: Session, number: str, keys: Iterable[str], *, since: datetime, until: datetime, limit: int
) -> list[Entry]:
    """Tickets that share a block with it within the span, those with most blocks in common first."""
    shared = func.count().label("shared")
    wanted = (
        select(_k.c.ticket_no)
        .where(_k.c.key.in_([key[:80] for key in keys]), _k.c.at >= since, _k.c.at <= until, _k.c.ticket_no != number)
        .group_by(_k.c.ticket_no)
        .order_by(shared.desc(), func.max(_k.c.at).desc(), _k.c.ticket_no)
        .limit(limit)
    )
    numbers = list(session.execute(wanted).scalars())
    found = entries(session, numbers)
    apart = set(
        session.execute(select(_g.c.ticket_no).where(_g.c.ticket_no.in_(numbers), _g.c.state == APART)).scalars()
    )
    return [found[no] for no in numbers if no in found and no not in apart]


def entries(session: Session, numbers: Sequence[str]) -> dict[str, Entry]:
    """Tickets by number, each with its cluster if it has one; a confidential one is left out."""
    if not numbers:
        return {}
    wanted = _ENTRY.where(_t.c.no.in_(numbers), _t.c.confidential.is_(False))
    return {one.no: one for one in map(_entry, session.execute(wanted))}


def members(session: Session, clusters: Sequence[str]) -> dict[str, list[Entry]]:
    """The tickets of each cluster in the order of their coming; confidential ones are left out."""
    out: dict[str, list[Entry]] = {cluster: [] for cluster in clusters}
    if clusters:
        wanted = _ENTRY.where(_m.c.cluster.in_(clusters), _t.c.confidential.is_(False))
        for one in map(_entry, session.execute(wanted.order_by(_m.c.at, _m.c.ticket_no))):
            out[str(one.cluster)].append(one)
    return out


_ENTRY = (
    select(
        _t.c.no,
        _t.c.opened_at,
        _t.c.summary,
        _t.c.matter,
        _t.c.street,
        _t.c.place,
        _t.c.address,
        _t.c.type,
        _t.c.urgency,
        _t.c.state,
        _t.c.is_open,
        _t.c.confidential,
        _t.c.master,
        _t.c.lead_unit,
        _t.c.receipts,
        _t.c.sample,
        _msg.c.sender,
        _m.c.cluster,
        _m.c.score,
        _m.c.why,
        _m.c.with_no,
    )
    .select_from(_t)
    .outerjoin(_msg, _msg.c.receipt_no == func.substr(_t.c.no, 1, RECEIPT_DIGITS))
    .outerjoin(_m, _m.c.ticket_no == _t.c.no)
)


def _entry(row: Any) -> Entry:
    return Entry(
        no=row.no,
        cluster=row.cluster,
        at=row.opened_at,
        caller=row.sender or row.no,
        summary=row.summary,
        matter=row.matter,
        street=row.street,
        place=row.place,
        address=row.address,
        type=TicketType(row.type),
        urgency=Urgency(row.urgency),
        state=LegState(row.state),
        is_open=row.is_open,
        confidential=row.confidential,
        master=row.master,
        lead_unit=row.lead_unit,
        receipts=len(row.receipts),
        sample=row.sample,
        score=1.0 if row.score is None else row.score,
        why=row.why or "",
        with_no=row.with_no,
    )


# -- clusters ---------------------------------------------------------------------------------------------------------


def cluster(session: Session, cluster_id: str) -> Cluster | None:
    """A cluster's row, or None."""
    row = session.execute(select(_c).where(_c.c.id == cluster_id)).first()
    return None if row is None else _cluster(row)


def grown(session: Session, since: datetime, *, fewest: int, limit: int) -> list[Cluster]:
    """Open clusters with at least `fewest` tickets of which one came since then; the largest first."""
    busy = (
        select(_m.c.cluster, func.count().label("n"))
        .where(_m.c.at >= since)
        .group_by(_m.c.cluster)
        .having(func.count() >= fewest)
        .order_by(func.count().desc(), _m.c.cluster.desc())
        .limit(limit)
        .subquery()
    )
    wanted = select(_c).join(busy, busy.c.cluster == _c.c.id).where(_c.c.is_open).order_by(busy.c.n.desc(), _c.c.id)
    return [_cluster(row) for row in session.execute(wanted)]


def unnoticed(session: Session, since: datetime, *, limit: int) -> list[Cluster]:
    """Open clusters that grew since then and were warned of, and that nobody has taken note of since."""
    wanted = (
        select(_c)
        .where(_c.c.is_open, _c.c.last_at >= since, _c.c.warned > _c.c.noticed)
        .order_by(_c.c.warned.desc(), _c.c.last_at.desc())
        .limit(limit)
    )
    return [_cluster(row) for row in session.execute(wanted)]


def partings(session: Session, number: str) -> frozenset[str]:
    """The clusters that a ticket was taken out of."""
    return frozenset(session.execute(select(_p.c.cluster).where(_p.c.ticket_no == number)).scalars())


def found(session: Session, cluster_id: str, at: datetime) -> str:
    """A new cluster's id: the one wanted, or, when that is taken, the next free one after it."""
    wanted = cluster_id
    for number in range(2, 100):
        if session.execute(select(_c.c.id).where(_c.c.id == wanted)).first() is None:
            break
        wanted = f"{cluster_id}-{number}"
    session.add(ClusterRow(id=wanted, is_open=True, founded_at=at, last_at=at))
    session.flush()
    return wanted


def join(
    session: Session,
    cluster_id: str,
    number: str,
    at: datetime,
    *,
    by: str,
    with_no: str | None = None,
    score: float = 1.0,
    why: str = "",
) -> None:
    """Put a ticket into a cluster."""
    session.add(
        ClusterMemberRow(ticket_no=number, cluster=cluster_id, at=at, with_no=with_no, score=score, why=why, by=by)
    )
    session.flush()
    later = (_c.c.id == cluster_id) & (_c.c.last_at < at)
    session.execute(update(_c).where(later).values(last_at=at))


def leave(session: Session, cluster_id: str, numbers: Sequence[str], *, now: datetime, actor: str, reason: str) -> None:
    """Take tickets out of a cluster for good."""
    session.execute(delete(_m).where(_m.c.cluster == cluster_id, _m.c.ticket_no.in_(numbers)))
    part(session, cluster_id, numbers, now=now, actor=actor, reason=reason)


def part(session: Session, cluster_id: str, numbers: Sequence[str], *, now: datetime, actor: str, reason: str) -> None:
    """Remember that these tickets do not belong to the cluster."""
    rows = [
        {"ticket_no": no, "cluster": cluster_id, "at": now, "actor": actor, "reason": reason[:500]} for no in numbers
    ]
    upsert_ignore(session, _p, rows)


def close(session: Session, cluster_id: str) -> None:
    """A cluster that is none: its tickets stand alone again."""
    session.execute(delete(_m).where(_m.c.cluster == cluster_id))
    session.execute(update(_c).where(_c.c.id == cluster_id).values(is_open=False))


def warned(session: Session, cluster_id: str, step: int, at: datetime | None) -> None:
    """Which step a cluster counts as warned of; `at` None leaves the moment as it was. Nobody has noticed more than that."""
    values: dict[str, Any] = {"warned": step, "noticed": case((_c.c.noticed > step, step), else_=_c.c.noticed)}
    if at is not None:
        values["warned_at"] = at
    session.execute(update(_c).where(_c.c.id == cluster_id).values(values))


def noticed(session: Session, cluster_id: str, step: int, actor: str) -> None:
    """Somebody has taken note of a warning."""
    session.execute(update(_c).where(_c.c.id == cluster_id).values(noticed=step, noticed_by=actor))


def _cluster(row: Any) -> Cluster:
    return Cluster(
        id=row.id,
        is_open=row.is_open,
        founded_at=row.founded_at,
        last_at=row.last_at,
        warned=row.warned,
        warned_at=row.warned_at,
        noticed=row.noticed,
    )
