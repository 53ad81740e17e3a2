"""What the administrator's page of the model shows: the card, the weeks, the confusions, the kept models, the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from city import store as city_store
from hotline import model_shelf
from hotline.drift import WEEKS, Drift, drift
from hotline.reference import SHANGHAI
from nlu.registry import ModelCard
from plumbing.config import Config
from plumbing.db import Database
from plumbing.errors import HotlineError

CORPUS = "nlu.yml"
_LINES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """`card` is that of the matter model, None with a sentence in `fault` when it cannot be read."""

    card: ModelCard | None
    fault: str | None
    drift: Drift
    shelf: tuple[model_shelf.Shelved, ...]
    history: tuple[Mapping[str, Any], ...]


def report(config: Config, database: Database, *, now: datetime) -> ModelReport:
    """The report of now; a model or a history that cannot be read is a fault on the page, never an error."""
    card, fault = None, None
    lines: list[dict[str, Any]] = []
    try:
        card = model_shelf.card_of(config.model)
        lines = model_shelf.history(config)[:_LINES]
    except HotlineError as error:
        fault = error.sentence
    return ModelReport(
        card=card,
        fault=fault,
        drift=weekly(config, database, now=now),
        shelf=tuple(model_shelf.shelf(config)),
        history=tuple(lines),
    )


def weekly(
    config: Config, database: Database, *, now: datetime, weeks: int = WEEKS, sample: bool | None = None
) -> Drift:
    """The drift of this installation, against the training texts of the model in use."""
    try:
        training: Mapping[str, int] = model_shelf.card_of(config.model).counts
    except HotlineError:
        training = {}
    with database.reading() as session:
        directory = city_store.directory(session, on=now.astimezone(SHANGHAI).date())
        return drift(
            session,
            directory,
            corpus=config.pack / CORPUS,
            training=training,
            now=now,
            weeks=weeks,
            sample=sample,
        )
