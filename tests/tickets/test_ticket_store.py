"""Tickets in and out of the database: on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select, update
from sqlalchemy.exc import StatementError

from plumbing.crypto import GENESIS
from plumbing.db import Database
from plumbing.errors import Conflict
from tickets import store
from tickets.fold import fold
from tickets.lifecycle import apply
from tickets.store import Change, table
from tickets.tables import EventRow, LegRow, TicketRow
from tickets.types import CommandKind, Event, EventKind, LegState, Ticket

C, S = CommandKind, LegState
NewStory = Any  # the Story class of conftest.py
TABLES = [table(row) for row in (TicketRow, LegRow, EventRow)]
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    TicketRow.metadata.create_all(database.engine, tables=TABLES)
    yield database
    database.dispose()


def new(story: Any, **words: Any) -> Change:
    return Change(ticket=story.ticket, events=tuple(story.events), new=True, words=words or None)


def write(database: Database, *changes: Change) -> None:
    with database.transaction() as session:
        store.write(session, changes)


def load(database: Database, number: str) -> Ticket:
    with database.reading() as session:
        return store.load(session, [number])[number]


def noted(ticket: Ticket, text: str, at: datetime | None = None) -> Change:
    """One more event on a ticket."""
    at = at or ticket.opened_at + timedelta(minutes=5)
    event = Event(
        ticket_no=ticket.no,
        seq=ticket.version + 1,
        kind=EventKind.NOTED,
        at=at,
        recorded_at=at,
        actor="调度员甲",
        leg=f"{ticket.no}/1",
        data={"text": text},
    )
    return Change(ticket=apply(ticket, event), events=(event,))


def unbroken(database: Database, number: str) -> bool:
    """Whether every stored hash follows from the one before and the last is the ticket's head."""
    t = table(EventRow)
    with database.reading() as session:
        rows = session.execute(select(t).where(t.c.ticket_no == number).order_by(t.c.seq)).all()
        head = GENESIS
        for row in rows:
            head = store.chained(store.event(row), head)
            if head != row.hash:
                return False
        return store.heads(session, [number])[number] == (len(rows), head)


def test_tickets_in_every_state_come_back_as_they_were_with_their_histories(
    database: Database, story: NewStory
) -> None:
    begun = [story(no=f"2609140000{n:04d}").at(state) for n, state in enumerate(sorted(story.paths))]
    write(database, *[new(one) for one in begun])
    with database.reading() as session:
        loaded = store.load(session, [one.ticket.no for one in begun])
        for one in begun:
            assert loaded[one.ticket.no] == one.ticket
            assert store.events_of(session, one.ticket.no) == one.events
            assert fold(store.events_of(session, one.ticket.no)) == one.ticket


def test_a_ticket_grows_by_later_changes_with_legs_old_and_new(database: Database, story: NewStory) -> None:
    begun = story(confidential=True, party_unit="b", matter="0201", street="xietu").at(S.DISPATCHED)
    write(database, new(begun))
    known = len(begun.events)
    for kind, who, on in [
        (C.ADD_SUPPORT, "dispatcher", 1),
        (C.ACCEPT, "c", 2),
        (C.REQUEST_RETURN, "a", 1),
        (C.DISPUTE, "dispatcher", 1),
        (C.RULE, "chair", 1),
    ]:
        begun.do(kind, who, on=on)
        write(database, Change(ticket=begun.ticket, events=tuple(begun.events[known:])))
        known = len(begun.events)
        assert load(database, begun.ticket.no) == begun.ticket
    assert len(begun.ticket.legs) == 3
    assert unbroken(database, begun.ticket.no)


def test_more_than_nine_legs_keep_their_order(database: Database, story: NewStory) -> None:
    begun = story()
    begun.do(C.DISPATCH, "dispatcher", unit="a", supports=[f"u{n}" for n in range(12)])
    write(database, new(begun))
    assert load(database, begun.ticket.no).legs == begun.ticket.legs


def test_the_queues_columns_follow_the_ticket(database: Database, story: NewStory) -> None:
    begun = story(urgency="critical").at(S.DISPATCHED)
    write(database, new(begun))
    t = table(TicketRow)
    columns = select(t.c.is_open, t.c.priority, t.c.lead_unit, t.c.state)
    with database.reading() as session:
        assert tuple(session.execute(columns).one()) == (True, 0, "a", "DISPATCHED")
    known = len(begun.events)
    begun.do(C.WITHDRAW, "resident")
    write(database, Change(ticket=begun.ticket, events=tuple(begun.events[known:])))
    with database.reading() as session:
        assert tuple(session.execute(columns).one()) == (False, 0, "a", "WITHDRAWN")
        assert session.execute(select(table(LegRow).c.is_open)).scalar_one() is False


def test_the_residents_words_stay_until_new_ones_come(database: Database, story: NewStory) -> None:
    begun = story()
    write(database, new(begun, summary="路灯不亮", address="斜土路", reach="sms"))
    first = noted(begun.ticket, "一")
    write(database, first)
    t = table(TicketRow)
    columns = select(t.c.summary, t.c.address, t.c.reach, t.c.sample)
    with database.reading() as session:
        assert tuple(session.execute(columns).one()) == ("路灯不亮", "斜土路", "sms", False)
    write(database, replace(noted(first.ticket, "二"), words={"summary": "路灯不亮，三天了"}))
    with database.reading() as session:
        assert tuple(session.execute(columns).one()) == ("路灯不亮，三天了", "斜土路", "sms", False)
    assert load(database, begun.ticket.no).summary == "路灯不亮，三天了"


