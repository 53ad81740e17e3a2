"""Alembic's entry: our metadata, the caller's engine."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from hotline.schema import metadata
from plumbing.db import UtcDateTime


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our column types by their own names; SQLModel's string as a plain one."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, render_item=render)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
