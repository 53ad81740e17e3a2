"""A city's own files into its pack: what is understood, how rows are merged, and what is written."""

import csv
import io
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from city import atomic
from city.import_kinds import KINDS
from city.import_pack import Job, Outcome, import_into
from city.import_report import report
from city.pack import PackFault, Severity, check_pack, load_pack
from plumbing.errors import BadInput, Conflict

Book = Callable[..., Path]


@pytest.fixture
def bring(small_city: Path, tmp_path: Path) -> Callable[..., Outcome]:
    """`bring("units", text)` imports a CSV of that text (or the file of that path) into the small city."""

    def do(kind: str, source: str | bytes | Path, **options: Any) -> Outcome:
        path = source if isinstance(source, Path) else tmp_path / "来.csv"
        if not isinstance(source, Path):
            path.write_bytes(source.encode() if isinstance(source, str) else source)
        return import_into(small_city, [Job(kind=KINDS[kind], path=path)], **options)

    return do


Bring = Callable[..., Outcome]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8-sig"))))


def errors(folder: Path) -> list[PackFault]:
    return [fault for fault in check_pack(load_pack(folder)) if fault.severity is Severity.ERROR]


def row(folder: Path, name: str, key: str, column: str = "code") -> dict[str, str]:
    return next(one for one in rows(folder, name) if one[column] == key)


def test_chinese_headers_names_dates_and_lists_are_understood(bring: Bring, small_city: Path) -> None:
    text = (
        "编码*,名称（必填）,类型,所属街道,上级单位,别名,起始日期,截止日期\n"
        "a,甲局,委办局,,城管局,甲；甲委、小甲|甲甲,2026/1/5,2026年12月31日\n"
        'b,乙公司,公用事业,东街街道,,"乙\n小乙",2026.2.3,\n'
    )
    outcome = bring("units", text)
    assert outcome.written, outcome
    assert (outcome.parts[0].n_rows, outcome.parts[0].n_new) == (2, 2)
    first, second = row(small_city, "units.csv", "a"), row(small_city, "units.csv", "b")
    assert (first["kind"], first["parent"], first["aliases"]) == ("department", "cg", "甲|甲委|小甲|甲甲")
    assert (first["from_date"], first["to_date"]) == ("2026-01-05", "2026-12-31")
    assert (second["kind"], second["street"], second["aliases"]) == ("utility", "east", "乙|小乙")


def test_the_list_is_understood_as_officials_write_it(bring: Bring, small_city: Path) -> None:
    text = (
        "编号,事项,街道,主办单位,协办单位,兜底,条件,依据,是否已核,起始日期\n"
        "C,占道,东街,执法局,属地,所在街道,类型=投诉、举报；词=烧烤、露天,某条例,是,2026-01-01\n"
        "D,0102,全区,所在街道,,,地点=小区,待核,否,2026-01-01\n"
    )
    assert bring("duties", text).written
    one, other = row(small_city, "duties.csv", "C", "id"), row(small_city, "duties.csv", "D", "id")
    assert (one["matter"], one["area"], one["lead"], one["checked"]) == ("0101", "east", "cg", "yes")
    assert (one["supports"], one["fallback"]) == ("'@centre", "'@centre")
    assert one["when"] == "type=complaint|report;word=烧烤|露天"
    assert (other["area"], other["lead"], other["when"]) == ("*", "'@centre", "place=estate")
    duty = next(duty for duty in load_pack(small_city).duties if duty.id == "C")
    assert duty.supports == ("@centre",)


def test_free_text_is_not_split_and_may_have_several_lines(bring: Bring, small_city: Path) -> None:
    text = (
        '编码,标题,答案,负责单位,复核日期,关键词\nk1,怎么办,"先申请、再审核；\n三天办结。",cg,2027-01-01,申请、审核\n'
    )
    assert bring("knowledge", text).written
    article = load_pack(small_city).articles[0]
    assert article.answer == "先申请、再审核；\n三天办结。"
    assert article.words == ("申请", "审核")
    again = bring("knowledge", text)
    assert again.parts[0].n_same == 1


def test_a_roster_is_understood_as_officials_write_it(bring: Bring, small_city: Path) -> None:
    text = "单位,岗位,星期,开始时间,结束时间,值班电话\n12345热线,派单岗,周一至周五,8:30,17：30,021-50000000\n热线,,周末,0:00,00:00,12345\n"
    outcome = bring("rosters", text)
    assert [fault.column for one in outcome.parts[0].refused for fault in one.faults] == [
        "单位"
    ]  # 热线 is no name of it
    assert bring("rosters", text.replace("\n热线,", "\nhotline,")).written
    first, second = rows(small_city, "rosters.csv")
    assert (first["unit"], first["post"], first["days"]) == ("hotline", "hotline_paidan", "mon-fri")
    assert (first["from_time"], first["to_time"], second["days"]) == ("08:30", "17:30", "sat-sun")


