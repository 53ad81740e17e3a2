"""What a pack that reads well may still lack: orphans, rows out of reach, expired bases, hours without anybody."""

from datetime import date
from pathlib import Path

import pytest

from city.pack import Severity, check_pack, load_pack

ON = date(2026, 11, 23)
FILES = {
    "city.yml": (
        "code: one\nname: 一街\ncovers_from: 2020-01-01\n"
        "in_force: [{from: 2020-01-01, policy: p1, calendar: plain}]\n"
        "contacts: {duty: {unit: hot}}\n"
    ),
    "units.csv": "code,name,kind,street\nhot,热线,hotline,\ngas,燃气,utility,\nfood,食品局,department,\nc,中心,centre,s\n",
    "posts.csv": "code,unit,name,matters\nc_team,c,中队,0101\n",
    "streets.csv": "code,name,centre\ns,一街,c\n",
    "matters.csv": "code,name,parent,profile,tags\n01,市容,,,\n0101,占道,01,,street\n0602,燃气,,fast,\n",
    "duties.csv": (
        "id,matter,lead,post,fallback,process,when,basis,checked\n"
        "A,0101,@centre,c_team,food,,,甲法,no\n"
        "B,0602,gas,,hot,leak,,乙法,yes\n"
    ),
    "places.csv": "name,kind,streets\n东路,road,s\n",
    "tags.csv": "code,axis,name,words\nstreet,when_where,道路,\n",
    "groups.csv": "code,unit,name,matters\ng1,food,一组,01*\n",
    "rosters.csv": "unit,days,from_time,to_time,contact\ngas,all,00:00,00:00,值班\n",
    "knowledge.csv": "code,title,answer,owner,review_on\nK1,标题,内容,food,2027-01-01\n",
    "mappings.csv": "scheme,ours,theirs,theirs_name\nother,0101,X1,占路\n",
    "sources.csv": "name,kind,to_date\n甲法,law,\n乙法,law,2027-01-01\n",
    "processes.yml": "processes: [{code: leak, name: 抢修, steps: [{code: go, name: 到场, unit: gas, limit: 30 min}]}]\n",
    "clocks.yml": (
        "ladders: {}\npolicies:\n"
        "  - version: p1\n    profiles:\n"
        "      default: {name: 一般, clocks: {finish: {limit: 5 wd}, accept: {limit: 1 wd}}}\n"
        "      fast: {name: 快, clocks: {finish: {limit: 2 h}, accept: {limit: 15 min}}}\n"
    ),
    "calendar.yml": 'calendars: [{code: plain, week: {mon-fri: "09:00-17:00"}, published_until: 2026-12-31}]\n',
}

CHANGES = [
    ("units.csv", "c,中心", "lost,孤立局,department,\nc,中心", 5, "code", "ORPHAN"),
    ("tags.csv", "street,when_where,道路,", "street,when_where,道路,\nlone,who,无人,", 3, "code", "ORPHAN"),
    ("streets.csv", "s,一街,c", "s,一街,c\nt,二街,", 3, "code", "ORPHAN"),
    ("duties.csv", "B,0602", "C,01,food,,,,,待核,no\nB,0602", 3, "matter", "UNREACHABLE"),
    ("duties.csv", "B,0602", "D,0101,food,,,,type=complain,待核,no\nB,0602", 3, "when", "NEVER_MET"),
    ("duties.csv", "B,0602", "D,0101,food,,,,place=estat,待核,no\nB,0602", 3, "when", "NEVER_MET"),
    (
        "duties.csv",
        "B,0602",
        "D,0101,food,,,,word=甲|乙,待核,no\nE,0101,food,,,,word=甲,待核,no\nB,0602",
        4,
        "when",
        "REDUNDANT",
    ),
    ("duties.csv", "甲法,no", "丙法,no", 2, "basis", "UNKNOWN_SOURCE"),
    ("duties.csv", "甲法,no", "待核,yes", 2, "checked", "UNCHECKED_BASIS"),
    ("sources.csv", "乙法,law,2027", "乙法,law,2026", 3, "basis", "EXPIRED_BASIS"),
    ("knowledge.csv", "2027-01-01", "2026-11-23", 2, "review_on", "REVIEW_DUE"),
    ("posts.csv", "c_team,c,中队,0101", "c_team,c,中队,0602", 2, "post", "POST_NOT_AUTHORISED"),
    ("rosters.csv", "gas,all,00:00,00:00", "gas,mon-sat,00:00,00:00", 3, "code", "ROSTER_HOLE"),
    ("rosters.csv", "gas,all,00:00,00:00", "gas,all,00:00,23:59", 3, "code", "ROSTER_HOLE"),
    ("groups.csv", "g1,food,一组,01*", "g1,food,一组,01*\ng2,food,二组,0101", 3, "matters", "GROUP_OVERLAP"),
    ("mappings.csv", "other,0101,X1,占路", "other,0101,X1,占路\nother,0602,X1,燃气", 3, "theirs", "AMBIGUOUS_MAPPING"),
    ("matters.csv", "01,,street", "01,,lane", 3, "tags", "UNKNOWN_TAG"),
    ("duties.csv", "leak,,乙法", "leaks,,乙法", 3, "process", "UNKNOWN_PROCESS"),
    ("processes.yml", "unit: gas", "unit: water", 1, "unit", "UNKNOWN_UNIT"),
    ("groups.csv", "01*", "09*", 2, "matters", "UNKNOWN_MATTER"),
    ("rosters.csv", "gas,all", "gaz,all", 2, "unit", "UNKNOWN_UNIT"),
    ("knowledge.csv", "内容,food", "内容,foot", 2, "owner", "UNKNOWN_UNIT"),
    ("mappings.csv", "other,0101", "other,0109", 2, "ours", "UNKNOWN_MATTER"),
]
"""File, what stands there, what is put there, and the line, column and reason of what must be found."""

ERRORS = {"NEVER_MET", "UNCHECKED_BASIS", "UNKNOWN_TAG", "UNKNOWN_PROCESS", "UNKNOWN_UNIT", "UNKNOWN_MATTER"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_whole_pack_has_no_faults(folder: Path) -> None:
    assert check_pack(load_pack(folder), on=ON) == ()


@pytest.mark.parametrize(("file", "old", "new", "line", "column", "reason"), CHANGES)
def test_what_is_lacking_is_found_where_it_is(
    folder: Path, file: str, old: str, new: str, line: int, column: str, reason: str
) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [fault for fault in check_pack(load_pack(folder), on=ON) if fault.reason == reason]
    assert (line, column) in [(fault.line, fault.column) for fault in found]
    wanted = Severity.ERROR if reason in ERRORS else Severity.WARNING
    assert {fault.severity for fault in found} == {wanted}


def test_an_expired_basis_is_nobodys_concern_before_its_day(folder: Path) -> None:
    text = (folder / "sources.csv").read_text(encoding="utf-8")
    (folder / "sources.csv").write_text(text.replace("2027-01-01", "2026-11-24"), encoding="utf-8")
    assert check_pack(load_pack(folder), on=ON) == ()
    assert [fault.reason for fault in check_pack(load_pack(folder), on=date(2026, 11, 24))] == ["EXPIRED_BASIS"]
