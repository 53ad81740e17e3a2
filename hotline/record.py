"""THE one writer: tickets, events, clocks, timers, agenda and deliveries in one transaction.

Every use case ends here. The pure calls stand one under another and read from top to bottom.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from channels import rules as channel_rules
from city.types import Policy
from hotline.reference import Snapshot
from joint_meeting import rules as meeting_rules
from joint_meeting import store as meeting_store
from plumbing.db import upsert_ignore
from sla import rules as sla_rules
from sla import store as sla_store
from sla.calendar import WorkingCalendar
from sla.types import Clock
from tickets import cluster_store
from tickets import store as ticket_store
from tickets.store import PRIORITY, Change, table
from tickets.tables import DeliveryRow, TicketRow
from tickets.types import Delivery, DeliveryState, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A change of one ticket, and how its resident can be reached (sms, wechat or none)."""

    change: Change
    reach: str


def write(session: Session, deeds: Sequence[Deed], *, snapshot: Snapshot, now: datetime) -> None:
    """Write them all. Raises Conflict when a ticket moved meanwhile; then nothing is written."""
    if not deeds:
        return
    ticket_store.write(session, [deed.change for deed in deeds])
    old = [deed.change.ticket.no for deed in deeds if not deed.change.new]
    clocks = sla_store.load_clocks(session, old)
    reactions = [_react(deed.change, clocks.get(deed.change.ticket.no, {}), snapshot) for deed in deeds]
    sla_store.write(session, reactions, now=now)
    _put_on_agenda(session, deeds)
    _leave_to_gatherer(session, deeds)
    _post(session, deeds, snapshot.unit_names(), now)


def reaches(session: Session, numbers: Sequence[str]) -> dict[str, str]:
    """How the residents of these tickets can be reached, by number."""
    t = table(TicketRow)
    return {row.no: row.reach for row in session.execute(select(t.c.no, t.c.reach).where(t.c.no.in_(numbers)))}


def _react(change: Change, clocks: Mapping[str, Clock], snapshot: Snapshot) -> sla_rules.Reaction:
    policy, calendar = versions_of(clocks, snapshot)
    return sla_rules.react(clocks, change.events, change.ticket, policy=policy, calendar=calendar)


def versions_of(clocks: Mapping[str, Clock], snapshot: Snapshot) -> tuple[Policy, WorkingCalendar]:
    """The policy and calendar that a ticket began under; a ticket without clocks begins under today's."""
    first = next(iter(clocks.values()), None)
    if first is None:
        return snapshot.policy, snapshot.calendar
    return (
        snapshot.policies.get(first.policy_version, snapshot.policy),
        snapshot.calendars.get(first.calendar_version, snapshot.calendar),
    )


def _put_on_agenda(session: Session, deeds: Sequence[Deed]) -> None:
    concerned = [deed.change for deed in deeds if meeting_rules.concerns(deed.change.events)]
    if not concerned:
        return
    before = meeting_store.counts(session, [change.ticket.no for change in concerned])
    for change in concerned:
        opened, settled = meeting_rules.agenda(change.events, change.ticket, n_before=before.get(change.ticket.no, 0))
        meeting_store.write(session, opened, settled)


def _leave_to_gatherer(session: Session, deeds: Sequence[Deed]) -> None:
    """New tickets, and old ones with other words, wait to be put beside those about the same event."""
    changes = [deed.change for deed in deeds]
    cluster_store.enqueue(session, {one.ticket.no: one.ticket.opened_at for one in changes if one.new})
    cluster_store.look_again(session, [one.ticket.no for one in changes if not one.new and one.words])


def _post(session: Session, deeds: Sequence[Deed], names: Mapping[str, str], now: datetime) -> None:
    rows: list[dict[str, Any]] = []
    for deed in deeds:
        ticket = deed.change.ticket
        # the first receipt is the person's; later ones of the same ticket are more words of the same person
        reach = {ticket.receipts[0]: deed.reach}
        found = channel_rules.deliveries(deed.change.events, ticket, reach=reach, names=names)
        rows.extend(delivery_row(one, now) for one in found)
    upsert_ignore(session, table(DeliveryRow), rows)


def delivery_row(delivery: Delivery, now: datetime) -> dict[str, Any]:
    """A row of the outbox."""
    return {
        "ticket_no": delivery.ticket_no,
        "seq": delivery.seq,
        "channel": delivery.channel,
        "recipient": delivery.recipient,
        "text": delivery.text,
        "priority": PRIORITY[Urgency.CRITICAL if delivery.urgent else Urgency.ROUTINE],
        "state": str(DeliveryState.PENDING),
        "attempts": 0,
        "next_at": now,
        "result": "",
    }