def test_each_encoding_that_is_taken_gives_the_same_and_the_old_one_is_named(bring: Bring, small_city: Path) -> None:
    text = "名称,类型,街道,别名\n肇嘉浜路,道路,东街街道,\n"
    made = []
    for raw, told in ((text.encode(), 0), (text.encode("utf-8-sig"), 0), (text.encode("gb18030"), 1)):
        before = (small_city / "places.csv").read_bytes()
        outcome = bring("places", raw)
        assert outcome.written
        assert len(outcome.parts[0].notices) == told
        made.append((small_city / "places.csv").read_bytes())
        (small_city / "places.csv").write_bytes(before)
    assert made[0] == made[1] == made[2]


def test_a_workbook_with_its_own_types_is_understood(book: Book, bring: Bring, small_city: Path) -> None:
    def change(sheet: Any, _workbook: Any) -> None:
        sheet["A2"].number_format = "0000"

    file = book(
        "来.xlsx",
        [
            ("编码", "名称", "上级", "需要地点", "关键词"),
            (103, "乱涂", "01", True, "涂鸦"),
        ],
        change=change,
    )
    duties = book(
        "清单.xlsx", [("编号", "事项", "主办", "起始日期", "截止日期"), ("E", "0103", "cg", date(2026, 1, 1), None)]
    )
    jobs = [Job(kind=KINDS["matters"], path=file), Job(kind=KINDS["duties"], path=duties)]
    assert import_into(small_city, jobs).written
    assert row(small_city, "matters.csv", "0103")["needs_place"] in {"yes", "true"}
    assert row(small_city, "duties.csv", "E", "id")["from_date"] == "2026-01-01"


def test_dates_and_times_of_excel_are_understood(book: Book, bring: Bring, small_city: Path) -> None:
    file = book(
        "来.xlsx",
        [
            ("单位", "星期", "开始时间", "结束时间", "电话", "起始日期"),
            ("hotline", "每天", time(8, 30), time(17, 30), 12345, date(2026, 3, 1)),
        ],
    )
    assert bring("rosters", file).written
    (one,) = rows(small_city, "rosters.csv")
    assert (one["from_time"], one["contact"], one["from_date"], one["days"]) == ("08:30", "12345", "2026-03-01", "all")


def test_a_sheet_is_found_by_its_name_and_hidden_ones_are_named(book: Book, bring: Bring, small_city: Path) -> None:
    def change(_sheet: Any, workbook: Any) -> None:
        hidden = workbook.create_sheet("旧地点")
        hidden.append(("名称", "类型", "街道"))
        hidden.append(("没有路", "道路", "east"))
        hidden.sheet_state = "hidden"
        workbook.create_sheet("说明").append(("随便写",))

    file = book("来.xlsx", [("名称", "类型", "街道"), ("新路", "道路", "东街")], title="地点", change=change)
    outcome = bring("places", file)
    assert outcome.written
    assert any("旧地点" in notice for notice in outcome.parts[0].notices)
    assert [one["name"] for one in rows(small_city, "places.csv")] == ["东路", "界路", "新路"]
    asked = import_into(small_city, [Job(kind=KINDS["places"], path=file, sheet="旧地点")])
    assert asked.parts[0].n_new == 1


def test_a_dimension_that_lies_leaves_no_row_out(book: Book, bring: Bring, tmp_path: Path) -> None:
    import zipfile

    file = book("来.xlsx", [("名称", "类型", "街道"), ("新路", "道路", "east"), ("又一路", "道路", "east")])
    lying = tmp_path / "谎.xlsx"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(lying, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'<dimension ref="A1:C3"', b'<dimension ref="A1:A1"'))
    assert bring("places", lying).parts[0].n_new == 2


def test_the_same_key_replaces_and_another_is_appended(bring: Bring, small_city: Path) -> None:
    outcome = bring("units", "code,name,kind,from_date\nold,更新的局,department,2026-07-01\nnew,再一局,department,\n")
    assert outcome.written
    assert (outcome.parts[0].n_new, outcome.parts[0].n_replaced) == (1, 1)
    names = [(one["code"], one["name"], one["from_date"]) for one in rows(small_city, "units.csv")]
    assert names[-3:] == [("old", "旧局", ""), ("old", "更新的局", "2026-07-01"), ("new", "再一局", "")]


