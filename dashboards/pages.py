"""Rendering: one Jinja environment, what every page gets, and errors as pages.

routes = APIRouter(route_class=PageRoute)
return pages.render(request, "board/index.html", viewer=viewer, figures=figures)
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from accounts.rules import mask_phone
from accounts.types import Viewer
from city import coordinates
from dashboards import times, words
from dashboards.auth import found
from dashboards.site import site_of
from plumbing.errors import BadInput, Conflict, Forbidden, HotlineError, NotFound, Refused
from tickets.moves import WORDS
from tickets.types import Role

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
HTMX = "vendor/htmx.min.js"

log = structlog.get_logger()

R = Role
NAV: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("/workbench", "工作台", frozenset({R.OPERATOR, R.DISPATCHER, R.SUPERVISOR, R.CALLBACK, R.LEADER})),
    ("/events", "事件", frozenset({R.OPERATOR, R.DISPATCHER, R.SUPERVISOR, R.CALLBACK, R.LEADER})),
    ("/desk", "承办", frozenset({R.CENTRE})),
    ("/counter", "窗口登记", frozenset({R.OPERATOR, R.DISPATCHER})),
    ("/meetings", "联席会议", frozenset({R.CHAIR, R.DISPATCHER, R.SUPERVISOR, R.CENTRE, R.LEADER})),
    ("/board", "看板", frozenset({R.LEADER, R.SUPERVISOR, R.DISPATCHER, R.CHAIR})),
    ("/admin", "管理", frozenset({R.ADMIN})),
)
"""Where the bar leads, and for whom; the pages themselves check again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry of the bar."""

    href: str
    label: str
    current: bool


@cache
def environment() -> Environment:
    """Jinja over dashboards/templates: escaping always, an unknown name is an error."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "masked": lambda text: mask_phone(str(text)),
        "located": coordinates.shown,
        "stamp": times.stamp,
        "telling": lambda features: [word for word, _ in features if word not in words.FILLERS],
    }
    env.filters |= filters
    env.globals |= {
        "STATES": WORDS,
        "STATE_TONES": words.STATE_TONES,
        "TYPES": words.TYPES,
        "URGENCIES": words.URGENCIES,
        "URGENCY_TONES": words.URGENCY_TONES,
        "CHANNELS": words.CHANNELS,
        "LEG_ROLES": words.LEG_ROLES,
        "ROLES": words.ROLES,
        "ENGINES": words.ENGINES,
    }
    return env


def render(
    request: Request, template: str, *, viewer: Viewer | None = None, status: int = 200, **context: Any
) -> HTMLResponse:
    """A page with bar and watermark for `viewer`; never kept by a cache. In templates `now` is the moment of rendering
    and `short(at)` says an instant briefly."""
    now = site_of(request).now()
    page = environment().get_template(template).render(**_frame(request, viewer, now), **context)
    return HTMLResponse(page, status_code=status, headers={"Cache-Control": "no-store"})


def home(viewer: Viewer) -> str:
    """Where a person starts: the first place that the bar offers; the board for a leader."""
    roles = viewer.actor.roles
    if R.LEADER in roles and not roles & {R.OPERATOR, R.DISPATCHER}:
        return "/board"
    return next((href for href, _, wanted in NAV if roles & wanted), "/")


def nav(viewer: Viewer, path: str) -> list[Link]:
    """The bar's entries for a person, the one of `path` marked."""
    return [
        Link(href=href, label=label, current=path == href or path.startswith(href + "/"))
        for href, label, wanted in NAV
        if viewer.actor.roles & wanted
    ]


def _frame(request: Request, viewer: Viewer | None, now: datetime) -> dict[str, Any]:
    frame: dict[str, Any] = {
        "now": now,
        "short": lambda at: times.short(at, now),
        "asset_version": asset_version(),
        "htmx": f"/static/{HTMX}" if (STATIC / HTMX).is_file() else None,
    }
    if viewer is not None:
        frame |= {
            "viewer": viewer,
            "home": home(viewer),
            "nav": nav(viewer, request.url.path),
            "watermark": f"{viewer.name} {viewer.actor.id} {times.stamp(now)}",
        }
    return frame


@cache
def asset_version() -> str:
    """A query that changes with our own files, so that a browser's cache never shows yesterday's look."""
    files = (STATIC / "app.css", STATIC / "app.js")
    return "?v=" + sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


_TITLES = {
    403: "没有权限",
    404: "没有找到",
    409: "不能执行该操作",
    422: "填写有误",
}


def status_of(error: HotlineError) -> int:
    """The HTTP status of an error of ours."""
    match error:
        case NotFound():
            return 404
        case Forbidden():
            return 403
        case BadInput():
            return error.status
        case Refused() | Conflict():
            return 409
        case _:
            return 500


def error_page(request: Request, status: int, sentence: str) -> HTMLResponse:
    """An error as a page: what happened and what to do."""
    title = _TITLES.get(status, "操作未完成")
    return render(request, "error.html", viewer=found(request), status=status, heading=title, sentence=sentence)


class PageRoute(APIRoute):
    """A route whose errors are pages with the error's own sentence."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route with errors turned into pages."""
        handle = super().get_route_handler()

        async def page(request: Request) -> Response:
            try:
                return await handle(request)
            except HotlineError as error:
                status = status_of(error)
                if status >= 500:
                    raise
                log.info("page refused", path=request.url.path, code=error.code, status=status)
                return error_page(request, status, error.sentence)
            except RequestValidationError as error:
                in_path = any(one["loc"][0] == "path" for one in error.errors())
                return error_page(request, 404 if in_path else 422, "网址有误，请从页面上的链接进入。")

        return page
