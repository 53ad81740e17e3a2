"""What must never be true, each a query that must return nothing. Asked by the doctor and by the metrics."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlmodel import Session

from sla.tables import ClockRow, TimerRow
from sla.types import ClockState
from tickets import cluster_store, lifecycle
from tickets import store as ticket_store
from tickets.fold import fold
from tickets.store import table
from tickets.tables import (
    ClusterMemberRow,
    ClusterPartingRow,
    ClusterRow,
    DeliveryRow,
    GatheringRow,
    MessageRow,
    TicketRow,
)
from tickets.types import DeliveryState, Event, Outcome, Ticket

NO_OUTCOME = timedelta(minutes=5)
OVERDUE = timedelta(minutes=10)
SAMPLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An invariant that does not hold: how many rows, the first few, and what to do about it in plain Chinese."""

    name: str
    n: int
    examples: tuple[str, ...]
    remedy: str


_Check = Callable[[Session, datetime], list[str]]


def broken(session: Session, now: datetime) -> list[Broken]:
    """Every invariant that does not hold now; empty on a sound installation."""
    found = []
    for name, (check, remedy) in CHECKS.items():
        rows = check(session, now)
        if rows:
            found.append(Broken(name=name, n=len(rows), examples=tuple(rows[:5]), remedy=remedy))
    return found


def _messages_without_outcome(session: Session, now: datetime) -> list[str]:
    t = table(MessageRow)
    wanted = select(t.c.receipt_no).where(t.c.outcome == str(Outcome.PENDING), t.c.received_at < now - NO_OUTCOME)
    return list(session.execute(wanted.limit(1000)).scalars())


def _open_without_clock(session: Session, _now: datetime) -> list[str]:
    t, c = table(TicketRow), table(ClockRow)
    running = c.c.state.in_([str(ClockState.RUNNING), str(ClockState.PAUSED)])
    wanted = select(t.c.no).where(t.c.is_open, ~exists().where(c.c.ticket_no == t.c.no, running))
    return list(session.execute(wanted.limit(1000)).scalars())


def _overdue_timers(session: Session, now: datetime) -> list[str]:
    t = table(TimerRow)
    waiting = (t.c.fired_at.is_(None), t.c.void_at.is_(None), t.c.set_aside_at.is_(None))
    wanted = select(t.c.clock).where(*waiting, t.c.fire_at < now - OVERDUE)
    return list(session.execute(wanted.limit(1000)).scalars())


def _timers_set_aside(session: Session, _now: datetime) -> list[str]:
    t = table(TimerRow)
    return list(session.execute(select(t.c.clock).where(t.c.set_aside_at.is_not(None)).limit(1000)).scalars())


def _stuck_deliveries(session: Session, now: datetime) -> list[str]:
    t = table(DeliveryRow)
    waiting = t.c.state.in_([str(DeliveryState.PENDING), str(DeliveryState.SENDING)])
    wanted = select(t.c.ticket_no).where(waiting, t.c.next_at < now - OVERDUE)
    return list(session.execute(wanted.limit(1000)).scalars())


def _state_not_replayed(session: Session, _now: datetime) -> list[str]:
    """A sample of the newest tickets: the fold of the events is what the rows say."""
    t = table(TicketRow)
    numbers = list(session.execute(select(t.c.no).order_by(t.c.opened_at.desc()).limit(SAMPLE)).scalars())
    stored = ticket_store.load(session, numbers)
    return [no for no in numbers if differs(stored[no], ticket_store.events_of(session, no))]


def differs(stored: Ticket, events: list[Event]) -> bool:
    """Whether a stored ticket is not what its events say; the resident's words are in no event and do not count."""
    folded = fold(events)
    return replace(stored, summary="") != folded or bool(lifecycle.faults(folded))


def _clusters_unsound(session: Session, _now: datetime) -> list[str]:
    """A member of a cluster that was closed, or that it was taken out of; an open cluster of one."""
    c, m, p = table(ClusterRow), table(ClusterMemberRow), table(ClusterPartingRow)
    parted = exists().where(p.c.ticket_no == m.c.ticket_no, p.c.cluster == m.c.cluster)
    strays = select(m.c.ticket_no).join(c, c.c.id == m.c.cluster).where(~c.c.is_open | parted)
    n_members = select(func.count()).where(m.c.cluster == c.c.id).scalar_subquery()
    alone = select(c.c.id).where(c.c.is_open, n_members < 2)
    return [*session.execute(strays.limit(1000)).scalars(), *session.execute(alone.limit(1000)).scalars()]


def _tickets_not_gathered(session: Session, now: datetime) -> list[str]:
    g = table(GatheringRow)
    late = (g.c.state == cluster_store.WAITING) & (g.c.at < now - OVERDUE)
    return list(
        session.execute(select(g.c.ticket_no).where(late | (g.c.state == cluster_store.FAILED)).limit(1000)).scalars()
    )


CHECKS: Mapping[str, tuple[_Check, str]] = {
    "messages_without_outcome": (
        _messages_without_outcome,
        "有诉求超过5分钟没有结果：确认受理循环在运行，查看日志中的 message failed。",
    ),
    "open_tickets_without_clock": (
        _open_without_clock,
        "有在办工单没有时钟：用 hotline sla explain 查看，联系维护人员。",
    ),
    "timers_overdue": (_overdue_timers, "有提醒超过10分钟未发出：确认计时循环（或 Celery beat 与 worker）在运行。"),
    "timers_set_aside": (_timers_set_aside, "有提醒五次失败后被搁置：查看日志中的 timer failed，处理后重新计时。"),
    "deliveries_stuck": (_stuck_deliveries, "有通知超过10分钟未发出：检查短信、微信通道与网络。"),
    "state_not_replayed": (
        _state_not_replayed,
        "有工单的状态与其历史不符：不要手工改库，运行 hotline audit verify 并联系维护人员。",
    ),
    "clusters_unsound": (_clusters_unsound, "有事件的工单归属自相矛盾：在“事件”页解散该事件，联系维护人员。"),
    "tickets_not_gathered": (
        _tickets_not_gathered,
        "有工单超过10分钟未归入事件或归入失败（不影响办理）：确认归并循环在运行，查看日志中的 ticket not gathered。",
    ),
}


def counts(session: Session) -> dict[str, int]:
    """Figures for /metrics."""
    m, t = table(MessageRow), table(TicketRow)
    pending = session.execute(select(func.count()).where(m.c.outcome == str(Outcome.PENDING))).scalar_one()
    open_ = session.execute(select(func.count()).select_from(t).where(t.c.is_open)).scalar_one()
    return {"messages_pending": int(pending), "tickets_open": int(open_)}
