"""A small house for the pages: the shipped city, people of every post, tickets told through the lifecycle, and thin
use cases behind the ports. Nothing of hotline/ is needed."""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from accounts.rules import may_reveal, may_see
from accounts.tables import AccountRow
from city import store as city_store
from city.pack import load_pack
from dashboards import app as pages
from joint_meeting import rules as meeting_rules
from joint_meeting import store as meeting_store
from nlu.said import hear
from plumbing.clock import MovableClock
from plumbing.crypto import canonical
from plumbing.db import Database
from plumbing.errors import BadInput, Forbidden, NotFound
from sla import rules as sla_rules
from sla import store as sla_store
from sla.calendar import WorkingCalendar
from tickets import lifecycle
from tickets import store as ticket_store
from tickets.fold import apply, opened
from tickets.ports import AgendaItem, Ports, RulingWish, Statement
from tickets.store import Change, table
from tickets.tables import MessageRow, RevealRow
from tickets.types import (
    SYSTEM,
    Actor,
    Candidate,
    Command,
    CommandKind,
    Event,
    EventKind,
    Role,
    Ticket,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would rather have httpx2; httpx is what the product itself uses
    from fastapi.testclient import TestClient

ROOT = Path(__file__).resolve().parent.parent.parent
MONDAY = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
PASSWORD = "drei-Wege-2026"
PHONE = "19900001234"

PEOPLE: dict[str, tuple[str, list[Role], str | None]] = {
    "huawu": ("话务员甲", [Role.OPERATOR], None),
    "paidan": ("派单员甲", [Role.DISPATCHER, Role.OPERATOR], None),
    "ducha": ("督查员甲", [Role.SUPERVISOR], None),
    "huifang": ("回访员甲", [Role.CALLBACK], None),
    "zhaoji": ("召集人甲", [Role.CHAIR], None),
    "lingdao": ("领导甲", [Role.LEADER], None),
    "guanli": ("管理员甲", [Role.ADMIN], None),
    "xietu": ("斜土承办员甲", [Role.CENTRE], "centre_xietu"),
    "tianping": ("天平承办员甲", [Role.CENTRE], "centre_tianping"),
    "scjg": ("市场监管承办员甲", [Role.CENTRE], "scjg"),
    "cgzf": ("城管承办员甲", [Role.CENTRE], "cgzf"),
}


def actor(login: str) -> Actor:
    """The person of PEOPLE as an actor."""
    _, roles, unit = PEOPLE[login]
    return Actor(id=login, roles=frozenset(roles), unit=unit)


@cache
def a_hash() -> str:
    """Hashing is slow on purpose, and a hash says how slow: this one is quick."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class ThinDesk:
    """The desk without policies' numbers: load, step, write, clocks, agenda."""

    def __init__(self, house: "House") -> None:
        self.house = house
        self.done: dict[tuple[str, str], str] = {}

    def act(self, ticket_no: str, command: Command, *, key: str | None = None) -> Ticket:
        with self.house.database.transaction() as session:
            ticket = self.load(session, ticket_no, command.actor)
            if key is not None and self.done.get((command.actor.id, key)):
                return ticket
            after = self.house.perform(session, ticket, command)
        if key is not None:
            self.done[command.actor.id, key] = ticket_no
        return after

    def load(self, session: Session, ticket_no: str, who: Actor) -> Ticket:
        ticket = ticket_store.load(session, [ticket_no]).get(ticket_no)
        if ticket is None or not (who == SYSTEM or may_see(who, ticket)):
            raise NotFound("NO_TICKET", f"没有编号为{ticket_no}的工单。")
        return ticket

    def reveal(self, ticket_no: str, *, actor: Actor, reason: str) -> Mapping[str, str]:
        if not reason.strip():
            raise BadInput("NO_REASON", "查看来电人信息须填写理由。")
        with self.house.database.transaction() as session:
            ticket = self.load(session, ticket_no, actor)
            if not may_reveal(actor, ticket):
                raise Forbidden("REVEAL", "您无权查看该来电人的信息。")
            session.add(RevealRow(at=self.house.clock.now(), actor=actor.id, ticket_no=ticket_no, reason=reason))
            row = session.get(MessageRow, ticket.receipts[0])
            assert row is not None
            return {"name": "来电人甲", "contact": row.sender, "text": row.text}


class ThinRoom:
    """The meeting room over joint_meeting's own store."""

    def __init__(self, house: "House") -> None:
        self.house = house

    def agenda(self, *, actor: Actor, ruled: bool = False) -> Sequence[AgendaItem]:
        with self.house.database.reading() as session:
            return [one for one in meeting_store.agenda(session, ruled=ruled) if meeting_rules.may_see(one, actor)]

    def item(self, item_id: str, *, actor: Actor) -> AgendaItem:
        with self.house.database.reading() as session:
            found = meeting_store.item(session, item_id)
        if not meeting_rules.may_see(found, actor):
            raise NotFound("NO_ITEM", f"没有编号为{item_id}的议题。")
        return found

    def state(self, item_id: str, *, actor: Actor, text: str) -> AgendaItem:
        found = self.item(item_id, actor=actor)
        unit = meeting_rules.may_state(found, actor, text)
        with self.house.database.transaction() as session:
            said = Statement(unit=unit, text=text.strip(), by=actor.id, at=self.house.clock.now())
            meeting_store.add_statement(session, item_id, said)
        return self.item(item_id, actor=actor)

    def rule(self, item_id: str, *, actor: Actor, wish: RulingWish, key: str | None = None) -> AgendaItem:
        if Role.CHAIR not in actor.roles:
            raise Forbidden("ROLE", "只有联席会议召集人可以裁定。")
        found = self.item(item_id, actor=actor)
        data: dict[str, Any] = asdict(wish) | {"supports": list(wish.supports)}
        data["precedent"] = f"P{item_id}" if wish.precedent else None
        data.pop("words")
        command = Command(kind=CommandKind.RULE, actor=actor, leg=found.leg, data=data)
        with self.house.database.transaction() as session:
            ticket = ticket_store.load(session, [found.ticket_no])[found.ticket_no]
            self.house.perform(session, ticket, command)
        return self.item(item_id, actor=actor)


@dataclass
class House:
    """The database with the city and its people, a moved clock, and the application of the pages."""

    database: Database
    clock: MovableClock
    policy: Any
    calendar: WorkingCalendar
    n_tickets: int = 0
    events: Any = None
    _client: Any = None
    _desk: Any = field(default=None)

    @property
    def desk(self) -> ThinDesk:
        self._desk = self._desk or ThinDesk(self)
        return self._desk  # type: ignore[no-any-return]

    def perform(self, session: Session, ticket: Ticket, command: Command) -> Ticket:
        facts = lifecycle.Facts(interim=ticket.fallback, known_units=None)
        events = lifecycle.step(ticket, command, self.clock.now(), facts=facts)
        after = ticket
        for event in events:
            after = apply(after, event)
        self.keep(session, Change(ticket=after, events=events))
        return after

    def keep(self, session: Session, change: Change) -> None:
        """Write a change with its clocks and agenda."""
        ticket_store.write(session, [change])
        clocks = sla_store.load_clocks(session, [change.ticket.no])[change.ticket.no]
        reaction = sla_rules.react(clocks, change.events, change.ticket, policy=self.policy, calendar=self.calendar)
        sla_store.write(session, [reaction], now=self.clock.now())
        before = meeting_store.counts(session, [change.ticket.no]).get(change.ticket.no, 0)
        put_on, ruled = meeting_rules.agenda(change.events, change.ticket, n_before=before)
        meeting_store.write(session, put_on, ruled)

    def open(
        self,
        text: str = "大木桥路88弄楼下工地夜里施工到两点，请尽快处理",
        *,
        matter: str | None = "0701",
        street: str | None = "xietu",
        place: str = "大木桥路88弄",
        kind: str = "triage",
        lead: str | None = None,
        **opening: Any,
    ) -> Ticket:
        """A new ticket in triage, or dispatched to `lead`. The message holds a telephone number that no page may show."""
        now = self.clock.now()
        self.n_tickets += 1
        number = f"260914{self.n_tickets:08d}"
        raw = f"{text}，我的电话{PHONE}"
        masked = f"{text}，我的电话［电话］"
        data = {"channel": "phone", "type": "complaint", "urgency": "routine", "receipt_no": number}
        data |= {"matter": matter, "street": street, "place": place, "profile": "default"} | opening
        first = Event(
            ticket_no=number,
            seq=1,
            kind=EventKind.OPENED,
            at=now,
            recorded_at=now,
            actor="resident",
            leg=f"{number}/1",
            data=data,
        )
        ticket, events = opened(first), [first]
        for what, said in ((EventKind.UNDERSTOOD, understood(data)), (EventKind.DECIDED, decided(kind, lead, data))):
            event = Event(
                ticket_no=number, seq=len(events) + 1, kind=what, at=now, recorded_at=now, actor="system", data=said
            )
            events.append(event)
            ticket = apply(ticket, event)
        with self.database.transaction() as session:
            session.execute(insert(table(MessageRow)), [message_row(number, raw, masked, data["channel"], now)])
            words = {"summary": masked, "address": place}
            self.keep(session, Change(ticket=ticket, events=tuple(events), new=True, words=words))
        if lead is not None:
            return self.do(number, CommandKind.DISPATCH, SYSTEM, unit=lead)
        return ticket

    def do(
        self, ticket: str | Ticket, kind: CommandKind, who: str | Actor, *, leg: str | None = None, **data: Any
    ) -> Ticket:
        """A command by somebody of PEOPLE, a minute later."""
        self.clock.advance(timedelta(minutes=1))
        number = ticket if isinstance(ticket, str) else ticket.no
        doer = actor(who) if isinstance(who, str) else who
        return self.desk.act(number, Command(kind=kind, actor=doer, leg=leg, data=data))

    def ticket(self, number: str) -> Ticket:
        with self.database.reading() as session:
            return ticket_store.load(session, [number])[number]

    def application(self) -> FastAPI:
        """The pages as an application."""
        nobody: Any = None
        ports = Ports(intake=nobody, desk=self.desk, follow=nobody, meetings=ThinRoom(self), events=self.events)  # type: ignore[arg-type]
        app = FastAPI()
        app.include_router(pages.router(ports, database=self.database, clock=self.clock))
        app.mount("/static", StaticFiles(directory=ROOT / "dashboards" / "static"))
        return app

    def visitor(self) -> "Visitor":
        """A browser that nobody has signed in with."""
        return Visitor(TestClient(self._app(), base_url="http://127.0.0.1", follow_redirects=False))

    def as_(self, login: str) -> "Visitor":
        """A browser in which this person has signed in."""
        visitor = self.visitor()
        answer = visitor.client.post("/login", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return visitor

    def _app(self) -> FastAPI:
        if self._client is None:
            self._client = TestClient(self.application())
            self._client.__enter__()
        app: FastAPI = self._client.app
        return app


@dataclass
class Page:
    """An answer as a person sees it."""

    status: int
    html: str
    location: str

    @property
    def text(self) -> str:
        """The visible words, tags and spaces taken out."""
        without = re.sub(r"<(script|style|svg)\b.*?</\1>", "", self.html, flags=re.DOTALL)
        return unescape(re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", without)))

    def hidden(self, form: str) -> dict[str, str]:
        """The hidden fields of the form with the action or id."""
        pattern = (
            rf"<form[^>]*(?:action|id)=\"{re.escape(form)}\".*?</form>|<details[^>]*id=\"{re.escape(form)}\".*?</form>"
        )
        found = re.search(pattern, self.html, flags=re.DOTALL)
        assert found, f"no form {form}"
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found.group())
        return {name: unescape(value) for name, value in fields}


@dataclass
class Visitor:
    """A browser without JavaScript."""

    client: TestClient

    def get(self, path: str) -> Page:
        answer = self.client.get(path)
        return Page(answer.status_code, answer.text, answer.headers.get("location", ""))

    def post(self, path: str, data: Mapping[str, Any], **headers: str) -> Page:
        answer = self.client.post(path, data=dict(data), headers=headers)
        return Page(answer.status_code, answer.text, answer.headers.get("location", ""))

    def send(self, page: Page, form: str, path: str, **fields: Any) -> Page:
        """Fill in a form of a page and send it."""
        return self.post(path, page.hidden(form) | fields)


def understood(data: Mapping[str, Any]) -> dict[str, Any]:
    """As hotline.decide writes it."""
    return {
        "matter": data["matter"],
        "matters": [["0701", 0.62], ["0702", 0.21], ["0203", 0.06]],
        "abstain": data["matter"] is None,
        "type": data["type"],
        "type_score": 0.91,
        "urgency": data["urgency"],
        "danger": None,
        "street": data["street"],
        "place": data["place"],
        "place_score": 0.9,
        "streets": [["xietu", 0.9], ["fenglin", 0.1]],
        "features": [["施工", 2.1], ["夜里", 1.4]],
        "engine": "embedded",
        "model": "m1",
        "commitment": "0" * 64,
    }


def decided(kind: str, lead: str | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """As hotline.decide writes it."""
    candidates = [
        Candidate(unit="cgzf", row="D0701", matter="0701", won=lead == "cgzf", reason="夜间施工由城管执法", score=0.62),
        Candidate(unit="sthj", row="D0702", matter="0702", won=False, reason="事项把握较低", score=0.21),
        Candidate(unit="centre_xietu", row="D0701b", matter="0701", won=False, reason="仅作兜底", score=0.1),
    ]
    return {
        "kind": "dispatch" if lead else kind,
        "reason": "unsure",
        "sentence": "事项把握不足，请派单员确认。" if not lead else "按责任清单派单。",
        "matter": data["matter"],
        "lead": lead,
        "post": None,
        "supports": [],
        "fallback": "centre_xietu",
        "profile": data["profile"],
        "field": None,
        "row": "D0701",
        "precedent": None,
        "basis": "待核",
        "basis_checked": False,
        "list_version": "xuhui-2026",
        "question": None,
        "call": "119" if data["urgency"] == "critical" else None,
        "candidates": [asdict(one) for one in candidates],
        "suggestions": [asdict(one) for one in candidates],
    }


def message_row(number: str, raw: str, masked: str, channel: str, now: datetime) -> dict[str, Any]:
    """A settled message."""
    return {
        "receipt_no": number,
        "channel": channel,
        "external_id": number,
        "sender": PHONE,
        "text": raw,
        "text_hash": "0" * 64,
        "salt": "salt",
        "occurred_at": now,
        "received_at": now,
        "urgency": "routine",
        "priority": 2,
        "facts": {"name": "来电人甲"},
        "flags": [],
        "outcome": "opened",
        "reason": "",
        "tickets": [number],
        "understanding": orjson.loads(canonical({"text": masked, "said": asdict(hear(masked, now))})),
        "attempts": 1,
        "sample": False,
    }


Houses = Callable[[str], House]


@pytest.fixture
def house_on() -> Iterator[Houses]:
    """A house on the database of a URL."""
    made: list[House] = []

    def make(url: str) -> House:
        database = Database(url)
        SQLModel.metadata.create_all(database.engine)
        with database.transaction() as session:
            city_store.install(session, load_pack(ROOT / "city" / "packs" / "xuhui"), now=MONDAY)
            for login, (name, roles, unit) in PEOPLE.items():
                row = AccountRow(
                    login=login, name=name, password_hash=a_hash(), roles=list(roles), unit=unit, created_at=MONDAY
                )
                session.add(row)
        with database.reading() as session:
            policy, spec = city_store.policy_on(session, MONDAY.date())
        made.append(House(database=database, clock=MovableClock(MONDAY), policy=policy, calendar=WorkingCalendar(spec)))
        return made[-1]

    yield make
    for house in made:
        if house._client is not None:
            house._client.__exit__(None, None, None)
        house.database.dispose()


@pytest.fixture
def house(house_on: Houses, tmp_path: Path) -> House:
    """A house on SQLite."""
    return house_on(f"sqlite:///{tmp_path / 'pages.db'}")
