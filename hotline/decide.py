"""From a message and its understanding to the events of a ticket. Pure: everything it needs is handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from city import coordinates
from city.tagging import tags_of
from city.types import Directory, Policy, Tag
from hotline.parts import Part, may_part
from nlu import features, guard
from nlu.mask import mask
from nlu.needs import CALLED
from nlu.said import hear
from routing.answers import chosen
from routing.case import Circumstances
from routing.route import options, route
from tickets import fold, lifecycle
from tickets import parts as numbers
from tickets.said import Said
from tickets.store import Change
from tickets.types import (
    RESIDENT,
    SYSTEM,
    Command,
    CommandKind,
    Decision,
    DecisionKind,
    Event,
    EventKind,
    LegState,
    Message,
    Ticket,
    TicketType,
    Understanding,
    Urgency,
)

SUMMARY_CHARACTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What deciding needs beside the message."""

    directory: Directory
    policy: Policy
    now: datetime
    tags: tuple[Tag, ...] = ()

    def facts(self, *, interim: str | None = None) -> lifecycle.Facts:
        """The policy's numbers as the lifecycle wants them."""
        return lifecycle.Facts(
            interim=interim,
            max_refusals=self.policy.max_refusals,
            max_returns=self.policy.max_returns,
            callback_attempts=self.policy.callback_attempts,
        )


def open_ticket(
    message: Message, understanding: Understanding, world: World, *, proof: str, part: Part | None = None
) -> tuple[Change, Decision]:
    """A new ticket with its history so far: opened, understood, decided, and dispatched, asked or disputed.

    `proof` is the commitment to the message's words. With a `part`, message and understanding are the part's.
    """
    understanding = _located(_raised(understanding, message), message)
    party_unit = party_of(understanding, world.directory)
    danger = message.danger or understanding.danger
    decision = _routed(message, understanding, world, party_unit)
    opened = _opened(message, understanding, decision, party_unit=party_unit, proof=proof, part=part)
    draft = _Draft(ticket=fold.opened(opened), events=[opened], world=world)
    draft.note(EventKind.UNDERSTOOD, understood(understanding, proof))
    _follow(draft, decision, danger)
    words = {
        "summary": (part.text if part else understanding.text)[:SUMMARY_CHARACTERS],
        "address": _address(message, understanding),
    }
    return Change(ticket=draft.ticket, events=tuple(draft.events), new=True, words=words), decision


def open_tickets(
    message: Message, understanding: Understanding, found: Sequence[Part], world: World, *, proof: str
) -> tuple[Change, ...]:
    """One ticket, or one for each of the parts `found` when each is surely another unit's (hotline/parts.py)."""
    if len(found) > 1 and not any(
        _known(message.facts.get(name), _codes(world, name)) for name in ("matter", "street")
    ):
        parties = [party_of(one, world.directory) for one in (understanding, *(part.understanding for part in found))]
        decided = [(part, _routed(part.message, part.understanding, world, None)) for part in found]
        if may_part(decided, parties):
            opened = (open_ticket(part.message, part.understanding, world, proof=proof, part=part) for part in found)
            return tuple(change for change, _ in opened)
    return (open_ticket(message, understanding, world, proof=proof)[0],)


def _codes(world: World, name: str) -> Mapping[str, Any]:
    return world.directory.matters if name == "matter" else world.directory.streets


def _routed(message: Message, understanding: Understanding, world: World, party_unit: str | None) -> Decision:
    danger = message.danger or understanding.danger
    given = Circumstances(
        party_unit=party_unit,
        call=guard.call(danger) if danger else None,
        matter=_known(message.facts.get("matter"), world.directory.matters)
        or _of_danger(danger, understanding, world.directory),
        street=_known(message.facts.get("street"), world.directory.streets),
    )
    return route(understanding, world.directory, given=given)


def supply(ticket: Ticket, message: Message, understanding: Understanding, world: World, *, proof: str) -> Change:
    """More words on a ticket: an awaited answer is understood together with the first message and routed anew."""
    draft = _Draft(ticket=ticket, events=[], world=world)
    awaited = lifecycle.lead(ticket).state is LegState.WAITING
    draft.do(CommandKind.SUPPLY, {"receipt_no": message.receipt_no, "commitment": proof}, actor=RESIDENT)
    if not awaited:
        return Change(ticket=draft.ticket, events=tuple(draft.events))
    understanding = _answered(_located(understanding, message), message.text, world.directory)
    draft.note(EventKind.UNDERSTOOD, understood(understanding, proof))
    given = Circumstances(asked=True, party_unit=ticket.party_unit)
    _follow(draft, route(understanding, world.directory, given=given), message.danger or understanding.danger)
    words = {"address": _address(message, understanding), "summary": understanding.text[:SUMMARY_CHARACTERS]}
    return Change(ticket=draft.ticket, events=tuple(draft.events), words=words)


