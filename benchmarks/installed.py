"""An installation to measure: a fresh database of either kind, the Xuhui pack, one person with every right."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from accounts import store as account_store
from benchmarks import processes
from hotline import installation
from plumbing import config as configuration
from plumbing.clock import SystemClock
from plumbing.config import Config
from plumbing.db import Database
from tickets.types import Role
from tools.servers import postgres

LOGIN, PASSWORD = "bench", "a long enough 1 word"
ROLES = (Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """Migrated and with a city; `servers` are the processes of its database (none for SQLite)."""

    folder: Path
    environment: Mapping[str, str]
    config: Config
    database: Database
    servers: tuple[int, ...]

    def token(self) -> str:
        """A bearer token that may send messages and see tickets."""
        with self.database.transaction() as session:
            now = SystemClock().now()
            return account_store.add_token(session, name=LOGIN, login=LOGIN, roles=ROLES, now=now)

    def cookie(self) -> str:
        """The session of somebody who is signed in."""
        return account_store.sign_in(self.database, LOGIN, PASSWORD, now=SystemClock().now(), hours=1)


@contextmanager
def fresh(kind: str, **environment: str) -> Iterator[Installed]:
    """An installation on "sqlite" or "postgresql" in a temporary folder; gone afterwards. `environment` wins."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="hotline-bench-")))
        given = {name: value for name, value in os.environ.items() if not _is_ours(name)}
        given |= {"HOTLINE_HOME": str(folder / "home"), "HOTLINE_LOG_LEVEL": "WARNING"} | environment
        servers: tuple[int, ...] = ()
        if kind == "postgresql":
            given["HOTLINE_DATABASE_URL"] = stack.enter_context(postgres())
        config = configuration.load(environ=given)
        config.home.mkdir(parents=True, exist_ok=True)
        database = Database(config.database_url)
        stack.callback(database.dispose)
        if kind == "postgresql":
            servers = (_postmaster(database),)
        _prepare(config, database)
        yield Installed(folder=folder, environment=given, config=config, database=database, servers=servers)


def trained_model(folder: Path) -> str:
    """The Xuhui pack's model: $HOTLINE_MODEL when that is one, else trained into `folder`."""
    given = os.environ.get("HOTLINE_MODEL")
    if given and (Path(given) / "brain.json").exists():
        return given
    from nlu.brain import train_pack

    model = folder / "model"
    train_pack(processes.ROOT / "city" / "packs" / "xuhui" / "nlu.yml", model)
    return str(model)


def serve(stack: ExitStack, installed: Installed, *options: str) -> tuple[int, int]:
    """Process id and port of `hotline serve`, ready."""
    return _served(stack, installed, lambda port: ["-m", "hotline", "serve", "--port", str(port), *options], "/readyz")


def serve_bare(stack: ExitStack, installed: Installed, url: str) -> tuple[int, int]:
    """Process id and port of the reference on this database, ready."""
    script = str(Path(__file__).with_name("bare.py"))
    return _served(stack, installed, lambda port: [script, str(port), url], "/healthz")


def _served(
    stack: ExitStack, installed: Installed, arguments: Callable[[int], list[str]], ready: str
) -> tuple[int, int]:
    port = processes.free_port()
    log = installed.folder / f"{port}.log"
    pid = processes.start(stack, arguments(port), installed.environment, log)
    processes.wait_until_ready(f"http://127.0.0.1:{port}{ready}", log)
    return pid, port


def _prepare(config: Config, database: Database) -> None:
    now = SystemClock().now()
    installation.migrate(database)
    installation.load_city(config, database, now=now)
    with database.transaction() as session:
        account_store.add_account(session, LOGIN, name="测量", password=PASSWORD, roles=ROLES, now=now)


def _postmaster(database: Database) -> int:
    """The PostgreSQL process above all others: the parent of the one that answers us."""
    with database.engine.connect() as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    return processes.parent_of(int(own))


def _is_ours(name: str) -> bool:
    return name.startswith(("HOTLINE_", "WECHAT_", "TWILIO_"))
