"""The reference: a bare FastAPI application on granian with one INSERT (and one SELECT), and nothing else.

python benchmarks/bare.py PORT URL      # URL as the product has it: sqlite:///path or postgresql://...
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import local
from typing import Any

from fastapi import FastAPI
from granian import Granian
from granian.constants import Interfaces
from pydantic import BaseModel

DATABASE = "BARE_DATABASE_URL"
INSERT = "INSERT INTO bare_message (external_id, channel, sender, text) VALUES ({0}, {0}, {0}, {0})"
SELECT = (
    "SELECT no, state, matter, type, urgency, street, place, opened_at, lead_unit FROM ticket"
    " WHERE is_open AND state = {0} ORDER BY priority, opened_at LIMIT 50"
)
CREATE = (
    "CREATE TABLE IF NOT EXISTS bare_message"
    " (external_id TEXT PRIMARY KEY, channel TEXT NOT NULL, sender TEXT NOT NULL, text TEXT NOT NULL)"
)
_COLUMNS = ("no", "state", "matter", "type", "urgency", "street", "place", "opened_at", "lead_unit")


class MessageIn(BaseModel):
    """The same body that the product takes."""

    channel: str
    external_id: str
    sender: str
    text: str


def create_app() -> FastAPI:
    """What granian serves."""
    url = os.environ[DATABASE]
    connect = _connections(url)
    mark = "?" if url.startswith("sqlite") else "%s"
    insert, select = INSERT.format(mark), SELECT.format(mark)
    connect().execute(CREATE)
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/messages", status_code=202)
    def post_message(body: MessageIn) -> dict[str, str]:
        connect().execute(insert, (body.external_id, body.channel, body.sender, body.text))
        return {"receipt_no": body.external_id}

    @app.get("/tickets")
    def list_tickets(state: str) -> list[dict[str, Any]]:
        rows = connect().execute(select, (state,)).fetchall()
        return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]

    return app


def _connections(url: str) -> Callable[[], Any]:
    """A connection of one's own for each thread, committing each statement, as durable as the product's."""
    own = local()

    def connection() -> Any:
        if not hasattr(own, "connection"):
            own.connection = _sqlite(url) if url.startswith("sqlite") else _postgres(url)
        return own.connection

    return connection


def _sqlite(url: str) -> Any:
    import sqlite3

    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-65536")
    return connection


def _postgres(url: str) -> Any:
    import psycopg

    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def main(port: str, url: str) -> None:
    """Serve on loopback, as `hotline serve` does."""
    os.environ[DATABASE] = url
    Granian(
        f"benchmarks.{Path(__file__).stem}:create_app",
        factory=True,
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.ASGI,
        workers=1,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
