"""Rows of people and of their ways in. Secrets are kept as hashes only."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String
from sqlmodel import Field, SQLModel

from plumbing.db import UtcDateTime


def _at(*, nullable: bool = False) -> Any:
    return Column(UtcDateTime, nullable=nullable)


def _login() -> Any:
    return Column(String(80), ForeignKey("account.login"), nullable=False, index=True)


class AccountRow(SQLModel, table=True):
    """A person. An account is never deleted, because the history names its login; it is made inactive."""

    __tablename__ = "account"
    login: str = Field(primary_key=True, max_length=80)
    name: str = Field(max_length=80)
    password_hash: str = Field(max_length=200)
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    unit: str | None = Field(default=None, max_length=40)
    active: bool = True
    created_at: datetime = Field(sa_column=_at())


class SessionRow(SQLModel, table=True):
    """A signed-in browser. `id` is the SHA-256 of the cookie."""

    __tablename__ = "session"
    id: str = Field(primary_key=True, max_length=64)
    login: str = Field(sa_column=_login())
    csrf: str = Field(max_length=64)
    created_at: datetime = Field(sa_column=_at())
    expires_at: datetime = Field(sa_column=_at())


class TokenRow(SQLModel, table=True):
    """A programme's way in. `hash` is the SHA-256 of the bearer token; `expires_at` None = until revoked."""

    __tablename__ = "token"
    hash: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=80)
    login: str = Field(sa_column=_login())
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_column=_at())
    expires_at: datetime | None = Field(default=None, sa_column=_at(nullable=True))
    revoked: bool = False


class SignInTryRow(SQLModel, table=True):
    """A try to sign in that has not succeeded; too many make the login wait. No account is needed for one."""

    __tablename__ = "sign_in_try"
    __table_args__ = (
        # serves sign_in: how many tries of this login of late
        Index("ix_sign_in_try", "login", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(max_length=80)
    at: datetime = Field(sa_column=_at())
