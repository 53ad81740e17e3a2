"""fold(events) -> ticket. The stored rows are a cache of this; the doctor compares the two."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from tickets.moves import ENDED
from tickets.types import Channel, Event, EventKind, Leg, LegRole, LegState, Ticket, TicketType, Urgency

E, S = EventKind, LegState


def fold(events: Iterable[Event]) -> Ticket:
    """The ticket that a whole history, oldest first, leaves. Raises ValueError when it does not begin with TicketOpened."""
    ticket: Ticket | None = None
    for event in events:
        ticket = opened(event) if ticket is None else apply(ticket, event)
    if ticket is None:
        raise ValueError("a ticket has at least one event")
    return ticket


def opened(event: Event) -> Ticket:
    """The ticket that TicketOpened makes: one lead leg, held by the hotline."""
    if event.kind is not E.OPENED or event.leg is None:
        raise ValueError("a history begins with TicketOpened")
    data = event.data
    leg = Leg(id=event.leg, role=LegRole.LEAD, state=S.RECEIVED, opened_at=event.at)
    return Ticket(
        no=event.ticket_no,
        version=event.seq,
        state=S.RECEIVED,
        opened_at=event.at,
        channel=Channel(data["channel"]),
        type=TicketType(data["type"]),
        urgency=Urgency(data["urgency"]),
        legs=(leg,),
        matter=data.get("matter"),
        street=data.get("street"),
        place=data.get("place"),
        profile=data.get("profile", "default"),
        receipts=(data["receipt_no"],),
        n_parts=data.get("of", 1),
        confidential=data.get("confidential", False),
        anonymous=data.get("anonymous", False),
        party_unit=data.get("party_unit"),
    )


def apply(ticket: Ticket, event: Event) -> Ticket:
    """The ticket after one more event, which must be the next in number."""
    if event.seq != ticket.version + 1:
        raise ValueError(f"event {event.seq} does not follow {ticket.version} of {ticket.no}")
    if event.leg is not None:
        ticket = _with_leg(ticket, event)
    ticket = replace(ticket, version=event.seq, **_overlays(ticket, event))
    return replace(ticket, state=state_of(ticket.legs))


def state_of(legs: tuple[Leg, ...]) -> LegState:
    """The ticket's state: the lead's; while a support or interim leg outlives an ended lead, IN_PROGRESS."""
    lead = next(leg for leg in legs if leg.role is LegRole.LEAD)
    if lead.state in ENDED and any(leg.state not in ENDED for leg in legs):
        return S.IN_PROGRESS
    return lead.state


def _with_leg(ticket: Ticket, event: Event) -> Ticket:
    legs = list(ticket.legs)
    for index, leg in enumerate(legs):
        if leg.id == event.leg:
            legs[index] = _leg_after(leg, event)
            return replace(ticket, legs=tuple(legs))
    if event.kind not in (E.LEG_ADDED, E.INTERIM_APPOINTED):
        raise ValueError(f"{event.kind} on unknown leg {event.leg}")
    return replace(ticket, legs=(*legs, _new_leg(event)))


def _new_leg(event: Event) -> Leg:
    data = event.data
    return Leg(
        id=str(event.leg),
        role=LegRole(data["role"]),
        state=LegState(data["state"]),
        unit=data["unit"],
        post=data.get("post"),
        round=data["round"],
        held_by=(data["unit"],),
        return_forbidden=bool(data.get("return_forbidden", False)),
        opened_at=event.at,
        dispatched_at=event.at,
    )


def _leg_after(leg: Leg, event: Event) -> Leg:
    changes = _leg_changes(leg, event)
    if "state" in event.data:
        changes["state"] = LegState(event.data["state"])
    return replace(leg, **changes)


def _leg_changes(leg: Leg, event: Event) -> dict[str, Any]:
    change = _LEG.get(event.kind)
    return {} if change is None else change(leg, event)


def _closed_if(state: LegState) -> Callable[[Leg, Event], dict[str, Any]]:
    def change(leg: Leg, event: Event) -> dict[str, Any]:
        return {"n_callbacks": 0, "closed_at": event.at if event.data["state"] == state else leg.closed_at}

    return change


def _handed_over(leg: Leg, event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "unit": data["unit"],
        "post": data.get("post"),
        "round": data["round"],
        "held_by": (*leg.held_by, data["unit"]),
        "return_forbidden": bool(data.get("return_forbidden", False)),
        "dispatched_at": event.at,
        "accepted_at": None,
        "contacted_at": None,
        "replied_at": None,
        "replied_by": None,
    }


_LegChange = Callable[[Leg, Event], dict[str, Any]]

_LEG: dict[EventKind, _LegChange] = {
    **dict.fromkeys((E.DISPATCHED, E.REASSIGNED, E.RETURN_APPROVED, E.REFLOWED), _handed_over),
    E.ACCEPTED: lambda _leg, event: {"accepted_at": event.at},
    E.CONTACTED: lambda leg, event: {"contacted_at": leg.contacted_at or event.at},
    **dict.fromkeys(
        (E.REPLIED, E.SETTLED),
        lambda leg, event: {
            "replied_at": event.at,
            "replied_by": event.actor,
            "accepted_at": leg.accepted_at or event.at,
        },
    ),
    E.ANSWERED: lambda _leg, event: {"replied_at": event.at, "replied_by": event.actor, "n_callbacks": 0},
    E.RETURN_REQUESTED: lambda leg, event: {"refused_by": (*leg.refused_by, event.data["unit"])},
    E.RETURN_REFUSED: lambda leg, _event: {"refused_by": leg.refused_by[:-1]},
    E.EXTENSION_REQUESTED: lambda _leg, event: {"asked_days": event.data["days"], "approved_by": None},
    E.EXTENSION_APPROVED: lambda _leg, event: {"approved_by": event.data["by"]},
    E.EXTENSION_GRANTED: lambda leg, event: {
        "extended_days": leg.extended_days + event.data["days"],
        "asked_days": 0,
        "approved_by": None,
    },
    E.EXTENSION_REFUSED: lambda _leg, _event: {"asked_days": 0, "approved_by": None},
    E.CALLED_BACK: lambda _leg, event: {"n_callbacks": event.data["attempt"]},
    E.REPLY_PASSED: _closed_if(S.CLOSED),
    E.MERGED: lambda _leg, event: {"before": LegState(event.data["was"])},
    E.UNMERGED: lambda _leg, _event: {"before": None},
    **dict.fromkeys((E.CLOSED, E.INTERIM_RELEASED), lambda _leg, event: {"closed_at": event.at}),
    **dict.fromkeys((E.REOPENED, E.REWORK_ORDERED), lambda _leg, _event: {"closed_at": None}),
}

_FROM_DISPATCH = ("matter", "street", "row", "precedent", "field", "profile")
_FROM_DECISION = ("matter", "street", "place", "profile", "field", "fallback", "list_version", "row", "precedent")
_FROM_UNDERSTANDING = ("matter", "street", "place", "party_unit")


def _overlays(ticket: Ticket, event: Event) -> dict[str, Any]:
    change = _TICKET.get(event.kind)
    return {} if change is None else change(ticket, event.data)


def _decided(_ticket: Ticket, data: Mapping[str, Any]) -> dict[str, Any]:
    reason = None if data["kind"] == "dispatch" else data["sentence"]
    return {**_given(data, _FROM_DECISION), "triage_reason": reason}


def _understood(_ticket: Ticket, data: Mapping[str, Any]) -> dict[str, Any]:
    changes = _given(data, _FROM_UNDERSTANDING)
    if "type" in data:
        changes["type"] = TicketType(data["type"])
    if "urgency" in data:
        changes["urgency"] = Urgency(data["urgency"])
    return changes


def _rated(ticket: Ticket, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "satisfaction": data.get("score", data.get("satisfaction", ticket.satisfaction)),
        "solved": data.get("solved", ticket.solved),
        "contacted": data.get("contacted", ticket.contacted),
    }


def _given(data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if data.get(name) is not None}


_TicketChange = Callable[[Ticket, Mapping[str, Any]], dict[str, Any]]

_TICKET: dict[EventKind, _TicketChange] = {
    E.DECIDED: _decided,
    E.UNDERSTOOD: _understood,
    E.DISPATCHED: lambda _ticket, data: {**_given(data, _FROM_DISPATCH), "triage_reason": None},
    E.REFLOWED: lambda _ticket, _data: {"triage_reason": None},
    **dict.fromkeys(
        (E.APPENDED, E.SUPPLIED), lambda ticket, data: {"receipts": (*ticket.receipts, data["receipt_no"])}
    ),
    E.MERGED: lambda _ticket, data: {"master": data["master"]},
    E.UNMERGED: lambda _ticket, _data: {"master": None},
    E.SUPERVISED: lambda _ticket, _data: {"supervised": True},
    E.CALLED_BACK: lambda ticket, data: _rated(ticket, data) if data["reached"] else {},
    E.RATED: _rated,
    **dict.fromkeys((E.REOPENED, E.REWORK_ORDERED), lambda _ticket, _data: {"satisfaction": None, "solved": None}),
}
