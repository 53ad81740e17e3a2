"""What the responsibility list says without any new message: its holes, and what it would change."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hotline.runtime import Runtime
from nlu import guard
from routing.case import Circumstances
from routing.route import route
from tickets.store import table
from tickets.tables import MessageRow, TicketRow
from tickets.types import DecisionKind, Place, Ranked, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A matter in a street that the list gives to nobody (gap) or to several (tie)."""

    matter: str
    street: str
    reason: str
    sentence: str

    def plain(self) -> dict[str, str]:
        """As JSON."""
        return {"matter": self.matter, "street": self.street, "reason": self.reason, "sentence": self.sentence}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A ticket that today's list would send elsewhere."""

    ticket_no: str
    was: str | None
    would: str | None
    sentence: str

    def plain(self) -> dict[str, str | None]:
        """As JSON."""
        return {"ticket": self.ticket_no, "was": self.was, "would": self.would, "sentence": self.sentence}


def holes(runtime: Runtime) -> list[Hole]:
    """Every leaf matter in every street, routed as a sure, routine complaint."""
    directory = runtime.reference.now().directory
    parents = {matter.parent for matter in directory.matters.values()}
    found = []
    for code in sorted(set(directory.matters) - parents):
        for street in sorted(directory.streets) or [""]:
            decision = route(_sure(code, street), directory)
            if decision.kind is not DecisionKind.DISPATCH:
                where = directory.streets[street].name if street else ""
                found.append(
                    Hole(matter=code, street=street, reason=decision.reason, sentence=f"{where}：{decision.sentence}")
                )
    return found


def replay(runtime: Runtime, *, limit: int) -> tuple[list[Moved], int]:
    """The newest tickets understood and routed anew; those whose unit would change, and how many were looked at."""
    t, m = table(TicketRow), table(MessageRow)
    wanted = (
        select(t.c.no, t.c.lead_unit, t.c.party_unit, m.c.text, m.c.danger, m.c.facts)
        .join(m, m.c.receipt_no == t.c.no)
        .where(t.c.n_parts == 1)  # a part of a message is not what the whole message says
        .order_by(t.c.opened_at.desc())
        .limit(limit)
    )
    with runtime.database.reading() as session:
        rows = session.execute(wanted).all()
    directory = runtime.reference.now().directory
    texts = ["，".join(part for part in (str(row.facts.get("place") or ""), row.text) if part) for row in rows]
    changed = []
    for row, understanding in zip(rows, runtime.reference.brain.parse_many(texts), strict=True):
        call = guard.call(row.danger) if row.danger else None
        decision = route(understanding, directory, given=Circumstances(party_unit=row.party_unit, call=call))
        would = decision.lead.unit if decision.lead else None
        if would != row.lead_unit:
            changed.append(
                Moved(ticket_no=row.no, was=row.lead_unit, would=would, sentence=f"{row.no}：{decision.sentence}")
            )
    return changed, len(rows)


def _sure(matter: str, street: str) -> Understanding:
    nothing: dict[str, Any] = {"danger": None, "party": None, "entities": (), "features": ()}
    return Understanding(
        text="",
        matters=(Ranked(label=matter, score=1.0),),
        abstain=False,
        type=Ranked(label="complaint", score=1.0),
        urgency=Ranked(label="routine", score=1.0),
        place=Place(street=street or None, score=1.0),
        engine="list",
        model_version="-",
        **nothing,
    )
