"""How often the embedded engine and a real Rasa name the same matter for messages that neither was trained on.

Agreement says nothing about who is right, and is no figure of Rasa's quality: one training, one fixed split.
"""

import json
import shutil
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import Any

from benchmarks import processes
from benchmarks.figures import machine
from nlu.brain import EmbeddedBrain, train_pack
from nlu.corpus import OUT_OF_SCOPE, Example, read_corpus
from nlu.rasa_brain import ENGINE, RasaBrain
from nlu.rasa_client import Batch, RasaClient
from tickets.types import Understanding
from tools import rasa_environment, rasa_project, rasa_service

PACK = processes.ROOT / "city" / "packs" / "xuhui"
BESIDE = ("matters.csv", "lexicon.csv", "duties.csv")
"""What the embedded engine learns from beside the corpus."""

ONE_IN = 5
_BATCH = 64
_Z = 1.96


def main() -> None:
    """Train both on the same part, ask both about the other, print one JSON object."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument(
        "--per-intent", type=int, default=None, help="train on so many messages of each intent; else on all"
    )
    parser.add_argument("--epochs", type=int, default=None, help="rounds of DIET; else those of config.yml")
    parser.add_argument("--ask", type=int, default=4, help="held-out messages of each intent that are asked")
    given = parser.parse_args()
    rasa_environment.install()
    kept, held = rasa_project.held_out(read_corpus(PACK / rasa_project.CORPUS), one_in=ONE_IN)
    trained_on = kept if given.per_intent is None else rasa_project.part(kept, per_intent=given.per_intent)
    asked = [one for one in rasa_project.part(held, per_intent=given.ask) if one.matter or one.intent == OUT_OF_SCOPE]
    with TemporaryDirectory(prefix="hotline-rasa-") as folder:
        found = _measure(Path(folder), trained_on, asked, epochs=given.epochs)
    print(json.dumps({"benchmark": "rasa_agreement", "machine": machine(), "trained_on": len(trained_on), **found}))


def _measure(
    folder: Path, trained_on: Sequence[Example], asked: Sequence[Example], *, epochs: int | None
) -> dict[str, Any]:
    own, own_seconds = _embedded(folder / "pack", trained_on)
    project = folder / "rasa"
    began = perf_counter()
    rasa_service.write_project(project, PACK, examples=trained_on, epochs=epochs)
    rasa_service.train(project, progress=lambda words: print(f"        {words}", flush=True))
    rasa_seconds = round(perf_counter() - began, 1)
    texts = [one.text for one in asked]
    with rasa_service.serving(project) as served:
        service = _Kept(RasaClient(served.url, timeout_seconds=20, failures=3, pause_seconds=1, monotonic=monotonic))
        began = perf_counter()
        brain = RasaBrain(own, service, matters=own.cards["matter"].classes)
        both = [
            one for start in range(0, len(texts), _BATCH) for one in brain.parse_many(texts[start : start + _BATCH])
        ]
        per_second = round(len(texts) / (perf_counter() - began), 1)
        service.close()
    return {
        "epochs": epochs,
        "train_seconds": {"embedded": own_seconds, "rasa": rasa_seconds},
        "messages_a_second": per_second,
        **_agreement(own.parse_many(texts), both, service.batches),
    }


class _Kept:
    """The client, and what it was answered."""

    def __init__(self, client: RasaClient) -> None:
        self._client = client
        self.batches: list[Batch] = []

    def parse_many(self, texts: Sequence[str]) -> Batch | None:
        """Ask and keep."""
        batch = self._client.parse_many(texts)
        if batch is not None:
            self.batches.append(batch)
        return batch

    def close(self) -> None:
        """Give back its connections."""
        self._client.close()


def _embedded(pack: Path, trained_on: Sequence[Example]) -> tuple[EmbeddedBrain, float]:
    """The embedded engine, trained on the same messages, and the seconds that took."""
    pack.mkdir()
    for name in BESIDE:
        shutil.copyfile(PACK / name, pack / name)
    (pack / rasa_project.CORPUS).write_text(rasa_project.corpus_text(trained_on), encoding="utf-8")
    began = perf_counter()
    train_pack(pack / rasa_project.CORPUS, pack / "model")
    return EmbeddedBrain.load(pack / "model"), round(perf_counter() - began, 1)


def _agreement(own: Sequence[Understanding], both: Sequence[Understanding], batches: Sequence[Batch]) -> dict[str, Any]:
    """Of the messages that Rasa decided: on how many both name the same matter first; and what is dispatched."""
    pairs = [(ours, theirs) for ours, theirs in zip(own, both, strict=True) if theirs.engine == ENGINE]
    same = sum(
        theirs == replace(ours, engine=theirs.engine, model_version=theirs.model_version) for ours, theirs in pairs
    )
    n = len(pairs)
    share = same / n if n else 0.0
    half = _Z * sqrt(share * (1 - share) / n) if n else 0.0
    return {
        "n": len(own),
        "answered_by_rasa": sum(parsed is not None for batch in batches for parsed in batch.parsed),
        "decided_with_rasa": n,
        "agreement": round(share, 4),
        "agreement_95": [round(share - half, 4), round(share + half, 4)],
        "sure_embedded_alone": round(sum(not one.abstain for one in own) / len(own), 4),
        "sure_where_both_agree": round(sum(not one.abstain for one in both) / len(both), 4),
    }


if __name__ == "__main__":
    main()
