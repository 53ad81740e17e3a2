"""The engine "rasa": Rasa says which matter, ours says everything else, and only what both say is dispatched.

Rasa's confidences are not calibrated, so none of them is ever a reason to dispatch. The embedded engine's are. A message
goes to a unit without a person when the embedded engine is sure and Rasa, asked separately, names the same matter first.
Where they differ a dispatcher decides and sees Rasa's ranking. What Rasa did not answer in time the embedded engine decides
alone, as it does without Rasa. Guard, places, masks, urgency and type are ours in every case.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from nlu.corpus import OUT_OF_SCOPE
from nlu.rasa_client import Batch, Parsed, plain
from tickets.ports import Brain
from tickets.types import Ranked, Understanding

ENGINE = "rasa"
FALLBACK = "nlu_fallback"
"""What Rasa's FallbackClassifier puts on top when it is not sure; says nothing that the comparison does not say."""

RANKED = 5
_MATTER = re.compile(r"m(\d+)")
_DANGER = re.compile(r"danger_[a-z]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


class Service(Protocol):
    """Whoever asks Rasa: nlu.rasa_client.RasaClient."""

    def parse_many(self, texts: Sequence[str]) -> Batch | None: ...

    def close(self) -> None: ...


class RasaBrain:
    """A Brain around another one. `matters` are the codes that an answer may name; one of others is no answer."""

    engine = ENGINE

    def __init__(self, own: Brain, service: Service, *, matters: Collection[str]) -> None:
        self._own = own
        self._service = service
        self._matters = frozenset(matters)
        self.version = own.version

    def parse_many(self, texts: Sequence[str]) -> list[Understanding]:
        """What each raw message says; `engine` and `model_version` tell for each who decided its matter."""
        own = self._own.parse_many(texts)
        asked = [number for number, one in enumerate(own) if one.matters and _HAN.search(plain(one.text))]
        batch = self._service.parse_many([own[number].text for number in asked]) if asked else None
        if batch is not None:
            for number, parsed in zip(asked, batch.parsed, strict=True):
                if parsed is not None and self._knows(parsed):
                    own[number] = together(own[number], parsed, model=batch.model)
        return own

    def close(self) -> None:
        """Give back the connections to the service."""
        self._service.close()

    def _knows(self, parsed: Parsed) -> bool:
        """Whether every intent is one of the corpus: a service with another city's model is no help."""
        return all(
            item.label in (FALLBACK, OUT_OF_SCOPE)
            or _DANGER.fullmatch(item.label)
            or ((found := _MATTER.fullmatch(item.label)) and found[1] in self._matters)
            for item in parsed.ranked
        )


def together(own: Understanding, parsed: Parsed, *, model: str) -> Understanding:
    """What follows from both.

    The same matter first: as our own engine has it, with its calibrated scores. Else, out_of_scope and danger_* on top
    included: Rasa's ranking for the dispatcher, no automatic dispatch, and no score above what ours leaves room for.
    """
    ranking = [item for item in parsed.ranked if item.label != FALLBACK]
    first = _MATTER.fullmatch(ranking[0].label) if ranking else None
    if first and own.matters and first[1] == own.matters[0].label:
        return replace(own, engine=ENGINE, model_version=model)
    suggested = _suggested(own.matters, ranking) or own.matters
    same = suggested[:1] == own.matters[:1]
    return replace(
        own,
        matters=suggested,
        features=own.features if same else (),  # they are the words that spoke for ours
        abstain=True,
        threshold=None,
        engine=ENGINE,
        model_version=model,
    )


def _suggested(own: Sequence[Ranked], ranking: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """Rasa's matters in its order. A score is our calibrated one, or the smaller of Rasa's and what ours has left over."""
    calibrated = {item.label: item.score for item in own}
    left = max(0.0, 1.0 - sum(calibrated.values()))
    found = [(match[1], item.score) for item in ranking if (match := _MATTER.fullmatch(item.label))]
    return tuple(
        Ranked(label=code, score=calibrated.get(code, round(min(score, left), 6))) for code, score in found[:RANKED]
    )
