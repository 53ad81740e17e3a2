"""A whole application in this process, on a clock that the test moves; its loops are called, not running."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from accounts import store as account_store
from city.pack import load_pack
from hotline import demo, installation
from hotline.app import application
from hotline.reference import SHANGHAI
from hotline.runtime import Runtime, build
from nlu.brain import EmbeddedBrain
from plumbing import config as configuration
from plumbing.clock import MovableClock
from plumbing.config import Config
from plumbing.db import Database
from tickets import store as ticket_store
from tickets.store import table
from tickets.tables import EventRow, MessageRow, TicketRow
from tickets.types import Event, EventKind, Role, Ticket

PACK = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"
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


@pytest.fixture(scope="session")
def one_brain(trained: Path) -> EmbeddedBrain:
    """The pack's brain, loaded once for every house: it is immutable, and it is large."""
    pack = load_pack(PACK)
    return EmbeddedBrain.load(trained, places=pack.places, streets=pack.streets)


@pytest.fixture
def house_on(tmp_path: Path, trained: Path, one_brain: EmbeddedBrain) -> Iterator[HouseOn]:
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
        runtime = build(config, brain=one_brain, clock=clock, database=database, nudge=False)
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


# -- the sample week --------------------------------------------------------------------------------------------------

WEEK_ENDS = datetime(2026, 3, 13, 16, 40, tzinfo=SHANGHAI)
"""A Friday after a plain week."""


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

    def first(self, ticket: Ticket, kind: EventKind) -> Event:
        """The ticket's first event of a kind."""
        return next(event for event in self.events[ticket.no] if event.kind is kind)


def _played(home: Path, trained: Path, *, scale: float) -> Iterator[Week]:
    """A week of that scale, in a database of its own."""
    environ = {"HOTLINE_HOME": str(home), "HOTLINE_MODEL": str(trained)}
    config = configuration.load(environ=environ | {"HOTLINE_DATABASE_URL": f"sqlite:///{home / 'week.db'}"})
    database = Database(config.database_url)
    installation.migrate(database)
    installation.load_city(config, database, now=WEEK_ENDS)
    stage = demo.play(config, database, now=WEEK_ENDS, scale=scale)
    assert stage is not None
    with database.reading() as session:
        messages = list(session.execute(select(table(MessageRow))))
        numbers = list(session.execute(select(table(TicketRow).c.no)).scalars())
        events: dict[str, list[Event]] = {number: [] for number in numbers}
        e = table(EventRow).c
        for row in session.execute(select(table(EventRow)).order_by(e.ticket_no, e.seq)):
            events[row.ticket_no].append(ticket_store.event(row))
        yield Week(
            config=config,
            database=database,
            failures=stage.failures,
            tickets=ticket_store.load(session, numbers),
            events=events,
            messages=messages,
        )
    database.dispose()


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory, trained: Path) -> Iterator[Week]:
    """The whole week, made once."""
    yield from _played(tmp_path_factory.mktemp("week"), trained, scale=1.0)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, trained: Path) -> Iterator[Week]:
    """A week with few people: enough where only rows and numbers matter."""
    yield from _played(tmp_path_factory.mktemp("small"), trained, scale=0.03)


# -- a small installation that learns ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with eight matters, and the model that its small corpus makes."""
    from tests.support import school as schools  # it reads the whole corpus

    return schools.make_school(tmp_path_factory.mktemp("school"))


@pytest.fixture
def installed(school: Path, tmp_path: Path) -> Iterator[tuple[Config, Database]]:
    """A copy of the school's home, to learn in."""
    from tests.support import school as schools

    copytree(school / "home", tmp_path / "home")
    config = schools.settings(school, tmp_path / "home")
    database = Database(config.database_url)
    yield config, database
    database.dispose()
