"""All pages of staff as one router, wired to the use cases.

The site (use cases, database, clock) reaches every page of the application, also those that other routers bring,
through the state of the router's lifespan.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypedDict

from fastapi import APIRouter

from dashboards import desk, meetings, signin, workbench
from dashboards.site import Site
from plumbing.clock import Clock
from plumbing.db import Database
from tickets.ports import Ports


class State(TypedDict):
    """What the application's requests find in their state."""

    site: Site


def router(ports: Ports, *, database: Database, clock: Clock, session_hours: int = 12) -> APIRouter:
    """Sign-in, workbench, desk and meetings; static files are the caller's to mount at /static."""
    site = Site(ports=ports, database=database, clock=clock, session_hours=session_hours)

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[State]:
        yield {"site": site}

    root = APIRouter(lifespan=lifespan, include_in_schema=False)
    for part in (signin, workbench, desk, meetings):
        root.include_router(part.routes)
    return root
