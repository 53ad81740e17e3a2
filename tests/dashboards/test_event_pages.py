"""The pages of events: what is listed, what a dispatcher can do there, and what nobody is shown."""

from datetime import timedelta
from typing import Any

import pytest

from dashboards.queries import events as event_queries
from dashboards.queries import finding
from nlu.clusters import Rules
from plumbing.errors import Refused
from tests.dashboards.conftest import PHONE
from tests.dashboards.test_page_look import opened
from tickets import cluster_store
from tickets.types import CommandKind

C = CommandKind
BURST = "大木桥路水管爆裂，马路上全是水"


def event_of(house: Any, n: int = 4, **opening: Any) -> list[str]:
    """So many tickets of one event; every caller but the last is another one."""
    numbers = [house.open(f"{BURST}，第{index}个人看到", matter="0601", **opening).no for index in range(n)]
    with house.database.transaction() as session:
        made = cluster_store.found(session, numbers[0], house.clock.now())
        for index, number in enumerate(numbers):
            told = {"with_no": numbers[0], "score": 0.93, "why": "地点相同，事项相同。"} if index else {}
            cluster_store.join(session, made, number, house.clock.now(), by="system", **told)
        cluster_store.warned(session, made, 3, house.clock.now())
        senders = [f"199000010{index:02d}" for index in range(n - 1)]
        for number, sender in zip(numbers, senders, strict=False):
            session.connection().exec_driver_sql(
                f"UPDATE message SET sender = '{sender}' WHERE receipt_no = '{number}'"
            )
    return numbers


