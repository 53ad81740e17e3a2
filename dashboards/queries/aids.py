"""What helps with a ticket beside its story: the process, who is on duty, what the knowledge base says, its tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from city import store as city_store
from city.kit_types import Process, Roster
from city.rosters import on_duty
from city.tagging import tags_of
from city.types import Tag
from dashboards.heard import Heard, heard
from dashboards.queries.names import Names
from dashboards.queries.passages import Likely, PassagesCache, shown_before
from dashboards.queries.story import Story
from dashboards.times import SHANGHAI
from sla.calendar import WorkingCalendar
from sla.plan import PlannedStep, plan
from tickets.tables import AnswerRow
from tickets.types import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Aids:
    """`steps` is the process as it would run from the ticket's opening on; `watches` are units with who answers now."""

    process: Process | None
    steps: Sequence[PlannedStep]
    watches: Sequence[tuple[str, Roster]]
    passages: Sequence[Likely]
    shown_before: AnswerRow | None
    tags: Sequence[Tag]
    heard: Heard


def of(session: Session, story: Story, *, names: Names, passages: PassagesCache, now: datetime) -> Aids:
    """What the city's pack has for this ticket."""
    ticket, text = story.ticket, story.text[slice(*story.own)] if story.own else story.text
    here = now.astimezone(SHANGHAI)
    process = city_store.processes(session).get(str((story.decided or {}).get("process") or ""))
    rosters = city_store.rosters(session, here.date())
    units = [leg.unit for leg in ticket.legs if leg.unit]
    tags = _tags(session, ticket, text, story.understood, names)
    watches = [(unit, roster) for unit in dict.fromkeys(units) if (roster := on_duty(rosters, unit, here))]
    return Aids(
        process=process,
        steps=_steps(session, process, ticket.opened_at) if process else (),
        watches=watches,
        passages=passages.likely(session, ticket, text=text, understood=story.understood, on=here.date()),
        shown_before=shown_before(session, ticket),
        tags=tags,
        heard=heard(story.messages, tags, own=story.own, mood=(story.understood or {}).get("mood")),
    )


def _tags(
    session: Session, ticket: Ticket, text: str, understood: Mapping[str, Any] | None, names: Names
) -> tuple[Tag, ...]:
    """Those of the time of understanding and of today's matter; a history without any is looked through anew."""
    known, matter = city_store.tags(session), names.matters.get(ticket.matter or "")
    if understood is None or "tags" not in understood:
        return tags_of(text, matter, known)
    kept = {*understood["tags"], *(matter.tags if matter else ())}
    return tuple(tag for tag in known if tag.code in kept)


def _steps(session: Session, process: Process, opened_at: datetime) -> tuple[PlannedStep, ...]:
    _, calendar = city_store.policy_on(session, opened_at.astimezone(SHANGHAI).date())
    return plan(process, opened_at, WorkingCalendar(calendar))
