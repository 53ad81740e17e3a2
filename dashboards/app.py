"""All pages of staff as one router, wired to the use cases.

The site (use cases, database, clock) reaches every page of the application, also those that other routers bring,
through the application's state, which the router's lifespan fills.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from dashboards import desk, events, meetings, signin, workbench
from dashboards.site import Site
from plumbing.clock import Clock
from plumbing.db import Database
from tickets.ports import Ports


def router(ports: Ports, *, database: Database, clock: Clock, session_hours: int = 12) -> APIRouter:
    """Sign-in, workbench, events, desk and meetings; static files are the caller's to mount at /static."""
    site = Site(ports=ports, database=database, clock=clock, session_hours=session_hours)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.site = site
        yield

    root = APIRouter(lifespan=lifespan, include_in_schema=False)
    for part in (signin, workbench, events, desk, meetings):
        root.include_router(part.routes)
    return root
