"""All that the rest of the house asks of clocks. Pure: values in, values out.

`react` turns events into clocks and timers, `fire` and `late_steps` say what a due timer does, `ledger` whose time
it was, `explain` why a deadline is what it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from city.types import Policy
from sla.calendar import WorkingCalendar
from sla.deadlines import deadline
from sla.explain import explain
from sla.fold import Fold
from sla.ladder import Fired, Late, fire, late_steps
from sla.ledger import Minutes, ledger
from sla.reactions import apply
from sla.types import Clock, Timer
from tickets.types import Event, Ticket

__all__ = [
    "Fired",
    "Late",
    "Minutes",
    "Reaction",
    "deadline",
    "explain",
    "fire",
    "late_steps",
    "ledger",
    "react",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What events do to a ticket's clocks.

    `clocks` are the changed and new ones by id. The unfired timers of every clock in `dropped` are void first,
    then `timers` are inserted: one of them may bring a void one with the same key back.
    """

    clocks: Mapping[str, Clock]
    timers: tuple[Timer, ...]
    dropped: frozenset[str]


def react(
    clocks: Mapping[str, Clock],
    events: Sequence[Event],
    ticket: Ticket,
    *,
    policy: Policy,
    calendar: WorkingCalendar,
) -> Reaction:
    """The clocks after `events`, which come in order and follow on what `clocks`, all of the ticket's, have seen.

    A fold: a whole history from nothing gives the same clocks as its events one by one. `ticket` is the state
    after the events; only what never changes is read of it, and its profile where neither event nor clock names one.
    Deadlines count from an event's `at`, in whole seconds; whatever happens in the second of a deadline is in time.
    """
    fold = Fold(clocks, opened_at=ticket.opened_at, profile=ticket.profile, policy=policy, calendar=calendar)
    for event in events:
        apply(fold, event)
    changed = {key: fold.clocks[key] for key in sorted(fold.changed)}
    return Reaction(clocks=changed, timers=tuple(fold.timers), dropped=frozenset(fold.dropped))
