"""The sample week: every state, every chapter, sound in every way, and gone without a trace."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlmodel import SQLModel

from city import store as city_store
from city.tables import PrecedentRow, StreetRow
from city.types import Precedent
from hotline import audit, demo, demo_rows, demo_stage, installation, invariants
from hotline.reference import SHANGHAI
from hotline.runtime import build
from joint_meeting.tables import AgendaRow, StatementRow
from plumbing import config as configuration
from plumbing.clock import MovableClock
from plumbing.config import Config
from plumbing.db import Database
from plumbing.errors import NotFound, Refused
from sla.calendar import WorkingCalendar
from sla.tables import ClockRow
from tickets import store as ticket_store
from tickets.store import table
from tickets.tables import DeliveryRow, EventRow, MessageRow, TicketRow
from tickets.types import Actor, Channel, Command, CommandKind, Event, EventKind, Incoming, LegState, Role, Ticket

NOW = datetime(2026, 3, 13, 16, 40, tzinfo=SHANGHAI)
"""A Friday after a plain week."""

E = EventKind


@dataclass(frozen=True)
class Week:
    """The played week, read once."""

    config: Config
    database: Database
    failures: list[str]
    tickets: dict[str, Ticket]
    events: dict[str, list[Event]]
    messages: list[Any]

    def told(self, words: str) -> tuple[Ticket, list[Event]]:
        """The one ticket that was opened by a message with these words."""
        [number] = [row.receipt_no for row in self.messages if words in row.text and row.about is None]
        return self.tickets[number], self.events[number]

    def of(self, kind: EventKind) -> list[Event]:
        """All events of a kind."""
        return [event for events in self.events.values() for event in events if event.kind is kind]


def settings(home: Path, trained: Path, url: str) -> Config:
    return configuration.load(
        environ={"HOTLINE_HOME": str(home), "HOTLINE_MODEL": str(trained), "HOTLINE_DATABASE_URL": url}
    )


def city_in(config: Config) -> Database:
    """A migrated database with the Xuhui pack and nothing else."""
    database = Database(config.database_url)
    installation.migrate(database)
    installation.load_city(config, database, now=NOW)
    return database


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory, trained: Path) -> Iterator[Week]:
    home = tmp_path_factory.mktemp("week")
    config = settings(home, trained, f"sqlite:///{home / 'week.db'}")
    database = city_in(config)
    stage = demo.play(config, database, now=NOW)
    assert stage is not None
    with database.reading() as session:
        messages = list(session.execute(select(table(MessageRow))))
        numbers = list(session.execute(select(table(TicketRow).c.no)).scalars())
        yield Week(
            config=config,
            database=database,
            failures=stage.failures,
            tickets=ticket_store.load(session, numbers),
            events={number: ticket_store.events_of(session, number) for number in numbers},
            messages=messages,
        )
    database.dispose()


def kinds(events: list[Event]) -> list[EventKind]:
    return [event.kind for event in events]


def first(events: list[Event], kind: EventKind) -> Event:
    return next(event for event in events if event.kind is kind)


# -- the whole --------------------------------------------------------------------------------------------------------


def test_no_story_is_refused_anything(week: Week) -> None:
    assert week.failures == []


def test_every_state_has_its_tickets(week: Week) -> None:
    # 已裁定 lasts no longer than its own transaction: the ticket flows back at once. It is in the history.
    assert {ticket.state for ticket in week.tickets.values()} == set(LegState) - {LegState.RULED}
    assert [event.data["state"] for event in week.of(E.RULED)] == [LegState.RULED]


def test_there_are_about_150_from_every_channel_and_street_in_the_seven_days(week: Week) -> None:
    tickets = week.tickets.values()
    assert 140 <= len(tickets) <= 165
    assert {ticket.channel for ticket in tickets} == set(Channel)
    assert {"tianping", "xietu", "fenglin"} <= {ticket.street for ticket in tickets}
    assert all(NOW - timedelta(days=7) <= ticket.opened_at <= NOW for ticket in tickets)
    assert all(event.recorded_at <= NOW for events in week.events.values() for event in events)
    assert len({ticket.opened_at.astimezone(SHANGHAI).date() for ticket in tickets}) >= 7


def test_every_kind_of_event_happens(week: Week) -> None:
    seen = {event.kind for events in week.events.values() for event in events}
    assert seen == set(EventKind)


def test_no_invariant_is_broken(week: Week) -> None:
    with week.database.reading() as session:
        assert invariants.broken(session, NOW) == []


def test_every_chain_is_whole(week: Week) -> None:
    verdict = audit.verify(week.database)
    assert verdict.n_tickets == len(week.tickets)
    assert verdict.faults == ()


def test_every_number_belongs_to_nobody(week: Week) -> None:
    m, t, d, s = (table(row).c for row in (MessageRow, TicketRow, DeliveryRow, StatementRow))
    with week.database.reading() as session:
        columns = (m.sender, m.text, m.facts, t.summary, t.address, d.text, d.recipient, s.text)
        said = [value for column in columns for value in session.execute(select(column)).scalars()]
    said += [dict(event.data) | {"commitment": ""} for events in week.events.values() for event in events]
    found = re.findall(r"(?<![0-9.])(?:\+?86)?(1[3-9][0-9]{9})(?![0-9])", repr(said))
    assert len(found) > 100
    assert {number[:7] for number in found} == {"1990000"}


def test_everything_is_marked_as_sample_and_nothing_waits_to_be_sent(week: Week) -> None:
    assert all(row.sample for row in week.messages)
    with week.database.reading() as session:
        assert all(session.execute(select(table(TicketRow).c.sample)).scalars())
        sent = set(session.execute(select(table(DeliveryRow).c.state, table(DeliveryRow).c.result)))
    assert sent == {("sent", "sample")}


def test_units_act_in_working_hours_unless_minutes_count(week: Week) -> None:
    by_unit = {E.ACCEPTED, E.CONTACTED, E.REPLIED, E.SETTLED, E.RETURN_REQUESTED, E.EXTENSION_REQUESTED}
    acts = [
        event.at.astimezone(SHANGHAI)
        for number, events in week.events.items()
        if week.tickets[number].profile not in ("critical", "utilities")
        for event in events
        if event.kind in by_unit
    ]
    assert len(acts) > 150
    windows = ((time(9), time(11, 30)), (time(13, 30), time(17)))
    assert [at for at in acts if at.weekday() > 4 or not any(begin <= at.time() <= end for begin, end in windows)] == []


def test_in_a_long_holiday_staff_on_duty_keep_the_week_going(week: Week) -> None:
    with week.database.reading() as session:
        _, spec = city_store.policy_on(session, NOW.date())
    calendar = WorkingCalendar(spec)
    autumn = datetime(2026, 10, 7, 12, tzinfo=SHANGHAI)
    plain, festive = (demo_stage.office(calendar, until - timedelta(days=7), until) for until in (NOW, autumn))
    assert plain.calendar is calendar
    assert festive.total == 7 * 360
    assert festive.later(autumn, 30) == autumn.replace(hour=14)


# -- clocks -----------------------------------------------------------------------------------------------------------


def test_warnings_carry_the_time_at_which_they_were_due(week: Week) -> None:
    warned = week.of(E.CLOCK_WARNED)
    assert len(warned) > 40
    assert [event for event in warned if event.recorded_at - event.at > timedelta(seconds=10)] == []
    red = [event for event in warned if event.data["step"] == "red"]
    assert all(event.at == datetime.fromisoformat(event.data["due_at"]) for event in red)


def test_several_units_have_amber_and_red_clocks(week: Week) -> None:
    for step in ("amber", "red"):
        units = {event.data["unit"] for event in week.of(E.CLOCK_WARNED) if event.data["step"] == step}
        assert len(units - {"hotline", "meeting", "resident"}) >= 4, step
    with week.database.reading() as session:
        t = table(ClockRow)
        late = select(t.c.holder).where(t.c.state == "running", t.c.due_at < NOW, t.c.kind != "return_window")
        assert len(set(session.execute(late).scalars())) >= 4


# -- chapters ---------------------------------------------------------------------------------------------------------


def test_a_wall_broken_in_the_morning_is_closed_the_same_day_by_the_squad(week: Week) -> None:
    ticket, events = week.told("衡山公园对面")
    assert (ticket.state, ticket.satisfaction) == (LegState.CLOSED, 5)
    settled = first(events, E.SETTLED)
    assert (settled.data["unit"], settled.data["post"]) == ("centre_tianping", "centre_tianping_chengguan")
    assert events[-1].at - ticket.opened_at < timedelta(hours=9)


def test_the_quarrel_about_box_lunches_is_ruled_and_the_next_goes_straight_there(week: Week) -> None:
    ticket, events = week.told("三轮车卖盒饭")
    happened = [kind for kind in kinds(events) if kind in (E.RETURN_REQUESTED, E.DISPUTED, E.RULED, E.REFLOWED)]
    assert happened == [E.RETURN_REQUESTED, E.RETURN_REQUESTED, E.DISPUTED, E.RULED, E.REFLOWED]
    lead = ticket.legs[0]
    assert (lead.unit, lead.return_forbidden, ticket.state) == ("cgzf", True, LegState.CLOSED)
    following, later = week.told("无证盒饭摊")
    decided = first(later, E.DECIDED).data
    assert (decided["lead"], decided["precedent"]) == ("cgzf", first(events, E.RULED).data["precedent"])
    assert following.legs[0].unit == "cgzf"


def test_a_dispute_waits_for_the_meeting_with_the_statements_of_two_units(week: Week) -> None:
    with week.database.reading() as session:
        [item] = session.execute(select(AgendaRow).where(table(AgendaRow).c.state == "open")).scalars()
        t = table(StatementRow)
        said = set(session.execute(select(t.c.unit).where(t.c.item_id == item.id)).scalars())
    assert said == {"sthj", "cgzf"} == set(item.units)
    assert week.tickets[item.ticket_no].state is LegState.DISPUTED


def test_a_repeat_is_merged_and_the_earlier_promise_stays(week: Week) -> None:
    master, noted = week.told("一捏全是水")
    repeat, _ = week.told("一烧缩掉一半")
    assert (repeat.state, repeat.master) == (LegState.MERGED, master.no)
    assert first(noted, E.NOTED).data["merged"] == repeat.no


def test_a_burst_main_told_by_six_people_is_one_ticket(week: Week) -> None:
    master, events = week.told("水柱喷得比人还高")
    others = [ticket for ticket in week.tickets.values() if ticket.master == master.no]
    assert len(others) == 5 == kinds(events).count(E.NOTED)
    assert master.legs[0].unit == "water"
    assert {ticket.state for ticket in (master, *others)} == {LegState.CLOSED}


def test_one_question_is_asked_back_and_the_rest_goes_on_the_same_day(week: Week) -> None:
    ticket, events = week.told("斜土的李阿姨")
    order = [kind for kind in kinds(events) if kind in (E.ASKED, E.SUPPLIED, E.DISPATCHED, E.CLOSED)]
    assert order == [E.ASKED, E.SUPPLIED, E.DISPATCHED, E.CLOSED]
    assert ticket.legs[0].unit == "shizheng"
    assert events[-1].at - ticket.opened_at < timedelta(hours=9)


def test_gas_at_night_is_accepted_within_minutes(week: Week) -> None:
    ticket, events = week.told("煤气味道很重")
    assert ticket.opened_at.astimezone(SHANGHAI).hour == 2
    assert first(events, E.ALARMED).data["call"] == "119"
    assert first(events, E.ACCEPTED).at - ticket.opened_at < timedelta(minutes=15)
    assert first(events, E.REPLIED).at - ticket.opened_at < timedelta(hours=2)


def test_a_letter_and_a_visit_enter_by_the_counter(week: Week) -> None:
    ways = {row.facts["way"]: row.facts["line"] for row in week.messages if row.facts.get("way") in ("letter", "visit")}
    assert ways == {"letter": "petition", "visit": "legal_aid"} | ways
    assert {"letter", "visit"} <= {event.data["way"] for event in week.of(E.OPENED)}


def test_demolition_has_supports_side_by_side(week: Week) -> None:
    ticket, events = week.told("整排违法搭建")
    added = [event.data["unit"] for event in events if event.kind is E.LEG_ADDED]
    assert added == ["fgj", "jgw", "cgzf"]
    assert ticket.state is LegState.CLOSED
    assert len({event.at for event in events if event.kind is E.LEG_ADDED}) == 1


def test_every_way_of_asking_how_it_was_occurs(week: Week) -> None:
    assert {ticket.satisfaction for ticket in week.tickets.values()} == {None, 1, 2, 3, 4, 5}
    unheard = [event for event in week.of(E.CALLED_BACK) if not event.data["reached"]]
    assert {event.data["attempt"] for event in unheard} == {1, 2}
    assert week.of(E.RATED)
    assert {ticket.state for ticket in week.tickets.values() if ticket.solved is False} <= {LegState.REWORK}


def test_two_people_grant_an_extension(week: Week) -> None:
    by_ticket = {event.ticket_no: event.actor for event in week.of(E.EXTENSION_APPROVED)}
    granted = week.of(E.EXTENSION_GRANTED)
    assert granted
    assert all(by_ticket[event.ticket_no] != event.actor for event in granted)


def test_secret_and_nameless_reports_are_kept_so(week: Week) -> None:
    assert [ticket.no for ticket in week.tickets.values() if ticket.confidential]
    assert [ticket.no for ticket in week.tickets.values() if ticket.anonymous]


# -- making and removing ----------------------------------------------------------------------------------------------


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in a fixed order."""
    with database.reading() as session:
        return {
            one.name: sorted((tuple(row) for row in session.execute(select(one))), key=repr)
            for one in SQLModel.metadata.sorted_tables
        }


