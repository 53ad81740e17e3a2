"""People as values: an account as lists show it, and the person who looks at a page."""

from dataclasses import dataclass
from datetime import datetime

from tickets.types import Actor, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who signs in. `unit` is the unit code of a centre's person, else None."""

    login: str
    name: str
    roles: frozenset[Role]
    unit: str | None
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks at a page: what the person may do, the name to show, and the session's CSRF token."""

    actor: Actor
    name: str
    csrf: str