class Spy:
    """The use case, written down instead of done."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Any]] = []

    def take_out(self, cluster_id: str, numbers: Any, *, actor: Any, reason: str) -> None:
        self.done.append(("take_out", (cluster_id, tuple(numbers), actor.id, reason)))

    def notice(self, cluster_id: str, *, actor: Any) -> None:
        self.done.append(("notice", (cluster_id, actor.id)))

    def merge(self, cluster_id: str, numbers: Any, *, master: str, actor: Any) -> tuple[str, ...]:
        raise Refused("URGENT", "危急件请到工单页逐件核实后并单。")


def test_an_event_is_listed_with_people_place_course_and_heat(house: Any) -> None:
    numbers = event_of(house)
    page = house.as_("paidan").get("/events")
    assert page.status == 200
    for part in ("4人，4件", "水管爆裂", "斜土路街道，大木桥路88弄", "已预警，待知悉"):
        assert part in page.text
    assert f'data-row href="/events/{numbers[0]}"' in page.html
    assert 'class="spark"' in page.html


def test_two_callers_are_listed_only_on_request_and_an_empty_list_says_so(house: Any) -> None:
    visitor = house.as_("lingdao")
    assert "近7天没有多人反映的同一件事" in visitor.get("/events").text
    event_of(house, 2)
    assert "近7天没有多人反映的同一件事" in visitor.get("/events").text
    assert "2人，2件" in visitor.get("/events?few=true").text


def test_an_events_page_shows_its_tickets_danger_first_and_no_caller(house: Any) -> None:
    numbers = event_of(house, 3)
    urgent = house.open("大木桥路水管爆裂，有人触电", matter="0601", urgency="critical").no
    with house.database.transaction() as session:
        cluster_store.join(session, numbers[0], urgent, house.clock.now(), by="system", why="地点相同。")
    page = house.as_("paidan").get(f"/events/{numbers[0]}")
    assert page.html.index(f"/workbench/t/{urgent}") < page.html.index(f"/workbench/t/{numbers[0]}")
    assert "危急1" in page.text
    assert "同一事项的可能性93%：地点相同，事项相同。" in page.text
    assert PHONE not in page.html
    assert "19900001" not in page.html
    assert f'name="no" value="{urgent}"' not in page.html.split("全部并入首单")[0].split('class="row all"')[-1]


def test_the_same_caller_is_marked_and_counted_once(house: Any) -> None:
    numbers = event_of(house, 3)
    with house.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE message SET sender = '19900001000'")
    page = house.as_("paidan").get(f"/events/{numbers[0]}")
    assert page.text.count("同一人再次") == 2
    assert "1位市民，3件来件" in page.text


def test_a_dispatcher_acts_and_is_told_what_is_missing(house: Any) -> None:
    numbers, spy = event_of(house), Spy()
    house.events = spy
    visitor = house.as_("paidan")
    where = f"/events/{numbers[0]}"
    page = visitor.get(where)
    hidden = page.hidden(where)
    assert "请填写理由" in visitor.post(where, hidden | {"do": "take_out", "no": numbers[1]}).text
    done = visitor.post(where, hidden | {"do": "take_out", "no": numbers[1], "reason": "另一根水管"})
    assert (done.status, done.location) == (303, f"{where}?done=take_out")
    assert visitor.post(where, hidden | {"do": "notice", "back": "workbench"}).location == "/workbench?done=notice"
    refused = visitor.post(where, hidden | {"do": "merge", "no": numbers[1]})
    assert refused.status == 409
    assert "逐件核实" in refused.text
    assert visitor.post(where, hidden | {"do": "dance"}).status == 422
    assert visitor.post(where, {"do": "notice"}).status == 403
    assert spy.done == [
        ("take_out", (numbers[0], (numbers[1],), "paidan", "另一根水管")),
        ("notice", (numbers[0], "paidan")),
    ]


def test_operators_and_leaders_read_events_and_centres_do_not(house: Any) -> None:
    numbers = event_of(house)
    leader = house.as_("lingdao").get(f"/events/{numbers[0]}")
    assert leader.status == 200
    assert "解散事件" not in leader.text
    assert house.as_("cgzf").get("/events").status == 403
    assert house.as_("lingdao").get("/events/26010100000001").status == 404
    assert house.as_("lingdao").get("/events/nothing").status == 404


def test_the_workbench_warns_until_somebody_takes_note(house: Any) -> None:
    numbers = event_of(house)
    visitor = house.as_("paidan")
    assert "事件预警：" in visitor.get("/workbench").text
    with house.database.transaction() as session:
        cluster_store.noticed(session, numbers[0], 3, "paidan")
    assert "事件预警：" not in visitor.get("/workbench").text


def test_a_warning_of_the_day_before_yesterday_is_no_banner(house: Any) -> None:
    event_of(house)
    house.clock.advance(timedelta(hours=25))
    assert "事件预警：" not in house.as_("paidan").get("/workbench").text


def test_a_ticket_names_its_event_and_its_likes_with_reasons(house: Any) -> None:
    numbers = event_of(house)
    page = house.as_("paidan").get(f"/workbench/t/{numbers[1]}")
    assert "所属事件" in page.text
    assert "4人来件4件" in page.text
    assert "地点相同（大木桥路88弄），事项相同，相隔0分钟" in page.text


def test_likes_are_found_by_words_and_not_by_matter_and_street_alone(house: Any) -> None:
    mine = house.open("大木桥路水管爆裂，马路上全是水", matter="0601")
    same = house.open("大木桥路水管爆裂，水漫到店里", matter="0601")
    house.open("小木桥路30号水表慢慢滴水，换个垫圈", matter="0601", place="小木桥路30号")
    with house.database.reading() as session:
        found = finding.alike(session, mine, house.clock.now())
    assert [one.row.no for one in found] == [same.no]


@pytest.mark.parametrize("state", ["INVALID", "WITHDRAWN"])
def test_what_was_taken_back_or_is_harassment_is_not_counted(house: Any, state: str) -> None:
    numbers = event_of(house)
    with house.database.transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE ticket SET state = '{state}' WHERE no = '{numbers[3]}'")
    with house.database.reading() as session:
        [view] = event_queries.hot(session, house.clock.now(), Rules())
    assert (view.n_callers, view.n_tickets) == (3, 3)


def test_the_board_shows_hot_events(house: Any) -> None:
    event_of(house)
    with house.database.reading() as session:
        assert event_queries.hot(session, house.clock.now(), Rules(), street="tianping") == []
        assert len(event_queries.hot(session, house.clock.now(), Rules(), street="xietu")) == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_events_fit_and_are_worked_by_keyboard(house: Any, browser: Any, width: int) -> None:
    numbers = event_of(house, 4)
    for path in ("/events", f"/events/{numbers[0]}", "/workbench", f"/workbench/t/{numbers[1]}"):
        page = opened(browser, house.as_("paidan"), path, viewport={"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.problems == [], path
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), path
        page.context.close()
    page = opened(browser, house.as_("paidan"), "/events", viewport={"width": width, "height": 844})
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == f"/events/{numbers[0]}"
    page.context.close()
