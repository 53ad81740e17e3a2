"""The use cases that pages and channels call. `hotline/app.py` hands the real ones in; nobody imports them.

Every call opens and ends its own transaction. Errors are those of plumbing.errors, each with a Chinese sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tickets.types import Accepted, Actor, Answer, Channel, Command, Incoming, Outcome, Ticket, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message: `tickets` are numbers, `reason` is a Chinese sentence or empty.

    An answered one has an `answer`, and `tickets` only when the resident has said that it did not help.
    """

    receipt_no: str
    outcome: Outcome
    tickets: tuple[str, ...] = ()
    reason: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another ticket of the same message: its number, which demand it is, its state in Chinese, who has it."""

    no: str
    part: int
    state: str
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a resident may see of the own ticket: plain Chinese lines of history, the public answer, what may be done now.

    `siblings` are all tickets of a message that holds several demands, this one included; empty for one demand.
    `state` is the Chinese word; `steps` are (time, sentence); `may` is a subset of supply, withdraw, rate, reopen,
    unsolved, solved. `passage` is what the knowledge base answered, `answer` what a unit or the hotline did.
    """

    no: str
    state: str
    summary: str
    unit: str | None
    due_at: datetime | None
    steps: tuple[tuple[datetime, str], ...]
    answer: str | None
    question: str | None
    may: tuple[str, ...]
    call: str | None = None
    score: int | None = None
    passage: Answer | None = None
    siblings: tuple[Sibling, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a unit says to the meeting (陈述意见)."""

    unit: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """A dispute before the joint meeting (议题). `state` is open or ruled."""

    id: str
    field: str
    ticket_no: str
    leg: str
    question: str
    opened_at: datetime
    state: str
    units: tuple[str, ...]
    interim: str | None
    statements: tuple[Statement, ...] = ()
    ruling: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingWish:
    """What the chair rules: `lead` gets it with return forbidden; `precedent` keeps it for what comes after."""

    lead: str
    supports: tuple[str, ...] = ()
    reason: str
    clause: str = ""
    precedent: bool = True
    words: tuple[str, ...] = ()


class Intake(Protocol):
    """Step A of the flow. `accept` never waits for understanding and never loses what it answered for."""

    def accept(self, incoming: Incoming) -> Accepted:
        """Store, number and answer. The same (channel, external_id) with the same text gets the same answer.

        Raises BadInput: EMPTY_TEXT, TEXT_TOO_LONG (413), BAD_SENDER, BAD_ID, ID_REUSED (409, another text).
        """
        ...

    def receipt(self, receipt_no: str) -> Receipt:
        """Raises NotFound."""
        ...


class Desk(Protocol):
    """Staff and residents acting on tickets."""

    def act(self, ticket_no: str, command: Command, *, key: str | None = None) -> Ticket:
        """Do it, once for each idempotency `key`. Raises NotFound, Forbidden, Refused, BadInput, Conflict."""
        ...

    def counter(self, incoming: Incoming, *, clerk: Actor) -> Accepted:
        """A visit or a letter taken down by a clerk (窗口登记)."""
        ...

    def reveal(self, ticket_no: str, *, actor: Actor, reason: str) -> Mapping[str, str]:
        """The resident's name, contact and unmasked text for a person who may know, logged with the reason. Raises Forbidden, BadInput."""
        ...


class Follow(Protocol):
    """A resident's own view: the number plus the last four digits of the phone, or the token.

    A number may name a further ticket of its message: "-2", or a fifteenth digit.
    """

    def look(self, receipt_no: str, proof: str) -> Followed:
        """Raises NotFound, the same for a wrong number and for a wrong proof; too many tries raise Refused TOO_MANY."""
        ...

    def act(self, receipt_no: str, proof: str, *, action: str, data: Mapping[str, Any]) -> Followed:
        """supply {text}, withdraw {reason}, rate {score 1..5, solved, contacted, text}, reopen {reason}; on what the
        knowledge base answered: unsolved {text}, solved {}."""
        ...


class Answers(Protocol):
    """What the knowledge base has answered, and the way on to a person (转人工)."""

    def unsolved(self, receipt_no: str, *, more: str = "") -> Accepted:
        """The message was not answered after all: it goes on as a message with the same words and `more`, which opens a
        ticket. The same number again gives the same result. Raises NotFound, Refused NOT_ANSWERED."""
        ...

    def unsolved_by(self, channel: Channel, sender: str) -> Accepted | None:
        """The same for the last message of this sender that was answered within two days; None without one."""
        ...

    def quoted(self, ticket_no: str, article: str, *, actor: Actor) -> None:
        """Somebody of staff takes a passage for a reply: it is counted once for each ticket. Raises NotFound."""
        ...


class MeetingRoom(Protocol):
    """Joint meetings (联席会议)."""

    def agenda(self, *, actor: Actor, ruled: bool = False) -> Sequence[AgendaItem]: ...

    def item(self, item_id: str, *, actor: Actor) -> AgendaItem: ...

    def state(self, item_id: str, *, actor: Actor, text: str) -> AgendaItem: ...

    def rule(self, item_id: str, *, actor: Actor, wish: RulingWish, key: str | None = None) -> AgendaItem: ...


class Events(Protocol):
    """What dispatchers do with events (事件), the clusters of tickets. Raises NotFound, Forbidden, BadInput, Refused."""

    def take_out(self, cluster_id: str, numbers: Sequence[str], *, actor: Actor, reason: str) -> None:
        """These tickets do not belong there, and do not come back by themselves."""
        ...

    def split(self, cluster_id: str, numbers: Sequence[str], *, actor: Actor, reason: str) -> str:
        """These tickets are an event of their own; its id."""
        ...

    def dissolve(self, cluster_id: str, *, actor: Actor, reason: str) -> None:
        """There is no such event; its tickets stand alone from now on."""
        ...

    def notice(self, cluster_id: str, *, actor: Actor) -> None:
        """The warning was seen; the next step warns again."""
        ...

    def merge(self, cluster_id: str, numbers: Sequence[str], *, master: str, actor: Actor) -> tuple[str, ...]:
        """Merge these tickets into `master`, each by the ordinary command; those that were merged.

        One of danger to life or property (特急) is never merged this way.
        """
        ...


class Brain(Protocol):
    """An engine of understanding: many texts at once, in order; never raises for a strange text."""

    engine: str
    version: str

    def parse_many(self, texts: Sequence[str]) -> list[Understanding]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All use cases, as handed to the edges."""

    intake: Intake
    desk: Desk
    follow: Follow
    meetings: MeetingRoom
    events: Events | None = None
    answers: Answers | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
