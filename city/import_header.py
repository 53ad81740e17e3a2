"""Which column of a file is which of ours. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from city.faults import FaultList
from city.import_kinds import REPORT_COLUMNS, Column, ImportKind
from city.import_table import Table, shown

_MARKS = re.compile(r"\s*(?:[*＊]|[（(][^（()）]*[)）])\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The file's header as written, and our column for each place (None = passed over)."""

    written: tuple[str, ...]
    columns: tuple[Column | None, ...]

    def written_of(self, name: str) -> str:
        """What the file calls our column; ours when it has none."""
        pairs = zip(self.written, self.columns, strict=True)
        return next((written for written, column in pairs if column and column.name == name), name)

    @property
    def names(self) -> frozenset[str]:
        """Our columns that the file has."""
        return frozenset(column.name for column in self.columns if column)


def read_header(table: Table, kind: ImportKind) -> Header:
    """The header of a table. Raises PackError with every column that is missing, unknown, doubled or nameless."""
    faults = FaultList()
    written = tuple(shown(cell) for cell in table.header.cells)
    while written and not written[-1]:
        written = written[:-1]
    columns = tuple(_column(title, kind) for title in written)
    for fault in _problems(written, columns, kind):
        faults.add(table.file, table.header.number, column=fault[0], reason=fault[1], sentence=fault[2])
    faults.raise_if_any()
    return Header(written=written, columns=columns)


def _plain(title: str) -> str:
    """The title without marks such as "（必填）" or "*", in small letters."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", title).strip()).strip().lower()


def _column(title: str, kind: ImportKind) -> Column | None:
    plain = _plain(title)
    return next((column for column in kind.columns if plain == column.name or plain in column.labels), None)


def _problems(written: Sequence[str], columns: Sequence[Column | None], kind: ImportKind) -> list[tuple[str, str, str]]:
    """(column, reason, sentence) of each."""
    found = [column for column in columns if column]
    usable = "、".join(f"{column.labels[0]}（{column.name}）" for column in kind.columns)
    if not found:
        return [("", "NO_HEADER", f"第一行看不出是列名，请在第一行写列名：{usable}。")]
    problems = []
    for place, (title, column) in enumerate(zip(written, columns, strict=True), start=1):
        if not title:
            problems.append(("", "NO_COLUMN_NAME", f"第 {place} 列没有列名，请补上，或删去这一列。"))
        elif column is None and _plain(title) not in REPORT_COLUMNS:
            problems.append((title, "UNKNOWN_COLUMN", f"不认识的列“{title}”，可用的列：{usable}。"))
    names = [column.name for column in found]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        same = [title for title, column in zip(written, columns, strict=True) if column and column.name == name]
        said = "、".join(f"“{title}”" for title in dict.fromkeys(same))
        problems.append((same[-1], "DOUBLE_COLUMN", f"列{said}是同一列，出现了不止一次，请只留一列。"))
    for name in kind.needed:
        if name not in names:
            label = kind.column(name).labels[0]
            problems.append((name, "MISSING_COLUMN", f"缺少列“{label}”（{name}）。"))
    return problems
