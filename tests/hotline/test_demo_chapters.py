"""The chapters of the sample week: the named cases, the burst main, the night of storms, and how units differ."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from dashboards.board.period import period
from dashboards.board.queries import board
from dashboards.board.scope import Filters
from hotline.reference import SHANGHAI
from joint_meeting.tables import AgendaRow, StatementRow
from tickets.moves import OPEN
from tickets.store import table
from tickets.tables import DeliveryRow
from tickets.types import Channel, Event, EventKind, LegState, Ticket

NOW = datetime(2026, 3, 13, 16, 40, tzinfo=SHANGHAI)
"""A Friday after a plain week."""

STORM = datetime(2026, 3, 10, 20, tzinfo=SHANGHAI)
"""When the night of storms begins."""

E = EventKind


def kinds(events: list[Event]) -> list[EventKind]:
    return [event.kind for event in events]


def first(events: list[Event], kind: EventKind) -> Event:
    return next(event for event in events if event.kind is kind)


# -- chapters ---------------------------------------------------------------------------------------------------------


def test_a_wall_broken_in_the_morning_is_closed_the_same_day_by_the_squad(week: Any) -> None:
    ticket, events = week.told("衡山公园对面那幢老房子底楼")
    assert (ticket.state, ticket.satisfaction) == (LegState.CLOSED, 5)
    settled = first(events, E.SETTLED)
    assert (settled.data["unit"], settled.data["post"]) == ("centre_tianping", "centre_tianping_chengguan")
    assert events[-1].at - ticket.opened_at < timedelta(hours=9)


def test_the_quarrel_about_box_lunches_is_ruled_and_the_next_goes_straight_there(week: Any) -> None:
    ticket, events = week.told("三轮车卖盒饭，没有执照，无证盒饭")
    happened = [kind for kind in kinds(events) if kind in (E.RETURN_REQUESTED, E.DISPUTED, E.RULED, E.REFLOWED)]
    assert happened == [E.RETURN_REQUESTED, E.RETURN_REQUESTED, E.DISPUTED, E.RULED, E.REFLOWED]
    lead = ticket.legs[0]
    assert (lead.unit, lead.return_forbidden, ticket.state) == ("cgzf", True, LegState.CLOSED)
    following, later = week.told("茶陵路工地旁边也来了一个无证盒饭摊")
    decided = first(later, E.DECIDED).data
    assert (decided["lead"], decided["precedent"]) == ("cgzf", first(events, E.RULED).data["precedent"])
    assert following.legs[0].unit == "cgzf"


def test_a_dispute_waits_for_the_meeting_with_the_statements_of_two_units(week: Any) -> None:
    waiting, _ = week.told("油烟从烟道和炭炉一起往楼上冒")
    with week.database.reading() as session:
        item = session.execute(select(AgendaRow).where(table(AgendaRow).c.ticket_no == waiting.no)).scalar_one()
        t = table(StatementRow)
        said = set(session.execute(select(t.c.unit).where(t.c.item_id == item.id)).scalars())
    assert said == {"sthj", "cgzf"} == set(item.units)
    assert (waiting.state, item.state) == (LegState.DISPUTED, "open")


def test_other_quarrels_are_ruled_for_either_side_and_go_on(week: Any) -> None:
    ruled = week.of(E.RULED)
    assert len(ruled) >= 3
    assert len({event.data["lead"] for event in ruled}) >= 2
    assert {event.ticket_no for event in week.of(E.REFLOWED)} == {event.ticket_no for event in ruled}


def test_a_repeat_is_merged_and_the_earlier_promise_stays(week: Any) -> None:
    master, noted = week.told("一捏全是水，怀疑是注水肉")
    repeat, _ = week.told("肉摊卖注水肉，我也买到了")
    assert (repeat.state, repeat.master) == (LegState.MERGED, master.no)
    assert first(noted, E.NOTED).data["merged"] == repeat.no


def test_a_burst_main_told_by_forty_people_within_two_hours_is_one_ticket(week: Any) -> None:
    master, events = week.told("大木桥路茶陵北路路口水管爆裂，水柱")
    others = [ticket for ticket in week.tickets.values() if ticket.master == master.no]
    assert 35 <= len(others) <= 41
    assert max(ticket.opened_at for ticket in others) - master.opened_at < timedelta(hours=2, minutes=5)
    assert {ticket.channel for ticket in others} >= {Channel.PHONE, Channel.WECHAT, Channel.SMS, Channel.WEB}
    notes = [event.data for event in events if event.kind is E.NOTED]
    assert {data["merged"] for data in notes if "merged" in data} == {ticket.no for ticket in others}
    assert len([data for data in notes if "merged" not in data]) == 3
    assert master.legs[0].unit == "water"
    assert {ticket.state for ticket in (master, *others)} == {LegState.CLOSED}
    with week.database.reading() as session:
        t = table(DeliveryRow).c
        told = set(session.execute(select(t.recipient).where(t.channel.in_(("sms", "wechat")))).scalars())
    assert {ticket.receipts[0] for ticket in others} <= told


def in_the_storm(ticket: Ticket) -> bool:
    """Opened between eight and two in the night of the storm."""
    return STORM <= ticket.opened_at < STORM + timedelta(hours=6)


def test_a_night_of_storms_brings_160_calls_whose_minutes_are_kept_or_missed(week: Any) -> None:
    night = [ticket for ticket in week.tickets.values() if in_the_storm(ticket)]
    assert 160 <= len(night) <= 230
    merged = [ticket for ticket in night if ticket.master]
    assert 60 <= len(merged) <= 130
    minutes = [
        first(week.events[ticket.no], E.ACCEPTED).at - first(week.events[ticket.no], E.DISPATCHED).at
        for ticket in night
        if ticket.profile == "critical" and ticket.master is None and E.ACCEPTED in kinds(week.events[ticket.no])
    ]
    assert len(minutes) >= 10
    kept = [took for took in minutes if took <= timedelta(minutes=15)]
    assert 0 < len(minutes) - len(kept) < len(kept)


def test_units_differ_and_the_board_shows_it_in_bands(week: Any) -> None:
    with week.database.reading() as session:
        seen = board(session, period("7", NOW), Filters(), NOW)
    units = {unit["unit"]: unit for unit in seen["units"]}
    assert {unit["band"] for unit in units.values()} >= {"A", "B", "C"}

    def share(unit: str, metric: str) -> float:
        return float(units[unit]["metrics"][metric]["value"])

    assert share("shebao", "on_time_rate") > share("lhsr", "on_time_rate")
    assert share("centre_tianping", "satisfied_rate") > share("centre_xietu", "satisfied_rate")
    most = max(units, key=lambda unit: len([one for one in week.of(E.RETURN_REQUESTED) if one.data["unit"] == unit]))
    assert most == "scjg"


def test_much_is_answered_at_once_and_some_is_still_open(week: Any) -> None:
    states = Counter(ticket.state for ticket in week.tickets.values())
    assert len(week.of(E.ANSWERED)) > 100
    assert states[LegState.IN_PROGRESS] > 80
    assert states[LegState.RECEIVED] >= 5
    suggested = [
        ticket
        for ticket in week.tickets.values()
        if ticket.state is LegState.RECEIVED and first(week.events[ticket.no], E.DECIDED).data["suggestions"]
    ]
    assert suggested
    open_ = [ticket for ticket in week.tickets.values() if ticket.state in OPEN]
    assert 0.1 < len(open_) / len(week.tickets) < 0.4


def test_answers_differ_and_say_what_was_done(week: Any) -> None:
    answers = [event.data["answer"] for kind in (E.REPLIED, E.SETTLED, E.ANSWERED) for event in week.of(kind)]
    assert len(set(answers)) > 250
    assert {len(answer) >= 15 for answer in answers if answer != "已处理。"} == {True}


def test_one_question_is_asked_back_and_the_rest_goes_on_the_same_day(week: Any) -> None:
    ticket, events = week.told("有人把一车泥浆土倒在墙根下，龌里龌龊")
    order = [kind for kind in kinds(events) if kind in (E.ASKED, E.SUPPLIED, E.DISPATCHED, E.CLOSED)]
    assert order == [E.ASKED, E.SUPPLIED, E.DISPATCHED, E.CLOSED]
    assert ticket.legs[0].unit == "shizheng"
    assert events[-1].at - ticket.opened_at < timedelta(hours=9)


def test_gas_at_night_is_accepted_within_minutes(week: Any) -> None:
    ticket, events = week.told("厨房里煤气味道很重，好像燃气泄漏了，我不敢开灯")
    assert ticket.opened_at.astimezone(SHANGHAI).hour == 2
    assert first(events, E.ALARMED).data["call"] == "119"
    assert first(events, E.ACCEPTED).at - ticket.opened_at < timedelta(minutes=15)
    assert first(events, E.REPLIED).at - ticket.opened_at < timedelta(hours=2)


def test_a_letter_and_a_visit_enter_by_the_counter(week: Any) -> None:
    ways = {row.facts["way"]: row.facts["line"] for row in week.messages if row.facts.get("way") in ("letter", "visit")}
    assert ways == {"letter": "petition", "visit": "legal_aid"} | ways
    assert {"letter", "visit"} <= {event.data["way"] for event in week.of(E.OPENED)}


def test_demolition_has_supports_side_by_side(week: Any) -> None:
    ticket, events = week.told("两幢楼之间整排违法搭建，一共七间")
    added = [event.data["unit"] for event in events if event.kind is E.LEG_ADDED]
    assert added == ["fgj", "jgw", "cgzf"]
    assert ticket.state is LegState.CLOSED
    assert len({event.at for event in events if event.kind is E.LEG_ADDED}) == 1


def test_every_way_of_asking_how_it_was_occurs(week: Any) -> None:
    assert {ticket.satisfaction for ticket in week.tickets.values()} == {None, 1, 2, 3, 4, 5}
    unheard = [event for event in week.of(E.CALLED_BACK) if not event.data["reached"]]
    assert {event.data["attempt"] for event in unheard} == {1, 2}
    assert week.of(E.RATED)
    assert {ticket.state for ticket in week.tickets.values() if ticket.solved is False} <= {LegState.REWORK}


def test_two_people_grant_an_extension(week: Any) -> None:
    by_ticket = {event.ticket_no: event.actor for event in week.of(E.EXTENSION_APPROVED)}
    granted = week.of(E.EXTENSION_GRANTED)
    assert granted
    assert all(by_ticket[event.ticket_no] != event.actor for event in granted)


def test_secret_and_nameless_reports_are_kept_so(week: Any) -> None:
    assert [ticket.no for ticket in week.tickets.values() if ticket.confidential]
    assert [ticket.no for ticket in week.tickets.values() if ticket.anonymous]
