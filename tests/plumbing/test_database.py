"""One place where transactions begin and end: on SQLite and on PostgreSQL."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, Table, Text, func, insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from plumbing.db import Database, UtcDateTime, upsert, upsert_ignore

ROOT = Path(__file__).resolve().parents[2]
LINES = Table(
    "line",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("text", Text),
    Column("at", UtcDateTime),
    Column("data", JSON),
)
NOON = datetime(2026, 9, 14, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    LINES.metadata.create_all(database.engine)
    yield database
    database.dispose()


def texts(database: Database) -> dict[int, str | None]:
    with database.reading() as session:
        return {row.id: row.text for row in session.execute(select(LINES))}


def test_what_is_done_is_committed_at_the_end(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(LINES).values(id=1, text="一"))
    assert texts(database) == {1: "一"}


def write(database: Database, *ids: int, then: Exception | None = None) -> None:
    """One row an id; at the end `then` is raised inside the transaction."""
    with database.transaction() as session:
        for id_ in ids:
            session.execute(insert(LINES).values(id=id_, text="一"))
        if then is not None:
            raise then


def test_an_exception_undoes_everything_and_goes_on_up(database: Database) -> None:
    with pytest.raises(LookupError, match="halfway"):
        write(database, 1, 2, then=LookupError("halfway"))
    assert texts(database) == {}


def test_a_failed_statement_undoes_what_went_before(database: Database) -> None:
    with pytest.raises(IntegrityError):
        write(database, 1, 1)
    assert texts(database) == {}


def test_reading_commits_nothing(database: Database) -> None:
    with database.reading() as session:
        session.execute(insert(LINES).values(id=1, text="一"))
    assert texts(database) == {}


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8))])
def test_an_instant_comes_back_aware_in_utc(database: Database, zone: timezone) -> None:
    with database.transaction() as session:
        session.execute(insert(LINES).values(id=1, at=NOON.astimezone(zone)))
        session.execute(insert(LINES).values(id=2, at=None))
    with database.reading() as session:
        at, nothing = session.execute(select(LINES.c.at).order_by(LINES.c.id)).scalars()
        assert session.execute(select(LINES.c.id).where(LINES.c.at == NOON.astimezone(zone))).scalar_one() == 1
    assert (at, at.tzinfo, nothing) == (NOON, UTC, None)


def test_a_naive_instant_is_refused_and_not_guessed(database: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError, match="aware"), database.transaction() as session:
        session.execute(insert(LINES).values(id=1, at=naive))
    with pytest.raises(StatementError, match="aware"), database.reading() as session:
        session.execute(select(LINES).where(LINES.c.at < naive))


def test_json_comes_back_as_it_went_in(database: Database) -> None:
    data: dict[str, Any] = {"街道": ["天平", None, True, 1, 0.1, {"深": []}], "a": "\n\"'"}
    with database.transaction() as session:
        session.execute(insert(LINES).values(id=1, data=data))
    with database.reading() as session:
        assert session.execute(select(LINES.c.data)).scalar_one() == data


def test_upsert_overwrites_what_is_there_and_adds_the_rest(database: Database) -> None:
    with database.transaction() as session:
        upsert(session, LINES, [{"id": 1, "text": "一"}, {"id": 2, "text": "二"}], key=["id"])
        upsert(session, LINES, [{"id": 2, "text": "贰"}, {"id": 3, "text": "三"}], key=["id"])
        upsert(session, LINES, [], key=["id"])
    assert texts(database) == {1: "一", 2: "贰", 3: "三"}


def test_upsert_leaves_other_columns_alone(database: Database) -> None:
    with database.transaction() as session:
        session.execute(insert(LINES).values(id=1, text="一", data={"a": 1}))
        upsert(session, LINES, [{"id": 1, "text": "壹"}], key=["id"])
        assert session.execute(select(LINES.c.data)).scalar_one() == {"a": 1}


def test_upsert_ignore_leaves_what_is_there(database: Database) -> None:
    with database.transaction() as session:
        upsert_ignore(session, LINES, [{"id": 1, "text": "一"}])
        upsert_ignore(session, LINES, [{"id": 1, "text": "壹"}, {"id": 2, "text": "二"}])
        upsert_ignore(session, LINES, [])
    assert texts(database) == {1: "一", 2: "二"}


WRITER = """
import sys
from sqlalchemy import text
from plumbing.db import Database
url, first = sys.argv[1], int(sys.argv[2])
database = Database(url)
for n in range(200):
    with database.transaction() as session:
        seen = session.execute(text("SELECT count(*) FROM line")).scalar_one()  # reads first, as use cases do
        session.execute(text("INSERT INTO line (id, text) VALUES (:id, :seen)"), {"id": first + n, "seen": str(seen)})
"""


def test_two_processes_write_two_hundred_rows_each_without_a_lock_error(database: Database) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, database.url, str(first)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for first in (0, 1000)
    ]
    outputs = [writer.communicate(timeout=60)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], outputs
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(LINES)).scalar_one() == 400
        if database.is_sqlite:  # each saw all that was there: nobody read what was already old
            counts = session.execute(select(LINES.c.text)).scalars()
            assert sorted(int(str(seen)) for seen in counts) == list(range(400))


def test_sqlite_runs_as_it_must(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'hotline.db'}")
    with database.reading() as session:
        pragmas = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000, "synchronous": 2}
    database.dispose()


def test_a_reader_is_not_kept_waiting_by_a_writer(database: Database) -> None:
    with database.transaction() as writing:
        writing.execute(insert(LINES).values(id=1, text="一"))
        writing.flush()
        assert texts(database) == {}
    assert texts(database) == {1: "一"}


def test_a_plain_postgresql_address_is_taken_for_psycopg() -> None:
    database = Database("postgresql://postgres@127.0.0.1:1/none")
    assert database.engine.dialect.driver == "psycopg"
    assert not database.is_sqlite
