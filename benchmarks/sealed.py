"""The sealed tests, measured with the pack's model: understanding, dispatch, places, danger and personal data.

Prints one JSON object. `--errors FILE` writes the ids (never the texts) of what went wrong: whoever looks them up must
write new messages. With HOTLINE_DATA, alarms on real work orders are counted too.
"""

import json
import os
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import measured, processes
from benchmarks.figures import machine
from benchmarks.personal import Marked
from benchmarks.personal import figures as spans_found
from city import store as city_store
from city.pack import load_pack
from city.types import Directory
from hotline import decide, installation
from nlu import guard
from nlu.brain import EmbeddedBrain, train_pack
from plumbing.clock import SystemClock
from plumbing.db import Database
from routing.case import Circumstances
from routing.route import PLACE_SURE, route
from tickets.types import DecisionKind, Understanding, Urgency

SEALED = processes.ROOT / "tests" / "sealed"
PACK = processes.ROOT / "city" / "packs" / "xuhui"
TODAY = date(2026, 11, 26)
"""The day whose responsibility list the authors of the messages had."""
Row = Mapping[str, Any]
Figures = dict[str, Any]


def sealed(name: str) -> list[Row]:
    """The rows of a sealed file."""
    return [json.loads(line) for line in (SEALED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def messages(brain: EmbeddedBrain, directory: Directory) -> tuple[Figures, list[str]]:
    """Matter, type, urgency, street and unit; and the ids with a wrong unit."""
    rows = sealed("messages")
    understood = brain.parse_many([row["text"] for row in rows])
    decisions = [_decide(one, directory) for one in understood]
    placed = [(row, one) for row, one in zip(rows, understood, strict=True) if row["streets"]]
    told = [(row, one) for row, one in zip(rows, understood, strict=True) if one.place.street]
    sent = [(r, d) for r, d in zip(rows, decisions, strict=True) if d.kind is DecisionKind.DISPATCH and d.lead]
    wrong = [row["id"] for row, decision in sent if decision.lead.unit not in row["units"]]
    figures = {
        "n": len(rows),
        "matter": _share(_second(one) == row["matter"][:4] for row, one in zip(rows, understood, strict=True)),
        "matter_or_also": _share(
            _second(one) in {code[:4] for code in (row["matter"], *row["also"])}
            for row, one in zip(rows, understood, strict=True)
        ),
        "top3": _share(
            row["matter"][:4] in {item.label[:4] for item in one.matters[:3]}
            for row, one in zip(rows, understood, strict=True)
        ),
        "type": _share(one.type.label == row["type"] for row, one in zip(rows, understood, strict=True)),
        "urgency": _share(one.urgency.label == row["urgency"] for row, one in zip(rows, understood, strict=True)),
        "street_recall": _share(one.place.street in row["streets"] for row, one in placed),
        "street_precision": _share(one.place.street in row["streets"] for row, one in told if row["streets"]),
        "street_told_without": sum(not row["streets"] for row, _ in told),
        "street_sure": _share(one.place.score >= PLACE_SURE for _, one in placed),
        "dispatched": len(sent) / len(rows),
        "unit_right": 1 - len(wrong) / len(sent),
        "asked": _share(one.kind is DecisionKind.ASK for one in decisions),
        "triage": _share(one.kind is DecisionKind.TRIAGE for one in decisions),
        "disputed": _share(one.kind is DecisionKind.DISPUTE for one in decisions),
    }
    return figures, wrong


def danger(brain: EmbeddedBrain) -> Figures:
    """Recall on indirect wordings, by kind, and alarms on what only sounds alarming."""
    rows, harmless = sealed("danger"), sealed("harmless")
    alarms = [one.danger is not None for one in brain.parse_many([row["text"] for row in rows])]
    kinds = sorted({row["kind"] for row in rows})
    by_kind = {kind: _share(a for a, row in zip(alarms, rows, strict=True) if row["kind"] == kind) for kind in kinds}
    return {
        "n": len(rows),
        "recall": _share(alarms),
        "words_alone": _share(_grave(row["text"]) for row in rows),
        "by_kind": by_kind,
        "harmless_alarms": _share(one.danger is not None for one in brain.parse_many([r["text"] for r in harmless])),
    }


def personal() -> Figures:
    """Spans of personal data: recall by kind, precision of what is masked, messages without any that are masked."""
    rows = sealed("personal")
    messages = [
        Marked(text=row["text"], spans=tuple((one["kind"], one["text"]) for one in row["spans"])) for row in rows
    ]
    return spans_found(messages)


def alarms_on_real(brain: EmbeddedBrain, folder: Path) -> Figures:
    """How many of the real work orders raise an alarm."""
    lines = (folder / "haikou12345.dev.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    alarms = [one.danger is not None for one in brain.parse_many(texts)]
    return {"n": len(texts), "alarms": _share(alarms), "words_alone": _share(_grave(text) for text in texts)}


def measure(brain: EmbeddedBrain, directory: Directory) -> tuple[dict[str, Figures], list[str]]:
    """Everything that needs no data from outside, and the ids with a wrong unit."""
    about, wrong = messages(brain, directory)
    return {"messages": about, "danger": danger(brain), "personal": personal()}, wrong


def loaded(model: Path) -> tuple[EmbeddedBrain, Directory]:
    """The pack's brain from `model`, trained there if need be, and the directory of TODAY."""
    pack = load_pack(PACK)
    if not (model / "brain.json").exists():
        train_pack(PACK / "nlu.yml", model)
    with TemporaryDirectory(prefix="hotline-sealed-") as folder:
        database = Database(f"sqlite:///{folder}/city.db")
        installation.migrate(database)
        with database.transaction() as session:
            city_store.install(session, pack, now=SystemClock().now())
        with database.reading() as session:
            directory = city_store.directory(session, on=TODAY)
        database.dispose()
    return EmbeddedBrain.load(model, places=pack.places, streets=pack.streets), directory


def main() -> None:
    """Measure, print, keep when asked to."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a trained model; without it one is trained")
    parser.add_argument("--errors", type=Path, help="where to write the ids of messages sent to a wrong unit")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/measured.md")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="hotline-sealed-model-") as folder:
        brain, directory = loaded(given.model or Path(folder) / "model")
        figures, wrong = measure(brain, directory)
        if os.environ.get("HOTLINE_DATA"):
            figures["real"] = alarms_on_real(brain, Path(os.environ["HOTLINE_DATA"]))
    print(json.dumps({"benchmark": "sealed", "machine": machine(), **figures}, ensure_ascii=False, indent=1))
    if given.errors:
        given.errors.write_text("\n".join(wrong), encoding="utf-8")
    if given.write:
        rows = [("what", "figure"), *((f"{a} {b}", _said(c)) for a, part in figures.items() for b, c in part.items())]
        measured.write(
            "sealed",
            command=".venv/bin/python -m benchmarks.sealed --write",
            where=machine(),
            tables=[rows],
            about="tests/sealed/README.md says who wrote the messages and what they had seen.",
        )


def _decide(one: Understanding, directory: Directory) -> Any:
    given = Circumstances(
        party_unit=decide.party_of(one, directory), call=guard.call(one.danger) if one.danger else None
    )
    return route(one, directory, given=given)


def _second(one: Understanding) -> str:
    return one.matters[0].label[:4] if one.matters else ""


def _grave(text: str) -> bool:
    told = guard.danger(text)
    return told is not None and told.urgency is Urgency.CRITICAL


def _share(hits: Any) -> float:
    every: Sequence[bool] = list(hits)
    return round(sum(every) / len(every), 4) if every else 0.0


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return " to ".join(f"{one:.3f}" for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {one:.3f}" for key, one in value.items())
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}"


if __name__ == "__main__":
    main()
