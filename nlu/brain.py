"""The product's engine of understanding: models, guard, gazetteer and masks together, behind tickets.ports.Brain.

from nlu.brain import EmbeddedBrain, train_pack

train_pack(Path("city/packs/xuhui/nlu.yml"), Path("var/model"))
brain = EmbeddedBrain.load(Path("var/model"), places=places, streets=streets)
brain.parse_many(["大木桥路有人卖盒饭"])
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from city.faults import FaultList
from city.rows import MATTERS, read_values
from city.types import KnownPlace, Street
from nlu import features, guard, lexicon, registry
from nlu.corpus import OUT_OF_SCOPE, Example, read_corpus
from nlu.embedded import ENGINE, Embedded, Prediction
from nlu.entities import entities, party
from nlu.places import Gazetteer
from nlu.registry import ModelCard
from nlu.train import Sample, write_brain, write_model
from plumbing.errors import BadInput, HotlineError
from tickets.types import Entity, Place, Ranked, Understanding, Urgency

PRECISION = 95
_PARTS = ("matter", "type", "urgency")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_GUARD_SCORE = 0.99
_MODEL_CRITICAL = 0.8
"""How sure the model must be to call something critical that holds no word of danger; below, it is urgent."""


class EmbeddedBrain:
    """Understanding of many messages at once, in order. Never raises for a strange text."""

    engine = ENGINE

    def __init__(
        self,
        *,
        matter: Embedded,
        type: Embedded | None = None,  # noqa: A002 - the name of the field that it fills
        urgency: Embedded | None = None,
        gazetteer: Gazetteer,
        version: str,
        precision: int = PRECISION,
    ) -> None:
        self._matter, self._type, self._urgency = matter, type, urgency
        self._gazetteer = gazetteer
        self._threshold = matter.threshold(precision)
        self.version = version

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        places: Sequence[KnownPlace] = (),
        streets: Sequence[Street] = (),
        precision: int = PRECISION,
    ) -> "EmbeddedBrain":
        """The brain of a folder (of train_pack or of nlu.train.train) with a city's gazetteer.

        Answers when the chosen precision (90, 95 or 98 percent) was reached in training, else abstains. Raises
        HotlineError NO_MODEL, MODEL_FORMAT or MODEL_CHANGED.
        """
        version, parts = _read(folder)
        models = {name: _part(folder / part["path"], part["version"]) for name, part in parts.items()}
        return cls(
            matter=models["matter"],
            type=models.get("type"),
            urgency=models.get("urgency"),
            gazetteer=Gazetteer(places, streets),
            version=version,
            precision=precision,
        )

    @property
    def cards(self) -> dict[str, ModelCard]:
        """The card of each model, by what it does."""
        models = {"matter": self._matter, "type": self._type, "urgency": self._urgency}
        return {name: model.card for name, model in models.items() if model is not None}

    def parse_many(self, texts: Sequence[str]) -> list[Understanding]:
        """What each raw message says. Emoji only, another script or nothing at all: no matter, abstain."""
        readings = [features.read(text) for text in texts]
        places = [self._gazetteer.find(reading.clean.text[: features.MOST_CHARACTERS]) for reading in readings]
        shaped = [self._shape(reading, named) for reading, (_, named) in zip(readings, places, strict=True)]
        tokens = [features.tokens(one, self._matter.segmenter) for one in shaped]
        matters = self._matter.predict_tokens(tokens)
        types = self._type.predict_tokens(tokens) if self._type else [None] * len(tokens)
        urgencies = self._urgency.predict_tokens(tokens) if self._urgency else [None] * len(tokens)
        return [
            self._understanding(text, reading, where=where, shaped=words, matter=matter, kind=kind, haste=haste)
            for text, reading, where, words, matter, kind, haste in zip(
                texts, readings, places, shaped, matters, types, urgencies, strict=True
            )
        ]

    def _shape(self, reading: features.Reading, named: Sequence[Entity]) -> str:
        """What the models see: without the names of places when they were trained so."""
        text = reading.text[: features.MOST_CHARACTERS]
        if self._matter.card.settings.get("without_places"):
            text = features.without(text, ((place.start, place.end) for place in named))
        return features.shape(text)

    def _understanding(
        self,
        raw: str,
        reading: features.Reading,
        *,
        where: tuple[Place, tuple[Entity, ...]],
        shaped: str,
        matter: Prediction,
        kind: Prediction | None,
        haste: Prediction | None,
    ) -> Understanding:
        normal = reading.clean.text[: features.MOST_CHARACTERS]
        readable = _HAN.search(normal) is not None
        ranked = matter.ranked if readable else ()
        place, named = where
        whom = party(normal)
        told = guard.danger(raw)
        grave = told is not None and told.urgency is Urgency.CRITICAL
        return Understanding(
            text=reading.text,
            matters=ranked,
            abstain=not readable or matter.abstains(self._threshold),
            type=kind.ranked[0] if kind and kind.ranked and readable else lexicon.type_of(normal),
            urgency=_urgency(told, haste if readable else None),
            danger=told.kind if told and grave else None,
            place=place,
            party=whom.text if whom else None,
            entities=_entities(reading, (*named, *entities(normal), *([whom] if whom else []))),
            features=self._matter.explain(shaped, ranked[0].label) if ranked else (),
            engine=self.engine,
            model_version=self.version,
        )


def train_pack(
    corpus: Path,
    out: Path,
    *,
    hints: Mapping[str, Sequence[str]] | None = None,
    words: Sequence[str] = (),
    progress: Callable[[str], None] = lambda _: None,
    now: datetime | None = None,
) -> dict[str, ModelCard]:
    """Train matter, type and urgency from a Rasa corpus into the folder `out`; the three cards.

    `hints` are words that speak for a matter by themselves; None = names and keywords of the matters.csv beside the
    corpus, when there is one. `words` (gazetteer, domain words) join the segmenter's dictionary and travel with the
    model. Examples of the intent out_of_scope teach the matter model when to abstain. The old folder stays until the
    new one is whole. Raises BadInput for a corpus that cannot be used.
    """
    examples = read_corpus(corpus)
    samples = {name: samples_of(examples, name) for name in _PARTS}
    if not samples["matter"]:
        raise BadInput("BAD_CORPUS", f"语料 {corpus.name} 没有以 m 加事项编码命名的意图，无法训练事项。")
    told = hints_of(corpus.parent) if hints is None else hints
    extra = {"matter": [(word, code) for code, some in told.items() for word in some]}
    outside = {"matter": [_without_places(one) for one in examples if one.intent == OUT_OF_SCOPE]}
    cards: dict[str, ModelCard] = {}

    def write(folder: Path) -> None:
        for name, some in samples.items():
            if name == "matter" or len({sample.label for sample in some}) > 1:
                (folder / name).mkdir()
                progress(f"训练{name}")
                cards[name] = write_model(
                    folder / name,
                    some,
                    label=name,
                    hints=extra.get(name, ()),
                    outside=outside.get(name, ()),
                    words=words,
                    without_places=True,
                    progress=progress,
                    now=now,
                )
        write_brain(folder, {name: (name, card) for name, card in cards.items()})

    registry.replace_folder(out, write)
    return cards


def samples_of(examples: Sequence[Example], part: str) -> list[Sample]:
    """The examples that say something about `part` (matter, type or urgency)."""
    told = ((one, one.matter if part == "matter" else one.metadata.get(part)) for one in examples)
    return [Sample(text=_without_places(one), label=label) for one, label in told if label]


def hints_of(pack: Path) -> dict[str, list[str]]:
    """Code to name and keywords of each matter below the top, from the pack's matters.csv; empty without one."""
    if not (pack / MATTERS.name).exists():
        return {}
    matters, _ = read_values(pack, MATTERS, faults=FaultList())
    return {matter.code: [matter.name, *matter.keywords] for matter in matters if matter.parent is not None}


