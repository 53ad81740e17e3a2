"""Real work orders through the running product: the Haikou set of $HOTLINE_DATA, which never enters the project.

In a folder that is gone afterwards its departments become the units of a scratch pack, a model learns them from the
training rows, the real server starts on SQLite, and `hotline replay` hands it every development row over HTTP. Then
each message is looked for in the database: one outcome, one ticket, dispatched or in triage with a reason.
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import select

from benchmarks import measured, processes, scratch_pack
from benchmarks.figures import machine, percentiles, say
from benchmarks.installed import Installed, fresh, serve
from nlu import metrics
from nlu.train import train
from plumbing.db import Database
from tickets.store import table
from tickets.tables import EventRow, MessageRow, TicketRow
from tickets.types import EventKind, LegState, Outcome

DATA = "HOTLINE_DATA"
CLIENTS = 8
REPLAY_SECONDS = 1800
_M, _T, _E = table(MessageRow), table(TicketRow), table(EventRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A row of the data set and what became of it. `unit` None = nobody got it; `right` None = the row has no label."""

    unit: str | None
    reason: str
    explained: bool
    n_tickets: int
    ranked: tuple[str, ...]
    score: float
    wait_ms: float
    right: str | None


def main() -> None:
    """Run it whole, print one JSON object, fail when a message was lost or doubled."""
    given = _arguments()
    with TemporaryDirectory(prefix="hotline-haikou-") as name:
        results = _run(Path(name), given)
    print(json.dumps({"benchmark": "haikou", "machine": machine(), "results": results}, ensure_ascii=False))
    if given.write:
        _write(results)
    sys.exit(0 if results["lost"] == results["doubled"] == results["unexplained"] == 0 else 1)


def _arguments() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--train-rows", type=int, default=None, help="at most so many training rows")
    parser.add_argument("--limit", type=int, default=None, help="at most so many development rows")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/measured.md")
    processes.clean_up_when_ended()
    given = parser.parse_args()
    folder = Path(os.environ.get(DATA, "-"))
    if not (folder / "haikou12345.dev.jsonl").exists():
        parser.error(f"{DATA} must name the folder that holds haikou12345.train.jsonl and haikou12345.dev.jsonl")
    given.train = _read(folder / "haikou12345.train.jsonl")[: given.train_rows]
    given.dev = _read(folder / "haikou12345.dev.jsonl")[: given.limit]
    return given


def _run(folder: Path, given: Namespace) -> dict[str, Any]:
    numbers = scratch_pack.codes(row["department"] for row in given.train if row["department"])
    scratch_pack.write(folder / "pack", numbers)
    matters = {label: scratch_pack.matter(number) for label, number in numbers.items()}
    _write_rows(folder / "train.jsonl", _training(given.train, matters))
    _write_rows(folder / "dev.jsonl", [{"id": row["id"], "text": row["text"]} for row in given.dev])
    say(f"training on {len(given.train)} rows, {len(numbers)} departments")
    card = train([folder / "train.jsonl"], "matter", "embedded", folder / "model", progress=say)
    environment = {"HOTLINE_CITY_PACK": str(folder / "pack"), "HOTLINE_MODEL": str(folder / "model")}
    with fresh("sqlite", **environment) as installed, ExitStack() as stack:
        _, port = serve(stack, installed)
        say(f"replaying {len(given.dev)} rows")
        replayed = _replay(installed, port, folder / "dev.jsonl")
        found, span = _cases(installed.database, given.dev, numbers)
        precision = installed.config.settings.nlu.precision
    return {
        "n": len(given.dev),
        "n_departments": len(numbers),
        "training": {"n": card.n, "cross_validated": dict(card.figures)},
        "precision_aimed_at": precision,
        **_account(found, len(given.dev)),
        **_quality([case for case in found if case.right is not None]),
        "replay": {name: replayed[name] for name in ("lost", "doubled", "refused", "outcomes", "states", "answer_ms")},
        "accepted_per_s": replayed["accepted_per_s"],
        "settled_per_s": round(len(found) / span, 1),
    }


