"""The agenda in and out of the database: on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from joint_meeting import rules, store
from joint_meeting.tables import AgendaRow, StatementRow
from plumbing.db import Database
from plumbing.errors import NotFound
from tickets.ports import AgendaItem, Statement
from tickets.store import table
from tickets.types import CommandKind

C = CommandKind
Meeting = Any  # the makers of conftest.py
NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    AgendaRow.metadata.create_all(database.engine, tables=[table(AgendaRow), table(StatementRow)])
    yield database
    database.dispose()


def put(database: Database, case: Any) -> list[AgendaItem]:
    """What hotline.record does with the new events of a case."""
    with database.transaction() as session:
        n_before = store.counts(session, [case.ticket.no]).get(case.ticket.no, 0)
        opened, ruled = rules.agenda(case.seen(), case.ticket, n_before=n_before)
        store.write(session, opened, ruled)
    return opened


def read(database: Database, item_id: str) -> AgendaItem:
    with database.reading() as session:
        return store.item(session, item_id)


def test_an_item_comes_back_as_it_was_put(database: Database, meeting: Meeting) -> None:
    opened = put(database, meeting.disputed())
    assert read(database, f"{meeting.no}-1") == opened[0]


def test_an_unknown_item_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="NO_ITEM"):
        read(database, "26091400000017-9")


def test_statements_are_kept_in_the_order_in_which_they_were_made(database: Database, meeting: Meeting) -> None:
    put(database, meeting.disputed())
    said = [
        Statement(unit=unit, text=f"{unit}的意见", by=f"{unit}经办", at=NOW + timedelta(minutes=n))
        for n, unit in enumerate(["b", "a", "b"])
    ]
    for one in said:
        with database.transaction() as session:
            store.add_statement(session, f"{meeting.no}-1", one)
    assert read(database, f"{meeting.no}-1").statements == tuple(said)


def test_a_ruling_settles_the_item_and_no_other(database: Database, meeting: Meeting) -> None:
    case, other = meeting.disputed(), meeting.disputed("26091400000025")
    put(database, case)
    put(database, other)
    case.do(C.RULE, meeting.chair, lead="c", supports=["a"], reason="由丙主办")
    put(database, case)
    item = read(database, f"{meeting.no}-1")
    assert item.state == "ruled"
    assert item.ruling is not None
    assert (item.ruling["lead"], item.ruling["supports"], item.ruling["reason"]) == ("c", ["a"], "由丙主办")
    assert read(database, "26091400000025-1").state == "open"


def test_two_disputes_of_one_ticket_are_ruled_one_by_one(database: Database, meeting: Meeting) -> None:
    case = meeting.disputed()
    put(database, case)
    case.returned("s", "c", on=2)
    case.do(C.DISPUTE, meeting.dispatcher, on=2, reason="协办也有争议")
    assert [item.id for item in put(database, case)] == [f"{meeting.no}-2"]
    case.do(C.RULE, meeting.chair, on=2, lead="c", reason="由丙协办")
    put(database, case)
    assert (read(database, f"{meeting.no}-1").state, read(database, f"{meeting.no}-2").state) == ("open", "ruled")
    case.do(C.RULE, meeting.chair, on=1, lead="a", reason="由甲主办")
    put(database, case)
    with database.reading() as session:
        assert store.agenda(session, ruled=False) == []
        assert [item.id for item in store.agenda(session, ruled=True)] == [f"{meeting.no}-1", f"{meeting.no}-2"]
        assert store.counts(session, [meeting.no, "26091400000025"]) == {meeting.no: 2}


def test_open_items_come_oldest_first_and_ruled_ones_newest_first(database: Database, meeting: Meeting) -> None:
    template = rules.agenda((case := meeting.disputed()).seen(), case.ticket, n_before=0)[0][0]
    items = [
        replace(template, id=f"{no}-1", ticket_no=no, opened_at=NOW + timedelta(minutes=minutes))
        for no, minutes in [("26091400000033", 2), ("26091400000025", 0), ("26091400000041", 2)]
    ]
    with database.transaction() as session:
        store.write(session, items, [])
    with database.reading() as session:
        order = ["26091400000025-1", "26091400000033-1", "26091400000041-1"]
        assert [item.id for item in store.agenda(session, ruled=False)] == order
        assert [item.id for item in store.agenda(session, ruled=False, limit=2)] == order[:2]
    with database.transaction() as session:
        done = [
            rules.Settled(
                ticket_no=item.ticket_no, leg=item.leg, state="ruled", ruling={"lead": "c"}, at=NOW + timedelta(days=n)
            )
            for n, item in enumerate(items)
        ]
        store.write(session, [], done)
    with database.reading() as session:
        assert [item.ticket_no for item in store.agenda(session, ruled=True)] == [
            item.ticket_no for item in reversed(items)
        ]


def test_a_dropped_dispute_leaves_the_agenda_and_comes_back_when_the_merge_is_undone(
    database: Database, meeting: Meeting
) -> None:
    template = rules.agenda((case := meeting.disputed()).seen(), case.ticket, n_before=0)[0][0]
    item = replace(template, id="26091400000025-1", ticket_no="26091400000025")
    with database.transaction() as session:
        store.write(session, [item], [])
        store.write(session, [], [rules.Settled(ticket_no=item.ticket_no, leg=item.leg, state="dropped", at=NOW)])
        assert store.agenda(session, ruled=False) == []
        assert store.agenda(session, ruled=True) == []
        store.write(session, [], [rules.Settled(ticket_no=item.ticket_no, leg=item.leg, state="open", at=NOW)])
        assert [one.id for one in store.agenda(session, ruled=False)] == [item.id]
