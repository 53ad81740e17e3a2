"""A trained model of whichever engine, from its folder."""

from pathlib import Path

from nlu import registry
from nlu.embedded import Embedded
from nlu.transformer.cascade import ENGINE as TRANSFORMER
from nlu.transformer.cascade import Cascade


def load(folder: Path) -> Embedded | Cascade:
    """The model that the folder's card names the engine of.

    Raises HotlineError NO_MODEL, MODEL_FORMAT, MODEL_CHANGED, or NO_ENGINE where a package for serving is missing.
    """
    return Cascade.load(folder) if registry.read_card(folder).engine == TRANSFORMER else Embedded.load(folder)
