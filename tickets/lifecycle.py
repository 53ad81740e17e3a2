"""step(ticket, command) -> events. Pure: what is not allowed is refused with a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from plumbing.errors import Forbidden, NotFound, Refused
from tickets import commands
from tickets.fold import apply
from tickets.moves import AT_UNIT, ENDED, MOVES, OPEN, WORDS, Move
from tickets.types import (
    Actor,
    Command,
    CommandKind,
    Event,
    EventKind,
    Leg,
    LegRole,
    LegState,
    Role,
    Ticket,
    Urgency,
)

C, E, S = CommandKind, EventKind, LegState

REOPEN_DAYS = 30
EXTENSION_DAYS_IN_ALL = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a command must know of the world beside the ticket.

    `return_open`: the holder's return window has not ended. `before_due`: the finish deadline is ahead. `interim`
    is who handles the matter while a dispute is open. `unit_names` turns codes into words for sentences;
    `known_units` are the units in force (None = not checked). Numbers come from the policy.
    """

    return_open: bool = True
    before_due: bool = True
    interim: str | None = None
    unit_names: Mapping[str, str] = field(default_factory=dict)
    known_units: frozenset[str] | None = None
    max_refusals: int = 2
    max_returns: int = 2
    callback_attempts: int = 2


NO_FACTS = Facts()


@dataclass(slots=True)
class _Draft:
    """Events being written; each is applied at once, so that the next sees the state it left."""

    ticket: Ticket
    actor: Actor
    now: datetime
    events: list[Event] = field(default_factory=list)

    def add(self, kind: EventKind, leg: str | None = None, **data: Any) -> None:
        event = Event(
            ticket_no=self.ticket.no,
            seq=self.ticket.version + 1,
            kind=kind,
            at=self.now,
            recorded_at=self.now,
            actor=self.actor.id,
            leg=leg,
            data=data,
        )
        self.events.append(event)
        self.ticket = apply(self.ticket, event)


def step(ticket: Ticket, command: Command, now: datetime, *, facts: Facts = NO_FACTS) -> tuple[Event, ...]:
    """The events that `command` causes; at least one.

    Raises BadInput (fields), NotFound (leg), Forbidden (who) and Refused (state or condition), each with a sentence.
    """
    move = MOVES[command.kind]
    data = commands.checked(command.kind, command.data)
    leg = _leg(ticket, command)
    _may(move, command.actor, leg)
    if not move.whole and leg.state not in move.sources:
        raise _wrong_state(leg, command.kind)
    _check_units(data, facts)
    draft = _Draft(ticket, command.actor, now)
    handler = _HANDLERS.get(command.kind)
    if move.whole:
        _whole(draft, move, data)
    elif handler is not None:
        handler(draft, leg, data, facts)
    else:
        extra = {} if move.target is None else {"state": move.target}
        draft.add(move.event, leg.id, **extra, **data)
    return tuple(draft.events)


def allowed(ticket: Ticket, leg: Leg, actor: Actor) -> tuple[CommandKind, ...]:
    """The commands whose state and role fit, for the buttons of a page; `step` still has the last word."""
    return tuple(
        move.command
        for move in MOVES.values()
        if leg.state in move.sources and move.who & actor.roles and _in_unit(move, actor, leg)
    )


def lead(ticket: Ticket) -> Leg:
    """The lead leg; every ticket has one."""
    return next(leg for leg in ticket.legs if leg.role is LegRole.LEAD)


def next_leg(ticket: Ticket) -> str:
    """The id of the next leg: "<ticket>/<n>"."""
    return f"{ticket.no}/{len(ticket.legs) + 1}"


def _leg(ticket: Ticket, command: Command) -> Leg:
    if command.leg is not None:
        for leg in ticket.legs:
            if leg.id == command.leg:
                return leg
        raise NotFound("NO_LEG", f"工单{ticket.no}没有承办环节{command.leg}。")
    unit = command.actor.unit
    if unit is not None and Role.CENTRE in command.actor.roles:
        own = [leg for leg in ticket.legs if leg.unit == unit and leg.state in OPEN]
        if own:
            return own[0]
    return lead(ticket)


def _in_unit(move: Move, actor: Actor, leg: Leg) -> bool:
    """Whether the role that allows it is more than "centre", or the leg is with the actor's own unit."""
    return bool(move.who & actor.roles - {Role.CENTRE}) or (leg.unit is not None and leg.unit == actor.unit)


