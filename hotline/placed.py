"""What a ticket's history teaches: the matter and the unit that people settled on, who did, and by which event. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from tickets.types import SYSTEM, Event, EventKind, LegState

E = EventKind


class Source(StrEnum):
    """Why a lesson is to be believed, the weakest first."""

    CONFIRMED = "confirmed"
    """The unit that the engine chose accepted it, and it was closed without anybody's objection."""
    PLACED = "placed"
    """The engine had abstained; a dispatcher chose."""
    CORRECTION = "correction"
    """A dispatcher chose otherwise than the engine."""
    RETURN = "return"
    """The unit gave it back with reasons, and a dispatcher agreed."""
    RULING = "ruling"
    """The joint meeting ruled."""


BY: Mapping[Source, str] = {
    Source.CONFIRMED: "centre",
    Source.PLACED: "dispatcher",
    Source.CORRECTION: "dispatcher",
    Source.RETURN: "dispatcher",
    Source.RULING: "joint_meeting",
}
"""Who answers for it: a kind of post, never a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A message with what people made of it. `text` is masked.

    `matter` is None when people settled on a unit only and nothing says under which matter. `asked` is what the engine
    had answered ("" = it abstained). `seq` and `event` name the line of the history that decided; `at` is when the
    message came, `settled_at` when that line was written.
    """

    id: str
    text: str
    matter: str | None
    unit: str
    source: Source
    by: str
    event: str
    seq: int
    at: datetime
    settled_at: datetime
    asked: str
    model: str
    list_version: str
    channel: str


_PLACING = (E.DISPATCHED, E.REASSIGNED, E.RETURN_APPROVED, E.REFLOWED)
_ENDED_WELL = (LegState.CLOSED, LegState.ARCHIVED)

UnitOf = Callable[[str], str | None]
"""Who gets a matter by the list, in this ticket's street; None when the list alone does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is read of a ticket: its row's columns, and its history oldest first."""

    no: str
    text: str
    state: str
    opened_at: datetime
    channel: str
    solved: bool | None
    list_version: str
    events: Sequence[Event]


def lesson(case: Case, unit_of: UnitOf) -> Lesson | None:
    """The lesson of a ticket; None while nothing is settled, and for what was reopened or never understood."""
    understood = [one for one in case.events if one.kind is E.UNDERSTOOD]
    kinds = {one.kind for one in case.events}
    placed = next((one for one in reversed(case.events) if _places_lead(one)), None)
    if not understood or placed is None or E.REOPENED in kinds:
        return None
    source = _source(case, placed, understood[-1])
    if not _is_settled(case, placed, source):
        return None
    heard = understood[-1].data
    unit = str(placed.data["unit"])
    return Lesson(
        id=case.no,
        text=case.text,
        matter=_matter(case, unit, source, unit_of),
        unit=unit,
        source=source,
        by=BY[source],
        event=str(placed.kind),
        seq=placed.seq,
        at=case.opened_at,
        settled_at=placed.at,
        asked=str(heard.get("matter") or ""),
        model=str(heard.get("model") or ""),
        list_version=case.list_version,
        channel=case.channel,
    )


def _places_lead(event: Event) -> bool:
    return event.kind in _PLACING and event.data.get("role") == "lead" and bool(event.data.get("unit"))


def _source(case: Case, placed: Event, understood: Event) -> Source:
    match placed.kind:
        case E.REFLOWED:
            return Source.RULING
        case E.RETURN_APPROVED:
            return Source.RETURN
        case E.REASSIGNED:
            return Source.CORRECTION
        case _ if placed.actor == SYSTEM.id:
            return Source.CONFIRMED
        case _:
            told = understood.data.get("matter")
            chosen = placed.data.get("matter")
            return Source.CORRECTION if told and chosen and told != chosen else Source.PLACED


def _is_settled(case: Case, placed: Event, source: Source) -> bool:
    """Whether the unit has taken it: a ruling binds at once, the engine's own choice only when all ended well."""
    state = LegState(case.state)
    if source is Source.RULING:
        return True
    if source is Source.CONFIRMED:
        return state in _ENDED_WELL and case.solved is not False
    after = [one for one in case.events if one.seq > placed.seq and one.leg == placed.leg]
    taken = any(one.kind in (E.ACCEPTED, E.SETTLED, E.REPLIED) for one in after)
    back = any(one.kind in (E.RETURN_REQUESTED, E.DISPUTED) for one in after)
    refused = any(one.kind is E.RETURN_REFUSED for one in after)
    return taken and (not back or refused) and state not in (LegState.DISPUTED, LegState.RETURN_REQUESTED)


def _matter(case: Case, unit: str, source: Source, unit_of: UnitOf) -> str | None:
    """The matter that goes with the unit: what a person named, else the likeliest that the list gives to that unit."""
    named = [one.data["matter"] for one in case.events if _named_by_person(one)]
    if named:
        return str(named[-1])
    heard = next(one.data for one in reversed(case.events) if one.kind is E.UNDERSTOOD)
    decided = next((one.data.get("matter") for one in reversed(case.events) if one.kind is E.DECIDED), None)
    if source is Source.CONFIRMED:
        return str(decided) if decided else None
    likely = [decided, *(pair[0] for pair in heard.get("matters", ()))]
    return next((str(code) for code in likely if code and unit_of(str(code)) == unit), None)


def _named_by_person(event: Event) -> bool:
    return event.kind is E.DISPATCHED and event.actor != SYSTEM.id and bool(event.data.get("matter"))


def plain(one: Lesson) -> dict[str, Any]:
    """The lesson as a line of a training file: {id, text, matter, unit} and where it comes from."""
    return {
        "id": one.id,
        "text": one.text,
        "matter": one.matter,
        "unit": one.unit,
        "source": str(one.source),
        "by": one.by,
        "event": one.event,
        "seq": one.seq,
        "at": one.at.isoformat(),
        "settled_at": one.settled_at.isoformat(),
        "answered": one.asked or None,
        "model": one.model,
        "list_version": one.list_version,
        "channel": one.channel,
    }
