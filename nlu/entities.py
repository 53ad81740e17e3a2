"""Times, sums of money, numbers of people and the party complained about, by their words; values: nlu/said.py."""

from datetime import UTC, datetime

from nlu import figures, parties
from nlu.times import times
from tickets.types import Entity

_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Where an expression of time stands does not hang on when it was said."""


def entities(text: str) -> tuple[Entity, ...]:
    """Times, money and people in a normalised text, in order; at most 20 of a kind."""
    spans = (
        *(("time", one.start, one.end) for one in times(text, _ANY_DAY)),
        *(("money", one.start, one.end) for one in figures.amounts(text)),
        *(("people", one.start, one.end) for one in figures.people(text)),
    )
    found = [Entity(kind=kind, text=text[start:end], start=start, end=end) for kind, start, end in spans]
    return tuple(sorted(found, key=lambda entity: entity.start))


def party(text: str) -> Entity | None:
    """Whom a normalised text complains about; None for an enquiry and where nobody is named."""
    found = parties.party(text)
    if found is None:
        return None
    return Entity(kind="party", text=text[found.start : found.end], start=found.start, end=found.end)
