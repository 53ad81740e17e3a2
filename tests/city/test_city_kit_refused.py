"""What an import refuses: each with file, row, column and reason, and with not one byte of the pack changed."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from city.faults import PackFault
from city.import_kinds import KINDS
from city.import_pack import Job, Outcome, import_into

Book = Callable[..., Path]
UNITS = "编码,名称,类型,街道,上级,起始日期,截止日期\n"
MATTERS = "编码,名称,上级\n"
DUTIES = "编号,事项,街道,主办,条件,依据,已核,起始日期,截止日期\n"
PLACES = "名称,类型,街道,别名\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def faults_of(outcome: Outcome) -> list[PackFault]:
    return [*outcome.faults, *(fault for part in outcome.parts for one in part.refused for fault in one.faults)]


def refused(small_city: Path, kind: str, path: Path, **options: Any) -> list[PackFault]:
    """The faults of an import that must leave the pack as it was."""
    before = contents(small_city)
    outcome = import_into(small_city, [Job(kind=KINDS[kind], path=path, **options)])
    assert not outcome.written
    assert contents(small_city) == before
    assert faults_of(outcome)
    return faults_of(outcome)


TEXTS = {
    "a code twice in the file": ("units", f"{UNITS}a,甲,部门,,,,\na,乙,部门,,,,\n", 3, "编码", "DUPLICATE_ROW"),
    "the same place twice": ("places", f"{PLACES}新路,道路,east,\n新路,道路,west,\n", 3, "名称", "DUPLICATE_ROW"),
    "an unknown unit": ("duties", f"{DUTIES}C,0101,east,nobody,,待核,否,2026-01-01,\n", 2, "主办", "UNKNOWN_UNIT"),
    "an unknown street": ("places", f"{PLACES}新路,道路,north,\n", 2, "街道", "UNKNOWN_STREET"),
    "an unknown street of a unit": ("units", f"{UNITS}a,甲,回应中心,北街街道,,,\n", 2, "街道", "UNKNOWN_STREET"),
    "an unknown matter": ("duties", f"{DUTIES}C,0909,*,cg,,待核,否,,\n", 2, "事项", "UNKNOWN_MATTER"),
    "an unknown parent": ("matters", f"{MATTERS}0103,乱涂,09\n", 2, "上级", "UNKNOWN_MATTER"),
    "an unknown profile": ("matters", "编码,名称,上级,时限\n0103,乱涂,01,slow\n", 2, "时限", "UNKNOWN_PROFILE"),
    "dates that overlap": ("units", f"{UNITS}old,再新局,部门,,,2026-10-01,\n", 2, "编码", "OVERLAPPING_DATES"),
    "rows of the list that overlap": (
        "duties",
        f"{DUTIES}A,0101,*,所在街道,,待核,否,2026-06-01,\n",
        2,
        "编号",
        "OVERLAPPING_DATES",
    ),
    "an end before the start": ("units", f"{UNITS}a,甲,部门,,,2026-05-01,2026-04-01\n", 2, "截止日期", "EMPTY_SPAN"),
    "an end on the day of the start": (
        "duties",
        f"{DUTIES}C,0101,east,cg,,待核,否,2026-05-01,2026-05-01\n",
        2,
        "截止日期",
        "EMPTY_SPAN",
    ),
    "a unit above itself": ("units", f"{UNITS}a,甲,部门,,b,,\nb,乙,部门,,a,,\n", 2, "上级", "CYCLE"),
    "a matter above itself": ("matters", f"{MATTERS}01,市容,0101\n", 2, "上级", "CYCLE"),
    "a Cyrillic letter in a code": ("units", f"{UNITS}с_new,甲,部门,,,,\n", 2, "编码", "BAD_CODE"),
    "full-width digits in a code": ("matters", f"{MATTERS}０１０３,乱涂,01\n", 2, "编码", "BAD_CODE"),
    "a Cyrillic letter in another's code": ("duties", f"{DUTIES}C,0101,east,сg,,待核,否,,\n", 2, "主办", "UNKNOWN_UNIT"),
    "a formula that runs a program": ("places", f"{PLACES}=cmd|' /C calc'!A0,道路,east,\n", 2, "名称", "FORMULA"),
    "a formula behind a plus": ("places", f"{PLACES}+cmd|' /C calc'!A0,道路,east,\n", 2, "名称", "FORMULA"),
    "a function behind an at sign": ("places", f"{PLACES}新路,道路,east,@SUM(1+1)*2\n", 2, "别名", "FORMULA"),
    "an error value of Excel": ("places", f"{PLACES}新路,#N/A,east,\n", 2, "类型", "ERROR_CELL"),
    "a column too narrow": ("units", f"{UNITS}a,甲,部门,,,########,\n", 2, "起始日期", "ERROR_CELL"),
    "a day that does not exist": ("units", f"{UNITS}a,甲,部门,,,2026-02-30,\n", 2, "起始日期", "BAD_DATE"),
    "a day in another order": ("units", f"{UNITS}a,甲,部门,,,31/1/2026,\n", 2, "起始日期", "BAD_DATE"),
    "a month of thirteen": ("units", f"{UNITS}a,甲,部门,,,2026年13月1日,\n", 2, "起始日期", "BAD_DATE"),
    "a code without its zero": ("duties", f"{DUTIES}C,101,east,cg,,待核,否,,\n", 2, "事项", "LOST_ZERO"),
    "an own code without its zero": ("matters", f"{MATTERS}101,占道,01\n", 2, "编码", "LOST_ZERO"),
    "a code as a large number": ("units", f"{UNITS}1.1E+11,甲,部门,,,,\n", 2, "编码", "LOST_ZERO"),
    "a cell that is far too long": ("places", f"{PLACES}{'长' * 5001},道路,east,\n", 2, "名称", "TOO_LONG"),
    "a control character": ("places", f"{PLACES}新\x07路,道路,east,\n", 2, "名称", "CONTROL_CHARACTER"),
    "a character without width": ("places", f"{PLACES}新\u200b路,道路,east,\n", 2, "名称", "CONTROL_CHARACTER"),
    "a direction turned round": ("places", f"{PLACES}新\u202e路,道路,east,\n", 2, "名称", "CONTROL_CHARACTER"),
    "a new line in a code": ("units", f'{UNITS}"a\nb",甲,部门,,,,\n', 2, "编码", "NEWLINE"),
    "neither yes nor no": ("duties", f"{DUTIES}C,0101,east,cg,,待核,大概,,\n", 2, "已核", "BAD_YES_NO"),
    "a kind that there is not": ("units", f"{UNITS}a,甲,衙门,,,,\n", 2, "类型", "BAD_CHOICE"),
    "an empty code": ("units", f"{UNITS},甲,部门,,,,\n", 2, "编码", "EMPTY_CELL"),
    "a row too long": ("places", f"{PLACES}新路,道路,east,,多\n", 2, "", "WRONG_WIDTH"),
    "a row too short": ("places", f"{PLACES}新路,道路\n", 2, "", "WRONG_WIDTH"),
    "the header once more": ("places", f"{PLACES}新路,道路,east,\n{PLACES}", 3, "", "REPEATED_HEADER"),
    "a condition that nobody knows": ("duties", f"{DUTIES}C,0101,east,cg,天气=雨,待核,否,,\n", 2, "条件", "BAD_CONDITION"),
    "a condition that cannot be met": ("duties", f"{DUTIES}C,0101,east,cg,place=moon,待核,否,,\n", 2, "条件", "NEVER_MET"),
    "a basis 待核 yet checked": ("duties", f"{DUTIES}C,0101,east,cg,,待核,是,,\n", 2, "已核", "UNCHECKED_BASIS"),
    "a gap where a matter has nobody": ("matters", f"{MATTERS}02,新类,\n", 2, "编码", "GAP"),
    "a gap where a row ends": (
        "duties",
        f"{DUTIES}A,0101,*,所在街道,,待核,否,2026-01-01,2027-01-01\n",
        3,
        "code",
        "GAP",
    ),
    "two that are equally responsible": ("duties", f"{DUTIES}C,0101,*,cg,,待核,否,2026-01-01,\n", 2, "主办", "TIE"),
    "a unit that does not exist yet": ("duties", f"{DUTIES}C,0101,east,c_new,,待核,否,,\n", 2, "主办", "UNKNOWN_UNIT"),
    "an empty file": ("units", "", 1, "", "NO_HEADER"),
    "a file of empty lines": ("units", ",,\n,,\n", 1, "", "NO_HEADER"),
    "no header": ("units", "a,甲,部门\nb,乙,部门\n", 1, "", "NO_HEADER"),
    "a column twice": ("units", "编码,名称,类型,名称\na,甲,部门,甲\n", 1, "名称", "DOUBLE_COLUMN"),
    "a column twice by two names": ("units", "编码,代码,名称,类型\na,a,甲,部门\n", 1, "代码", "DOUBLE_COLUMN"),
    "a column that nobody knows": ("units", "编码,名称,类型,心情\na,甲,部门,好\n", 1, "心情", "UNKNOWN_COLUMN"),
    "a column without a name": ("units", "编码,,名称,类型\na,x,甲,部门\n", 1, "", "NO_COLUMN_NAME"),
    "a column missing": ("units", "编码,名称\na,甲\n", 1, "kind", "MISSING_COLUMN"),
    "semicolons for commas": ("units", "编码;名称;类型\na;甲;部门\n", 1, "", "NO_COMMA"),
    "a quote that is not closed": ("units", f'{UNITS}"a,甲,部门,,,,\n', 2, "", "BAD_CSV"),
    "more columns than anybody needs": ("units", ",".join(["编码"] * 61) + "\n", 1, "", "TOO_MANY_COLUMNS"),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS)
def test_a_csv_that_is_refused(small_city: Path, tmp_path: Path, case: str) -> None:
    kind, text, line, column, reason = TEXTS[case]
    file = tmp_path / "来.csv"
    file.write_text(text, encoding="utf-8", newline="")
    faults = refused(small_city, kind, file)
    told = {(fault.line, fault.column, fault.reason): fault for fault in faults}
    assert (line, column, reason) in told
    fault = told[line, column, reason]
    assert fault.file == ("matters.csv" if case == "a gap where a row ends" else "来.csv")
    assert any("\u4e00" <= character <= "\u9fff" for character in fault.sentence)


RAW = {
    "Latin-1": ("code,name,kind\na,caf\xe9 d\xe9j\xe0 vu,department\n".encode("latin-1"), 2, "NOT_UTF8"),
    "Shift-JIS": ("code,name,kind\na,コールセンター,department\n".encode("shift-jis"), 2, "NOT_UTF8"),
    "Big5": ("code,name,kind\na,環境保護局與衛生局聯合辦公室,department\n".encode("big5"), 2, "NOT_UTF8"),
    "UTF-16": ("code,name,kind\na,甲,department\n".encode("utf-16"), 0, "NOT_UTF8"),
    "UTF-16 without a mark": ("code,name,kind\na,甲,department\n".encode("utf-16-le"), 0, "NOT_UTF8"),
    "UTF-8 cut short": ("code,name,kind\na,甲,department\nb,乙".encode()[:-1], 3, "TRUNCATED"),
    "UTF-8 marked and broken": (b"\xef\xbb\xbfcode,name,kind\na,\xff\xfe\xff,department\n", 2, "NOT_UTF8"),
    "a workbook called CSV": (b"PK\x03\x04 and so on", 0, "NOT_CSV"),
    "nothing at all": (b"", 1, "NO_HEADER"),
}


@pytest.mark.parametrize("case", RAW)
def test_bytes_that_are_no_csv(small_city: Path, tmp_path: Path, case: str) -> None:
    raw, line, reason = RAW[case]
    file = tmp_path / "来.csv"
    file.write_bytes(raw)
    (fault,) = refused(small_city, "units", file)
    assert (fault.file, fault.line, fault.reason) == ("来.csv", line, reason)


def _hidden_only(sheet: Any, workbook: Any) -> None:
    workbook.create_sheet("另一张")
    workbook.create_sheet("第三张").append(["x"])


HEAD = ("编码", "名称", "类型", "起始日期")
BOOKS: dict[str, tuple[list[tuple[Any, ...]], Callable[[Any, Any], object], int, str, str]] = {
    "merged cells": ([HEAD, ("a", "甲", "部门", "")], lambda s, _: s.merge_cells("A2:B2"), 2, "", "MERGED_CELLS"),
    "a merged title above": ([("单位一览",), HEAD], lambda s, _: s.merge_cells("A1:D1"), 1, "", "MERGED_CELLS"),
    "a formula": ([HEAD, ("a", "=CONCATENATE(1,2)", "部门", "")], lambda *_: None, 2, "名称", "FORMULA"),
    "an error value": ([HEAD, ("a", "#REF!", "部门", "")], lambda *_: None, 2, "名称", "ERROR_CELL"),
    "a number for a code": ([HEAD, (101, "甲", "部门", "")], lambda *_: None, 2, "编码", "LOST_ZERO"),
    "a number for a date": ([HEAD, ("a", "甲", "部门", 46000)], lambda *_: None, 2, "起始日期", "BAD_DATE"),
    "which of several sheets": ([HEAD], _hidden_only, 0, "", "UNKNOWN_SHEET"),
    "nothing in it": ([], lambda *_: None, 1, "", "NO_HEADER"),
    "a column far to the right": ([HEAD], lambda s, _: s.cell(1, 61, "x"), 1, "", "TOO_MANY_COLUMNS"),
}


@pytest.mark.parametrize("case", BOOKS)
def test_a_workbook_that_is_refused(small_city: Path, book: Book, case: str) -> None:
    rows, change, line, column, reason = BOOKS[case]
    file = book("来.xlsx", rows, change=change)
    fault = refused(small_city, "units", file)[0]
    assert (fault.file, fault.line, fault.column, fault.reason) == ("来.xlsx", line, column, reason)


def test_a_number_that_was_a_code_is_named_with_its_zero(small_city: Path, book: Book) -> None:
    file = book("来.xlsx", [("编号", "事项", "主办"), ("C", 101, "cg")])
    assert "0101" in refused(small_city, "duties", file)[0].sentence


def test_a_sheet_that_is_not_there(small_city: Path, book: Book) -> None:
    file = book("来.xlsx", [HEAD], title="单位")
    (fault,) = refused(small_city, "units", file, sheet="单位二")
    assert fault.reason == "UNKNOWN_SHEET"
    assert "单位" in fault.sentence


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def bomb() -> bytes:
    """A zip that says it unpacks to more than it may: only its directory is looked at."""
    small = zipped(**{"xl/workbook.xml": b"<workbook/>", "xl/media/x.bin": b"0" * 1000})
    place = small.rindex(b"PK\x01\x02")  # the last entry of the directory; its size stands 24 bytes further
    return small[: place + 24] + (200 * 1024 * 1024).to_bytes(4, "little") + small[place + 28 :]


def locked() -> bytes:
    """A zip whose entries say that they are encrypted."""
    plain = bytearray(zipped(**{"xl/workbook.xml": b"<workbook/>"}))
    plain[plain.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(plain)


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'
FILES = {
    "no zip": ("来.xlsx", b"this is no workbook", "NOT_XLSX"),
    "CSV called a workbook": ("来.xlsx", b"code,name,kind\n", "NOT_XLSX"),
    "a zip of something else": ("来.xlsx", zipped(readme=b"hello"), "NOT_XLSX"),
    "a zip cut short": ("来.xlsx", zipped(**{"xl/workbook.xml": b"<workbook/>"})[:-8], "NOT_XLSX"),
    "a workbook without its parts": ("来.xlsx", zipped(**{"xl/workbook.xml": b"<workbook/>"}), "NOT_XLSX"),
    "a workbook that multiplies itself": ("来.xlsx", zipped(**{"xl/workbook.xml": ENTITIES}), "NOT_XLSX"),
    "an old workbook": ("来.xls", OLD, "OLD_XLS"),
    "an old workbook with a new name": ("来.xlsx", OLD, "OLD_XLS"),
    "a password": ("来.xlsx", OLD + "EncryptedPackage".encode("utf-16-le"), "PASSWORD"),
    "a zip with a password": ("来.xlsx", locked(), "PASSWORD"),
    "a zip that unpacks to very much": ("来.xlsx", bomb(), "TOO_LARGE"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_readable_workbook(small_city: Path, tmp_path: Path, case: str) -> None:
    name, raw, reason = FILES[case]
    (tmp_path / name).write_bytes(raw)
    (fault,) = refused(small_city, "units", tmp_path / name)
    assert (fault.file, fault.line, fault.reason) == (name, 0, reason)


@pytest.mark.parametrize(("name", "reason"), [("nothing.csv", "NO_FILE"), ("folder.csv", "IS_A_FOLDER")])
def test_a_path_that_leads_to_no_file(small_city: Path, tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (fault,) = refused(small_city, "units", tmp_path / name)
    assert (fault.file, fault.reason) == (name, reason)


def rows_of(count: int) -> Iterator[str]:
    yield "编码,名称,类型\n"
    yield from (f"u{number},单位{number},部门\n" for number in range(count))


@pytest.mark.parametrize(("count", "fits"), [(20_000, True), (20_001, False), (100_000, False)])
def test_a_file_of_too_many_rows(small_city: Path, tmp_path: Path, count: int, fits: bool) -> None:
    file = tmp_path / "来.csv"
    file.write_text("".join(rows_of(count)), encoding="utf-8")
    if fits:
        assert import_into(small_city, [Job(kind=KINDS["units"], path=file)], dry_run=True).parts[0].n_new == count
    else:
        (fault,) = refused(small_city, "units", file)
        assert fault.reason == "TOO_MANY_ROWS"
        assert "20,000" in fault.sentence


def test_every_fault_of_every_row_is_told_at_once(small_city: Path, tmp_path: Path) -> None:
    file = tmp_path / "来.csv"
    file.write_text(f"{UNITS}а,甲,衙门,,,2026-02-30,\nb,,部门,,,,\n", encoding="utf-8")
    faults = refused(small_city, "units", file)
    assert [(fault.line, fault.column) for fault in faults] == [(2, "起始日期"), (3, "名称")]


def test_a_pack_file_that_cannot_be_read_is_not_merged_into(small_city: Path, tmp_path: Path) -> None:
    (small_city / "places.csv").write_text('name,kind,streets\n"东路,road\n', encoding="utf-8")
    file = tmp_path / "来.csv"
    file.write_text(f"{PLACES}新路,道路,east,\n", encoding="utf-8")
    (fault,) = refused(small_city, "places", file)
    assert (fault.file, fault.reason) == ("places.csv", "BAD_CSV")
