"""Nine tickets of one week, told through the lifecycle itself, so that every figure can be computed by hand."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, SQLModel

import city.tables  # noqa: F401 - names of codes are looked for there, also where no pack is installed
from accounts.store import add_account, sign_in
from dashboards import app as pages
from dashboards.board.routes import router
from plumbing.clock import MovableClock
from plumbing.db import Database
from tickets.fold import apply, opened
from tickets.lifecycle import step
from tickets.ports import Ports
from tickets.store import Change, write
from tickets.types import Actor, Command, CommandKind, Event, EventKind, Role, Ticket

C = CommandKind

STAFF = Actor(id="staff", roles=frozenset({Role.DISPATCHER, Role.OPERATOR, Role.SUPERVISOR}))
CALLER = Actor(id="caller", roles=frozenset({Role.CALLBACK}))
CHAIR = Actor(id="chair", roles=frozenset({Role.CHAIR}))
RESIDENT = Actor(id="resident", roles=frozenset({Role.RESIDENT}))


SIGNED_IN = datetime(2026, 7, 10, 2, tzinfo=UTC)


def july(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An hour of July 2026 in Shanghai."""
    return datetime(2026, 7, day, tzinfo=UTC) + timedelta(hours=hour - 8, minutes=minute)


@dataclass
class Story:
    """One ticket, told command by command, an hour apart."""

    ticket: Ticket
    at: datetime
    events: list[Event]

    def do(self, kind: CommandKind, actor: Actor = STAFF, *, leg: str | None = None, **data: Any) -> "Story":
        self.at += timedelta(hours=1)
        for event in step(self.ticket, Command(kind=kind, actor=actor, leg=leg, data=data), self.at):
            self.events.append(event)
            self.ticket = apply(self.ticket, event)
        return self

    def unit(self, code: str) -> Actor:
        return Actor(id=f"at-{code}", roles=frozenset({Role.CENTRE}), unit=code)

    def handled(self, code: str, *, leg: str | None = None, **reply: Any) -> "Story":
        """Accepted, contacted, replied by the unit, passed by the hotline."""
        self.do(C.ACCEPT, self.unit(code), leg=leg)
        self.do(C.CONTACT, self.unit(code), leg=leg, reached=True)
        self.do(C.REPLY, self.unit(code), leg=leg, answer="已处理。", **reply)
        return self.do(C.PASS_REPLY, leg=leg)


@dataclass
class Book:
    """Stories that are going to be written."""

    stories: list[Story] = field(default_factory=list)

    def open(
        self,
        at: datetime,
        *,
        matter: str | None,
        street: str | None = "tianping",
        channel: str = "phone",
        confidential: bool = False,
    ) -> Story:
        number = f"26070100000{len(self.stories):03d}"
        event = Event(
            ticket_no=number,
            seq=1,
            kind=EventKind.OPENED,
            at=at,
            recorded_at=at,
            actor="system",
            leg=f"{number}/1",
            data={
                "channel": channel,
                "type": "complaint",
                "urgency": "routine",
                "receipt_no": number,
                "matter": matter,
                "street": street,
                "confidential": confidential,
            },
        )
        story = Story(opened(event), at, [event])
        self.stories.append(story)
        return story

    def write(self, session: Session) -> None:
        write(session, [Change(ticket=s.ticket, events=tuple(s.events), new=True) for s in self.stories])


