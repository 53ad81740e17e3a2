"""Clusters: messages of several people about one event (事件). Which one a new ticket joins, and when to warn. Pure.

A cluster only suggests: it merges nothing, closes nothing and hides nothing. Who is taken out by a person stays out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from nlu.alike import Sketch, likeness

TOP = 3
"""A ticket must be like several of a cluster's, if it has several: one odd member must not draw in its own likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A city's numbers. `steps` are counts of callers within `warn_window` that warn, ascending.

    `window`: how far apart two tickets of one matter may lie. `slope`: the span whose messages an hour are compared
    with those of the span before. `half_life`: after it a message adds half as much heat.
    """

    window: timedelta = timedelta(days=14)
    join_score: float = 0.6
    warn_window: timedelta = timedelta(hours=72)
    steps: tuple[int, ...] = (3, 5, 8, 20, 50, 100, 200, 500, 1000)
    slope: timedelta = timedelta(hours=2)
    half_life: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ticket that a new one may belong to; `cluster` is None while it stands alone."""

    ticket_no: str
    cluster: str | None
    sketch: Sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where a new ticket belongs: into `cluster`, or, if that is None, into a new one together with `with_no`."""

    cluster: str | None
    with_no: str
    score: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a cluster: when, by whom (a word that tells callers apart and is shown to nobody)."""

    at: datetime
    caller: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How a cluster grows. `n_callers` and `n_messages` within the warning window, rates in messages an hour."""

    n_callers: int
    n_messages: int
    rate: float
    rate_before: float


def choose(
    new: Sketch, candidates: Iterable[Candidate], *, parted: frozenset[str] = frozenset(), rules: Rules
) -> Choice | None:
    """The best place for a new ticket; None = it stands alone. `parted` are clusters that it was taken out of."""
    scored = [(one, likeness(new, one.sketch)) for one in candidates if one.cluster not in parted]
    scored.sort(key=lambda pair: (pair[0].cluster or f"~{pair[0].ticket_no}", -pair[1].score, pair[0].ticket_no))
    found = []
    for _, group in groupby(scored, key=lambda pair: pair[0].cluster or f"~{pair[0].ticket_no}"):
        likest = list(group)[:TOP]
        if sum(like.score for _, like in likest) / len(likest) >= rules.join_score:
            found.append(likest)
    if not found:
        return None
    # the likest single ticket decides; of equals the event that has more of them
    (first, like), *_ = max(found, key=lambda likest: (likest[0][1].score, len(likest)))
    return Choice(cluster=first.cluster, with_no=first.ticket_no, score=like.score, why=like.why)


def growth(said: Sequence[Said], at: datetime, rules: Rules) -> Growth:
    """How a cluster has grown up to `at`, inclusive; what comes later is not looked at."""
    recent = [one for one in said if at - rules.warn_window < one.at <= at]
    hours = rules.slope / timedelta(hours=1)
    return Growth(
        n_callers=len({one.caller for one in recent}),
        n_messages=len(recent),
        rate=sum(one.at > at - rules.slope for one in recent) / hours,
        rate_before=sum(at - 2 * rules.slope < one.at <= at - rules.slope for one in recent) / hours,
    )


def commonest(values: Iterable[str | None]) -> str | None:
    """The value that occurs most often, None aside; the first of those that occur as often."""
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None


def warns(n_callers: int, warned: int, rules: Rules) -> int | None:
    """The step to warn of now: the highest that is reached and above what was warned of; None = nothing new."""
    reached = max((step for step in rules.steps if step <= n_callers), default=0)
    return reached if reached > warned else None


def still_warned(n_callers: int, warned: int, rules: Rules) -> int:
    """What stays warned of: a cluster must shrink to half a step before the same step may warn again."""
    if n_callers * 2 > warned:
        return warned
    return max((step for step in rules.steps if step <= n_callers), default=0)
