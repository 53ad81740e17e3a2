"""What the running program knows of the city and how it understands: loaded once, read by every use case.

A snapshot is frozen; `refresh` swaps it when the database holds another list version or another precedent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session

from city import store as city_store
from city.tables import PrecedentRow
from city.types import Directory, KnownPlace, Policy, Tag
from hotline.answering import Knowledge
from nlu.retrieval import Index
from plumbing.clock import Clock
from plumbing.db import Database
from sla.calendar import WorkingCalendar
from tickets.ports import Brain
from tickets.store import table

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
    knowledge: Knowledge
    tags: tuple[Tag, ...] = ()

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
        self._knowledge: Knowledge | None = None
        self.brain = brain

    def now(self) -> Snapshot:
        """The snapshot of today, made anew when the day or the reference data changed."""
        return self.on(self._clock.now())

    def on(self, at: datetime) -> Snapshot:
        """The snapshot of the day of `at` in Shanghai."""
        day = at.astimezone(SHANGHAI).date()
        with self._lock:
            with self._database.reading() as session:
                stamp = _stamp(session)
                if self._snapshot is None or (self._snapshot.day, self._snapshot.stamp) != (day, stamp):
                    self._snapshot = self._load(session, day, stamp)
            return self._snapshot

    def places(self) -> Sequence[KnownPlace]:
        """The gazetteer."""
        with self._database.reading() as session:
            return city_store.known_places(session)

    def _load(self, session: Session, day: date, stamp: str) -> Snapshot:
        policy, spec = city_store.policy_on(session, day)
        for version, known in city_store.calendars(session).items():
            self._calendars.setdefault(version, WorkingCalendar(known))
        return Snapshot(
            day=day,
            stamp=stamp,
            directory=city_store.directory(session, on=day),
            policy=policy,
            calendar=self._calendars[spec.version],
            policies=city_store.policies(session),
            calendars=dict(self._calendars),
            tags=city_store.tags(session),
            knowledge=self._known(session),
        )

    def _known(self, session: Session) -> Knowledge:
        """The knowledge base; its index is made anew for another list version only."""
        version = city_store.current_version(session)
        if self._knowledge is None or self._knowledge.version != version:
            articles = city_store.articles(session)
            by_code = {article.code: article for article in articles}
            self._knowledge = Knowledge(version=version, articles=by_code, index=Index(articles))
        return self._knowledge


def _stamp(session: Session) -> str:
    """A word that changes whenever the list or the precedents do; asked before every use, so it is one small query."""
    t = table(PrecedentRow)
    latest, ended = session.execute(select(func.count(), func.count(t.c.to_date))).one()
    return f"{city_store.current_version(session)}/{latest}/{ended}"
