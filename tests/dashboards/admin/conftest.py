"""The administrator's desk: the shipped city in a database of its own, and somebody signed in."""

import asyncio
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, SQLModel

import tickets.tables  # noqa: F401 - the log of reveals is one of them
from accounts import store
from city.install import install
from city.pack import load_pack
from dashboards import app as pages
from dashboards.admin.routes import router
from plumbing.clock import MovableClock
from plumbing.db import Database
from tickets.ports import Ports
from tickets.types import Role

NOW = datetime(2026, 7, 10, 2, tzinfo=UTC)
PACK = Path(__file__).resolve().parents[3] / "city" / "packs" / "xuhui"
WORD = "a long enough word"


@dataclass
class Finding:
    """What a doctor says."""

    name: str
    ok: bool
    sentence: str


@dataclass
class Office:
    """The staff's pages in this process, asked by whoever is signed in."""

    database: Database
    app: FastAPI
    findings: list[Finding]
    keys: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)

    def become(self, login: str) -> "Office":
        self.cookies = {"hotline_session": self.keys[login]}
        return self

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]], *, csrf: str | None = None) -> httpx.Response:
        """Send a form as a page of ours would, with the session's proof unless another is given."""
        proof = self._proof() if csrf is None else csrf
        return self._ask("POST", path, data={"csrf": proof, **fields})

    def read(self) -> Session:
        return Session(self.database.engine)

    def _proof(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/admin").text)
        assert found
        return found.group(1)

    def _ask(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with self.app.router.lifespan_context(self.app) as state:

                async def with_state(scope: Any, receive: Any, send: Any) -> None:
                    await self.app({**scope, "state": dict(state or {})}, receive, send)

                transport = httpx.ASGITransport(app=with_state)
                async with httpx.AsyncClient(
                    transport=transport, base_url="http://localhost", cookies=self.cookies
                ) as client:
                    return await client.request(method, path, **kwargs)

        return asyncio.run(ask())


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A database with the shipped city and one signed-in person of each post, made once and copied for each test."""
    file = tmp_path_factory.mktemp("office") / "office.db"
    database = Database(f"sqlite:///{file}")
    SQLModel.metadata.create_all(database.engine)
    with database.transaction() as session:
        install(session, load_pack(PACK), now=NOW)
        for role in (Role.ADMIN, Role.DISPATCHER, Role.LEADER, Role.CENTRE):
            unit = "cgzf" if role is Role.CENTRE else None
            store.add_account(session, role, name=f"{role}甲", password=WORD, roles=[role], unit=unit, now=NOW)
    logins = ("admin", "dispatcher", "leader", "centre")
    keys = {login: store.sign_in(database, login, WORD, now=NOW, hours=12) for login in logins}
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file, keys


@pytest.fixture
def office(installed: tuple[Path, dict[str, str]], tmp_path: Path) -> Any:
    """The administrator at the desk."""
    file = tmp_path / "office.db"
    shutil.copy(installed[0], file)
    database = Database(f"sqlite:///{file}")
    findings = [Finding("配置", True, "可用。"), Finding("工作日历", False, "请装入下一年的假日安排。")]
    nobody: Any = None
    ports = Ports(intake=nobody, desk=nobody, follow=nobody, meetings=nobody, extra={"doctor": lambda: findings})
    app = FastAPI()
    app.include_router(pages.router(ports, database=database, clock=MovableClock(NOW)))
    app.include_router(router(ports))
    yield Office(database, app, findings, installed[1]).become("admin")
    database.dispose()
