"""step(ticket, command) -> events. Pure: what is not allowed is refused with a sentence.

What moves where is in moves.py, what a command does beyond that in effects.py.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plumbing.errors import Forbidden, NotFound, Refused
from tickets import commands
from tickets.draft import NO_FACTS, Draft, Facts
from tickets.effects import EXTENSION_DAYS_IN_ALL, HANDLERS, REOPEN_DAYS, next_leg
from tickets.fold import apply
from tickets.moves import AT_UNIT, ENDED, MOVES, OPEN, WORDS, Move
from tickets.types import (
    Actor,
    Command,
    CommandKind,
    Event,
    Leg,
    LegRole,
    LegState,
    Role,
    Ticket,
    TicketType,
)

C, S = CommandKind, LegState

__all__ = [
    "EXTENSION_DAYS_IN_ALL",
    "NO_FACTS",
    "REOPEN_DAYS",
    "Facts",
    "allowed",
    "apply",
    "faults",
    "lead",
    "next_leg",
    "step",
]


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
    _check_units(ticket, command.kind, data, facts)
    draft = Draft(ticket, command.actor, now)
    handler = HANDLERS.get(command.kind)
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


_ACCUSATIONS = (TicketType.COMPLAINT, TicketType.REPORT)


def _check_units(ticket: Ticket, kind: CommandKind, data: Mapping[str, Any], facts: Facts) -> None:
    """A unit must be in force, and none gets a complaint about itself; only the meeting, which hears both, may rule so."""
    named = [data.get("unit"), data.get("lead"), *data.get("supports", ())]
    for unit in filter(None, [*named, data.get("proposed_unit")]):
        if facts.known_units is not None and unit not in facts.known_units:
            raise Refused("UNKNOWN_UNIT", f"没有代码为“{unit}”的在用单位，请重新选择。", unit=unit)
    if kind is not C.RULE and ticket.type in _ACCUSATIONS and ticket.party_unit in filter(None, named):
        raise Refused("PARTY_UNIT", "来话反映的正是该单位，不能派给它；如确应由它办理，请提交联席会议。")


def _whole(draft: Draft, move: Move, data: dict[str, Any]) -> None:
    """The same event on every leg that it concerns. Nothing is filed away while somebody still owes something."""
    owing = [leg for leg in draft.ticket.legs if leg.state in OPEN]
    if move.command is C.ARCHIVE and owing:
        raise _wrong_state(owing[0], move.command)
    legs = [leg for leg in draft.ticket.legs if leg.state in move.sources]
    if not legs:
        raise _wrong_state(lead(draft.ticket), move.command)
    if move.command is C.MERGE and data["master"] == draft.ticket.no:
        raise Refused("SELF_MERGE", "不能把工单并入它自己，请选择另一张工单。")
    for leg in legs:
        target = move.target or leg.before or S.RECEIVED
        draft.add(move.event, leg.id, state=target, was=leg.state, **data)


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
        if leg.role is LegRole.INTERIM and leg.state in OPEN and leads and leads[0].state is not S.DISPUTED:
            found.append(f"{leg.id} is still interim although the lead is not in dispute")
    if ticket.state in ENDED and any(leg.state in OPEN for leg in ticket.legs):
        found.append(f"ticket is {ticket.state} with an open leg")
    return tuple(found)
