"""Tickets into clusters, one at a time, behind the intake: nothing waits for it and nothing is lost by it.

`record.write` leaves a row for every new ticket in the transaction that writes the ticket. This loop works them off; a
killed process leaves rows that wait, and a ticket that fails three times is set aside and reported by the doctor.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlmodel import Session

from hotline import record
from hotline.reference import Reference, Snapshot
from nlu import alike, clusters
from nlu.clusters import Candidate, Choice, Growth, Rules, Said, commonest
from plumbing.clock import Clock
from plumbing.db import Database, upsert_ignore
from tickets import cluster_store
from tickets.cluster_store import DONE, NOT_SAID, Entry
from tickets.store import table
from tickets.tables import DeliveryRow
from tickets.types import SYSTEM, Delivery, Role

TRIES = 3
MOST_CANDIDATES = 60
"""How many tickets a new one is compared with at most: those that share most blocks with it."""
KEPT = 20_000
LEADERS_FROM = 20
"""From this step on the leaders hear of it too."""

log = structlog.get_logger()


class Gatherer:
    """Step E. `limit` tickets at most at a time."""

    def __init__(self, database: Database, clock: Clock, reference: Reference, *, rules: Rules, limit: int) -> None:
        self._database = database
        self._clock = clock
        self._reference = reference
        self._rules = rules
        self._limit = limit
        self._sketches: dict[tuple[str, int], alike.Sketch] = {}

    def run_once(self) -> int:
        """How many tickets were looked at; 0 when none waits."""
        with self._database.reading() as session:
            numbers = cluster_store.waiting(session, self._limit)
        for number in numbers:
            try:
                self._gather(number)
            except Exception as error:  # whatever it is, the next ticket has its turn
                log.error("ticket not gathered", ticket_no=number, error=type(error).__name__, exc_info=error)
                with self._database.transaction() as session:
                    cluster_store.failed(session, number, tries=TRIES)
        return len(numbers)

    def forget(self) -> int:
        """Delete the blocks of tickets that are too old for anything new to be like them; how many rows."""
        with self._database.transaction() as session:
            return cluster_store.forget_keys(session, self._clock.now() - 2 * self._rules.window)

    def _gather(self, number: str) -> None:
        """Compare outside of any transaction, then write in a short one; what moved meanwhile is looked at again."""
        with self._database.reading() as session:
            one = cluster_store.entries(session, [number]).get(number)
            keys = alike.keys(self._sketch(one)) if one is not None and one.state not in NOT_SAID else frozenset()
            near = self._near(session, one, keys) if one is not None and keys else []
            parted = cluster_store.partings(session, number)
        with self._database.transaction() as session:
            if not cluster_store.claim(session, number):
                return
            if one is not None:
                cluster_store.add_keys(session, number, keys, one.at)
                choice = self._choice(one, near, parted) if one.cluster is None else None
                if choice is not None and not self._put(session, one, choice):
                    raise MovedMeanwhile(choice.with_no)
            cluster_store.settle(session, [number], DONE)

    def _near(self, session: Session, one: Entry, keys: frozenset[str]) -> list[Entry]:
        span = self._rules.window
        return [
            other
            for other in cluster_store.near(
                session, one.no, keys, since=one.at - span, until=one.at + span, limit=MOST_CANDIDATES
            )
            if other.state not in NOT_SAID and other.sample == one.sample
        ]

    def _choice(self, one: Entry, near: Sequence[Entry], parted: frozenset[str]) -> Choice | None:
        candidates = [
            Candidate(ticket_no=other.no, cluster=other.cluster, sketch=self._sketch(other)) for other in near
        ]
        return clusters.choose(self._sketch(one), candidates, parted=parted, rules=self._rules)

    def _sketch(self, one: Entry) -> alike.Sketch:
        key = (one.no, hash((one.summary, one.matter, one.street, one.place)))
        if key not in self._sketches:
            if len(self._sketches) >= KEPT:
                self._sketches.clear()
            self._sketches[key] = alike.sketch(
                one.summary, at=one.at, matter=one.matter, street=one.street, place=one.place, sender=one.caller
            )
        return self._sketches[key]

    def _put(self, session: Session, one: Entry, choice: Choice) -> bool:
        """Join or found a cluster; False when the other ticket is no longer where it was seen."""
        now = cluster_store.entries(session, [choice.with_no]).get(choice.with_no)
        if now is None or now.cluster != choice.cluster:
            return False
        into = choice.cluster
        if into is None:
            first, _ = sorted((one, now), key=lambda entry: (entry.at, entry.no))
            into = cluster_store.found(session, first.no, first.at)
            cluster_store.join(session, into, now.no, now.at, by=SYSTEM.id)
        cluster_store.join(
            session, into, one.no, one.at, by=SYSTEM.id, with_no=choice.with_no, score=choice.score, why=choice.why
        )
        self._warn(session, into, one)
        return True

    def _warn(self, session: Session, cluster_id: str, newest: Entry) -> None:
        """Tell dispatchers and the street, once a step."""
        known = cluster_store.cluster(session, cluster_id)
        told = cluster_store.members(session, [cluster_id])[cluster_id]
        said = [Said(at=one.at, caller=one.caller) for one in told if one.state not in NOT_SAID]
        grown = clusters.growth(said, newest.at, self._rules)
        was = known.warned if known else 0
        before = clusters.still_warned(grown.n_callers, was, self._rules)
        step = clusters.warns(grown.n_callers, before, self._rules)
        if step is None and before != was:
            cluster_store.warned(session, cluster_id, before, None)
        if step is None or not _is_somewhere(told):
            return
        cluster_store.warned(session, cluster_id, step, newest.at)
        snapshot = self._reference.now()
        text = sentence(told, grown, snapshot, self._rules)
        rows = [
            record.delivery_row(
                Delivery(
                    ticket_no=newest.no, seq=-step, channel="console", recipient=recipient, text=text, urgent=True
                ),
                self._clock.now(),
            )
            for recipient in _hearers(told, step, snapshot)
        ]
        upsert_ignore(session, table(DeliveryRow), rows)
        log.debug("event warned", cluster=cluster_id, step=step, n_callers=grown.n_callers)


class MovedMeanwhile(RuntimeError):
    """Somebody else moved the ticket that a new one was to stand beside; it is looked at again."""


def sentence(told: Sequence[Entry], grown: Growth, snapshot: Snapshot, rules: Rules) -> str:
    """What a warning says: how many, where, about what, and how fast; never who."""
    directory = snapshot.directory
    street, matter, place = (commonest(getattr(one, name) for one in told) for name in ("street", "matter", "place"))
    known = directory.streets.get(street or "")
    where = "，".join(part for part in (known.name if known else "", place or "") if part)
    about = directory.matters[matter].name if matter and matter in directory.matters else "事项未定"
    hours = round(rules.warn_window / timedelta(hours=1))
    span = round(rules.slope / timedelta(hours=1))
    return (
        f"事件预警：{where or '地点未定'}，{about}：近{hours}小时已有{grown.n_callers}人来件{grown.n_messages}件，"
        f"近{span}小时每小时{grown.rate:.1f}件，此前每小时{grown.rate_before:.1f}件。请核实是否同一事件，一并办理。"
    )


def _is_somewhere(told: Sequence[Entry]) -> bool:
    """Many who ask the same question are listed, but nobody can be sent anywhere."""
    return any(one.street or one.place for one in told)


def _hearers(told: Sequence[Entry], step: int, snapshot: Snapshot) -> list[str]:
    """Dispatchers, the street's response centre, and from LEADERS_FROM on the leaders."""
    street = commonest(one.street for one in told)
    known = snapshot.directory.streets.get(street or "")
    out = [f"role:{Role.DISPATCHER}"]
    if known is not None and known.centre:
        out.append(f"unit:{known.centre}")
    return [*out, f"role:{Role.LEADER}"] if step >= LEADERS_FROM else out
