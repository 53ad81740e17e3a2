"""Which lessons train and which judge: by time, and never the same words on both sides."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hotline.placed import Lesson
from nlu import features
from nlu.corpus import read_corpus
from nlu.places import Gazetteer
from nlu.row_line import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A lesson as the models see it: `text` as it came, `bare` without the names of places, `key` for finding copies."""

    text: str
    bare: str
    key: str
    label: str
    unit: str
    at: datetime | None
    source: str
    channel: str | None

    @property
    def when(self) -> datetime:
        """The time to order by: what has none is the oldest."""
        return self.at or datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Lessons to train on and lessons to judge by; `n_seen` would-be judges were in the corpus word for word."""

    trained: Sequence[Told]
    judged: Sequence[Told]
    n_seen: int


def told_of(
    lessons: Sequence[Lesson], history: Sequence[Row], gazetteer: Gazetteer, *, known: Container[str | None]
) -> list[Told]:
    """The lessons and rows of history whose label is known, as the models see them."""
    own = [
        Told(
            **_seen(one.text, gazetteer),
            label=str(one.matter),
            unit=one.unit,
            at=one.at,
            source=str(one.source),
            channel=one.channel,
        )
        for one in lessons
        if one.matter in known
    ]
    given = [
        Told(
            **_seen(row.text, gazetteer),
            label=str(row.label),
            unit="",
            at=time_of(row.at),
            source="history",
            channel=row.channel,
        )
        for row in history
        if row.label in known
    ]
    return [*own, *given]


def _seen(text: str, gazetteer: Gazetteer) -> dict[str, str]:
    bare = _bare(text, gazetteer)
    return {"text": text, "bare": bare, "key": features.shape(bare)}


def split_of(
    told: Sequence[Told], share: float, *, after: datetime | None, corpus: Path, gazetteer: Gazetteer
) -> Split:
    """The newest `share` judges, if it came after what the champion has learnt; the rest, without copies, trains."""
    dated = sorted((one for one in told if one.at is not None), key=lambda one: (one.when, one.key))
    first = min(len(dated), round(len(dated) * (1 - share)))
    while first < len(dated) and after is not None and dated[first].when <= after:
        first += 1
    known = _keys_of(corpus, gazetteer)
    judged = [one for one in dated[first:] if one.key not in known]
    held = {one.key for one in judged}
    trained = [one for one in (*(one for one in told if one.at is None), *dated[:first]) if one.key not in held]
    return Split(trained=trained, judged=judged, n_seen=len(dated) - first - len(judged))


def _keys_of(corpus: Path, gazetteer: Gazetteer) -> set[str]:
    """The corpus as keys: without the places that it marks, and without those that the gazetteer finds in it."""
    keys = set()
    for example in read_corpus(corpus):
        places = ((one.start, one.end) for one in example.entities if one.kind == "place")
        keys.add(features.shape(features.read(features.without(example.text, places)).text))
        keys.add(features.shape(_bare(example.text, gazetteer)))
    return keys


def _bare(text: str, gazetteer: Gazetteer) -> str:
    """What the models see of a message."""
    reading = features.read(text)
    _, named = gazetteer.find(reading.clean.text[: features.MOST_CHARACTERS])
    return features.without(reading.text[: features.MOST_CHARACTERS], ((one.start, one.end) for one in named))


def time_of(text: str | None) -> datetime | None:
    """An instant from ISO 8601; a bare day is its midnight UTC, what is no time is None."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
