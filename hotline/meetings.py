"""Joint meetings: statements are kept, a ruling flows back at once and may leave a precedent."""

from collections.abc import Sequence
from dataclasses import replace

from city import store as city_store
from hotline.desk import Desk
from hotline.reference import Reference
from joint_meeting import rules, store
from plumbing.clock import Clock
from plumbing.db import Database
from plumbing.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from tickets import store as ticket_store
from tickets.ports import AgendaItem, RulingWish, Statement
from tickets.types import Actor, Command, CommandKind, Role


class MeetingRoom:
    """The use case behind tickets.ports.MeetingRoom."""

    def __init__(self, database: Database, clock: Clock, reference: Reference, desk: Desk) -> None:
        self._database = database
        self._clock = clock
        self._reference = reference
        self._desk = desk

    def agenda(self, *, actor: Actor, ruled: bool = False) -> Sequence[AgendaItem]:
        """What `actor` may see of the agenda: open items oldest first, or ruled ones newest first."""
        with self._database.reading() as session:
            return [item for item in store.agenda(session, ruled=ruled) if rules.may_see(item, actor)]

    def item(self, item_id: str, *, actor: Actor) -> AgendaItem:
        """One item with its statements. Raises NotFound, also for whoever may not see it."""
        with self._database.reading() as session:
            item = store.item(session, item_id)
        if not rules.may_see(item, actor):
            raise NotFound("NO_ITEM", f"没有编号为{item_id}的议题。")
        return item

    def state(self, item_id: str, *, actor: Actor, text: str) -> AgendaItem:
        """Keep a unit's statement. Raises NotFound, Forbidden, BadInput."""
        item = self.item(item_id, actor=actor)
        unit = rules.may_state(item, actor, text)
        said = Statement(unit=unit, text=text.strip(), by=actor.id, at=self._clock.now())
        with self._database.transaction() as session:
            store.add_statement(session, item_id, said)
            return store.item(session, item_id)

    def rule(self, item_id: str, *, actor: Actor, wish: RulingWish, key: str | None = None) -> AgendaItem:
        """Rule; the ticket flows back at once with return forbidden. The same ruling again is no error.

        Raises NotFound, Forbidden, Refused ALREADY_RULED, BadInput.
        """
        if Role.CHAIR not in actor.roles:
            raise Forbidden("ROLE", "只有联席会议召集人可以裁定。")
        if not wish.reason.strip():
            raise BadInput("NO_REASON", "裁定须写明理由。")
        for attempt in range(3):
            try:
                return self._rule_once(item_id, actor, wish, key)
            except Conflict:
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def _rule_once(self, item_id: str, actor: Actor, wish: RulingWish, key: str | None) -> AgendaItem:
        now = self._clock.now()
        snapshot = self._reference.on(now)
        with self._database.transaction() as session:
            item = store.item(session, item_id)
            if item.ruling is not None:
                if key is not None and item.ruling["lead"] == wish.lead:
                    return item
                raise Refused("ALREADY_RULED", "该议题已裁定，如有新情况请重新提交。")
            ticket = ticket_store.load(session, [item.ticket_no])[item.ticket_no]
            if not rules.disputed_leg(ticket, item):
                raise Refused("NOT_DISPUTED", "该工单已不在争议中，无需裁定。")
            kept = rules.precedent(item, wish, ticket, now)
            data = {
                "lead": wish.lead,
                "supports": list(wish.supports),
                "reason": wish.reason,
                "clause": wish.clause,
                "precedent": kept.id if kept else None,
            }
            command = Command(kind=CommandKind.RULE, actor=actor, leg=item.leg, data=data)
            self._desk.perform(session, ticket, command, snapshot, now)
            if kept is not None:
                city_store.add_precedent(session, replace(kept, ticket_no=ticket.no))
            return store.item(session, item_id)
