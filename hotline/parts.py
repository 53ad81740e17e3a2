"""When one message becomes several tickets: each demand a matter of its own, of a unit of its own, and sure. Pure.

A wrong cut sends half a story to somebody who cannot use it. So whatever is unsure stays one ticket, whose page lists
the demands that were found for a person to cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlu import guard
from nlu.normalise import clean
from tickets.types import Decision, DecisionKind, Message, Place, Understanding, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One demand of a message: `number` of `of`, its range in the whole understanding's text, and its own reading.

    `text` is that range of the whole's masked text: what the whole hides stays hidden. `message` is the whole message
    with the urgency and danger of this part's words.
    """

    number: int
    of: int
    start: int
    end: int
    text: str
    message: Message
    understanding: Understanding


def texts(text: str, understanding: Understanding) -> list[str]:
    """The raw words of each demand that was found in `text`; empty unless there are two or more."""
    found = understanding.said.demands
    if not found:
        return []
    made = clean(text)
    ranges = (made.origin(one.start, one.end) for one in found)
    return [text[start:end] for start, end in ranges]


def parts(
    message: Message, whole: Understanding, words: Sequence[str], understandings: Sequence[Understanding]
) -> tuple[Part, ...]:
    """The parts with what the whole says of the place, the dangerous ones first; empty when the danger would get lost.

    `words` and `understandings` are those of `whole.said.demands`, in order.
    """
    made = [
        replace(
            _part(message, text, _placed(understandings, number, whole)),
            start=demand.start,
            end=demand.end,
            text=whole.text[demand.start : demand.end],
        )
        for number, (text, demand) in enumerate(zip(words, whole.said.demands, strict=True))
    ]
    critical = message.danger or whole.danger or message.urgency is Urgency.CRITICAL
    if critical and not any(_critical(one) for one in made):
        return ()
    ordered = sorted(made, key=lambda one: (not _critical(one), one.start))
    return tuple(replace(one, number=number, of=len(ordered)) for number, one in enumerate(ordered, start=1))


def may_part(decided: Sequence[tuple[Part, Decision]], party_units: Sequence[str | None]) -> bool:
    """Whether each decision sends its part to a unit of its own, for a matter of its own, surely.

    `party_units` are the units complained about anywhere in the message: none of them may read it as a handler.
    """
    decisions = [decision for _, decision in decided]
    sure = all(
        decision.kind is DecisionKind.DISPATCH and decision.lead and not part.understanding.abstain
        for part, decision in decided
    )
    leads = {decision.lead.unit for decision in decisions if decision.lead}
    handlers = leads | {support.unit for decision in decisions for support in decision.supports}
    return (
        sure
        and len({decision.matter for decision in decisions}) == len(decisions)
        and len(leads) == len(decisions)
        and handlers.isdisjoint(unit for unit in party_units if unit)
    )


def _part(message: Message, text: str, understanding: Understanding) -> Part:
    danger = guard.danger(text)
    own = replace(
        message,
        urgency=danger.urgency if danger else Urgency.ROUTINE,
        danger=danger.kind if danger and danger.urgency is Urgency.CRITICAL else None,
    )
    return Part(number=1, of=1, start=0, end=len(text), text=text, message=own, understanding=understanding)


def _critical(part: Part) -> bool:
    told = part.understanding.danger or part.message.danger
    return bool(told) or part.understanding.urgency.label == Urgency.CRITICAL


def _placed(understandings: Sequence[Understanding], number: int, whole: Understanding) -> Understanding:
    """The part's understanding with a place: its own, else that of the demand before it, else the whole message's."""
    own = understandings[number]
    if _somewhere(own.place):
        return own
    before = (one.place for one in reversed(understandings[:number]) if _somewhere(one.place))
    return replace(own, place=next(before, whole.place))


def _somewhere(place: Place) -> bool:
    return bool(place.street or place.name or place.streets)
