"""Units, the responsibility list, precedents and the log, as the administrator sees and changes them."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from city import store as city_store
from city.types import Precedent
from dashboards.admin import forms, queries
from plumbing.errors import BadInput
from tickets.tables import RevealRow

NOW = datetime(2026, 7, 10, 2, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 7, 10), date(2026, 7, 11)
UNIT = {"code": "cgzf", "name": "城管执法局（新）", "kind": "department", "from_date": "2026-07-11"}


def _rows(html: str) -> list[str]:
    return re.findall(r"<code>(D\d{4}-[^<]+)</code>", html)


def _given(html: str) -> dict[str, Any]:
    """The fields of the page's first form as a browser would send them."""
    form = html.split("<form", 2)[2] if "logout" in html.split("<form", 2)[1] else html.split("<form", 2)[1]
    form = form.split("</form>")[0]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input[^>]*name="([^"]+)"(?![^>]*type="checkbox")[^>]*value="([^"]*)"', form):
        found[name] = unescape(value)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = unescape(chosen.group(1)) if chosen else ""
    for name, words in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        found[name] = unescape(words)
    found.pop("checked", None)
    found["supports"] = re.findall(r'name="supports" value="([^"]+)" checked', form)
    return found


def test_units_in_force_are_listed_and_those_of_2004_only_when_asked_for(office: Any) -> None:
    today, ever = office.get("/admin/units").text, office.get("/admin/units?past=yes").text
    assert "市场监管局" in today
    assert "<code>gongshang</code>" not in today
    assert "<code>gongshang</code>" in ever
    assert "已失效" in ever


def test_a_unit_changes_from_a_day_on_and_its_past_stays(office: Any) -> None:
    answer = office.post("/admin/units/edit", UNIT)
    assert answer.headers["location"] == "/admin/units?done=unit"
    with office.read() as session:
        assert city_store.directory(session, on=TODAY).units["cgzf"].name == "城管执法局"
        assert city_store.directory(session, on=TOMORROW).units["cgzf"].name == "城管执法局（新）"
    page = office.get("/admin/units/edit?code=cgzf").text
    assert "仍在清单中" in page
    assert page.count('<td data-label="写入版本">') == 3


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"from_date": "2026-07-09"}, 422, "只能从今天"),
        ({"from_date": ""}, 422, "请填写从哪一天起生效"),
        ({"from_date": "tomorrow"}, 422, "2026-01-31 的样子"),
        ({"name": ""}, 422, "请填写“名称”"),
        ({"kind": "castle"}, 422, "请选择单位类别"),
        ({"kind": "centre"}, 422, "回应中心须选择所在街道"),
        ({"code": "城管"}, 422, "小写字母"),
        ({"to_date": "2026-07-12"}, 409, "未保存"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_with_the_reason(
    office: Any, change: dict[str, str], status: int, sentence: str
) -> None:
    answer = office.post("/admin/units/edit", {**UNIT, **change})
    assert answer.status_code == status
    assert sentence in answer.text
    with office.read() as session:
        assert len(city_store.list_versions(session)) == 1


def test_the_list_is_searched_by_matter_area_unit_and_words(office: Any) -> None:
    every = _rows(office.get("/admin/duties").text)
    of_food = _rows(office.get("/admin/duties?matter=04").text)
    assert set(of_food) < set(every)
    assert all(row.startswith("D04") for row in of_food)
    assert set(_rows(office.get("/admin/duties?matter=0401").text)) < set(of_food)
    assert _rows(office.get("/admin/duties?words=D0101-2015").text) == ["D0101-2015"]
    led = _rows(office.get("/admin/duties?unit=water").text)
    assert led
    assert set(led) < set(every)
    assert _rows(office.get("/admin/duties?words=没有这样的词").text) == []


def test_rows_of_the_past_are_shown_when_asked_for(office: Any) -> None:
    assert "D0101-2000" not in _rows(office.get("/admin/duties?matter=0101").text)
    assert "D0101-2000" in _rows(office.get("/admin/duties?matter=0101&past=yes").text)


def test_a_row_changes_from_a_day_on_with_what_its_form_was_filled_in_with(office: Any) -> None:
    form = _given(office.get("/admin/duties/edit?row=D0101-2015").text)
    assert (form["matter"], form["lead"], form["post"], form["from_date"]) == (
        "0101",
        "@centre",
        "@centre_chengguan",
        "2026-07-10",
    )
    answer = office.post("/admin/duties/edit", {**form, "lead": "cgzf", "post": "", "from_date": "2026-07-11"})
    assert answer.status_code == 303
    with office.read() as session:
        today, tomorrow = (city_store.directory(session, on=on).duties["0101"] for on in (TODAY, TOMORROW))
        newest = city_store.list_versions(session)[0]
    assert {duty.lead for duty in today} == {"@centre"}
    assert {duty.lead for duty in tomorrow} == {"cgzf"}
    assert (newest.by, newest.from_pack) == ("admin", False)
    assert "D0101-2015" in office.get("/admin/versions").text
    assert "仍在清单中" in office.get("/admin/duties/edit?row=D0101-2015").text


def test_a_change_that_would_leave_a_gap_is_not_saved_and_the_form_is_kept(office: Any) -> None:
    form = _given(office.get("/admin/duties/edit?row=D0101-2015").text)
    answer = office.post("/admin/duties/edit", {**form, "to_date": "2026-07-12", "basis": "试一试"})
    assert answer.status_code == 409
    assert "未保存" in answer.text
    assert "试一试" in answer.text
    with office.read() as session:
        assert len(city_store.list_versions(session)) == 1


def test_a_basis_is_checked_only_when_it_is_written_down(office: Any) -> None:
    form = _given(office.get("/admin/duties/edit?row=D0101-2015").text)
    answer = office.post("/admin/duties/edit", {**form, "checked": "yes", "basis": "待核"})
    assert answer.status_code == 422
    assert "须写明依据" in answer.text


def test_a_new_row_gets_an_id_and_its_conditions() -> None:
    duty = forms.duty(
        {
            "matter": "0401",
            "area": "xietu",
            "lead": "scjg",
            "supports": "cgzf、wjw、cgzf",
            "when_word": "盒饭， 快餐",
            "from_date": "2026-07-11",
        }
    )
    assert duty.id == "A0401-xietu-2026-07-11"
    assert duty.supports == ("cgzf", "wjw")
    assert duty.when == {"word": ("盒饭", "快餐")}
    assert (duty.basis, duty.checked) == ("待核", False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"matter": ""}, "matter"),
        ({"lead": ""}, "lead"),
        ({"id": "一号"}, "id"),
        ({"from_date": "0001-01-01"}, "from_date"),
        ({"when_word": "词" * 81}, "when_word"),
    ],
)
def test_what_is_missing_in_a_row_is_named(change: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        forms.duty({"matter": "0401", "lead": "scjg", "from_date": "2026-07-11", **change})
    assert refused.value.details["field"] == field


def test_what_does_not_exist_is_not_found(office: Any) -> None:
    assert office.get("/admin/units/edit?code=nobody").status_code == 404
    assert office.get("/admin/duties/edit?row=nothing").status_code == 404
    assert office.get("/admin/duties?version=never").status_code == 404


def test_a_precedent_ends_on_a_day_and_then_routes_nothing(office: Any) -> None:
    ruling = Precedent(id="P1", matter="0401", area="*", lead="scjg", reason="裁定", ruled_at=NOW - timedelta(days=9))
    with office.database.transaction() as session:
        city_store.add_precedent(session, ruling)
    answer = office.post("/admin/precedents/end", {"id": "P1", "to_date": "2026-07-11"})
    assert answer.status_code == 303
    with office.read() as session:
        assert [one.id for one in city_store.directory(session, on=TODAY).precedents] == ["P1"]
        assert city_store.directory(session, on=TOMORROW).precedents == ()
    assert "将停用" in office.get("/admin/precedents").text


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"id": "P1", "to_date": "2026-07-09"}, 422, "只能从今天"),
        ({"id": "P1", "to_date": ""}, 422, "请填写停用日期"),
        ({"id": "P2", "to_date": "2026-07-11"}, 409, "已经停用"),
        ({"id": "P3", "to_date": "2026-07-11"}, 404, "没有编号"),
    ],
)
def test_a_precedent_does_not_end_in_the_past_or_twice(
    office: Any, fields: dict[str, str], status: int, sentence: str
) -> None:
    with office.database.transaction() as session:
        for name, end in (("P1", None), ("P2", TODAY)):
            city_store.add_precedent(session, Precedent(id=name, matter="0401", area="*", lead="scjg", to_date=end))
    answer = office.post("/admin/precedents/end", fields)
    assert answer.status_code == status
    assert sentence in answer.text


