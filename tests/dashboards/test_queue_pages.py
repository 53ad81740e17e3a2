"""Queues: what is in which, page by page, on both databases; and that no page reads the whole table."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from dashboards.queries import finding, queues
from dashboards.queries.cursors import encoded
from dashboards.queries.names import Names
from dashboards.queries.queues import DESK, WORKBENCH, Queue, Scope
from tickets.tables import AnswerRow
from tickets.types import CommandKind as C

CITY = Scope()
XIETU = Scope(unit="centre_xietu")


@pytest.fixture
def anywhere(house_on: Any, database_url: str) -> Any:
    """A house on each database in turn."""
    return house_on(database_url)


def queue(key: str, shelves: tuple[Queue, ...] = WORKBENCH) -> Queue:
    return next(one for one in shelves if one.key == key)


def walk(house: Any, which: Queue, scope: Scope) -> Iterator[list[str]]:
    """Page after page of a queue: numbers."""
    after = ""
    while True:
        with house.database.reading() as session:
            page = queues.page(session, which, scope, house.clock.now(), after=after)
        yield [row.no for row in page.rows]
        if page.next is None:
            return
        after = page.next


def shown(house: Any, key: str, scope: Scope = CITY, shelves: tuple[Queue, ...] = WORKBENCH) -> list[str]:
    return [no for page in walk(house, queue(key, shelves), scope) for no in page]


def test_each_ticket_stands_where_somebody_must_act(anywhere: Any) -> None:
    house = anywhere
    triage = house.open()
    danger = house.open(urgency="critical", lead="gas")
    waiting = house.open()
    house.do(waiting, C.ASK, "paidan", question="在哪里？")
    returned = house.open(lead="centre_xietu")
    house.do(returned, C.REQUEST_RETURN, "xietu", code="not_our_duty", clause="第3条", proposed_unit="cgzf")
    asked = house.open(lead="centre_xietu")
    for kind in (C.ACCEPT,):
        house.do(asked, kind, "xietu")
    house.do(asked, C.CONTACT, "xietu", reached=True)
    house.do(asked, C.START, "xietu")
    house.do(asked, C.REQUEST_EXTENSION, "xietu", days=3, reason="材料未到")
    replied = house.open(lead="centre_xietu")
    house.do(replied, C.ACCEPT, "xietu")
    house.do(replied, C.REPLY, "xietu", answer="已处理。")
    back = house.open(lead="centre_xietu")
    house.do(back, C.ACCEPT, "xietu")
    house.do(back, C.REPLY, "xietu", answer="已处理。")
    house.do(back, C.PASS_REPLY, "paidan")
    disputed = house.open()
    house.do(disputed, C.DISPUTE, "paidan", reason="清单重叠", units=["scjg", "cgzf"])

    assert shown(house, "triage") == [triage.no]
    assert shown(house, "danger") == [danger.no]
    assert shown(house, "waiting") == [waiting.no]
    assert shown(house, "returns") == [returned.no]
    assert shown(house, "requests") == [asked.no]
    assert shown(house, "replies") == [replied.no]
    assert shown(house, "callback") == [back.no]
    assert shown(house, "disputes") == [disputed.no]
    assert len(shown(house, "all")) == 8
    assert shown(house, "asked", XIETU, DESK) == [returned.no, asked.no]
    assert shown(house, "replied", XIETU, DESK) == [replied.no, back.no]
    assert sorted(shown(house, "done", XIETU, DESK)) == sorted([replied.no, back.no])
    assert disputed.no in shown(house, "new", XIETU, DESK), "the interim handler has it to accept"


def test_a_closed_ticket_stands_in_no_queue(anywhere: Any) -> None:
    house = anywhere
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    house.do(ticket, C.REPLY, "xietu", answer="已处理。")
    house.do(ticket, C.PASS_REPLY, "paidan")
    house.do(ticket, C.CALL_BACK, "huifang", reached=True, solved=True, satisfaction=5)
    assert [one.key for one in WORKBENCH if shown(house, one.key)] == []


def test_danger_comes_first_then_the_oldest(anywhere: Any) -> None:
    house = anywhere
    numbers = []
    for urgency in ("routine", "urgent", "critical", "routine", "critical"):
        numbers.append(house.open(urgency=urgency).no)
        house.clock.advance(timedelta(minutes=5))
    assert shown(house, "triage") == [numbers[i] for i in (2, 4, 1, 0, 3)]
    assert shown(house, "all") == numbers[::-1]


@pytest.mark.parametrize(
    ("key", "scope", "shelves"),
    [("triage", CITY, WORKBENCH), ("all", CITY, WORKBENCH), ("new", XIETU, DESK), ("due", CITY, WORKBENCH)],
)
def test_page_after_page_shows_each_ticket_once(
    anywhere: Any, monkeypatch: pytest.MonkeyPatch, key: str, scope: Scope, shelves: tuple[Queue, ...]
) -> None:
    house = anywhere
    monkeypatch.setattr(queues, "PAGE_ROWS", 4)
    made = []
    for n in range(13):
        lead = "centre_xietu" if key == "new" else None
        made.append(house.open(lead=lead, urgency="urgent" if n % 3 else "routine").no)
        if n % 4 == 0:
            house.clock.advance(timedelta(minutes=1))  # several share one moment
    pages = list(walk(house, queue(key, shelves), scope))
    assert [len(page) for page in pages] == [4, 4, 4, 1]
    assert sorted(no for page in pages for no in page) == sorted(made)


def test_a_ticket_that_leaves_meanwhile_moves_nobody_else(anywhere: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    house = anywhere
    monkeypatch.setattr(queues, "PAGE_ROWS", 3)
    made = []
    for _ in range(6):
        made.append(house.open().no)
        house.clock.advance(timedelta(minutes=1))
    pages = walk(house, queue("triage"), CITY)
    assert next(pages) == made[:3]
    house.do(made[1], C.DISPATCH, "paidan", unit="cgzf")
    assert next(pages) == made[3:]


def test_what_is_due_within_a_day_or_late_stands_in_the_list_of_deadlines(anywhere: Any) -> None:
    house = anywhere
    ticket = house.open(lead="centre_xietu")
    with house.database.reading() as session:
        sooner = house.clock.now() - timedelta(seconds=1)
        assert queues.page(session, queue("due", DESK), XIETU, sooner).rows == []
        rows = queues.page(session, queue("due", DESK), XIETU, house.clock.now()).rows
    assert [row.no for row in rows] == [ticket.no], "two clocks, one ticket, one row"
    assert [chip.what for _, chip in rows[0].chips] == ["签收", "先行联系"]
    house.do(ticket, C.ACCEPT, "xietu")
    house.clock.advance(timedelta(days=9))
    with house.database.reading() as session:
        rows = queues.page(session, queue("due"), CITY, house.clock.now()).rows
        count = queues.counts(session, WORKBENCH, CITY, house.clock.now())["due"]
    assert {chip.tone for _, chip in rows[0].chips} == {"red"}
    assert {"centre_xietu", "hotline"} <= {holder for holder, _ in rows[0].chips}, "unit's clocks and the promise"
    assert (len(rows), count) == (1, 1)


def test_a_warned_deadline_is_amber(house: Any) -> None:
    ticket = house.open(lead="centre_xietu")
    house.do(ticket, C.ACCEPT, "xietu")
    house.do(ticket, C.CONTACT, "xietu", reached=True)
    tones = []
    for _ in range(9):
        with house.database.reading() as session:
            (row,) = queues.page(session, queue("hand", DESK), XIETU, house.clock.now()).rows
        tones.append(row.chips[0][1].tone)
        house.clock.advance(timedelta(days=1))
    assert list(dict.fromkeys(tones)) == ["green", "amber", "red"]


def test_confidential_tickets_are_left_out_for_those_who_may_not_know(anywhere: Any) -> None:
    house = anywhere
    secret = house.open(type="help", confidential=True, party_unit="centre_xietu", lead="centre_xietu")
    openly = house.open(lead="centre_xietu")
    assert shown(house, "all", Scope(confidential=False)) == [openly.no]
    assert sorted(shown(house, "all")) == sorted([secret.no, openly.no])
    assert shown(house, "new", XIETU, DESK) == [openly.no], "it is about the unit itself"
    with house.database.reading() as session:
        count = queues.counts(session, WORKBENCH, Scope(confidential=False), house.clock.now())
    assert count["all"] == 1


def test_counts_stop_at_a_thousand(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "MOST", 3)
    for _ in range(5):
        house.open()
    with house.database.reading() as session:
        count = queues.counts(session, WORKBENCH, CITY, house.clock.now())
    assert (count["triage"], count["waiting"]) == (4, 0)


@pytest.mark.parametrize("which", [*WORKBENCH, *DESK], ids=lambda one: f"{one.key}-{one.label}")
def test_every_queue_rides_on_an_index(house: Any, which: Queue) -> None:
    scope = CITY if which in WORKBENCH else XIETU
    order, statement = queues._walk(which, scope, house.clock.now())
    statement = statement.order_by(*(column.desc() if down else column for column, down in order)).limit(51)
    sql = str(statement.compile(house.database.engine, compile_kwargs={"literal_binds": True}))
    with house.database.reading() as session:
        plan = [row[3] for row in session.execute(text("EXPLAIN QUERY PLAN " + sql))]
    assert [line for line in plan if line.startswith("SCAN") and "USING INDEX" not in line] == []
    whole = {"SCAN ticket USING INDEX ix_ticket_opened"}  # newest first, cut off after a page
    assert {line for line in plan if line.startswith("SCAN")} <= (whole if which.by == "newest" else set())


@pytest.mark.parametrize(
    "word",
    [
        "",
        "x",
        "W10",
        "eyJhIjoxfQ",
        "bnVsbA",
        "////",
        "é",
        encoded([1]),
        encoded([1, 2, 3]),
        encoded([10**12, datetime(2026, 9, 1, tzinfo=UTC), "1"]),
        encoded([1, "2026-09-01", "1"]),
        encoded([1, datetime(2020, 9, 1), "1\x00"]),  # noqa: DTZ001 - odd on purpose
    ],
)
def test_an_odd_cursor_is_the_first_page_or_no_worse(house: Any, word: str) -> None:
    ticket = house.open()
    page = house.as_("paidan").get(f"/workbench?q=triage&after={word}")
    assert page.status == 200
    assert ticket.no in page.text


def test_search_finds_by_number_words_place_street_matter_and_unit(anywhere: Any) -> None:
    house = anywhere
    ticket = house.open("夜里施工吵得睡不着", lead="cgzf", place="大木桥路88弄")
    other = house.open("路灯不亮", matter="0302", street="tianping", place="衡山路", lead="shizheng")
    with house.database.reading() as session:
        names = _names(session)

        def found(words: str, scope: Scope = CITY) -> list[str]:
            return [row.no for row in finding.search(session, words, scope, names, house.clock.now())]

        assert found(ticket.no) == [ticket.no]
        assert found(ticket.no[:8]) == [other.no, ticket.no]
        assert found("施工 吵") == []
        assert found("吵得") == found("大木桥路") == found("斜土路街道") == found("施工噪声") == found("城管执法局")
        assert found("吵得") == [ticket.no]
        assert found("100%") == found("_") == found("") == found("\\") == []
        assert found("路灯", Scope(unit="cgzf")) == []
        assert found("吵得", Scope(unit="cgzf")) == [ticket.no]
        house.clock.advance(timedelta(days=91))
        assert found("吵得") == []
        assert found(ticket.no) == [ticket.no], "a number is found at any age"


def test_a_number_that_the_knowledge_base_answered_is_found_with_its_answer(house: Any) -> None:
    said = AnswerRow(
        receipt_no="26091300000017",
        article="K153",
        list_version="v",
        title="编号丢了怎么办",
        text="请打12345。",
        unit="12345热线",
        review_on=date(2027, 3, 20),
        confidence=0.95,
        at=house.clock.now(),
    )
    with house.database.transaction() as session:
        session.add(said)
    page = house.as_("paidan").get("/workbench/search?s=26091300000017")
    for word in ("没有立单", "编号丢了怎么办把握95%", "下次审核日期2027-03-20", "市民还没有说是否解决"):
        assert word in page.text.replace(" ", ""), word
    assert "没有找到" not in page.text
    assert "没有找到" in house.as_("paidan").get("/workbench/search?s=26091300000018").text
    assert "编号丢了" not in house.as_("xietu").get("/desk/search?s=26091300000017").text


def test_similar_tickets_share_matter_and_street_within_seven_days(anywhere: Any) -> None:
    house = anywhere
    old = house.open()
    house.clock.advance(timedelta(days=6, hours=23))
    near, mine = house.open(), house.open()
    house.open(matter="0702")
    house.open(street="tianping")
    house.open(confidential=True)
    house.do(house.open(), C.INVALIDATE, "paidan", reason="骚扰")
    house.clock.advance(timedelta(hours=2))
    late = house.open()
    with house.database.reading() as session:
        found = {row.no for row in finding.similar(session, mine, house.clock.now())}
        assert found == {old.no, near.no, late.no}
        assert old.no not in {row.no for row in finding.similar(session, late, house.clock.now())}


def test_the_workbench_shows_a_queue_its_counts_and_a_way_on(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "PAGE_ROWS", 2)
    for _ in range(3):
        house.open()
    visitor = house.as_("paidan")
    page = visitor.get("/workbench")
    assert page.status == 200
    assert "待派遣3件" in page.text
    assert "下一页" in page.text
    following = visitor.get(page.html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    assert "本页1条" in following.text
    assert "回到第一页" in following.text
    assert visitor.get("/workbench?q=waiting").text.count("没有等待市民补充的工单") == 1
    assert visitor.get("/workbench/counts").text.startswith("险情0件待派遣3件")
    assert visitor.get("/workbench/search?s=没有这样的话").status == 200


def test_the_next_ticket_of_a_queue_is_one_step_away(house: Any) -> None:
    visitor = house.as_("paidan")
    assert visitor.get("/workbench/next?q=triage").location == "/workbench?q=triage"
    ticket = house.open()
    assert visitor.get("/workbench/next?q=triage").location == f"/workbench/t/{ticket.no}?q=triage"


def _names(session: Any) -> Names:
    from dashboards.queries.names import NamesCache

    return NamesCache().get(session)
