"""/api/v1 for programs: bearer tokens, JSON, the same use cases as the pages."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from accounts import rules as account_rules
from accounts import store as account_store
from hotline import views
from hotline.runtime import Runtime
from plumbing.errors import BadInput, Forbidden
from tickets import store as ticket_store
from tickets.ports import RulingWish
from tickets.store import table
from tickets.tables import TicketRow
from tickets.types import Accepted, Actor, Answer, Channel, Command, CommandKind, Incoming, LegState, Role

SENDERS = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.ADMIN})
"""Whose token may hand in messages."""


class MessageIn(BaseModel):
    """A message as another system hands it in."""

    model_config = ConfigDict(extra="forbid", strict=True)

    channel: str = Field(description="phone, sms, wechat, web, counter or api")
    external_id: str = Field(description="the sender's own id; the same again is the same message")
    sender: str = Field(default="", description="phone number or user id")
    text: str
    occurred_at: str | None = Field(default=None, description="ISO 8601 with zone")
    facts: dict[str, Any] = Field(default_factory=dict, description="place, name, contact, anonymous, confidential ...")


class MessageOut(BaseModel):
    """The answer at once: the number, and where to call when there is danger."""

    receipt_no: str
    again: bool
    urgency: str
    advice: str | None
    answer: "AnswerOut | None" = None


class AnswerOut(BaseModel):
    """What the knowledge base answered: show all of it, with the way on to a person."""

    article: str
    title: str
    text: str
    unit: str
    review_on: date
    confidence: float


class ReceiptOut(BaseModel):
    """What became of a message."""

    receipt_no: str
    outcome: str
    tickets: list[str]
    reason: str
    answer: AnswerOut | None = None


class CommandIn(BaseModel):
    """A command; fields beyond `command` and `leg` are the command's own (docs/api.md)."""

    model_config = ConfigDict(extra="allow")

    command: str
    leg: str | None = None


class StatementIn(BaseModel):
    """A unit's statement."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str


class RulingIn(BaseModel):
    """The chair's ruling."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lead: str
    supports: list[str] = []
    reason: str
    clause: str = ""
    precedent: bool = True
    words: list[str] = []


def bearer(runtime: Runtime) -> Callable[[Request], Actor]:
    """A dependency that turns the Authorization header into an actor, or ends in 401."""

    def actor(request: Request) -> Actor:
        scheme, _, word = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and word:
            with runtime.database.reading() as session:
                found = account_store.token_actor(session, word.strip(), runtime.clock.now())
            if found is not None:
                return found
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

    return actor


