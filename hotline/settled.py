"""What becomes of a message: changes of tickets or a passage that answers it, and what is kept of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hotline import answer_store
from hotline.answering import Given, Unanswered
from hotline.reference import Snapshot
from tickets.store import Change
from tickets.types import Channel, Message, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Either `changes` or `given` is there; several changes open several tickets; `tried` is an enquiry that no article
    answered."""

    changes: tuple[Change, ...] = ()
    given: Given | None = None
    tried: Unanswered | None = None


def became(what: Settled) -> tuple[Outcome, list[str], str]:
    """Outcome, ticket numbers and reason for the message's own row."""
    if what.given is not None:
        return Outcome.ANSWERED, [], what.given.reason
    first = what.changes[0]
    outcome = Outcome.OPENED if first.new else Outcome.APPENDED
    return outcome, [change.ticket.no for change in what.changes], first.ticket.triage_reason or ""


def write_answers(session: Session, done: Sequence[tuple[Message, Settled]], snapshot: Snapshot, now: datetime) -> None:
    """What the knowledge base answered, and which enquiries it could not."""
    names, version = snapshot.unit_names(), snapshot.knowledge.version
    for message, what in done:
        if what.given is not None:
            unit = names.get(what.given.article.owner, what.given.article.owner)
            how = reach(message)
            answer_store.write(session, message.receipt_no, what.given, unit=unit, version=version, reach=how, now=now)
    open_ones = [(message.receipt_no, what.tried) for message, what in done if what.tried is not None]
    answer_store.note_open(session, open_ones, now)


def reach(message: Message) -> str:
    """How the sender can be told something: sms, wechat or none."""
    if message.channel is Channel.WECHAT:
        return "wechat"
    number = str(message.facts.get("contact") or message.sender)
    digits = number.removeprefix("+")
    return "sms" if digits.isdecimal() and digits.isascii() and 7 <= len(digits) <= 15 else "none"
