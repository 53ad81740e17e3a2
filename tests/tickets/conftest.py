"""Tickets in every state, reached by real commands of the right people."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from tickets.fold import apply, opened
from tickets.lifecycle import NO_FACTS, Facts, faults, lead, step
from tickets.types import (
    RESIDENT,
    SYSTEM,
    Actor,
    Command,
    CommandKind,
    Event,
    EventKind,
    Leg,
    LegState,
    Role,
    Ticket,
)

C, S = CommandKind, LegState

NO = "26091400000017"
START = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)


def person(login: str, *roles: Role, unit: str | None = None) -> Actor:
    return Actor(id=login, roles=frozenset(roles), unit=unit)


PEOPLE = SimpleNamespace(
    system=SYSTEM,
    resident=RESIDENT,
    operator=person("受理员甲", Role.OPERATOR),
    dispatcher=person("调度员甲", Role.DISPATCHER),
    a=person("单位甲经办", Role.CENTRE, unit="a"),
    b=person("单位乙经办", Role.CENTRE, unit="b"),
    c=person("单位丙经办", Role.CENTRE, unit="c"),
    callback=person("回访员甲", Role.CALLBACK),
    chair=person("召集人甲", Role.CHAIR),
    supervisor=person("督办员甲", Role.SUPERVISOR),
    leader=person("领导甲", Role.LEADER),
    admin=person("管理员甲", Role.ADMIN),
)
"""One person for each role, and one for each of three units."""

DATA: Mapping[CommandKind, Mapping[str, Any]] = {
    C.ASK: {"question": "请问在哪条路？"},
    C.SUPPLY: {"receipt_no": "26091400000025"},
    C.DISPATCH: {"unit": "a"},
    C.REASSIGN: {"unit": "b", "reason": "地点有误"},
    C.ADD_SUPPORT: {"unit": "c", "reason": "需要协助"},
    C.ANSWER: {"answer": "办事指南如下。"},
    C.REFUSE: {"code": "court", "basis": "已由法院受理", "notice": "请向法院反映"},
    C.TRANSFER: {"number": "119", "reason": "有火情"},
    C.MERGE: {"master": "26091400000033", "reason": "同一件事"},
    C.UNMERGE: {"reason": "不是同一件事"},
    C.CONTACT: {"reached": True},
    C.REPLY: {"answer": "已清理完毕。"},
    C.SETTLE: {"answer": "当场劝离。"},
    C.REQUEST_RETURN: {"code": "not_our_duty", "clause": "责任清单第三条", "proposed_unit": "b"},
    C.APPROVE_RETURN: {"unit": "b"},
    C.REFUSE_RETURN: {"reason": "属于贵单位职责"},
    C.DISPUTE: {"reason": "清单没有规定"},
    C.RULE: {"lead": "c", "reason": "由丙主办"},
    C.REQUEST_EXTENSION: {"days": 3, "reason": "等材料"},
    C.REFUSE_EXTENSION: {"reason": "理由不足"},
    C.REQUEST_HOLD: {"reason": "等汛期结束"},
    C.REFUSE_HOLD: {"reason": "理由不足"},
    C.REJECT_REPLY: {"reason": "没有答到点上"},
    C.CALL_BACK: {"reached": True, "solved": True, "satisfaction": 5},
    C.RATE: {"score": 4, "solved": True},
    C.REOPEN: {"reason": "又出现了"},
    C.INVALIDATE: {"reason": "骚扰来电"},
    C.SUPERVISE: {"reason": "领导批示"},
    C.NOTE: {"text": "已电话核实"},
}
"""Fields that each command accepts; a command that is not here has none that it needs."""

_DISPATCHED = ((C.DISPATCH, "dispatcher"),)
_ACCEPTED = (*_DISPATCHED, (C.ACCEPT, "a"))
_AT_WORK = (*_ACCEPTED, (C.CONTACT, "a"), (C.START, "a"))
_REPLIED = (*_AT_WORK, (C.REPLY, "a"))
_CALLBACK = (*_REPLIED, (C.PASS_REPLY, "dispatcher"))

PATHS: Mapping[LegState, tuple[tuple[Any, ...], ...]] = {
    S.RECEIVED: (),
    S.WAITING: ((C.ASK, "operator"),),
    S.ANSWERED: ((C.ANSWER, "operator"),),
    S.REFUSED: ((C.REFUSE, "operator"),),
    S.TRANSFERRED: ((C.TRANSFER, "operator"),),
    S.MERGED: ((C.MERGE, "dispatcher"),),
    S.DISPATCHED: _DISPATCHED,
    S.ACCEPTED: _ACCEPTED,
    S.CONTACTED: (*_ACCEPTED, (C.CONTACT, "a")),
    S.IN_PROGRESS: _AT_WORK,
    S.RETURN_REQUESTED: (*_DISPATCHED, (C.REQUEST_RETURN, "a")),
    S.DISPUTED: ((C.DISPUTE, "dispatcher"),),
    S.EXTENSION_REQUESTED: (*_AT_WORK, (C.REQUEST_EXTENSION, "a")),
    S.HOLD_REQUESTED: (*_AT_WORK, (C.REQUEST_HOLD, "a")),
    S.ON_HOLD: (*_AT_WORK, (C.REQUEST_HOLD, "a"), (C.GRANT_HOLD, "supervisor")),
    S.REPLIED: _REPLIED,
    S.CALLBACK: _CALLBACK,
    S.REWORK: (*_CALLBACK, (C.CALL_BACK, "callback", {"reached": True, "solved": False})),
    S.CLOSED: (*_CALLBACK, (C.CALL_BACK, "callback")),
    S.ARCHIVED: (*_CALLBACK, (C.CALL_BACK, "callback"), (C.ARCHIVE, "system")),
    S.WITHDRAWN: ((C.WITHDRAW, "resident"),),
    S.INVALID: ((C.INVALIDATE, "operator"),),
}
"""How the lead leg gets into each state. RULED is not here: the ticket flows back in the same step."""


def opening(no: str, **more: Any) -> Event:
    """The first event of a ticket."""
    data = {"channel": "phone", "type": "help", "urgency": "routine", "receipt_no": no, "profile": "default"} | more
    return Event(
        ticket_no=no,
        seq=1,
        kind=EventKind.OPENED,
        at=START,
        recorded_at=START,
        actor="resident",
        leg=f"{no}/1",
        data=data,
    )


class Story:
    """A ticket and its history; `now` moves on by a minute with every command."""

    people = PEOPLE
    data = DATA
    paths = PATHS

    def __init__(self, no: str = NO, **more: Any) -> None:
        self.events: list[Event] = [opening(no, **more)]
        self.ticket: Ticket = opened(self.events[0])
        self.now = START
        self.facts = NO_FACTS

    @property
    def lead(self) -> Leg:
        return lead(self.ticket)

    @property
    def state(self) -> LegState:
        return self.lead.state

    def leg(self, number: int) -> Leg:
        return next(leg for leg in self.ticket.legs if leg.id == f"{self.ticket.no}/{number}")

    def try_(self, kind: CommandKind, who: str | Actor, *, on: int | None = None, **data: Any) -> tuple[Event, ...]:
        """The events that it would cause; nothing is kept. Without `data`, the usual ones."""
        actor = who if isinstance(who, Actor) else getattr(PEOPLE, who)
        leg = f"{self.ticket.no}/{on}" if on else None
        given = MappingProxyType(data or DATA.get(kind, {}))  # whoever wrote into it would be found out
        command = Command(kind=kind, actor=actor, leg=leg, data=given)
        return step(self.ticket, command, self.now, facts=self.facts)

    def do(self, kind: CommandKind, who: str | Actor, *, on: int | None = None, **data: Any) -> tuple[EventKind, ...]:
        """Do it and keep it; the kinds of the events."""
        self.now += timedelta(minutes=1)
        new = self.try_(kind, who, on=on, **data)
        self.take(*new)
        assert faults(self.ticket) == ()
        return tuple(event.kind for event in new)

    def take(self, *events: Event) -> None:
        for event in events:
            self.ticket = apply(self.ticket, event)
            self.events.append(event)

    def at(self, state: LegState) -> "Story":
        """Bring the lead into `state` on its usual path."""
        for kind, who, *data in PATHS[state]:
            self.do(kind, who, **(data[0] if data else {}))
        assert self.state is state
        return self

    def knows(self, **facts: Any) -> "Story":
        self.facts = Facts(**facts)
        return self


@pytest.fixture(scope="session")
def story() -> Callable[..., Story]:
    """Makes a new ticket; keyword arguments go into its TicketOpened."""
    return Story