def router(runtime: Runtime) -> APIRouter:
    """All of /api/v1 but the board."""
    api = APIRouter(prefix="/api/v1", tags=["api"])
    who = Annotated[Actor, Depends(bearer(runtime))]

    @api.post("/messages", status_code=202, response_model=MessageOut)
    def post_message(body: MessageIn, actor: who) -> MessageOut:
        """Take a message: stored and numbered before this answers; understood and dispatched right after."""
        if not actor.roles & SENDERS:
            raise Forbidden("ROLE", "该令牌不能提交诉求，请使用受理岗位的令牌。")
        return taken(runtime.intake.accept(incoming(body)))

    @api.get("/messages/{receipt_no}", response_model=ReceiptOut)
    def get_message(receipt_no: str, actor: who) -> ReceiptOut:
        """What became of it: pending, opened, appended, answered or refused."""
        if not actor.roles & (SENDERS | account_rules.SEE_OPENLY):
            raise Forbidden("ROLE", "该令牌不能查询受理结果。")
        found = runtime.intake.receipt(receipt_no)
        return ReceiptOut(
            receipt_no=found.receipt_no,
            outcome=found.outcome,
            tickets=list(found.tickets),
            reason=found.reason,
            answer=_answer(found.answer),
        )

    @api.get("/tickets")
    def list_tickets(
        actor: who,
        state: Annotated[str | None, Query(description="a state such as DISPATCHED")] = None,
        unit: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        before: Annotated[str | None, Query(description="`next` of the page before")] = None,
    ) -> dict[str, Any]:
        """Tickets that the token may see, newest first, without their histories."""
        return _page_of_tickets(runtime, actor, state=state, unit=unit, limit=limit, before=before)

    @api.get("/tickets/{ticket_no}")
    def get_ticket(ticket_no: str, actor: who) -> dict[str, Any]:
        """A ticket with decision, legs, clocks and events."""
        return views.ticket(runtime, ticket_no, actor)

    @api.post("/tickets/{ticket_no}/commands")
    def post_command(
        ticket_no: str,
        body: CommandIn,
        actor: who,
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> dict[str, Any]:
        """Act on a ticket. The same Idempotency-Key again does nothing more and answers the ticket as it is."""
        runtime.desk.act(ticket_no, command(body, actor), key=idempotency_key)
        runtime.loops.outbox.wake()
        return views.ticket(runtime, ticket_no, actor)

    @api.get("/meetings")
    def agenda(actor: who, ruled: bool = False) -> list[dict[str, Any]]:
        """The joint meeting's agenda: open disputes, or ruled ones."""
        return [views.item(one) for one in runtime.meetings.agenda(actor=actor, ruled=ruled)]

    @api.get("/meetings/{item_id}")
    def item(item_id: str, actor: who) -> dict[str, Any]:
        """One dispute with its statements and ruling."""
        return views.item(runtime.meetings.item(item_id, actor=actor))

    @api.post("/meetings/{item_id}/statements", status_code=201)
    def statement(item_id: str, body: StatementIn, actor: who) -> dict[str, Any]:
        """A unit states its opinion."""
        return views.item(runtime.meetings.state(item_id, actor=actor, text=body.text))

    @api.post("/meetings/{item_id}/rulings", status_code=201)
    def ruling(
        item_id: str, body: RulingIn, actor: who, idempotency_key: Annotated[str | None, Header()] = None
    ) -> dict[str, Any]:
        """The chair rules; the ticket flows back at once with return forbidden."""
        wish = RulingWish(
            lead=body.lead,
            supports=tuple(body.supports),
            reason=body.reason,
            clause=body.clause,
            precedent=body.precedent,
            words=tuple(body.words),
        )
        ruled = runtime.meetings.rule(item_id, actor=actor, wish=wish, key=idempotency_key)
        runtime.loops.outbox.wake()
        return views.item(ruled)

    return api


def taken(accepted: Accepted) -> MessageOut:
    """What the sender is told at once."""
    return MessageOut(
        receipt_no=accepted.receipt_no,
        again=accepted.again,
        urgency=accepted.urgency,
        advice=accepted.advice,
        answer=_answer(accepted.answer),
    )


def _answer(given: Answer | None) -> AnswerOut | None:
    return AnswerOut(**asdict(given)) if given is not None else None


def incoming(body: MessageIn) -> Incoming:
    """The message as intake wants it. Raises BadInput BAD_CHANNEL, BAD_TIME."""
    if body.channel not in set(Channel):
        known = "、".join(Channel)
        raise BadInput("BAD_CHANNEL", f"没有“{body.channel[:40]}”这种渠道，可选：{known}。", field="channel")
    return Incoming(
        channel=Channel(body.channel),
        external_id=body.external_id,
        sender=body.sender,
        text=body.text,
        occurred_at=_instant(body.occurred_at, "occurred_at") if body.occurred_at else None,
        facts=body.facts,
    )


def _instant(value: str, field: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: 0001-01-01 east of Greenwich has no UTC
        pass
    raise BadInput("BAD_TIME", "时间格式不正确，应带时区，例如 2026-01-05T09:00:00+08:00。", field=field)


def command(body: CommandIn, actor: Actor) -> Command:
    """The command as the lifecycle wants it. Raises BadInput UNKNOWN_COMMAND."""
    if body.command not in set(CommandKind):
        raise BadInput("UNKNOWN_COMMAND", f"没有“{body.command[:40]}”这种操作，可选：" + "、".join(CommandKind) + "。")
    return Command(kind=CommandKind(body.command), actor=actor, leg=body.leg, data=dict(body.model_extra or {}))


def _page_of_tickets(
    runtime: Runtime, actor: Actor, *, state: str | None, unit: str | None, limit: int, before: str | None
) -> dict[str, Any]:
    t = table(TicketRow)
    wanted = select(t.c.no, t.c.opened_at).order_by(t.c.opened_at.desc(), t.c.no.desc()).limit(limit)
    if state is not None:
        if state not in set(LegState):
            raise BadInput("BAD_STATE", "状态应为：" + "、".join(LegState) + "。", field="state")
        wanted = wanted.where(t.c.state == state)
    if actor.roles & account_rules.SEE_OPENLY:
        if unit is not None:
            wanted = wanted.where(t.c.lead_unit == unit)
    else:
        wanted = wanted.where(t.c.lead_unit == (actor.unit or ""))
    if not actor.roles & account_rules.SEE_CONFIDENTIAL and actor.roles & account_rules.SEE_OPENLY:
        wanted = wanted.where(t.c.confidential.is_(False))  # else `next` could name one
    if before is not None:
        said, _, number = before.partition("~")
        at = _instant(said, "before")
        wanted = wanted.where((t.c.opened_at < at) | ((t.c.opened_at == at) & (t.c.no < number)))
    with runtime.database.reading() as session:
        rows = session.execute(wanted).all()
        tickets = ticket_store.load(session, [row.no for row in rows])
    visible = [tickets[row.no] for row in rows if account_rules.may_see(actor, tickets[row.no])]
    following = f"{rows[-1].opened_at.isoformat()}~{rows[-1].no}" if len(rows) == limit else None
    return {"tickets": [views.brief(one) for one in visible], "next": following}
