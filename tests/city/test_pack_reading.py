"""What a pack's files may hold, and what is said when they hold something else."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from city.clock_file import CLOCK_KINDS
from city.pack import PackError, PackFault, load_pack
from city.types import Limit, TimeUnit, UnitKind
from sla.types import ClockKind

XUHUI = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"

SMALL = {
    "city.yml": (
        "code: tiny\nname: 小城\nzone: Asia/Shanghai\ncovers_from: 2020-01-01\n"
        "in_force:\n  - {from: 2020-01-01, policy: p1, calendar: plain}\n"
    ),
    "units.csv": "code,name,kind\nwater,供水公司,utility\n",
    "matters.csv": "code,name\nM1,停水\n",
    "duties.csv": "id,matter,lead\nD1,M1,water\n",
    "clocks.yml": (
        "ladders:\n"
        "  plain:\n"
        "    - {step: amber, before: 1 wd, to: [lead]}\n"
        "    - {step: red, to: [lead, leader], source: 某办法}\n"
        "policies:\n"
        "  - version: p1\n"
        "    profiles:\n"
        "      default:\n"
        "        name: 一般\n"
        "        clocks:\n"
        "          finish: {limit: 5 wd, ladder: plain, source: 某办法}\n"
        "          accept: {limit: 1 wd 2 wh}\n"
    ),
    "calendar.yml": (
        "calendars:\n"
        "  - code: plain\n"
        '    week: {mon-thu: "09:00-12:00 13:00-17:00", fri: "09:00-12:00"}\n'
        "    published_until: 2026-12-31\n"
        "    overrides:\n"
        "      2026-10-01: closed\n"
        '      2026-10-10: "09:00-12:00"\n'
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def faults_of(folder: Path) -> tuple[PackFault, ...]:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    return caught.value.faults


def test_a_small_pack_is_read_in_full(folder: Path) -> None:
    pack = load_pack(folder)
    assert pack.units[0].kind is UnitKind.UTILITY
    duty = pack.duties[0]
    assert (duty.area, duty.lead, duty.basis, duty.checked, duty.when) == ("*", "water", "待核", False, {})
    assert pack.matters[0].needs_place
    profile = pack.policies[0].profiles["default"]
    assert profile.limits["finish"] == Limit(unit=TimeUnit.WORKING, days=5, source="某办法")
    assert profile.limits["accept"] == Limit(unit=TimeUnit.WORKING, days=1, span=timedelta(hours=2))
    amber, red = profile.ladder["finish"]
    assert (amber.name, amber.before, amber.offset.days, amber.to) == ("amber", True, 1, ("lead",))
    assert (red.name, red.before, red.offset.days, red.offset.span) == ("red", False, 0, timedelta())
    assert profile.ladder["accept"] == ()
    calendar = pack.calendars[0]
    assert calendar.week[4] == (("09:00", "12:00"),)
    assert calendar.week[5] == ()
    assert calendar.overrides == {date(2026, 10, 1): (), date(2026, 10, 10): (("09:00", "12:00"),)}
    assert pack.settings.periods[0].calendar == calendar.version


def test_several_codes_conditions_dates_and_a_byte_order_mark_are_read(folder: Path) -> None:
    (folder / "duties.csv").write_text(
        "\ufeffid,matter,lead,supports,when,checked,from_date,to_date,note\r\n"
        'D1,M1,water,a | b,"type=complaint|report; word=露天|烧烤",是,2020-01-01,2021-02-03,"有,逗号"\r\n',
        encoding="utf-8",
    )
    duty = load_pack(folder).duties[0]
    assert duty.supports == ("a", "b")
    assert duty.when == {"type": ("complaint", "report"), "word": ("露天", "烧烤")}
    assert duty.checked
    assert (duty.from_date, duty.to_date) == (date(2020, 1, 1), date(2021, 2, 3))


CSV_FAULTS = [
    ("units.csv", "code,name,kind\nwater,,utility\n", 2, "name", "EMPTY_CELL"),
    ("units.csv", "code,name,kind\n\nwater,供水,river\n", 3, "kind", "BAD_CHOICE"),
    ("units.csv", "code,name,kind,from_date\nwater,供水,utility,2020-13-01\n", 2, "from_date", "BAD_DATE"),
    ("units.csv", "code,name\nwater,供水\n", 1, "kind", "MISSING_COLUMN"),
    ("units.csv", "code,name,kind,colour\nwater,供水,utility,blue\n", 1, "colour", "UNKNOWN_COLUMN"),
    ("units.csv", "code,name,kind,name\nwater,供水,utility,x\n", 1, "name", "DOUBLE_COLUMN"),
    ("units.csv", "code,name,kind\nwater,供水\n", 2, "", "WRONG_WIDTH"),
    ("units.csv", 'code,name,kind\nwater,"two\nlines",utility\nwater,,utility\n', 4, "name", "EMPTY_CELL"),
    ("units.csv", 'code,name,kind\nwater,"供"水,utility\n', 2, "", "BAD_CSV"),
    ("units.csv", "", 1, "", "NO_HEADER"),
    ("matters.csv", "code,name,needs_place\nM1,停水,maybe\n", 2, "needs_place", "BAD_YES_NO"),
    ("duties.csv", "id,matter,lead,when\nD1,M1,water,colour=red\n", 2, "when", "BAD_CONDITION"),
    ("duties.csv", "id,matter,lead,when\nD1,M1,water,word=\n", 2, "when", "BAD_CONDITION"),
    ("duties.csv", "id,matter,lead,when\nD1,M1,water,word=a;word=b\n", 2, "when", "BAD_CONDITION"),
    ("places.csv", "name,kind,streets\n某路,road,\n", 2, "streets", "EMPTY_CELL"),
]


@pytest.mark.parametrize(("file", "text", "line", "column", "reason"), CSV_FAULTS)
def test_a_csv_fault_names_file_line_column_and_reason(
    folder: Path, file: str, text: str, line: int, column: str, reason: str
) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    found = [fault for fault in faults_of(folder) if fault.file == file]
    assert [(fault.line, fault.column, fault.reason) for fault in found] == [(line, column, reason)]
    assert any("\u4e00" <= char <= "\u9fff" for char in found[0].sentence)


YAML_FAULTS = [
    ("clocks.yml", "finish: {limit: 5 wd,", "finish: {limit: 5 wd 2 h,", 11, "BAD_LENGTH"),
    ("clocks.yml", "finish: {limit: 5 wd,", "finish: {limit: 五天,", 11, "BAD_LENGTH"),
    ("clocks.yml", "finish: {limit: 5 wd,", "finish: {limit: 0 wd,", 11, "BAD_LENGTH"),
    ("clocks.yml", "finish: {limit: 5 wd,", "finnish: {limit: 5 wd,", 11, "UNKNOWN_CLOCK"),
    ("clocks.yml", "ladder: plain", "ladder: none", 11, "UNKNOWN_LADDER"),
    ("clocks.yml", "step: amber", "step: green", 3, "UNKNOWN_STEP"),
    ("clocks.yml", "to: [lead]", "to: [mayor]", 3, "UNKNOWN_HEARER"),
    ("clocks.yml", "before: 1 wd", "before: 1 wd, after: 1 wd", 3, "BEFORE_AND_AFTER"),
    ("clocks.yml", "      default:", "      usual:", 7, "NO_DEFAULT"),
    ("clocks.yml", "  - version: p1", "  - version: p1\n    max_returns: many", 7, "BAD_NUMBER"),
    ("clocks.yml", "    profiles:", "    profile:", 7, "UNKNOWN_KEY"),
    ("calendar.yml", "09:00-12:00 13:00-17:00", "13:00-17:00 09:00-12:00", 3, "BAD_WINDOWS"),
    ("calendar.yml", "09:00-12:00 13:00-17:00", "9-12", 3, "BAD_WINDOWS"),
    ("calendar.yml", "fri:", "friday:", 3, "BAD_WEEKDAY"),
    ("calendar.yml", "    published_until: 2026-12-31\n", "", 2, "NO_HORIZON"),
    ("calendar.yml", "2026-10-01: closed", "2026-10-41: closed", 6, "BAD_DATE"),
    ("calendar.yml", "  - code: plain", "  - code: plain\n    zone: Asia/Xuhui", 3, "UNKNOWN_ZONE"),
    ("calendar.yml", "    overrides:", "    holidays: {source: guess}\n    overrides:", 5, "UNKNOWN_SOURCE"),
    (
        "calendar.yml",
        "    overrides:",
        "    holidays: {source: chinesecalendar, from: 1999}\n    overrides:",
        5,
        "UNKNOWN_YEAR",
    ),
    ("city.yml", "calendar: plain", "calendar: other", 6, "UNKNOWN_CALENDAR"),
    ("city.yml", "covers_from: 2020-01-01", "covers_from: soon", 4, "BAD_DATE"),
    ("city.yml", "covers_from: 2020-01-01\n", "", 1, "EMPTY_VALUE"),
    ("city.yml", "code: tiny", "code: [tiny]", 1, "NOT_A_VALUE"),
    ("city.yml", "in_force:", "contacts: {mayor: {unit: water}}\nin_force:", 5, "UNKNOWN_HEARER"),
    ("city.yml", "name: 小城", "name: 小城\nname: 大城", 1, "DOUBLE_KEY"),
    ("city.yml", "name: 小城", "name: {", 4, "BAD_YAML"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "reason"), YAML_FAULTS)
def test_a_yaml_fault_names_file_line_and_reason(
    folder: Path, file: str, old: str, new: str, line: int, reason: str
) -> None:
    assert old in SMALL[file]
    (folder / file).write_text(SMALL[file].replace(old, new, 1), encoding="utf-8")
    assert (file, line, reason) in [(fault.file, fault.line, fault.reason) for fault in faults_of(folder)]


def test_a_file_that_cannot_be_read_is_told_once_and_not_echoed(folder: Path) -> None:
    (folder / "city.yml").write_text("code: {", encoding="utf-8")
    assert [fault.reason for fault in faults_of(folder)] == ["BAD_YAML"]
    (folder / "city.yml").write_bytes(b"code: \x00")
    assert [fault.reason for fault in faults_of(folder)] == ["BAD_YAML"]


def test_every_fault_of_every_file_is_told_at_once(folder: Path) -> None:
    (folder / "units.csv").write_text("code,name,kind\n,,x\n", encoding="utf-8")
    (folder / "matters.csv").unlink()
    (folder / "duties.csv").write_bytes("id,matter,lead\nD1,M1,供水\n".encode("gbk"))
    (folder / "clocks.yml").write_text("", encoding="utf-8")
    (folder / "meetings.yml").write_text("fields: {}\n", encoding="utf-8")
    reasons = {(fault.file, fault.reason) for fault in faults_of(folder)}
    assert {
        ("units.csv", "EMPTY_CELL"),
        ("units.csv", "BAD_CHOICE"),
        ("matters.csv", "NO_FILE"),
        ("duties.csv", "NOT_UTF8"),
        ("clocks.yml", "EMPTY_FILE"),
        ("meetings.yml", "NOT_A_LIST"),
    } <= reasons


def test_the_error_itself_shows_the_first_faults_and_counts_the_rest(folder: Path) -> None:
    rows = "".join(f"u{number},,utility\n" for number in range(8))
    (folder / "units.csv").write_text("code,name,kind\n" + rows, encoding="utf-8")
    with pytest.raises(PackError, match=r"units\.csv 第 2 行，name") as caught:
        load_pack(folder)
    assert caught.value.code == "PACK"
    assert "另有 3 处" in caught.value.sentence


def test_the_digest_follows_the_content_and_nothing_else(folder: Path) -> None:
    before = load_pack(folder).digest
    (folder / "units.csv").write_text(SMALL["units.csv"].replace("\n", "\r\n") + "\r\n", encoding="utf-8")
    assert load_pack(folder).digest == before
    (folder / "units.csv").write_text(SMALL["units.csv"].replace("供水公司", "自来水公司"), encoding="utf-8")
    assert load_pack(folder).digest != before


def test_the_kinds_of_clock_are_those_of_the_clock_package() -> None:
    assert tuple(kind.value for kind in ClockKind) == CLOCK_KINDS


def test_holidays_and_make_up_workdays_come_from_the_holiday_package() -> None:
    calendar = load_pack(XUHUI).calendars[0]
    full_day = (("09:00", "11:30"), ("13:30", "17:00"))
    assert calendar.published_until == date(2026, 12, 31)
    assert calendar.overrides[date(2004, 5, 3)] == ()
    assert calendar.overrides[date(2004, 5, 8)] == full_day
    assert calendar.overrides[date(2026, 2, 17)] == ()
    makeups = [day for day, windows in calendar.overrides.items() if day.year == 2026 and windows]
    assert len(makeups) == 6
    assert all(day.weekday() >= 5 and calendar.overrides[day] == full_day for day in makeups)
    assert date(2026, 2, 14) in makeups
    assert date(2026, 11, 23) not in calendar.overrides


def test_years_that_the_holiday_package_does_not_know_end_the_expansion(tmp_path: Path) -> None:
    shutil.copytree(XUHUI, tmp_path / "xuhui")
    file = tmp_path / "xuhui" / "calendar.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("to: 2026", "to: 2199"), encoding="utf-8")
    longer = load_pack(tmp_path / "xuhui").calendars[0]
    assert longer == load_pack(XUHUI).calendars[0]
    file.write_text(text.replace("to: 2026", "to: 2025"), encoding="utf-8")
    shorter = load_pack(tmp_path / "xuhui").calendars[0]
    assert shorter.published_until == date(2025, 12, 31)
    assert shorter.version != longer.version


def test_own_overrides_win_over_the_holiday_package(tmp_path: Path) -> None:
    shutil.copytree(XUHUI, tmp_path / "xuhui")
    file = tmp_path / "xuhui" / "calendar.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + '    overrides: {2026-02-17: "10:00-11:00"}\n', encoding="utf-8")
    assert load_pack(tmp_path / "xuhui").calendars[0].overrides[date(2026, 2, 17)] == (("10:00", "11:00"),)
