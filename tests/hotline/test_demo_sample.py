"""The sample week: every state, every chapter, sound in every way, and gone without a trace."""

import re
import shutil
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlmodel import SQLModel

from city import store as city_store
from city.tables import PrecedentRow, StreetRow
from city.types import Precedent
from hotline import audit, demo, demo_rows, demo_stage, installation, invariants
from hotline.demo_gazetteer import Gazetteer
from hotline.desk import Act
from hotline.reference import SHANGHAI
from hotline.runtime import build
from joint_meeting.tables import StatementRow
from plumbing import config as configuration
from plumbing.clock import MovableClock
from plumbing.config import Config
from plumbing.db import Database
from plumbing.errors import HotlineError, NotFound, Refused
from sla.calendar import WorkingCalendar
from sla.tables import ClockRow
from tickets import store as ticket_store
from tickets.store import table
from tickets.tables import AnswerRow, DeliveryRow, EventRow, MessageRow, TicketRow
from tickets.types import Actor, Channel, Command, CommandKind, EventKind, Incoming, LegState, Role, Ticket

NOW = datetime(2026, 3, 13, 16, 40, tzinfo=SHANGHAI)
"""A Friday after a plain week."""

STORM = datetime(2026, 3, 10, 20, tzinfo=SHANGHAI)
"""When the night of storms begins."""

SMALL = 0.03
E = EventKind


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


def in_the_storm(ticket: Ticket) -> bool:
    """Opened between eight and two in the night of the storm."""
    return STORM <= ticket.opened_at < STORM + timedelta(hours=6)


# -- the whole --------------------------------------------------------------------------------------------------------


def test_no_story_is_refused_anything(week: Any) -> None:
    assert week.failures == []


def test_every_state_has_its_tickets(week: Any) -> None:
    # 已裁定 lasts no longer than its own transaction: the ticket flows back at once. It is in the history.
    assert {ticket.state for ticket in week.tickets.values()} == set(LegState) - {LegState.RULED}
    assert {event.data["state"] for event in week.of(E.RULED)} == {LegState.RULED}


def test_about_two_thousand_messages_come_by_every_channel_from_every_street_in_the_seven_days(week: Any) -> None:
    tickets = week.tickets.values()
    assert 1900 <= len(week.messages) <= 2200
    by_channel = Counter(row.channel for row in week.messages)
    assert by_channel.keys() == set(Channel)
    assert by_channel[Channel.PHONE] > len(week.messages) / 2
    assert min(by_channel.values()) >= 20
    assert {street for street, n in Counter(ticket.street for ticket in tickets).items() if n >= 20} >= streets(week)
    assert all(NOW - timedelta(days=7) <= ticket.opened_at <= NOW for ticket in tickets)
    assert all(event.recorded_at <= NOW for events in week.events.values() for event in events)
    assert len({ticket.opened_at.astimezone(SHANGHAI).date() for ticket in tickets}) >= 7


def streets(week: Any) -> set[str]:
    """The streets that have places of their own."""
    with week.database.reading() as session:
        known = city_store.known_places(session)
        return set(Gazetteer(known, city_store.directory(session, on=NOW.date()).streets).streets)


def test_matters_of_every_chapter_come_as_often_as_in_life(week: Any) -> None:
    matters = Counter(ticket.matter for ticket in week.tickets.values() if ticket.matter)
    with week.database.reading() as session:
        known = city_store.directory(session, on=NOW.date()).matters
    assert {code[:2] for code in matters} == {code[:2] for code in known}
    assert len(matters) > len(known) * 0.7
    assert min(matters["0801"], matters["0103"]) > 5 * max(matters["1606"], matters["1008"], matters["1609"])


def test_most_call_by_day_and_fewer_at_weekends(week: Any) -> None:
    local = [ticket.opened_at.astimezone(SHANGHAI) for ticket in week.tickets.values() if not in_the_storm(ticket)]
    by_day = Counter(at.date() for at in local)
    assert by_day[date(2026, 3, 9)] > 1.5 * by_day[date(2026, 3, 8)]
    hours = Counter(at.hour for at in local)
    assert sum(hours[hour] for hour in range(9, 17)) > 0.55 * len(local)
    assert 0 < sum(hours[hour] for hour in range(6)) < 0.1 * len(local)


def test_every_kind_of_event_happens(week: Any) -> None:
    seen = {event.kind for events in week.events.values() for event in events}
    assert seen == set(EventKind)