def week(book: Book) -> None:
    """The week of 1 to 7 July."""
    a = book.open(july(1, 0), matter="0101").do(C.DISPATCH, unit="centre_tianping", supports=["cgzf"])
    a.handled("cgzf", leg=f"{a.ticket.no}/2").handled("centre_tianping")
    a.do(C.CALL_BACK, CALLER, reached=True, contacted=True, solved=True, satisfaction=5)

    b = book.open(july(2), matter="0401", street="fenglin", channel="web").do(C.DISPATCH, unit="shiyaojian")
    b.do(C.REQUEST_RETURN, b.unit("shiyaojian"), code="not_our_duty", clause="第3条", proposed_unit="scjg")
    b.do(C.APPROVE_RETURN, unit="scjg").handled("scjg")
    b.do(C.CALL_BACK, CALLER, reached=False).do(C.CALL_BACK, CALLER, reached=False)

    c = book.open(july(3), matter="0401", channel="sms").do(C.DISPATCH, unit="scjg")
    c.do(C.REQUEST_RETURN, c.unit("scjg"), code="not_our_duty", clause="第3条", proposed_unit="chengguan")
    c.do(C.REFUSE_RETURN, reason="清单写明由该单位主办").do(C.REPLY, c.unit("scjg"), answer="已处理。").do(C.PASS_REPLY)
    c.do(C.CALL_BACK, CALLER, reached=True, contacted=False, solved=False)
    c.do(C.START_REWORK, c.unit("scjg")).do(C.REPLY, c.unit("scjg"), answer="已重办。").do(C.PASS_REPLY)
    c.do(C.CALL_BACK, CALLER, reached=True, contacted=True, solved=True, satisfaction=4)

    d = book.open(july(3), matter="0703", channel="wechat", confidential=True).do(C.DISPATCH, unit="sthj")
    d.handled("sthj", cannot_act=True, basis="依据待核")
    d.do(C.CALL_BACK, CALLER, reached=False).do(C.CALL_BACK, CALLER, reached=False)

    e = book.open(july(4), matter="0401", street="fenglin").do(C.DISPATCH, unit="shiyaojian")
    e.do(C.REQUEST_RETURN, e.unit("shiyaojian"), code="not_our_duty", clause="第3条", proposed_unit="scjg")
    e.do(C.APPROVE_RETURN, unit="scjg")
    e.do(C.REQUEST_RETURN, e.unit("scjg"), code="not_our_duty", clause="第3条", proposed_unit="gongshang")
    e.do(C.RULE, CHAIR, lead="gongshang", reason="依清单").do(C.ACCEPT, e.unit("gongshang"))

    book.open(july(5), matter="0101").do(C.MERGE, master=a.ticket.no, reason="同一件事")
    book.open(july(6), matter="0703", street=None).do(C.DISPUTE, reason="清单重叠", units=["sthj", "cgzf"])
    book.open(july(6), matter="0102", channel="counter").do(C.DISPATCH, unit="fgj").do(
        C.REASSIGN, unit="jgw", reason="派错"
    )
    i = book.open(july(7, 1), matter="0302", street="xietu").do(C.DISPATCH, unit="shizheng").handled("shizheng")
    i.do(C.RATE, RESIDENT, score=2, solved=True)

    book.open(july(1, 0) - timedelta(seconds=1), matter="0101")
    book.open(july(8, 0), matter="0101").do(C.DISPATCH, unit="cgzf")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of each kind."""
    database = Database(database_url)
    SQLModel.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def written(database: Database) -> Database:
    """A database with the week in it."""
    book = Book()
    week(book)
    with database.transaction() as session:
        book.write(session)
    return database


@dataclass
class Site:
    """The staff's pages in this process, asked as somebody who is signed in."""

    database: Database
    app: FastAPI
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, *roles: Role) -> "Site":
        login = "-".join(roles)
        with self.database.transaction() as session:
            add_account(session, login, name=f"{login}甲", password="a long enough word", roles=roles, now=SIGNED_IN)
        cookie = sign_in(self.database, login, "a long enough word", now=SIGNED_IN, hours=12)
        self.cookies = {"hotline_session": cookie}
        return self

    def get(self, path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with self.app.router.lifespan_context(self.app) as state:

                async def with_state(scope: Any, receive: Any, send: Any) -> None:
                    await self.app({**scope, "state": dict(state or {})}, receive, send)

                transport = httpx.ASGITransport(app=with_state)
                async with httpx.AsyncClient(
                    transport=transport, base_url="http://localhost", cookies=self.cookies
                ) as client:
                    return await client.get(path)

        return asyncio.run(ask())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The board of the week, seen on 10 July."""
    database = Database(f"sqlite:///{tmp_path / 'site.db'}")
    SQLModel.metadata.create_all(database.engine)
    book = Book()
    week(book)
    with database.transaction() as session:
        book.write(session)
    nobody: Any = None
    ports = Ports(intake=nobody, desk=nobody, follow=nobody, meetings=nobody)
    app = FastAPI()
    app.include_router(pages.router(ports, database=database, clock=MovableClock(SIGNED_IN)))
    app.include_router(router())
    yield Site(database, app)
    database.dispose()
