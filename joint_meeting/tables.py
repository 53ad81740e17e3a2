"""Rows of the joint meeting: what is on the agenda, what units say, what was ruled."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from plumbing.db import UtcDateTime


class AgendaRow(SQLModel, table=True):
    """A dispute before the meeting (议题). `id` is "<ticket>-<n>", the n-th dispute of the ticket."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        # serves the agenda: open items, oldest first
        Index("ix_agenda_state", "state", "opened_at"),
    )
    id: str = Field(primary_key=True, max_length=30)
    field: str = Field(max_length=40)
    ticket_no: str = Field(max_length=20, index=True)
    leg: str = Field(max_length=24)
    question: str = Field(sa_column=Column(Text, nullable=False))
    units: list[str] = Field(sa_column=Column(JSON, nullable=False))
    interim: str | None = Field(default=None, max_length=40)
    opened_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    state: str = Field(max_length=12)
    ruling: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    ruled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, nullable=True))


class StatementRow(SQLModel, table=True):
    """What a unit says (陈述意见)."""

    __tablename__ = "agenda_statement"
    id: int | None = Field(default=None, primary_key=True)
    item_id: str = Field(max_length=30, index=True)
    unit: str = Field(max_length=40)
    text: str = Field(sa_column=Column(Text, nullable=False))
    by: str = Field(max_length=80)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
