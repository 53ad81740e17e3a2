"""Clocks and timers in a real SQLite and a real PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from plumbing.db import Database
from sla.rules import Reaction, react
from sla.store import _due_statement, due, insert, key, load_clocks, mark_fired, push_on, write
from sla.tables import ClockRow, TimerRow
from sla.types import Clock, ClockState, Timer
from tickets.types import EventKind

E, S = EventKind, ClockState
At = Callable[[str], datetime]
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    tables = [SQLModel.metadata.tables[row.__tablename__] for row in (ClockRow, TimerRow)]
    SQLModel.metadata.create_all(found.engine, tables=tables)
    yield found
    found.dispose()


def keep(database: Database, story: Any, now: datetime) -> None:
    """Write the whole history of a story, as one reaction."""
    reaction = react({}, story.events, story.ticket, policy=story.policy, calendar=story.calendar)
    with database.transaction() as session:
        write(session, [reaction], now=now)


def waiting(database: Database, now: datetime, limit: int = 100) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(timer.clock, timer.step) for timer, _ in due(session, now, limit)]


def win(database: Database, timers: list[Timer], now: datetime) -> set[Any]:
    with database.transaction() as session:
        return mark_fired(session, timers, now)


def all_due(database: Database, now: datetime) -> list[Timer]:
    with database.reading() as session:
        return [timer for timer, _ in due(session, now, 1000)]


def test_clocks_come_back_as_they_were(database: Database, dispatched: Any, at: At) -> None:
    dispatched.then(E.REPLIED, "2026-11-24 10:00", unit="scjg").then(E.HOLD_GRANTED, "2026-11-24 10:00")
    keep(database, dispatched, at("2026-11-24 10:00"))
    with database.reading() as session:
        found = load_clocks(session, ["T", "unknown"])
    assert found == {"T": dispatched.clocks, "unknown": {}}
    assert {clock.state for clock in found["T"].values()} >= {S.MET, S.PAUSED, S.STOPPED, S.RUNNING}


def test_going_on_from_stored_clocks_equals_the_whole_history(database: Database, opened: Any, at: At) -> None:
    for event in ("first", "second"):
        with database.transaction() as session:
            clocks = load_clocks(session, ["T"])["T"]
            if event == "second":
                opened.then(E.ASKED, "2026-11-23 10:00").then(E.SUPPLIED, "2026-11-23 11:00")
            new = opened.events[len(opened.events) - (2 if event == "second" else 1) :]
            reaction = react(clocks, new, opened.ticket, policy=opened.policy, calendar=opened.calendar)
            write(session, [reaction], now=at("2026-11-23 11:00"))
    with database.reading() as session:
        assert load_clocks(session, ["T"])["T"] == opened.whole().clocks
        stored = {key(timer) for timer, _ in due(session, at("2027-06-01 00:00"), 100)}
    assert stored == set(opened.whole().live)


def test_a_timer_is_due_from_its_second_on_and_brings_its_clock(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    assert waiting(database, at("2026-11-24 09:59:59")) == []
    assert waiting(database, at("2026-11-24 10:00:00")) == [("T/1:accept:1", "red")]
    with database.reading() as session:
        [(timer, clock)] = due(session, at("2026-11-24 10:00"), 10)
    assert timer == next(t for t in dispatched.live.values() if t.clock == "T/1:accept:1")
    assert clock == dispatched.clock("accept:1")


def test_due_timers_come_earliest_first_with_all_steps_of_their_clocks(
    database: Database, dispatched: Any, at: At
) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    everything = waiting(database, at("2026-12-08 10:00"))
    assert everything == [
        ("T/1:accept:1", "red"),
        ("T/1:promise:1", "amber"),
        ("T/1:finish:1", "amber"),
        ("T/1:promise:1", "red"),
        ("T/1:finish:1", "red"),
        ("T/1:finish:1", "notice"),
    ]
    assert waiting(database, at("2026-12-08 10:00"), limit=1) == everything[:1]
    assert waiting(database, at("2026-12-08 10:00"), limit=2) == [
        ("T/1:accept:1", "red"),
        ("T/1:promise:1", "amber"),
        ("T/1:promise:1", "red"),
    ]


def test_a_timer_fires_once(database: Database, dispatched: Any, at: At) -> None:
    now = at("2026-12-01 10:00")
    keep(database, dispatched, at("2026-11-23 10:00"))
    timers = all_due(database, now)
    assert win(database, timers, now) == {key(timer) for timer in timers}
    assert win(database, timers, now) == set()
    assert waiting(database, now) == []
    assert win(database, [], now) == set()


def test_of_many_workers_one_wins_each_timer(database: Database, dispatched: Any, at: At) -> None:
    now = at("2026-12-31 10:00")
    keep(database, dispatched, at("2026-11-23 10:00"))
    timers = all_due(database, now)
    won: list[Any] = []
    start = Barrier(4)

    def work() -> None:
        start.wait()
        for timer in timers:
            won.extend(win(database, [timer], now))

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(won) == sorted(key(timer) for timer in timers)


def test_a_deadline_that_moved_fires_anew(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    red = [timer for timer in all_due(database, at("2026-11-30 10:00")) if timer.step == "red"]
    win(database, red, at("2026-11-30 10:00"))
    before = dict(dispatched.clocks)
    dispatched.then(E.EXTENSION_GRANTED, "2026-11-30 11:00", days=3, unit="scjg")
    reaction = react(
        before, dispatched.events[-1:], dispatched.ticket, policy=dispatched.policy, calendar=dispatched.calendar
    )
    with database.transaction() as session:
        write(session, [reaction], now=at("2026-11-30 11:00"))
    assert ("T/1:finish:1", "red") in waiting(database, at("2026-12-03 10:00"))
    assert ("T/1:finish:1", "red") not in waiting(database, at("2026-12-03 09:59:59"))


def change(database: Database, story: Any, now: datetime, *, clocks: dict[str, Clock] | None = None) -> None:
    """React to the last event of a story and write that."""
    with database.transaction() as session:
        known = clocks if clocks is not None else load_clocks(session, ["T"])["T"]
        reaction = react(known, story.events[-1:], story.ticket, policy=story.policy, calendar=story.calendar)
        write(session, [reaction], now=now)


def test_a_void_timer_neither_shows_nor_can_be_won(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    timers = all_due(database, at("2026-12-31 10:00"))
    dispatched.then(E.WITHDRAWN, "2026-11-23 11:00")
    change(database, dispatched, at("2026-11-23 11:00"))
    assert waiting(database, at("2026-12-31 10:00")) == []
    assert win(database, timers, at("2026-12-31 10:00")) == set()


def test_a_pause_that_moves_nothing_brings_its_timers_back(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    before = waiting(database, at("2026-12-31 10:00"))
    for kind, when in ((E.HOLD_GRANTED, "2026-11-23 18:00"), (E.HOLD_ENDED, "2026-11-23 23:00")):
        dispatched.then(kind, when)
        change(database, dispatched, at(when))
    assert waiting(database, at("2026-12-31 10:00")) == before


def test_what_has_fired_is_not_brought_back(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    now = at("2026-11-30 10:00")
    fired = [timer for timer in all_due(database, now) if timer.clock == "T/1:finish:1"]
    win(database, fired, now)
    for kind, when in ((E.REPLIED, "2026-11-30 11:00"), (E.REPLY_REJECTED, "2026-11-30 12:00")):
        dispatched.then(kind, when, unit="scjg")
        change(database, dispatched, at(when))
    finish = [step for clock, step in waiting(database, at("2026-12-31 10:00")) if clock == "T/1:finish:1"]
    assert finish == ["notice"]


def test_writing_the_same_reaction_twice_changes_nothing(database: Database, dispatched: Any, at: At) -> None:
    for _ in range(2):
        keep(database, dispatched, at("2026-11-23 10:00"))
    assert len(waiting(database, at("2026-12-31 10:00"))) == 6


def test_later_reactions_of_a_batch_undo_earlier_ones(database: Database, dispatched: Any, at: At) -> None:
    first = react({}, dispatched.events, dispatched.ticket, policy=dispatched.policy, calendar=dispatched.calendar)
    known = dict(dispatched.clocks)
    dispatched.then(E.WITHDRAWN, "2026-11-23 11:00")
    second = react(
        known, dispatched.events[-1:], dispatched.ticket, policy=dispatched.policy, calendar=dispatched.calendar
    )
    with database.transaction() as session:
        write(session, [first, second], now=at("2026-11-23 11:00"))
    with database.reading() as session:
        assert load_clocks(session, ["T"])["T"] == dispatched.clocks
    assert waiting(database, at("2026-12-31 10:00")) == []


def test_nothing_to_write_is_no_error(database: Database, at: At) -> None:
    with database.transaction() as session:
        write(session, [], now=at("2026-11-23 11:00"))
        write(session, [Reaction(clocks={}, timers=(), dropped=frozenset())], now=at("2026-11-23 11:00"))
        insert(session, [])


def test_the_next_repeat_is_a_timer_of_its_own(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    [red] = all_due(database, at("2026-11-24 10:00"))
    win(database, [red], at("2026-11-24 10:00"))
    with database.transaction() as session:
        insert(session, [replace(red, repeat_no=1, fire_at=red.fire_at + FIVE_MINUTES)])
    assert waiting(database, at("2026-11-24 10:04:59")) == []
    assert waiting(database, at("2026-11-24 10:05:00")) == [("T/1:accept:1", "red")]


def test_an_error_pushes_a_timer_on_and_the_fifth_sets_it_aside(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    now = at("2026-11-24 10:00")
    [red] = all_due(database, now)
    for attempt in range(1, 6):
        with database.transaction() as session:
            assert push_on(session, red, f"坏了{attempt}", now) is (attempt == 5)
        assert waiting(database, now + FIVE_MINUTES - timedelta(seconds=1)) == []
        now += FIVE_MINUTES
        assert waiting(database, now) == ([("T/1:accept:1", "red")] if attempt < 5 else [])
    with database.reading() as session:
        row = session.get(TimerRow, key(red))
        assert row is not None
        assert (row.attempts, row.last_error, row.set_aside_at) == (5, "坏了5", now - FIVE_MINUTES)


def test_one_poisoned_timer_does_not_hold_up_the_others(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    now = at("2026-11-30 10:00")
    poisoned, *rest = all_due(database, now)
    with database.transaction() as session:
        push_on(session, poisoned, "坏了", now)
    assert {key(timer) for timer in all_due(database, now)} == {key(timer) for timer in rest}


def test_a_sweep_costs_what_is_due_and_not_what_is_open(database: Database, dispatched: Any, at: At) -> None:
    keep(database, dispatched, at("2026-11-23 10:00"))
    clocks = [replace(dispatched.clock("finish:1"), id=f"X{n}/1:finish:1", ticket_no=f"X{n}") for n in range(3000)]
    red = next(timer for timer in dispatched.live.values() if timer.clock == "T/1:finish:1")
    timers = tuple(
        replace(red, clock=clock.id, ticket_no=clock.ticket_no, fire_at=red.fire_at + timedelta(days=30))
        for clock in clocks
    )
    with database.transaction() as session:
        by_id = {clock.id: clock for clock in clocks}
        write(session, [Reaction(clocks=by_id, timers=timers, dropped=frozenset())], now=at("2026-11-23 10:00"))
        session.execute(text("ANALYZE"))
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.reading() as session:
        bind = session.get_bind()
        compiled = _due_statement(at("2026-11-30 10:00"), 500).compile(bind, compile_kwargs={"literal_binds": True})
        plan = "\n".join(str(row) for row in session.connection().exec_driver_sql(explain + str(compiled)))
    assert "ix_sla_timer_waiting" in plan, plan
    assert "Seq Scan on sla_timer" not in plan, plan
    assert "SCAN sla_timer" not in plan.replace("SCAN sla_timer USING INDEX ix_sla_timer_waiting", ""), plan