def test_a_column_that_is_left_out_keeps_what_it_was_and_an_empty_one_becomes_empty(
    bring: Bring, small_city: Path
) -> None:
    assert bring("units", "code,name,kind\ncg,城市管理局,department\n").written
    kept = row(small_city, "units.csv", "cg")
    assert (kept["name"], kept["aliases"], kept["note"]) == ("城市管理局", "城管|执法局", "老单位")
    assert bring("units", "code,name,kind,别名,备注\ncg,城市管理局,department,,\n").written
    emptied = row(small_city, "units.csv", "cg")
    assert (emptied["aliases"], emptied["note"]) == ("", "")


def test_importing_the_same_again_changes_not_one_byte(bring: Bring, small_city: Path) -> None:
    text = "name,kind,streets\n新路,road,east\n"
    assert bring("places", text).written
    before = (small_city / "places.csv").read_bytes()
    outcome = bring("places", text)
    assert (outcome.written, outcome.parts[0].n_same) == (True, 1)
    assert (small_city / "places.csv").read_bytes() == before


def test_line_ends_and_the_mark_of_the_pack_file_are_kept(bring: Bring, small_city: Path) -> None:
    file = small_city / "places.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    file.chmod(0o664)
    assert bring("places", "name,kind,streets\n新路,road,east\n").written
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 4
    assert file.stat().st_mode & 0o777 == 0o664


def test_a_file_that_the_pack_has_not_is_made(bring: Bring, small_city: Path) -> None:
    (small_city / "tags.csv").unlink()
    assert bring("tags", "编码,维度,名称,关键词\nye,时空属性,夜间,夜里、半夜\n").written
    assert load_pack(small_city).tags[0].words == ("夜里", "半夜")


def test_tables_that_name_one_another_come_together(small_city: Path, tmp_path: Path) -> None:
    texts = {
        "streets": "编码,名称,回应中心\nnorth,北街街道,北街中心\n",
        "units": "编码,名称,类型,街道\nc_north,北街中心,回应中心,北街街道\n",
        "matters": "编码,名称,上级\n02,房屋,\n0201,漏水,房屋\n",
        "duties": "编号,事项,主办,依据,起始日期\nF,漏水,所在街道,待核,2026-01-01\n",
        "places": "名称,类型,街道\n北路,道路,北街街道\n",
    }
    jobs = []
    for kind, text in texts.items():
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        jobs.append(Job(kind=KINDS[kind], path=tmp_path / f"{kind}.csv"))
    alone = import_into(small_city, jobs[:1])
    assert [fault.reason for one in alone.parts[0].refused for fault in one.faults] == ["UNKNOWN_UNIT"]
    assert import_into(small_city, jobs).written
    assert errors(small_city) == []


def test_with_one_row_refused_nothing_is_written_unless_the_good_ones_are_wanted(
    bring: Bring, small_city: Path
) -> None:
    text = "名称,类型,街道\n好路,道路,east\n坏路,道路,north\n更坏,怪,east\n"
    before = (small_city / "places.csv").read_bytes()
    first = bring("places", text)
    assert not first.written
    assert (small_city / "places.csv").read_bytes() == before
    assert [one.line.number for one in first.parts[0].refused] == [3, 4]
    tried = bring("places", text, take_good=True, dry_run=True)
    assert (tried.written, tried.parts[0].n_new) == (False, 1)
    taken = bring("places", text, take_good=True)
    assert (taken.written, taken.parts[0].n_new, len(taken.parts[0].refused)) == (True, 1, 2)
    assert [one["name"] for one in rows(small_city, "places.csv")] == ["东路", "界路", "好路"]


def test_rows_that_lean_on_a_refused_row_stay_out_with_it(bring: Bring, small_city: Path) -> None:
    text = "编码,名称,类型,上级\na,甲,部门,nobody\nb,乙,部门,a\nc,丙,部门,b\nd,丁,部门,cg\n"
    taken = bring("units", text, take_good=True)
    assert taken.written
    assert [one.line.number for one in taken.parts[0].refused] == [2, 3, 4]
    assert [one["code"] for one in rows(small_city, "units.csv")][-1] == "d"
    assert errors(small_city) == []


def test_a_report_can_be_mended_and_imported(bring: Bring, small_city: Path, tmp_path: Path) -> None:
    text = "名称,类型,街道\n好路,道路,east\n坏路,道路,north\n=1+1,道路,east\n"
    told = report(bring("places", text).parts)
    lines = list(csv.reader(io.StringIO(told.removeprefix("\ufeff"))))
    assert lines[0] == ["名称", "类型", "街道", "文件", "行号", "列", "原因"]
    assert lines[1][:6] == ["坏路", "道路", "north", "来.csv", "3", "街道"]
    assert lines[2][0] == "'=1+1"
    mended = told.replace("north", "west").replace("'=1+1", "算路")
    assert bring("places", mended).written
    assert [one["name"] for one in rows(small_city, "places.csv")][-2:] == ["坏路", "算路"]


