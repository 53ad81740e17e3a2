"""How well two messages about one matter are told from two matters: pairs of real work orders of $HOTLINE_DATA.

    HOTLINE_DATA=... python -m benchmarks.duplicates

benchmarks/duplicates_labels.csv holds ids and labels, no word of the data: `operators` are pairs that operators noted as
the same matter, `read` are hard pairs (like texts, the same road, estate or party) labelled by reading both. `part` keeps
pairs of one cluster together: weights were chosen by looking at `fit` alone. Intervals: 1,000 resamples of the pairs' clusters.
"""

import csv
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from nlu.alike import Sketch, compare, keys, likeness, sketch

DATA = "HOTLINE_DATA"
LABELS = Path(__file__).with_name("duplicates_labels.csv")
THRESHOLD = 0.5
"""From here on a pair is suggested as a duplicate."""
JOIN = 0.6
"""From here on a ticket joins an event (config.yml, join_percent)."""
REPHRASED = 0.8
"""Pairs of which the shorter text has a smaller share in the longer one than this were not merely sent again."""
PLAIN = 0.65
"""What the share of common runs alone, without names and numbers, would do best with on `fit`."""
RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A labelled pair with what was made of it."""

    source: str
    part: str
    same: bool
    group: str
    score: float
    runs: float
    blocked: bool


def main() -> None:
    """Print the figures as JSON."""
    rows = _rows(Path(os.environ[DATA]))
    pairs = _pairs(rows)
    subsets: Mapping[str, Callable[[Pair], bool]] = {
        "test": lambda one: one.part == "test",
        "fit": lambda one: one.part == "fit",
        "operators": lambda one: one.source == "operators",
        "read": lambda one: one.source == "read",
        "test, read": lambda one: one.part == "test" and one.source == "read",
        "rephrased": lambda one: one.runs < REPHRASED,
        "all": lambda one: True,
    }
    true = [one for one in pairs if one.same]
    print(
        json.dumps(
            {
                "pairs": len(pairs),
                "at 0.5": {name: figures([p for p in pairs if keep(p)], THRESHOLD) for name, keep in subsets.items()},
                "at 0.6": figures([p for p in pairs if p.part == "test"], JOIN),
                "plain share of common runs": figures(
                    [p for p in pairs if p.part == "test"], PLAIN, score=lambda one: one.runs
                ),
                "blocking": {"true pairs": len(true), "kept": round(sum(p.blocked for p in true) / len(true), 3)},
            },
            ensure_ascii=False,
            indent=1,
        )
    )


def figures(
    pairs: Sequence[Pair], threshold: float, *, score: Callable[[Pair], float] = lambda one: one.score
) -> dict[str, Any]:
    """Precision, recall and F1 with 95 % intervals; `n` pairs of which `same` are the same matter."""
    said = np.array([score(one) >= threshold for one in pairs])
    same = np.array([one.same for one in pairs])
    groups: dict[str, list[int]] = {}
    for index, one in enumerate(pairs):
        groups.setdefault(one.group, []).append(index)
    clusters = [np.array(members) for members in groups.values()]
    rng = np.random.default_rng(12345)
    drawn = []
    for _ in range(RESAMPLES):
        again = np.concatenate([clusters[one] for one in rng.integers(0, len(clusters), len(clusters))])
        drawn.append(_three(said[again], same[again]))
    low, high = np.nanpercentile(np.array(drawn), [2.5, 97.5], axis=0)
    values = _three(said, same)
    names = ("precision", "recall", "f1")
    return {"n": len(pairs), "same": int(same.sum())} | {
        name: [round(float(value), 3) for value in (values[at], low[at], high[at])] for at, name in enumerate(names)
    }


def _three(said: Any, same: Any) -> tuple[float, float, float]:
    hits = float((said & same).sum())
    precision = hits / said.sum() if said.sum() else float("nan")
    recall = hits / same.sum() if same.sum() else float("nan")
    total = float(said.sum() + same.sum())
    return precision, recall, 2 * hits / total if total else float("nan")


def _rows(folder: Path) -> dict[str, dict[str, str]]:
    out = {}
    for part in ("train", "dev"):
        with (folder / f"haikou12345.{part}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                out[row["id"]] = row
    return out


def _pairs(rows: Mapping[str, Mapping[str, str]]) -> list[Pair]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    root: dict[str, str] = {}

    def top(one: str) -> str:
        while root.setdefault(one, one) != one:
            one = root[one]
        return one

    for label in labels:
        a, b = label["a"], label["b"]
        root[top(a)] = top(b)
        for one in (a, b):
            root[top(one)] = top(rows[one]["dup_group"])
    sketches = {one: _sketch(rows[one]) for label in labels for one in (label["a"], label["b"])}
    return [_pair(label, sketches, top(label["a"])) for label in labels]


def _pair(label: Mapping[str, str], sketches: Mapping[str, Sketch], group: str) -> Pair:
    a, b = sketches[label["a"]], sketches[label["b"]]
    return Pair(
        source=label["source"],
        part=label["part"],
        same=label["same"] == "1",
        group=group,
        score=likeness(a, b).score,
        runs=compare(a, b).runs,
        blocked=bool(keys(a) & keys(b)),
    )


def _sketch(row: Mapping[str, str]) -> Sketch:
    """By text and day alone: these rows have neither our matters nor our places."""
    year, month, day = (int(part) for part in re.split("[-/]", row["time"].split(" ")[0]))
    return sketch(row["text"], at=datetime(year, month, day, tzinfo=UTC))


if __name__ == "__main__":
    main()