def tally(database: Database) -> dict[str, Counter[Any]]:
    """What is the same each time, receipt numbers apart."""
    t, e, d = table(TicketRow), table(EventRow), table(DeliveryRow)
    with database.reading() as session:
        return {
            "tickets": Counter(
                tuple(row) for row in session.execute(select(t.c.state, t.c.lead_unit, t.c.matter, t.c.opened_at))
            ),
            "events": Counter(tuple(row) for row in session.execute(select(e.c.kind, e.c.actor, e.c.at))),
            "deliveries": Counter(session.execute(select(d.c.channel)).scalars()),
        }


def test_the_same_seed_makes_the_same_week_and_a_second_one_is_refused(
    week: Week, tmp_path: Path, trained: Path
) -> None:
    config = settings(tmp_path, trained, f"sqlite:///{tmp_path / 'again.db'}")
    database = city_in(config)
    assert demo.make(config, database, now=NOW) == len(week.tickets)
    assert tally(database) == tally(week.database)
    with pytest.raises(Refused, match="SAMPLE_THERE"):
        demo.make(config, database, now=NOW)
    database.dispose()


def test_a_city_without_the_streets_of_the_sample_gets_none(tmp_path: Path, trained: Path) -> None:
    config = settings(tmp_path, trained, f"sqlite:///{tmp_path / 'elsewhere.db'}")
    database = city_in(config)
    with database.transaction() as session:
        session.execute(delete(table(StreetRow)).where(table(StreetRow).c.code == "xietu"))
    assert demo.make(config, database, now=NOW) == 0
    assert demo.remove(database) == 0
    database.dispose()


