"""The counter's routes. Who looks and the proof of a form come from outside: channels know no accounts."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from channels.counter.rules import LINES, WAYS, incoming
from channels.web.pages import fault, status_of
from channels.web.rules import grouped, usable_id
from plumbing.errors import Forbidden, HotlineError
from plumbing.ids import token
from tickets.ports import Ports
from tickets.types import Actor, Role

PATHS = ("/workbench/counter", "/counter")
"""The page answers under both; a form goes back to the one that it came from."""

_CLERKS = frozenset({Role.OPERATOR, Role.DISPATCHER})
_ROOT = Path(__file__).resolve().parent.parent.parent


class Viewer(Protocol):
    """The signed-in person, as far as this page must know."""

    @property
    def actor(self) -> Actor: ...

    @property
    def name(self) -> str: ...

    @property
    def csrf(self) -> str: ...


class CheckCsrf(Protocol):
    """Raises Forbidden unless the form carries the session's token."""

    def __call__(self, viewer: Any, form: Mapping[str, Any], request: Request | None = None) -> None: ...


# The frame of staff's pages is a file of the dashboards, shared as a file; no code of theirs runs here.
_environment = Environment(
    loader=FileSystemLoader([Path(__file__).parent / "templates", _ROOT / "dashboards" / "templates"]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["grouped"] = grouped
_environment.globals.update(ways=WAYS, lines=LINES)


async def _fields(request: Request) -> Mapping[str, str]:
    """The form's text fields, the last of each name; nothing for a body that is no form."""
    try:
        async with request.form(max_files=1, max_fields=50) as form:
            return {name: value for name, value in form.multi_items() if isinstance(value, str)}
    except HTTPException as wrong:
        if wrong.status_code == 413:
            raise
        return {}


def router(
    ports: Ports,
    *,
    viewer: Callable[[Request], Any],
    check_csrf: CheckCsrf,
    route_class: type[APIRoute] = APIRoute,
    nav: Callable[[Any, str], Sequence[Any]] | None = None,
) -> APIRouter:
    """The counter form for operators and dispatchers at every path of PATHS.

    `viewer` gives the signed-in person or raises what `route_class` turns into the sign-in page. `nav` gives the
    bar's entries (href, label, current) for a person and a path; without it the bar leads to the workbench only.
    """
    frame = nav or _short_nav
    routes = APIRouter(route_class=route_class, include_in_schema=False)

    def clerk(request: Request) -> Viewer:
        person: Viewer = viewer(request)
        if not person.actor.roles & _CLERKS:
            raise Forbidden("ROLE", "只有窗口人员或派单员可以登记来访、来信。")
        return person

    person = Annotated[Viewer, Depends(clerk)]

    def page(request: Request, who: Viewer, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        body = _environment.get_template(template).render(
            viewer=who,
            here=request.url.path,
            home="/workbench",
            nav=frame(who, request.url.path),
            watermark=f"{who.name} {who.actor.id}",
            **context,
        )
        return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})

    def form(request: Request, who: person) -> HTMLResponse:
        return page(request, who, "counter_form.html", fields={"way": "visit"}, form_id=token(), fault=None)

    def register(request: Request, who: person, fields: Annotated[Mapping[str, str], Depends(_fields)]) -> HTMLResponse:
        check_csrf(who, fields, request)
        given = fields.get("form_id", "")
        form_id = given if usable_id(given) else token()
        try:
            message = incoming(fields, form_id=form_id, clerk=who.actor.id)
            accepted = ports.desk.counter(message, clerk=who.actor)
        except HotlineError as error:
            again = token() if error.code == "ID_REUSED" else form_id
            wrong = {"fields": fields, "form_id": again, "fault": fault(error)}
            return page(request, who, "counter_form.html", status_of(error), **wrong)
        contact = str(message.facts.get("contact") or "")
        return page(request, who, "counter_slip.html", accepted=accepted, tail=contact[-4:], facts=message.facts)

    for path in PATHS:
        routes.add_api_route(path, form, methods=["GET"], response_class=HTMLResponse)
        routes.add_api_route(path, register, methods=["POST"], response_class=HTMLResponse)
    return routes


def _short_nav(_viewer: Any, path: str) -> Sequence[Any]:
    return (
        {"href": "/workbench", "label": "工作台", "current": False},
        {"href": path, "label": "窗口登记", "current": True},
    )