def test_an_old_error_of_the_pack_does_not_stop_an_import_and_a_new_one_does(bring: Bring, small_city: Path) -> None:
    with (small_city / "matters.csv").open("a", encoding="utf-8") as file:
        file.write("0109,无主,01,\n")  # nobody is responsible for it
    assert bring("places", "name,kind,streets\n新路,road,east\n").written
    half = "id,matter,area,lead,from_date\nG,0109,east,cg,2026-01-01\n"
    assert bring("duties", half).written  # the gap is smaller now, not new
    whole = "id,matter,area,lead,from_date\nG2,0109,*,cg,2026-01-01\n"
    assert bring("duties", whole).written
    ended = bring("duties", "id,matter,area,lead,from_date,to_date\nG2,0109,*,cg,2026-01-01,2026-06-01\n")
    assert not ended.written
    assert {(fault.file, fault.reason) for fault in ended.faults} == {("matters.csv", "GAP")}
    assert ended.faults[0].line > 0


def test_a_pack_that_cannot_be_read_can_be_mended_by_an_import(bring: Bring, small_city: Path) -> None:
    file = small_city / "places.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("东路,road", "东路,rode"), encoding="utf-8")
    assert bring("places", "name,kind,streets\n东路,road,east\n").written
    assert errors(small_city) == []


def test_no_cell_that_is_written_begins_as_a_formula_and_each_is_read_as_it_was(bring: Bring, small_city: Path) -> None:
    text = "名称,类型,街道,别名,备注\n-3路,道路,east,@路|+1路,＝不是公式\n"
    assert bring("places", text).written
    assert bring("duties", "id,matter,area,lead,from_date\nC,0102,east,@centre,2026-01-01\n").written
    for name in ("places.csv", "duties.csv"):
        cells = [
            cell for line in csv.reader(io.StringIO((small_city / name).read_text(encoding="utf-8"))) for cell in line
        ]
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    pack = load_pack(small_city)
    assert (pack.places[-1].name, pack.places[-1].aliases) == ("-3路", ("@路", "+1路"))
    assert pack.duties[-1].lead == "@centre"


def test_a_disk_that_is_full_leaves_everything_as_it_was(
    small_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = []
    for kind, text in (("places", "name,kind,streets\n新路,road,east\n"), ("tags", "code,axis,name\nt,who,老人\n")):
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        jobs.append(Job(kind=KINDS[kind], path=tmp_path / f"{kind}.csv"))
    before = {file.name: file.read_bytes() for file in small_city.iterdir()}
    flushed: list[int] = []

    def full(handle: int) -> None:
        flushed.append(handle)
        if len(flushed) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        import_into(small_city, jobs)
    assert {file.name: file.read_bytes() for file in small_city.iterdir()} == before


def test_a_pack_that_somebody_else_changes_meanwhile_is_not_written_over(bring: Bring, small_city: Path) -> None:
    def meddle(text: str, _done: int) -> None:
        if text == "检查城市包":
            (small_city / "places.csv").write_text("name,kind,streets\n他路,road,east\n", encoding="utf-8")

    with pytest.raises(Conflict):
        bring("places", "name,kind,streets\n新路,road,east\n", progress=meddle)
    assert "他路" in (small_city / "places.csv").read_text(encoding="utf-8")


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="NO_PACK"):
        import_into(tmp_path, [Job(kind=KINDS["units"], path=tmp_path / "x.csv")])


def test_a_name_that_two_have_must_be_a_code(bring: Bring) -> None:
    two = "code,name,kind\nx,同名局,department\ny,同名局,department\n"
    assert bring("units", two).written
    outcome = bring("duties", "编号,事项,主办,起始日期\nC,0101,同名局,2026-01-01\n")
    (fault,) = outcome.parts[0].refused[0].faults
    assert fault.reason == "AMBIGUOUS_NAME"
    assert "x" in fault.sentence


def test_a_hundred_thousand_places_are_taken(bring: Bring, small_city: Path) -> None:
    text = "名称,类型,街道,别名\n" + "".join(f"示例{n}号小区,小区,东街街道,小区{n}、{n}号院\n" for n in range(100_000))
    outcome = bring("places", text)
    assert outcome.written
    assert outcome.parts[0].n_new == 100_000
