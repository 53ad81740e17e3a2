"""A test clock that every process of an installation shares: it stands still and is moved through the database."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from plumbing.db import Database, upsert, upsert_ignore
from tickets.store import table
from tickets.tables import SettingRow

KEY = "test_clock"


class StoredClock:
    """Reads the setting "test_clock"; the first process writes `start` there, later ones find it moved on."""

    def __init__(self, database: Database, *, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a test clock starts at an aware instant, such as 2026-01-05T09:00:00+08:00")
        self._database = database
        with database.transaction() as session:
            upsert_ignore(session, table(SettingRow), [{"key": KEY, "value": start.astimezone(UTC).isoformat()}])

    def now(self) -> datetime:
        t = table(SettingRow)
        with self._database.reading() as session:
            value = session.execute(select(t.c.value).where(t.c.key == KEY)).scalar_one()
        return datetime.fromisoformat(value)

    def advance(self, by: timedelta) -> datetime:
        """The new time. Raises ValueError when `by` is negative: time does not go back."""
        if by < timedelta():
            raise ValueError("time does not go back")
        moved = self.now() + by
        with self._database.transaction() as session:
            upsert(session, table(SettingRow), [{"key": KEY, "value": moved.isoformat()}], key=["key"])
        return moved
