"""Rows of the case file. Never an API schema."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from plumbing.db import UtcDateTime

_OPEN_MESSAGES = text("outcome = 'pending'")
_OPEN_ROWS = text("is_open")
_WAITING_DELIVERIES = text("state IN ('pending', 'sending')")
_WAITING_TICKETS = text("state = 'waiting'")


def _at(*, nullable: bool = False) -> Any:
    return Column(UtcDateTime, nullable=nullable)


class MessageRow(SQLModel, table=True):
    """A message as it came. The only place, with `ticket`, that holds a resident's words and address."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel", "external_id", name="uq_message_channel_external_id"),
        # serves intake.drain: what waits, danger first, oldest first
        Index(
            "ix_message_pending",
            "priority",
            "received_at",
            sqlite_where=_OPEN_MESSAGES,
            postgresql_where=_OPEN_MESSAGES,
        ),
        # serves intake: the newest ticket of a sender that waits for an answer
        Index("ix_message_sender", "sender", "received_at"),
    )
    receipt_no: str = Field(primary_key=True, max_length=20)
    channel: str = Field(max_length=20)
    external_id: str = Field(max_length=200)
    sender: str = Field(max_length=200)
    text: str = Field(sa_column=Column(Text, nullable=False))
    text_hash: str = Field(max_length=64)
    salt: str = Field(max_length=40)
    occurred_at: datetime = Field(sa_column=_at())
    received_at: datetime = Field(sa_column=_at())
    urgency: str = Field(max_length=20)
    danger: str | None = Field(default=None, max_length=20)
    priority: int
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    about: str | None = Field(default=None, max_length=20)
    flags: list[str] = Field(sa_column=Column(JSON, nullable=False))
    outcome: str = Field(max_length=20)
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    tickets: list[str] = Field(sa_column=Column(JSON, nullable=False))
    understanding: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    claimed_until: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    attempts: int = 0
    settled_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    sample: bool = False


class TicketRow(SQLModel, table=True):
    """A ticket as folded from its events, plus what no event holds: the resident's words
    (`summary`, `address`) and how to reach them (`reach`: sms, wechat or none)."""

    __tablename__ = "ticket"
    __table_args__ = (
        # serves the workbench's queues: open tickets of a state, danger first, oldest first
        Index(
            "ix_ticket_queue", "state", "priority", "opened_at", sqlite_where=_OPEN_ROWS, postgresql_where=_OPEN_ROWS
        ),
        # serves duplicate suggestions: the same matter in the same street of late
        Index("ix_ticket_matter", "matter", "street", "opened_at"),
        # serves the boards and the newest-first list
        Index("ix_ticket_opened", "opened_at"),
    )
    no: str = Field(primary_key=True, max_length=20)
    version: int
    state: str = Field(max_length=24)
    is_open: bool
    opened_at: datetime = Field(sa_column=_at())
    channel: str = Field(max_length=20)
    type: str = Field(max_length=20)
    urgency: str = Field(max_length=20)
    priority: int
    matter: str | None = Field(default=None, max_length=40)
    street: str | None = Field(default=None, max_length=40)
    place: str | None = Field(default=None, max_length=200)
    address: str = Field(default="", sa_column=Column(Text, nullable=False))
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    profile: str = Field(max_length=40)
    field: str | None = Field(default=None, max_length=40)
    receipts: list[str] = Field(sa_column=Column(JSON, nullable=False))
    n_parts: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    master: str | None = Field(default=None, max_length=20)
    confidential: bool = False
    anonymous: bool = False
    supervised: bool = False
    party_unit: str | None = Field(default=None, max_length=40)
    fallback: str | None = Field(default=None, max_length=40)
    list_version: str = Field(default="", max_length=40)
    row: str | None = Field(default=None, max_length=80)
    precedent: str | None = Field(default=None, max_length=80)
    triage_reason: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    satisfaction: int | None = None
    solved: bool | None = None
    contacted: bool | None = None
    lead_unit: str | None = Field(default=None, max_length=40, index=True)
    reach: str = Field(default="none", max_length=10)
    head: str = Field(max_length=64)
    sample: bool = False


