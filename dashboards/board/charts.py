"""Figures into the points of small drawings, for pages that run without any script. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ROW = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a stacked bar: its series, offset and height in percent of the tallest bar."""

    series: str
    n: int
    bottom: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A day's bar, `height` percent of the tallest. `label` is written below it, empty for most days of a long period."""

    day: str
    label: str
    total: int
    height: float
    pieces: tuple[Piece, ...]


def bars(by_day: Sequence[Mapping[str, Any]], series: Sequence[str]) -> tuple[Bar, ...]:
    """Stacked bars, one a day, pieces in the order of `series`."""
    tallest = max([day["total"] for day in by_day] + [1])
    step = max(1, -(-len(by_day) // 10))
    found = []
    for index, day in enumerate(by_day):
        pieces, bottom = [], 0.0
        for name in series:
            n = day["channels"].get(name, 0)
            if n:
                height = 100 * n / tallest
                pieces.append(Piece(series=name, n=n, bottom=bottom, height=height))
                bottom += height
        shown = index % step == 0
        label = f"{int(day['day'][5:7])}/{int(day['day'][8:])}" if shown else ""
        found.append(Bar(day=day["day"], label=label, total=day["total"], height=bottom, pieces=tuple(pieces)))
    return tuple(found)


def spark(values: Sequence[int], *, width: float = 120, height: float = 28) -> str:
    """The points of a line through the values, for an SVG polyline; empty for fewer than two."""
    if len(values) < 2:
        return ""
    top = max([*values, 1])
    step = (width - 4) / (len(values) - 1)
    points = ((2 + index * step, height - 3 - (height - 6) * value / top) for index, value in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A unit at one side of the dispute map."""

    unit: str
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A line from the unit that refuses to the one that it proposes. `width` in pixels; `hot` = some came to a meeting."""

    y1: float
    y2: float
    width: float
    hot: bool
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """The dispute map: who refuses at the left, who is proposed at the right."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    threads: tuple[Thread, ...]
    height: float


def threads(disputes: Sequence[Mapping[str, Any]], *, most: int = 12) -> Threads:
    """The heaviest pairs of units, whatever the matter; at most `most` of them."""
    pairs: dict[tuple[str, str], list[int]] = {}
    for row in disputes:
        pair = pairs.setdefault((row["unit"], row["other"] or ""), [0, 0])
        pair[0] += row["n"]
        pair[1] += row["disputed"]
    heaviest = sorted(pairs.items(), key=lambda item: (-item[1][0], item[0]))[:most]
    left = _column([unit for (unit, _), _ in heaviest])
    right = _column([other for (_, other), _ in heaviest])
    thickest = max([n for _, (n, _) in heaviest] + [1])
    lines = tuple(
        Thread(y1=left[unit], y2=right[other], width=2 + 8 * n / thickest, hot=came > 0, n=n)
        for (unit, other), (n, came) in heaviest
    )
    return Threads(
        left=tuple(Node(unit=unit, y=y) for unit, y in left.items()),
        right=tuple(Node(unit=unit, y=y) for unit, y in right.items()),
        threads=lines,
        height=ROW * max(len(left), len(right), 1),
    )


def _column(units: Sequence[str]) -> dict[str, float]:
    return {unit: ROW * (index + 0.5) for index, unit in enumerate(dict.fromkeys(units))}


def shade(n: int, most: int) -> int:
    """A step from 0 (none) to 5 (the most) for a cell of the heat map."""
    return 0 if n == 0 else max(1, round(5 * n / max(most, 1)))
