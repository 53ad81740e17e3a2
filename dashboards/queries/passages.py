"""The passages of the knowledge base that may answer a ticket, with how sure that is and what to mind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

from sqlmodel import Session

from city import store as city_store
from city.kit_types import Article
from city.knowledge import withheld
from nlu.retrieval import Index
from tickets.tables import AnswerRow, MessageRow
from tickets.types import Ranked, Ticket, TicketType

_NEAR = 0.35
"""What scores less than this share of the best has only a word in common with the message."""
_SHARE = 0.125
"""What answers with less than this share of the likeliest's probability is left out."""
_SOME, _STRONG = 0.005, 10.0
"""What answers with less than this probability and scores less than that is left out, even if nothing else is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """An article, the probability that it answers, and why residents are not given it by the machine (or None)."""

    article: Article
    confidence: float
    withheld: str | None


def shown_before(session: Session, ticket: Ticket) -> AnswerRow | None:
    """The passage that the resident was shown before this ticket, and that did not help."""
    message = session.get(MessageRow, ticket.receipts[0]) if ticket.receipts else None
    earlier = str(message.facts.get("unsolved") or "") if message is not None else ""
    return session.get(AnswerRow, earlier) if earlier else None


class PassagesCache:
    """The index over the newest list version's articles, built again when there is another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version = ""
        self._articles: dict[str, Article] = {}
        self._index = Index(())

    def likely(
        self, session: Session, ticket: Ticket, *, text: str, understood: Mapping[str, Any] | None, on: date
    ) -> Sequence[Likely]:
        """Up to three for a ticket with that text, the likeliest first. A matter that somebody has settled counts as certain."""
        articles, index = self._newest(session)
        found = index.find(text, matters=_matters(ticket, understood), enquiry=_enquiry(ticket, understood))
        best = max((one.confidence for one in found), default=0.0)
        return [
            Likely(article=articles[one.code], confidence=one.confidence, withheld=withheld(articles[one.code], on))
            for one in found
            if one.score >= _NEAR * found[0].score
            and one.confidence >= _SHARE * best
            and (one.confidence >= _SOME or one.score >= _STRONG)
        ]

    def _newest(self, session: Session) -> tuple[dict[str, Article], Index]:
        version = city_store.current_version(session)
        with self._lock:
            if self._version != version:
                articles = city_store.articles(session)
                self._articles, self._index = {one.code: one for one in articles}, Index(articles)
                self._version = version
            return self._articles, self._index


def _matters(ticket: Ticket, understood: Mapping[str, Any] | None) -> tuple[Ranked, ...]:
    if ticket.matter is not None:
        return (Ranked(label=ticket.matter, score=1.0),)
    ranked = (understood or {}).get("matters") or []
    return tuple(Ranked(label=str(label), score=float(score)) for label, score in ranked)


def _enquiry(ticket: Ticket, understood: Mapping[str, Any] | None) -> float:
    if ticket.type is not TicketType.ENQUIRY:
        return 0.0
    return float((understood or {}).get("type_score", 1.0))