def set_aside(message: Message, reason: str, world: World, *, proof: str) -> Change:
    """A ticket in triage for a message that could not be understood at all; the words are in the message."""
    data = _opening(message, proof) | {"type": TicketType.OTHER, "urgency": message.urgency}
    opened = _event(message, data)
    draft = _Draft(ticket=fold.opened(opened), events=[opened], world=world)
    decision = Decision(
        kind=DecisionKind.TRIAGE,
        reason="poisoned",
        sentence=f"自动处理未成功（{reason}），请人工派单。",
        list_version=world.directory.list_version,
    )
    _follow(draft, decision, message.danger)
    words = {"summary": "（自动处理未成功，请查看原文）", "address": ""}
    return Change(ticket=draft.ticket, events=tuple(draft.events), new=True, words=words)


def listened(understanding: Understanding, message: Message, world: World) -> Understanding:
    """The understanding with what the message says beside matter and place, and with its tags.

    Times are meant from when it was said; from when it came where that lies in the future.
    """
    at = message.received_at if "occurred_in_future" in message.flags else message.occurred_at
    best = understanding.matters[0].label if understanding.matters and not understanding.abstain else ""
    said = hear(understanding.text, at)
    called = [CALLED[one.need] for one in said.needs if one.need in CALLED]
    tags = tags_of("\n".join([understanding.text, *called]), world.directory.matters.get(best), world.tags)
    return replace(understanding, said=replace(said, tags=tuple(tag.code for tag in tags)))


def party_of(understanding: Understanding, directory: Directory) -> str | None:
    """The unit that is complained about, when the party named is one of ours."""
    if understanding.party is None:
        return None
    for unit in directory.units.values():
        if any(name and name in understanding.party for name in (unit.name, *unit.aliases)):
            return unit.code
    return None


def understood(understanding: Understanding, proof: str) -> dict[str, Any]:
    """What the history keeps of an understanding: labels, scores, single words that spoke for it; no sentence."""
    best = understanding.matters[0].label if understanding.matters and not understanding.abstain else None
    return {
        "matter": best,
        "matters": [[item.label, round(item.score, 4)] for item in understanding.matters],
        "abstain": understanding.abstain,
        "type": understanding.type.label,
        "type_score": round(understanding.type.score, 4),
        "urgency": understanding.urgency.label,
        "danger": understanding.danger,
        "street": understanding.place.street,
        "place": understanding.place.name,
        "place_score": round(understanding.place.score, 4),
        "streets": [[item.label, round(item.score, 4)] for item in understanding.place.streets],
        "features": [[word, round(weight, 4)] for word, weight in understanding.features],
        "engine": understanding.engine,
        "model": understanding.model_version,
        "commitment": proof,
        **_labels(understanding.said),
    }


def _labels(said: Said) -> dict[str, Any]:
    """What is heard beside matter and place, without any word of the message."""
    return {
        "tags": list(said.tags),
        "needs": [one.need for one in said.needs],
        "mood": said.mood,
        "threats": [one.threat for one in said.feelings if one.threat],
        "demands": len(said.demands),
        "party_kind": said.party.kind if said.party else None,
    }


def decided(decision: Decision) -> dict[str, Any]:
    """The decision record as plain JSON."""
    return {
        "kind": decision.kind,
        "reason": decision.reason,
        "sentence": decision.sentence,
        "matter": decision.matter,
        "lead": decision.lead.unit if decision.lead else None,
        "post": decision.lead.post if decision.lead else None,
        "supports": [support.unit for support in decision.supports],
        "fallback": decision.fallback,
        "profile": decision.profile,
        "process": decision.process,
        "field": decision.field,
        "row": decision.row,
        "precedent": decision.precedent,
        "basis": decision.basis,
        "basis_checked": decision.basis_checked,
        "list_version": decision.list_version,
        "question": decision.question,
        "call": decision.call,
        "candidates": [_candidate(item) for item in decision.candidates],
        "suggestions": [_candidate(item) for item in decision.suggestions],
    }


def _candidate(item: Any) -> dict[str, Any]:
    return {
        "unit": item.unit,
        "row": item.row,
        "matter": item.matter,
        "won": item.won,
        "reason": item.reason,
        "score": round(item.score, 4),
    }


@dataclass(slots=True)
class _Draft:
    ticket: Ticket
    events: list[Event]
    world: World

    def note(self, kind: EventKind, data: Mapping[str, Any]) -> None:
        event = Event(
            ticket_no=self.ticket.no,
            seq=self.ticket.version + 1,
            kind=kind,
            at=self.world.now,
            recorded_at=self.world.now,
            actor=SYSTEM.id,
            data=data,
        )
        self.ticket = fold.apply(self.ticket, event)
        self.events.append(event)

    def do(
        self, kind: CommandKind, data: Mapping[str, Any], *, interim: str | None = None, actor: Any = SYSTEM
    ) -> None:
        leg = lifecycle.lead(self.ticket).id
        command = Command(kind=kind, actor=actor, leg=leg, data=data)
        for event in lifecycle.step(self.ticket, command, self.world.now, facts=self.world.facts(interim=interim)):
            self.ticket = fold.apply(self.ticket, event)
            self.events.append(event)


