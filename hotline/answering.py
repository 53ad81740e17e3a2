"""Whether the knowledge base answers a message by itself. Pure.

The default is a ticket. A passage is the answer only when the message asks, nobody is in danger, nobody is wanted to act,
the passage fits surely enough, its source has been checked, its review is not over, and the resident will be shown it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from city.kit_types import Article
from city.knowledge import withheld
from nlu import retrieval
from nlu.retrieval import Index
from plumbing.config import Answers
from tickets.types import Message, TicketType, Understanding, Urgency

SHOWS = "answers"
"""The fact of a message whose channel shows an answer to the resident."""
UNSOLVED = "unsolved"
"""The fact of a message that goes on after an answer which did not help: the number of that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The articles of a list version by code, and the index over them."""

    version: str
    articles: Mapping[str, Article]
    index: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The article that answers, and how surely."""

    article: Article
    confidence: float

    @property
    def reason(self) -> str:
        """Why no ticket was opened, for whoever asks what became of the message."""
        return f"知识库{self.article.code}“{self.article.title}”已答复，把握{self.confidence:.0%}。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """An enquiry without an answer. `why` is none, unsure, stale or unchecked; `article` the likeliest, if any."""

    why: str
    article: str | None = None
    confidence: float = 0.0


def attempt(
    message: Message, understanding: Understanding, knowledge: Knowledge, settings: Answers, *, on: date
) -> Given | Unanswered | None:
    """What the knowledge base makes of a message on that day; None when it is not for it to answer."""
    if not _is_enquiry(message, understanding):
        return None
    found = knowledge.index.find(message.text, matters=understanding.matters, enquiry=understanding.type.score, most=1)
    if not found:
        return Unanswered(why="none")
    best = found[0]
    article = knowledge.articles[best.code]
    why = "unsure" if best.confidence < settings.threshold else withheld(article, on)
    if why is not None:
        return Unanswered(why=why, article=article.code, confidence=best.confidence)
    return (
        Given(article=article, confidence=best.confidence) if shows(message.channel, message.facts, settings) else None
    )


def shows(channel: str, facts: Mapping[str, object], settings: Answers) -> bool:
    """Whether the resident will see an answer: the city wants it on that channel, and the channel says that it shows it."""
    return settings.enabled and channel in settings.channels and facts.get(SHOWS) is True


def _is_enquiry(message: Message, understanding: Understanding) -> bool:
    calm = message.danger is None and understanding.danger is None and message.urgency is Urgency.ROUTINE
    return (
        calm
        and understanding.type.label == TicketType.ENQUIRY
        and understanding.urgency.label != Urgency.CRITICAL
        and message.about is None
        and UNSOLVED not in message.facts
        and not retrieval.wants_action(message.text)
    )
