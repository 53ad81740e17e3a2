"""What every page needs, handed in once by `dashboards.app.router` and found again through the request."""

from dataclasses import dataclass, field
from datetime import datetime

from fastapi import Request

from dashboards.queries.names import NamesCache
from dashboards.queries.passages import PassagesCache
from nlu.clusters import Rules
from plumbing.clock import Clock
from plumbing.db import Database
from tickets.ports import Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The use cases, the database for reading, the clock, and how long a sign-in lasts."""

    ports: Ports
    database: Database
    clock: Clock
    session_hours: int
    names: NamesCache = field(default_factory=NamesCache)
    passages: PassagesCache = field(default_factory=PassagesCache)

    def now(self) -> datetime:
        """Now, UTC."""
        return self.clock.now()


def site_of(request: Request) -> Site:
    """The site of the application that this request came to."""
    site: Site | None = getattr(request.app.state, "site", None)
    if site is None:
        raise RuntimeError("include dashboards.app.router and run the application's lifespan")
    return site


def event_rules(site: Site) -> Rules:
    """The installation's numbers for events."""
    found = site.ports.extra.get("event_rules")
    return found if isinstance(found, Rules) else Rules()
