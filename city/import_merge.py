"""Imported rows into a CSV file of the pack: same key replaces, else appended. Pure.

A column that the imported file does not have keeps what the pack says; one that it has empty becomes empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from city.csv_text import BOM, csv_text
from city.import_kinds import ImportKind
from city.import_rows import Entry
from city.sheet import NOTE

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A CSV file of the pack as it is. `raw` is None when there is no such file yet."""

    file: str
    raw: bytes | None
    columns: tuple[str, ...]
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A CSV file of the pack as it would be. `origin` is the imported line for a line of the text."""

    file: str
    raw: bytes
    origin: Mapping[int, Entry]
    n_new: int
    n_replaced: int
    n_same: int


def merge(held: Held, kind: ImportKind, entries: Sequence[Entry]) -> Merged:
    """The file with the entries in it. With nothing changed the bytes stay as they were."""
    rows = [dict(row) for row in held.rows]
    place = {_key(row, kind): number for number, row in enumerate(rows)}
    came_from: dict[int, Entry] = {}
    n_replaced = n_same = 0
    for entry in entries:
        number = place.get(entry.key)
        if number is None:
            came_from[len(rows)] = entry
            rows.append(dict(entry.cells))
        elif all(rows[number].get(name, "") == value for name, value in entry.cells.items()):
            n_same += 1
        else:
            came_from[number] = entry
            rows[number] |= entry.cells
            n_replaced += 1
    n_new = len(rows) - len(held.rows)
    columns = _columns(held, kind, rows)
    text, line_of = _text(held, columns, rows)
    raw = text.encode() if came_from or held.raw is None else held.raw
    origin = {line_of[number]: entry for number, entry in came_from.items()}
    return Merged(file=held.file, raw=raw, origin=origin, n_new=n_new, n_replaced=n_replaced, n_same=n_same)


def _key(row: Cells, kind: ImportKind) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in kind.key)


def _columns(held: Held, kind: ImportKind, rows: Sequence[Cells]) -> tuple[str, ...]:
    """The columns that the file has, and after them those that the rows need; a note comes last."""
    usual = [column.name for column in kind.columns if column.name != NOTE]
    used = {name for row in rows for name, value in row.items() if value}
    more = [name for name in (*usual, NOTE) if name in used and name not in held.columns]
    found = [*held.columns, *more] if held.columns else [*usual, *([NOTE] if NOTE in used else [])]
    return tuple(sorted(found, key=lambda name: name == NOTE))


def _text(held: Held, columns: Sequence[str], rows: Sequence[Cells]) -> tuple[str, list[int]]:
    """The file's text, and the line that each row begins on."""
    raw = held.raw or BOM.encode()
    newline = "\r\n" if b"\r\n" in raw else "\n"
    table = [list(columns), *([row.get(name, "") for name in columns] for row in rows)]
    lines, line = [], 1
    for cells in table:
        lines.append(line)
        line += 1 + sum(cell.count("\n") for cell in cells)
    return (BOM if raw.startswith(BOM.encode()) else "") + csv_text(table, newline=newline), lines[1:]
