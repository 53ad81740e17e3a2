"""A resident's own view of a ticket, opened by the number and a proof: the phone's last four digits or the token."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session

from hotline import answer_store, story
from hotline.answers import Answers
from hotline.desk import Desk
from hotline.intake import Intake
from hotline.reference import Reference
from nlu import guard
from plumbing import ids
from plumbing.clock import Clock
from plumbing.db import Database
from plumbing.errors import BadInput, NotFound, Refused
from sla import store as sla_store
from sla.types import ClockKind
from tickets import lifecycle, parts
from tickets import store as ticket_store
from tickets.moves import OPEN, WORDS
from tickets.ports import Followed, Sibling
from tickets.store import table
from tickets.tables import AnswerRow, MessageRow, TryRow
from tickets.types import RESIDENT, Channel, Command, CommandKind, EventKind, Incoming, LegState, Outcome, Ticket

MAX_TRIES = 5
TRY_WINDOW = timedelta(minutes=15)
MAX_TRIES_A_DAY = 20
TRY_DAY = timedelta(days=1)
"""Four digits are ten thousand guesses: twenty a day make that a year and more."""
_KEPT_FACTS = ("name", "contact", "place", "anonymous", "confidential")
"""What holds for a resident's further words too, for they may open a ticket of their own."""

_MAY = {
    CommandKind.SUPPLY: "supply",
    CommandKind.WITHDRAW: "withdraw",
    CommandKind.RATE: "rate",
    CommandKind.REOPEN: "reopen",
}
_try = table(TryRow)
STATE_ANSWERED = "已答复"
"""What a message is that the knowledge base answered; no state of a ticket has this word."""


