"""Step C: the outbox. Claim, send outside any transaction, mark; at least once, with an idempotency key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, bindparam, or_, select, update
from sqlmodel import Session

from channels.console import ConsoleSender, FileSender
from channels.contract import Sender, SendResult, failed
from plumbing import faults
from plumbing.clock import Clock
from plumbing.db import Database
from tickets.store import table
from tickets.tables import DeliveryRow, MessageRow
from tickets.types import DeliveryState

CLAIM = timedelta(minutes=2)
MAX_ATTEMPTS = 6
BACK_OFF = timedelta(seconds=30)

log = structlog.get_logger()
_D = table(DeliveryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    id: int
    key: str
    channel: str
    address: str
    text: str
    attempts: int
    was_sending: bool


class Outbox:
    """`senders` by channel; a channel without one goes to `fallback`."""

    def __init__(
        self, database: Database, clock: Clock, senders: Mapping[str, Sender], *, fallback: Sender, limit: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._senders = senders
        self._fallback = fallback
        self._limit = limit

    def run_once(self) -> int:
        """How many were tried; 0 when nothing waits."""
        now = self._clock.now()
        parcels = self._claim(now)
        if parcels:
            faults.point("before_send")
        results = [(parcel, self._send(parcel)) for parcel in parcels]
        if results:
            faults.point("before_mark")
            with self._database.transaction() as session:
                _mark(session, results, self._clock.now())
        return len(parcels)

    def release_claims(self) -> None:
        """Take over what a killed process had claimed; only when no other process sends from the same database."""
        with self._database.transaction() as session:
            sending = _D.c.state == str(DeliveryState.SENDING)
            session.execute(update(_D).where(sending).values(claimed_until=None))

    def _claim(self, now: datetime) -> list[_Parcel]:
        pending = and_(_D.c.state == str(DeliveryState.PENDING), _D.c.next_at <= now)
        expired = or_(_D.c.claimed_until.is_(None), _D.c.claimed_until < now)
        stuck = and_(_D.c.state == str(DeliveryState.SENDING), expired)
        wanted = select(_D).where(or_(pending, stuck)).order_by(_D.c.priority, _D.c.next_at).limit(self._limit)
        with self._database.reading() as session:
            if session.execute(wanted.limit(1)).first() is None:
                return []
        with self._database.transaction() as session:
            rows = session.execute(wanted.with_for_update(skip_locked=True)).all()
            session.execute(
                update(_D)
                .where(_D.c.id.in_([row.id for row in rows]))
                .values(state=str(DeliveryState.SENDING), claimed_until=now + CLAIM, attempts=_D.c.attempts + 1)
            )
            addresses = _addresses(session, rows)
        return [_parcel(row, addresses.get(row.recipient, row.recipient)) for row in rows]

    def _send(self, parcel: _Parcel) -> SendResult:
        sender = self._senders.get(parcel.channel, self._fallback)
        if parcel.was_sending and not isinstance(sender, ConsoleSender | FileSender):
            # the process that had it died while sending: the provider may have it
            return SendResult(state=DeliveryState.UNKNOWN, error="INTERRUPTED")
        try:
            return sender.send(parcel.address, parcel.text, key=parcel.key)
        except Exception as error:  # noqa: BLE001 - one bad parcel must not stop the others
            log.error("sender failed", channel=parcel.channel, delivery=parcel.id, error=type(error).__name__)
            return failed(type(error).__name__)


def _addresses(session: Session, rows: Sequence[Any]) -> dict[str, str]:
    """Where a receipt's sender is reached; looked up now, so that no address is ever copied."""
    numbers = [row.recipient for row in rows if ":" not in row.recipient]
    if not numbers:
        return {}
    t = table(MessageRow)
    found = session.execute(select(t.c.receipt_no, t.c.sender, t.c.facts).where(t.c.receipt_no.in_(numbers)))
    return {row.receipt_no: str(row.facts.get("contact") or row.sender) for row in found}


def _parcel(row: Any, address: str) -> _Parcel:
    return _Parcel(
        id=row.id,
        key=f"{row.ticket_no}-{row.seq}-{row.channel}-{row.recipient}",
        channel=row.channel,
        address=address,
        text=row.text,
        attempts=row.attempts + 1,
        was_sending=row.state == DeliveryState.SENDING,
    )


def _mark(session: Session, results: Sequence[tuple[_Parcel, SendResult]], now: datetime) -> None:
    """Write down what became of them; what failed is tried again a few times, later each time."""
    rows = []
    for parcel, result in results:
        told = result.error or result.provider_id or ""
        if result.state is DeliveryState.FAILED and parcel.attempts < MAX_ATTEMPTS:
            next_at = now + BACK_OFF * 2 ** (parcel.attempts - 1)
            again = {"state": str(DeliveryState.PENDING), "next_at": next_at, "result": told, "claimed_until": None}
            session.execute(update(_D).where(_D.c.id == parcel.id).values(again))
        else:
            sent_at = now if result.state is DeliveryState.SENT else None
            rows.append({"b_id": parcel.id, "state": str(result.state), "result": told, "sent_at": sent_at})
    if rows:
        session.connection().execute(_DONE, rows)


_DONE = (
    update(_D)
    .where(_D.c.id == bindparam("b_id"))
    .values(state=bindparam("state"), result=bindparam("result"), sent_at=bindparam("sent_at"), claimed_until=None)
)