class LegRow(SQLModel, table=True):
    """An assignment to a unit."""

    __tablename__ = "leg"
    __table_args__ = (
        # serves a centre's desk: what is open at my unit
        Index("ix_leg_unit", "unit", "state", "opened_at", sqlite_where=_OPEN_ROWS, postgresql_where=_OPEN_ROWS),
        # serves the workbench's queues of one step: returns, disputes, requests, replies, calls back
        Index("ix_leg_queue", "state", "opened_at", "id", sqlite_where=_OPEN_ROWS, postgresql_where=_OPEN_ROWS),
    )
    id: str = Field(primary_key=True, max_length=24)
    ticket_no: str = Field(sa_column=Column(String(20), ForeignKey("ticket.no"), nullable=False, index=True))
    role: str = Field(max_length=12)
    state: str = Field(max_length=24)
    is_open: bool
    unit: str | None = Field(default=None, max_length=40)
    post: str | None = Field(default=None, max_length=40)
    round: int = 0
    refused_by: list[str] = Field(sa_column=Column(JSON, nullable=False))
    held_by: list[str] = Field(sa_column=Column(JSON, nullable=False))
    return_forbidden: bool = False
    before: str | None = Field(default=None, max_length=24)
    replied_by: str | None = Field(default=None, max_length=80)
    approved_by: str | None = Field(default=None, max_length=80)
    asked_days: int = 0
    n_callbacks: int = 0
    extended_days: int = 0
    opened_at: datetime = Field(sa_column=_at())
    dispatched_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    accepted_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    contacted_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    replied_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    closed_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))


class EventRow(SQLModel, table=True):
    """One line of history; append only. `hash` follows the ticket's event before it."""

    __tablename__ = "event"
    __table_args__ = (
        # serves the boards: events of a kind in a period
        Index("ix_event_kind_at", "kind", "at"),
    )
    ticket_no: str = Field(sa_column=Column(String(20), ForeignKey("ticket.no"), primary_key=True))
    seq: int = Field(primary_key=True)
    kind: str = Field(max_length=40)
    leg: str | None = Field(default=None, max_length=24)
    at: datetime = Field(sa_column=_at())
    recorded_at: datetime = Field(sa_column=_at())
    actor: str = Field(max_length=80)
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    hash: str = Field(max_length=64)


class DeliveryRow(SQLModel, table=True):
    """The outbox."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("ticket_no", "seq", "channel", "recipient", name="uq_delivery_once"),
        # serves the sender: what waits, urgent first
        Index(
            "ix_delivery_waiting",
            "priority",
            "next_at",
            sqlite_where=_WAITING_DELIVERIES,
            postgresql_where=_WAITING_DELIVERIES,
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    ticket_no: str = Field(max_length=20, index=True)
    seq: int
    channel: str = Field(max_length=20)
    recipient: str = Field(max_length=120)
    text: str = Field(sa_column=Column(Text, nullable=False))
    priority: int
    state: str = Field(max_length=12)
    attempts: int = 0
    next_at: datetime = Field(sa_column=_at())
    claimed_until: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    sent_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    result: str = Field(default="", sa_column=Column(Text, nullable=False))


class IdempotencyRow(SQLModel, table=True):
    """A command that was done once for its key; `answer` is None while it is being done."""

    __tablename__ = "idempotency"
    actor: str = Field(primary_key=True, max_length=80)
    key: str = Field(primary_key=True, max_length=120)
    request: str = Field(max_length=64)
    ticket_no: str = Field(max_length=20)
    version: int
    at: datetime = Field(sa_column=_at())


class RevealRow(SQLModel, table=True):
    """Who looked at a resident's name or number, when and why."""

    __tablename__ = "reveal"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=_at())
    actor: str = Field(max_length=80)
    ticket_no: str = Field(max_length=20, index=True)
    reason: str = Field(sa_column=Column(Text, nullable=False))


