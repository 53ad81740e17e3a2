"""fold(events) -> ticket. The stored rows are a cache of this; the doctor compares the two."""

from collections.abc import Iterable, Mapping
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
    data = event.data
    match event.kind:
        case E.DISPATCHED | E.REASSIGNED | E.RETURN_APPROVED | E.REFLOWED:
            return _handed_over(leg, event)
        case E.ACCEPTED:
            return {"accepted_at": event.at}
        case E.CONTACTED:
            return {"contacted_at": event.at}
        case E.REPLIED | E.SETTLED:
            return {"replied_at": event.at, "replied_by": event.actor, "accepted_at": leg.accepted_at or event.at}
        case E.RETURN_REQUESTED:
            return {"refused_by": (*leg.refused_by, data["unit"])}
        case E.RETURN_REFUSED:
            return {"refused_by": leg.refused_by[:-1]}
        case E.EXTENSION_REQUESTED:
            return {"asked_days": data["days"], "approved_by": None}
        case E.EXTENSION_APPROVED:
            return {"approved_by": data["by"]}
        case E.EXTENSION_GRANTED:
            return {"extended_days": leg.extended_days + data["days"], "asked_days": 0, "approved_by": None}
        case E.EXTENSION_REFUSED:
            return {"asked_days": 0, "approved_by": None}
        case E.CALLED_BACK:
            return {"n_callbacks": data["attempt"]}
        case E.REPLY_PASSED:
            return {"n_callbacks": 0, "closed_at": event.at if data["state"] == S.CLOSED else leg.closed_at}
        case E.MERGED:
            return {"before": LegState(data["was"])}
        case E.UNMERGED:
            return {"before": None}
        case E.CLOSED | E.INTERIM_RELEASED:
            return {"closed_at": event.at}
        case E.REOPENED | E.REWORK_ORDERED:
            return {"closed_at": None}
        case _:
            return {}


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


_FROM_DISPATCH = ("matter", "street", "row", "precedent", "field")
_FROM_DECISION = ("matter", "street", "place", "profile", "field", "fallback", "list_version", "row", "precedent")


def _overlays(ticket: Ticket, event: Event) -> Mapping[str, Any]:
    data = event.data
    match event.kind:
        case E.DECIDED:
            reason = None if data["kind"] == "dispatch" else data["sentence"]
            return {**_given(data, _FROM_DECISION), "triage_reason": reason}
        case E.UNDERSTOOD:
            changes = _given(data, ("matter", "street", "place", "party_unit"))
            if "type" in data:
                changes["type"] = TicketType(data["type"])
            if "urgency" in data:
                changes["urgency"] = Urgency(data["urgency"])
            return changes
        case E.DISPATCHED:
            return {**_given(data, (*_FROM_DISPATCH, "profile")), "triage_reason": None}
        case E.APPENDED | E.SUPPLIED:
            return {"receipts": (*ticket.receipts, data["receipt_no"])}
        case E.MERGED:
            return {"master": data["master"]}
        case E.UNMERGED:
            return {"master": None}
        case E.SUPERVISED:
            return {"supervised": True}
        case E.CALLED_BACK if data["reached"]:
            return _rating(ticket, data, "satisfaction")
        case E.RATED:
            return _rating(ticket, data, "score")
        case E.REOPENED | E.REWORK_ORDERED:
            return {"satisfaction": None} if event.kind is E.REOPENED else {}
        case _:
            return {}


def _rating(ticket: Ticket, data: Mapping[str, Any], score: str) -> dict[str, Any]:
    return {
        "satisfaction": data.get(score, ticket.satisfaction),
        "solved": data.get("solved", ticket.solved),
        "contacted": data.get("contacted", ticket.contacted),
    }


def _given(data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if data.get(name) is not None}
