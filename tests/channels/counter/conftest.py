"""A clerk's browser, and a small desk behind the form."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from channels.counter.receive import router
from plumbing.errors import BadInput, Forbidden, HotlineError
from tickets.ports import Ports
from tickets.types import Accepted, Actor, Incoming, Role, Urgency


@dataclass
class Person:
    """Who is signed in."""

    actor: Actor
    name: str = "窗口甲"
    csrf: str = "csrf-word"


@dataclass
class FakeDesk:
    """Numbers what a clerk takes down, once for each form."""

    taken: dict[str, Incoming] = field(default_factory=dict)
    clerks: list[str] = field(default_factory=list)
    advice: str | None = None

    def counter(self, incoming: Incoming, *, clerk: Actor) -> Accepted:
        if not incoming.text:
            raise BadInput("EMPTY_TEXT", "内容不能为空。")
        self.clerks.append(clerk.id)
        before = self.taken.setdefault(incoming.external_id, incoming)
        if before.text != incoming.text:
            raise BadInput("ID_REUSED", "这份表已用过。", status=409)
        number = f"260703{list(self.taken).index(incoming.external_id):07d}0"
        return Accepted(
            receipt_no=number,
            token="abcdef0123456789",
            again=before is not incoming,
            urgency=Urgency.ROUTINE,
            advice=self.advice,
        )


@dataclass
class Counter:
    """The form over HTTP, with whoever is signed in."""

    app: FastAPI
    desk: FakeDesk
    person: Person

    def request(self, method: str, **kwargs: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://hotline.test") as client:
                return await client.request(method, "/workbench/counter", **kwargs)

        return asyncio.run(ask())

    def get(self) -> httpx.Response:
        return self.request("GET")

    def post(self, **fields: str) -> httpx.Response:
        form = {"csrf": "csrf-word", "way": "visit", "line": "petition", "text": "楼道堆物", **fields}
        return self.request("POST", data={name: value for name, value in form.items() if value is not None})


@pytest.fixture
def counter() -> Counter:
    desk = FakeDesk()
    person = Person(Actor(id="clerk1", roles=frozenset({Role.OPERATOR})))
    nobody: Any = None

    def check_csrf(viewer: Any, form: Mapping[str, Any], request: Request | None = None) -> None:
        if form.get("csrf") != viewer.csrf:
            raise Forbidden("CSRF", "页面已过期。")

    async def ours(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HotlineError)
        return JSONResponse({"code": error.code}, 403)

    app = FastAPI()
    app.add_exception_handler(HotlineError, ours)
    ports = Ports(intake=nobody, desk=desk, follow=nobody, meetings=nobody)
    app.include_router(router(ports, viewer=lambda _request: person, check_csrf=check_csrf))
    return Counter(app, desk, person)
