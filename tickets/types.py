"""The values that more than one package speaks of. Frozen, without behaviour that needs the world.

Every `datetime` here is aware and UTC. Scores lie in 0..1. Codes (`unit`, `matter`, `street`) are the
city pack's. Chinese terms are in docs/glossary.md under the same names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tickets.kinds import (
    Channel,
    CommandKind,
    DecisionKind,
    DeliveryState,
    EventKind,
    LegRole,
    LegState,
    Outcome,
    Role,
    TicketType,
    Urgency,
)
from tickets.said import NOTHING_SAID, Said

__all__ = [
    "NOWHERE",
    "RESIDENT",
    "SYSTEM",
    "Accepted",
    "Actor",
    "Answer",
    "Assignment",
    "Candidate",
    "Channel",
    "Command",
    "CommandKind",
    "Decision",
    "DecisionKind",
    "Delivery",
    "DeliveryState",
    "Entity",
    "Event",
    "EventKind",
    "Incoming",
    "Leg",
    "LegRole",
    "LegState",
    "Message",
    "Outcome",
    "Place",
    "Ranked",
    "Role",
    "Ticket",
    "TicketType",
    "Understanding",
    "Urgency",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: `id` is a login, "system" or "resident"; `unit` the unit that a centre's person works for."""

    id: str
    roles: frozenset[Role]
    unit: str | None = None


