"""What a ticket's history teaches, and whose tickets are never learnt from."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from city import store as city_store
from hotline import learning
from hotline.placed import BY, Lesson, Source
from hotline.reference import SHANGHAI
from tickets.store import table
from tickets.tables import MessageRow, TicketRow
from tickets.types import Actor, Command, CommandKind, Role, Ticket

C = CommandKind
DISPATCHER = Actor(id="调度员甲", roles=frozenset({Role.DISPATCHER}))
CALLER = Actor(id="回访员甲", roles=frozenset({Role.CALLBACK}))
LAMP = "康平路路灯不亮了三天，请来修一下，打13800000000找我"


def taken(house: Any, text: str = LAMP) -> str:
    body = {"channel": "api", "external_id": f"l-{house.clock.now().isoformat()}", "sender": "u1", "text": text}
    answer = house.client("operator").post("/api/v1/messages", json=body)
    assert answer.status_code == 202, answer.text
    house.settle()
    house.clock.advance(timedelta(minutes=5))
    return str(answer.json()["receipt_no"])


def do(house: Any, number: str, kind: CommandKind, actor: Actor = DISPATCHER, **data: Any) -> Ticket:
    house.clock.advance(timedelta(minutes=1))
    done: Ticket = house.runtime.desk.act(number, Command(kind=kind, actor=actor, data=data))
    return done


def unit_of(house: Any, number: str) -> str:
    ticket = house.runtime.desk.act(number, Command(kind=C.NOTE, actor=DISPATCHER, data={"text": "看一下"}))
    return str(ticket.legs[0].unit)


def centre(unit: str) -> Actor:
    return Actor(id=f"{unit}经办", roles=frozenset({Role.CENTRE}), unit=unit)


def close(house: Any, number: str, *, solved: bool = True) -> None:
    at = centre(unit_of(house, number))
    do(house, number, C.ACCEPT, at)
    do(house, number, C.CONTACT, at, reached=True)
    do(house, number, C.REPLY, at, answer="已修好")
    do(house, number, C.PASS_REPLY)
    do(house, number, C.CALL_BACK, CALLER, reached=True, solved=solved, contacted=True, satisfaction=5)


def learnt(house: Any, **how: Any) -> list[Lesson]:
    with house.runtime.database.reading() as session:
        directory = city_store.directory(session, on=house.clock.now().astimezone(SHANGHAI).date())
        return learning.collect(session, directory, **how)


def set_row(house: Any, number: str, **values: Any) -> None:
    with house.runtime.database.transaction() as session:
        session.execute(update(table(TicketRow)).where(table(TicketRow).c.no == number).values(**values))


@pytest.fixture
def on_both(house_on: Any, database_url: str) -> Any:
    """A house on each kind of database."""
    return house_on(database_url)


def test_a_ticket_that_ended_well_where_the_engine_sent_it_confirms_the_engine(on_both: Any) -> None:
    number = taken(on_both)
    unit = unit_of(on_both, number)
    assert learnt(on_both) == []  # nothing is settled yet
    close(on_both, number)
    [one] = learnt(on_both)
    assert (one.id, one.source, one.by, one.unit) == (number, Source.CONFIRMED, "centre", unit)
    assert one.matter == one.asked != ""
    assert one.text == "康平路路灯不亮了三天，请来修一下，打138********找我"
    assert (one.at, one.channel) == (datetime(2026, 3, 2, 1, 30, tzinfo=UTC), "api")


def test_what_did_not_end_well_confirms_nobody(house: Any) -> None:
    close(house, taken(house), solved=False)
    assert learnt(house) == []


def test_a_reassignment_counts_once_the_other_unit_has_taken_it(on_both: Any) -> None:
    number = taken(on_both)
    before = unit_of(on_both, number)
    other = "shuiwu" if before != "shuiwu" else "jiaojing"
    do(on_both, number, C.REASSIGN, unit=other, reason="属于该单位职责")
    assert learnt(on_both) == []
    do(on_both, number, C.ACCEPT, centre(other))
    [one] = learnt(on_both)
    assert (one.source, one.by, one.unit, one.event) == (Source.CORRECTION, "dispatcher", other, "TicketReassigned")
    assert one.matter != one.asked


def test_an_accepted_return_teaches_and_a_refused_one_teaches_the_other_way(house: Any) -> None:
    returned = taken(house)
    unit = unit_of(house, returned)
    wish = {"code": "wrong_matter", "clause": "三定方案", "proposed_unit": "shuiwu"}
    do(house, returned, C.ACCEPT, centre(unit))
    do(house, returned, C.REQUEST_RETURN, centre(unit), **wish)
    assert learnt(house) == []
    do(house, returned, C.APPROVE_RETURN, unit="shuiwu")
    do(house, returned, C.ACCEPT, centre("shuiwu"))
    assert [(one.source, one.unit) for one in learnt(house)] == [(Source.RETURN, "shuiwu")]
    kept = taken(house, "康平路又有一盏路灯不亮了，请来修一下")
    unit = unit_of(house, kept)
    do(house, kept, C.ACCEPT, centre(unit))
    do(house, kept, C.REQUEST_RETURN, centre(unit), **wish)
    do(house, kept, C.REFUSE_RETURN, reason="按清单属于贵单位")
    close_from_acceptance(house, kept, centre(unit))
    assert [(one.source, one.unit) for one in learnt(house)][1:] == [(Source.CONFIRMED, unit)]


def close_from_acceptance(house: Any, number: str, at: Actor) -> None:
    do(house, number, C.CONTACT, at, reached=True)
    do(house, number, C.REPLY, at, answer="已修好")
    do(house, number, C.PASS_REPLY)
    do(house, number, C.CALL_BACK, CALLER, reached=True, solved=True, contacted=True, satisfaction=5)


def test_a_ruling_teaches_at_once(house: Any) -> None:
    number = taken(house)
    unit = unit_of(house, number)
    do(house, number, C.REQUEST_RETURN, centre(unit), code="not_our_duty", clause="清单", proposed_unit="shuiwu")
    do(house, number, C.DISPUTE, reason="两家都说不归自己", units=[unit, "shuiwu"])
    assert learnt(house) == []
    chair = Actor(id="召集人甲", roles=frozenset({Role.CHAIR}))
    do(house, number, C.RULE, chair, lead=unit, reason="按管养分工")
    [one] = learnt(house)
    assert (one.source, one.by, one.unit, one.event) == (Source.RULING, "joint_meeting", unit, "TicketReflowed")
    assert one.matter == one.asked  # the list gives the matter to the unit that was ruled


def test_what_a_dispatcher_placed_carries_the_matter_that_the_dispatcher_named(house: Any) -> None:
    number = taken(house, "那个事情你们再看看吧")
    do(house, number, C.DISPATCH, unit="jiaojing", matter="0801", reason="已电话核实")
    do(house, number, C.ACCEPT, centre("jiaojing"))
    [one] = learnt(house)
    assert (one.source, one.matter, one.unit, one.asked) == (Source.PLACED, "0801", "jiaojing", "")


@pytest.mark.parametrize("mark", ["confidential", "anonymous", "sample"])
def test_confidential_anonymous_and_sample_tickets_are_never_learnt_from(house: Any, mark: str) -> None:
    number = taken(house)
    close(house, number)
    set_row(house, number, **{mark: True})
    assert learnt(house) == []
    assert len(learnt(house, sample=True)) == (1 if mark == "sample" else 0)


def test_an_erased_message_is_gone_from_the_next_file(house: Any) -> None:
    number = taken(house)
    close(house, number)
    home = house.runtime.config.home
    file = learning.write(learnt(house), home)
    [line] = lines(file)
    assert (line["id"], line["source"], line["by"]) == (number, "confirmed", "centre")
    assert set(line) >= {"text", "matter", "unit", "event", "seq", "at", "settled_at", "list_version", "model"}
    assert file.stat().st_mode & 0o777 == 0o600
    with house.runtime.database.transaction() as session:
        session.execute(delete(table(MessageRow)).where(table(MessageRow).c.receipt_no == number))
    assert lines(learning.write(learnt(house), home)) == []


def test_a_withdrawn_or_reopened_ticket_teaches_nothing(house: Any) -> None:
    reopened = taken(house)
    close(house, reopened)
    assert len(learnt(house)) == 1
    do(house, reopened, C.REOPEN, Actor(id="resident", roles=frozenset({Role.RESIDENT})), reason="又坏了")
    assert learnt(house) == []
    withdrawn = taken(house, "康平路又有一盏路灯不亮了，请来修一下")
    do(house, withdrawn, C.WITHDRAW, Actor(id="resident", roles=frozenset({Role.RESIDENT})), reason="已好")
    assert learnt(house) == []


def test_only_tickets_from_a_day_on_are_asked_for(house: Any) -> None:
    close(house, taken(house))
    assert len(learnt(house, since=house.clock.now() - timedelta(days=1))) == 1
    assert learnt(house, since=house.clock.now()) == []


def test_the_sample_week_teaches_of_every_kind(small: Any) -> None:
    with small.database.reading() as session:
        directory = city_store.directory(session, on=datetime(2026, 3, 13, tzinfo=SHANGHAI).date())
        found = learning.collect(session, directory, sample=True)
        assert learning.collect(session, directory) == []
    kinds = {one.source for one in found}
    assert kinds >= {Source.CONFIRMED, Source.CORRECTION, Source.RETURN, Source.RULING}
    assert all(BY[one.source] == one.by for one in found)
    assert found == sorted(found, key=lambda one: (one.at, one.id))
    assert sum(one.matter is not None for one in found) > 0.9 * len(found)
    assert all(one.asked == one.matter for one in found if one.source is Source.CONFIRMED and one.asked)


def lines(file: Any) -> Sequence[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
