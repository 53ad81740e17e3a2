"""The database: one place where transactions begin and end.

SQLite runs in WAL with foreign keys and a busy timeout; writers begin with BEGIN IMMEDIATE, so that two
processes wait for each other instead of failing half-way. PostgreSQL runs as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import DateTime, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import DataError
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

from plumbing.errors import BadInput, ConfigError

BUSY_TIMEOUT_SECONDS = 30


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored as UTC. Refuses a naive datetime, which would be a clock that lies."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


class Database:
    """A database by URL: "sqlite:///path" or "postgresql+psycopg://...". "postgresql://" is taken for psycopg."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        if url.startswith("postgresql://"):
            url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
        self.url = url
        kind = make_url(url).get_backend_name()
        if kind not in ("sqlite", "postgresql"):
            raise ConfigError("环境变量", "HOTLINE_DATABASE_URL", f"{kind}://…", "sqlite:///路径 或 postgresql://…")
        self.is_sqlite = kind == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _server_engine(url, pool_size)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writer's transaction: committed at the end, rolled back by any exception."""
        with _storable(), Session(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A reader's transaction: never takes the writer's lock, never commits."""
        with _storable(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def _storable() -> Iterator[None]:
    """What a database cannot hold (NUL, half a surrogate pair) came from outside: a BadInput, not a fault of ours."""
    try:
        yield
    except (DataError, UnicodeEncodeError) as error:
        raise BadInput("BAD_VALUE", "内容中有无法保存的字符或数值，请修改后重试。") from error


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # a log line must not carry a resident's words
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_SECONDS},
        pool_size=16,
        max_overflow=16,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # NORMAL in WAL mode survives a crash of the process; FULL also a crash of the machine.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _server_engine(url: str, pool_size: int) -> Engine:
    return create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # a log line must not carry a resident's words
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
    )


def upsert_ignore(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert many rows; a row whose key is there already is left as it was."""
    if not rows:
        return
    session.execute(_ignore(session.get_bind().dialect.name, table), rows)


def upsert(session: Session, table: Any, rows: list[dict[str, Any]], *, key: list[str]) -> None:
    """Insert many rows; a row whose key is there already is overwritten. Every row has the same columns."""
    if not rows:
        return
    session.execute(_upsert(session.get_bind().dialect.name, table, tuple(rows[0]), tuple(key)), rows)


@cache
def _upsert(dialect: str, table: Any, columns: tuple[str, ...], key: tuple[str, ...]) -> Any:
    """The statement; made once, for making it costs more than writing a few rows."""
    statement = _insert(dialect, table)
    changed = {name: statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)


@cache
def _ignore(dialect: str, table: Any) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Any) -> Any:
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgres_insert

    return postgres_insert(table)
