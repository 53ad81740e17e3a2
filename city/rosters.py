"""Who answers at a unit now. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from city.kit_types import Roster
from city.spans import span


def on_duty(rosters: Iterable[Roster], unit: str, at: datetime) -> Roster | None:
    """The roster of the unit that `at` (aware, in the city's own zone) falls into; the last that fits wins."""
    fitting = [roster for roster in rosters if roster.unit == unit and _covers(roster, at)]
    return fitting[-1] if fitting else None


def _covers(roster: Roster, at: datetime) -> bool:
    """A watch belongs to the day on which it begins, also for its hours after midnight."""
    clock = at.strftime("%H:%M")
    overnight = roster.to_time <= roster.from_time
    if clock >= roster.from_time and (overnight or clock < roster.to_time):
        return _on(roster, at)
    return overnight and clock < roster.to_time and _on(roster, at - timedelta(days=1))


def _on(roster: Roster, day: datetime) -> bool:
    first, last = span(roster)
    return day.weekday() in roster.days and first <= day.date() < last
