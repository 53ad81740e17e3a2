"""The product's engine of understanding: models, guard, gazetteer and masks together, behind tickets.ports.Brain.

from nlu.brain import EmbeddedBrain, train_pack

train_pack(Path("city/packs/xuhui/nlu.yml"), Path("var/model"))
brain = EmbeddedBrain.load(Path("var/model"), places=places, streets=streets)
brain.parse_many(["大木桥路有人卖盒饭"])
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from city.faults import FaultList
from city.kit_rows import LEXICON
from city.rows import DUTIES, MATTERS, read_values
from city.types import KnownPlace, Street
from nlu import features, guard, lexicon, registry, sources
from nlu.corpus import OUT_OF_SCOPE, Example, read_corpus
from nlu.danger_words import KINDS
from nlu.embedded import Embedded
from nlu.engines import Prediction
from nlu.entities import entities, party
from nlu.grams import Grams
from nlu.lessons import NO_LESSONS, Lessons
from nlu.loading import load
from nlu.noise import without_marks
from nlu.places import Gazetteer
from nlu.registry import ModelCard
from nlu.train import Pretrained, Sample, write_brain, write_model
from nlu.transformer.cascade import Cascade
from plumbing.errors import BadInput, HotlineError
from tickets.types import Entity, Place, Ranked, Understanding, Urgency

PRECISION = 95
ALARMS = 10
_PARTS = ("matter", "type", "urgency", "danger", "kind")
"""What a brain's models say: matter, type, urgency, whether there is danger, and which kind of danger."""
_DANGER, _NONE = "danger", "none"
_HAN = re.compile(r"[\u4e00-\u9fff]")
_GUARD_SCORE = 0.99
_MODEL_CRITICAL = 0.8
"""How sure the model must be to call something critical that holds no word of danger; below, it is urgent."""


class EmbeddedBrain:
    """Understanding of many messages at once, in order. Never raises for a strange text."""

    def __init__(
        self,
        *,
        matter: Embedded | Cascade,
        type: Embedded | None = None,  # noqa: A002 - the name of the field that it fills
        urgency: Embedded | None = None,
        danger: Embedded | None = None,
        kind: Embedded | None = None,
        gazetteer: Gazetteer,
        version: str,
        precision: int = PRECISION,
        alarms: int = ALARMS,
    ) -> None:
        self._cascade = matter if isinstance(matter, Cascade) else None
        self._matter = matter.inner if isinstance(matter, Cascade) else matter
        self._type, self._urgency = type, urgency
        self.engine = matter.card.engine
        self._danger, self._kind = danger, kind
        self._alarm_at = danger.alarm(alarms) if danger else 2.0
        self._gazetteer = gazetteer
        self._threshold = matter.threshold(precision)
        self._threshold_together = matter.threshold_together(precision)
        self.version = version

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        places: Sequence[KnownPlace] = (),
        streets: Sequence[Street] = (),
        precision: int = PRECISION,
        alarms: int = ALARMS,
    ) -> "EmbeddedBrain":
        """The brain of a folder (of train_pack or of nlu.train.train) with a city's gazetteer.

        Answers when the chosen precision (90, 95 or 98 percent) was reached in training, else abstains. `alarms` is how
        many of a hundred harmless messages may alarm (1, 2, 5 or 10): the more, the less danger is missed. Raises
        HotlineError NO_MODEL, MODEL_FORMAT or MODEL_CHANGED.
        """
        version, parts = read_index(folder)
        models = {name: _part(folder / part["path"], part["version"]) for name, part in parts.items()}
        plain = {name: model for name, model in models.items() if isinstance(model, Embedded)}
        return cls(
            matter=models["matter"],
            type=plain.get("type"),
            urgency=plain.get("urgency"),
            danger=plain.get("danger"),
            kind=plain.get("kind"),
            gazetteer=Gazetteer(places, streets),
            version=version,
            precision=precision,
            alarms=alarms,
        )

    @property
    def cards(self) -> dict[str, ModelCard]:
        """The card of each model, by what it does."""
        models = (self._cascade or self._matter, self._type, self._urgency, self._danger, self._kind)
        return {name: model.card for name, model in zip(_PARTS, models, strict=True) if model is not None}

    def parse_many(self, texts: Sequence[str]) -> list[Understanding]:
        """What each raw message says. Emoji only, another script or nothing at all: no matter, abstain."""
        readings = features.read_many(texts)
        places = [self._gazetteer.find(reading.clean.text[: features.MOST_CHARACTERS]) for reading in readings]
        readable = [self._readable(reading, named) for reading, (_, named) in zip(readings, places, strict=True)]
        shaped = [features.shape(text) for text in readable]
        told = self._matter.grams(shaped)
        matters = self._matters(readable, told)
        types = self._type.predict_grams(told) if self._type else [None] * told.n
        urgencies = self._urgency.predict_grams(told) if self._urgency else [None] * told.n
        best = [one.ranked[0].label if one.ranked else None for one in matters]
        reasons = self._matter.explain(told, best)
        alarms = self._alarms(texts, shaped, told)
        return [
            self._understanding(reading, where=where, reasons=words, matter=matter, kind=kind, haste=haste, told=told)
            for reading, where, words, matter, kind, haste, told in zip(
                readings, places, reasons, matters, types, urgencies, alarms, strict=True
            )
        ]

    def _alarms(self, texts: Sequence[str], shaped: Sequence[str], told: Grams) -> list[guard.Danger | None]:
        """What the words of danger tell; where they tell nothing grave, what the model of danger makes of the rest."""
        guarded = [guard.danger(text) for text in texts]
        if self._danger is None:
            return guarded
        loud = self._danger.predict_grams(told)
        return [
            self._by_model(one) if _silent(danger, text) and _score(heard, _DANGER) >= self._alarm_at else danger
            for danger, text, one, heard in zip(guarded, texts, shaped, loud, strict=True)
        ]

    def _by_model(self, shaped: str) -> guard.Danger:
        """The danger that a message tells of without any word of danger; its kind is the likeliest."""
        kinds = self._kind.predict_grams(self._kind.grams([shaped]))[0].ranked if self._kind else ()
        kind = kinds[0].label if kinds else next(iter(KINDS))
        return guard.Danger(kind=kind, words=(), call=guard.call(kind), urgency=guard.urgency(kind))

    def _matters(self, readable: Sequence[str], told: Grams) -> list[Prediction]:
        if self._cascade is None:
            return self._matter.predict_grams(told)
        return self._cascade.weigh(readable, self._matter.probabilities(told)) if told.n else []

    def _readable(self, reading: features.Reading, named: Sequence[Entity]) -> str:
        """What the models see: without the names of places when they were trained so."""
        text = reading.text[: features.MOST_CHARACTERS]
        if self._matter.card.settings.get("without_places"):
            text = features.without(text, ((place.start, place.end) for place in named))
        return text

    def _understanding(
        self,
        reading: features.Reading,
        *,
        where: tuple[Place, tuple[Entity, ...]],
        reasons: tuple[tuple[str, float], ...],
        matter: Prediction,
        kind: Prediction | None,
        haste: Prediction | None,
        told: guard.Danger | None,
    ) -> Understanding:
        normal = reading.clean.text[: features.MOST_CHARACTERS]
        readable = _HAN.search(normal) is not None
        ranked = matter.ranked if readable else ()
        place, named = where
        whom = party(normal)
        grave = told is not None and told.urgency is Urgency.CRITICAL
        return Understanding(
            text=reading.text,
            matters=ranked,
            abstain=not readable or matter.abstains(self._threshold),
            type=kind.ranked[0] if kind and kind.ranked and readable else lexicon.type_of(normal),
            urgency=_urgency(told, haste if readable else None),
            danger=told.kind if told and grave else None,
            place=place,
            party=reading.text[whom.start : whom.end] if whom else None,
            entities=_entities(reading, (*named, *entities(normal), *([whom] if whom else []))),
            features=reasons if ranked else (),
            engine=self.engine,
            model_version=self.version,
            threshold=self._threshold_together if readable else None,
        )


