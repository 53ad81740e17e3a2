"""The Xuhui pack's models, trained afresh: figures by cross-validation on the pack's own corpus, no text in two parts."""

import json
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks import measured, processes
from benchmarks.figures import machine
from nlu.brain import train_pack

CORPUS = processes.ROOT / "city" / "packs" / "xuhui" / "nlu.yml"
ABOUT = (
    "Five-fold cross-validation on the pack's own corpus. coverage at P: the share of messages, surest first, of which P"
    " percent are right; the others go to a dispatcher with three suggestions. ece: expected calibration error."
)
COLUMNS = ("accuracy", "top3", "macro_f1", "ece", "coverage_at_90", "coverage_at_95", "coverage_at_98")


def main() -> None:
    """Train, print one JSON object, keep the figures when asked to."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/measured.md")
    given = parser.parse_args()
    began = perf_counter()
    with TemporaryDirectory(prefix="hotline-model-") as folder:
        cards = train_pack(CORPUS, Path(folder) / "model")
    seconds = round(perf_counter() - began, 1)
    models = {name: {"n": card.n, "classes": len(card.classes), **card.figures} for name, card in cards.items()}
    print(json.dumps({"benchmark": "xuhui_model", "machine": machine(), "seconds": seconds, "models": models}))
    if given.write:
        measured.write(
            "xuhui_model",
            command=".venv/bin/python benchmarks/xuhui_model.py --write",
            where=machine(),
            tables=[_table(models), _alarms(models["danger"]), _together(models["matter"])],
            about=f"{ABOUT} matter counts the third level where there is one. Training of all took {seconds} s.",
        )


def _table(models: dict[str, dict[str, Any]]) -> measured.Rows:
    heads = ("", "messages", "classes", *(name.replace("_", " ") for name in COLUMNS))
    return [
        heads,
        *(
            (name, f"{figures['n']:,}", str(figures["classes"]), *(f"{figures[one]:.3f}" for one in COLUMNS))
            for name, figures in models.items()
        ),
    ]


def _alarms(figures: dict[str, Any]) -> measured.Rows:
    shares = ("1", "2", "5", "10")
    heads = ("of a hundred harmless messages may alarm", *shares)
    return [heads, ("danger heard", *(f"{figures[f'alarm_recall_{share}']:.3f}" for share in shares))]


def _together(figures: dict[str, Any]) -> measured.Rows:
    names = ("together", "coverage_together_at_90", "coverage_together_at_95", "coverage_together_at_98")
    heads = ("matters of one unit together", "right unit", "coverage at 90", "coverage at 95", "coverage at 98")
    return [heads, ("matter", *(f"{figures[name]:.3f}" for name in names))]


if __name__ == "__main__":
    main()
