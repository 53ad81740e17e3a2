"""Sweeps and queue pages cost what is due and what is shown, not what is open: counted in SQLite's own steps, not in time."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import event

from benchmarks import open_tickets
from benchmarks.bench_sweep import MONDAY, NoBrain
from benchmarks.installed import fresh
from benchmarks.open_tickets import Wanted
from dashboards.queries import queues
from dashboards.queries.queues import WORKBENCH, Scope
from hotline.runtime import Runtime, build
from plumbing.clock import MovableClock

N_DUE = 20
FEW, MANY = 200, 2000
SUNDAY = MONDAY + timedelta(days=6, hours=1)
"""What was opened on Monday has turned amber and is due within a day; what was opened on Wednesday is neither."""


@contextmanager
def city(n_open: int) -> Iterator[Runtime]:
    """`n_open` tickets at their unit: N_DUE are nearly due, of all others only the return window has lapsed."""
    with ExitStack() as stack:
        installed = stack.enter_context(fresh("sqlite"))
        clock = MovableClock(SUNDAY)
        runtime = build(installed.config, brain=NoBrain(), clock=clock, database=installed.database, nudge=False)
        numbers = open_tickets.numbers("9")
        due = [Wanted(no=no, opened_at=MONDAY) for no in islice(numbers, N_DUE)]
        rest = [Wanted(no=no, opened_at=_wednesday(index)) for index, no in enumerate(islice(numbers, n_open - N_DUE))]
        open_tickets.fill(installed.database, runtime.reference.on(SUNDAY), due + rest)
        yield runtime


def _wednesday(index: int) -> datetime:
    return MONDAY + timedelta(days=2, seconds=index)


def steps(runtime: Runtime, work: Callable[[Runtime], Any]) -> int:
    """How many steps SQLite takes for `work`."""
    n = 0

    def count() -> None:
        nonlocal n
        n += 1

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(count, 1)

    event.listen(runtime.database.engine, "checkout", watch)
    work(runtime)
    event.remove(runtime.database.engine, "checkout", watch)
    return n


def sweep(runtime: Runtime) -> None:
    fired = 0
    while done := runtime.ticker.run_once():
        fired += done
    assert fired == 2 * N_DUE


def queue(runtime: Runtime, *, key: str) -> None:
    chosen = next(one for one in WORKBENCH if one.key == key)
    with runtime.database.reading() as session:
        shown = queues.page(session, chosen, Scope(), SUNDAY)
        counted = queues.counts(session, [chosen], Scope(), SUNDAY)
    assert len(shown.rows) == counted[key] == (N_DUE if key == "due" else 0)


WORKS: dict[str, Callable[[Runtime], None]] = {
    "sweep": sweep,
    **{key: partial(queue, key=key) for key in ("due", "triage", "danger", "replies")},
}


@pytest.fixture(scope="module")
def costs() -> dict[str, tuple[int, int]]:
    """Steps of each piece of work among few and among many open tickets."""
    found: dict[str, list[int]] = {name: [] for name in WORKS}
    for n_open in (FEW, MANY):
        with city(n_open) as runtime:
            for name in reversed(WORKS):  # the sweep last: it changes what is there
                found[name].append(steps(runtime, WORKS[name]))
    return {name: (few, many) for name, (few, many) in found.items()}


@pytest.mark.parametrize("name", WORKS)
def test_ten_times_as_many_open_tickets_cost_the_same(name: str, costs: dict[str, tuple[int, int]]) -> None:
    few, many = costs[name]
    assert few > 0
    assert many < 1.5 * few


def test_reading_all_open_tickets_would_be_noticed() -> None:
    def read_all(runtime: Runtime) -> None:
        with runtime.database.reading() as session:
            session.connection().exec_driver_sql("SELECT count(*) FROM sla_clock WHERE kind <> 'x'").all()

    found = []
    for n_open in (FEW, MANY):
        with city(n_open) as runtime:
            found.append(steps(runtime, read_all))
    assert found[1] > 5 * found[0]
