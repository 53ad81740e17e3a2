"""What an installation adds to its pack's corpus when it trains: texts that people have placed, and models to keep."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlu import registry
from nlu.registry import ModelCard
from nlu.train import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """`samples` join the texts of the matter model, `sources` its card.

    `kept` holds the folders of models, by what they do, that are taken over as they are: nothing that they learn from
    has changed.
    """

    samples: Sequence[Sample] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    kept: Mapping[str, Path] = field(default_factory=dict)

    def keep(self, name: str, folder: Path) -> ModelCard:
        """Copy the kept model of that name into `folder`, which does not exist yet; its card.

        Raises HotlineError MODEL_CHANGED or MODEL_FORMAT when it is not what was trained.
        """
        card, _ = registry.load(self.kept[name])
        shutil.copytree(self.kept[name], folder)
        return card


NO_LESSONS = Lessons()
