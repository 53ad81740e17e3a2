"""Several people call at once: they are heard one after the other, understood together, and each goes the own way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.demo_affair import Affair
from hotline.demo_stage import Stage, Story

_AT_ONCE = timedelta(seconds=100)
_OPERATORS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An affair about to be said, and the story that begins when it has been understood."""

    affair: Affair
    then: Callable[[Affair], Story]


def scene(stage: Stage, callers: Sequence[Caller]) -> Story:
    """They all call now."""
    for one in callers:
        one.affair.say()
    opened = stage.prompter.drain([one.affair.no for one in callers])
    for one in callers:
        if one.affair.no in opened:
            stage.begin(one.then(one.affair), stage.now)
    yield from ()


def gather(stage: Stage, calls: Sequence[tuple[datetime, Caller]]) -> None:
    """Put calls on the agenda; those within a minute or two are one scene."""
    together: list[Caller] = []
    began = stage.start
    for at, caller in sorted(calls, key=lambda call: (call[0], call[1].affair.number)):
        if not together or at - began > _AT_ONCE or len(together) == _OPERATORS:
            together, began = [], at
            stage.begin(scene(stage, together), at)
        together.append(caller)
