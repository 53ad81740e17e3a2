"""The engine of understanding that remembers: what was read once is not read again when a dispatcher looks at it."""

from collections.abc import Sequence

from tickets.ports import Brain
from tickets.types import Understanding


class Remembering:
    """A brain that gives for the same words the same answer, at once the second time."""

    def __init__(self, brain: Brain) -> None:
        self.engine = brain.engine
        self.version = brain.version
        self._brain = brain
        self._known: dict[str, Understanding] = {}

    def parse_many(self, texts: Sequence[str]) -> list[Understanding]:
        """See tickets.ports.Brain.parse_many."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._brain.parse_many(new), strict=True))
        return [self._known[text] for text in texts]
