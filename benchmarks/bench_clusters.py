"""What gathering one ticket costs when the window holds many: candidates, and milliseconds on SQLite.

    python benchmarks/bench_clusters.py            # 100,000 tickets in two weeks
    python benchmarks/bench_clusters.py --n 5000

The tickets are the pack's own corpus told at random places of its gazetteer. They are written as rows, not lived through:
what is measured is finding, comparing and writing, not understanding.
"""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from benchmarks.figures import machine, say
from city import store as city_store
from city.pack import load_pack
from hotline import gather, installation
from hotline.demo_corpus import Corpus
from hotline.demo_gazetteer import Gazetteer
from hotline.reference import Reference
from nlu import alike
from nlu.clusters import Rules
from plumbing.clock import MovableClock
from plumbing.config import ROOT
from plumbing.db import Database
from tickets import cluster_store
from tickets.store import table
from tickets.tables import ClusterKeyRow, GatheringRow, MessageRow, TicketRow

NOW = datetime(2026, 3, 13, 8, tzinfo=UTC)
SPAN = timedelta(days=14)
MEASURED = 300
BATCH = 2000
Told = tuple[str, str | None, str | None]


def main() -> None:
    """Print the figures as one JSON object."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="tickets in the window")
    n = int(parser.parse_args().n)
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        installation.migrate(database)
        words = told(database)
        fill(database, words, n)
        found = measure(database, words, n)
        database.dispose()
    print(json.dumps({"benchmark": "clusters", "n": n, "machine": machine()} | found, ensure_ascii=False))


def told(database: Database) -> Iterator[Told]:
    """Words, matter and street of one message after another, without an end; the same every time."""
    folder = ROOT / "city" / "packs" / "xuhui"
    pack = load_pack(folder)
    with database.transaction() as session:
        city_store.install(session, pack, now=NOW)
    with database.reading() as session:
        directory = city_store.directory(session, on=NOW.date())
    gazetteer, corpus, rng = Gazetteer(pack.places, directory.streets), Corpus(folder, directory), Random(12345)
    while True:
        one = corpus.draw(rng)
        text, street = one.at(rng.choice(gazetteer.streets), gazetteer, rng)
        yield text, one.matter, street


def rows(words: Iterator[Told], first: int, n: int, at: datetime, step: timedelta) -> Iterator[dict[str, Any]]:
    """What is told, numbered and dated."""
    for index in range(first, first + n):
        text, matter, street = next(words)
        yield {"no": f"26{index:012d}", "text": text, "matter": matter, "street": street, "at": at + index * step}


def fill(database: Database, words: Iterator[Told], n: int) -> None:
    """Tickets that were gathered already, spread over the window."""
    step = SPAN / max(1, n)
    for first in range(0, n, BATCH):
        batch = list(rows(words, first, min(BATCH, n - first), NOW - SPAN, step))
        with database.transaction() as session:
            write(session, batch, state=cluster_store.DONE)
            keys = [
                {"ticket_no": one["no"], "key": key[:80], "at": one["at"]}
                for one in batch
                for key in alike.keys(_sketch(one))
            ]
            session.execute(insert(table(ClusterKeyRow)), keys)
        if (first + BATCH) % 20_000 == 0:
            say(f"  {first + BATCH} tickets")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def measure(database: Database, words: Iterator[Told], n: int) -> dict[str, Any]:
    """Gather MEASURED more, one at a time."""
    batch = list(rows(words, n, MEASURED, NOW - SPAN, SPAN / max(1, n)))
    with database.transaction() as session:
        write(session, batch, state=cluster_store.WAITING)
    clock = MovableClock(NOW)
    brain: Any = None
    gatherer = gather.Gatherer(database, clock, Reference(database, clock, brain), rules=Rules(steps=(9,)), limit=1)
    candidates, wall, cpu = [], [], []
    for one in batch:
        sketch = _sketch(one)
        with database.reading() as session:
            near = cluster_store.near(
                session,
                one["no"],
                alike.keys(sketch),
                since=one["at"] - SPAN,
                until=one["at"] + SPAN,
                limit=gather.MOST_CANDIDATES,
            )
        candidates.append(len(near))
        began, thread = time.perf_counter(), time.thread_time()
        gatherer.run_once()
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.thread_time() - thread))
    return {
        "candidates": {"median": median(candidates), "most": max(candidates)},
        "ms a ticket": _spread(wall),
        "cpu ms a ticket": _spread(cpu),
    }


def write(session: Any, batch: list[dict[str, Any]], *, state: str) -> None:
    """Message, ticket and its place in the queue."""
    session.execute(insert(table(MessageRow)), [_message(one) for one in batch])
    session.execute(insert(table(TicketRow)), [_ticket(one) for one in batch])
    session.execute(
        insert(table(GatheringRow)),
        [{"ticket_no": one["no"], "at": one["at"], "state": state, "attempts": 0} for one in batch],
    )


def _sketch(one: dict[str, Any]) -> alike.Sketch:
    return alike.sketch(one["text"], at=one["at"], matter=one["matter"], street=one["street"], sender=one["no"])


def _message(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "receipt_no": one["no"],
        "channel": "api",
        "external_id": one["no"],
        "sender": one["no"],
        "text": one["text"],
        "text_hash": "",
        "salt": "",
        "occurred_at": one["at"],
        "received_at": one["at"],
        "urgency": "routine",
        "priority": 2,
        "facts": {},
        "flags": [],
        "outcome": "opened",
        "reason": "",
        "tickets": [one["no"]],
        "attempts": 1,
        "sample": False,
    }


def _ticket(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "no": one["no"],
        "version": 1,
        "state": "DISPATCHED",
        "is_open": True,
        "opened_at": one["at"],
        "channel": "api",
        "type": "complaint",
        "urgency": "routine",
        "priority": 2,
        "matter": one["matter"],
        "street": one["street"],
        "place": None,
        "address": "",
        "summary": one["text"],
        "profile": "default",
        "receipts": [one["no"]],
        "confidential": False,
        "anonymous": False,
        "supervised": False,
        "list_version": "",
        "reach": "none",
        "head": "",
        "sample": False,
    }


def _spread(values: list[float]) -> dict[str, float]:
    return {"p50": round(median(values), 2), "p99": round(quantiles(values, n=100)[98], 2)}


if __name__ == "__main__":
    main()
