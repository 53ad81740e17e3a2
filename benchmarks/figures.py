"""Figures for people to compare: medians with their spread, percentiles, ratios, and where they were measured."""

import json
import os
import platform
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks import measured, processes
from benchmarks.measured import Rows
from plumbing.clock import SystemClock

Figures = dict[str, float]

_DATABASES = {"sqlite": "SQLite, one process", "postgresql": "PostgreSQL"}


def spread(values: Sequence[float]) -> Figures:
    """Median, least and greatest of the rounds."""
    return {"median": _short(median(values)), "min": _short(min(values)), "max": _short(max(values))}


def percentiles(values: Sequence[float]) -> Figures:
    """p50 and p99; of a single value, that value."""
    if len(values) < 2:
        return {"p50": _short(values[0]), "p99": _short(values[0])}
    return {"p50": _short(median(values)), "p99": _short(quantiles(values, n=100, method="inclusive")[98])}


def over_rounds(rounds: Sequence[Figures]) -> dict[str, Figures]:
    """Each figure of a round with its spread over all rounds."""
    return {name: spread([one[name] for one in rounds]) for name in rounds[0]}


def ratio(ours: Sequence[Figures], reference: Sequence[Figures], *, of: str, to: str | None = None) -> Figures:
    """Ours divided by the reference, round by round: what the machine did meanwhile hits both."""
    return spread([one[of] / other[to or of] for one, other in zip(ours, reference, strict=True) if other[to or of]])


def machine() -> dict[str, Any]:
    """What it ran on, and how busy that was: `load` is the mean number of running processes of the last minute."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(encoding="utf-8").splitlines() if cpu.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "date": SystemClock().now().date().isoformat(),
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 1),
    }


def arguments(about: str, *, n: int, quick_n: int, rounds: int) -> Namespace:
    """The options that every benchmark has; `--quick` is for CI and says nothing about speed."""
    parser = ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help=f"a few seconds: n={quick_n}, one round")
    parser.add_argument("--n", type=int, default=None, help=f"default {n}")
    parser.add_argument("--rounds", type=int, default=None, help=f"default {rounds}")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default=None)
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/measured.md")
    processes.clean_up_when_ended()
    given = parser.parse_args()
    given.n = given.n or (quick_n if given.quick else n)
    given.rounds = given.rounds or (1 if given.quick else rounds)
    given.databases = [given.only] if given.only else ["sqlite", "postgresql"]
    return given


def say(words: str) -> None:
    """A line for whoever waits; standard output is for the JSON alone."""
    print(words, file=sys.stderr, flush=True)


def finish(name: str, given: Namespace, results: dict[str, Any], *, about: str, table: Callable[[Any], Rows]) -> None:
    """Print the one JSON object; with --write, keep it as a table for each database."""
    where = machine()
    head = {"benchmark": name, "quick": given.quick, "n": given.n, "rounds": given.rounds, "machine": where}
    print(json.dumps(head | {"results": results}, ensure_ascii=False))
    if given.write:
        tables = []
        for kind, result in results.items():
            (_, *titles), *rows = table(result)
            tables.append([(_DATABASES[kind], *titles), *rows])
        command = f".venv/bin/python benchmarks/bench_{name}.py --write"
        about = f"n = {given.n:,}, {given.rounds} rounds. {about}"
        measured.write(name, command=command, where=where, tables=tables, about=about)


def _short(value: float) -> float:
    return float(f"{value:.4g}")
