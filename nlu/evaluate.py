"""How good and how fast a model is on labelled rows, and predictions for rows. JSON lines in and out."""

import json
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from nlu import metrics, whole
from nlu.engines import Classifier, Prediction
from nlu.loading import load
from nlu.rows import Purpose, labelled, read_rows
from plumbing.errors import BadInput

_SINGLE = 400
"""How many messages are timed one at a time."""
PRECISION = 95
"""The target precision, in percent, below which `predict` abstains."""


def evaluate(model: Path, data: Path, label: str) -> dict[str, Any]:
    """n, classes, accuracy, top3, macro_f1, ece, coverage_at_90/95/98, p50_ms and per_s on the rows with the label.

    coverage_at_P is the greatest share of rows, surest first, of which P percent are right.
    """
    engine = _load(model, label)
    rows = labelled(read_rows([data], label, purpose=Purpose.JUDGE), label)
    texts = [row.text for row in rows]
    engine.predict_many(texts[:1])
    started = perf_counter()
    predictions = engine.predict_many(texts)
    seconds = perf_counter() - started
    figures = _quality(predictions, [str(row.label) for row in rows])
    return figures | {"p50_ms": round(_p50(engine, texts), 3), "per_s": round(len(texts) / max(seconds, 1e-9), 1)}


def predict(model: Path, data: Path, label: str, out: Path) -> int:
    """Write {id, LABEL: up to five labels, scores, abstain} for every row; how many. `out` is whole or untouched."""
    engine = _load(model, label)
    rows = read_rows([data], label)
    threshold = engine.threshold(PRECISION)
    predictions = engine.predict_many([row.text for row in rows])
    with whole.file(out) as fresh, fresh.open("wb") as file:
        for row, prediction in zip(rows, predictions, strict=True):
            value = {
                "id": row.id,
                label: [item.label for item in prediction.ranked],
                "scores": [item.score for item in prediction.ranked],
                "abstain": prediction.abstains(threshold),
            }
            file.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    return len(rows)


def _load(model: Path, label: str) -> Classifier:
    engine = load(model)
    if engine.card.label != label:
        raise BadInput("OTHER_LABEL", f"模型 {model.name} 预测的是“{engine.card.label}”，不是“{label}”。")
    return engine


def _quality(predictions: Sequence[Prediction], labels: Sequence[str]) -> dict[str, Any]:
    names = sorted({*labels, *(item.label for one in predictions for item in one.ranked)})
    number = {name: index for index, name in enumerate(names)}
    truth = np.array([number[label] for label in labels], dtype=np.int64)
    ranking = np.full((len(labels), 5), -1, dtype=np.int64)
    for row, one in enumerate(predictions):
        ranking[row, : len(one.ranked)] = [number[item.label] for item in one.ranked]
    confidence = np.array([one.ranked[0].score if one.ranked else 0.0 for one in predictions])
    right = ranking[:, 0] == truth
    figures: dict[str, Any] = {
        "n": len(labels),
        "classes": len(set(labels)),
        "accuracy": metrics.accuracy(truth, ranking[:, 0]),
        "top3": metrics.top(truth, ranking, k=3),
        "macro_f1": metrics.macro_f1(truth, ranking[:, 0]),
        "ece": metrics.calibration_error(confidence, right),
    }
    for percent in (90, 95, 98):
        figures[f"coverage_at_{percent}"] = metrics.coverage(confidence, right, precision=percent / 100)
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def _p50(engine: Classifier, texts: Sequence[str]) -> float:
    """Median milliseconds for one message at a time."""
    taken = []
    for text in texts[:_SINGLE]:
        started = perf_counter()
        engine.predict_many([text])
        taken.append(perf_counter() - started)
    return float(np.median(taken)) * 1000
