"""Staff and residents acting on a ticket: load, step, write; twice at most when two people met."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from accounts import rules as account_rules
from hotline import record
from hotline.intake import Intake
from hotline.reference import Reference, Snapshot
from plumbing.clock import Clock
from plumbing.crypto import link
from plumbing.db import Database
from plumbing.errors import BadInput, Conflict, Forbidden, HotlineError, NotFound, Refused
from sla import store as sla_store
from sla.deadlines import shifted
from sla.types import Clock as SlaClock
from sla.types import ClockKind, ClockState
from tickets import commands, fold, lifecycle
from tickets import store as ticket_store
from tickets.moves import ENDED
from tickets.store import Change, table
from tickets.tables import IdempotencyRow, MessageRow, RevealRow, TicketRow
from tickets.types import (
    SYSTEM,
    Accepted,
    Actor,
    Command,
    CommandKind,
    Event,
    EventKind,
    Incoming,
    LegState,
    Role,
    Ticket,
)

TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A command on a ticket, and the moment at which somebody gave it."""

    ticket_no: str
    command: Command
    at: datetime


class Desk:
    """The use case behind tickets.ports.Desk."""

    def __init__(self, database: Database, clock: Clock, reference: Reference, intake: Intake) -> None:
        self._database = database
        self._clock = clock
        self._reference = reference
        self._intake = intake

    def act(self, ticket_no: str, command: Command, *, key: str | None = None) -> Ticket:
        """See tickets.ports.Desk.act."""
        if key is not None and not 1 <= len(key) <= 120:
            raise BadInput("BAD_KEY", "幂等键须为1至120个字符。")
        for _ in range(TRIES - 1):
            try:
                return self._once(ticket_no, command, key)
            except Conflict:
                continue
        return self._once(ticket_no, command, key)

    def counter(self, incoming: Incoming, *, clerk: Actor) -> Accepted:
        """See tickets.ports.Desk.counter."""
        if not clerk.roles & {Role.OPERATOR, Role.DISPATCHER}:
            raise Forbidden("ROLE", "只有窗口人员或派单员可以登记来访、来信。")
        return self._intake.accept(replace(incoming, facts={**incoming.facts, "clerk": clerk.id}))

    def reveal(self, ticket_no: str, *, actor: Actor, reason: str) -> Mapping[str, str]:
        """See tickets.ports.Desk.reveal."""
        if not reason.strip():
            raise BadInput("NO_REASON", "查看来电人信息须填写理由。")
        now = self._clock.now()
        with self._database.transaction() as session:
            ticket = self._load(session, ticket_no, actor)
            if not account_rules.may_reveal(actor, ticket):
                raise Forbidden("REVEAL", "您无权查看该来电人的信息。")
            row = session.get(MessageRow, ticket.receipts[0])
            if row is None:
                raise NotFound("ERASED", "来电人信息已按规定清除。")
            session.add(RevealRow(at=now, actor=actor.id, ticket_no=ticket_no, reason=reason.strip()[:500]))
            return {
                "name": str(row.facts.get("name") or "未留姓名"),
                "contact": str(row.facts.get("contact") or row.sender or "未留联系方式"),
                "text": row.text,
            }

    def _once(self, ticket_no: str, command: Command, key: str | None) -> Ticket:
        now = self._clock.now()
        snapshot = self._reference.on(now)
        with self._database.transaction() as session:
            ticket = self._load(session, ticket_no, command.actor)
            if key is not None:
                done = _done_before(session, ticket_no, command, key)
                if done is not None:
                    return ticket
            after = self.perform(session, ticket, command, snapshot, now)
            if key is not None:
                session.add(_remember(ticket_no, command, key, after.version, now))
            return after

    def perform(self, session: Session, ticket: Ticket, command: Command, snapshot: Snapshot, now: datetime) -> Ticket:
        """Do it inside a transaction that is already open."""
        clocks = sla_store.load_clocks(session, [ticket.no]).get(ticket.no, {})
        changes = _changes(session, ticket, command, clocks=clocks, snapshot=snapshot, now=now)
        _write(session, changes, snapshot, now)
        return changes[0].ticket

    def act_together(self, acts: Sequence[Act]) -> list[Ticket | HotlineError]:
        """What many people do within a few minutes, in one transaction; in order, what came of each act.

        For what has happened already: every act keeps its own moment, and the acts stand in the order of these. What is
        refused comes back as its error and keeps nobody else from acting. Clocks are read once, before the first act;
        a merge, and an act on a ticket that another act moves as well, belong into a transaction of their own.
        """
        if not acts:
            return []
        numbers = list(dict.fromkeys(act.ticket_no for act in acts))
        snapshot = self._reference.on(acts[-1].at)
        done: list[Ticket | HotlineError] = []
        changes: dict[str, Change] = {}
        with self._database.transaction() as session:
            tickets, clocks = ticket_store.load(session, numbers), sla_store.load_clocks(session, numbers)
            for act in acts:
                no = act.ticket_no
                try:
                    ticket = _seen(tickets.get(no), no, act.command.actor)
                    made = _changes(session, ticket, act.command, clocks=clocks[no], snapshot=snapshot, now=act.at)
                except HotlineError as error:
                    done.append(error)
                    continue
                tickets[no] = made[0].ticket
                done.append(made[0].ticket)
                changes |= {one.ticket.no: _joined(changes.get(one.ticket.no), one) for one in made}
            _write(session, list(changes.values()), snapshot, acts[-1].at)
        return done

    def _load(self, session: Session, ticket_no: str, actor: Actor) -> Ticket:
        return _seen(ticket_store.load(session, [ticket_no]).get(ticket_no), ticket_no, actor)


