"""How alike two messages are, for suggesting duplicates to a dispatcher."""

from collections import Counter

from nlu.features import read, shape

_RUN = 3


def similarity(a: str, b: str) -> float:
    """0 (nothing in common) to 1 (the same words), by runs of three characters of the masked, normalised texts."""
    first, second = _runs(a), _runs(b)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def _runs(text: str) -> Counter[str]:
    shaped = shape(read(text).text)
    if 0 < len(shaped) < _RUN:
        return Counter([shaped])
    return Counter(shaped[start : start + _RUN] for start in range(len(shaped) - _RUN + 1))
