"""Lists with a hundred thousand open tickets: the dispatcher's queues as pages, the API's list, and one bare SELECT.

One client asks one thing after another, in alternating rounds; CPU is that of server and database.
"""

from argparse import Namespace
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import measured, open_tickets, processes
from benchmarks.bench_sweep import NoBrain
from benchmarks.clients import Call, ask_all
from benchmarks.figures import Figures, arguments, finish, over_rounds, percentiles, ratio, say
from benchmarks.installed import Installed, fresh, serve, serve_bare, trained_model
from benchmarks.measured import Rows
from benchmarks.open_tickets import Wanted
from dashboards.auth import COOKIE
from hotline.runtime import build

ASKED = 100
TRIAGE_EVERY = 50
"""Two in a hundred wait for a dispatcher; the others are with their units."""
PAGES = {
    "page_triage": "/workbench?q=triage",
    "page_due": "/workbench?q=due",
    "page_all": "/workbench?q=all",
    "api_many": "/api/v1/tickets?state=CONTACTED",
    "api_few": "/api/v1/tickets?state=RECEIVED",
}
SELECT = "/tickets?state=RECEIVED"
ABOUT = (
    "n open tickets, two in a hundred in triage. One client asks one list after another; 50 rows each. Pages are whole"
    " HTML pages of a signed-in dispatcher with the counts of every queue; the reference is one SELECT of 50 rows as JSON."
)


def main() -> None:
    """Measure on both databases and print."""
    given = arguments(__doc__ or "", n=100_000, quick_n=300, rounds=5)
    with TemporaryDirectory(prefix="hotline-bench-") as folder:
        model = trained_model(Path(folder))
        results = {kind: _measured(kind, model, given) for kind in given.databases}
    finish("queue", given, results, about=ABOUT, table=_table)


def _measured(kind: str, model: str, given: Namespace) -> dict[str, Any]:
    asked = 5 if given.quick else ASKED
    with fresh(kind, HOTLINE_MODEL=model) as installed, ExitStack() as stack:
        say(f"{kind}: {given.n} open tickets")
        _fill(installed, given.n)
        server, port = serve(stack, installed, "--no-loops")
        bare, bare_port = serve_bare(stack, installed, installed.database.url)
        pids, bare_pids = (server, *installed.servers), (bare, *installed.servers)
        ours = {"Authorization": f"Bearer {installed.token()}", "Cookie": f"{COOKIE}={installed.cookie()}"}
        rounds: dict[str, list[Figures]] = {name: [] for name in PAGES}
        reference: list[Figures] = []
        for path in PAGES.values():
            _asked(port, path, ours, pids, n=3)
        for number in range(given.rounds):
            say(f"{kind}: round {number + 1} of {given.rounds}")
            reference.append(_asked(bare_port, SELECT, {}, bare_pids, n=asked))
            for name, path in PAGES.items():
                rounds[name].append(_asked(port, path, ours, pids, n=asked))
    return {
        **{name: over_rounds(found) for name, found in rounds.items()},
        "reference": over_rounds(reference),
        "p50_to_reference": {name: ratio(found, reference, of="p50_ms") for name, found in rounds.items()},
    }


def _fill(installed: Installed, n: int) -> None:
    """Open tickets of the last two working days, one a second or thereabouts."""
    runtime = build(installed.config, brain=NoBrain(), database=installed.database, nudge=False)
    now = runtime.clock.now()
    first = now - timedelta(days=2)
    numbers = enumerate(islice(open_tickets.numbers("9"), n))
    wanted = [
        Wanted(no=no, opened_at=first + timedelta(days=2) * index / n, in_triage=index % TRIAGE_EVERY == 0)
        for index, no in numbers
    ]
    open_tickets.fill(installed.database, runtime.reference.on(now), wanted)


def _table(result: Any) -> Rows:
    ratios = result["p50_to_reference"]
    lists = [(path, result[name], ratios[name]) for name, path in PAGES.items()]
    return [
        ("", "p50 ms", "p99 ms", "CPU ms", "p50 to the bare SELECT"),
        *(
            (
                f"`{path}`",
                *(measured.shown(one[name]) for name in ("p50_ms", "p99_ms", "cpu_ms")),
                measured.shown(times),
            )
            for path, one, times in [*lists, ("bare SELECT", result["reference"], 1)]
        ),
    ]


def _asked(port: int, path: str, headers: Mapping[str, str], pids: tuple[int, ...], *, n: int) -> Figures:
    before = processes.cpu_seconds(pids)
    answers, _ = ask_all(port, [Call(path=path)] * n, clients=1, headers=headers)
    cpu = processes.cpu_seconds(pids) - before
    wrong = [answer for answer in answers if answer.status != 200]
    if wrong:
        raise RuntimeError(f"{path}: {wrong[0].status} {wrong[0].content[:300]!r}")
    spread = percentiles([answer.ms for answer in answers])
    return {
        "p50_ms": spread["p50"],
        "p99_ms": spread["p99"],
        "cpu_ms": cpu * 1000 / n,
        "bytes": len(answers[-1].content),
    }


if __name__ == "__main__":
    main()
