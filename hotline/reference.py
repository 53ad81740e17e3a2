"""What the running program knows of the city and how it understands: loaded once, read by every use case.

A snapshot is frozen; `refresh` swaps it when the database holds another list version or another precedent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from zoneinfo import ZoneInfo

from city import store as city_store
from city.types import Directory, KnownPlace, Policy
from plumbing.clock import Clock
from plumbing.db import Database
from sla.calendar import WorkingCalendar
from tickets.ports import Brain

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The city on one day. `policy` and `calendar` are those in force; older ones are found by version."""

    day: date
    stamp: str
    directory: Directory
    policy: Policy
    calendar: WorkingCalendar
    policies: Mapping[str, Policy]
    calendars: Mapping[str, WorkingCalendar]

    def unit_names(self) -> Mapping[str, str]:
        """Names by unit code."""
        return {code: unit.name for code, unit in self.directory.units.items()}


class Reference:
    """The current snapshot, and the brain."""

    def __init__(self, database: Database, clock: Clock, brain: Brain) -> None:
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._calendars: dict[str, WorkingCalendar] = {}
        self.brain = brain

    def now(self) -> Snapshot:
        """The snapshot of today, made anew when the day or the reference data changed."""
        return self.on(self._clock.now())

    def on(self, at: datetime) -> Snapshot:
        """The snapshot of the day of `at` in Shanghai."""
        day = at.astimezone(SHANGHAI).date()
        with self._lock:
            with self._database.reading() as session:
                stamp = city_store.stamp(session)
                if self._snapshot is None or (self._snapshot.day, self._snapshot.stamp) != (day, stamp):
                    self._snapshot = self._load(session, day, stamp)
            return self._snapshot

    def places(self) -> Sequence[KnownPlace]:
        """The gazetteer."""
        with self._database.reading() as session:
            return city_store.known_places(session)

    def _load(self, session: "city_store.Session", day: date, stamp: str) -> Snapshot:
        policies = city_store.policies(session)
        for version, spec in city_store.calendars(session).items():
            self._calendars.setdefault(version, WorkingCalendar(spec))
        return Snapshot(
            day=day,
            stamp=stamp,
            directory=city_store.directory(session, on=day),
            policy=city_store.policy_on(session, on=day),
            calendar=self._calendars[city_store.calendar_on(session, on=day)],
            policies=policies,
            calendars=dict(self._calendars),
        )
