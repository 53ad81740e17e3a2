"""Spans of dates: from a first day (inclusive, None = always was) to a last (exclusive, None = open). Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """Something that is in force for a span of dates."""

    @property
    def from_date(self) -> date | None: ...

    @property
    def to_date(self) -> date | None: ...


Item = TypeVar("Item", bound=Dated)
Span = tuple[date, date]


def span(item: Dated) -> Span:
    """The span with open ends replaced by the first and the last day there is."""
    return item.from_date or date.min, item.to_date or date.max


def in_force(items: Iterable[Item], on: date) -> tuple[Item, ...]:
    """Those that hold on that day."""
    return tuple(item for item in items if span(item)[0] <= on < span(item)[1])


def overlap(one: Dated, other: Dated) -> bool:
    """Whether the two share a day."""
    (start, end), (other_start, other_end) = span(one), span(other)
    return max(start, other_start) < min(end, other_end)


def uncovered(wanted: Span, items: Sequence[Dated]) -> tuple[Span, ...]:
    """The parts of `wanted` that no item covers, in order."""
    holes: list[Span] = []
    reached, end = wanted
    for first, last in sorted(span(item) for item in items):
        if first >= end:
            break
        if first > reached:
            holes.append((reached, first))
        reached = max(reached, last)
    if reached < end:
        holes.append((reached, end))
    return tuple(holes)


def said(part: Span) -> str:
    """The span in Chinese."""
    start = "最初" if part[0] == date.min else part[0].isoformat()
    return f"{start}起" if part[1] == date.max else f"{start}至{part[1].isoformat()}（不含）"