def _may(move: Move, actor: Actor, leg: Leg) -> None:
    if not move.who & actor.roles:
        raise Forbidden("ROLE", "您的岗位不能执行该操作。")
    if not _in_unit(move, actor, leg):
        raise Forbidden("OTHER_UNIT", "该工单不在您单位名下，不能操作。")


def _wrong_state(leg: Leg, command: CommandKind) -> Refused:
    return Refused(
        "STATE",
        f"当前状态为“{WORDS[leg.state]}”，不能执行该操作。请刷新页面查看最新状态。",
        state=leg.state,
        command=command,
    )


def _check_units(data: Mapping[str, Any], facts: Facts) -> None:
    if facts.known_units is None:
        return
    named = [data.get("unit"), data.get("lead"), data.get("proposed_unit"), *data.get("supports", ())]
    for unit in named:
        if unit is not None and unit not in facts.known_units:
            raise Refused("UNKNOWN_UNIT", f"没有代码为“{unit}”的在用单位，请重新选择。", unit=unit)


def _whole(draft: _Draft, move: Move, data: dict[str, Any]) -> None:
    legs = [leg for leg in draft.ticket.legs if leg.state in move.sources]
    if not legs:
        raise _wrong_state(lead(draft.ticket), move.command)
    if move.command is C.MERGE and data["master"] == draft.ticket.no:
        raise Refused("SELF_MERGE", "不能把工单并入它自己，请选择另一张工单。")
    for leg in legs:
        target = move.target or leg.before or S.RECEIVED
        draft.add(move.event, leg.id, state=target, was=leg.state, **data)


