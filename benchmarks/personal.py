"""Personal data in messages: which spans are masked, and what is masked for nothing.

Prints one JSON object for the development sets (tests/nlu/personal): of each the half that was looked at while rules and names
were worked on, and the half that was only measured. The author of the first set wrote the rules; the author of the independent
one saw neither rules nor texts, and chose names that are ordinary words on purpose. `--show` prints what was missed and masked for
nothing in the halves that may be looked at.
"""

import json
import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from nlu.features import read

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "nlu" / "personal"
SETS = ("looked_at", "measured", "independent_looked_at", "independent_measured")
_KINDS = {"n": "name", "p": "phone", "i": "id_card", "b": "bank_card", "c": "plate", "d": "door"}
_MARKED = re.compile(r"\{([npibcd])\|([^}]*)\}")
_LEFT = {"phone": 7, "id_card": 7, "bank_card": 4, "plate": 4, "name": 1, "door": 8}
"""Characters of a span that a mask may leave: surname, area, last digits, house number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A message with what is personal in it: (kind, words), in order."""

    text: str
    spans: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Of one message: whether each marked span is masked, and what was masked that touches none of them."""

    hits: tuple[tuple[str, bool], ...]
    missed: tuple[str, ...]
    found: int
    idle: tuple[tuple[str, str], ...]


def marked(file: Path) -> list[Marked]:
    """The messages of a development file: one a line, personal data as {n|张三}."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [
        Marked(
            text=_MARKED.sub(lambda one: one[2], line),
            spans=tuple((_KINDS[one[1]], one[2]) for one in _MARKED.finditer(line)),
        )
        for line in lines
    ]


def scored(message: Marked) -> Scored:
    """Spans are found by their words, from left to right; a mask may leave what _LEFT says of their characters."""
    reading = read(message.text)
    text = reading.clean.text
    hidden = {place for span in reading.spans for place in range(span.start, span.end)}
    meant: set[int] = set()
    hits, missed, after = [], [], 0
    for kind, words in message.spans:
        said = read(words).clean.text
        start = text.find(said, after)
        start = text.find(said) if start < 0 else start
        places = set(range(start, start + len(said))) if start >= 0 else set()
        meant |= places
        hit = bool(places & hidden) and len(places - hidden) <= _LEFT[kind]
        hits.append((kind, hit))
        missed += [] if hit else [f"{kind} {words}"]
        after = start + len(said) if start >= 0 else after
    idle = [one for one in reading.spans if not meant & set(range(one.start, one.end))]
    return Scored(
        hits=tuple(hits),
        missed=tuple(missed),
        found=len(reading.spans),
        idle=tuple((one.kind, text[one.start : one.end]) for one in idle),
    )


def figures(messages: Iterable[Marked]) -> dict[str, Any]:
    """Recall of the marked spans, by kind too; precision of the masked ones; both with 95 % bounds (Wilson)."""
    results = [scored(one) for one in messages]
    hits = [hit for one in results for hit in one.hits]
    by_kind = {kind: [hit for of, hit in hits if of == kind] for kind in sorted({of for of, _ in hits})}
    found, idle = sum(one.found for one in results), [span for one in results for span in one.idle]
    clean = [one for one in results if not one.hits]
    return {
        "spans": len(hits),
        "recall": _rate(sum(hit for _, hit in hits), len(hits)),
        "recall_bounds": wilson(sum(hit for _, hit in hits), len(hits)),
        "by_kind": {kind: _rate(sum(some), len(some)) for kind, some in by_kind.items()},
        "precision": _rate(found - len(idle), found),
        "precision_bounds": wilson(found - len(idle), found),
        "idle_by_kind": dict(sorted(Counter(kind for kind, _ in idle).items())),
        "masked_for_nothing": _rate(sum(bool(one.idle) for one in clean), len(clean)),
    }


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson's score interval); (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return round(middle - half, 4), round(middle + half, 4)


def _rate(hits: int, of: int) -> float:
    return round(hits / of, 4) if of else 0.0


def _show(messages: Sequence[Marked]) -> None:
    for message in messages:
        result = scored(message)
        if result.missed or result.idle:
            print(message.text, "| missed:", *result.missed, "| idle:", *(f"{a} {b}" for a, b in result.idle))


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="what went wrong in the halves that may be looked at")
    given = parser.parse_args()
    sets = {name: marked(FOLDER / f"{name}.txt") for name in SETS}
    if given.show:
        for name in SETS:
            if name.endswith("looked_at"):
                _show(sets[name])
    told = {"benchmark": "personal", **{name: figures(some) for name, some in sets.items()}}
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
