"""A file that an official hands over, CSV or Excel, as a table."""

from collections.abc import Collection
from pathlib import Path

from city.import_csv import read_csv
from city.import_table import Table, Tick, refused
from city.import_xlsx import is_workbook, read_xlsx

MOST_BYTES = 64 * 1024 * 1024
_EXCEL = (".xlsx", ".xlsm", ".xls", ".et")


def read_table(
    path: Path, *, most: int, sheet: str | None = None, names: Collection[str] = (), tick: Tick = lambda _: None
) -> Table:
    """The table of a CSV file or of one sheet of a workbook (city.import_xlsx says which).

    Raises PackError with file, line and reason for everything that cannot be taken.
    """
    data, file = _bytes_of(path), path.name
    suffix = path.suffix.lower()
    if is_workbook(data):
        if suffix in {".csv", ".txt"}:
            raise refused(file, 0, "NOT_CSV", "这是 Excel 文件，扩展名却是 CSV，请改回 .xlsx，或另存为 CSV UTF-8。")
        return read_xlsx(data, file, sheet=sheet, names=names, most=most, tick=tick)
    if suffix in _EXCEL:
        raise refused(file, 0, "NOT_XLSX", "这不是 Excel 的 .xlsx 文件，请用 Excel 打开后另存为 .xlsx。")
    if sheet is not None:
        raise refused(file, 0, "UNKNOWN_SHEET", "CSV 文件没有工作表，请去掉 --sheet。")
    return read_csv(data, file, most=most, tick=tick)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise refused(path.name, 0, "IS_A_FOLDER", "这是文件夹，请给出其中的一个文件。")
        if path.stat().st_size > MOST_BYTES:
            raise refused(path.name, 0, "TOO_LARGE", f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件。")
        return path.read_bytes()
    except FileNotFoundError:
        raise refused(path.name, 0, "NO_FILE", f"找不到文件 {path}，请检查路径。") from None
    except OSError as error:
        raise refused(path.name, 0, "NO_FILE", f"读不了文件 {path}（{error.strerror}）。") from None