def train_pack(
    corpus: Path,
    out: Path,
    *,
    hints: Mapping[str, Sequence[str]] | None = None,
    words: Sequence[str] = (),
    lessons: Lessons = NO_LESSONS,
    pretrained: Pretrained | None = None,
    progress: Callable[[str], None] = lambda _: None,
    now: datetime | None = None,
) -> dict[str, ModelCard]:
    """Train matter, type, urgency and danger from a Rasa corpus into the folder `out`; the cards.

    `hints` are words that speak for a matter by themselves; None = names and keywords of the matters.csv beside the
    corpus, when there is one. `words` (gazetteer, domain words) join the segmenter's dictionary and travel with the
    model. Examples of the intent out_of_scope teach the matter model when to abstain. `lessons` are what the
    installation has learnt, and which models need not be trained anew. The old folder stays until the new one is
    whole. Raises BadInput for a corpus that cannot be used.
    """
    examples = read_corpus(corpus)
    samples = {name: samples_of(examples, name) for name in _PARTS}
    if not samples["matter"]:
        raise BadInput("BAD_CORPUS", f"语料 {corpus.name} 没有以 m 加事项编码命名的意图，无法训练事项。")
    told = hints_of(corpus.parent) if hints is None else hints
    extra = {"matter": [(word, code) for code, some in told.items() for word in some]}
    together = leads_of(corpus.parent)
    outside = {"matter": [_without_places(one) for one in examples if one.intent == OUT_OF_SCOPE]}
    samples["matter"] += lessons.samples
    samples[_DANGER] = _also_unpunctuated(samples[_DANGER])
    told_of = [sources.of_file(corpus, n=len(examples))]
    cards: dict[str, ModelCard] = {}

    def write(folder: Path) -> None:
        for name, some in samples.items():
            if name in lessons.kept:
                cards[name] = lessons.keep(name, folder / name)
            elif name == "matter" or len({sample.label for sample in some}) > 1:
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
                    quiet=_NONE if name == _DANGER else None,
                    together=together if name == "matter" else None,
                    data=[*told_of, *(lessons.sources if name == "matter" else ())],
                    pretrained=pretrained if name == "matter" else None,
                    kept=out.with_name(f".{out.name}.resume"),
                    progress=progress,
                    now=now,
                )
        write_brain(folder, {name: (name, card) for name, card in cards.items()})

    registry.replace_folder(out, write)
    return cards


