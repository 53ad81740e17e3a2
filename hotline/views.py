"""Tickets and agenda items as the API's JSON. Field names are a contract."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from accounts import rules as account_rules
from hotline.runtime import Runtime
from plumbing.errors import NotFound
from sla import store as sla_store
from sla.types import Clock
from tickets import parts
from tickets import store as ticket_store
from tickets.commands import FIELDS
from tickets.moves import WORDS
from tickets.ports import AgendaItem
from tickets.types import Actor, Event, EventKind, Leg, Role, Ticket

_WORDS_OF_PEOPLE = frozenset(
    field.name for fields in FIELDS.values() for field in fields if field.kind in ("text", "list")
)


def brief(ticket: Ticket) -> dict[str, Any]:
    """A line of a list."""
    return {
        "no": ticket.no,
        "state": ticket.state,
        "state_zh": WORDS[ticket.state],
        "matter": ticket.matter,
        "type": ticket.type,
        "urgency": ticket.urgency,
        "street": ticket.street,
        "place": ticket.place,
        "opened_at": ticket.opened_at.isoformat(),
        "units": [leg.unit for leg in ticket.legs if leg.unit],
    }


def ticket(runtime: Runtime, ticket_no: str, actor: Actor) -> dict[str, Any]:
    """The whole ticket. Raises NotFound, also for whoever may not know of it."""
    with runtime.database.reading() as session:
        found = ticket_store.load(session, [ticket_no]).get(ticket_no)
        if found is None or not account_rules.may_see(actor, found):
            raise NotFound("NO_TICKET", f"没有编号为{ticket_no}的工单。")
        events = ticket_store.events_of(session, ticket_no)
        clocks = list(sla_store.load_clocks(session, [ticket_no]).get(ticket_no, {}).values())
    decision = next((event for event in reversed(events) if event.kind is EventKind.DECIDED), None)
    sees_all = bool(actor.roles & account_rules.SEE_OPENLY) or Role.CENTRE not in actor.roles
    own = None if sees_all else actor.unit
    return brief(found) | {
        "version": found.version,
        "decision": dict(decision.data) if decision else None,
        "summary": found.summary,
        "triage_reason": found.triage_reason,
        "master": found.master,
        "same_message": _same_message(found),
        "legs": [_leg(leg, clocks) for leg in found.legs],
        "events": [_event(event, found, own) for event in events],
    }


def _same_message(ticket: Ticket) -> list[str]:
    """The other tickets of a message that holds several demands."""
    numbers = [parts.number(ticket.receipts[0], part) for part in range(1, ticket.n_parts + 1)]
    return [number for number in numbers if number != ticket.no]


def item(one: AgendaItem) -> dict[str, Any]:
    """An agenda item with its statements."""
    plain = asdict(one)
    plain["opened_at"] = one.opened_at.isoformat()
    plain["question"] = _masked(one.question)
    if one.ruling is not None:
        plain["ruling"] = _said(one.ruling)
    plain["statements"] = [
        asdict(said) | {"at": said.at.isoformat(), "text": _masked(said.text)} for said in one.statements
    ]
    return plain


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _masked(value) if name in _WORDS_OF_PEOPLE else value for name, value in data.items()}


def _masked(words: Any) -> Any:
    """What somebody wrote, without numbers of people: those are shown on request only, with a reason on record."""
    if isinstance(words, list | tuple):
        return [_masked(one) for one in words]
    return account_rules.mask_phone(words) if isinstance(words, str) else words


def _leg(leg: Leg, clocks: list[Clock]) -> dict[str, Any]:
    mine = sorted((clock for clock in clocks if clock.leg == leg.id), key=lambda clock: clock.started_at)
    return {
        "id": leg.id,
        "unit": leg.unit,
        "post": leg.post,
        "role": leg.role,
        "state": leg.state,
        "return_forbidden": leg.return_forbidden,
        "refused_by": list(leg.refused_by),
        "clocks": [_clock(clock) for clock in mine],
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "id": clock.id,
        "kind": clock.kind,
        "holder": clock.holder,
        "started_at": clock.started_at.isoformat(),
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "state": clock.state,
        "provisional": clock.provisional,
        "ended_at": clock.ended_at.isoformat() if clock.ended_at else None,
        "policy": clock.policy_version,
    }


def _event(event: Event, of: Ticket, own: str | None) -> dict[str, Any]:
    data = _said(event.data)
    if own is not None and not any(leg.id == event.leg and leg.unit == own for leg in of.legs):
        inner = {"note", "text"} if event.kind is EventKind.NOTED else {"note"}
        data = {name: value for name, value in data.items() if name not in inner}
    return {
        "seq": event.seq,
        "kind": event.kind,
        "leg": event.leg,
        "at": event.at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "actor": event.actor,
        "data": data,
    }
