"""Rows as the text of a CSV file that no spreadsheet takes for formulas. Pure.

A cell that begins with = + - or @ is written with an apostrophe before it; city.sheet reads it without.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from city.sheet import FORMULA_STARTS

BOM = "\ufeff"
"""Excel takes a CSV file for UTF-8 only when it begins so."""


def csv_text(rows: Iterable[Sequence[str]], *, newline: str = "\n") -> str:
    """The text of a CSV file, header included in `rows`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=newline)
    writer.writerows([protected(cell) for cell in row] for row in rows)
    return out.getvalue()


def protected(cell: str) -> str:
    """The cell, with an apostrophe before it when a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