def test_nobody_of_the_sample_is_reached_later(week: Week, database_url: str, tmp_path: Path, trained: Path) -> None:
    database = city_in(settings(tmp_path, trained, database_url))
    with week.database.reading() as source, database.transaction() as target:
        assert demo_rows.hand_over(source, target) == len(week.tickets)
    with database.reading() as session:
        assert set(session.execute(select(table(TicketRow).c.reach)).scalars()) == {"none"}
        assert invariants.broken(session, NOW) == []
    assert audit.verify(database).faults == ()
    database.dispose()


def test_removing_takes_the_sample_and_what_hangs_on_it_and_nothing_else(
    week: Week, database_url: str, tmp_path: Path, trained: Path
) -> None:
    config = settings(tmp_path, trained, database_url)
    database = city_in(config)
    runtime = build(config, clock=MovableClock(NOW), database=database, nudge=False)
    clerk = Actor(id="clerk", roles=frozenset({Role.DISPATCHER, Role.OPERATOR}))

    def say(key: str, text: str, about: str | None = None) -> str:
        sender = "+8619900009999"
        incoming = Incoming(channel=Channel.SMS, external_id=key, sender=sender, text=text, about=about)
        number = runtime.intake.accept(incoming).receipt_no
        runtime.loops.drain.exhaust()
        return number

    real = say("real-1", "永嘉路12弄的路灯不亮了")
    runtime.desk.act(real, Command(kind=CommandKind.NOTE, actor=clerk, data={"text": "已核实"}), key="real-note")
    runtime.desk.reveal(real, actor=clerk, reason="核实地点")
    say("real-2", "补充一句，是弄堂口那一盏", real)
    with database.transaction() as session:
        ruled = Precedent(id="P-real", matter="0302", area="tianping", lead="shizheng", ticket_no=real)
        city_store.add_precedent(session, ruled)
    waiting = runtime.intake.accept(
        Incoming(channel=Channel.SMS, external_id="real-3", sender="+8619900009998", text="东安路38弄垃圾没有清运")
    ).receipt_no
    before = dump(database)

    with week.database.reading() as source, database.transaction() as target:
        demo_rows.hand_over(source, target)
    open_ = next(no for no, ticket in week.tickets.items() if ticket.state is LegState.IN_PROGRESS)
    with database.transaction() as session:  # the visitor's words must not take the real message along
        session.execute(
            table(MessageRow)
            .update()
            .where(table(MessageRow).c.receipt_no == waiting)
            .values(claimed_until=NOW.replace(year=2030))
        )
    say("visitor", "我再补充一张照片", open_)
    runtime.desk.act(open_, Command(kind=CommandKind.NOTE, actor=clerk, data={"text": "试一试"}), key="sample-note")
    runtime.desk.reveal(open_, actor=clerk, reason="看一看")
    with pytest.raises(NotFound):
        runtime.follow.look(open_, "0000000")
    with database.transaction() as session:
        session.execute(
            table(MessageRow).update().where(table(MessageRow).c.receipt_no == waiting).values(claimed_until=None)
        )
        assert len(list(session.execute(select(PrecedentRow)).scalars())) == 2
    assert {name for name, rows in dump(database).items() if rows != before[name]} >= {
        *("message", "ticket", "leg", "event", "delivery", "sla_clock", "sla_timer", "agenda_item", "agenda_statement"),
        *("reveal", "idempotency", "follow_try", "city_precedents"),
    }

    assert demo.remove(database) == len(week.tickets)
    assert dump(database) == before
    database.dispose()
