"""Pooled, grouped cross-validation of an engine on labelled rows; prints JSON with 95 % intervals.

python benchmarks/cross_validation.py --data F [--data F2] --label FIELD [--engine embedded] [--folds 5] [--epochs N]

Rows of one dup_group (or of one text) stay in one fold. Every row is answered once, by a model that has not seen its
group; the figures are of all answers together. Real messages stay where they are: only figures are printed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from nlu import metrics
from nlu.loading import load
from nlu.rows import Purpose, labelled, read_rows
from nlu.train import Pretrained, train

_DRAWS = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status; the figures go to standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True)
    parser.add_argument("--label", required=True)
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int)
    asked = parser.parse_args(arguments)
    lines, rows = _rows(asked.data, asked.label)
    folds = _folds([row.group or row.text for row in rows], [str(row.label) for row in rows], asked.folds)
    classes = sorted({str(row.label) for row in rows})
    truth = np.array([classes.index(str(row.label)) for row in rows], dtype=np.int64)
    ranking = np.full((len(rows), 5), -1, dtype=np.int64)
    confidence = np.zeros(len(rows))
    seconds = []
    with TemporaryDirectory() as folder:
        for fold in range(asked.folds):
            kept, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            file, model = Path(folder) / "rows.jsonl", Path(folder) / "model"
            file.write_text("\n".join(lines[i] for i in kept.tolist()), encoding="utf-8")
            began = perf_counter()
            train([file], asked.label, asked.engine, model, pretrained=Pretrained(epochs=asked.epochs))
            seconds.append(perf_counter() - began)
            for place, one in zip(
                held.tolist(), load(model).predict_many([rows[i].text for i in held.tolist()]), strict=True
            ):
                ranking[place, : len(one.ranked)] = [classes.index(item.label) for item in one.ranked]
                confidence[place] = one.ranked[0].score if one.ranked else 0.0
            print(f"fold {fold + 1}/{asked.folds}: {seconds[-1]:.0f} s", file=sys.stderr, flush=True)
    print(json.dumps(_figures(truth, ranking, confidence) | {"train_s": round(float(np.median(seconds)), 1)}))
    return 0


def _rows(files: Sequence[Path], label: str) -> tuple[list[str], list[Any]]:
    """The lines as they are and what they say, of the rows with a label only."""
    lines = [line for file in files for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    rows = read_rows(files, label, purpose=Purpose.JUDGE)
    kept = [place for place, row in enumerate(rows) if row.label is not None]
    labelled(rows, label)
    return [lines[place] for place in kept], [rows[place] for place in kept]


def _folds(groups: Sequence[str], labels: Sequence[str], n: int) -> Any:
    """A fold for each row: groups stay whole, each class is spread evenly, the same for the same data."""
    label_of: dict[str, str] = {}
    for group, label in zip(groups, labels, strict=True):
        label_of.setdefault(group, label)
    order = sorted(label_of, key=lambda group: (label_of[group], sha256(group.encode("utf-8", "replace")).digest()))
    fold_of = {group: place % n for place, group in enumerate(order)}
    return np.array([fold_of[group] for group in groups])


def _figures(truth: Any, ranking: Any, confidence: Any) -> dict[str, Any]:
    best, right = ranking[:, 0], ranking[:, 0] == truth
    random = np.random.default_rng(12345)
    draws = [random.integers(0, len(truth), len(truth)) for _ in range(_DRAWS)]
    spans = {
        "accuracy_95": [float(right[draw].mean()) for draw in draws],
        "macro_f1_95": [metrics.macro_f1(truth[draw], best[draw]) for draw in draws],
    }
    figures = {
        "n": len(truth),
        "classes": len(np.unique(truth)),
        "accuracy": metrics.accuracy(truth, best),
        "macro_f1": metrics.macro_f1(truth, best),
        "top3": metrics.top(truth, ranking, k=3),
        "ece": metrics.calibration_error(confidence, right),
        "coverage_at_95": metrics.coverage(confidence, right, precision=0.95),
    }
    plain = {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
    return plain | {
        name: [round(float(q), 4) for q in np.quantile(span, (0.025, 0.975))] for name, span in spans.items()
    }


if __name__ == "__main__":
    sys.exit(main())