def _supply(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.state is S.WAITING:
        draft.add(E.SUPPLIED, leg.id, state=S.RECEIVED, **data)
    else:
        draft.add(E.APPENDED, leg.id, **data)


def _dispatch(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    supports = data.pop("supports", [])
    profile = data.pop("profile", draft.ticket.profile)
    draft.add(E.DISPATCHED, leg.id, state=S.DISPATCHED, role=leg.role, round=leg.round + 1, profile=profile, **data)
    _add_supports(draft, supports)


def _add_supports(draft: _Draft, supports: list[str], *, forbidden: bool = False) -> None:
    busy = {leg.unit for leg in draft.ticket.legs if leg.state in OPEN}
    for unit in dict.fromkeys(supports):
        if unit not in busy:
            _open_leg(draft, E.LEG_ADDED, unit, LegRole.SUPPORT, return_forbidden=forbidden)


def _open_leg(draft: _Draft, kind: EventKind, unit: str, role: LegRole, **data: Any) -> None:
    profile = draft.ticket.profile
    draft.add(kind, next_leg(draft.ticket), unit=unit, role=role, round=1, state=S.DISPATCHED, profile=profile, **data)


def _add_support(draft: _Draft, _leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if any(other.unit == data["unit"] and other.state in OPEN for other in draft.ticket.legs):
        raise Refused("ALREADY_IN", "该单位已在承办此工单。")
    _open_leg(draft, E.LEG_ADDED, data["unit"], LegRole.SUPPORT, post=data.get("post"), reason=data["reason"])


def _reassign(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.return_forbidden:
        raise Refused("RULED", "该工单已由联席会议裁定，不能改派；如有新情况，请重新提交联席会议。")
    if data["unit"] == leg.unit:
        raise Refused("SAME_UNIT", "改派的单位与当前承办单位相同，请另选单位。")
    draft.add(
        E.REASSIGNED,
        leg.id,
        state=S.DISPATCHED,
        from_unit=leg.unit,
        round=leg.round + 1,
        profile=draft.ticket.profile,
        **data,
    )


def _contact(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if not data["reached"] and "note" not in data:
        raise Refused("WHY_NOT", "未联系上市民时，请说明原因。")
    draft.add(E.CONTACTED, leg.id, state=S.CONTACTED, **data)


def _reply(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if data.get("cannot_act") and "basis" not in data:
        raise Refused("NO_BASIS", "“依法无法办理”须写明依据。")
    draft.add(E.REPLIED, leg.id, state=S.REPLIED, unit=leg.unit, **data)


def _settle(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    draft.add(E.SETTLED, leg.id, state=S.REPLIED, unit=leg.unit, post=leg.post, **data)


def _request_return(draft: _Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    if leg.return_forbidden:
        raise Refused("RETURN_FORBIDDEN", "该工单不得退回：已由联席会议裁定，或正由贵单位先行受理。")
    if not facts.return_open:
        raise Refused("RETURN_LATE", "退单时限已过，请继续办理；确有争议可向派单员说明。")
    if data["proposed_unit"] == leg.unit:
        raise Refused("SAME_UNIT", "建议单位不能是本单位，请另选。")
    before = len(leg.refused_by)
    draft.add(E.RETURN_REQUESTED, leg.id, state=S.RETURN_REQUESTED, unit=leg.unit, was=leg.state, **data)
    refusers = {*leg.refused_by, leg.unit}
    if len(refusers) >= facts.max_refusals:
        _open_dispute(draft, leg, facts, code="refused_twice", reason=f"已有{len(refusers)}家单位认为不属于其职责")
    elif data["proposed_unit"] in leg.held_by:
        _open_dispute(draft, leg, facts, code="circle", reason="退单建议指回曾经承办的单位")
    elif before + 1 > facts.max_returns:
        _open_dispute(draft, leg, facts, code="too_many", reason=f"退单已超过{facts.max_returns}次")


def _open_dispute(draft: _Draft, leg: Leg, facts: Facts, **why: Any) -> None:
    """`why` holds code, reason and, when somebody named them, units (else: whoever refused or held the leg)."""
    holders = [*leg.refused_by, *([leg.unit] if leg.unit else [])]
    units = why.pop("units", None) or list(dict.fromkeys(holders))
    interim = facts.interim or (leg.held_by[0] if leg.held_by else None)
    draft.add(E.DISPUTED, leg.id, state=S.DISPUTED, units=units, interim=interim, **why)
    if interim is not None:
        _open_leg(draft, E.INTERIM_APPOINTED, interim, LegRole.INTERIM, return_forbidden=True)


def _approve_return(draft: _Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    if data["unit"] == leg.unit:
        raise Refused("SAME_UNIT", "同意退单后须派给另一家单位，请另选。")
    if data["unit"] in leg.held_by:
        _open_dispute(draft, leg, facts, code="circle", reason="拟派单位曾经承办并退回")
        return
    draft.add(
        E.RETURN_APPROVED,
        leg.id,
        state=S.DISPATCHED,
        from_unit=leg.unit,
        round=leg.round + 1,
        profile=draft.ticket.profile,
        **data,
    )


def _dispute(draft: _Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    _open_dispute(draft, leg, facts, code="asked", **data)


def _rule(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    draft.add(E.RULED, leg.id, state=S.RULED, **data)
    draft.add(
        E.REFLOWED,
        leg.id,
        state=S.DISPATCHED,
        unit=data["lead"],
        round=leg.round + 1,
        profile=draft.ticket.profile,
        role=leg.role,
        return_forbidden=True,
    )
    for other in draft.ticket.legs:
        if other.role is LegRole.INTERIM and other.state in OPEN:
            draft.add(E.INTERIM_RELEASED, other.id, state=S.CLOSED, unit=other.unit)
    _add_supports(draft, data.get("supports", []), forbidden=True)


def _request_extension(draft: _Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    if draft.ticket.urgency is Urgency.CRITICAL:
        raise Refused("CRITICAL", "涉及生命财产安全的工单不能延期。")
    if not facts.before_due:
        raise Refused("EXTENSION_LATE", "延期须在办结时限之前提出。")
    if leg.extended_days + data["days"] > EXTENSION_DAYS_IN_ALL:
        left = EXTENSION_DAYS_IN_ALL - leg.extended_days
        raise Refused("EXTENSION_TOO_LONG", f"延期累计不得超过{EXTENSION_DAYS_IN_ALL}个工作日，还可申请{left}日。")
    draft.add(E.EXTENSION_REQUESTED, leg.id, state=S.EXTENSION_REQUESTED, unit=leg.unit, **data)


def _grant_extension(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.approved_by is None:
        draft.add(E.EXTENSION_APPROVED, leg.id, by=draft.actor.id, **data)
        return
    if leg.approved_by == draft.actor.id:
        raise Refused("SECOND_PERSON", "延期须由两人审批，请由另一位审批人确认。")
    if not draft.actor.roles & {Role.SUPERVISOR, Role.LEADER}:
        raise Refused("SECOND_ROLE", "延期的第二次审批须由督查人员或领导作出。")
    draft.add(E.EXTENSION_GRANTED, leg.id, state=S.IN_PROGRESS, days=leg.asked_days, unit=leg.unit, **data)


def _pass_reply(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.role is not LegRole.LEAD:
        draft.add(E.REPLY_PASSED, leg.id, state=S.CLOSED, **data)
        return
    if any(other.state in OPEN for other in draft.ticket.legs if other.role is LegRole.SUPPORT):
        raise Refused("SUPPORTS_OPEN", "协办单位尚未全部办结，请先审核协办单位的反馈。")
    draft.add(E.REPLY_PASSED, leg.id, state=S.CALLBACK, **data)


def _call_back(draft: _Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    actor = draft.actor
    if actor.id == leg.replied_by or (actor.unit is not None and actor.unit == leg.unit):
        raise Refused("OWN_WORK", "回访不能由承办人或承办单位进行。")
    attempt = leg.n_callbacks + 1
    if data["reached"] and "solved" not in data:
        raise Refused("NO_RESULT", "已接通的回访须记录是否解决。")
    draft.add(E.CALLED_BACK, leg.id, attempt=attempt, **data)
    if data["reached"]:
        _conclude(draft, leg, solved=data["solved"])
    elif attempt >= facts.callback_attempts:
        _conclude(draft, leg, solved=None)


def _conclude(draft: _Draft, leg: Leg, *, solved: bool | None) -> None:
    if solved is False and leg.unit is not None:
        draft.add(E.REWORK_ORDERED, leg.id, state=S.REWORK, unit=leg.unit, round=leg.round)
    else:
        _close(draft, leg, {}, NO_FACTS)


def _close(draft: _Draft, leg: Leg, _data: dict[str, Any], _facts: Facts) -> None:
    others = [other for other in draft.ticket.legs if other.id != leg.id and other.state in OPEN]
    draft.add(E.CLOSED, leg.id, state=S.CLOSED, ticket_closed=not others)


def _rate(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if draft.ticket.satisfaction is not None and leg.state is S.CLOSED:
        raise Refused("RATED", "您已评价过，感谢您的反馈。")
    draft.add(E.RATED, leg.id, **data)
    if leg.state is not S.CLOSED:
        _conclude(draft, leg, solved=data["solved"])


def _reopen(draft: _Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.closed_at is not None and draft.now - leg.closed_at > timedelta(days=REOPEN_DAYS):
        raise Refused("REOPEN_LATE", f"办结已超过{REOPEN_DAYS}天，请重新提交诉求，我们会关联原工单。")
    if leg.unit is None:
        raise Refused("NO_UNIT", "该工单由热线直接答复，请补充新的情况，我们会重新受理。")
    draft.add(E.REOPENED, leg.id, state=S.REWORK, unit=leg.unit, round=leg.round, **data)


_Handler = Callable[[_Draft, Leg, dict[str, Any], Facts], None]

_HANDLERS: dict[CommandKind, _Handler] = {
    C.SUPPLY: _supply,
    C.DISPATCH: _dispatch,
    C.REASSIGN: _reassign,
    C.ADD_SUPPORT: _add_support,
    C.CONTACT: _contact,
    C.REPLY: _reply,
    C.SETTLE: _settle,
    C.REQUEST_RETURN: _request_return,
    C.APPROVE_RETURN: _approve_return,
    C.DISPUTE: _dispute,
    C.RULE: _rule,
    C.REQUEST_EXTENSION: _request_extension,
    C.GRANT_EXTENSION: _grant_extension,
    C.PASS_REPLY: _pass_reply,
    C.CALL_BACK: _call_back,
    C.CLOSE: _close,
    C.RATE: _rate,
    C.REOPEN: _reopen,
}


def faults(ticket: Ticket) -> tuple[str, ...]:
    """What is wrong with a ticket that must never be wrong; empty for a sound one. Asked by tests and the doctor."""
    found = []
    leads = [leg for leg in ticket.legs if leg.role is LegRole.LEAD]
    if len(leads) != 1:
        found.append(f"{len(leads)} lead legs")
    for leg in ticket.legs:
        if leg.state in AT_UNIT and leg.unit is None:
            found.append(f"{leg.id} is {leg.state} without a unit")
        if leg.state is S.CLOSED and leg.closed_at is None:
            found.append(f"{leg.id} is closed without a time")
        if leg.role is LegRole.INTERIM and leg.state in OPEN and leads and leads[0].state in AT_UNIT:
            found.append(f"{leg.id} is still interim although the lead is with a unit")
    if ticket.state in ENDED and any(leg.state in OPEN for leg in ticket.legs):
        found.append(f"ticket is {ticket.state} with an open leg")
    return tuple(found)
