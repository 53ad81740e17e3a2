"""Streets in the messages of tests/nlu/places_told.jsonl: recall and precision by form, and whether the score means it.

`half` of each row says whether its errors may be looked at: "seen" was tuned on, "measured" was not. `--errors` prints
the rows of the seen half that went wrong, and only those.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from benchmarks import measured, processes
from benchmarks.figures import machine
from city.pack import load_pack
from nlu.features import read
from nlu.places import Gazetteer
from tickets.types import Place

FILE = processes.ROOT / "tests" / "nlu" / "places_told.jsonl"
PACK = processes.ROOT / "city" / "packs" / "xuhui"
SEEN, MEASURED = "seen", "measured"
BINS = (0.0, 0.4, 0.6, 0.8, 0.9, 1.01)
Row = dict[str, Any]
Told = Sequence[tuple[Row, Place]]


def rows(half: str) -> list[Row]:
    """The rows of one half."""
    every = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [row for row in every if row["half"] == half]


def measured_half() -> list[Row]:
    """The rows that nobody tuned on."""
    return rows(MEASURED)


def told(gazetteer: Gazetteer, some: Sequence[Row]) -> Told:
    """Each row with the place that is found in it."""
    return [(row, gazetteer.find(read(row["text"]).clean.text)[0]) for row in some]


def figures(some: Told) -> dict[str, Any]:
    """Recall over the rows with a street, precision over the streets told, false streets, and both by form."""
    forms = sorted({row["form"] for row, _ in some if row["streets"]})
    return {
        **_figures(some),
        "by_form": {form: _figures([one for one in some if one[0]["form"] == form]) for form in forms},
        "reliability": list(reliability(some)),
    }


def reliability(some: Told) -> Iterator[dict[str, float]]:
    """For each band of Place.score: how many streets were told, the mean score and the share that is right."""
    for low, high in pairwise(BINS):
        band = [(row, place) for row, place in some if place.street and low <= place.score < high]
        if band:
            yield {
                "from": low,
                "n": len(band),
                "mean": round(sum(place.score for _, place in band) / len(band), 3),
                "right": round(sum(_right(row, place) for row, place in band) / len(band), 3),
            }


def main() -> None:
    """Measure, print, keep when asked to."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="the rows of the seen half that went wrong")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/measured.md")
    given = parser.parse_args()
    pack = load_pack(PACK)
    gazetteer = Gazetteer(pack.places, pack.streets)
    if given.errors:
        for row, place in told(gazetteer, rows(SEEN)):
            if place.street not in (row["streets"] or [None]):
                print(row["form"], row["streets"], place.street, place.score, place.name, row["text"])
        return
    halves = {half: figures(told(gazetteer, rows(half))) for half in (SEEN, MEASURED)}
    print(json.dumps({"benchmark": "places", "machine": machine(), **halves}, ensure_ascii=False, indent=1))
    if given.write:
        measured.write(
            "places",
            command=".venv/bin/python -m benchmarks.places --write",
            where=machine(),
            tables=[_table(halves), _bands(halves[MEASURED]["reliability"])],
            about="Streets found in the project's own messages by form of the place; nobody tuned on the measured half.",
        )


def _figures(some: Told) -> dict[str, Any]:
    placed = [one for one in some if one[0]["streets"]]
    named = [one for one in some if one[1].street]
    right = sum(_right(*one) for one in placed)
    return {
        "n": len(placed),
        "recall": round(right / max(1, len(placed)), 4),
        "precision": round(right / max(1, len(named)), 4),
        "false": sum(not row["streets"] for row, _ in named),
        "without": len(some) - len(placed),
    }


def _right(row: Row, place: Place) -> bool:
    return place.street in row["streets"]


def _table(halves: dict[str, Any]) -> measured.Rows:
    head = ("half", "with a street", "recall", "precision", "streets told where there is none")
    return [
        head,
        *(
            (
                half,
                f"{one['n']}",
                f"{one['recall']:.3f}",
                f"{one['precision']:.3f}",
                f"{one['false']} of {one['without']}",
            )
            for half, one in halves.items()
        ),
    ]


def _bands(bands: Sequence[dict[str, float]]) -> measured.Rows:
    return [
        ("score from", "streets told", "mean score", "right"),
        *((f"{one['from']:.1f}", f"{one['n']}", f"{one['mean']:.3f}", f"{one['right']:.3f}") for one in bands),
    ]


if __name__ == "__main__":
    main()
