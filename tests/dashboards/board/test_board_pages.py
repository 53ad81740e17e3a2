"""The board as its readers see it: who may, what stands beside each figure, and where each figure leads."""

import re
from html import unescape
from typing import Any

import pytest

from dashboards.board import charts
from dashboards.board.metrics import METRICS
from tickets.types import Role

WEEK = "period=custom&from=2026-07-01&to=2026-07-07"


def _counts(html: str) -> tuple[float, int]:
    """The two numbers at the head of a page of tickets."""
    found = re.search(r'<b class="big">([\d.]+) / (\d+)</b>', html)
    assert found
    return float(found.group(1)), int(found.group(2))


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR, Role.DISPATCHER, Role.CHAIR])
def test_those_who_steer_may_read(site: Any, role: Role) -> None:
    assert site.sign_in(role).get(f"/board?{WEEK}").status_code == 200


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CALLBACK, Role.ADMIN])
@pytest.mark.parametrize("path", ["/board", "/board/tickets?metric=volume"])
def test_others_may_not(site: Any, role: Role, path: str) -> None:
    assert site.sign_in(role).get(path).status_code == 403


def test_a_stranger_is_asked_to_sign_in(site: Any) -> None:
    answer = site.get("/board")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=/board")


def test_every_figure_shows_both_numbers_its_formula_and_its_tickets(site: Any) -> None:
    html = unescape(site.sign_in(Role.LEADER).get(f"/board?{WEEK}").text)
    tiles = html.split('<div class="tile">')[1:]
    assert len(tiles) == len(METRICS)
    for metric, tile in zip(
        [one for group in ("volume", "time", "resident", "dispatch") for one in METRICS if one.group == group],
        tiles,
        strict=True,
    ):
        assert metric.name in tile
        assert metric.formula in tile
        assert "/board/tickets?" in tile
        assert f"metric={metric.code}" in tile
        if metric.kind != "count":
            assert re.search(r"<b>[\d.]+ / \d+</b>", tile), metric.code
            assert metric.bottom in tile


def test_each_figure_leads_to_exactly_its_tickets(site: Any) -> None:
    site.sign_in(Role.SUPERVISOR)
    html = unescape(site.get(f"/board?{WEEK}").text)
    tiles = re.findall(
        r'<p class="n"><a href="([^"]+)" aria-label="[^"]*">([^<]*)</a>.*?<p class="of">(?:<b>([\d.]+) / (\d+)</b>)?',
        html,
        re.DOTALL,
    )
    assert len(tiles) == len(METRICS)
    for link, shown, numerator, denominator in tiles:
        page = site.get(link)
        assert page.status_code == 200
        expected = (float(numerator), int(denominator)) if denominator else (float(shown), int(shown))
        assert _counts(page.text) == expected, link
        assert page.text.count('<td data-label="单位">') == expected[1], link


def test_every_other_link_of_the_board_opens_as_many_tickets_as_it_says(site: Any) -> None:
    site.sign_in(Role.SUPERVISOR)
    html = site.get(f"/board?{WEEK}").text
    told = re.findall(r'href="(/board/tickets\?[^"]+)"[^>]*>(\d+)</a>', html)
    assert len(told) > 20
    for link, n in told:
        page = site.get(unescape(link))
        assert _counts(page.text)[1] == int(n), link


def test_parts_of_a_figure_are_the_numerator_and_the_rest(site: Any) -> None:
    site.sign_in(Role.SUPERVISOR)
    base = f"/board/tickets?{WEEK}&metric=solve_rate"
    rows = {
        part: site.get(f"{base}&part={part}").text.count('<td data-label="单位">')
        for part in ("all", "counted", "rest")
    }
    assert rows == {"all": 4, "counted": 3, "rest": 1}
    assert site.get(base).text.count("未计入") == 1


def test_a_confidential_ticket_is_counted_and_not_shown_to_those_who_may_not_know(site: Any) -> None:
    path = f"/board/tickets?{WEEK}&metric=volume"
    leader = site.sign_in(Role.LEADER).get(path).text
    assert leader.count('<td data-label="单位">') == 9
    assert leader.count("保密件") == 1
    assert "26070100000003" not in leader
    assert "26070100000003" in site.sign_in(Role.SUPERVISOR).get(path).text


def test_a_period_that_makes_no_sense_is_said_so_beside_the_usual_one(site: Any) -> None:
    answer = site.sign_in(Role.LEADER).get("/board?period=custom&from=2026-07-09&to=2026-07-01")
    assert answer.status_code == 422
    assert "结束日期早于开始日期" in answer.text
    assert "近7天" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/board/tickets?metric=nonsense", 404),
        ("/board/tickets?metric=volume&page=0", 422),
        ("/board/tickets?metric=volume&page=x", 422),
        ("/board/tickets?metric=volume&period=custom", 422),
        ("/board/tickets?metric=volume&part=nonsense", 200),
        ("/board?unit=" + "x" * 41, 422),
        ("/board?unit=nobody&street=nowhere&matter=nothing", 200),
        ("/board?street=%27%20OR%201%3D1", 200),
    ],
)
def test_odd_addresses_are_answered_with_a_page(site: Any, path: str, status: int) -> None:
    answer = site.sign_in(Role.LEADER).get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_nothing_that_a_resident_said_stands_on_the_board(site: Any) -> None:
    with site.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE ticket SET summary = '王阿姨的原话', address = '某弄某号'")
    site.sign_in(Role.LEADER)
    for path in (f"/board?{WEEK}", f"/board/tickets?{WEEK}&metric=volume"):
        html = site.get(path).text
        assert "王阿姨的原话" not in html
        assert "某弄某号" not in html


def test_the_numbers_of_every_drawing_stand_in_a_table_too(site: Any) -> None:
    html = site.sign_in(Role.LEADER).get(f"/board?{WEEK}").text
    assert "每天各渠道的受理件数" in html
    assert html.count('<th scope="row">2026-07-0') == 7
    assert 'aria-label="每天：1、0、0、0、1、0、0"' in html


def test_bars_are_stacked_against_the_tallest_day() -> None:
    days = [
        {"day": "2026-07-01", "total": 4, "channels": {"phone": 3, "web": 1}},
        {"day": "2026-07-02", "total": 0, "channels": {}},
    ]
    first, second = charts.bars(days, ["phone", "sms", "web"])
    assert [(piece.series, piece.bottom, piece.height) for piece in first.pieces] == [
        ("phone", 0.0, 75.0),
        ("web", 75.0, 25.0),
    ]
    assert second.pieces == ()


def test_the_dispute_map_keeps_the_heaviest_pairs_whatever_the_matter() -> None:
    rows = [
        {"unit": "a", "other": "b", "matter": "1", "n": 2, "disputed": 0},
        {"unit": "a", "other": "b", "matter": "2", "n": 1, "disputed": 1},
        {"unit": "b", "other": None, "matter": "1", "n": 1, "disputed": 0},
    ]
    found = charts.threads(rows, most=1)
    assert [(thread.n, thread.hot) for thread in found.threads] == [(3, True)]
    assert [node.unit for node in charts.threads(rows).right] == ["b", ""]


@pytest.mark.parametrize(("n", "most", "step"), [(0, 10, 0), (1, 100, 1), (50, 100, 2), (100, 100, 5), (1, 1, 5)])
def test_shades_go_from_none_to_the_most(n: int, most: int, step: int) -> None:
    assert charts.shade(n, most) == step