SYSTEM = Actor(id="system", roles=frozenset({Role.SYSTEM}))
RESIDENT = Actor(id="resident", roles=frozenset({Role.RESIDENT}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message as a channel hands it in, before it has a number.

    `external_id` is the channel's own id: the same one again is the same message. `sender` is a phone number in
    E.164 or the channel's user id and is personal data. `facts` is what the channel itself knows (form fields,
    the clerk, `place`, `matter`, `name`, `contact`, `anonymous`, `confidential`, `recording_url`, `way`;
    `answers` is true where an answer of the knowledge base is shown to the resident).
    `about` is the number of a ticket that this message certainly belongs to.
    """

    channel: Channel
    external_id: str
    sender: str
    text: str
    occurred_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A passage of the knowledge base as the answer to a message, as it was when it was given.

    `article` is its code, `unit` the name of who answers for it, `review_on` the day by which it must be read again,
    `confidence` the probability that it answers what was asked.
    """

    article: str
    title: str
    text: str
    unit: str
    review_on: date
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The answer to every channel: the number (受理编号), and what to say to the resident at once.

    `answer` is there when the knowledge base has answered already, so that no ticket was opened.
    """

    receipt_no: str
    token: str
    again: bool
    urgency: Urgency
    advice: str | None = None
    question: str | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A stored message. `flags` may hold "occurred_in_future", "occurred_long_ago", "text_cleaned"."""

    receipt_no: str
    channel: Channel
    external_id: str
    sender: str
    text: str
    occurred_at: datetime
    received_at: datetime
    urgency: Urgency
    danger: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    about: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A label with its calibrated probability."""

    label: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something found in the text. `start` and `end` are character offsets, half-open.

    `kind` is one of place, party, time, money, people, phone, id_card, plate, bank_card, name, door.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it is. `street` is the subdistrict's code or None; `score` is how sure that street is.

    `name` is the gazetteer's name of the most exact thing named, `said` the words as said, `detail` house number
    or lane. `streets` ranks every street that fits when the place lies on a border or a name is shared.
    """

    said: str = ""
    name: str | None = None
    kind: str | None = None
    street: str | None = None
    detail: str | None = None
    score: float = 0.0
    streets: tuple[Ranked, ...] = ()


NOWHERE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What the engine made of one message.

    `text` is normalised and masked: safe to show to any handler. `matters` holds up to five codes, best first,
    calibrated; `abstain` is true when the best is below what was chosen at training. `threshold` is the sum from
    which on several matters of one unit are as sure (None = not told). `danger` is the kind of danger (gas, fire,
    medical, crime, traffic, electric, collapse, drowning) or None. `features` are the words that spoke for the best
    matter, strongest first. `said` is what the message says beside matter and place, when somebody listened for it.
    """

    text: str
    matters: tuple[Ranked, ...]
    abstain: bool
    type: Ranked
    urgency: Ranked
    danger: str | None
    place: Place
    party: str | None
    entities: tuple[Entity, ...]
    features: tuple[tuple[str, float], ...]
    engine: str
    model_version: str
    threshold: float | None = None
    said: Said = NOTHING_SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A unit and, where the list names one, its authorised post."""

    unit: str
    post: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A unit that was looked at: from which row, whether it won, and one plain sentence why."""

    unit: str
    row: str
    matter: str
    won: bool
    reason: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who gets it and why. `sentence` is one plain Chinese sentence; `reason` a stable code.

    `suggestions` are the three best for a dispatcher when `kind` is TRIAGE. `call` is 110, 119 or 120 when the
    resident must be told to call. `basis` is shown to residents only when `basis_checked`.
    """

    kind: DecisionKind
    reason: str
    sentence: str
    matter: str | None = None
    lead: Assignment | None = None
    supports: tuple[Assignment, ...] = ()
    fallback: str | None = None
    profile: str = "default"
    process: str | None = None
    field: str | None = None
    row: str | None = None
    precedent: str | None = None
    basis: str | None = None
    basis_checked: bool = False
    list_version: str = ""
    question: str | None = None
    call: str | None = None
    candidates: tuple[Candidate, ...] = ()
    suggestions: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A wish of an actor about a ticket or one of its legs. `data` holds the command's own fields."""

    kind: CommandKind
    actor: Actor
    leg: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a ticket's history.

    `at` is when it was true (a deadline's own moment for a clock), `recorded_at` when it was noticed. `data` is
    plain JSON and never holds a resident's personal data: texts stay in the message, the event keeps a commitment.
    """

    ticket_no: str
    seq: int
    kind: EventKind
    at: datetime
    recorded_at: datetime
    actor: str
    leg: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """An assignment to a unit. `unit` is None while the hotline itself holds it.

    `round` counts dispatches of this leg; `refused_by` the units whose return is on record, in order; `held_by`
    every unit that had it; `before` the state to come back to when a merge is undone. `approved_by` gave the first
    of the two approvals that an extension needs; `n_callbacks` counts calls back that reached nobody.
    """

    id: str
    role: LegRole
    state: LegState
    unit: str | None = None
    post: str | None = None
    round: int = 0
    refused_by: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    return_forbidden: bool = False
    before: LegState | None = None
    replied_by: str | None = None
    approved_by: str | None = None
    asked_days: int = 0
    n_callbacks: int = 0
    opened_at: datetime
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    extended_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A work order (工单), folded from its events. `version` is the last event's seq.

    `n_parts` is how many tickets its first message opened: the first has the receipt's number, the second that number
    and "-2", and so on.
    """

    no: str
    version: int
    state: LegState
    opened_at: datetime
    channel: Channel
    type: TicketType
    urgency: Urgency
    legs: tuple[Leg, ...]
    matter: str | None = None
    street: str | None = None
    place: str | None = None
    profile: str = "default"
    field: str | None = None
    summary: str = ""
    receipts: tuple[str, ...] = ()
    n_parts: int = 1
    master: str | None = None
    confidential: bool = False
    anonymous: bool = False
    supervised: bool = False
    party_unit: str | None = None
    fallback: str | None = None
    list_version: str = ""
    row: str | None = None
    precedent: str | None = None
    triage_reason: str | None = None
    satisfaction: int | None = None
    solved: bool | None = None
    contacted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something to tell somebody, once: (event, channel, recipient) is unique.

    `channel` is sms, wechat, console or file; `recipient` a receipt number (the address is looked up at
    sending time, so that no address is copied) or "unit:CODE", "role:ROLE", "user:LOGIN".
    """

    ticket_no: str
    seq: int
    channel: str
    recipient: str
    text: str
    urgent: bool = False
