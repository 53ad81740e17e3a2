"""Rows of a table as rows of the pack: those that are fine, and those that are refused with every reason. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from city.faults import FaultList, PackFault
from city.import_cells import BadCell, parts, read_cell
from city.import_codes import Codes
from city.import_header import Header
from city.import_kinds import ImportKind
from city.import_table import Line, Table, Tick, shown
from city.sheet import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row that is fine by itself: its line in the file, and its cells by our column names."""

    line: Line
    cells: Mapping[str, str]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that is not taken, with every reason. `faults` name the column as the file does."""

    line: Line
    faults: tuple[PackFault, ...]


def read_rows(
    table: Table, header: Header, kind: ImportKind, codes: Codes, *, tick: Tick = lambda _: None
) -> tuple[list[Entry], list[Refusal]]:
    """What of a table can be taken and what not; a row whose key an earlier one has is refused."""
    entries: list[Entry] = []
    refusals: list[Refusal] = []
    seen: dict[tuple[str, ...], int] = {}
    for done, line in enumerate(table.lines, start=1):
        faults = FaultList()
        cells = _cells(line, table, header, kind=kind, codes=codes, faults=faults)
        key = tuple(cells.get(name, "") for name in kind.key)
        if not faults.found and any(key) and seen.setdefault(key, line.number) != line.number:
            said = "、".join(filter(None, key))
            sentence = f"“{said}”与第 {seen[key]} 行重复，请只留一行。"
            column = header.written_of(kind.key[0])
            faults.add(table.file, line.number, column=column, reason="DUPLICATE_ROW", sentence=sentence)
        if faults.found:
            refusals.append(Refusal(line=line, faults=faults.found))
        else:
            entries.append(Entry(line=line, cells=cells, key=key))
        tick(done)
    return entries, refusals


def raw_rows(table: Table, header: Header) -> Iterator[Mapping[str, str]]:
    """Code, name and aliases of each row as written: what other rows may refer to."""
    wanted = [
        (place, column.name)
        for place, column in enumerate(header.columns)
        if column and column.name in {"code", "id", "name", "aliases"}
    ]
    for line in table.lines:
        row = {name: shown(line.cells[place]).strip() for place, name in wanted if place < len(line.cells)}
        yield row | {"aliases": "|".join(parts(row.get("aliases", "")))}


def _cells(
    line: Line, table: Table, header: Header, *, kind: ImportKind, codes: Codes, faults: FaultList
) -> dict[str, str]:
    """The row by our column names; what is wrong with it goes into `faults`."""
    file, width = table.file, len(header.written)
    short = table.even and len(line.cells) < len(table.header.cells)
    if short or any(shown(cell) for cell in line.cells[width:]):
        sentence = f"本行有 {len(line.cells)} 格，表头只有 {width} 格，请检查逗号、引号和列名。"
        faults.add(file, line.number, column="", reason="WRONG_WIDTH", sentence=sentence)
        return {}
    if tuple(map(shown, line.cells))[:width] == header.written:
        sentence = "这一行是重复的表头，请删去。"
        faults.add(file, line.number, column="", reason="REPEATED_HEADER", sentence=sentence)
        return {}
    cells: dict[str, str] = {}
    for place, column in enumerate(header.columns):
        if column is None:
            continue
        try:
            cells[column.name] = read_cell(line.cells[place] if place < len(line.cells) else "", column, codes)
        except BadCell as bad:
            faults.add(file, line.number, column=header.written[place], reason=bad.reason, sentence=bad.sentence)
    if not faults.found:
        for fault in _row_faults(cells, file, line.number, kind):
            column_name = header.written_of(fault.column)
            faults.add(file, line.number, column=column_name, reason=fault.reason, sentence=_said(fault, kind))
    return cells


def _row_faults(cells: Mapping[str, str], file: str, line: int, kind: ImportKind) -> Iterable[PackFault]:
    """What the pack's own reading of the row finds."""
    faults = FaultList()
    row = Row(file=file, line=line, cells=cells, faults=faults)
    if kind.sheet is not None:
        kind.sheet.value(row)
    else:
        for name in kind.needed:
            row.text(name)
    return faults.found


def _said(fault: PackFault, kind: ImportKind) -> str:
    """The fault's sentence; for a choice also the Chinese words that may stand there."""
    column = next((one for one in kind.columns if one.name == fault.column), None)
    if column is None or not column.words or fault.reason != "BAD_CHOICE":
        return fault.sentence
    firsts = {ours: said for said, ours in reversed(list(column.words.items()))}
    return f"{fault.sentence.rstrip('。')}，或中文：{'、'.join(firsts.values())}。"