def _without_places(example: Example) -> str:
    places = ((one.start, one.end) for one in example.entities if one.kind == "place")
    return features.without(example.text, places)


def _urgency(told: guard.Danger | None, haste: Prediction | None) -> Ranked:
    """The higher of what the guard and what the model say; the guard is all but certain."""
    model = haste.ranked[0] if haste and haste.ranked else Ranked(label=str(Urgency.ROUTINE), score=0.5)
    if model.label == Urgency.CRITICAL and model.score < _MODEL_CRITICAL:
        model = Ranked(label=str(Urgency.URGENT), score=model.score)
    if told is None:
        return model
    order = list(Urgency)
    if order.index(Urgency(model.label)) > order.index(told.urgency):
        return model
    return Ranked(label=str(told.urgency), score=_GUARD_SCORE)


def _entities(reading: features.Reading, found: Sequence[Entity]) -> tuple[Entity, ...]:
    """Everything found, in order, with the words as the masked text shows them."""
    text = reading.text
    personal = [Entity(kind=one.kind, text="", start=one.start, end=one.end) for one in reading.spans]
    return tuple(
        Entity(kind=one.kind, text=text[one.start : one.end], start=one.start, end=one.end)
        for one in sorted((*personal, *found), key=lambda one: (one.start, one.end, one.kind))
    )


def _read(folder: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """Version and parts of a brain's folder, proved against each other."""
    try:
        value: Any = json.loads((folder / registry.BRAIN).read_text(encoding="utf-8"))
        version, parts = str(value["version"]), value["parts"]
        if value["format"] != registry.FORMAT:
            raise HotlineError("MODEL_FORMAT", f"模型 {folder.name} 的格式与本程序不符；请重新训练。")
        if sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16] != version or "matter" not in parts:
            raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 的目录文件与训练时不一致；请重新训练。")
    except OSError:
        raise HotlineError("NO_MODEL", f"找不到模型 {folder.name}；请先训练：hotline nlu train --pack") from None
    except (ValueError, KeyError, TypeError):
        raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 的目录文件无法读取；请重新训练。") from None
    return version, parts


def _part(folder: Path, version: str) -> Embedded:
    model = Embedded.load(folder)
    if model.card.version != version:
        raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 不是训练时的那一个；请重新训练。")
    return model
