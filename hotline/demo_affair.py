"""One resident's affair on stage: what is said, who acts on it, and how long that takes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hotline import demo_people as people
from hotline.demo_answers import done
from hotline.demo_explanations import explained
from hotline.demo_habits import PLAIN
from hotline.demo_messages import Words
from hotline.demo_notes import NOT_REACHED, PARTS, PARTS_OF_OTHERS, REACHED
from hotline.demo_stage import Stage, Story
from hotline.reference import SHANGHAI
from routing.case import Circumstances
from routing.route import route
from tickets import lifecycle
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
    Understanding,
)

C, S = CommandKind, LegState

AROUND_THE_CLOCK = frozenset({"critical", "utilities"})
_UNDECIDED = frozenset({S.RECEIVED, S.WAITING})


class Affair:
    """A message and the ticket that it becomes. `no` is the receipt number once it was said.

    `habit` is how the unit works that has it, `placed` whether a dispatcher has looked at it. `caller` is somebody who has called before.
    """

    def __init__(self, stage: Stage, words: Words, *, place: str | None = None, caller: "Affair | None" = None) -> None:
        self.stage = stage
        self.words = words
        self.number = stage.number()
        self.rng = Random(f"{stage.seed}/{self.number}")
        self.street = words.street or self.rng.choice(stage.gazetteer.streets)
        self.text = words.text.replace("{place}", place or stage.gazetteer.somewhere(self.street, self.rng))
        self.phone: str = caller.phone if caller else f"+861990000{(self.number * 7919 + stage.seed) % 10_000:04d}"
        self.no = ""
        self.habit = PLAIN
        self.placed = False

    # -- what is said -------------------------------------------------------------------------------------------------

    def report(self) -> None:
        """The message comes in, unless it has; the engine makes of it what it can."""
        if not self.no:
            self.say()
            self.stage.prompter.drain([self.no])

    def say(self) -> None:
        """The message comes in and waits for the engine."""
        self.no = self._say(self.text, f"sample-{self.stage.seed}-{self.number}", self.words.facts)

    def supply(self, text: str) -> None:
        """More words about the same affair."""
        self._say(text, f"sample-{self.stage.seed}-{self.number}-{self.stage.number()}", {}, about=self.no)
        self.stage.prompter.add(self.no)

    def _say(self, text: str, key: str, facts: Mapping[str, Any], *, about: str | None = None) -> str:
        incoming = Incoming(
            channel=self.words.channel,
            external_id=key,
            sender=self._sender(key),
            text=text,
            facts={**self._known(), **facts},
            about=about,
        )
        accepted = self.stage.runtime.intake.accept(incoming, sample=True)
        self.stage.pause(timedelta(seconds=self.rng.randrange(1, 5)))
        return accepted.receipt_no

    def _sender(self, key: str) -> str:
        match self.words.channel:
            case Channel.WECHAT:
                return f"sample-open-id-{self.phone[-4:]}"
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
        return self.stage.prompter.ticket(self.no)

    @property
    def seen(self) -> Ticket:
        """The ticket as far as it matters who has it, under which limits; its state may be a few minutes old."""
        return self.stage.prompter.glance(self.no)

    @property
    def lead(self) -> Leg:
        """The lead leg as it stands now."""
        return lifecycle.lead(self.ticket)

    @property
    def supports(self) -> list[Leg]:
        """The support legs that somebody still works on."""
        return [leg for leg in self.seen.legs if leg.role is LegRole.SUPPORT and leg.state in OPEN]

    @property
    def open(self) -> bool:
        """Whether somebody still owes something."""
        return self.ticket.state in OPEN

    @property
    def answer(self) -> str:
        """What a unit writes at the end."""
        return done(self.words.matter, self.rng)

    @property
    def explanation(self) -> str:
        """What answers a question or a wish about the matter."""
        return self.words.explanation or explained(self.words.matter, self.rng)

    @property
    def understood(self) -> Understanding:
        """What the engine makes of the first words."""
        place = str(self.words.facts.get("place") or "")
        [understood] = self.stage.runtime.reference.brain.parse_many([f"{place}，{self.text}" if place else self.text])
        return understood

    def decision(self) -> Decision:
        """What a person decides who understands matter and street, and looks them up in the list."""
        given = Circumstances(asked=True, matter=self.words.matter, street=self.street, party_unit=self.seen.party_unit)
        return route(self.understood, self.stage.prompter.directory(), given=given)

    # -- who acts -----------------------------------------------------------------------------------------------------

    def do(self, actor: Actor, kind: CommandKind, leg: str | None = None, **data: Any) -> None:
        """A person acts on the ticket."""
        self.stage.prompter.act(self.no, Command(kind=kind, actor=actor, leg=leg, data=data))

    def unit(self, kind: CommandKind, leg: Leg | None = None, **data: Any) -> None:
        """The person of the leg's unit acts on it; the lead's, if no other is named."""
        leg = leg or lifecycle.lead(self.seen)
        self.do(people.of_unit(leg.unit or ""), kind, leg.id, **data)

    def resident(self, kind: CommandKind, **data: Any) -> None:
        """The resident acts, with number and proof in hand."""
        self.do(RESIDENT, kind, **data)

    def score(self) -> int:
        """What the resident says of it in the end."""
        return self.rng.choice(self.habit.scores) if self.habit.scores else next(self.stage.scores)

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
        if self.stage.prompter.last(self.no).profile in AROUND_THE_CLOCK:
            return self.soon(low / 4 * self.habit.pace, high / 4 * self.habit.pace)
        return self.office(low * self.habit.pace, high * self.habit.pace)

    def work(self, low: float, high: float) -> datetime:
        """As `wait`, for the work itself: most units take their time where nobody is in danger."""
        if self.stage.prompter.last(self.no).profile in AROUND_THE_CLOCK:
            return self.wait(low, high)
        return self.wait(low * self.habit.labour, high * self.habit.labour)

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
        """What the engine leaves open or got wrong is put right by the dispatcher, as in life; once is enough."""
        if self.placed:
            return
        self.placed = True
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
