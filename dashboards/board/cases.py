"""The cases that each figure counts, as SQL: one row a case, with what it is worth in the numerator.

Columns of every query: `ticket_no`, `unit` (whose figure it is), `other` (the second unit of a dispute, else null),
`at` (when it counts) and `worth` (0 or 1; a count or a weight where the metric says so). Sum of worth over number of
rows is the figure, and the rows are the tickets behind it: the two cannot differ.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, null, or_, select, union_all
from sqlmodel import Session

from dashboards.board.scope import Scope
from sla.tables import ClockRow, TimerRow
from sla.types import HOTLINE, MEETING, RESIDENT, ClockKind, ClockState
from tickets.store import table
from tickets.tables import EventRow, LegRow, TicketRow
from tickets.types import EventKind, LegRole, LegState

Cases = Callable[[Scope], Select[Any]]

E, K, S = EventKind, ClockKind, ClockState

HANDED = (E.DISPATCHED, E.REASSIGNED, E.RETURN_APPROVED, E.REFLOWED, E.LEG_ADDED)
"""Events that give a leg to a unit. An interim appointment is no dispatch: nobody chose the unit for the matter."""

UNIT_CLOCKS = (K.ACCEPT, K.CONTACT, K.FINISH, K.REWORK)

_event, _ticket, _leg = table(EventRow), table(TicketRow), table(LegRow)
_clock, _timer = table(ClockRow), table(TimerRow)
_ONE = literal(1)


def units_with_clocks(session: Session) -> tuple[str, ...]:
    """Codes of the units that ever held a clock; one look-up in ix_sla_clock_board for each, however many clocks."""
    first = select(func.min(_clock.c.holder).label("code")).cte("holders", recursive=True)
    following = select(func.min(_clock.c.holder)).where(_clock.c.holder > first.c.code).scalar_subquery()
    found = first.union_all(select(following).where(first.c.code.is_not(None)))
    codes = session.execute(select(found.c.code)).scalars()
    return tuple(code for code in codes if code is not None and code not in (HOTLINE, RESIDENT, MEETING))


def _rows(ticket_no: Any, unit: Any, at: Any, *, worth: Any, other: Any = None) -> Select[Any]:
    return select(
        ticket_no.label("ticket_no"),
        unit.label("unit"),
        (null() if other is None else other).label("other"),
        at.label("at"),
        worth.label("worth"),
    )


def _flag(condition: ColumnElement[bool]) -> Any:
    return case((condition, 1), else_=0)


def _within(column: Any, scope: Scope) -> Any:
    return and_(column >= scope.start, column < scope.end)


def _of(event: Any, *kinds: EventKind) -> Any:
    return event.c.kind.in_([str(kind) for kind in kinds])


def _in_period(scope: Scope, *kinds: EventKind) -> Any:
    return and_(_of(_event, *kinds), _within(_event.c.at, scope))


def _same_leg(one: Any, two: Any) -> Any:
    return and_(one.c.ticket_no == two.c.ticket_no, one.c.leg == two.c.leg)


def opened(scope: Scope) -> Select[Any]:
    """Every ticket opened in the period; worth 1."""
    unit = func.coalesce(_ticket.c.lead_unit, HOTLINE)
    return _rows(_ticket.c.no, unit, _ticket.c.opened_at, worth=_ONE).where(_within(_ticket.c.opened_at, scope))


def merged(scope: Scope) -> Select[Any]:
    """Every ticket opened in the period; worth 1 when it was merged into another."""
    unit = func.coalesce(_ticket.c.lead_unit, HOTLINE)
    worth = _flag(_ticket.c.master.is_not(None))
    return _rows(_ticket.c.no, unit, _ticket.c.opened_at, worth=worth).where(_within(_ticket.c.opened_at, scope))


def due(*kinds: ClockKind) -> Cases:
    """Units' clocks that fell due in the period; worth 1 when met in time. A clock that was stopped before it was
    due (returned, merged, withdrawn) is nobody's case; one stopped later was late."""

    def cases(scope: Scope) -> Select[Any]:
        return _judged(scope, scope.units, *kinds)

    return cases


def promised(scope: Scope) -> Select[Any]:
    """Residents' promises that fell due in the period; worth 1 when kept. The hotline answers for them."""
    return _judged(scope, (HOTLINE,), K.PROMISE)


def _judged(scope: Scope, holders: tuple[str, ...], *kinds: ClockKind) -> Select[Any]:
    c = _clock.c
    return _rows(c.ticket_no, c.holder, c.due_at, worth=_flag(c.state == str(S.MET))).where(
        c.holder.in_(holders),
        c.state.in_([str(state) for state in (S.MET, S.MISSED, S.RUNNING, S.STOPPED)]),
        c.due_at >= scope.start,
        c.due_at < scope.judged_until,
        c.kind.in_([str(kind) for kind in kinds]),
        or_(c.state != str(S.STOPPED), c.ended_at > c.due_at),
    )