def _follow(draft: _Draft, decision: Decision, danger: str | None) -> None:
    """Write the decision down and do what it says."""
    draft.note(EventKind.DECIDED, decided(decision))
    call = guard.call(danger) if danger is not None else None
    if call is not None:
        draft.note(EventKind.ALARMED, {"danger": danger, "call": call})
    match decision.kind:
        case DecisionKind.DISPATCH if decision.lead is not None:
            draft.do(
                CommandKind.DISPATCH,
                {
                    "unit": decision.lead.unit,
                    "post": decision.lead.post,
                    "supports": [support.unit for support in decision.supports],
                    "profile": decision.profile,
                },
            )
        case DecisionKind.ASK:
            draft.do(CommandKind.ASK, {"question": decision.question})
        case DecisionKind.DISPUTE:
            units = sorted({item.unit for item in decision.suggestions})
            draft.do(CommandKind.DISPUTE, {"reason": decision.sentence, "units": units}, interim=decision.fallback)
        case _:
            pass


def _raised(understanding: Understanding, message: Message) -> Understanding:
    """The guard's urgency wins when it is the higher one: recall first."""
    if message.urgency is Urgency.CRITICAL and understanding.urgency.label != Urgency.CRITICAL:
        return replace(understanding, urgency=replace(understanding.urgency, label=str(Urgency.CRITICAL), score=1.0))
    return understanding


def _answered(understanding: Understanding, answer: str, directory: Directory) -> Understanding:
    """With the street that the answer chooses among those that the question named, if it chooses one."""
    street = chosen(answer, options(understanding, directory))
    if street is None:
        return understanding
    return replace(understanding, place=replace(understanding.place, street=street, score=1.0, streets=()))


def _opened(
    message: Message,
    understanding: Understanding,
    decision: Decision,
    *,
    party_unit: str | None,
    proof: str,
    part: Part | None,
) -> Event:
    data = _opening(message, proof) | {
        "type": understanding.type.label,
        "urgency": understanding.urgency.label,
        "matter": decision.matter,
        "street": understanding.place.street,
        "place": understanding.place.name,
        "profile": decision.profile,
        "party_unit": party_unit,
    }
    if part is None:
        return _event(message, data)
    own = {"part": part.number, "of": part.of, "start": part.start, "end": part.end}
    return _event(message, data | own, part=part.number)


def _opening(message: Message, proof: str) -> dict[str, Any]:
    return {
        "receipt_no": message.receipt_no,
        "channel": message.channel,
        "flags": list(message.flags),
        "line": message.facts.get("line"),
        "way": message.facts.get("way"),
        "confidential": bool(message.facts.get("confidential", False)),
        "anonymous": bool(message.facts.get("anonymous", False)),
        "profile": "default",
        "commitment": proof,
    }


def _event(message: Message, data: Mapping[str, Any], *, part: int = 1) -> Event:
    number = numbers.number(message.receipt_no, part)
    return Event(
        ticket_no=number,
        seq=1,
        kind=EventKind.OPENED,
        at=message.received_at,
        recorded_at=message.received_at,
        actor=RESIDENT.id,
        leg=f"{number}/1",
        data=data,
    )


def _address(message: Message, understanding: Understanding) -> str:
    """Where it is, for everybody who sees the ticket: rooms and names hidden. Who may call reveals the message itself.

    What the gazetteer knows is a place (慎成里, 薛家宅) and nobody's name, however much it looks like one.
    """
    place = understanding.place
    said = place.said or str(message.facts.get("place") or "")
    reading = features.read(said if _told_already(place.detail, said) else f"{said}{place.detail}")
    known = len(place.said) if place.name else 0
    words = mask(reading.clean.text, [one for one in reading.spans if one.kind != "name" or one.start >= known])
    point = coordinates.told(message.facts)
    return words if point is None or point.words in words else "，".join(filter(None, (words, point.words)))


def _told_already(detail: str | None, said: str) -> bool:
    """Whether a place's detail (203弄5号; 大木桥路、茶陵北路路口) only says again what was said."""
    return all(part.removesuffix("路口") in said for part in (detail or "").split("、"))


def _located(understanding: Understanding, message: Message) -> Understanding:
    """With the coordinates for a place where the words name none: somewhere to go, though in no known street."""
    point = coordinates.told(message.facts)
    place = understanding.place
    if point is None or place.said or place.name:
        return understanding
    return replace(understanding, place=replace(place, said=point.words))


def _of_danger(danger: str | None, understanding: Understanding, directory: Directory) -> str | None:
    """The matter that a danger belongs to, when the words alone do not say it: minutes count, and somebody must go."""
    if danger is None or not understanding.abstain:
        return None
    return _known(directory.dangers.get(danger), directory.matters)


def _known(value: Any, known: Mapping[str, Any]) -> str | None:
    return value if isinstance(value, str) and value in known else None
