"""How well the knowledge base answers: recall, precision at the threshold, calibration; and the fit of the confidence.

    python -m benchmarks.answers MODEL            figures of tests/nlu/enquiries.csv by half
    python -m benchmarks.answers MODEL --fit      the weights for nlu/retrieval.py, from the halves fit and look

MODEL is the folder of the pack's trained model (var/model). The half `held` is measured, never looked at.
"""

import argparse
import csv
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from city.pack import load_pack
from nlu import retrieval
from nlu.brain import EmbeddedBrain
from nlu.retrieval import Index, confidence
from plumbing.config import Answers
from tickets.types import TicketType, Understanding

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "city" / "packs" / "xuhui"
QUESTIONS = ROOT / "tests" / "nlu" / "enquiries.csv"
HALVES = ("fit", "look", "held")
_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A question and what was found: (code, signs), the best first. `right` are the codes that answer it."""

    half: str
    kind: str
    text: str
    right: frozenset[str]
    vetoed: bool
    found: tuple[tuple[str, tuple[float, ...]], ...]

    @property
    def is_right(self) -> bool:
        """Whether the best passage answers it."""
        return bool(self.found) and self.found[0][0] in self.right

    @property
    def sure(self) -> float:
        """The confidence of the best passage, 0 without one or when it may not be answered at all."""
        return confidence(self.found[0][1]) if self.found and not self.vetoed else 0.0


def tried(model: Path) -> list[Tried]:
    """Every question of the set, asked."""
    pack = load_pack(PACK)
    brain = EmbeddedBrain.load(model, places=pack.places, streets=pack.streets)
    index = Index(pack.articles)
    with QUESTIONS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    understood = brain.parse_many([row["text"] for row in rows])
    return [_asked(row, one, index) for row, one in zip(rows, understood, strict=True)]


def _asked(row: dict[str, str], one: Understanding, index: Index) -> Tried:
    enquiry = one.type.score if one.type.label == TicketType.ENQUIRY else 0.0
    found = index.weighed(row["text"], matters=one.matters, enquiry=enquiry)
    return Tried(
        half=row["half"],
        kind=row["kind"],
        text=row["text"],
        right=frozenset(row["article"].split("|")) - {""},
        vetoed=one.danger is not None or retrieval.wants_action(row["text"]),
        found=tuple((code, signs) for code, _, signs in found),
    )


def interval(hits: int, n: int) -> str:
    """Share with Wilson's 95 % interval."""
    if not n:
        return "-"
    share, z = hits / n, 1.96
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{share:.3f} [{max(centre - half, 0):.2f}, {centre + half:.2f}] (n {n})"


def report(tries: Sequence[Tried], threshold: float) -> None:
    """Prints the figures of one half."""
    answerable = [one for one in tries if one.kind == "answer"]
    print("  recall@1", interval(sum(one.is_right for one in answerable), len(answerable)))
    third = sum(any(code in one.right for code, _ in one.found[:3]) for one in answerable)
    print("  recall@3", interval(third, len(answerable)))
    given = [one for one in tries if one.sure >= threshold]
    print(f"  precision at {threshold}", interval(sum(one.is_right for one in given), len(given)))
    print("  answered of the answerable", interval(sum(one in given for one in answerable), len(answerable)))
    for kind in ("complaint", "unknown", "noise", "danger"):
        some = [one for one in tries if one.kind == kind]
        print(f"  {kind} answered wrongly", interval(sum(one.sure >= threshold for one in some), len(some)))
    print(f"  ECE {error([one for one in tries if one.kind != 'danger']):.3f}")


def error(tries: Sequence[Tried]) -> float:
    """Expected calibration error over ten bins of the best passage's confidence."""
    bins: dict[int, list[Tried]] = {}
    for one in tries:
        bins.setdefault(min(int(one.sure * _BINS), _BINS - 1), []).append(one)
    gaps = (
        len(some) * abs(statistics.fmean(one.sure for one in some) - statistics.fmean(one.is_right for one in some))
        for some in bins.values()
    )
    return sum(gaps) / max(len(tries), 1)


def fit(tries: Sequence[Tried]) -> None:
    """Prints intercept and weights of a logistic model over the three best passages of every question."""
    from sklearn.linear_model import LogisticRegression

    some = [one for one in tries if one.half != "held" and one.kind != "danger"]
    signs = np.array([signs for one in some for _, signs in one.found])
    right = np.array([code in one.right for one in some for code, _ in one.found])
    scale = signs.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=5000).fit(signs / scale, right)
    print("_INTERCEPT =", round(float(model.intercept_[0]), 3))
    print("_WEIGHTS =", tuple(round(float(one), 3) for one in model.coef_[0] / scale), "#", retrieval.SIGNS)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--threshold", type=float, default=Answers().threshold)
    given = parser.parse_args()
    tries = tried(given.model)
    if given.fit:
        fit(tries)
    for half in HALVES:
        print(half)
        report([one for one in tries if one.half == half], given.threshold)
    print(f"one question: {speed():.2f} ms (median, matters not given)")


def speed() -> float:
    """Median milliseconds of asking, without the engine."""
    index = Index(load_pack(PACK).articles)
    with QUESTIONS.open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    times = []
    for text in texts:
        start = time.perf_counter()
        index.find(text)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
