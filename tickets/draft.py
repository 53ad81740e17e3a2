"""What a step knows beside the ticket, and the events that it writes down."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tickets.fold import apply
from tickets.types import Actor, Event, EventKind, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a command must know of the world beside the ticket.

    `return_open`: the holder's return window has not ended. `before_due`: the finish deadline is ahead. `interim`
    is who handles the matter while a dispute is open. `known_units` are the units in force (None = not checked).
    Numbers come from the policy.
    """

    return_open: bool = True
    before_due: bool = True
    interim: str | None = None
    known_units: frozenset[str] | None = None
    max_refusals: int = 2
    max_returns: int = 2
    callback_attempts: int = 2


NO_FACTS = Facts()


@dataclass(slots=True)
class Draft:
    """Events being written; each is applied at once, so that the next sees the state it left."""

    ticket: Ticket
    actor: Actor
    now: datetime
    events: list[Event] = field(default_factory=list)

    def add(self, kind: EventKind, leg: str | None = None, **data: Any) -> None:
        """Write one event and let the ticket follow it."""
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
