"""Every figure of the board against the week computed by hand (conftest.week)."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, SQLModel

from dashboards.board.metrics import BY_CODE, METRICS
from dashboards.board.period import Period
from dashboards.board.queries import COUNTED, REST, board, case_page, scope_of
from dashboards.board.scope import Filters
from plumbing.db import Database
from plumbing.errors import NotFound

WEEK = Period(choice="custom", first=date(2026, 7, 1), last=date(2026, 7, 7))
NOW = datetime(2026, 7, 10, 2, tzinfo=UTC)
EVERYTHING = Filters()

BY_HAND: dict[str, tuple[float, int]] = {
    "volume": (9, 9),
    "closed": (5, 5),  # a b c d i
    "repeat_rate": (1, 9),  # f
    "callback_reached_rate": (3, 7),  # a, c twice of a, b twice, c twice, d twice
    "response_rate": (2, 4),  # a, c the second time; of a, c twice, i
    "solve_rate": (3, 4),  # a, c the second time, i
    "satisfied_rate": (2, 4),  # a 5, c nothing said then 4, i 2
    "satisfaction_rate": (2.0, 4),  # 1 + 0 + 0.75 + 0.25
    "first_contact_rate": (2, 3),  # i did not say
    "real_solve_rate": (3, 4),  # a c i; d was explained; b was confirmed by nobody
    "rework_rate": (1, 5),  # c
    "first_dispatch_ok": (4, 7),  # a c d i; b and e were returned, h was reassigned
    "return_rate": (2, 12),  # b, e once; dispatches: a2 b2 c1 d1 e3 h2 i1
    "return_requested_rate": (4, 12),  # b, c, e twice
    "dispute_rate": (3, 5),  # e twice and the tie of g; of b, c, e, e, g
    "dispatch_hops": (11, 7),  # a1 b2 c1 d1 e3 h2 i1
    "accept_on_time": (0, 0),
    "on_time_rate": (0, 0),
    "rework_on_time": (0, 0),
    "promise_on_time": (0, 0),
    "red_now": (0, 0),
    "amber_now": (0, 0),
}


def _figures(session: Session, filters: Filters = EVERYTHING) -> dict[str, tuple[float, int]]:
    found = board(session, WEEK, filters, NOW)["metrics"]
    return {figure["code"]: (figure["numerator"], figure["denominator"]) for figure in found}


def test_every_figure_is_what_a_person_computes(written: Database) -> None:
    with written.reading() as session:
        assert _figures(session) == BY_HAND


def test_the_tickets_behind_a_figure_add_up_to_it(written: Database) -> None:
    with written.reading() as session:
        scope = scope_of(session, WEEK, NOW)
        for code in BY_CODE:
            page = case_page(session, code, scope, EVERYTHING)
            counted = case_page(session, code, scope, EVERYTHING, part=COUNTED)
            assert (sum(case.worth for case in page.cases), len(page.cases)) == BY_HAND[code], code
            assert (page.numerator, page.denominator) == BY_HAND[code], code
            rest = case_page(session, code, scope, EVERYTHING, part=REST)
            assert {case.ticket_no for case in counted.cases} == {case.ticket_no for case in page.cases if case.worth}
            assert len(counted.cases) + len(rest.cases) == page.denominator, code


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(unit="scjg"), {"return_requested_rate": (2, 3), "closed": (2, 2), "rework_rate": (1, 2)}),
        (Filters(unit="shiyaojian"), {"return_rate": (2, 2), "first_dispatch_ok": (0, 2), "volume": (0, 0)}),
        (Filters(street="fenglin"), {"volume": (2, 2), "return_rate": (2, 5), "dispatch_hops": (5, 2)}),
        (Filters(street=""), {"volume": (1, 1), "dispute_rate": (1, 1)}),
        (Filters(matters=("0401",)), {"volume": (3, 3), "dispute_rate": (2, 4), "real_solve_rate": (1, 1)}),
        (Filters(channel="sms"), {"volume": (1, 1), "solve_rate": (1, 2)}),
        (Filters(unit="hotline"), {"volume": (2, 2), "closed": (0, 0)}),
        (Filters(matters=("0101", "0102")), {"volume": (3, 3)}),
        (Filters(matters=("", "0302")), {"volume": (1, 1)}),
        (Filters(matters=("9999",)), {"volume": (0, 0), "return_rate": (0, 0)}),
    ],
)
def test_filters_narrow_every_figure_and_its_tickets_alike(
    written: Database, filters: Filters, expected: dict[str, tuple[float, int]]
) -> None:
    with written.reading() as session:
        figures = _figures(session, filters)
        scope = scope_of(session, WEEK, NOW)
        assert {code: figures[code] for code in expected} == expected
        for metric in METRICS:
            page = case_page(session, metric.code, scope, filters)
            assert (sum(case.worth for case in page.cases), len(page.cases)) == figures[metric.code], metric.code


def test_a_figure_without_cases_has_no_value(written: Database) -> None:
    with written.reading() as session:
        found = {figure["code"]: figure for figure in board(session, WEEK, EVERYTHING, NOW)["metrics"]}
    assert found["on_time_rate"]["value"] is None
    assert found["solve_rate"]["value"] == 0.75
    assert found["solve_rate"]["enough"] is False
    assert found["return_rate"]["enough"] is True
    assert found["dispatch_hops"]["value"] == pytest.approx(11 / 7)


def test_every_figure_carries_its_formula_and_the_names_of_both_numbers(written: Database) -> None:
    with written.reading() as session:
        for figure in board(session, WEEK, EVERYTHING, NOW)["metrics"]:
            assert figure["formula"].endswith("。")
            assert figure["top"]
            assert figure["bottom"]


def test_volume_counts_days_of_shanghai_and_leaves_no_day_out(written: Database) -> None:
    with written.reading() as session:
        volume = board(session, WEEK, EVERYTHING, NOW)["volume"]
    assert [day["total"] for day in volume["by_day"]] == [1, 1, 2, 1, 1, 2, 1]
    assert volume["by_day"][2]["channels"] == {"sms": 1, "wechat": 1}
    assert volume["by_channel"] == {"phone": 5, "web": 1, "sms": 1, "wechat": 1, "counter": 1}
    assert volume["total"] == 9


def test_matters_are_ordered_by_number_and_compared_with_the_days_before(written: Database) -> None:
    with written.reading() as session:
        matters = board(session, WEEK, EVERYTHING, NOW)["matters"]
    assert [(row["matter"], row["n"], row["before"]) for row in matters] == [
        ("0401", 3, 0),
        ("0101", 2, 1),
        ("0703", 2, 0),
        ("0102", 1, 0),
        ("0302", 1, 0),
    ]
    assert matters[1]["by_day"] == [1, 0, 0, 0, 1, 0, 0]


def test_the_heat_map_counts_every_ticket_once_also_those_without_a_street(written: Database) -> None:
    with written.reading() as session:
        heat = board(session, WEEK, EVERYTHING, NOW)["heat"]
    assert sum(cell["n"] for cell in heat) == 9
    assert {(cell["street"], cell["matter"]): cell["n"] for cell in heat}[(None, "0703")] == 1
    assert {(cell["street"], cell["matter"]): cell["n"] for cell in heat}[("fenglin", "0401")] == 2


def test_the_dispute_map_says_who_disputes_what_with_whom(written: Database) -> None:
    with written.reading() as session:
        disputes = board(session, WEEK, EVERYTHING, NOW)["disputes"]
    found = {(row["unit"], row["other"], row["matter"]): (row["n"], row["disputed"]) for row in disputes}
    assert found == {
        ("shiyaojian", "scjg", "0401"): (2, 1),
        ("scjg", "chengguan", "0401"): (1, 0),
        ("scjg", "gongshang", "0401"): (1, 1),
        ("sthj", "cgzf", "0703"): (1, 1),
    }


def test_the_tickets_of_one_dispute_can_be_opened(written: Database) -> None:
    with written.reading() as session:
        scope = scope_of(session, WEEK, NOW)
        page = case_page(session, "dispute_rate", scope, Filters(unit="shiyaojian", other="scjg"))
    assert (page.numerator, page.denominator) == (1, 2)
    assert {case.other for case in page.cases} == {"scjg"}


def test_units_stand_in_the_order_of_their_codes_and_small_samples_get_no_band(written: Database) -> None:
    with written.reading() as session:
        units = board(session, WEEK, EVERYTHING, NOW)["units"]
    assert [row["unit"] for row in units] == sorted(row["unit"] for row in units)
    assert all(row["band"] is None for row in units)


def test_an_unknown_figure_is_not_found(written: Database) -> None:
    with written.reading() as session, pytest.raises(NotFound):
        case_page(session, "nonsense", scope_of(session, WEEK, NOW), EVERYTHING)


@pytest.mark.parametrize("filters", [Filters(unit="hotline"), Filters(matters=("",)), Filters(matters=("0401", ""))])
def test_the_days_add_up_to_the_figure_under_every_filter(written: Database, filters: Filters) -> None:
    with written.reading() as session:
        found = board(session, WEEK, filters, NOW)
        volume = {figure["code"]: figure["denominator"] for figure in found["metrics"]}["volume"]
    assert found["volume"]["total"] == volume
    assert sum(cell["n"] for cell in found["heat"]) == volume


def test_no_question_of_the_board_reads_a_whole_table(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'plans.db'}")
    SQLModel.metadata.create_all(database.engine)
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    filters = Filters(unit="scjg", street="xietu", matters=("0401",), channel="web")
    with database.reading() as session:
        for wanted in (EVERYTHING, filters):
            board(session, WEEK, wanted, NOW)
            for code in BY_CODE:
                case_page(session, code, scope_of(session, WEEK, NOW), wanted)
        questions = [(text, given) for text, given in asked if text.startswith(("SELECT", "WITH"))]
        steps = {
            row[3]
            for text, given in questions
            for row in session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + text, given)
        }
    database.dispose()
    assert len(questions) > 50
    harmless = ("SCAN anon", "SCAN (sub", "SCAN holders", "SCAN CONSTANT")
    assert not [step for step in steps if step.startswith("SCAN") and not step.startswith(harmless)]
    assert not [step for step in steps if "ix_ticket_matter" in step or "lead_unit" in step]