def _seen(ticket: Ticket | None, ticket_no: str, actor: Actor) -> Ticket:
    """The ticket, if `actor` may know of it. Raises NotFound."""
    if ticket is None or (Role.RESIDENT not in actor.roles and not account_rules.may_see(actor, ticket)):
        raise NotFound("NO_TICKET", f"没有编号为{ticket_no}的工单。")
    return ticket


def _changes(
    session: Session,
    ticket: Ticket,
    command: Command,
    *,
    clocks: Mapping[str, SlaClock],
    snapshot: Snapshot,
    now: datetime,
) -> list[Change]:
    """What the command makes of the ticket, first, and of those that follow it. Nothing is written."""
    facts = facts_of(ticket, command, clocks, snapshot, now)
    events = lifecycle.step(ticket, command, now, facts=facts)
    _check_codes(command, snapshot)
    after = ticket
    for event in events:
        after = fold.apply(after, event)
    changes = [Change(ticket=after, events=events)]
    if command.kind is CommandKind.MERGE:
        changes += _promise_moves(session, ticket, str(command.data["master"]), snapshot, now)
    if after.state is not ticket.state and after.state in _FOR_FOLLOWERS:
        changes += _followers(session, after, now)
    return changes


def _joined(before: Change | None, after: Change) -> Change:
    """Two changes of one ticket as one."""
    return replace(after, events=(*before.events, *after.events)) if before else after


def _write(session: Session, changes: Sequence[Change], snapshot: Snapshot, now: datetime) -> None:
    reach = record.reaches(session, [change.ticket.no for change in changes])
    deeds = [record.Deed(change=change, reach=reach[change.ticket.no]) for change in changes]
    record.write(session, deeds, snapshot=snapshot, now=now)


def facts_of(
    ticket: Ticket, command: Command, clocks: Mapping[str, SlaClock], snapshot: Snapshot, now: datetime
) -> lifecycle.Facts:
    """What the lifecycle must know of clocks, policy and units for this command."""
    policy, _ = record.versions_of(clocks, snapshot)
    leg = command.leg or lifecycle.lead(ticket).id
    window = _latest(clocks, leg, ClockKind.RETURN_WINDOW)
    finish = _latest(clocks, leg, ClockKind.REWORK) or _latest(clocks, leg, ClockKind.FINISH)
    return lifecycle.Facts(
        return_open=window is None
        or window.state is ClockState.PAUSED
        or window.due_at is None
        or now <= window.due_at,
        before_due=finish is None or finish.due_at is None or now < finish.due_at,
        interim=ticket.fallback,
        known_units=frozenset(snapshot.directory.units),
        max_refusals=policy.max_refusals,
        max_returns=policy.max_returns,
        callback_attempts=policy.callback_attempts,
    )


def _latest(clocks: Mapping[str, SlaClock], leg: str, kind: ClockKind) -> SlaClock | None:
    found = [clock for clock in clocks.values() if clock.leg == leg and clock.kind is kind]
    return max(found, key=lambda clock: clock.started_at, default=None)


def _check_codes(command: Command, snapshot: Snapshot) -> None:
    """Codes that a person gave must be the city's: a profile that nobody knows would leave a ticket without clocks."""
    directory = snapshot.directory
    known: dict[str, tuple[str, Collection[str]]] = {
        "matter": ("事项", directory.matters),
        "street": ("街道", directory.streets),
        "profile": ("时限档", snapshot.policy.profiles),
        "post": ("授权岗位", directory.posts),
    }
    for name, (label, codes) in known.items():
        code = command.data.get(name)
        if code and code not in codes:
            raise BadInput("UNKNOWN_CODE", f"没有代码为“{str(code)[:40]}”的{label}，请重新选择。", field=name)


