"""CSV files of a pack: rows that know their line, cells that say what is wrong with them.

Files are UTF-8 (a byte order mark is fine), comma separated, with a header line. A cell that holds several codes
separates them by "|". A column that nobody asked for is an error; "note" is allowed everywhere and read by nobody.
A cell that would begin with = + - or @ may be written with an apostrophe before it, so that no spreadsheet takes it for
a formula; the apostrophe is not part of the cell.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from city.faults import FaultList

NOTE = "note"
FORMULA_STARTS = ("=", "+", "-", "@")
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False, "是": True, "否": False}
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a CSV file. Its readers return a harmless value after reporting a fault."""

    file: str
    line: int
    cells: Mapping[str, str]
    faults: FaultList

    def text(self, column: str) -> str:
        """The cell, which must not be empty."""
        value = self.cells.get(column, "")
        if not value:
            self.fault(column, "EMPTY_CELL", f"“{column}”不能为空，请补上。")
        return value

    def code(self, column: str) -> str:
        """A code of letters, digits and -_.: only; letters of other alphabets look alike and are refused."""
        value = self.text(column)
        if value and not _CODE.fullmatch(value):
            odd = next((char for char in value if not _CODE.fullmatch(char)), value)
            self.fault(
                column,
                "BAD_CODE",
                f"代码“{value}”里的“{odd}”不能用，只可用半角英文字母、数字和 - _ . :，不超过 40 个。",
            )
        return value

    def optional(self, column: str) -> str | None:
        """The cell, or None when it is empty or the column is missing."""
        return self.cells.get(column) or None

    def several(self, column: str) -> tuple[str, ...]:
        """The parts of a cell separated by "|", in order, without empty ones."""
        return tuple(part.strip() for part in self.cells.get(column, "").split("|") if part.strip())

    def day(self, column: str) -> date | None:
        """An ISO date (YYYY-MM-DD); None when empty."""
        value = self.cells.get(column, "")
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fault(column, "BAD_DATE", f"“{value}”不是日期，请写成 2026-01-31 的样子。")
            return None

    def yes(self, column: str, *, default: bool) -> bool:
        """yes/no, true/false, 1/0 or 是/否; `default` when empty."""
        value = self.cells.get(column, "").lower()
        if value and value not in _YES_NO:
            self.fault(column, "BAD_YES_NO", f"“{value}”看不懂，请写 yes 或 no。")
        return _YES_NO.get(value, default)

    def choice(self, column: str, kind: type[Choice]) -> Choice:
        """A member of `kind` by its value."""
        value = self.cells.get(column, "")
        try:
            return kind(value)
        except ValueError:
            self.fault(column, "BAD_CHOICE", f"“{value}”不在可选范围内，可填：{'、'.join(kind)}。")
            return next(iter(kind))

    def fault(self, column: str, reason: str, sentence: str) -> None:
        """Report this row's `column`."""
        self.faults.add(self.file, self.line, column=column, reason=reason, sentence=sentence)


def read_sheet(
    folder: Path, name: str, *, columns: tuple[str, ...], needed: tuple[str, ...], faults: FaultList
) -> tuple[Row, ...]:
    """The rows of `folder/name`; empty lines are skipped. `needed` columns must be in the header, others may be."""
    text = read_text(folder, name, faults=faults)
    if text is None:
        return ()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    header: tuple[str, ...] | None = None
    end_of_last = 0
    try:
        for record in reader:
            line, end_of_last = end_of_last + 1, reader.line_num
            cells = [bare(cell.strip()) for cell in record]
            if not any(cells):
                continue
            if header is None:
                header = tuple(cells)
                if not _header_fits(header, name, line, columns=columns, needed=needed, faults=faults):
                    return ()
            elif len(cells) != len(header):
                sentence = f"本行有 {len(cells)} 格，表头有 {len(header)} 格，请检查逗号和引号。"
                faults.add(name, line, column="", reason="WRONG_WIDTH", sentence=sentence)
            else:
                rows.append(Row(file=name, line=line, cells=dict(zip(header, cells, strict=True)), faults=faults))
    except csv.Error as error:
        faults.add(name, end_of_last + 1, column="", reason="BAD_CSV", sentence=f"不是合法的 CSV（{error}）。")
    if header is None:
        faults.add(name, 1, column="", reason="NO_HEADER", sentence="文件是空的，第一行应是列名。")
    return tuple(rows)


def bare(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def read_text(folder: Path, name: str, *, faults: FaultList) -> str | None:
    """The file's text without a byte order mark; None after a fault."""
    try:
        return (folder / name).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        faults.add(name, 0, column="", reason="NO_FILE", sentence="数据包里没有这个文件，请补上。")
    except UnicodeDecodeError:
        faults.add(name, 0, column="", reason="NOT_UTF8", sentence="文件不是 UTF-8 编码，请另存为“CSV UTF-8”。")
    return None


def _header_fits(
    header: tuple[str, ...],
    name: str,
    line: int,
    *,
    columns: tuple[str, ...],
    needed: tuple[str, ...],
    faults: FaultList,
) -> bool:
    problems: list[tuple[str, str, str]] = []
    problems += [(c, "MISSING_COLUMN", f"缺少列“{c}”。") for c in needed if c not in header]
    known = (*columns, NOTE)
    problems += [
        (c, "UNKNOWN_COLUMN", f"不认识的列“{c}”，可用的列：{'、'.join(known)}。") for c in header if c not in known
    ]
    problems += [(c, "DOUBLE_COLUMN", f"列“{c}”出现了不止一次。") for c in dict.fromkeys(header) if header.count(c) > 1]
    for column, reason, sentence in problems:
        faults.add(name, line, column=column, reason=reason, sentence=sentence)
    return not problems
