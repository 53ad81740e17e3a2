"""History cannot be changed unseen: every chain and every daily anchor is computed again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from hotline import audit, chores
from tickets.store import table
from tickets.tables import ClusterKeyRow, ClusterMemberRow, EventRow, GatheringRow, LegRow, MessageRow, TicketRow

BODY = {"channel": "api", "sender": "+861990000001", "text": "康平路路灯不亮，晚上看不见路"}


def opened(house: Any, *ids: str) -> list[str]:
    client = house.client("operator")
    numbers = [client.post("/api/v1/messages", json=BODY | {"external_id": one}).json()["receipt_no"] for one in ids]
    house.settle()
    return numbers


def anchored(house: Any) -> str:
    return chores.anchor(house.runtime.config, house.runtime.database, house.clock)


def faults(house: Any) -> tuple[str, ...]:
    return audit.verify(house.runtime.database).faults


def test_a_whole_history_verifies_and_is_counted(house: Any) -> None:
    opened(house, "a", "b")
    verdict = audit.verify(house.runtime.database)
    assert (verdict.n_tickets, verdict.faults) == (2, ())
    assert verdict.n_events >= 8


def test_an_anchor_holds_the_last_whole_day_once_and_stays_right_while_work_goes_on(house: Any) -> None:
    opened(house, "a")
    first = anchored(house)
    assert faults(house) == (), "what was recorded today is not in yesterday's anchor"
    house.clock.advance(timedelta(days=1))
    second = anchored(house)
    assert second != first
    opened(house, "b")
    assert anchored(house) == second, "a day has one anchor"
    assert faults(house) == ()
    lines = (house.runtime.config.home / "anchors" / "anchors.jsonl").read_text().splitlines()
    assert len(lines) == 2


def test_just_after_midnight_the_day_is_not_yet_anchored(house: Any) -> None:
    before = anchored(house)
    house.clock.advance(timedelta(hours=14, minutes=35))  # 00:05 in Shanghai
    assert anchored(house) == before
    house.clock.advance(timedelta(minutes=5))
    opened(house, "a")
    house.clock.advance(timedelta(days=1))
    anchored(house)
    assert audit.verify(house.runtime.database).n_anchors == 2


CHANGES = {
    "another payload": update(table(EventRow)).where(table(EventRow).c.seq == 2).values(data={}),
    "another actor": update(table(EventRow)).where(table(EventRow).c.seq == 1).values(actor="somebody"),
    "another time": update(table(EventRow))
    .where(table(EventRow).c.seq == 3)
    .values(at=datetime(2026, 1, 1, tzinfo=UTC)),
    "an event less": delete(table(EventRow)).where(table(EventRow).c.seq == 2),
    "the last event less": delete(table(EventRow)).where(table(EventRow).c.seq == 4),
    "another head": update(table(TicketRow)).values(head="0" * 64),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_a_stored_event_is_found(house: Any, change: str) -> None:
    opened(house, "a")
    with house.runtime.database.transaction() as session:
        session.execute(CHANGES[change])
    assert faults(house)


def test_a_ticket_that_vanishes_with_its_events_is_found_by_the_anchor(house: Any) -> None:
    gone, _ = opened(house, "a", "b")
    house.clock.advance(timedelta(days=1))
    anchored(house)
    with house.runtime.database.transaction() as session:
        for row in (EventRow, LegRow, GatheringRow, ClusterKeyRow, ClusterMemberRow):
            t = table(row)
            session.execute(delete(t).where(t.c.ticket_no == gone))
        session.execute(delete(table(TicketRow)).where(table(TicketRow).c.no == gone))
    assert any("anchor" in fault for fault in faults(house))


def test_a_residents_words_cannot_be_changed_unseen(house: Any) -> None:
    (number,) = opened(house, "a")
    house.runtime.follow.act(number, "0001", action="supply", data={"text": "就在88号门口"})
    house.settle()
    m = table(MessageRow)
    with house.runtime.database.transaction() as session:
        session.execute(update(m).where(m.c.about == number).values(text="没有这回事"))
    (fault,) = faults(house)
    assert fault.startswith(f"{number}: the words of message")
    with house.runtime.database.transaction() as session:  # erased, as retention does: nothing to compare any more
        session.execute(update(m).where(m.c.about == number).values(text="", salt=""))
    assert faults(house) == ()