def test_no_invariant_is_broken(week: Any) -> None:
    with week.database.reading() as session:
        assert invariants.broken(session, NOW) == []


def test_every_chain_is_whole(week: Any) -> None:
    verdict = audit.verify(week.database)
    assert verdict.n_tickets == len(week.tickets)
    assert verdict.faults == ()


def test_every_number_belongs_to_nobody(week: Any) -> None:
    m, t, d, s = (table(row).c for row in (MessageRow, TicketRow, DeliveryRow, StatementRow))
    with week.database.reading() as session:
        columns = (m.sender, m.text, m.facts, t.summary, t.address, d.text, d.recipient, s.text)
        said = [value for column in columns for value in session.execute(select(column)).scalars()]
    said += [dict(event.data) | {"commitment": ""} for events in week.events.values() for event in events]
    found = re.findall(r"(?<![0-9.])(?:\+?86)?(1[3-9][0-9]{9})(?![0-9])", repr(said))
    assert len(found) > 1000
    assert {number[:7] for number in found} == {"1990000"}


def test_everything_is_marked_as_sample_and_nothing_waits_to_be_sent(week: Any) -> None:
    assert all(row.sample for row in week.messages)
    with week.database.reading() as session:
        assert all(session.execute(select(table(TicketRow).c.sample)).scalars())
        sent = set(session.execute(select(table(DeliveryRow).c.state, table(DeliveryRow).c.result)))
    assert sent == {("sent", "sample")}


def test_units_act_in_working_hours_unless_minutes_count(week: Any) -> None:
    by_unit = {E.ACCEPTED, E.CONTACTED, E.REPLIED, E.SETTLED, E.RETURN_REQUESTED, E.EXTENSION_REQUESTED}
    acts = [
        event.at.astimezone(SHANGHAI)
        for number, events in week.events.items()
        if week.tickets[number].profile not in ("critical", "utilities") and not in_the_storm(week.tickets[number])
        for event in events
        if event.kind in by_unit
    ]
    assert len(acts) > 1500
    windows = ((time(9), time(11, 30)), (time(13, 30), time(17)))
    assert [at for at in acts if at.weekday() > 4 or not any(begin <= at.time() <= end for begin, end in windows)] == []


def test_in_a_long_holiday_staff_on_duty_keep_the_week_going(week: Any) -> None:
    with week.database.reading() as session:
        _, spec = city_store.policy_on(session, NOW.date())
    calendar = WorkingCalendar(spec)
    autumn = datetime(2026, 10, 7, 12, tzinfo=SHANGHAI)
    plain, festive = (demo_stage.office(calendar, until - timedelta(days=7), until) for until in (NOW, autumn))
    assert plain.calendar is calendar
    assert festive.total == 7 * 360
    assert festive.later(autumn, 30) == autumn.replace(hour=14)


# -- clocks -----------------------------------------------------------------------------------------------------------


def test_warnings_carry_the_time_at_which_they_were_due(week: Any) -> None:
    warned = week.of(E.CLOCK_WARNED)
    assert len(warned) > 400
    late = [event for event in warned if event.recorded_at - event.at > timedelta(minutes=2)]
    before = {week.events[event.ticket_no][event.seq - 2].kind for event in late}
    assert before <= {E.REWORK_ORDERED}  # a promise that had been kept is open again, and its time is over
    red = [event for event in warned if event.data["step"] == "red"]
    assert all(event.at == datetime.fromisoformat(event.data["due_at"]) for event in red)


def test_several_units_have_amber_and_red_clocks(week: Any) -> None:
    for step in ("amber", "red"):
        units = {event.data["unit"] for event in week.of(E.CLOCK_WARNED) if event.data["step"] == step}
        assert len(units - {"hotline", "meeting", "resident"}) >= 4, step
    with week.database.reading() as session:
        t = table(ClockRow)
        late = select(t.c.holder).where(t.c.state == "running", t.c.due_at < NOW, t.c.kind != "return_window")
        assert len(set(session.execute(late).scalars())) >= 4


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
    small: Any, tmp_path: Path, trained: Path
) -> None:
    config = settings(tmp_path, trained, f"sqlite:///{tmp_path / 'again.db'}")
    database = city_in(config)
    assert demo.make(config, database, now=NOW, scale=SMALL) == len(small.tickets)
    assert tally(database) == tally(small.database)
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


