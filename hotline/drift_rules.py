"""What a week of answers looks like beside the weeks before it, and when that is worth a warning. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from nlu.shift import jensen_shannon, psi, tops

LEAST = 100
"""With fewer messages a week's shares move by themselves; nothing is warned of."""
MOST_ABSTAINED_MORE = 0.10
MOST_CORRECTED = 0.10
MOST_UNKNOWN_MORE = 0.05
MOST_CONFIDENCE_LESS = 0.05
MOST_PSI = 0.25
"""The usual bar of the population stability index for "the population has changed"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """An ISO week, Monday to Sunday in Shanghai. Shares lie in 0..1; None = nothing to tell it by.

    `n` messages were understood, `n_read` of them were looked at (evenly, when there are very many). `unknown` is the
    share of words that the corpus does not hold. `psi` compares the matters with those of the weeks before,
    `from_training` (Jensen-Shannon, 0..1) with the training texts.
    """

    week: str
    monday: date
    n: int
    n_read: int
    abstained: float | None
    confidence: float | None
    n_corrected: int
    n_returned: int
    n_ruled: int
    corrected: float | None
    unknown: float | None
    matters: Mapping[str, int] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    psi: float | None = None
    from_training: float | None = None
    warnings: tuple[str, ...] = ()


def compared(weeks: Sequence[Week], training: Mapping[str, int]) -> tuple[Week, ...]:
    """The weeks, oldest first, each set beside those before it. `training` counts the training texts of each matter."""
    found = []
    for place, week in enumerate(weeks):
        before = [one for one in weeks[:place] if one.n]
        own = tops(week.matters)
        earlier: Counter[str] = Counter()
        for one in before:
            earlier.update(tops(one.matters))
        enough = sum(own.values()) >= LEAST
        one = replace(
            week,
            psi=round(psi(own, earlier), 4) if enough and earlier.total() >= LEAST else None,
            from_training=round(jensen_shannon(own, tops(training)), 4) if enough and training else None,
        )
        found.append(replace(one, warnings=_warnings(one, before)))
    return tuple(found)


def _warnings(week: Week, before: Sequence[Week]) -> tuple[str, ...]:
    if week.n < LEAST:
        return ()
    found = []
    usual = [one for one in before if one.n >= LEAST]
    if (more := _rise(week.abstained, [one.abstained for one in usual])) > MOST_ABSTAINED_MORE:
        found.append(f"交人工的比例比前几周高 {more * 100:.0f} 个百分点：看看是否来了新的事项或说法。")
    if (less := -_rise(week.confidence, [one.confidence for one in usual])) > MOST_CONFIDENCE_LESS:
        found.append(f"平均把握比前几周低 {less:.2f}：模型对近来的来话不熟。")
    if week.corrected is not None and week.corrected > MOST_CORRECTED:
        found.append(f"每百张有 {week.corrected * 100:.0f} 张被改派、退单或裁定：请看下面常见的混淆，并再训练。")
    if (more := _rise(week.unknown, [one.unknown for one in usual])) > MOST_UNKNOWN_MORE:
        found.append(f"语料里没有的词比前几周多 {more * 100:.0f} 个百分点。")
    if week.psi is not None and week.psi > MOST_PSI:
        found.append(f"事项分布与前几周明显不同（PSI {week.psi:.2f}）。")
    return tuple(found)


def _rise(now: float | None, before: Sequence[float | None]) -> float:
    """How far a share lies above the mean of those before; 0 when either is unknown."""
    known = [one for one in before if one is not None]
    return now - sum(known) / len(known) if now is not None and known else 0.0