def test_what_does_not_exist_is_left_out(database: Database, story: NewStory) -> None:
    write(database, new(story()))
    with database.reading() as session:
        assert store.load(session, []) == {}
        assert list(store.load(session, ["26091400000017", "26091499999999"])) == ["26091400000017"]
        assert store.events_of(session, "26091499999999") == []


def test_a_stale_version_is_a_conflict_and_nothing_of_the_batch_is_written(database: Database, story: NewStory) -> None:
    one, two = story(no="26091400000017"), story(no="26091400000025")
    write(database, new(one), new(two))
    write(database, noted(two.ticket, "先到"))
    with pytest.raises(Conflict) as error:
        write(database, noted(one.ticket, "一"), noted(two.ticket, "后到"))
    assert error.value.code == "CHANGED"
    assert error.value.details["ticket_no"] == two.ticket.no
    assert load(database, one.ticket.no).version == 1
    assert load(database, two.ticket.no).version == 2


def test_a_ticket_that_was_never_written_is_a_conflict(database: Database, story: NewStory) -> None:
    with pytest.raises(Conflict):
        write(database, noted(story().ticket, "无"))


def test_of_two_writers_at_the_same_moment_exactly_one_wins(database: Database, story: NewStory) -> None:
    begun = story()
    write(database, new(begun))
    ticket = begun.ticket
    n_writers = 4
    for turn in range(6):
        start = Barrier(n_writers, timeout=30)

        def race(name: int, ticket: Ticket = ticket, turn: int = turn, start: Barrier = start) -> bool:
            start.wait()
            try:
                write(database, noted(ticket, f"{turn}-{name}"))
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(n_writers) as pool:
            assert sum(pool.map(race, range(n_writers))) == 1
        ticket = load(database, ticket.no)
        assert ticket.version == turn + 2
    assert unbroken(database, ticket.no)


def test_two_batches_over_the_same_tickets_never_wait_for_each_other_in_a_circle(
    database: Database, story: NewStory
) -> None:
    begun = [story(no=f"2609140000{n:04d}") for n in range(12)]
    write(database, *[new(one) for one in begun])
    start = Barrier(2, timeout=30)

    def batch(forward: bool) -> int:
        n_written = 0
        for turn in range(6):
            with database.reading() as session:
                tickets = store.load(session, [one.ticket.no for one in begun])
            numbers = sorted(tickets, reverse=not forward)
            start.wait()
            try:
                write(database, *[noted(tickets[number], f"{turn}") for number in numbers])
            except Conflict:
                continue
            n_written += 1
        return n_written

    with ThreadPoolExecutor(2) as pool:
        n_written = sum(pool.map(batch, [True, False]))
    assert n_written == 6
    assert load(database, begun[0].ticket.no).version == 1 + n_written


def test_the_chain_begins_at_nothing_and_any_change_of_a_line_breaks_it(database: Database, story: NewStory) -> None:
    begun = story().at(S.CLOSED)
    write(database, new(begun))
    number = begun.ticket.no
    assert unbroken(database, number)
    t = table(EventRow)
    first = store.chained(begun.events[0], GENESIS)
    with database.reading() as session:
        assert session.execute(select(t.c.hash).where(t.c.seq == 1)).scalar_one() == first
    for changed in (
        {"data": {"reached": False}},
        {"actor": "别人"},
        {"at": begun.events[2].at + timedelta(microseconds=1)},
        {"recorded_at": begun.events[2].recorded_at + timedelta(seconds=1)},
        {"kind": "NoteAdded"},
        {"leg": None},
    ):
        with database.reading() as session:  # never committed
            session.execute(update(t).where(t.c.seq == 3).values(**changed))
            row = session.execute(select(t).where(t.c.seq == 3)).one()
            before = session.execute(select(t.c.hash).where(t.c.seq == 2)).scalar_one()
            assert store.chained(store.event(row), before) != row.hash, changed
    assert unbroken(database, number)


def test_an_event_comes_back_in_utc_to_the_microsecond_and_its_hash_holds(database: Database, story: NewStory) -> None:
    begun = story()
    write(database, new(begun))
    at = datetime(2026, 9, 15, 1, 2, 3, 456789, tzinfo=SHANGHAI)
    write(database, noted(begun.ticket, "上海时间", at))
    with database.reading() as session:
        last = store.events_of(session, begun.ticket.no)[-1]
    assert last.at == at
    assert (last.at.utcoffset(), last.at.microsecond) == (timedelta(), 456789)
    assert last.at.tzinfo is UTC
    assert unbroken(database, begun.ticket.no)


def test_a_naive_time_is_refused(database: Database, story: NewStory) -> None:
    begun = story()
    write(database, new(begun))
    change = noted(begun.ticket, "没有时区")
    naive = replace(change.events[0], at=datetime(2026, 9, 15, 1, 2, 3))  # noqa: DTZ001 - what is refused
    with pytest.raises(StatementError, match="aware"):
        write(database, replace(change, events=(naive,)))
    assert load(database, begun.ticket.no).version == 1


def test_a_hundred_tickets_are_written_together_in_few_statements(database: Database, story: NewStory) -> None:
    begun = [story(no=f"2609140000{n:04d}").at(S.REPLIED) for n in range(100)]
    statements: list[str] = []
    sqlalchemy_event.listen(
        database.engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]).split()[0])
    )
    write(database, *[new(one) for one in begun])
    assert statements.count("INSERT") <= 6  # three tables; PostgreSQL splits long ones
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(table(EventRow))).scalar_one() == 600
    statements.clear()
    write(database, *[noted(one.ticket, "批量") for one in begun])
    assert statements.count("INSERT") <= 4
    with database.reading() as session:
        versions = {one.version for one in store.load(session, [one.ticket.no for one in begun]).values()}
    assert versions == {7}
    assert all(unbroken(database, one.ticket.no) for one in begun[::25])