def _replay(installed: Installed, port: int, file: Path) -> dict[str, Any]:
    """What `hotline replay` reports."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "hotline", "replay", str(file), "--json"),
            *("--url", f"http://127.0.0.1:{port}", "--clients", str(CLIENTS)),
        ],
        cwd=processes.ROOT,
        env={**installed.environment, "HOTLINE_TOKEN": installed.token()},
        stdout=subprocess.PIPE,
        check=False,
        timeout=REPLAY_SECONDS,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _cases(
    database: Database, rows: Sequence[Mapping[str, Any]], numbers: Mapping[str, str]
) -> tuple[list[Case], float]:
    """A case for each row that has its outcome, and the seconds from the first receipt to the last settling."""
    labels = {row["id"]: numbers.get(row["department"]) for row in rows}
    with database.reading() as session:
        messages = session.execute(select(_M).where(_M.c.outcome != str(Outcome.PENDING))).all()
        tickets = {
            row.no: row for row in session.execute(select(_T.c.no, _T.c.state, _T.c.lead_unit, _T.c.triage_reason))
        }
        decided = select(_E.c.ticket_no, _E.c.data).where(_E.c.kind == str(EventKind.DECIDED)).order_by(_E.c.seq)
        reasons = {row.ticket_no: str(row.data["reason"]) for row in session.execute(decided)}
    found = []
    for message in messages:
        ticket = tickets[message.tickets[0]]
        ranked = (message.understanding or {}).get("matters", [])
        found.append(
            Case(
                unit=ticket.lead_unit,
                reason=reasons[ticket.no],
                explained=ticket.state != LegState.RECEIVED or bool(ticket.triage_reason),
                n_tickets=len(message.tickets),
                ranked=tuple(item["label"] for item in ranked),
                score=float(ranked[0]["score"]) if ranked else 0.0,
                wait_ms=_seconds(message.received_at, message.settled_at) * 1000,
                right=labels[message.external_id],
            )
        )
    first, last = min(row.received_at for row in messages), max(row.settled_at for row in messages)
    return found, _seconds(first, last)


def _account(found: Sequence[Case], n: int) -> dict[str, Any]:
    """Nothing lost, nothing doubled, nobody left without a reason; how long it took."""
    dispatched = [case for case in found if case.unit is not None]
    triage = Counter(case.reason for case in found if case.unit is None)
    return {
        "lost": n - len(found),
        "doubled": sum(case.n_tickets for case in found) - len(found),
        "unexplained": sum(not case.explained for case in found),
        "dispatched": len(dispatched),
        "triage": dict(triage.most_common()),
        "dispatch_ms": percentiles([case.wait_ms for case in dispatched]) if dispatched else None,
    }


def _quality(labelled: Sequence[Case]) -> dict[str, Any]:
    """Accuracy against the department that had it in life."""
    matters = [scratch_pack.matter(str(case.right)) for case in labelled]
    first = np.array([case.ranked[:1] == (matter,) for case, matter in zip(labelled, matters, strict=True)])
    third = [matter in case.ranked[:3] for case, matter in zip(labelled, matters, strict=True)]
    sure = np.array([case.score for case in labelled])
    sent = [case.unit == scratch_pack.unit(str(case.right)) for case in labelled if case.unit is not None]
    return {
        "n_labelled": len(labelled),
        "accuracy": round(float(first.mean()), 4),
        "top3": round(sum(third) / len(third), 4),
        "coverage": round(len(sent) / len(labelled), 4),
        "accuracy_of_dispatched": round(sum(sent) / len(sent), 4) if sent else None,
        "coverage_at_90": round(metrics.coverage(sure, first, precision=0.90), 4),
        "coverage_at_95": round(metrics.coverage(sure, first, precision=0.95), 4),
    }


def _write(results: Mapping[str, Any]) -> None:
    dispatch = results["dispatch_ms"]
    rows = [
        ("figure", "value"),
        ("messages replayed / lost / doubled / left without a reason", _four(results)),
        ("accuracy of the best guess (baseline 0.77), top 3", f"{results['accuracy']:.3f}, {results['top3']:.3f}"),
        ("dispatched at once", f"{results['dispatched']:,} ({results['coverage']:.1%} of the labelled)"),
        ("of those right", f"{results['accuracy_of_dispatched']:.3f} (aim: {results['precision_aimed_at']} %)"),
        ("to a dispatcher, by reason", ", ".join(f"{name} {n:,}" for name, n in results["triage"].items())),
        ("coverage at 95 % precision (at 90 %)", f"{results['coverage_at_95']:.3f} ({results['coverage_at_90']:.3f})"),
        (
            "accept to dispatch, p50 / p99",
            f"{dispatch['p50']:.0f} / {dispatch['p99']:.0f} ms, {CLIENTS} clients at full speed",
        ),
        ("messages a second, accepted / settled", f"{results['accepted_per_s']} / {results['settled_per_s']}"),
        ("cross-validated on the training rows", f"accuracy {results['training']['cross_validated']['accuracy']:.3f}"),
    ]
    measured.write(
        "haikou",
        command=f"{DATA}=... .venv/bin/python benchmarks/haikou.py --write",
        where=machine(),
        tables=[rows],
        about=f"{results['n_departments']} departments as units; model: embedded, trained on {results['training']['n']:,} rows.",
    )


def _four(results: Mapping[str, Any]) -> str:
    return " / ".join(f"{results[name]:,}" for name in ("n", "lost", "doubled", "unexplained"))


def _training(rows: Sequence[Mapping[str, Any]], matters: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"id": row["id"], "text": row["text"], "matter": matters[row["department"]], "dup_group": row.get("dup_group")}
        for row in rows
        if row["department"]
    ]


def _read(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _write_rows(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()


if __name__ == "__main__":
    main()
