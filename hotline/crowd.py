"""What dispatchers do with events: every step can be seen, undone and is remembered. Merging is the desk's own."""

from collections.abc import Sequence

import structlog
from sqlmodel import Session

from hotline.desk import Desk
from nlu import clusters
from nlu.clusters import Rules, Said
from plumbing.clock import Clock
from plumbing.db import Database
from plumbing.errors import BadInput, Forbidden, NotFound, Refused
from tickets import cluster_store
from tickets.cluster_store import APART, NOT_SAID, Cluster, Entry
from tickets.types import Actor, Command, CommandKind, Role, Urgency

MAY = frozenset({Role.DISPATCHER, Role.SUPERVISOR})
FEWEST = 2
"""A cluster of one is none."""
MOST_MERGED = 200

log = structlog.get_logger()


class Crowd:
    """The use case behind tickets.ports.Events."""

    def __init__(self, database: Database, clock: Clock, desk: Desk, *, rules: Rules) -> None:
        self._database = database
        self._clock = clock
        self._desk = desk
        self._rules = rules

    def take_out(self, cluster_id: str, numbers: Sequence[str], *, actor: Actor, reason: str) -> None:
        """See tickets.ports.Events.take_out."""
        _may(actor)
        with self._database.transaction() as session:
            told = self._chosen(session, cluster_id, numbers)
            self._leave(session, cluster_id, told, actor=actor, reason=reason)
        log.info("taken out of event", cluster=cluster_id, n=len(numbers), actor=actor.id)

    def split(self, cluster_id: str, numbers: Sequence[str], *, actor: Actor, reason: str) -> str:
        """See tickets.ports.Events.split."""
        _may(actor)
        with self._database.transaction() as session:
            chosen = self._chosen(session, cluster_id, numbers)
            stay = [one for one in self._members(session, cluster_id) if one.no not in numbers]
            if len(chosen) < FEWEST or len(stay) < FEWEST:
                raise Refused("TOO_FEW", "拆分后每个事件至少要有2件工单；只移出1件请用“移出事件”。")
            self._leave(session, cluster_id, chosen, actor=actor, reason=reason)
            made = cluster_store.found(session, chosen[0].no, chosen[0].at)
            for one in chosen:
                cluster_store.join(session, made, one.no, one.at, by=actor.id, why=f"由{cluster_id}拆分。")
            now = self._clock.now()
            cluster_store.part(session, made, [one.no for one in stay], now=now, actor=actor.id, reason=reason)
            self._cool(session, made)
        log.info("event split", cluster=cluster_id, made=made, n=len(chosen), actor=actor.id)
        return made

    def dissolve(self, cluster_id: str, *, actor: Actor, reason: str) -> None:
        """See tickets.ports.Events.dissolve."""
        _may(actor)
        now = self._clock.now()
        with self._database.transaction() as session:
            self._known(session, cluster_id)
            numbers = [one.no for one in self._members(session, cluster_id)]
            cluster_store.part(session, cluster_id, numbers, now=now, actor=actor.id, reason=reason)
            cluster_store.close(session, cluster_id)
            cluster_store.settle(session, numbers, APART)
        log.info("event dissolved", cluster=cluster_id, n=len(numbers), actor=actor.id)

    def notice(self, cluster_id: str, *, actor: Actor) -> None:
        """See tickets.ports.Events.notice."""
        _may(actor)
        with self._database.transaction() as session:
            cluster_store.noticed(session, cluster_id, self._known(session, cluster_id).warned, actor.id)

    def merge(self, cluster_id: str, numbers: Sequence[str], *, master: str, actor: Actor) -> tuple[str, ...]:
        """See tickets.ports.Events.merge."""
        _may(actor)
        with self._database.reading() as session:
            chosen = self._chosen(session, cluster_id, [no for no in numbers if no != master])
            self._chosen(session, cluster_id, [master])
        urgent = [one.no for one in chosen if one.urgency is Urgency.CRITICAL]
        if urgent:
            raise Refused(
                "URGENT", f"工单{'、'.join(urgent[:5])}为危急件，可能危及人身安全，请到工单页逐件核实后并单。"
            )
        done = []
        for one in chosen:
            command = Command(
                kind=CommandKind.MERGE,
                actor=actor,
                data={"master": master, "reason": f"同一事件，多人反映，并入工单{master}一并办理。"},
            )
            self._desk.act(one.no, command)
            done.append(one.no)
        return tuple(done)

    def _known(self, session: Session, cluster_id: str) -> Cluster:
        found = cluster_store.cluster(session, cluster_id)
        if found is None or not found.is_open:
            raise NotFound("NO_EVENT", "没有这个事件，可能已被解散，请回到事件列表查看。")
        return found

    def _members(self, session: Session, cluster_id: str) -> list[Entry]:
        return cluster_store.members(session, [cluster_id])[cluster_id]

    def _chosen(self, session: Session, cluster_id: str, numbers: Sequence[str]) -> list[Entry]:
        self._known(session, cluster_id)
        if not 1 <= len(numbers) <= MOST_MERGED:
            raise BadInput("NO_TICKETS", f"请勾选1至{MOST_MERGED}件工单。")
        there = {one.no: one for one in self._members(session, cluster_id)}
        missing = [no for no in numbers if no not in there]
        if missing:
            raise BadInput("NOT_THERE", f"工单{missing[0]}不在这个事件中，请刷新页面后重新勾选。")
        return [there[no] for no in dict.fromkeys(numbers)]

    def _leave(self, session: Session, cluster_id: str, told: Sequence[Entry], *, actor: Actor, reason: str) -> None:
        numbers, now = [one.no for one in told], self._clock.now()
        cluster_store.leave(session, cluster_id, numbers, now=now, actor=actor.id, reason=reason)
        if len(self._members(session, cluster_id)) < FEWEST:
            cluster_store.close(session, cluster_id)
        else:
            self._cool(session, cluster_id)

    def _cool(self, session: Session, cluster_id: str) -> None:
        """A cluster that has shrunk far enough may warn of the same step again."""
        known = self._known(session, cluster_id)
        said = [
            Said(at=one.at, caller=one.caller)
            for one in self._members(session, cluster_id)
            if one.state not in NOT_SAID
        ]
        grown = clusters.growth(said, known.last_at, self._rules)
        step = clusters.still_warned(grown.n_callers, known.warned, self._rules)
        cluster_store.warned(session, cluster_id, step, None)


def _may(actor: Actor) -> None:
    if not actor.roles & MAY:
        raise Forbidden("ROLE", "只有派单员或督办员可以调整事件。")
