"""A ticket that A returned and B refused, and one whose support is disputed too."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tickets.fold import apply, opened
from tickets.lifecycle import Facts, step
from tickets.types import Actor, Command, CommandKind, Event, EventKind, Role, Ticket

C = CommandKind
NO = "26091400000017"
START = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
DISPATCHER = Actor(id="调度员甲", roles=frozenset({Role.DISPATCHER}))
CHAIR = Actor(id="召集人甲", roles=frozenset({Role.CHAIR}), unit="office")


def centre(unit: str) -> Actor:
    return Actor(id=f"{unit}经办", roles=frozenset({Role.CENTRE}), unit=unit)


class Case:
    """A ticket under way. `new` holds the events since the last look."""

    def __init__(self, no: str = NO, **more: Any) -> None:
        data = {"channel": "sms", "type": "help", "urgency": "routine", "receipt_no": no} | more
        first = Event(
            ticket_no=no,
            seq=1,
            kind=EventKind.OPENED,
            at=START,
            recorded_at=START,
            actor="resident",
            leg=f"{no}/1",
            data=data,
        )
        self.ticket: Ticket = opened(first)
        self.new: list[Event] = [first]
        self.now = START

    def do(self, kind: CommandKind, actor: Actor, *, on: int = 1, interim: str | None = None, **data: Any) -> None:
        self.now += timedelta(minutes=1)
        command = Command(kind=kind, actor=actor, leg=f"{self.ticket.no}/{on}", data=data)
        for event in step(self.ticket, command, self.now, facts=Facts(interim=interim)):
            self.ticket = apply(self.ticket, event)
            self.new.append(event)

    def seen(self) -> list[Event]:
        events, self.new = self.new, []
        return events

    def returned(self, unit: str, to: str, *, on: int = 1, interim: str | None = None) -> None:
        clause = f"{unit}的三定方案"
        data = {"code": "not_our_duty", "clause": clause, "proposed_unit": to}
        self.do(C.REQUEST_RETURN, centre(unit), on=on, interim=interim, **data)


def disputed(no: str = NO, **more: Any) -> Case:
    """A, with S in support, returned it; B refused it; the street handles it meanwhile."""
    case = Case(no, matter="0401", street="east", **more)
    case.do(C.DISPATCH, DISPATCHER, unit="a", supports=["s"], field="food")
    case.returned("a", "b")
    case.do(C.APPROVE_RETURN, DISPATCHER, unit="b")
    case.returned("b", "a", interim="centre_east")
    return case


@pytest.fixture(scope="session")
def meeting() -> Any:
    """The makers of this file."""
    return SimpleNamespace(Case=Case, disputed=disputed, centre=centre, dispatcher=DISPATCHER, chair=CHAIR, no=NO)
