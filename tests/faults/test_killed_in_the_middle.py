"""kill -9 between accept and drain, between write and send, and at any moment: nothing lost, nothing doubled."""

import random
import time
from collections import Counter
from itertools import chain, cycle, islice
from typing import Any

from sqlalchemy import func, select

from hotline import audit, invariants
from plumbing.clock import SystemClock
from plumbing.faults import POINTS
from tickets.cluster_store import WAITING
from tickets.store import table
from tickets.tables import DeliveryRow, EventRow, GatheringRow, MessageRow, TicketRow
from tickets.types import DeliveryState, EventKind, Outcome

ANY_MOMENT = "any moment"
FIRST = ("after_accept", "before_commit", "after_write", "before_mark")
"""The short form's four: stored and not answered, all but committed, committed and not sent, sent and not marked."""

_M, _T, _E, _D = table(MessageRow), table(TicketRow), table(EventRow), table(DeliveryRow)


def plan(n: int) -> list[str]:
    """Where each kill hits: the short form's first, then every point in turn."""
    rest = [ANY_MOMENT, *(point for point in POINTS if point not in FIRST)]
    return list(islice(chain(FIRST, rest, cycle([*POINTS, ANY_MOMENT])), n))


def test_what_was_answered_is_done_exactly_once_however_often_the_process_is_killed(
    battered: Any, residents: Any, n_kills: int
) -> None:
    chance = random.Random(12345)
    residents.begin()
    for number, where in enumerate(plan(n_kills)):
        if where == ANY_MOMENT:
            battered.start()
            battered.wait_until_ready()
            time.sleep(chance.uniform(0.05, 0.8))
        else:
            battered.start(fault=where, survives=chance.randrange(6))
            battered.wait_until_fault()
            if number % 2:  # the server puts a new worker in the dead one's place; let it begin, then kill both
                battered.wait_until_ready()
                time.sleep(chance.uniform(0.05, 0.3))
        battered.kill()
    battered.start()
    battered.wait_until_ready()
    residents.end()
    battered.wait_for(lambda: waiting(battered.database) == 0, "not everything was settled")
    battered.stop()

    assert residents.strange == []
    assert len(residents.answers) >= 3 * n_kills
    every_answer_stands_for_one_ticket(battered.database, residents.answers)
    every_notice_was_written_once(battered)
    assert audit.verify(battered.database).faults == ()
    with battered.database.reading() as session:
        assert invariants.broken(session, SystemClock().now()) == []


def waiting(database: Any) -> int:
    """Messages without outcome, tickets that no event was looked for yet (it may bring a notice), and notices not sent."""
    g = table(GatheringRow)
    unsent = _D.c.state.in_([str(DeliveryState.PENDING), str(DeliveryState.SENDING)])
    with database.reading() as session:
        messages = session.execute(select(func.count()).where(_M.c.outcome == str(Outcome.PENDING))).scalar_one()
        gathering = session.execute(select(func.count()).where(g.c.state == WAITING)).scalar_one()
        return int(messages + gathering + session.execute(select(func.count()).where(unsent)).scalar_one())


def every_answer_stands_for_one_ticket(database: Any, answers: dict[str, set[str]]) -> None:
    with database.reading() as session:
        stored = {row.external_id: row for row in session.execute(select(_M))}
        tickets = {row.no: row for row in session.execute(select(_T.c.no, _T.c.receipts))}
        opened = select(_E.c.ticket_no).where(_E.c.kind == str(EventKind.OPENED))
        n_opened = Counter(session.execute(opened).scalars())
    assert {name: {row.receipt_no} for name, row in stored.items()} == dict(answers)
    assert {row.outcome for row in stored.values()} == {str(Outcome.OPENED)}
    assert sorted(number for row in stored.values() for number in row.tickets) == sorted(tickets)
    assert {row.receipt_no: row.tickets for row in stored.values()} == {no: row.receipts for no, row in tickets.items()}
    assert n_opened == Counter(list(tickets))


def every_notice_was_written_once(battered: Any) -> None:
    with battered.database.reading() as session:
        rows = session.execute(select(_D)).all()
        dispatched = session.execute(
            select(_E.c.ticket_no, _E.c.seq).where(_E.c.kind == str(EventKind.DISPATCHED))
        ).all()
    assert {row.state for row in rows} == {str(DeliveryState.SENT)}
    keys = Counter(battered.lines_sent())
    assert keys == Counter(f"{row.ticket_no}-{row.seq}-{row.channel}-{row.recipient}" for row in rows)
    assert set(keys.values()) == {1}
    told = {(row.ticket_no, row.seq) for row in rows if row.recipient.startswith("unit:")}
    assert {(row.ticket_no, row.seq) for row in dispatched} <= told


def test_every_point_is_in_the_long_form() -> None:
    assert {*POINTS, ANY_MOMENT} == set(plan(20))
    assert len(plan(20)) == 20
    assert plan(4) == list(FIRST)
