"""The workbench of operators, dispatchers, supervisors and the callback team: queues, search, a ticket's whole story."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from accounts.types import Viewer
from dashboards import auth, pages, ticket_page
from dashboards.forms import submitted
from dashboards.queries import queues
from dashboards.queries.queues import WORKBENCH
from dashboards.site import site_of
from tickets.types import Role

routes = APIRouter(prefix="/workbench", route_class=pages.PageRoute)

BASE = "/workbench"
_PEOPLE = (Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CALLBACK, Role.LEADER)

Worker = Annotated[Viewer, Depends(auth.require(*_PEOPLE))]
Reader = Annotated[Viewer, Depends(auth.require(*_PEOPLE, Role.CHAIR))]
Form = Annotated[FormData, Depends(submitted)]


@routes.get("")
def queue(request: Request, viewer: Worker, q: str = "", after: str = "") -> Response:
    """A page of a queue; without a name the one that the person's post works through."""
    chosen = ticket_page.chosen(WORKBENCH, q or _own_queue(viewer))
    return ticket_page.listing(request, viewer, chosen, base=BASE, shelves=WORKBENCH, after=after)


@routes.get("/counts")
def counts(request: Request, viewer: Worker, q: str = "") -> Response:
    """The list of queues alone, for refreshing it in place."""
    site, now = site_of(request), site_of(request).now()
    with site.database.reading() as session:
        found = queues.counts(session, WORKBENCH, ticket_page.scope_of(viewer), now)
    return pages.render(request, "queues.html", viewer=viewer, base=BASE, queue=q, shelves=WORKBENCH, counts=found)


@routes.get("/search")
def search(request: Request, viewer: Worker, s: str = "") -> Response:
    """Tickets by number, words, place, street, matter or unit."""
    return ticket_page.found(request, viewer, s, base=BASE, shelves=WORKBENCH)


@routes.get("/next")
def next_ticket(request: Request, viewer: Worker, q: str = "") -> Response:
    """On to the first ticket of a queue, or to its empty list."""
    chosen = ticket_page.chosen(WORKBENCH, q)
    number = ticket_page.next_of(site_of(request), viewer, chosen)
    target = f"{BASE}/t/{number}?q={chosen.key}" if number else f"{BASE}?q={chosen.key}"
    return RedirectResponse(target, status_code=303)


@routes.get("/t/{number}")
def ticket(request: Request, viewer: Reader, number: ticket_page.Number) -> Response:
    """A ticket's whole story with what may be done."""
    return ticket_page.show(request, viewer, number, base=BASE, shelves=WORKBENCH)


@routes.post("/t/{number}")
def act(request: Request, viewer: Reader, number: ticket_page.Number, form: Form) -> Response:
    """Do what one of the ticket's forms asks."""
    return ticket_page.act(request, viewer, number, form, base=BASE, shelves=WORKBENCH)


@routes.post("/t/{number}/quote")
def quote(request: Request, viewer: Reader, number: ticket_page.Number, form: Form) -> Response:
    """Take a passage of the knowledge base into the reply."""
    return ticket_page.quote(request, viewer, number, form, base=BASE)


@routes.post("/t/{number}/reveal")
def reveal(request: Request, viewer: Reader, number: ticket_page.Number, form: Form) -> Response:
    """Show the caller once, with a reason on record."""
    return ticket_page.reveal(request, viewer, number, form, base=BASE, shelves=WORKBENCH)


def _own_queue(viewer: Viewer) -> str:
    roles = viewer.actor.roles
    if roles & {Role.DISPATCHER, Role.OPERATOR}:
        return "triage"
    if Role.CALLBACK in roles:
        return "callback"
    return "due"
