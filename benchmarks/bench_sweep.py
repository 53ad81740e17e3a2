"""What a sweep costs: a thousand tickets due among a hundred thousand open ones, and among a thousand.

A ticket that is due has two timers (the promise and the unit's own limit turn amber), each with its warnings. The
reference is as many single INSERTs behind a bare FastAPI on the same database, in the same rounds.
"""

from argparse import Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from time import perf_counter, process_time
from typing import Any

from benchmarks import measured, open_tickets, processes
from benchmarks.clients import ask_all, message
from benchmarks.figures import Figures, arguments, finish, over_rounds, ratio, say
from benchmarks.installed import Installed, fresh, serve_bare
from benchmarks.measured import Rows
from benchmarks.open_tickets import Wanted
from hotline.reference import Snapshot
from hotline.runtime import Runtime, build
from plumbing.clock import MovableClock
from sla import store as sla_store
from tickets.types import Understanding

OPEN_FACTOR = 100
MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""09:30 in Shanghai. What is opened then turns amber after four working days."""
FRIDAY = MONDAY + timedelta(days=4)
APART = timedelta(minutes=5)
ABOUT = (
    "n tickets are due, each with two timers (the promise and the unit's limit turn amber); each timer writes a warning"
    " into the ticket's history and its notices into the outbox. CPU: this process and the database's."
)


class NoBrain:
    """Timers need no understanding."""

    engine = "none"
    version = "none"

    def parse_many(self, texts: Sequence[str]) -> list[Understanding]:
        """Nothing is ever asked."""
        raise AssertionError("a sweep understands no message")


def main() -> None:
    """Measure on both databases and print."""
    given = arguments(__doc__ or "", n=1000, quick_n=50, rounds=5)
    results = {kind: _measured(kind, given) for kind in given.databases}
    finish("sweep", given, results, about=ABOUT, table=_table)


def _measured(kind: str, given: Namespace) -> dict[str, Any]:
    factor = 2 if given.quick else OPEN_FACTOR
    with fresh(kind) as installed, ExitStack() as stack:
        clock = MovableClock(MONDAY - timedelta(days=1))
        runtime = build(installed.config, brain=NoBrain(), clock=clock, database=installed.database, nudge=False)
        bare, port = serve_bare(stack, installed, _bare_url(kind, installed))
        reference: list[Figures] = []
        rounds: dict[str, list[Figures]] = {"few": [], "many": []}
        numbers = open_tickets.numbers("9")
        say(f"{kind}: {given.n} due of {given.n} open")
        for number in range(given.rounds):
            open_tickets.fill(installed.database, _on_friday(runtime), _due(numbers, number, given.n))
            clock.set(_due_at(number))
            rounds["few"].append(_sweep(runtime, installed, given.n))
            open_tickets.clear(installed.database)
        say(f"{kind}: {given.n} due of {given.n * factor} open")
        open_tickets.fill(installed.database, _on_friday(runtime), _many(numbers, given, factor))
        for number in range(given.rounds):
            reference.append(_inserts(bare, port, installed, given.n, number))
            clock.set(_due_at(number))
            rounds["many"].append(_sweep(runtime, installed, given.n))
    return {
        "open": {"few": given.n, "many": given.n * factor},
        "few": over_rounds(rounds["few"]),
        "many": over_rounds(rounds["many"]),
        "reference": over_rounds(reference),
        "cpu_many_to_few": ratio(rounds["many"], rounds["few"], of="cpu_s"),
        "cpu_many_to_reference": ratio(rounds["many"], reference, of="cpu_s"),
    }


def _due_at(number: int) -> datetime:
    return FRIDAY + number * APART


def _due(numbers: Any, number: int, n: int) -> list[Wanted]:
    """Tickets that turn amber in this round."""
    opened_at = MONDAY + number * APART
    return [Wanted(no=no, opened_at=opened_at) for no in islice(numbers, n)]


def _many(numbers: Any, given: Namespace, factor: int) -> list[Wanted]:
    """All rounds' due tickets among those opened on Thursday, of which none is due before the next week."""
    due = [one for number in range(given.rounds) for one in _due(numbers, number, given.n)]
    thursday = FRIDAY - timedelta(days=1)
    others = [
        Wanted(no=no, opened_at=thursday + timedelta(seconds=index % 3600))
        for index, no in enumerate(islice(numbers, given.n * factor - len(due)))
    ]
    return due + others


def _on_friday(runtime: Runtime) -> Snapshot:
    return runtime.reference.on(FRIDAY)


def _sweep(runtime: Runtime, installed: Installed, n: int) -> Figures:
    """The ticker until nothing is due: CPU of this process and of the database's."""
    with installed.database.reading() as session:
        n_timers = len(sla_store.due(session, runtime.clock.now(), 10 * n))
    servers, own, began = processes.cpu_seconds(installed.servers), process_time(), perf_counter()
    fired = 0
    while done := runtime.ticker.run_once():
        fired += done
    wall, cpu = perf_counter() - began, process_time() - own
    if fired != n_timers or fired != 2 * n:
        raise RuntimeError(f"{fired} timers fired, {n_timers} were due, {2 * n} should have been")
    cpu += processes.cpu_seconds(installed.servers) - servers
    return {"timers": fired, "wall_s": wall, "cpu_s": cpu, "cpu_ms_per_timer": cpu * 1000 / fired}


def _inserts(bare: int, port: int, installed: Installed, n: int, number: int) -> Figures:
    """As many single INSERTs over HTTP, by eight clients: CPU of that server and of the database."""
    rows = [{"id": f"{number}-{i}", "sender": "+8619900000000", "text": "测量用的诉求"} for i in range(n)]
    pids = (bare, *installed.servers)
    before = processes.cpu_seconds(pids)
    _, wall = ask_all(port, [message(row, path="/messages") for row in rows], clients=8, headers={})
    cpu = processes.cpu_seconds(pids) - before
    return {"wall_s": wall, "cpu_s": cpu, "cpu_ms_per_insert": cpu * 1000 / n}


def _table(result: Any) -> Rows:
    few, many, reference = result["few"], result["many"], result["reference"]
    heads = [f"due among {result['open'][name]:,} open" for name in ("few", "many")]
    return [
        ("", *heads, "as many bare INSERTs", "many : few"),
        (
            "CPU s",
            *(measured.shown(one["cpu_s"]) for one in (few, many, reference)),
            measured.shown(result["cpu_many_to_few"]),
        ),
        ("wall s", *(measured.shown(one["wall_s"]) for one in (few, many, reference)), ""),
        ("CPU ms a timer", *(measured.shown(one["cpu_ms_per_timer"]) for one in (few, many)), "", ""),
    ]


def _bare_url(kind: str, installed: Installed) -> str:
    return installed.database.url if kind == "postgresql" else f"sqlite:///{installed.folder / 'bare.db'}"


if __name__ == "__main__":
    main()
