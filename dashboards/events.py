"""Events (事件): what several people tell of, hottest first, and what dispatchers make of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from accounts.types import Viewer
from dashboards import auth, pages
from dashboards.board.charts import spark
from dashboards.forms import submitted
from dashboards.queries import events as event_queries
from dashboards.site import event_rules, site_of
from plumbing.errors import BadInput, Conflict, Forbidden, HotlineError, NotFound, Refused
from plumbing.ids import token
from tickets.ports import Events
from tickets.types import Role

routes = APIRouter(prefix="/events", route_class=pages.PageRoute)

READERS = (Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CALLBACK, Role.LEADER, Role.CHAIR)
MOST_AT_ONCE = 200
ACTORS = frozenset({Role.DISPATCHER, Role.SUPERVISOR})

Reader = Annotated[Viewer, Depends(auth.require(*READERS))]
Form = Annotated[FormData, Depends(submitted)]
EventId = Annotated[str, Path(pattern=r"^[0-9]{6,20}(-[0-9]{1,2}){0,2}$")]

_DONE = {
    "take_out": "已移出，系统不会再自动归入该事件。",
    "split": "已拆分为新的事件。",
    "dissolve": "事件已解散，其中的工单不再自动归并。",
    "notice": "已知悉，人数再上台阶时会再次预警。",
    "merge": "已并单，可在各工单页撤销。",
}


@routes.get("")
def listing(request: Request, viewer: Reader, few: bool = False) -> Response:
    """Events by heat; with `few` also those of two callers."""
    site, now = site_of(request), site_of(request).now()
    with site.database.reading() as session:
        names = site.names.get(session)
        found = event_queries.hot(session, now, event_rules(site), fewest=2 if few else event_queries.FEWEST_CALLERS)
    flash = _DONE.get(request.query_params.get("done", ""))
    return pages.render(
        request, "events/index.html", viewer=viewer, names=names, found=found, few=few, spark=spark, flash=flash
    )


@routes.get("/{event_id}")
def show(request: Request, viewer: Reader, event_id: EventId) -> Response:
    """One event with its tickets."""
    return _page(request, viewer, event_id)


@routes.post("/{event_id}")
def act(request: Request, viewer: Reader, event_id: EventId, form: Form) -> Response:
    """Do what a dispatcher chose: take out, split, dissolve, take note, merge."""
    auth.check_csrf(viewer, form, request)
    wish = str(form.get("do") or "")
    try:
        target = _do(_port(request), viewer, event_id, wish, form)
    except (Refused, Forbidden, BadInput, Conflict) as error:
        return _page(request, viewer, event_id, error=error)
    return RedirectResponse(f"{target}?done={wish}", status_code=303)


def _do(port: Events, viewer: Viewer, event_id: str, wish: str, form: FormData) -> str:
    """Where to go on when it is done."""
    numbers = [str(one) for one in form.getlist("no")]
    reason, actor = str(form.get("reason") or "").strip(), viewer.actor
    if wish in ("take_out", "split", "dissolve") and not reason:
        raise BadInput("NO_REASON", "请填写理由，便于以后核对。", field="reason")
    match wish:
        case "take_out":
            port.take_out(event_id, numbers, actor=actor, reason=reason)
        case "split":
            return f"/events/{port.split(event_id, numbers, actor=actor, reason=reason)}"
        case "dissolve":
            port.dissolve(event_id, actor=actor, reason=reason)
            return "/events"
        case "notice":
            port.notice(event_id, actor=actor)
            if form.get("back") == "workbench":
                return "/workbench"
        case "merge":
            port.merge(event_id, numbers, master=str(form.get("master") or ""), actor=actor)
        case _:
            raise BadInput("UNKNOWN_ACTION", "没有这种操作，请从页面上的按钮中选择。")
    return f"/events/{event_id}"


def _port(request: Request) -> Events:
    port = site_of(request).ports.events
    if port is None:
        raise NotFound("NO_EVENTS", "本系统未启用事件归并。")
    return port


def _page(request: Request, viewer: Viewer, event_id: str, *, error: HotlineError | None = None) -> Response:
    site, now = site_of(request), site_of(request).now()
    with site.database.reading() as session:
        names = site.names.get(session)
        found = event_queries.one(session, event_id, now, event_rules(site))
    if found is None and request.query_params.get("done"):
        return RedirectResponse(f"/events?done={request.query_params['done']}", status_code=303)
    if found is None:
        raise NotFound("NO_EVENT", "没有这个事件，可能已被解散，请回到事件列表查看。")
    view, lines = found
    return pages.render(
        request,
        "events/one.html",
        viewer=viewer,
        status=pages.status_of(error) if error else 200,
        names=names,
        event=view,
        lines=lines,
        spark=spark,
        may=bool(viewer.actor.roles & ACTORS),
        may_merge=Role.DISPATCHER in viewer.actor.roles,
        mergeable=[
            line.no
            for line in lines
            if line.is_open and line.master is None and line.no != view.master and line.urgency != "critical"
        ][:MOST_AT_ONCE],
        error=error.sentence if error else "",
        flash=_DONE.get(request.query_params.get("done", "")),
        key=token(12),
    )
