"""Small fakes of the use cases behind the residents' pages."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from channels.web.receive import STATIC, router
from plumbing.config import Settings
from plumbing.errors import BadInput, HotlineError, NotFound, Refused
from tickets.ports import Followed, Ports
from tickets.types import Accepted, Incoming, Urgency

NO, TOKEN, TAIL = "26070312345674", "tokentokentoken", "1234"
START = datetime(2026, 7, 3, 1, 0, tzinfo=UTC)


@dataclass
class FakeIntake:
    """Keeps messages by (channel, external_id) as the real one does."""

    taken: dict[str, Incoming] = field(default_factory=dict)
    advice: str | None = None
    question: str | None = None

    def accept(self, incoming: Incoming) -> Accepted:
        if not incoming.text:
            raise BadInput("EMPTY_TEXT", "请写下发生了什么。")
        if len(incoming.text) > 5000:
            raise BadInput("TEXT_TOO_LONG", "内容请控制在5000字以内。", status=413)
        before = self.taken.setdefault(incoming.external_id, incoming)
        if before.text != incoming.text:
            raise BadInput("ID_REUSED", "这张表已用另一段内容提交过。", status=409)
        number = f"260703{list(self.taken).index(incoming.external_id):07d}0"
        return Accepted(
            receipt_no=number,
            token=TOKEN,
            again=before is not incoming,
            urgency=Urgency.CRITICAL if self.advice else Urgency.ROUTINE,
            advice=self.advice,
            question=self.question,
        )

    def receipt(self, receipt_no: str) -> Any:
        raise NotFound("NO_RECEIPT", "没有这个编号。")


@dataclass
class FakeFollow:
    """One ticket that opens with the token or the tail."""

    it: Followed
    done: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    refuse: HotlineError | None = None
    tries: int = 0

    def look(self, receipt_no: str, proof: str) -> Followed:
        if (receipt_no, proof) not in ((NO, TOKEN), (NO, TAIL)):
            self.tries += 1
            if self.tries > 3:
                raise Refused("TOO_MANY", "试得太多了，请一小时后再试，或拨打12345。")
            raise NotFound("NO_TICKET", "编号或电话后四位不对，请核对后再试。")
        return self.it

    def act(self, receipt_no: str, proof: str, *, action: str, data: Mapping[str, Any]) -> Followed:
        self.look(receipt_no, proof)
        if self.refuse:
            raise self.refuse
        self.done.append((action, dict(data)))
        if action == "withdraw":
            self.it = replace(self.it, state="已撤单", may=())
        return self.it


@dataclass(frozen=True)
class Browser:
    """A browser without script: asks the app in this process and waits for the answer."""

    app: FastAPI

    def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://hotline.test") as client:
                return await client.request(method, path, **kwargs)

        return asyncio.run(ask())

    def get(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.request("POST", path, **kwargs)


@dataclass
class World:
    """A browser and what stands behind it."""

    client: Browser
    intake: FakeIntake
    follow: FakeFollow


@pytest.fixture
def world() -> World:
    followed = Followed(
        no=NO,
        state="办理中",
        summary="大木桥路路灯不亮",
        unit="市政所",
        due_at=datetime(2026, 7, 8, 9, 30, tzinfo=UTC),
        steps=((START, "我们收到了您反映的事。"), (START + timedelta(minutes=1), "已交给市政所。")),
        answer=None,
        question=None,
        may=("supply", "withdraw"),
    )
    intake, follow = FakeIntake(), FakeFollow(followed)
    nobody: Any = None
    app = FastAPI()
    app.include_router(router(Ports(intake=intake, desk=nobody, follow=follow, meetings=nobody), Settings()))
    app.mount("/static/web", StaticFiles(directory=STATIC))
    return World(Browser(app), intake, follow)