_FOR_FOLLOWERS = {
    LegState.CLOSED: (CommandKind.CLOSE, {}),
    **dict.fromkeys(
        (LegState.WITHDRAWN, LegState.INVALID, LegState.REFUSED),
        (CommandKind.UNMERGE, {"reason": "主工单未办理，恢复单独办理。"}),
    ),
}
"""What becomes of merged tickets when their master ends.

They are closed with it, so that each of their residents hears of it. But one resident's withdrawal, or a refusal that
is one message's own, ends nobody else's request: those go back to where they were.
"""


def _followers(session: Session, master: Ticket, now: datetime) -> list[Change]:
    kind, data = _FOR_FOLLOWERS[master.state]
    t = table(TicketRow)
    numbers = session.execute(
        select(t.c.no).where(t.c.master == master.no, t.c.state == str(LegState.MERGED))
    ).scalars()
    changes = []
    for slave in ticket_store.load(session, list(numbers)).values():
        command = Command(kind=kind, actor=SYSTEM, leg=lifecycle.lead(slave).id, data=data)
        events = lifecycle.step(slave, command, now)
        after = slave
        for event in events:
            after = fold.apply(after, event)
        changes.append(Change(ticket=after, events=events))
    return changes


def _promise_moves(session: Session, slave: Ticket, master_no: str, snapshot: Snapshot, now: datetime) -> list[Change]:
    """The master takes over the slave's promise when that is the earlier one. Raises Refused for an unfit master."""
    master = ticket_store.load(session, [master_no]).get(master_no)
    if master is None:
        raise NotFound("NO_MASTER", f"没有编号为{master_no}的主工单。")
    if master.state in ENDED:
        raise Refused("MASTER_ENDED", "主工单已办结，不能再并入；请另选一张在办的工单。")
    t = table(TicketRow)
    if session.execute(
        select(t.c.no).where(t.c.master == slave.no, t.c.state == str(LegState.MERGED)).limit(1)
    ).first():
        raise Refused("IS_MASTER", "已有工单并入本工单，请反过来把另一张并入本工单。")
    clocks = sla_store.load_clocks(session, [slave.no, master_no])
    mine, theirs = (_promise(ticket, clocks[ticket.no], snapshot) for ticket in (slave, master))
    data: dict[str, Any] = {"text": f"工单{slave.no}并入本工单。", "merged": slave.no}
    if mine is not None and theirs is not None and mine < theirs:
        data["promise_due_at"] = mine.isoformat()
    event = Event(
        ticket_no=master.no,
        seq=master.version + 1,
        kind=EventKind.NOTED,
        at=now,
        recorded_at=now,
        actor=SYSTEM.id,
        leg=lifecycle.lead(master).id,
        data=data,
    )
    return [Change(ticket=fold.apply(master, event), events=(event,))]


def _promise(ticket: Ticket, clocks: Mapping[str, SlaClock], snapshot: Snapshot) -> datetime | None:
    """When the resident was promised an end; for a paused promise, when that would be if it went on at its pause."""
    clock = _latest(clocks, lifecycle.lead(ticket).id, ClockKind.PROMISE)
    if clock is None or clock.due_at is not None or clock.paused_at is None or clock.remaining_seconds is None:
        return clock.due_at if clock else None
    _, calendar = record.versions_of(clocks, snapshot)
    return shifted(clock.paused_at, clock.remaining_seconds, unit=clock.unit, calendar=calendar)


def _digest(ticket_no: str, command: Command) -> str:
    data = commands.checked(command.kind, command.data)
    body = {"ticket": ticket_no, "kind": command.kind, "leg": command.leg, "data": data}
    return link("", body)


def _done_before(session: Session, ticket_no: str, command: Command, key: str) -> IdempotencyRow | None:
    row = session.get(IdempotencyRow, (command.actor.id, key))
    if row is not None and row.request != _digest(ticket_no, command):
        raise Refused("KEY_REUSED", "这个幂等键已用于另一项操作，请换一个。")
    return row


def _remember(ticket_no: str, command: Command, key: str, version: int, now: datetime) -> IdempotencyRow:
    return IdempotencyRow(
        actor=command.actor.id,
        key=key,
        request=_digest(ticket_no, command),
        ticket_no=ticket_no,
        version=version,
        at=now,
    )
