"""The rows that were refused, as a CSV file that can be mended and imported again. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from city.csv_text import BOM, csv_text
from city.import_kinds import REPORT_COLUMNS
from city.import_pack import Part
from city.import_rows import Refusal
from city.import_table import shown


def report(parts: Iterable[Part]) -> str:
    """The text of the report: every refused row's cells under the file's own header, then file, line, columns and
    reasons. Rows of several kinds stand below one another, each under its column."""
    told = [part for part in parts if part.refused]
    header = tuple(dict.fromkeys(name for part in told for name in part.header if name not in REPORT_COLUMNS))
    rows = (_row(part, one, header) for part in told for one in part.refused)
    return BOM + csv_text([[*header, *REPORT_COLUMNS], *rows], newline="\r\n")


def _row(part: Part, refusal: Refusal, header: Sequence[str]) -> list[str]:
    cells = dict(_cells(part, refusal))
    columns = "；".join(fault.column for fault in refusal.faults if fault.column)
    reasons = "；".join(fault.sentence for fault in refusal.faults)
    return [*(cells.get(name, "") for name in header), part.file, str(refusal.line.number), columns, reasons]


def _cells(part: Part, refusal: Refusal) -> Iterator[tuple[str, str]]:
    for place, name in enumerate(part.header):
        if place < len(refusal.line.cells):
            yield name, shown(refusal.line.cells[place])
