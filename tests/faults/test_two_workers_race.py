"""Two workers on one PostgreSQL with the same messages and the same timers in hand: each is settled, each fires, once."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
import structlog
from sqlalchemy import func, select

from hotline import audit, installation, invariants
from hotline.drain import CLAIM, Drain
from hotline.reference import Reference, Snapshot
from hotline.runtime import Runtime, build
from hotline.ticker import Ticker
from plumbing import config as configuration
from plumbing.clock import MovableClock
from plumbing.db import Database
from sla.tables import TimerRow
from tickets.store import table
from tickets.tables import DeliveryRow, EventRow, MessageRow, TicketRow
from tickets.types import Channel, DeliveryState, EventKind, Incoming, Outcome

N = 200
TEXT = "我在商场办的健身卡，店关门了，老板不肯退款，要求帮忙维权"
PATIENCE_SECONDS = 60
MOST_BATCHES = 500
APART = timedelta(minutes=10)
_M, _T, _E, _D = table(MessageRow), table(TicketRow), table(EventRow), table(DeliveryRow)
_TIMER = table(TimerRow)


class Meeting(Reference):
    """Both workers ask for the snapshot when they have their work in hand and have written nothing: there the first
    waits for the second."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime.database, runtime.clock, runtime.reference.brain)
        self.arrived = Event()
        self.go_on = self.arrived

    def on(self, at: datetime) -> Snapshot:
        snapshot = super().on(at)
        self.arrived.set()
        assert self.go_on.wait(PATIENCE_SECONDS)
        return snapshot


class Worker:
    """A worker's connections, clock, drain, ticker and gatherer, as its process would have them."""

    def __init__(self, runtime: Runtime, clock: MovableClock) -> None:
        limits = runtime.config.settings.limits
        self.database, self.clock, self.intake = runtime.database, clock, runtime.intake
        self.reference = Meeting(runtime)
        self.drain = Drain(self.database, clock, self.reference, limit=limits.batch)
        self.outbox, self.gatherer = runtime.outbox, runtime.gatherer
        self.ticker = Ticker(self.database, clock, self.reference, limit=limits.timers)

    def settle(self) -> None:
        """Drain until no message is left without an outcome, whoever settled it."""
        pending = select(func.count()).where(_M.c.outcome == str(Outcome.PENDING))
        for _ in range(MOST_BATCHES):
            self.drain.run_once()
            with self.database.reading() as session:
                if session.execute(pending).scalar_one() == 0:
                    return
        raise AssertionError(f"messages are still waiting after {MOST_BATCHES} batches")

    def tick(self) -> None:
        """Tick until nothing is due."""
        while self.ticker.run_once():
            pass

    def gather(self) -> None:
        """Gather until every ticket has been looked at for events."""
        while self.gatherer.run_once():
            pass

    def send(self) -> None:
        """Send until nothing waits."""
        while self.outbox.run_once():
            pass


