"""What a readable pack may still get wrong, each with its file and line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.pack import PackFault, Severity, check_pack, load_pack
from city.spans import uncovered
from city.types import Duty

FILES = {
    "city.yml": (
        "code: two\nname: 两街\ncovers_from: 2020-01-01\n"
        "in_force: [{from: 2020-01-01, policy: p1, calendar: plain}]\n"
        "contacts: {duty: {unit: hot, post: hot_duty}}\n"
    ),
    "units.csv": (
        "code,name,kind,street,parent,successor,from_date,to_date\n"
        "hot,热线,hotline,,,,,\n"
        "old,旧局,department,,,new,,2022-01-01\n"
        "new,新局,department,,,,2022-01-01,\n"
        "c_east,东街中心,centre,east,,,,\n"
        "c_west,西街中心,centre,west,,,,\n"
    ),
    "posts.csv": (
        "code,unit,name,matters\nhot_duty,hot,值班长,\nc_east_team,c_east,中队,01*\nc_west_team,c_west,中队,0101\n"
    ),
    "streets.csv": "code,name,centre\neast,东街,c_east\nwest,西街,c_west\n",
    "matters.csv": "code,name,parent,meeting_field\n01,市容,,joint\n0101,占道,01,joint\n0102,垃圾,01,\n",
    "duties.csv": (
        "id,matter,area,lead,post,fallback,when,from_date,to_date\n"
        "A,0101,*,@centre,@centre_team,old,,,2022-01-01\n"
        "B,0101,*,@centre,@centre_team,new,,2022-01-01,\n"
        "C,0102,*,old,,@centre,,,2022-01-01\n"
        "D,0102,*,new,,@centre,,2022-01-01,\n"
    ),
    "places.csv": "name,kind,streets\n东路,road,east\n界路,road,east|west\n",
    "meetings.yml": "fields: [{code: joint, name: 联席, chair: hot, members: [old, new, c_east]}]\n",
    "clocks.yml": (
        "policies: [{version: p1, profiles: {default: {name: 一般, clocks: {finish: {limit: 5 wd}}}}}]\nladders: {}\n"
    ),
    "calendar.yml": ('calendars: [{code: plain, week: {mon-fri: "09:00-17:00"}, published_until: 2026-12-31}]\n'),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


Change = Callable[..., tuple[PackFault, ...]]


@pytest.fixture
def changed(folder: Path) -> Change:
    """Checks the pack after replacing `old` by `new` in a file."""

    def check(file: str, old: str, new: str, on: date | None = None) -> tuple[PackFault, ...]:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return check_pack(load_pack(folder), on=on)

    return check


def test_a_sound_pack_has_no_faults(folder: Path) -> None:
    assert check_pack(load_pack(folder), on=date(2026, 11, 23)) == ()


CHANGES = [
    ("units.csv", "c_east,东街中心,centre,east", "c_east,东街中心,centre,north", 5, "street", "UNKNOWN_STREET"),
    ("units.csv", "hot,热线,hotline,,", "hot,热线,hotline,,boss", 2, "parent", "UNKNOWN_UNIT"),
    ("units.csv", "old,旧局,department,,,new", "old,旧局,department,,,newer", 3, "successor", "UNKNOWN_UNIT"),
    ("posts.csv", "hot_duty,hot,", "hot_duty,cold,", 2, "unit", "UNKNOWN_UNIT"),
    ("posts.csv", "中队,01*", "中队,09*", 3, "matters", "UNKNOWN_MATTER"),
    ("posts.csv", "中队,0101", "中队,0199", 4, "matters", "UNKNOWN_MATTER"),
    ("streets.csv", "west,西街,c_west", "west,西街,c_north", 3, "centre", "UNKNOWN_UNIT"),
    ("matters.csv", "0101,占道,01", "0101,占道,09", 3, "parent", "UNKNOWN_MATTER"),
    ("matters.csv", "0101,占道,01,joint", "0101,占道,01,solo", 3, "meeting_field", "UNKNOWN_FIELD"),
    ("matters.csv", "code,name,parent,meeting_field\n", "code,name,parent,profile\n", 2, "profile", "UNKNOWN_PROFILE"),
    ("duties.csv", "A,0101", "A,0109", 2, "matter", "UNKNOWN_MATTER"),
    ("duties.csv", "A,0101,*", "A,0101,north", 2, "area", "UNKNOWN_STREET"),
    ("duties.csv", "C,0102,*,old", "C,0102,*,olden", 4, "lead", "UNKNOWN_UNIT"),
    ("duties.csv", "@centre_team,old", "@centre_team,olden", 2, "fallback", "UNKNOWN_UNIT"),
    ("duties.csv", "@centre,@centre_team", "@centre,@centre_gang", 2, "post", "UNKNOWN_POST"),
    ("duties.csv", "C,0102,*,old,,", "C,0102,*,old,hot_duty,", 4, "post", "UNKNOWN_POST"),
    ("places.csv", "east|west", "east|north", 3, "streets", "UNKNOWN_STREET"),
    ("meetings.yml", "members: [old", "members: [olden", 1, "members", "UNKNOWN_UNIT"),
    ("meetings.yml", "chair: hot", "chair: cold", 1, "chair", "UNKNOWN_UNIT"),
    ("city.yml", "post: hot_duty", "post: cold_duty", 5, "post", "UNKNOWN_POST"),
    ("city.yml", "duty: {unit: hot,", "duty: {unit: cold,", 5, "unit", "UNKNOWN_UNIT"),
    ("city.yml", "policy: p1", "policy: p2", 4, "policy", "UNKNOWN_POLICY"),
    ("city.yml", "{from: 2020-01-01,", "{from: 2020-02-01,", 4, "in_force", "POLICY_GAP"),
    ("city.yml", "in_force: [", "in_force: [{from: 2024-01-01, policy: p1, calendar: plain}, ", 4, "in_force", "POLICY_OVERLAP"),
    ("clocks.yml", "policies: [", "policies: [{version: p1, profiles: {default: {name: x, clocks: {}}}}, ", 1, "version", "DUPLICATE_CODE"),
    ("posts.csv", "c_west_team", "c_east_team", 4, "code", "DUPLICATE_CODE"),
    ("streets.csv", "west,西街", "east,西街", 3, "code", "DUPLICATE_CODE"),
    ("matters.csv", "0102,垃圾", "0101,垃圾", 4, "code", "DUPLICATE_CODE"),
    ("places.csv", "界路", "东路", 3, "name", "DUPLICATE_CODE"),
    ("units.csv", "new,新局,department,,,,2022-01-01", "old,新局,department,,,,2021-12-31", 4, "code", "OVERLAPPING_DATES"),
    ("duties.csv", "B,0101,*,@centre,@centre_team,new,,2022-01-01", "A,0101,*,@centre,@centre_team,new,,2021-12-31", 3, "id", "OVERLAPPING_DATES"),
    ("matters.csv", "01,市容,", "01,市容,0101", 2, "parent", "CYCLE"),
    ("units.csv", "hot,热线,hotline,,,,,", "hot,热线,hotline,,hot,,,", 2, "parent", "CYCLE"),
    ("units.csv", "new,新局,department,,,,", "new,新局,department,,,old,", 4, "successor", "CYCLE"),
    ("units.csv", "c_east,东街中心,centre,east,,,,", "c_east,东街中心,centre,east,,,2022-01-01,2022-01-01", 5, "to_date", "EMPTY_SPAN"),
    ("duties.csv", "C,0102,*,old,,@centre,,,", "C,0102,*,old,,@centre,,2023-01-01,", 4, "to_date", "EMPTY_SPAN"),
    ("duties.csv", "D,0102,*,new,,@centre,,2022-01-01", "D,0102,*,new,,@centre,,2021-12-31", 5, "lead", "UNIT_NOT_IN_FORCE"),
    ("duties.csv", "B,0101,*,@centre,@centre_team,new", "B,0101,*,@centre,@centre_team,old", 3, "fallback", "UNIT_NOT_IN_FORCE"),
    ("units.csv", "c_west,西街中心,centre,west,,,,", "c_west,西街中心,centre,west,,,2021-01-01,", 2, "lead", "UNIT_NOT_IN_FORCE"),
    ("duties.csv", "D,0102,*,new,,@centre,,2022-01-01", "D,0102,*,new,,@centre,,2022-01-02", 4, "code", "GAP"),
    ("duties.csv", "D,0102,*", "D,0102,east", 4, "code", "GAP"),
    ("duties.csv", "D,0102,*,new,,@centre,", "D,0102,*,new,,@centre,word=馊", 4, "code", "GAP"),
    ("streets.csv", "west,西街,c_west", "west,西街,", 3, "code", "GAP"),
    ("duties.csv", "D,0102,*,new,,@centre,,2022-01-01", "D,0102,*,hot,,@centre,,2021-12-31", 5, "lead", "TIE"),
    ("calendar.yml", 'mon-fri: "09:00-17:00"', "mon-fri: closed", 1, "week", "NO_WORKING_TIME"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "column", "reason"), CHANGES)
def test_one_change_for_the_worse_is_found_where_it_is(
    changed: Change, file: str, old: str, new: str, line: int, column: str, reason: str
) -> None:
    found = [fault for fault in changed(file, old, new) if fault.reason == reason]
    assert (line, column) in [(fault.line, fault.column) for fault in found]
    assert all(fault.severity is Severity.ERROR and fault.sentence.endswith("。") for fault in found)


def test_a_gap_names_its_matter_its_streets_and_its_days(changed: Change) -> None:
    faults = changed(
        "duties.csv", "D,0102,*,new,,@centre,,2022-01-01,", "D,0102,west,new,,@centre,,2022-01-01,2023-01-01"
    )
    assert [fault.sentence for fault in faults if fault.reason == "GAP"] == [
        "事项“0102 垃圾”在 east 2022-01-01起没有承办单位，请在 duties.csv 补一行。",
        "事项“0102 垃圾”在 west 2023-01-01起没有承办单位，请在 duties.csv 补一行。",
    ]


def test_a_row_of_the_parent_covers_its_children(changed: Change) -> None:
    assert changed("duties.csv", "D,0102,*", "D,01,*") == ()


def test_days_before_the_list_claims_to_be_complete_need_no_row(changed: Change) -> None:
    assert changed("duties.csv", "C,0102,*,old,,@centre,,,", "C,0102,*,old,,@centre,,2020-01-01,") == ()


def test_conditions_that_can_meet_in_one_text_are_a_warning(changed: Change) -> None:
    rows = "D,0102,*,new,,@centre,,2022-01-01,\nE,0102,*,hot,,,word=馊|臭,,\nF,0102,*,c_east,,,word=满|臭,,\n"
    faults = changed("duties.csv", "D,0102,*,new,,@centre,,2022-01-01,\n", rows)
    assert [(fault.line, fault.reason, fault.severity) for fault in faults] == [(7, "MAY_TIE", Severity.WARNING)]


def test_conditions_that_cannot_meet_are_no_tie(changed: Change) -> None:
    rows = "D,0102,*,new,,@centre,,2022-01-01,\nE,0102,*,hot,,,type=report,,\nF,0102,*,c_east,,,type=complaint,,\n"
    assert changed("duties.csv", "D,0102,*,new,,@centre,,2022-01-01,\n", rows) == ()


def test_a_row_for_a_street_is_no_tie_with_a_row_for_all(changed: Change) -> None:
    rows = "D,0102,*,new,,@centre,,2022-01-01,\nE,0102,east,hot,,,,,\n"
    assert changed("duties.csv", "D,0102,*,new,,@centre,,2022-01-01,\n", rows) == ()


def test_a_row_that_ended_without_a_successor_is_a_warning_once_it_has_ended(changed: Change) -> None:
    rows = "D,0102,*,new,,@centre,,2022-01-01,\nE,0102,east,hot,,,,,2026-01-01\n"
    assert changed("duties.csv", "D,0102,*,new,,@centre,,2022-01-01,\n", rows, on=date(2025, 12, 31)) == ()
    faults = changed("duties.csv", "E,", "E,", on=date(2026, 1, 1))
    assert [(fault.line, fault.reason, fault.severity) for fault in faults] == [(6, "EXPIRED", Severity.WARNING)]


def test_a_year_of_holidays_is_found_also_when_the_base_week_works(folder: Path) -> None:
    pack = load_pack(folder)
    closed = {date.fromordinal(day): () for day in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal())}
    calendar = replace(pack.calendars[0], overrides=closed)
    faults = check_pack(replace(pack, calendars=(calendar,)))
    assert [(fault.reason, "2026" in fault.sentence) for fault in faults] == [("NO_WORKING_TIME", True)]


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


@given(spans=st.lists(st.tuples(DAYS, DAYS), max_size=6), day=DAYS)
def test_a_day_is_in_a_hole_exactly_when_no_span_holds_it(spans: list[tuple[date, date]], day: date) -> None:
    rows = [Duty(id=str(n), matter="M", lead="u", from_date=a, to_date=b) for n, (a, b) in enumerate(spans)]
    holes = uncovered((date(2020, 1, 1), date.max), rows)
    held = any(a <= day < b for a, b in spans)
    assert any(start <= day < end for start, end in holes) is not held
    assert all(start < end for start, end in holes)
