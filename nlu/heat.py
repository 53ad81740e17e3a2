"""The heat index (热度) of an event. Pure; the formula stands in docs/understanding/events.md and nowhere else but here.

    heat = 100 * (1 - exp(-S * G * R * U * V / 25))

S callers: each caller's first message counts 1, each further one of the same caller 0.3, halved with every half-life.
G growth: 1 to 2, messages of the last span against the span before. R reach: 1 to 2, a quarter for each further
street. U urgency: 1, 1.5 urgent, 2 critical, by the most urgent. V: 1 to 1.5, by the share that tells of old people,
minors, disabled or ill ones. A proposal of this project: no source gives a formula.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp

from nlu.clusters import Rules
from tickets.types import Urgency

SCALE = 25.0
AGAIN = 0.3
MOST_STREETS = 5
URGENCY = {Urgency.ROUTINE: 1.0, Urgency.URGENT: 1.5, Urgency.CRITICAL: 2.0}
FRAIL = (
    "老人",
    "老年",
    "高龄",
    "孤老",
    "婴儿",
    "孩子",
    "小孩",
    "儿童",
    "学生",
    "孕妇",
    "残疾",
    "轮椅",
    "透析",
    "病人",
    "盲人",
)
"""Words that tell of somebody who suffers more than others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message as far as heat is concerned. `caller` tells callers apart and is shown to nobody."""

    at: datetime
    caller: str
    urgency: Urgency
    street: str | None
    frail: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The index (0 to 100) with the factors that made it."""

    index: float
    callers: float
    growth: float
    reach: float
    urgency: float
    frailty: float


def frail(text: str) -> bool:
    """Whether a message tells of somebody old, young, ill or disabled."""
    return any(word in text for word in FRAIL)


def heat(messages: Sequence[Heard], now: datetime, rules: Rules) -> Heat:
    """The heat of an event at `now`; nothing that came later counts."""
    known = sorted((one for one in messages if one.at <= now), key=lambda one: one.at)
    weight, seen = 0.0, set[str]()
    for one in known:
        weight += (AGAIN if one.caller in seen else 1.0) * 0.5 ** ((now - one.at) / rules.half_life)
        seen.add(one.caller)
    late = sum(one.at > now - rules.slope for one in known)
    early = sum(now - 2 * rules.slope < one.at <= now - rules.slope for one in known)
    grown = 1 + max(0, late - early) / max(1, late + early)
    streets = len({one.street for one in known if one.street})
    reach = 1 + 0.25 * min(MOST_STREETS - 1, max(0, streets - 1))
    urgent = max((URGENCY[one.urgency] for one in known), default=1.0)
    frailty = 1 + 0.5 * sum(one.frail for one in known) / max(1, len(known))
    index = 100 * (1 - exp(-weight * grown * reach * urgent * frailty / SCALE))
    return Heat(
        index=round(index, 1),
        callers=round(weight, 2),
        growth=round(grown, 2),
        reach=round(reach, 2),
        urgency=urgent,
        frailty=round(frailty, 2),
    )


def spark(times: Sequence[datetime], first: datetime, last: datetime, *, n: int = 24) -> tuple[int, ...]:
    """How many of the instants fall into each of `n` equal parts of first to last, both inclusive."""
    counts = [0] * n
    length = (last - first) / n
    for at in times:
        if first <= at <= last:
            counts[min(n - 1, int((at - first) / length)) if length else 0] += 1
    return tuple(counts)
