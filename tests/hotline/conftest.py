"""A whole application in this process, on a clock that the test moves; its loops are called, not running."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from accounts import store as account_store
from hotline import installation
from hotline.app import application
from hotline.runtime import Runtime, build
from plumbing import config as configuration
from plumbing.clock import MovableClock
from plumbing.db import Database
from tickets.types import Role

MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""09:30 in Shanghai."""


@dataclass
class House:
    """The application under test with its clock and clients."""

    runtime: Runtime
    clock: MovableClock
    http: TestClient

    def client(self, role: str, unit: str | None = None) -> TestClient:
        """The same application, spoken to with a token of that role."""
        name = f"{role}-{unit or 'all'}"
        with self.runtime.database.transaction() as session:
            known = {account.login for account in account_store.list_accounts(session)}
            roles = [Role(role)]
            if name not in known:
                account_store.add_account(
                    session, name, name=name, password="a long enough 1 word", roles=roles, unit=unit, now=MONDAY
                )
            word = account_store.add_token(session, name=name, login=name, roles=roles, now=MONDAY)
        return TestClient(self.http.app, headers={"Authorization": f"Bearer {word}"}, raise_server_exceptions=False)

    def settle(self) -> None:
        """Do everything that waits."""
        self.runtime.loops.settle()


HouseOn = Callable[[str], House]


@pytest.fixture
def house_on(tmp_path: Path, trained: Path) -> Iterator[HouseOn]:
    """`house_on(database_url)` -> a house on that database."""
    made: list[House] = []

    def make(database_url: str) -> House:
        environment = {
            "HOTLINE_HOME": str(tmp_path / "home"),
            "HOTLINE_MODEL": str(trained),
            "HOTLINE_DATABASE_URL": database_url,
        }
        config = configuration.load(environ=environment)
        database = Database(config.database_url)
        installation.migrate(database)
        installation.load_city(config, database, now=MONDAY)
        clock = MovableClock(MONDAY)
        runtime = build(config, clock=clock, database=database, nudge=False)
        http = TestClient(application(runtime, loops=False), raise_server_exceptions=False)
        made.append(House(runtime=runtime, clock=clock, http=http))
        return made[-1]

    yield make
    for house in made:
        house.http.close()
        house.runtime.database.dispose()


@pytest.fixture
def house(house_on: HouseOn, tmp_path: Path) -> House:
    """A house on SQLite."""
    return house_on(f"sqlite:///{tmp_path / 'house.db'}")
