"""One resident's affair on stage: what is said, who acts on it, and how long that takes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hotline import demo_people as people
from hotline.demo_answers import ANSWERS, NOT_REACHED, PARTS, PARTS_OF_OTHERS, REACHED
from hotline.demo_messages import STREETS, Words
from hotline.demo_stage import Stage, Story, a_place
from hotline.reference import SHANGHAI
from routing.case import Circumstances
from routing.route import route
from tickets import lifecycle
from tickets import store as ticket_store
from tickets.moves import OPEN
from tickets.types import (
    RESIDENT,
    Actor,
    Channel,
    Command,
    CommandKind,
    Decision,
    DecisionKind,
    Incoming,
    Leg,
    LegRole,
    LegState,
    Ticket,
)

C, S = CommandKind, LegState

_AROUND_THE_CLOCK = frozenset({"critical", "utilities"})
_UNDECIDED = frozenset({S.RECEIVED, S.WAITING})


class Affair:
    """A message and the ticket that it becomes. `no` is the receipt number once it was said."""

    def __init__(self, stage: Stage, words: Words, *, place: str | None = None) -> None:
        self.stage = stage
        self.words = words
        self.number = stage.number()
        self.rng = Random(f"{stage.seed}/{self.number}")
        self.street = words.street or self.rng.choice(sorted(STREETS))
        self.text = words.text.format(place=place or a_place(self.street, self.rng))
        self.phone = f"+861990000{self.rng.randrange(10_000):04d}"
        self.no = ""

    # -- what is said -------------------------------------------------------------------------------------------------

    def report(self) -> None:
        """The message comes in; the engine makes of it what it can."""
        self.no = self._say(self.text, f"sample-{self.stage.seed}-{self.number}", self.words.facts)

    def supply(self, text: str) -> None:
        """More words about the same affair."""
        self._say(text, f"sample-{self.stage.seed}-{self.number}-{self.stage.number()}", {}, about=self.no)

    def _say(self, text: str, key: str, facts: Mapping[str, Any], *, about: str | None = None) -> str:
        channel = self.words.channel
        incoming = Incoming(
            channel=channel,
            external_id=key,
            sender=self._sender(key),
            text=text,
            facts={**self._known(), **facts},
            about=about,
        )
        accepted = self.stage.runtime.intake.accept(incoming, sample=True)
        self.stage.pause(timedelta(seconds=self.rng.randrange(1, 5)))
        self.stage.runtime.loops.drain.exhaust()
        return accepted.receipt_no

    def _sender(self, key: str) -> str:
        match self.words.channel:
            case Channel.WECHAT:
                return f"sample-open-id-{self.number}"
            case Channel.WEB | Channel.COUNTER:
                return f"{self.words.channel}:{key}"
            case _:
                return self.phone

    def _known(self) -> dict[str, Any]:
        match self.words.channel:
            case Channel.WEB:
                return {"contact": self.phone}
            case Channel.COUNTER:
                return {"way": "visit", "line": "hotline", "contact": self.phone, "clerk": people.OPERATOR.id}
            case Channel.PHONE:
                return {"way": "speech"}
            case _:
                return {}

    # -- what is known ------------------------------------------------------------------------------------------------

    @property
    def ticket(self) -> Ticket:
        """As it stands now."""
        with self.stage.runtime.database.reading() as session:
            return ticket_store.load(session, [self.no])[self.no]

    @property
    def lead(self) -> Leg:
        """The lead leg as it stands now."""
        return lifecycle.lead(self.ticket)

    @property
    def supports(self) -> list[Leg]:
        """The support legs that somebody still works on."""
        return [leg for leg in self.ticket.legs if leg.role is LegRole.SUPPORT and leg.state in OPEN]

    @property
    def answer(self) -> str:
        """What a unit writes at the end."""
        return ANSWERS[self.words.matter]

    def decision(self) -> Decision:
        """What a person decides who understands matter and street, and looks them up in the list."""
        [understood] = self.stage.runtime.reference.brain.parse_many([self.text])
        directory = self.stage.runtime.reference.on(self.stage.now).directory
        given = Circumstances(
            asked=True, matter=self.words.matter, street=self.street, party_unit=self.ticket.party_unit
        )
        return route(understood, directory, given=given)

    # -- who acts -----------------------------------------------------------------------------------------------------

    def do(self, actor: Actor, kind: CommandKind, leg: str | None = None, **data: Any) -> None:
        """A person acts on the ticket."""
        self.stage.runtime.desk.act(self.no, Command(kind=kind, actor=actor, leg=leg, data=data))

    def unit(self, kind: CommandKind, leg: Leg | None = None, **data: Any) -> None:
        """The person of the leg's unit acts on it; the lead's, if no other is named."""
        leg = leg or self.lead
        self.do(people.of_unit(leg.unit or ""), kind, leg.id, **data)

    def resident(self, kind: CommandKind, **data: Any) -> None:
        """The resident acts, with number and proof in hand."""
        self.do(RESIDENT, kind, **data)

    def contact(self, *, reached: bool = True) -> None:
        """The unit calls first (先行联系)."""
        self.unit(C.CONTACT, reached=reached, note=self.rng.choice(REACHED) if reached else NOT_REACHED)

    # -- how long it takes --------------------------------------------------------------------------------------------

    def soon(self, low: float, high: float) -> datetime:
        """In some minutes, day or night."""
        return self.stage.now + timedelta(minutes=self.rng.uniform(low, high))

    def office(self, low: float, high: float) -> datetime:
        """In some minutes of working time."""
        return self.stage.office.later(self.stage.now, self.rng.uniform(low, high))

    def wait(self, low: float, high: float) -> datetime:
        """In some minutes of the unit's own time; where danger or supply is at stake there is always somebody."""
        if self.ticket.profile in _AROUND_THE_CLOCK:
            return self.soon(low / 4, high / 4)
        return self.office(low, high)

    def in_the_morning(self) -> datetime:
        """Around ten on the next morning, whatever day that is."""
        local = self.stage.now.astimezone(SHANGHAI)
        ten = local.replace(hour=10, minute=0, second=0) + timedelta(days=local.hour >= 10)
        return ten + timedelta(minutes=self.rng.uniform(-30, 30))

    def supports_done(self) -> Story:
        """Each unit that helps does its part, and its part is passed."""
        for leg in self.supports:
            yield self.wait(10, 30)
            if leg.state is S.DISPATCHED:
                self.unit(C.ACCEPT, leg)
                yield self.wait(30, 60)
            self.unit(C.REPLY, leg, answer=PARTS.get(leg.unit or "", PARTS_OF_OTHERS))
            yield self.wait(5, 15)
            self.do(people.DISPATCHER, C.PASS_REPLY, leg.id)

    # -- how it reaches a unit ----------------------------------------------------------------------------------------

    def dispatched(self) -> Story:
        """Said and dispatched."""
        self.report()
        yield from self.put_right()

    def put_right(self) -> Story:
        """What the engine leaves open or got wrong is put right by the dispatcher, as in life."""
        lead, right = self.lead, self.decision()
        if right.kind is not DecisionKind.DISPATCH or right.lead is None:
            return
        if lead.state in _UNDECIDED:
            yield self.soon(1, 3) if right.profile == "critical" else self.soon(4, 35)
            self.dispatch(right)
        elif lead.state is S.DISPATCHED and lead.unit != right.lead.unit:
            yield self.soon(5, 30)
            if self.lead.state is S.DISPATCHED:
                self.do(
                    people.DISPATCHER,
                    C.REASSIGN,
                    unit=right.lead.unit,
                    post=right.lead.post,
                    reason="核对内容后，事项或地点与自动判断不符，按责任清单改派。",
                )

    def dispatch(self, right: Decision) -> None:
        """The dispatcher sends it where matter and street say."""
        if right.lead is None or self.lead.state not in _UNDECIDED:
            return
        self.do(
            people.DISPATCHER,
            C.DISPATCH,
            unit=right.lead.unit,
            post=right.lead.post,
            supports=[support.unit for support in right.supports],
            matter=self.words.matter,
            street=self.street,
            profile=right.profile,
            row=right.row,
            precedent=right.precedent,
            field=right.field,
            reason="经人工核实事项和地点，按责任清单派单。",
        )
