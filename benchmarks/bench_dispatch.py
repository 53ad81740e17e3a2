"""From a message in to a message dispatched: eight clients over HTTP, embedded on SQLite and distributed on PostgreSQL.

The product authenticates, checks, stores and numbers, understands, routes, opens the ticket with its history, clocks
and timers, and sends the notices; the reference, in alternating rounds, does one INSERT. CPU is that of server, worker,
database and broker processes until the last notice is sent; the clients' is not counted.
"""

import json
import random
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

from benchmarks import measured, processes
from benchmarks.clients import Answer, ask_all, message
from benchmarks.figures import Figures, arguments, finish, over_rounds, percentiles, ratio, say
from benchmarks.installed import Installed, fresh, serve, serve_bare, trained_model
from benchmarks.measured import Rows
from nlu.corpus import read_corpus
from tickets.store import table
from tickets.tables import DeliveryRow, MessageRow, TicketRow
from tickets.types import DeliveryState, Outcome
from tools.servers import valkey

CLIENTS = 8
PATIENCE_SECONDS = 300
POLL_SECONDS = 0.02
CALM_MESSAGES, CALM_SECONDS = 40, 0.1
ABOUT = (
    "Eight clients send as fast as they are answered. Ours: authenticate, check, number and store; understand, route,"
    " open the ticket with history, clocks and timers; send the notices. CPU: server, worker, database and broker"
    " processes until the last notice is sent; clients not counted. Accept to dispatch: from receipt to the end of the"
    " transaction that holds the dispatch. PostgreSQL: server without loops, Celery worker, Valkey."
)
CORPUS = processes.ROOT / "city" / "packs" / "xuhui" / "nlu.yml"