def lit(light: str) -> Cases:
    """Legs that units hold now, by their running clocks; worth 1 when red (past due) or amber (warned, not yet due)."""

    def cases(scope: Scope) -> Select[Any]:
        c = _clock.c
        red = func.max(_flag(c.due_at < scope.now))
        warned = exists().where(
            _timer.c.clock == c.id,
            _timer.c.step == "amber",
            _timer.c.due_at == c.due_at,
            _timer.c.fire_at <= scope.now,
            _timer.c.void_at.is_(None),
        )
        amber = case((red == 1, 0), else_=func.max(_flag(warned)))
        worth = red if light == "red" else amber
        return (
            _rows(c.ticket_no, c.holder, func.min(c.due_at), worth=worth)
            .where(
                c.holder.in_(scope.units),
                c.state == str(S.RUNNING),
                c.kind.in_([str(kind) for kind in UNIT_CLOCKS]),
            )
            .group_by(c.ticket_no, c.leg, c.holder)
        )

    return cases


def _handovers(scope: Scope, worth: Any) -> Select[Any]:
    unit = _event.c.data["unit"].as_string()
    return _rows(_event.c.ticket_no, unit, _event.c.at, worth=worth).where(_in_period(scope, *HANDED))


def returned(scope: Scope) -> Select[Any]:
    """Every dispatch to a unit in the period; worth 1 when its return was approved."""
    after = _event.alias("after")
    following = (
        select(after.c.kind)
        .where(_same_leg(after, _event), after.c.seq > _event.c.seq, _of(after, *HANDED))
        .order_by(after.c.seq)
        .limit(1)
        .correlate(_event)
        .scalar_subquery()
    )
    return _handovers(scope, _flag(following == str(E.RETURN_APPROVED)))


def return_requested(scope: Scope) -> Select[Any]:
    """Every dispatch to a unit in the period; worth 1 when that unit asked to return it, whatever was decided."""
    asked, between = _event.alias("asked"), _event.alias("between")
    moved_on = (
        exists()
        .where(
            _same_leg(between, _event), between.c.seq > _event.c.seq, between.c.seq < asked.c.seq, _of(between, *HANDED)
        )
        .correlate(_event, asked)
    )
    found = exists().where(
        _same_leg(asked, _event), asked.c.seq > _event.c.seq, _of(asked, E.RETURN_REQUESTED), ~moved_on
    )
    return _handovers(scope, _flag(found))


def _first_dispatches(scope: Scope, worth: Any) -> Select[Any]:
    unit = _event.c.data["unit"].as_string()
    first = _event.c.data["round"].as_integer() == 1
    return _rows(_event.c.ticket_no, unit, _event.c.at, worth=worth).where(_in_period(scope, E.DISPATCHED), first)


def kept(scope: Scope) -> Select[Any]:
    """Every first dispatch in the period; worth 1 while its unit kept it: no return, no dispute, no reassignment."""
    after = _event.alias("after")
    lost = exists().where(
        _same_leg(after, _event), after.c.seq > _event.c.seq, _of(after, E.RETURN_APPROVED, E.DISPUTED, E.REASSIGNED)
    )
    return _first_dispatches(scope, _flag(~lost))


def hops(scope: Scope) -> Select[Any]:
    """Every first dispatch in the period; worth the number of units' turns that its lead leg has had since."""
    after = _event.alias("after")
    turns = (
        select(func.count())
        .where(_same_leg(after, _event), after.c.seq >= _event.c.seq, _of(after, *HANDED))
        .correlate(_event)
        .scalar_subquery()
    )
    return _first_dispatches(scope, turns)


def _said(field: str) -> Any:
    return _event.c.data[field].as_boolean().is_(True)


def _answered() -> Any:
    return or_(_of(_event, E.RATED), _said("reached"))


def _callbacks(scope: Scope, worth: Any, *conditions: Any) -> Select[Any]:
    joined = _event.outerjoin(_leg, _leg.c.id == _event.c.leg)
    return (
        _rows(_event.c.ticket_no, func.coalesce(_leg.c.unit, HOTLINE), _event.c.at, worth=worth)
        .select_from(joined)
        .where(_in_period(scope, E.CALLED_BACK, E.RATED), *conditions)
    )


def _score() -> Any:
    data = _event.c.data
    return func.coalesce(data["satisfaction"].as_integer(), data["score"].as_integer())


def reached(scope: Scope) -> Select[Any]:
    """Every call back in the period; worth 1 when the resident was reached."""
    return _callbacks(scope, _flag(_said("reached")), _of(_event, E.CALLED_BACK))


def contacted(scope: Scope) -> Select[Any]:
    """Answered callbacks and ratings that said whether the unit had been in touch; worth 1 when it had."""
    asked = _event.c.data["contacted"].as_boolean().is_not(None)
    return _callbacks(scope, _flag(_said("contacted")), _answered(), asked)


