"""The knowledge base as it is used: what to read again first, what did not help, and what is asked without an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session

from city.kit_types import Article
from city.knowledge import withheld
from city.records import ARTICLES
from city.versions import held, version_row
from dashboards import pages
from dashboards.admin.page import Admin, show
from dashboards.site import site_of
from dashboards.times import today
from plumbing.errors import NotFound
from tickets.store import table
from tickets.tables import AnswerRow, MessageRow, OpenQuestionRow, QuoteRow

routes = APIRouter(prefix="/admin", route_class=pages.PageRoute)

DAYS = 90
"""How far back use is counted."""
MOST_QUESTIONS = 100
MOST_ANSWERS = 10

WHY = {"none": "没有相关知识", "unsure": "把握不够", "stale": "知识已过审核日期", "unchecked": "知识待核"}
ORDERS = {"review": "先看过期的", "unsolved": "按没有解决", "use": "按使用"}

_answer, _quote, _question, _message = (table(row) for row in (AnswerRow, QuoteRow, OpenQuestionRow, MessageRow))


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An article and what became of it in DAYS. `withheld`: why residents are not given it today, or None."""

    article: Article
    withheld: str | None
    n_answered: int
    n_solved: int
    n_unsolved: int
    n_quoted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """An enquiry that no article answered. `text` is masked, and empty where the resident asked for secrecy."""

    receipt_no: str
    at: datetime
    text: str
    why: str
    article: str | None
    confidence: float


@routes.get("/knowledge")
def knowledge(
    request: Request, viewer: Admin, *, by: Annotated[str, Query(pattern="^(review|unsolved|use)$")] = "review"
) -> Response:
    """Articles with their use, and the newest questions without an answer."""
    site, now = site_of(request), site_of(request).now()
    with site.database.reading() as session:
        found = uses(session, on=today(now), since=now - timedelta(days=DAYS), by=by)
        questions = open_questions(session)
        answers = latest_answers(session)
    return show(
        request,
        viewer,
        "knowledge.html",
        uses=found,
        questions=questions,
        answers=answers,
        titles={one.article.code: one.article.title for one in found},
        by=by,
        orders=ORDERS,
        why=WHY,
        days=DAYS,
    )


def uses(session: Session, *, on: date, since: datetime, by: str) -> Sequence[Use]:
    """Every article in the order that `by` names; empty while no city pack is installed."""
    try:
        articles = held(session, ARTICLES, version_row(session, None).seq)
    except NotFound:
        return ()
    answered = _answered(session, since)
    quoted = _quoted(session, since)
    found = [
        Use(
            article=one,
            withheld=withheld(one, on),
            n_answered=answered.get(one.code, (0, 0, 0))[0],
            n_solved=answered.get(one.code, (0, 0, 0))[1],
            n_unsolved=answered.get(one.code, (0, 0, 0))[2],
            n_quoted=quoted.get(one.code, 0),
        )
        for one in articles
    ]
    return sorted(found, key=lambda one: (*_rank(one, by), one.article.code))


def open_questions(session: Session) -> Sequence[OpenQuestion]:
    """The newest enquiries without an answer; the words are those that every handler may see."""
    wanted = (
        select(_question, _message.c.understanding, _message.c.facts)
        .join(_message, _message.c.receipt_no == _question.c.receipt_no)
        .order_by(_question.c.at.desc(), _question.c.receipt_no)
        .limit(MOST_QUESTIONS)
    )
    return [
        OpenQuestion(
            receipt_no=row.receipt_no,
            at=row.at,
            text="" if row.facts.get("confidential") else str((row.understanding or {}).get("text") or ""),
            why=row.why,
            article=row.article,
            confidence=row.confidence,
        )
        for row in session.execute(wanted)
    ]


def latest_answers(session: Session) -> Sequence[AnswerRow]:
    """The newest answers that residents were given by the machine."""
    t = table(AnswerRow)
    newest = select(AnswerRow).order_by(t.c.at.desc(), t.c.receipt_no).limit(MOST_ANSWERS)
    return session.execute(newest).scalars().all()


def _rank(one: Use, by: str) -> tuple[float, ...]:
    n_uses = one.n_answered + one.n_quoted
    if by == "use":
        return -n_uses, -one.n_unsolved
    if by == "unsolved":
        return -one.n_unsolved, -n_uses
    order = {"stale": 0.0, "unchecked": 1.0}.get(one.withheld or "", 2.0)
    return order, -one.n_unsolved, -n_uses, float(one.article.review_on.toordinal())


def _answered(session: Session, since: datetime) -> dict[str, tuple[int, int, int]]:
    """By article: how often it answered, how often that helped and did not help, as residents say."""

    def said(word: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((_answer.c.verdict == word, 1), else_=0)), 0)

    wanted = (
        select(_answer.c.article, func.count(), said("solved"), said("unsolved"))
        .where(_answer.c.at >= since)
        .group_by(_answer.c.article)
    )
    return {str(row[0]): (int(row[1]), int(row[2]), int(row[3])) for row in session.execute(wanted)}


def _quoted(session: Session, since: datetime) -> dict[str, int]:
    wanted = select(_quote.c.article, func.count()).where(_quote.c.at >= since).group_by(_quote.c.article)
    return {str(row[0]): int(row[1]) for row in session.execute(wanted)}