def samples_of(examples: Sequence[Example], part: str) -> list[Sample]:
    """The examples that say something about `part`: matter, type, urgency, danger (danger or none) or kind of danger.

    What is critical without a kind of danger said says nothing about danger: it is neither one nor the other.
    """
    told = ((one, _label(one, part)) for one in examples)
    return [Sample(text=_without_places(one), label=label) for one, label in told if label]


def _also_unpunctuated(samples: Sequence[Sample]) -> list[Sample]:
    """Each message also as speech is written down, without punctuation: danger is told by telephone more than by any other
    way. Both forms of a message teach, and judge, together."""
    spoken = [replace(one, text=without_marks(one.text), group=one.text) for one in samples]
    written = [replace(one, group=one.text) for one in samples]
    return [*written, *(other for one, other in zip(samples, spoken, strict=True) if one.text != other.text)]


def _label(one: Example, part: str) -> str | None:
    match part:
        case "matter":
            return one.matter
        case "kind":
            return one.danger
        case "danger" if one.danger is not None:
            return _DANGER
        case "danger":
            return None if one.metadata.get("urgency") == Urgency.CRITICAL else _NONE
        case _:
            return one.metadata.get(part)


def _silent(told: guard.Danger | None, text: str) -> bool:
    """Whether the words of a readable message tell of nothing grave."""
    return (told is None or told.urgency is not Urgency.CRITICAL) and _HAN.search(text) is not None


def _score(prediction: Prediction, label: str) -> float:
    return next((ranked.score for ranked in prediction.ranked if ranked.label == label), 0.0)


def hints_of(pack: Path) -> dict[str, list[str]]:
    """Code to what speaks for a matter below the top by itself: its name, its keywords, its words in the lexicon.

    From the pack's matters.csv and lexicon.csv; empty without the first. The words of the lexicon come in small
    handfuls: as good as one by one, and trained on in a third of the time.
    """
    if not (pack / MATTERS.name).exists():
        return {}
    matters, _ = read_values(pack, MATTERS, faults=FaultList())
    entries, _ = read_values(pack, LEXICON, faults=FaultList())
    found = {matter.code: [matter.name, *matter.keywords] for matter in matters if matter.parent is not None}
    for entry in entries:
        found.setdefault(entry.matter, []).extend(
            " ".join(entry.words[start : start + _HANDFUL]) for start in range(0, len(entry.words), _HANDFUL)
        )
    return found


_HANDFUL = 3


def leads_of(pack: Path) -> dict[str, str] | None:
    """Who gets a matter today by the row without conditions of the pack's duties.csv; None without one."""
    if not (pack / DUTIES.name).exists() or not (pack / MATTERS.name).exists():
        return None
    duties, _ = read_values(pack, DUTIES, faults=FaultList())
    matters, _ = read_values(pack, MATTERS, faults=FaultList())
    own = {duty.matter: duty.lead for duty in duties if duty.to_date is None and not duty.when and duty.area == "*"}
    above = {matter.code: matter.parent for matter in matters}
    return {code: lead for code in above if (lead := _inherited(code, own, above)) is not None}


def _inherited(code: str, own: Mapping[str, str], above: Mapping[str, str | None]) -> str | None:
    seen: set[str] = set()
    current: str | None = code
    while current is not None and current not in seen:
        if current in own:
            return own[current]
        seen.add(current)
        current = above.get(current)
    return None


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


def read_index(folder: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """Version and parts ({path, version} by what they do) of a brain's folder, proved against each other.

    Raises HotlineError NO_MODEL, MODEL_FORMAT or MODEL_CHANGED; the models themselves are not looked at.
    """
    try:
        value: Any = json.loads((folder / registry.BRAIN).read_text(encoding="utf-8"))
        version, parts = str(value["version"]), value["parts"]
        if value["format"] != registry.FORMAT:
            raise HotlineError(
                "MODEL_FORMAT", f"模型 {folder.name} 的格式与本程序不符；请重新训练：hotline nlu train --pack"
            )
        if sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16] != version or "matter" not in parts:
            raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 的目录文件与训练时不一致；请重新训练。")
    except OSError:
        raise HotlineError("NO_MODEL", f"找不到模型 {folder.name}；请先训练：hotline nlu train --pack") from None
    except (ValueError, KeyError, TypeError):
        raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 的目录文件无法读取；请重新训练。") from None
    return version, parts


def _part(folder: Path, version: str) -> Embedded | Cascade:
    model = load(folder)
    if model.card.version != version:
        raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 不是训练时的那一个；请重新训练。")
    return model
