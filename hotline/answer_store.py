"""What the knowledge base answered, in and out of the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session

from channels.answers import told
from hotline import record
from hotline.answering import Given, Unanswered
from plumbing.db import upsert_ignore
from tickets.store import table
from tickets.tables import AnswerRow, DeliveryRow, OpenQuestionRow
from tickets.types import Answer, Delivery, DeliveryState

GRACE = timedelta(seconds=20)
"""How long the outbox waits for the channel to have shown an answer in its own reply."""

_A, _D = table(AnswerRow), table(DeliveryRow)


def write(
    session: Session, receipt_no: str, given: Given, *, unit: str, version: str, reach: str, now: datetime
) -> None:
    """Keep what was answered; and tell it by `reach` (sms, wechat or none) unless the channel shows it first."""
    article = given.article
    row = {
        "receipt_no": receipt_no,
        "article": article.code,
        "list_version": version,
        "title": article.title,
        "text": article.answer,
        "unit": unit,
        "review_on": article.review_on,
        "confidence": round(given.confidence, 4),
        "at": now,
    }
    session.execute(insert(_A).values(row))
    if reach != "none":
        parcel = Delivery(ticket_no=receipt_no, seq=0, channel=reach, recipient=receipt_no, text=told(_answer(row)))
        upsert_ignore(session, _D, [record.delivery_row(parcel, now + GRACE)])


def note_open(session: Session, questions: Sequence[tuple[str, Unanswered]], now: datetime) -> None:
    """Keep which enquiries had no answer."""
    rows = [
        {
            "receipt_no": receipt_no,
            "why": one.why,
            "article": one.article,
            "confidence": round(one.confidence, 4),
            "at": now,
        }
        for receipt_no, one in questions
    ]
    if rows:
        upsert_ignore(session, table(OpenQuestionRow), rows)


def read(session: Session, receipt_no: str) -> AnswerRow | None:
    """The row of a message that was answered."""
    return session.get(AnswerRow, receipt_no)


def answer(row: AnswerRow) -> Answer:
    """The row as the value that the edges show."""
    return _answer(
        {name: getattr(row, name) for name in ("article", "title", "text", "unit", "review_on", "confidence")}
    )


def shown(session: Session, receipt_no: str, now: datetime) -> None:
    """The resident has it already: the outbox need not tell it again."""
    waiting = (_D.c.ticket_no == receipt_no, _D.c.seq == 0, _D.c.state == str(DeliveryState.PENDING))
    session.execute(
        update(_D).where(*waiting).values(state=str(DeliveryState.SENT), sent_at=now, result="shown at once")
    )


def judge(session: Session, receipt_no: str, verdict: str, now: datetime, *, went_to: str | None = None) -> None:
    """Keep what the resident said of it. What is unsolved stays so: somebody is at it."""
    standing = (_A.c.receipt_no == receipt_no, _A.c.went_to.is_(None))
    session.execute(update(_A).where(*standing).values(verdict=verdict, verdict_at=now, went_to=went_to))


def went_to(session: Session, receipt_no: str) -> str | None:
    """The receipt under which an unsolved message goes on."""
    return session.execute(select(_A.c.went_to).where(_A.c.receipt_no == receipt_no)).scalar()


def _answer(row: dict[str, Any]) -> Answer:
    return Answer(
        article=row["article"],
        title=row["title"],
        text=row["text"],
        unit=row["unit"],
        review_on=row["review_on"],
        confidence=row["confidence"],
    )
