"""What each kind of noise costs: the same messages, clean and noisy (nlu/noise.py), with paired 95 % intervals.

- xuhui: a fifth of the pack's corpus, which the model measured here was not trained on: matter, danger.
- places: the half of tests/nlu/places_told.jsonl that nobody tuned on: the street.
- haikou: departments of real work orders (development rows of $HOTLINE_DATA, a model of its training rows).

Prints one JSON object. Models are trained in a scratch folder, or once in --models for several runs.
"""

import json
import os
import shutil
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from benchmarks import measured, processes
from benchmarks.figures import machine, say
from benchmarks.places import measured_half
from city.pack import load_pack
from nlu.brain import EmbeddedBrain, train_pack
from nlu.corpus import Example, parse_marked, read_corpus
from nlu.embedded import Embedded
from nlu.noise import NOISES, noisy
from nlu.train import train

PACK = processes.ROOT / "city" / "packs" / "xuhui"
FOLDS = 5
HELD = 0
HARMLESS = 1000
"""So many messages without danger are enough to see what noise makes of them."""
_Z = 1.96
Hits = npt.NDArray[np.float64]
Answer = Callable[[Sequence[str]], Hits]
"""1 for each message that was answered rightly, else 0."""


def losses(texts: Sequence[str], answer: Answer) -> dict[str, Any]:
    """The share of right answers without noise, and with each kind: the share, what is lost and its 95 % interval."""
    clean = answer(texts)
    figures: dict[str, Any] = {"n": len(texts), "clean": _short(clean.mean())}
    for kind in NOISES:
        lost = clean - answer([noisy(text, kind) for text in texts])
        half = _Z * float(lost.std()) / len(lost) ** 0.5
        mean = float(lost.mean())
        figures[kind] = {
            "right": _short(clean.mean() - mean),
            "loss": _short(mean),
            "low": _short(mean - half),
            "high": _short(mean + half),
        }
    return figures


def held(text: str) -> bool:
    """Whether an example belongs to the fifth that is measured and not trained on."""
    return int.from_bytes(sha256(text.encode()).digest()[:4]) % FOLDS == HELD


def xuhui(model: Path) -> dict[str, Any]:
    """Matter and danger on the held fifth of the pack's corpus."""
    if not (model / "brain.json").exists():
        _train_without_held(model)
    pack = load_pack(PACK)
    brain = EmbeddedBrain.load(model, places=pack.places, streets=pack.streets)
    examples = [one for one in read_corpus(PACK / "nlu.yml") if held(one.text)]
    matters = [one for one in examples if one.matter]
    dangers = [one for one in examples if one.danger]
    harmless = [one for one in matters if one.metadata.get("urgency") == "routine"][:HARMLESS]
    return {
        "matter": losses(_texts(matters), lambda texts: _matters(brain, texts, matters)),
        "danger heard": losses(_texts(dangers), lambda texts: _alarms(brain, texts)),
        "no alarm without danger": losses(_texts(harmless), lambda texts: 1.0 - _alarms(brain, texts)),
        "street": losses(*_streets(brain)),
    }


def haikou(folder: Path, model: Path) -> dict[str, Any]:
    """Departments of real work orders."""
    if not (model / "card.json").exists():
        train([folder / "haikou12345.train.jsonl"], "department", "embedded", model)
    engine = Embedded.load(model)
    lines = (folder / "haikou12345.dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["department"]]

    def answer(texts: Sequence[str]) -> Hits:
        told = engine.predict_many(texts)
        return _hits(
            bool(one.ranked) and one.ranked[0].label == row["department"] for one, row in zip(told, rows, strict=True)
        )

    return {"department": losses([row["text"] for row in rows], answer)}


def main() -> None:
    """Measure, print, keep when asked to."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, help="a folder that keeps the trained models for the next run")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/measured.md")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="hotline-robustness-") as scratch:
        models = given.models or Path(scratch)
        say("xuhui")
        figures = xuhui(models / "xuhui")
        if os.environ.get("HOTLINE_DATA"):
            say("haikou")
            figures |= haikou(Path(os.environ["HOTLINE_DATA"]), models / "haikou")
    print(json.dumps({"benchmark": "robustness", "machine": machine(), **figures}, ensure_ascii=False, indent=1))
    if given.write:
        measured.write(
            "robustness",
            command="HOTLINE_DATA=... .venv/bin/python -m benchmarks.robustness --write",
            where=machine(),
            tables=[_table(figures)],
            about="Points of accuracy that each kind of noise costs (95 % interval, paired); nlu/noise.py makes it.",
        )


def _train_without_held(model: Path) -> None:
    """The pack's model from four fifths of its corpus."""
    with TemporaryDirectory(prefix="hotline-robustness-pack-") as name:
        copy = Path(name) / "pack"
        shutil.copytree(PACK, copy)
        corpus = copy / "nlu.yml"
        document = yaml.safe_load(corpus.read_text(encoding="utf-8"))
        document["nlu"] = [_block_without_held(block) for block in document["nlu"]]
        corpus.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        train_pack(corpus, model)


def _block_without_held(block: dict[str, Any]) -> dict[str, Any]:
    if "intent" not in block:
        return block
    examples = block["examples"]
    if isinstance(examples, str):
        kept = [line for line in examples.splitlines() if not held(parse_marked(line[1:].strip())[0])]
        return {**block, "examples": "\n".join(kept) + "\n"}
    marked = ((one, one["text"].strip().removeprefix("-").strip()) for one in examples)
    return {**block, "examples": [one for one, text in marked if not held(parse_marked(text)[0])]}


def _texts(examples: Sequence[Example]) -> list[str]:
    return [one.text for one in examples]


def _matters(brain: EmbeddedBrain, texts: Sequence[str], examples: Sequence[Example]) -> Hits:
    told = brain.parse_many(texts)
    return _hits(
        bool(one.matters) and one.matters[0].label[:4] == str(example.matter)[:4]
        for one, example in zip(told, examples, strict=True)
    )


def _alarms(brain: EmbeddedBrain, texts: Sequence[str]) -> Hits:
    return _hits(one.danger is not None for one in brain.parse_many(texts))


def _streets(brain: EmbeddedBrain) -> tuple[list[str], Answer]:
    rows = [row for row in measured_half() if row["streets"]]

    def answer(texts: Sequence[str]) -> Hits:
        return _hits(one.place.street in row["streets"] for one, row in zip(brain.parse_many(texts), rows, strict=True))

    return [row["text"] for row in rows], answer


def _hits(hits: Any) -> Hits:
    return np.array([float(hit) for hit in hits])


def _table(figures: Mapping[str, Any]) -> measured.Rows:
    names = list(figures)
    rows: list[tuple[str, ...]] = [("", *names), ("messages", *(f"{figures[name]['n']:,}" for name in names))]
    rows.append(("right without noise", *(f"{figures[name]['clean']:.3f}" for name in names)))
    return rows + [(kind, *(_points(figures[name][kind]) for name in names)) for kind in NOISES]


def _points(loss: Mapping[str, float]) -> str:
    return f"{100 * loss['loss']:.1f} ({100 * loss['low']:.1f} to {100 * loss['high']:.1f})"


def _short(value: float) -> float:
    return round(float(value), 4)


if __name__ == "__main__":
    main()
