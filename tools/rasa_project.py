"""What Rasa trains on: the pack's one nlu.yml (or a fixed part of it), domain and rules, and the sections of config.yml."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from nlu.corpus import Example, read_corpus

CORPUS = "nlu.yml"
INTENTS = Path("rasa") / "intents.yml"
FILES = ("domain.yml", "intents.yml", "rules.yml")
"""What a pack's folder rasa/ holds."""

SECTIONS = ("assistant_id", "recipe", "language", "pipeline", "policies")
REPORT, MATTER_SLOT = "report", "matter"
_HEAD = "# Written by `python -m tools.rasa domain` from ../nlu.yml; a test says when it is out of date.\n"


def intents_text(examples: Sequence[Example]) -> str:
    """The file rasa/intents.yml: every intent of the corpus, and the slot of the matter, which is told, asked or understood."""
    names = sorted({one.intent for one in examples})
    matters = sorted({one.intent for one in examples if one.matter is not None})
    understood = [
        {"type": "from_intent", "intent": name, "value": name, "conditions": [{"active_loop": None}]}
        for name in matters
    ]
    asked = {
        "type": "from_text",
        "not_intent": REPORT,
        "conditions": [{"active_loop": "report_form", "requested_slot": MATTER_SLOT}],
    }
    told = {"type": "from_entity", "entity": MATTER_SLOT}
    slot = {"type": "text", "influence_conversation": False, "mappings": [told, asked, *understood]}
    document = {"version": "3.1", "intents": [REPORT, *names], "slots": {MATTER_SLOT: slot}}
    return _HEAD + yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)


def write_intents(pack: Path) -> Path:
    """Write the pack's rasa/intents.yml anew; the file. Raises BadInput for a corpus that cannot be read."""
    file = pack / INTENTS
    file.parent.mkdir(exist_ok=True)
    file.write_text(intents_text(read_corpus(pack / CORPUS)), encoding="utf-8")
    return file


def rasa_config(config: Path, *, epochs: int | None = None) -> str:
    """Rasa's own sections of config.yml; with `epochs`, DIET trains that many rounds instead of the file's."""
    content: dict[str, Any] = yaml.safe_load(config.read_text(encoding="utf-8"))
    kept = {name: content[name] for name in SECTIONS}
    if epochs is not None:
        for component in kept["pipeline"]:
            if component["name"] == "DIETClassifier":
                component["epochs"] = epochs
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False)


def part(examples: Iterable[Example], *, per_intent: int) -> list[Example]:
    """Of each intent so many examples at most, always the same ones: in the order of the digests of their texts."""
    ordered = sorted(examples, key=lambda one: (one.intent, sha256(one.text.encode()).digest()))
    taken: dict[str, int] = {}
    kept = []
    for one in ordered:
        taken[one.intent] = taken.get(one.intent, 0) + 1
        if taken[one.intent] <= per_intent:
            kept.append(one)
    return kept


def held_out(examples: Iterable[Example], *, one_in: int) -> tuple[list[Example], list[Example]]:
    """What is trained on, and a fixed part that is not: about one text in so many, whatever its intent."""
    kept: list[Example] = []
    out: list[Example] = []
    for one in examples:
        (kept if int(sha256(one.text.encode()).hexdigest()[:8], 16) % one_in else out).append(one)
    return kept, out


def corpus_text(examples: Sequence[Example]) -> str:
    """The examples as an nlu.yml that `read_corpus` and Rasa read back as they were."""
    blocks: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for one in examples:
        blocks.setdefault((one.intent, tuple(sorted(one.metadata.items()))), []).append(_marked(one))
    nlu = [
        {"intent": intent, "metadata": dict(metadata), "examples": "".join(f"- {line}\n" for line in lines)}
        for (intent, metadata), lines in blocks.items()
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False, width=10_000)


def _marked(one: Example) -> str:
    text = one.text
    for entity in sorted(one.entities, key=lambda entity: -entity.start):
        text = f"{text[: entity.start]}[{entity.text}]({entity.kind}){text[entity.end :]}"
    return text
