"""The queues of workbench and desk: a page of rows by keyset, and counts that stop at a thousand.

A queue is a walk along one index, so that a page costs the same with a hundred open tickets and with a hundred
thousand. Nothing is ever counted to the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, not_, select, tuple_
from sqlmodel import Session

from dashboards.queries.cursors import decoded, encoded
from dashboards.queries.rows import COLUMNS, QueueRow, rows_from
from dashboards.times import midnight
from sla.tables import ClockRow
from tickets.moves import OPEN
from tickets.store import table
from tickets.tables import EventRow, LegRow, TicketRow
from tickets.types import EventKind, LegState

S = LegState
PAGE_ROWS = 50
MOST = 999
CLOCKS_A_TICKET = 4
"""At most so many clocks a ticket are looked at for a count; with more the count is a little low, never slow."""
SOON = timedelta(hours=24)

_t, _l, _c, _e = table(TicketRow), table(LegRow), table(ClockRow), table(EventRow)
# written as the partial indexes are, so that the planner may use them
_TICKET_OPEN: ColumnElement[bool] = literal_column("ticket.is_open")
_LEG_OPEN: ColumnElement[bool] = literal_column("leg.is_open")
_CLOCK_OWED: ColumnElement[bool] = literal_column("sla_clock.state = 'running' AND sla_clock.kind <> 'return_window'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A list that people work through. `by` is ticket, danger, newest, leg, clock or done: which index it walks."""

    key: str
    label: str
    by: str
    states: tuple[LegState, ...] = ()
    hot: bool = False
    empty: str = "现在没有需要处理的工单。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose list it is. `unit` None = the whole city; `confidential` false leaves those out."""

    unit: str | None = None
    confidential: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of rows and where the next begins (None = this was the last)."""

    rows: Sequence[QueueRow]
    next: str | None


WORKBENCH: tuple[Queue, ...] = (
    Queue(key="danger", label="险情", by="danger", states=tuple(OPEN), hot=True, empty="没有在办的险情工单。"),
    Queue(key="triage", label="待派遣", by="ticket", states=(S.RECEIVED,), empty="没有等待人工派单的工单。"),
    Queue(key="due", label="临期与超时", by="clock", hot=True, empty="24小时内没有到期或超时的工单。"),
    Queue(key="waiting", label="待市民补充", by="ticket", states=(S.WAITING,), empty="没有等待市民补充的工单。"),
    Queue(key="returns", label="退单待审核", by="leg", states=(S.RETURN_REQUESTED,), empty="没有待审核的退单。"),
    Queue(key="disputes", label="职责争议", by="leg", states=(S.DISPUTED,), empty="没有提交联席会议的争议。"),
    Queue(
        key="requests",
        label="延期与挂起",
        by="leg",
        states=(S.EXTENSION_REQUESTED, S.HOLD_REQUESTED),
        empty="没有待审批的延期或挂起申请。",
    ),
    Queue(key="replies", label="反馈待审核", by="leg", states=(S.REPLIED,), empty="没有待审核的反馈。"),
    Queue(key="callback", label="待回访", by="leg", states=(S.CALLBACK,), empty="没有等待回访的工单。"),
    Queue(key="all", label="全部在办", by="newest", empty="没有在办的工单。"),
)

DESK: tuple[Queue, ...] = (
    Queue(key="new", label="待签收", by="leg", states=(S.DISPATCHED,), hot=True, empty="没有待签收的工单。"),
    Queue(key="due", label="临期与超时", by="clock", hot=True, empty="24小时内没有到期或超时的工单。"),
    Queue(
        key="hand",
        label="在办",
        by="leg",
        states=(S.ACCEPTED, S.CONTACTED, S.IN_PROGRESS),
        empty="没有正在办理的工单。",
    ),
    Queue(key="rework", label="重办", by="leg", states=(S.REWORK,), hot=True, empty="没有需要重办的工单。"),
    Queue(
        key="asked",
        label="申请审批中",
        by="leg",
        states=(S.RETURN_REQUESTED, S.EXTENSION_REQUESTED, S.HOLD_REQUESTED, S.ON_HOLD),
        empty="没有审批中的退单、延期或挂起。",
    ),
    Queue(key="disputes", label="职责争议", by="leg", states=(S.DISPUTED,), empty="没有涉及本单位的争议。"),
    Queue(key="replied", label="已反馈", by="leg", states=(S.REPLIED, S.CALLBACK), empty="没有等待审核或回访的工单。"),
    Queue(key="done", label="今日反馈", by="done", empty="今天还没有反馈过工单。"),
)


def page(session: Session, queue: Queue, scope: Scope, now: datetime, *, after: str = "") -> Page:
    """The rows after the cursor `after` (empty or odd = from the beginning)."""
    order, statement = _walk(queue, scope, now)
    begin = decoded(after, [column.type.python_type for column, _ in order]) if after else None
    if begin is not None:
        keys, mark = tuple_(*(column for column, _ in order)), tuple_(*begin)
        statement = statement.where(keys < mark if order[0][1] else keys > mark)
    statement = statement.order_by(*(column.desc() if down else column for column, down in order))
    found = session.execute(statement.limit(PAGE_ROWS + 1)).all()
    shown = found[:PAGE_ROWS]
    following = encoded([shown[-1]._mapping[f"k{i}"] for i in range(len(order))]) if len(found) > PAGE_ROWS else None
    return Page(rows=rows_from(session, shown, scope.unit, now), next=following)


def counts(session: Session, queues: Sequence[Queue], scope: Scope, now: datetime) -> dict[str, int]:
    """How many rows each queue has, MOST + 1 standing for "more than MOST"."""
    return {queue.key: _count(session, queue, scope, now) for queue in queues}


def _count(session: Session, queue: Queue, scope: Scope, now: datetime) -> int:
    order, statement = _walk(queue, scope, now)
    if queue.by != "clock":
        some = statement.with_only_columns(literal_column("1")).limit(MOST + 1).subquery()
        return int(session.execute(select(func.count()).select_from(some)).scalar_one())
    # a ticket with three late clocks is one ticket
    most = CLOCKS_A_TICKET * (MOST + 1)
    clocks = statement.with_only_columns(_c.c.ticket_no).order_by(order[0][0]).limit(most).subquery()
    n_clocks, n_tickets = session.execute(select(func.count(), func.count(clocks.c.ticket_no.distinct()))).one()
    return MOST + 1 if n_clocks == most else min(int(n_tickets), MOST + 1)


Order = list[tuple[Any, bool]]


def _walk(queue: Queue, scope: Scope, now: datetime) -> tuple[Order, Select[Any]]:
    """The columns that a queue is walked along (column, downwards) and its statement without order and bounds."""
    order, where, source = _PATHS[queue.by](queue, scope, now)
    keys = [column.label(f"k{i}") for i, (column, _) in enumerate(order)]
    statement = select(*COLUMNS[source[0]], *keys).select_from(source[1]).where(*where)
    if not scope.confidential:
        statement = statement.where(_t.c.confidential.is_(False))
    elif scope.unit is not None:
        about_itself = and_(_t.c.confidential, func.coalesce(_t.c.party_unit, "") == scope.unit)
        statement = statement.where(not_(about_itself))
    return order, statement


Path = tuple[Order, list[ColumnElement[bool]], tuple[str, Any]]
_BY_LEG = ("leg", _l.join(_t, _t.c.no == _l.c.ticket_no))


def _by_ticket(queue: Queue, _scope: Scope, _now: datetime) -> Path:
    (state,) = queue.states
    where = [_TICKET_OPEN, _t.c.state == str(state)]
    return [(_t.c.priority, False), (_t.c.opened_at, False), (_t.c.no, False)], where, ("ticket", _t)


def _by_danger(queue: Queue, _scope: Scope, _now: datetime) -> Path:
    where = [_TICKET_OPEN, _t.c.state.in_(sorted(queue.states)), _t.c.priority == 0]
    return [(_t.c.opened_at, False), (_t.c.no, False)], where, ("ticket", _t)


def _by_newest(_queue: Queue, _scope: Scope, _now: datetime) -> Path:
    return [(_t.c.opened_at, True), (_t.c.no, True)], [_TICKET_OPEN], ("ticket", _t)


def _by_leg(queue: Queue, scope: Scope, _now: datetime) -> Path:
    where = [_LEG_OPEN, _l.c.state.in_([str(state) for state in queue.states])]
    if scope.unit is not None:
        where.append(_l.c.unit == scope.unit)
    return [(_l.c.opened_at, False), (_l.c.id, False)], where, _BY_LEG


def _by_clock(_queue: Queue, scope: Scope, now: datetime) -> Path:
    where = [_CLOCK_OWED, _c.c.due_at <= now + SOON]
    if scope.unit is not None:
        where.append(_c.c.holder == scope.unit)
    joined = _c.join(_t, _t.c.no == _c.c.ticket_no)
    return [(_c.c.due_at, False), (_c.c.id, False)], where, ("clock", joined)


def _done_today(_queue: Queue, scope: Scope, now: datetime) -> Path:
    where = [
        _e.c.kind.in_([str(EventKind.REPLIED), str(EventKind.SETTLED)]),
        _e.c.at >= midnight(now),
        _l.c.unit == scope.unit,
    ]
    joined = _e.join(_l, _l.c.id == _e.c.leg).join(_t, _t.c.no == _l.c.ticket_no)
    return [(_e.c.at, True), (_l.c.id, True)], where, ("leg", joined)


_PATHS: Mapping[str, Any] = {
    "ticket": _by_ticket,
    "danger": _by_danger,
    "newest": _by_newest,
    "leg": _by_leg,
    "clock": _by_clock,
    "done": _done_today,
}
