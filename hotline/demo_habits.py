"""How units of the sample work: each a little differently, so that the board has something to show."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """`pace` is how many times longer than usual everything takes, `labour` the work itself beyond that.

    `returns` is the share that is asked to be taken back, `unsolved` the share of which residents say that nothing has
    changed, `contacts` the share that is called first, `on_the_spot` the share that is settled at once. `scores` are
    drawn from when residents say how it was; none = whatever comes next on stage.
    """

    pace: float = 1.0
    labour: float = 4.5
    returns: float = 0.03
    unsolved: float = 0.05
    contacts: float = 0.9
    on_the_spot: float = 0.4
    scores: tuple[int, ...] = ()


PLAIN = Habit(labour=1.0)
_USUAL = Habit(scores=(5, 5, 4, 4, 5, 3, 5, 4, 4, 5, 2, 5))
_EXEMPLARY = Habit(
    labour=3.0, pace=0.4, returns=0.0, unsolved=0.01, contacts=0.99, on_the_spot=0.6, scores=(5, 5, 5, 4, 5, 5, 5)
)
_BRISK = Habit(pace=0.7, returns=0.02, unsolved=0.03, contacts=0.95, on_the_spot=0.5, scores=(5, 5, 4, 5, 4, 5, 3))
_SLOW = Habit(
    labour=2.0, pace=3.4, returns=0.04, unsolved=0.16, contacts=0.62, on_the_spot=0.15, scores=(3, 4, 2, 5, 3, 1, 4, 3)
)
_LEISURELY = Habit(
    labour=3.0, pace=2.0, returns=0.03, unsolved=0.1, contacts=0.78, on_the_spot=0.25, scores=(4, 3, 5, 2, 4, 4, 3)
)
_RETURNING = Habit(pace=1.3, returns=0.26, unsolved=0.09, contacts=0.82, on_the_spot=0.25, scores=(4, 5, 3, 4, 2, 5))

HABITS: Mapping[str, Habit] = {
    "hotline": Habit(pace=0.3, returns=0.0, on_the_spot=1.0, scores=(5, 5, 4, 5)),
    "centre_tianping": _EXEMPLARY,
    "centre_kangjian": _EXEMPLARY,
    "shebao": _EXEMPLARY,
    "water": _BRISK,
    "centre_hongmei": _BRISK,
    "centre_huajing": _BRISK,
    "shizheng": _BRISK,
    "ybj": _BRISK,
    "centre_xietu": _SLOW,
    "lhsr": _SLOW,
    "centre_lingyun": _LEISURELY,
    "jyj": _LEISURELY,
    "power": _LEISURELY,
    "scjg": _RETURNING,
    "sthj": _RETURNING,
    "centre_xujiahui": Habit(pace=1.1, returns=0.12, scores=(4, 5, 4, 3, 5)),
}


def habit_of(unit: str | None) -> Habit:
    """How the unit works."""
    return HABITS.get(unit or "", _USUAL)
