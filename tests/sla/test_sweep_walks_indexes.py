"""The cost of a sweep is what is due: SQLite reads no table from end to end, however many timers there are."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from hotline import installation
from plumbing.db import Database
from sla import store
from sla.types import Timer

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
TIMERS = [
    Timer(clock=f"{no}/1:finish:1", ticket_no=f"{no}", leg=f"{no}/1", step="red", due_at=AT, repeat_no=0, fire_at=AT)
    for no in range(500)
]


@pytest.mark.parametrize(
    "work",
    [
        lambda session: store.due(session, AT, 500),
        lambda session: store.mark_fired(session, TIMERS, AT),
        lambda session: store.push_on(session, TIMERS[0], "error", AT),
        lambda session: store.load_clocks(session, [timer.ticket_no for timer in TIMERS]),
    ],
    ids=["due", "mark_fired", "push_on", "load_clocks"],
)
def test_a_step_of_the_sweep_reads_no_table_from_end_to_end(work: Callable[[Session], Any], tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'plans.db'}")
    installation.migrate(database)
    plans: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        plans.extend(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with database.transaction() as session:
        work(session)
    database.dispose()
    assert any(plan.startswith("SEARCH sla_") for plan in plans)
    assert [plan for plan in plans if plan.startswith(("SCAN sla_timer", "SCAN sla_clock"))] == []
