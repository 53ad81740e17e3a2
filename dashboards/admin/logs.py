"""The first page, and who looked at residents' names and numbers."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from accounts import store
from dashboards import pages
from dashboards.admin import queries
from dashboards.admin.page import Admin, show
from dashboards.site import site_of
from dashboards.times import today

routes = APIRouter(prefix="/admin", route_class=pages.PageRoute)


@routes.get("")
def overview(request: Request, viewer: Admin) -> Response:
    """How much there is of everything."""
    site = site_of(request)
    with site.database.reading() as session:
        found = queries.overview(session, site.now(), today(site.now()))
    return show(request, viewer, "index.html", overview=found)


@routes.get("/reveals")
def reveals(
    request: Request,
    viewer: Admin,
    *,
    actor: Annotated[str, Query(max_length=80)] = "",
    ticket: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The log of reveals, the newest first."""
    with site_of(request).database.reading() as session:
        found = queries.reveals(session, actor=actor.strip(), ticket_no=ticket.strip(), before=before)
        people = store.names_of(session, {one.actor for one in found})
    more = len(found) > queries.PAGE
    rows: Sequence[Any] = found[: queries.PAGE]
    return show(
        request,
        viewer,
        "reveals.html",
        rows=rows,
        people=people,
        actor=actor,
        ticket=ticket,
        older=rows[-1].id if more else None,
        first=before is None,
    )