def responded(scope: Scope) -> Select[Any]:
    """Answered callbacks and ratings; worth 1 when the resident said that the unit had been in touch."""
    return _callbacks(scope, _flag(_said("contacted")), _answered())


def solved(scope: Scope) -> Select[Any]:
    """Answered callbacks and ratings; worth 1 when the resident said that it is solved."""
    return _callbacks(scope, _flag(_said("solved")), _answered())


def satisfied(scope: Scope) -> Select[Any]:
    """Answered callbacks and ratings; worth 1 for 4 or 5 points. Saying nothing is not satisfaction."""
    return _callbacks(scope, _flag(func.coalesce(_score(), 0) >= 4), _answered())


def satisfaction(scope: Scope) -> Select[Any]:
    """Answered callbacks and ratings; worth 0 to 1 in steps of a quarter for 1 to 5 points, 0 for none."""
    return _callbacks(scope, (func.coalesce(_score(), 1) - 1) * 0.25, _answered())


def closed(scope: Scope) -> Select[Any]:
    """Every lead leg of a unit that was closed in the period, once; worth 1."""
    return _closings(scope, _ONE)


def reworked(scope: Scope) -> Select[Any]:
    """Every lead leg of a unit that was closed in the period, once; worth 1 when it had or has to be done again."""
    again = _event.alias("again")
    found = exists().where(
        again.c.ticket_no == _leg.c.ticket_no, again.c.leg == _leg.c.id, _of(again, E.REWORK_ORDERED, E.REOPENED)
    )
    return _closings(scope, _flag(found))


def _closings(scope: Scope, worth: Any) -> Select[Any]:
    closings = (
        select(_event.c.leg.label("leg"), func.max(_event.c.at).label("at"))
        .where(_in_period(scope, E.CLOSED))
        .group_by(_event.c.ticket_no, _event.c.leg)
        .subquery()
    )
    return (
        _rows(_leg.c.ticket_no, _leg.c.unit, closings.c.at, worth=worth)
        .select_from(closings.join(_leg, _leg.c.id == closings.c.leg))
        .where(_leg.c.unit.is_not(None), _leg.c.role == str(LegRole.LEAD))
    )


def really_solved(scope: Scope) -> Select[Any]:
    """Lead legs closed for good in the period whose end is known: the resident confirmed it (worth 1), or the unit
    explained why the law lets it do nothing (worth 0). What nobody confirmed is no case."""
    reply = _event.alias("reply")
    cannot = (
        select(reply.c.data["cannot_act"].as_boolean())
        .where(reply.c.ticket_no == _leg.c.ticket_no, reply.c.leg == _leg.c.id, _of(reply, E.REPLIED, E.SETTLED))
        .order_by(reply.c.seq.desc())
        .limit(1)
        .correlate(_leg)
        .scalar_subquery()
    )
    explained = func.coalesce(cannot, False).is_(True)
    joined = _event.join(_leg, and_(_leg.c.id == _event.c.leg, _leg.c.closed_at == _event.c.at)).join(
        _ticket, _ticket.c.no == _leg.c.ticket_no
    )
    return (
        _rows(_leg.c.ticket_no, func.coalesce(_leg.c.unit, HOTLINE), _event.c.at, worth=_flag(~explained))
        .select_from(joined)
        .where(
            _in_period(scope, E.CLOSED),
            _leg.c.role == str(LegRole.LEAD),
            _leg.c.state.in_([str(LegState.CLOSED), str(LegState.ARCHIVED)]),
            or_(explained, _ticket.c.solved.is_(True)),
        )
    )


def disputed(scope: Scope) -> Select[Any]:
    """Who says that it is somebody else's: every request to return with the unit proposed, worth 1 when the leg came
    before the joint meeting; and every dispute that the list itself caused (a tie, a gap), worth 1."""
    data = _event.c.data
    later, asked = _event.alias("later"), _event.alias("asked")
    came = exists().where(_same_leg(later, _event), later.c.seq > _event.c.seq, _of(later, E.DISPUTED))
    requests = _rows(
        _event.c.ticket_no,
        data["unit"].as_string(),
        _event.c.at,
        worth=_flag(came),
        other=data["proposed_unit"].as_string(),
    ).where(_in_period(scope, E.RETURN_REQUESTED))
    no_request = ~exists().where(_same_leg(asked, _event), _of(asked, E.RETURN_REQUESTED))
    of_the_list = _rows(
        _event.c.ticket_no,
        data[("units", 0)].as_string(),
        _event.c.at,
        worth=_ONE,
        other=data[("units", 1)].as_string(),
    ).where(_in_period(scope, E.DISPUTED), no_request)
    both = union_all(requests, of_the_list).subquery()
    unit = func.coalesce(both.c.unit, HOTLINE)
    return _rows(both.c.ticket_no, unit, both.c.at, worth=both.c.worth, other=both.c.other)
