"""A sheet of an Excel workbook (.xlsx) as a table. Formulas are never computed, macros and links never followed. Pure.

A workbook is a zip: what it says it unpacks to is looked at before anything is unpacked.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any

from defusedxml import ElementTree

from city.import_table import MOST_COLUMNS, Cell, Line, Number, Odd, Table, Tick, refused, table_of, too_many

MOST_UNPACKED = 128 * 1024 * 1024
"""Bytes. 200,000 places with aliases come to about 60 MB."""

_LAST_ROW = 1_048_576
_ZEROS = re.compile(r'"?0+"?')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([^"]+)"')
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What zipfile, the XML parsers and openpyxl raise on a file that is not what it says; SyntaxError is XML's.
_BROKEN = (
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, EOFError, OSError, SyntaxError),
    *(RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error),
)


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are some Excel workbook, readable or not."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLD))


def read_xlsx(
    data: bytes, file: str, *, sheet: str | None, names: Collection[str], most: int, tick: Tick = lambda _: None
) -> Table:
    """The table of one sheet: `sheet`, else the one called by one of `names`, else the only visible one.

    Raises PackError for what is no workbook, is locked, unpacks to more than MOST_UNPACKED, has merged cells, or has
    more than `most` rows.
    """
    archive = _opened(data, file)
    try:
        with archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and validations that it leaves out
            return _read(archive, data, file, sheet=sheet, names=names, most=most, tick=tick)
    except _BROKEN:
        raise refused(file, 0, "NOT_XLSX", "文件损坏，读不出来，请用 Excel 打开后重新另存为 .xlsx。") from None


def _opened(data: bytes, file: str) -> zipfile.ZipFile:
    if data.startswith(_OLD):
        if _ENCRYPTED in data:
            raise refused(file, 0, "PASSWORD", "文件有打开密码，请在 Excel 里去掉密码后再导入。")
        raise refused(file, 0, "OLD_XLS", "这是旧的 .xls 格式，请在 Excel 里另存为 .xlsx 后再导入。")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise refused(file, 0, "NOT_XLSX", "这不是 Excel 的 .xlsx 文件，请用 Excel 打开后另存为 .xlsx。") from None
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise refused(file, 0, "PASSWORD", "文件有密码，请去掉密码后再导入。")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        sentence = f"文件解开后超过 {MOST_UNPACKED // 1024 // 1024} MB，不导入。请删去无关的表和图片，或改用 CSV。"
        raise refused(file, 0, "TOO_LARGE", sentence)
    if "xl/workbook.xml" not in archive.namelist():
        raise refused(file, 0, "NOT_XLSX", "这个压缩文件不是 Excel 工作簿，请用 Excel 另存为 .xlsx。")
    return archive


def _read(
    archive: zipfile.ZipFile,
    data: bytes,
    file: str,
    *,
    sheet: str | None,
    names: Collection[str],
    most: int,
    tick: Tick,
) -> Table:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        hidden = tuple(one.title for one in book.worksheets if one.sheet_state != "visible")
        chosen = _chosen(book, file, sheet=sheet, names=names)
        merged = _MERGED.findall(archive.read(_paths(archive)[chosen.title]))
        if merged:
            ranges = "、".join(one.decode() for one in merged[:5]) + ("等" if len(merged) > 5 else "")
            sentence = f"工作表“{chosen.title}”有合并单元格 {ranges}，请取消合并，并在每一格里填上内容。"
            first = re.search(rb"\d+", merged[0])
            raise refused(file, int(first[0]) if first else 0, "MERGED_CELLS", sentence)
        chosen.reset_dimensions()  # some programs write a dimension that leaves cells out
        table = table_of(file, _lines(chosen, file, most=most, tick=tick))
    finally:
        book.close()
    notices = (f"工作簿里有隐藏的工作表：{'、'.join(hidden)}。",) if hidden else ()
    if len(book.worksheets) > 1:
        notices = (f"读取的是工作表“{chosen.title}”。", *notices)
    return Table(file=file, header=table.header, lines=table.lines, notices=notices)


def _chosen(book: Any, file: str, *, sheet: str | None, names: Collection[str]) -> Any:
    sheets = {one.title: one for one in book.worksheets}
    visible = [one for one in book.worksheets if one.sheet_state == "visible"]
    listed = "、".join(sheets)
    if sheet is not None:
        if sheet not in sheets:
            raise refused(file, 0, "UNKNOWN_SHEET", f"没有工作表“{sheet}”，有：{listed}。")
        return sheets[sheet]
    called = [one for one in visible if one.title.strip().lower() in names]
    candidates = called or visible
    if len(candidates) == 1:
        return candidates[0]
    if not visible:
        raise refused(file, 0, "UNKNOWN_SHEET", f"没有看得见的工作表，请用 --sheet 指定：{listed}。")
    titles = "、".join(one.title for one in candidates)
    raise refused(file, 0, "UNKNOWN_SHEET", f"有几张工作表，不知道导入哪一张，请用 --sheet 指定：{titles}。")


def _paths(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """Each sheet's file inside the workbook, by its title."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    found = {}
    for node in book.iter():
        if node.tag.rpartition("}")[2] == "sheet":
            key = next(value for name, value in node.items() if name.rpartition("}")[2] == "id")
            target = targets[key]
            found[str(node.get("name"))] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _lines(sheet: Any, file: str, *, most: int, tick: Tick) -> list[Line]:
    lines: list[Line] = []
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        cells = [_cell(one) for one in row]
        while cells and cells[-1] == "":
            cells.pop()
        if number > _LAST_ROW or len(lines) > most:
            raise too_many(file, most)
        if len(cells) > MOST_COLUMNS:
            raise refused(file, number, "TOO_MANY_COLUMNS", f"本行超过 {MOST_COLUMNS} 格。")
        if any(cell != "" for cell in cells):
            lines.append(Line(number=number, cells=tuple(cells)))
            tick(len(lines))
    return lines


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        sentence = "这一格是公式，不会计算。请复制后“选择性粘贴—数值”，再导入。"
        return Odd(shown=str(value), reason="FORMULA", sentence=sentence)
    if cell.data_type == "e":
        sentence = f"这一格是 Excel 的错误值 {value}，请改成正确的内容。"
        return Odd(shown=str(value), reason="ERROR_CELL", sentence=sentence)
    match value:
        case bool() | datetime() | date() | time():
            return value
        case int() | float():
            padded = str(cell.number_format)
            return Number(value=value, digits=padded.strip('"').count("0") if _ZEROS.fullmatch(padded) else 0)
        case str():
            return value.strip()
        case _:
            return str(value)