class TryRow(SQLModel, table=True):
    """A failed try to follow a ticket; too many close the door for a while."""

    __tablename__ = "follow_try"
    __table_args__ = (Index("ix_follow_try", "receipt_no", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    receipt_no: str = Field(max_length=20)
    at: datetime = Field(sa_column=_at())


class AnswerRow(SQLModel, table=True):
    """What the knowledge base answered to a message, as it read then, and what the resident said of it.

    `verdict` is solved, unsolved or None; `went_to` the receipt under which an unsolved message goes on.
    """

    __tablename__ = "answer"
    __table_args__ = (
        # serves the page of the knowledge base: how often each article answered, of late
        Index("ix_answer_article", "article", "at"),
    )
    receipt_no: str = Field(primary_key=True, max_length=20)
    article: str = Field(max_length=40)
    list_version: str = Field(max_length=40)
    title: str = Field(sa_column=Column(Text, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    unit: str = Field(max_length=80)
    review_on: date
    confidence: float
    at: datetime = Field(sa_column=_at())
    verdict: str | None = Field(default=None, max_length=12)
    verdict_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    went_to: str | None = Field(default=None, max_length=20)


class QuoteRow(SQLModel, table=True):
    """Who of staff took which article for a reply on which ticket; once each."""

    __tablename__ = "article_quote"
    ticket_no: str = Field(primary_key=True, max_length=20)
    article: str = Field(primary_key=True, max_length=40)
    actor: str = Field(primary_key=True, max_length=80)
    at: datetime = Field(sa_column=_at())


class OpenQuestionRow(SQLModel, table=True):
    """An enquiry that no article answered, with the likeliest one; its words stay in the message.

    `why` is none (no article), unsure (below the threshold), stale (its review is over) or unchecked (its source is 待核).
    """

    __tablename__ = "open_question"
    __table_args__ = (
        # serves the page of the knowledge base: the newest questions without an answer
        Index("ix_open_question_at", "at"),
    )
    receipt_no: str = Field(primary_key=True, max_length=20)
    why: str = Field(max_length=12)
    article: str | None = Field(default=None, max_length=40)
    confidence: float
    at: datetime = Field(sa_column=_at())


class AnchorRow(SQLModel, table=True):
    """The daily Merkle root over the heads of all tickets."""

    __tablename__ = "anchor"
    day: date = Field(primary_key=True)
    root: str = Field(max_length=64)
    n_tickets: int
    at: datetime = Field(sa_column=_at())


class SettingRow(SQLModel, table=True):
    """What an installation makes once: its secret, the test clock, the sample's mark."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True, max_length=60)
    value: str = Field(sa_column=Column(Text, nullable=False))


class GatheringRow(SQLModel, table=True):
    """A ticket on its way to a cluster: `waiting` until it was looked at, then `done`; `failed` after three tries;
    `apart` when people have said that it stands alone."""

    __tablename__ = "gathering"
    __table_args__ = (
        # serves the gatherer: what waits, oldest first
        Index("ix_gathering_waiting", "at", sqlite_where=_WAITING_TICKETS, postgresql_where=_WAITING_TICKETS),
    )
    ticket_no: str = Field(sa_column=Column(String(20), ForeignKey("ticket.no"), primary_key=True))
    at: datetime = Field(sa_column=_at())
    state: str = Field(max_length=12)
    attempts: int = 0


class ClusterRow(SQLModel, table=True):
    """An event that several tickets tell of (事件). `warned` is the step that was warned of, `noticed` the step that
    a dispatcher has taken note of."""

    __tablename__ = "cluster"
    __table_args__ = (
        # serves the page of events: what people spoke of lately
        Index("ix_cluster_last", "is_open", "last_at"),
    )
    id: str = Field(primary_key=True, max_length=24)
    is_open: bool
    founded_at: datetime = Field(sa_column=_at())
    last_at: datetime = Field(sa_column=_at())
    warned: int = 0
    warned_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    noticed: int = 0
    noticed_by: str | None = Field(default=None, max_length=80)


class ClusterMemberRow(SQLModel, table=True):
    """A ticket of a cluster: which ticket it is most like, how probable that is, why, and who put it there."""

    __tablename__ = "cluster_member"
    __table_args__ = (
        # serves the page and the count of callers: a cluster's tickets in their order
        Index("ix_cluster_member_cluster", "cluster", "at"),
        # serves the page of events: which clusters grew lately
        Index("ix_cluster_member_at", "at"),
    )
    ticket_no: str = Field(sa_column=Column(String(20), ForeignKey("ticket.no"), primary_key=True))
    cluster: str = Field(sa_column=Column(String(24), ForeignKey("cluster.id"), nullable=False))
    at: datetime = Field(sa_column=_at())
    with_no: str | None = Field(default=None, max_length=20)
    score: float = 1.0
    why: str = Field(default="", sa_column=Column(Text, nullable=False))
    by: str = Field(max_length=80)


class ClusterPartingRow(SQLModel, table=True):
    """A ticket that somebody took out of a cluster: it does not come back by itself."""

    __tablename__ = "cluster_parting"
    ticket_no: str = Field(sa_column=Column(String(20), ForeignKey("ticket.no"), primary_key=True))
    cluster: str = Field(sa_column=Column(String(24), ForeignKey("cluster.id"), primary_key=True))
    at: datetime = Field(sa_column=_at())
    actor: str = Field(max_length=80)
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))


class ClusterKeyRow(SQLModel, table=True):
    """A block that a ticket lies in; only tickets that share one are compared."""

    __tablename__ = "cluster_key"
    __table_args__ = (
        # serves the gatherer: tickets that share a block, of late
        Index("ix_cluster_key", "key", "at"),
        # serves the chores: blocks that are too old to be looked at
        Index("ix_cluster_key_at", "at"),
    )
    ticket_no: str = Field(sa_column=Column(String(20), ForeignKey("ticket.no"), primary_key=True))
    key: str = Field(primary_key=True, max_length=80)
    at: datetime = Field(sa_column=_at())
