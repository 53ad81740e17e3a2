"""A centre's desk: the tickets of the own unit and what to do with them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from accounts.types import Viewer
from dashboards import auth, pages, ticket_page
from dashboards.forms import submitted
from dashboards.queries.queues import DESK
from tickets.types import Role

routes = APIRouter(prefix="/desk", route_class=pages.PageRoute)

BASE = "/desk"

Handler = Annotated[Viewer, Depends(auth.require(Role.CENTRE))]
Form = Annotated[FormData, Depends(submitted)]


@routes.get("")
def queue(request: Request, viewer: Handler, q: str = "new", after: str = "") -> Response:
    """A page of one of the unit's lists."""
    chosen = ticket_page.chosen(DESK, q)
    return ticket_page.listing(request, viewer, chosen, base=BASE, shelves=DESK, after=after)


@routes.get("/search")
def search(request: Request, viewer: Handler, s: str = "") -> Response:
    """The unit's tickets by number, words, place, street or matter."""
    return ticket_page.found(request, viewer, s, base=BASE, shelves=DESK)


@routes.get("/t/{number}")
def ticket(request: Request, viewer: Handler, number: ticket_page.Number) -> Response:
    """A ticket as the unit may know it."""
    return ticket_page.show(request, viewer, number, base=BASE, shelves=DESK)


@routes.post("/t/{number}")
def act(request: Request, viewer: Handler, number: ticket_page.Number, form: Form) -> Response:
    """Do what one of the ticket's forms asks."""
    return ticket_page.act(request, viewer, number, form, base=BASE, shelves=DESK)


@routes.post("/t/{number}/quote")
def quote(request: Request, viewer: Handler, number: ticket_page.Number, form: Form) -> Response:
    """Take a passage of the knowledge base into the reply."""
    return ticket_page.quote(request, viewer, number, form, base=BASE)


@routes.post("/t/{number}/reveal")
def reveal(request: Request, viewer: Handler, number: ticket_page.Number, form: Form) -> Response:
    """Show the caller once, for calling back, with a reason on record."""
    return ticket_page.reveal(request, viewer, number, form, base=BASE, shelves=DESK)
