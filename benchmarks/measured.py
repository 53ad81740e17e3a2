"""docs/measured.md: one section a measurement, written by the measurement itself, never by hand."""

import re
from collections.abc import Sequence
from typing import Any

from benchmarks.processes import ROOT

FILE = ROOT / "docs" / "measured.md"
Rows = Sequence[Sequence[str]]


def write(name: str, *, command: str, where: dict[str, Any], tables: Sequence[Rows], about: str) -> None:
    """Replace the section `name`. Each table's first row is its head; `where` is figures.machine()."""
    text = FILE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    place = f"{where['cpu']}, {where['cores']} cores, Python {where['python']}, {where['system']}, load {where['load']}"
    body = "\n\n".join([f"`{command}`, {where['date']}, {place}.", about, *(_table(rows) for rows in tables)])
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        raise LookupError(f"{FILE.name} has no section {name}")
    FILE.write_text(pattern.sub(lambda _: f"{begin}\n{body}\n{end}", text), encoding="utf-8")


def shown(figure: Any) -> str:
    """A figure for a cell: of a spread the median, with least and greatest where they differ."""
    if isinstance(figure, dict):
        middle, low, high = (_number(figure[name]) for name in ("median", "min", "max"))
        return middle if low == high else f"{middle} ({low}–{high})"
    return _number(figure) if isinstance(figure, int | float) else str(figure)


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _table(rows: Rows) -> str:
    head, *rest = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "|" + "---|" * len(rows[0]), *rest])