def test_a_pack_without_a_corpus_of_its_own_matters_gets_none(tmp_path: Path, trained: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(settings(tmp_path, trained, "sqlite://").pack, pack)
    (pack / "nlu.yml").write_text('version: "3.1"\nnlu:\n- intent: m9999\n  examples: |\n    - 没有的事项\n')
    environ = {"HOTLINE_HOME": str(tmp_path), "HOTLINE_MODEL": str(trained), "HOTLINE_CITY_PACK": str(pack)}
    config = configuration.load(environ=environ | {"HOTLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"})
    database = city_in(config)
    assert demo.make(config, database, now=NOW) == 0
    database.dispose()


def test_nobody_of_the_sample_is_reached_later(small: Any, database_url: str, tmp_path: Path, trained: Path) -> None:
    database = city_in(settings(tmp_path, trained, database_url))
    with small.database.reading() as source, database.transaction() as target:
        assert demo_rows.hand_over(source, target) == len(small.tickets)
    with database.reading() as session:
        assert set(session.execute(select(table(TicketRow).c.reach)).scalars()) == {"none"}
        assert invariants.broken(session, NOW) == []
    assert audit.verify(database).faults == ()
    database.dispose()


def test_the_knowledge_base_answers_some_and_one_of_them_goes_on_to_a_ticket(small: Any) -> None:
    with small.database.reading() as session:
        rows = list(session.execute(select(table(AnswerRow))))
    assert len(rows) >= 4
    [unsolved] = [row for row in rows if row.verdict == "unsolved"]
    assert unsolved.went_to in small.tickets
    assert not {row.receipt_no for row in rows} & set(small.tickets)


def test_removing_takes_the_sample_and_what_hangs_on_it_and_nothing_else(
    small: Any, database_url: str, tmp_path: Path, trained: Path
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

    with small.database.reading() as source, database.transaction() as target:
        demo_rows.hand_over(source, target)
    open_ = next(no for no, ticket in small.tickets.items() if ticket.state is LegState.IN_PROGRESS)
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
    runtime.answers.quoted(open_, "K153", actor=clerk)
    with pytest.raises(NotFound):
        runtime.follow.look(open_, "0000000")
    with database.transaction() as session:
        session.execute(
            table(MessageRow).update().where(table(MessageRow).c.receipt_no == waiting).values(claimed_until=None)
        )
        assert len(list(session.execute(select(PrecedentRow)).scalars())) == 2
    assert {name for name, rows in dump(database).items() if rows != before[name]} >= {
        *("message", "ticket", "leg", "event", "delivery", "sla_clock", "sla_timer", "agenda_item", "agenda_statement"),
        *("reveal", "idempotency", "follow_try", "city_precedents", "answer", "article_quote", "open_question"),
    }

    assert demo.remove(database) == len(small.tickets)
    assert dump(database) == before
    database.dispose()


# -- acting together --------------------------------------------------------------------------------------------------


def test_acts_written_together_keep_their_own_moments_and_one_that_is_refused_stops_nobody(house: Any) -> None:
    runtime, now = house.runtime, house.clock.now()
    numbers = []
    for key in ("a", "b"):
        incoming = Incoming(channel=Channel.API, external_id=key, sender="+8619900000001", text="衡山路路灯不亮")
        numbers.append(runtime.intake.accept(incoming).receipt_no)
    house.settle()
    clerk = Actor(id="clerk", roles=frozenset({Role.DISPATCHER}))

    def act(number: str, kind: CommandKind, minutes: int, **data: Any) -> Act:
        at = now + timedelta(minutes=minutes)
        return Act(ticket_no=number, command=Command(kind=kind, actor=clerk, data=data), at=at)

    one, two = numbers
    outcomes = runtime.desk.act_together(
        [
            act(one, CommandKind.NOTE, 1, text="已核实"),
            act(two, CommandKind.ACCEPT, 2),
            act(one, CommandKind.NOTE, 3, text="又核实"),
            act(two, CommandKind.NOTE, 4, text="已联系"),
        ]
    )
    assert [isinstance(outcome, HotlineError) for outcome in outcomes] == [False, True, False, False]
    with runtime.database.reading() as session:
        noted = {no: [e.at for e in ticket_store.events_of(session, no) if e.kind is E.NOTED] for no in numbers}
    moments = [now + timedelta(minutes=minutes) for minutes in (1, 3, 4)]
    assert noted == {one: moments[:2], two: moments[2:]}
    assert audit.verify(runtime.database).faults == ()
    assert runtime.desk.act_together([]) == []