def test_the_log_of_reveals_is_paged_and_searched(office: Any) -> None:
    with office.database.transaction() as session:
        for n in range(queries.PAGE + 3):
            who = "dispatcher" if n % 2 else "leader"
            row = RevealRow(at=NOW - timedelta(hours=n), actor=who, ticket_no=f"2607{n:04d}", reason=f"核实地点{n}")
            session.add(row)
            session.flush()
    first = office.get("/admin/reveals").text
    assert first.count("核实地点") == queries.PAGE
    older = re.search(r'href="(/admin/reveals\?[^"]*before=\d+)"', first)
    assert older
    assert office.get(unescape(older.group(1))).text.count("核实地点") == 3
    assert office.get("/admin/reveals?ticket=26070007").text.count("核实地点") == 1
    assert "leader甲" not in office.get("/admin/reveals?actor=dispatcher").text.split("<tbody>")[1]


def test_the_doctors_findings_are_shown_faults_first(office: Any) -> None:
    page = office.get("/admin/health").text
    assert page.index("请装入下一年的假日安排") < page.index("可用。")
    assert "1 项要处理" in page
    office.findings.pop()
    assert "全部正常" in office.get("/admin/health").text


def test_the_first_page_counts_what_there_is(office: Any) -> None:
    page = office.get("/admin").text
    figures = dict(re.findall(r'href="(/admin/\w+)"><span class="soft">[^<]+</span><span class="n">(\d+)</span>', page))
    assert figures["/admin/people"] == "4"
    assert int(figures["/admin/units"]) > 20
    assert re.search(r"其中待核 \d+ 条", page)