_M, _T, _D = table(MessageRow), table(TicketRow), table(DeliveryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The product and the reference, both up; `pids` are all processes whose CPU counts for each."""

    installed: Installed
    port: int
    pids: tuple[int, ...]
    bare_port: int
    bare_pids: tuple[int, ...]


def main() -> None:
    """Measure both ways to run and print."""
    given = arguments(__doc__ or "", n=1000, quick_n=60, rounds=5)
    with TemporaryDirectory(prefix="hotline-bench-") as folder:
        model = trained_model(Path(folder))
        results = {kind: _measured(kind, model, given) for kind in given.databases}
    finish("dispatch", given, results, about=ABOUT, table=_table)


def _measured(kind: str, model: str, given: Namespace) -> dict[str, Any]:
    texts = _texts()
    with _running(kind, model) as running:
        say(f"{kind}: warming up")
        _ours(running, _rows(texts, "warm", max(20, given.n // 10)))
        _reference(running, _rows(texts, "warm", max(20, given.n // 10)))
        calm = _calm(running, _rows(texts, "calm", 5 if given.quick else CALM_MESSAGES))
        ours: list[Figures] = []
        reference: list[Figures] = []
        states: list[Counter[str]] = []
        for number in range(given.rounds):
            say(f"{kind}: round {number + 1} of {given.rounds}")
            rows = _rows(texts, f"r{number}", given.n)
            if number % 2:
                reference.append(_reference(running, rows))
            figures, became = _ours(running, rows)
            ours.append(figures)
            states.append(became)
            if not number % 2:
                reference.append(_reference(running, rows))
    return {
        "ours": over_rounds(ours),
        "reference": over_rounds(reference),
        "calm_dispatch_ms": calm,
        "states": dict(sum(states, Counter())),
        "accepted_to_reference": ratio(ours, reference, of="accepted_per_s"),
        "cpu_to_reference": ratio(ours, reference, of="cpu_ms_per_message"),
    }


@contextmanager
def _running(kind: str, model: str) -> Iterator[Running]:
    with ExitStack() as stack:
        environment = {"HOTLINE_MODEL": model}
        broker: tuple[int, ...] = ()
        if kind == "postgresql":
            environment["HOTLINE_BROKER_URL"] = stack.enter_context(valkey())
            broker = (_broker(environment["HOTLINE_BROKER_URL"]),)
        installed = stack.enter_context(fresh(kind, **environment))
        inner = stack.enter_context(ExitStack())  # the processes end before their database
        bare, bare_port = serve_bare(inner, installed, _bare_url(kind, installed))
        pids: tuple[int, ...] = (*installed.servers, *broker)
        if kind == "postgresql":
            pids += (
                processes.start(inner, ["-m", "hotline", "worker"], installed.environment, installed.folder / "w"),
            )
        server, port = serve(inner, installed, *(["--no-loops"] if kind == "postgresql" else []))
        yield Running(
            installed=installed,
            port=port,
            pids=(*pids, server),
            bare_port=bare_port,
            bare_pids=(bare, *installed.servers),
        )


def _ours(running: Running, rows: list[dict[str, str]]) -> tuple[Figures, Counter[str]]:
    """One round, and how many tickets it left in which state."""
    headers = {"Authorization": f"Bearer {running.installed.token()}"}
    calls = [message(row, path="/api/v1/messages") for row in rows]
    before, began = processes.cpu_seconds(running.pids), time.perf_counter()
    answers, accepted_s = ask_all(running.port, calls, clients=CLIENTS, headers=headers)
    numbers = _numbers(answers)
    _wait_until_none(running.installed, _M.c.outcome == str(Outcome.PENDING))
    settled_s = time.perf_counter() - began
    waiting = _D.c.state.in_([str(DeliveryState.PENDING), str(DeliveryState.SENDING)])
    _wait_until_none(running.installed, waiting)
    cpu = processes.cpu_seconds(running.pids) - before
    states, waits = _became(running.installed, numbers)
    dispatched = percentiles(waits)
    figures = {
        "accepted_per_s": len(rows) / accepted_s,
        "settled_per_s": len(rows) / settled_s,
        "answer_p50_ms": percentiles([one.ms for one in answers])["p50"],
        "answer_p99_ms": percentiles([one.ms for one in answers])["p99"],
        "dispatch_p50_ms": dispatched["p50"],
        "dispatch_p99_ms": dispatched["p99"],
        "cpu_ms_per_message": cpu * 1000 / len(rows),
    }
    return figures, states


def _calm(running: Running, rows: list[dict[str, str]]) -> Figures:
    """Accept to dispatch when messages come one at a time, a tenth of a second apart."""
    headers = {"Authorization": f"Bearer {running.installed.token()}"}
    numbers: list[str] = []
    for row in rows:
        answers, _ = ask_all(running.port, [message(row, path="/api/v1/messages")], clients=1, headers=headers)
        numbers += _numbers(answers)
        time.sleep(CALM_SECONDS)
    _wait_until_none(running.installed, _M.c.outcome == str(Outcome.PENDING))
    return percentiles(_became(running.installed, numbers)[1])


def _reference(running: Running, rows: list[dict[str, str]]) -> Figures:
    """The same messages into the bare application."""
    calls = [message(row, path="/messages") for row in rows]
    before = processes.cpu_seconds(running.bare_pids)
    answers, took = ask_all(running.bare_port, calls, clients=CLIENTS, headers={})
    _numbers(answers)
    cpu = processes.cpu_seconds(running.bare_pids) - before
    spread = percentiles([one.ms for one in answers])
    return {
        "accepted_per_s": len(rows) / took,
        "answer_p50_ms": spread["p50"],
        "answer_p99_ms": spread["p99"],
        "cpu_ms_per_message": cpu * 1000 / len(rows),
    }


def _numbers(answers: list[Answer]) -> list[str]:
    """The receipt numbers. Raises RuntimeError when one message was not taken."""
    refused = [answer for answer in answers if answer.status != 202]
    if refused:
        raise RuntimeError(f"{len(refused)} not taken, the first: {refused[0].status} {refused[0].content[:300]!r}")
    return [str(json.loads(answer.content)["receipt_no"]) for answer in answers]


def _wait_until_none(installed: Installed, where: Any) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with installed.database.reading() as session:
            if session.execute(select(1).where(where).limit(1)).first() is None:
                return
        time.sleep(POLL_SECONDS)
    raise RuntimeError(f"something was still waiting after {PATIENCE_SECONDS} seconds")


def _became(installed: Installed, numbers: list[str]) -> tuple[Counter[str], list[float]]:
    """Tickets by state, and the milliseconds from receipt to the writing of each that was dispatched."""
    states: Counter[str] = Counter()
    waits: list[float] = []
    with installed.database.reading() as session:
        for start in range(0, len(numbers), 500):
            chunk = numbers[start : start + 500]
            wanted = select(_M.c.received_at, _M.c.settled_at, _T.c.state, _T.c.lead_unit)
            for row in session.execute(wanted.join(_T, _T.c.no == _M.c.receipt_no).where(_M.c.receipt_no.in_(chunk))):
                states[row.state] += 1
                if row.lead_unit is not None:
                    waits.append(_ms(row.received_at, row.settled_at))
        n_messages = session.execute(select(func.count()).select_from(_M).where(_M.c.receipt_no.in_(numbers)))
        if n_messages.scalar_one() != len(set(numbers)) or states.total() != len(numbers):
            raise RuntimeError(f"{len(numbers)} messages became {states.total()} tickets")
    return states, waits


def _ms(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() * 1000


def _texts() -> list[str]:
    return [example.text for example in read_corpus(CORPUS)]


def _rows(texts: list[str], name: str, n: int) -> list[dict[str, str]]:
    """Messages drawn from the corpus, each from another sender: nobody answers an old question."""
    chance = random.Random(name)
    stamp = f"{random.getrandbits(48):x}"
    return [
        {"id": f"{stamp}-{i}", "sender": f"bench:{stamp}:{i}", "text": chance.choice(texts)} for i in range(n)
    ]  # fmt: skip


def _table(result: Any) -> Rows:
    ours, reference = result["ours"], result["reference"]
    became = ", ".join(f"{state} {n:,}" for state, n in sorted(result["states"].items()))
    calm = result["calm_dispatch_ms"]
    return [
        ("", "ours", "one bare INSERT", "ratio"),
        _row("accepted, messages a second", "accepted_per_s", ours, reference, result["accepted_to_reference"]),
        _row("settled, messages a second", "settled_per_s", ours),
        _row("answer p50, ms", "answer_p50_ms", ours, reference),
        _row("answer p99, ms", "answer_p99_ms", ours, reference),
        _row("accept to dispatch p50, ms", "dispatch_p50_ms", ours),
        _row("accept to dispatch p99, ms", "dispatch_p99_ms", ours),
        ("the same, one message at a time, p50 / p99", f"{calm['p50']:.3g} / {calm['p99']:.3g}", "", ""),
        _row("CPU a message, ms", "cpu_ms_per_message", ours, reference, result["cpu_to_reference"]),
        ("tickets afterwards", became, "", ""),
    ]


def _row(label: str, name: str, ours: Any, reference: Any = None, ratio_: Any = None) -> Sequence[str]:
    return (
        label,
        measured.shown(ours[name]),
        measured.shown(reference[name]) if reference else "",
        measured.shown(ratio_) if ratio_ else "",
    )


def _broker(url: str) -> int:
    from redis import Redis

    with Redis.from_url(url) as client:
        info: Any = client.info("server")
        return int(info["process_id"])


def _bare_url(kind: str, installed: Installed) -> str:
    return installed.database.url if kind == "postgresql" else f"sqlite:///{installed.folder / 'bare.db'}"


if __name__ == "__main__":
    main()