class Follow:
    """The use case behind tickets.ports.Follow."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        reference: Reference,
        *,
        intake: Intake,
        desk: Desk,
        answers: Answers,
    ) -> None:
        self._database = database
        self._clock = clock
        self._reference = reference
        self._intake = intake
        self._desk = desk
        self._answers = answers

    def look(self, receipt_no: str, proof: str) -> Followed:
        """See tickets.ports.Follow.look."""
        row, part = self._open(receipt_no, proof)
        with self._database.reading() as session:
            return self._view(session, row, part)

    def act(self, receipt_no: str, proof: str, *, action: str, data: Mapping[str, Any]) -> Followed:
        """See tickets.ports.Follow.act."""
        row, part = self._open(receipt_no, proof)
        if action in _OF_ANSWERS:
            return self._judge(row, action, str(data.get("text") or ""))
        row = self._gone_on(row)
        if not row.tickets:
            raise Refused("PENDING", "您的诉求正在受理，请稍后再试。")
        number, text = _ticket_no(row, part), str(data.get("text") or "")
        match action:
            case "supply":
                pass
            case "withdraw" | "rate" | "reopen":
                fields = {name: value for name, value in data.items() if name not in ("text", "key")}
                command = Command(kind=CommandKind(action), actor=RESIDENT, data=fields)
                self._desk.act(number, command, key=data.get("key"))
            case _:
                raise BadInput("UNKNOWN_ACTION", "没有这种操作，请从页面上的按钮中选择。")
        if action == "supply" or text.strip():  # words beside a rating are words to the hotline all the same
            self._supply(row, number, text, str(data.get("key") or ids.token()))
        danger = guard.danger(text)
        with self._database.reading() as session:
            view = self._view(session, row, part)
        view = replace(view, no=view.no if view.siblings else parts.typed(receipt_no)[0])
        return replace(view, call=danger.call) if danger and danger.call else view

    def _judge(self, row: MessageRow, action: str, more: str) -> Followed:
        """What the resident says of the answer: it helped, or the message goes on to a person."""
        if action == "unsolved":
            self._answers.unsolved(row.receipt_no, more=more)
        else:
            self._answers.solved(row.receipt_no)
        with self._database.reading() as session:
            return self._view(session, row)

    def _gone_on(self, row: MessageRow) -> MessageRow:
        """The message under which it goes on, when the answer to this one did not help."""
        with self._database.reading() as session:
            return _later(session, row) or row

    def _supply(self, row: MessageRow, number: str, text: str, key: str) -> None:
        self._intake.accept(
            Incoming(
                channel=Channel.WEB,
                external_id=f"follow:{number}:{key}",
                sender=row.sender,
                text=text,
                about=number,
                facts={name: row.facts[name] for name in _KEPT_FACTS if name in row.facts},
            )
        )

    def _open(self, receipt_no: str, proof: str) -> tuple[MessageRow, int]:
        """The message and which of its tickets is meant, when the proof fits. A wrong number and a wrong proof look the same and both count.

        Nobody guesses the token: it opens also while others' guesses keep the four digits locked.
        """
        number, part = parts.typed(receipt_no)
        with self._database.reading() as session:
            row = session.get(MessageRow, number) if ids.plausible(number) else None
        if row is not None and _same(proof, self._intake.token(number)):
            return row, part
        # The try is on record before it is judged: a hundred guesses at once are a hundred tries.
        mine = self._try(number[:20])
        with self._database.reading() as session:
            too_many = _too_many(session, mine)
        if too_many is None and (row is None or not _same(proof, _tail(row))):
            raise NotFound("NO_MATCH", "受理编号与验证信息不符，请核对编号和手机号后四位。")
        with self._database.transaction() as session:
            session.execute(delete(_try).where(_try.c.id == mine.id))
        if too_many is not None or row is None:
            raise Refused("TOO_MANY", f"尝试次数过多，请{too_many}再试，或拨打12345查询。")
        return row, part

    def _try(self, number: str) -> TryRow:
        now = self._clock.now()
        mine = TryRow(receipt_no=number, at=now)
        with self._database.transaction() as session:
            session.execute(delete(_try).where(_try.c.receipt_no == number, _try.c.at <= now - TRY_DAY))
            session.add(mine)
        return mine

    def _view(self, session: Session, row: MessageRow, part: int = 1) -> Followed:
        given = answer_store.read(session, row.receipt_no) if row.outcome == Outcome.ANSWERED else None
        later = _later(session, row)
        if later is not None and given is not None:
            view = self._view(session, later, part)
            first = ((row.received_at, "我们收到了您的咨询。"), (given.at, _ANSWERED), (later.received_at, _WENT_ON))
            return replace(view, no=row.receipt_no, steps=(*first, *view.steps), passage=answer_store.answer(given))
        if given is not None:
            return _answered(row, given)
        if not row.tickets:
            return _pending(row)
        tickets = ticket_store.load(session, row.tickets)
        ticket = tickets[_ticket_no(row, part)]
        events = ticket_store.events_of(session, ticket.no)
        names = self._reference.now().unit_names()
        lead = lifecycle.lead(ticket)
        asked = next((event for event in reversed(events) if event.kind is EventKind.ASKED), None)
        answers = [
            event for event in events if event.kind in (EventKind.REPLIED, EventKind.SETTLED, EventKind.ANSWERED)
        ]
        clocks = sla_store.load_clocks(session, [ticket.no]).get(ticket.no, {})
        promise = next((clock for clock in clocks.values() if clock.kind is ClockKind.PROMISE), None)
        passed = ticket.state not in OPEN or ticket.state is LegState.CALLBACK
        return Followed(
            no=ticket.no if len(row.tickets) > 1 else row.receipt_no,
            state=WORDS[ticket.state],
            summary=row.text[:200],
            unit=names.get(lead.unit or "") if lead.unit else None,
            due_at=promise.due_at if promise and ticket.state in OPEN else None,
            steps=tuple(_steps(events, names)),
            answer=str(answers[-1].data["answer"]) if answers and passed else None,
            question=str(asked.data["question"]) if asked and lead.state is LegState.WAITING else None,
            may=_may(ticket),
            call=guard.call(row.danger) if row.danger else None,
            score=ticket.satisfaction,
            siblings=_siblings([tickets[no] for no in row.tickets], names),
        )


_OF_ANSWERS = frozenset({"unsolved", "solved"})
_ANSWERED = "已按知识库直接答复您。"
_WENT_ON = "您说没有解决，已转工单办理。"


def _later(session: Session, row: MessageRow) -> MessageRow | None:
    number = answer_store.went_to(session, row.receipt_no) if row.outcome == Outcome.ANSWERED else None
    return session.get(MessageRow, number) if number is not None else None


def _answered(row: MessageRow, given: AnswerRow) -> Followed:
    thanks = ((given.verdict_at, "您说问题已经解决。"),) if given.verdict_at and given.verdict == "solved" else ()
    return Followed(
        no=row.receipt_no,
        state=STATE_ANSWERED,
        summary=row.text[:200],
        unit=given.unit,
        due_at=None,
        steps=((row.received_at, "我们收到了您的咨询。"), (given.at, _ANSWERED), *thanks),
        answer=None,
        question=None,
        may=("unsolved",) if given.verdict else ("unsolved", "solved"),
        passage=answer_store.answer(given),
    )


def _ticket_no(row: MessageRow, part: int) -> str:
    """The ticket of that part; the first one when the message has no such part."""
    return next((no for no in row.tickets if parts.part_of(no) == part), row.tickets[0])


def _siblings(tickets: Sequence[Ticket], names: Mapping[str, str]) -> tuple[Sibling, ...]:
    if len(tickets) < 2:
        return ()
    leads = [(one, lifecycle.lead(one).unit) for one in tickets]
    return tuple(
        Sibling(no=one.no, part=parts.part_of(one.no), state=WORDS[one.state], unit=names.get(unit or ""))
        for one, unit in leads
    )


def _may(ticket: Ticket) -> tuple[str, ...]:
    found = [_MAY[kind] for kind in lifecycle.allowed(ticket, lifecycle.lead(ticket), RESIDENT) if kind in _MAY]
    if ticket.satisfaction is not None and ticket.state is LegState.CLOSED:
        found = [action for action in found if action != "rate"]
    return tuple(found)


def _steps(events: list[Any], names: Mapping[str, str]) -> list[tuple[datetime, str]]:
    lines = ((event.at, story.for_resident(event, names)) for event in events)
    return [(at, line) for at, line in lines if line is not None]


def _pending(row: MessageRow) -> Followed:
    return Followed(
        no=row.receipt_no,
        state="已收到",
        summary=row.text[:200],
        unit=None,
        due_at=None,
        steps=((row.received_at, "已收到您的诉求，正在派单。"),),
        answer=None,
        question=None,
        may=(),
        call=guard.call(row.danger) if row.danger else None,
    )


def _too_many(session: Session, mine: TryRow) -> str | None:
    """When to come again, if there were too many tries before this one; None when it may be judged."""
    for most, span, when in ((MAX_TRIES, TRY_WINDOW, "15分钟后"), (MAX_TRIES_A_DAY, TRY_DAY, "明天")):
        wanted = select(func.count()).where(_try.c.receipt_no == mine.receipt_no, _try.c.at > mine.at - span)
        if int(session.execute(wanted).scalar_one()) > most:
            return when
    return None


def _same(given: str, right: str | None) -> bool:
    return right is not None and compare_digest(given.strip().encode(errors="replace"), right.encode())


def _tail(row: MessageRow) -> str | None:
    """The last four digits of the phone number that was left; None for anything else."""
    contact = str(row.facts.get("contact") or row.sender)
    digits = contact.removeprefix("+").replace("-", "").replace(" ", "")
    return digits[-4:] if digits.isdecimal() and digits.isascii() and len(digits) >= 7 else None