@pytest.fixture(autouse=True)
def no_tracebacks() -> Iterator[None]:
    """A worker that loses logs nothing; should it fail, the assertions say more than pages of local variables."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
def workers(postgres_database: str, trained: Path, tmp_path: Path, monday: datetime) -> Iterator[tuple[Worker, Worker]]:
    """Two of them. The second's clock is so far ahead that the first's claims are over for it."""
    environment = {
        "HOTLINE_HOME": str(tmp_path),
        "HOTLINE_MODEL": str(trained),
        "HOTLINE_DATABASE_URL": postgres_database,
    }
    config = configuration.load(environ=environment)
    with ExitStack() as stack:
        made: list[Worker] = []
        for clock in (MovableClock(monday), MovableClock(monday + 2 * CLAIM)):
            database = Database(postgres_database)
            stack.callback(database.dispose)
            if not made:
                installation.migrate(database)
                installation.load_city(config, database, now=monday)
            made.append(Worker(build(config, clock=clock, database=database, nudge=False), clock))
        yield made[0], made[1]


def test_the_same_messages_are_settled_once(workers: tuple[Worker, Worker]) -> None:
    receipts = accept(workers)
    with_the_same_work_in_hand(workers, Worker.settle)
    with workers[0].database.reading() as session:
        rows = session.execute(select(_M.c.receipt_no, _M.c.outcome, _M.c.tickets, _M.c.attempts)).all()
        tickets = list(session.execute(select(_T.c.no)).scalars())
        opened = list(session.execute(select(_E.c.ticket_no).where(_E.c.kind == str(EventKind.OPENED))).scalars())
    assert sum(row.attempts for row in rows) > N, "the workers never had the same message: this proves nothing"
    assert {row.receipt_no: (row.outcome, row.tickets) for row in rows} == {no: ("opened", [no]) for no in receipts}
    assert sorted(tickets) == sorted(receipts) == sorted(opened)
    assert audit.verify(workers[0].database).faults == ()


def test_the_same_timers_fire_once(workers: tuple[Worker, Worker]) -> None:
    accept(workers)
    workers[0].settle()
    with workers[0].database.reading() as session:
        moments = sorted(session.execute(select(_TIMER.c.fire_at).where(_TIMER.c.void_at.is_(None))).scalars())
    # the last of each swarm: when one step of two hundred clocks is due
    stops = [at for at, then in pairwise([*moments, moments[-1] + timedelta(days=1)]) if then - at > APART]
    assert len(stops) > 3
    for stop in stops:
        for one in workers:
            one.clock.set(stop)
        with_the_same_work_in_hand(workers, Worker.tick)

    with workers[0].database.reading() as session:
        events = session.execute(select(_E.c.data).where(_E.c.kind == str(EventKind.CLOCK_WARNED))).scalars()
        warned = Counter((data["clock"], data["step"]) for data in events)
        timers = session.execute(select(_TIMER).where(_TIMER.c.void_at.is_(None))).all()
    assert warned == Counter((row.clock, row.step) for row in timers)
    assert set(warned.values()) == {1}
    assert [row for row in timers if row.fired_at is None or row.attempts] == []
    at_once(*(worker.gather for worker in workers))
    at_once(*(worker.send for worker in workers))
    with workers[0].database.reading() as session:
        assert invariants.broken(session, stops[-1]) == []
        rows = session.execute(select(_D.c.state, _D.c.attempts)).all()
    assert {(row.state, row.attempts) for row in rows} == {(DeliveryState.SENT, 1)}
    assert audit.verify(workers[0].database).faults == ()


def accept(workers: tuple[Worker, Worker]) -> list[str]:
    """The numbers of N messages, a second apart: both workers want the oldest first."""
    receipts = []
    for number in range(N):
        incoming = Incoming(channel=Channel.API, external_id=f"race-{number}", sender=f"race:{number}", text=TEXT)
        receipts.append(workers[0].intake.accept(incoming).receipt_no)
        for one in workers:
            one.clock.advance(timedelta(seconds=1))
    return receipts


def with_the_same_work_in_hand(workers: tuple[Worker, Worker], work: Callable[[Worker], None]) -> None:
    """Run `work` in both; the first goes on only when the second holds what it holds."""
    first, second = (worker.reference for worker in workers)
    first.arrived, second.arrived = Event(), Event()
    first.go_on = second.go_on = second.arrived

    def later() -> None:
        assert first.arrived.wait(PATIENCE_SECONDS)
        work(workers[1])

    at_once(partial(work, workers[0]), later)
    assert second.arrived.is_set()


def at_once(*works: Callable[[], None]) -> None:
    """In threads of their own; what one raises is raised here."""
    with ThreadPoolExecutor(len(works)) as pool:
        for running in [pool.submit(work) for work in works]:
            running.result(timeout=2 * PATIENCE_SECONDS)
