"""How far two distributions over labels lie apart. Pure."""

from collections.abc import Iterable, Mapping
from math import log, log2

_SMOOTHING = 0.5
"""Added to each count, so that a label that one side lacks does not make everything infinite."""


def psi(now: Mapping[str, int], before: Mapping[str, int]) -> float:
    """The population stability index of two counts; by custom, 0.1 is worth a look and 0.25 a real change."""
    labels = sorted({*now, *before})
    p, q = _shares(now, labels), _shares(before, labels)
    return sum((a - b) * log(a / b) for a, b in zip(p, q, strict=True))


def jensen_shannon(now: Mapping[str, int], before: Mapping[str, int]) -> float:
    """The Jensen-Shannon divergence of two counts, base 2: 0 = the same shares, 1 = nothing in common."""
    labels = sorted({*now, *before})
    p, q = _shares(now, labels), _shares(before, labels)
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    return (_divergence(p, middle) + _divergence(q, middle)) / 2


def tops(counts: Mapping[str, int], *, digits: int = 2) -> dict[str, int]:
    """The counts by the first digits of the labels: the top of a hierarchy of codes."""
    found: dict[str, int] = {}
    for label, n in counts.items():
        found[label[:digits]] = found.get(label[:digits], 0) + n
    return found


def _shares(counts: Mapping[str, int], labels: Iterable[str]) -> list[float]:
    raised = [counts.get(label, 0) + _SMOOTHING for label in labels]
    return [value / sum(raised) for value in raised]


def _divergence(p: Iterable[float], q: Iterable[float]) -> float:
    return sum(a * log2(a / b) for a, b in zip(p, q, strict=True))
