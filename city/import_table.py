"""A file of a city's own as a table of cells: what every reader of such files gives. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from city.faults import PackError, PackFault

Tick = Callable[[int], None]
"""Called with the number of rows done so far."""

MOST_COLUMNS = 60
LONGEST_CELL = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A cell that holds no value: a formula, an error. `shown` is what a person sees of it."""

    shown: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of a spreadsheet. `digits` is how many its format pads it to with zeros (0 = none)."""

    value: int | float
    digits: int = 0


Cell = str | bool | Number | date | datetime | time | Odd


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the file: its number, counting from 1 as the person sees it, and its cells."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's header and rows without empty ones. `notices` say in Chinese what was noticed on the way.

    `even`: every row should have as many cells as the header; else cells at the end may be left out.
    """

    file: str
    header: Line
    lines: tuple[Line, ...]
    notices: tuple[str, ...] = ()
    even: bool = False


def refused(file: str, line: int, reason: str, sentence: str, *, column: str = "") -> PackError:
    """The error for a file that cannot be taken at all."""
    return PackError([PackFault(file=file, line=line, column=column, reason=reason, sentence=sentence)])


def table_of(file: str, lines: list[Line], *, notices: tuple[str, ...] = (), even: bool = False) -> Table:
    """The table of a file's lines, the first of which is the header. Raises PackError when there is none."""
    if not lines:
        raise refused(file, 1, "NO_HEADER", "文件是空的，第一行应是列名。")
    return Table(file=file, header=lines[0], lines=tuple(lines[1:]), notices=notices, even=even)


def too_many(file: str, most: int) -> PackError:
    """The error for more rows than the kind may have."""
    return refused(
        file, 0, "TOO_MANY_ROWS", f"超过 {most:,} 行，一次导入不了，请分成几个文件，每个不超过 {most:,} 行。"
    )


def shown(cell: Cell) -> str:
    """The cell as a person sees it."""
    match cell:
        case Odd():
            return cell.shown
        case Number():
            whole = int(cell.value) if float(cell.value).is_integer() else cell.value
            return str(whole).zfill(cell.digits)
        case bool():
            return "TRUE" if cell else "FALSE"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
        case time():
            return cell.isoformat(timespec="minutes")
        case _:
            return cell
