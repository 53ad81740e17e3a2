"""Rows of clocks and timers: a cache of what the event log, the policy and the calendar say. Never an API schema."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, String, Text, text
from sqlmodel import Field, SQLModel

from plumbing.db import UtcDateTime

_WAITING = text("fired_at IS NULL AND void_at IS NULL AND set_aside_at IS NULL")
_OWED = text("state = 'running' AND kind <> 'return_window'")


def _at(*, nullable: bool = False, primary_key: bool = False) -> Any:
    return Column(UtcDateTime, nullable=nullable, primary_key=primary_key)


class ClockRow(SQLModel, table=True):
    """A clock of a leg, column for field as in sla.types.Clock."""

    __tablename__ = "sla_clock"
    __table_args__ = (
        # serves the boards: red and amber by unit
        Index("ix_sla_clock_board", "holder", "state", "due_at"),
        # serves the workbench's queue of what is due next, whoever holds it; a lapsed return window, which nearly
        # every ticket at a unit has, is no debt
        Index("ix_sla_clock_next", "due_at", "id", sqlite_where=_OWED, postgresql_where=_OWED),
    )
    id: str = Field(primary_key=True, max_length=60)
    ticket_no: str = Field(max_length=20, index=True)  # serves load_clocks
    leg: str = Field(max_length=24)
    kind: str = Field(max_length=20)
    holder: str = Field(max_length=40)
    profile: str = Field(max_length=40)
    policy_version: str = Field(max_length=40)
    calendar_version: str = Field(max_length=40)
    started_at: datetime = Field(sa_column=_at())
    due_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    state: str = Field(max_length=10)
    extended_seconds: int = 0
    paused_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    remaining_seconds: int | None = None
    ended_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    provisional: bool = False
    unit: str = Field(max_length=10)
    cause: str = Field(default="", max_length=40)
    answered_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))


class TimerRow(SQLModel, table=True):
    """A wake-up. The key lets a deadline that moved fire anew, and one that did not never fire twice.

    `void_at`: its clock ended or moved. `set_aside_at`: it failed too often and waits for a person.
    """

    __tablename__ = "sla_timer"
    __table_args__ = (
        # serves due: only what still waits is in it, so a sweep costs what is due and not what is open
        Index("ix_sla_timer_waiting", "fire_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )
    clock: str = Field(sa_column=Column(String(60), ForeignKey("sla_clock.id"), primary_key=True))
    step: str = Field(primary_key=True, max_length=20)
    due_at: datetime = Field(sa_column=_at(primary_key=True))
    repeat_no: int = Field(primary_key=True)
    ticket_no: str = Field(max_length=20)
    leg: str = Field(max_length=24)
    fire_at: datetime = Field(sa_column=_at())
    fired_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    void_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    attempts: int = 0
    last_error: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    set_aside_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
