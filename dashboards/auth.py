"""Who looks at a page, and the proof that a form came from one of ours.

viewer = auth.current(request)                 # a redirect to /login when nobody is signed in
viewer: Annotated[Viewer, Depends(auth.require(Role.LEADER))]
auth.check_csrf(viewer, form)
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException, Request
from fastapi.responses import Response

from accounts import store as account_store
from accounts.types import Viewer
from dashboards.site import site_of
from plumbing.errors import Forbidden
from tickets.types import Role

COOKIE = "hotline_session"
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SignInNeeded(HTTPException):
    """Nobody is signed in: an answer that leads to the sign-in form and from there to `next_path`."""

    def __init__(self, next_path: str) -> None:
        super().__init__(status_code=303, headers={"Location": "/login?next=" + quote(next_path, safe="/")})


def current(request: Request) -> Viewer:
    """The signed-in person. Raises SignInNeeded, a redirect to /login?next=..."""
    viewer = found(request)
    if viewer is None:
        raise SignInNeeded(_path(request))
    return viewer


def found(request: Request) -> Viewer | None:
    """The signed-in person or None; asked once a request."""
    cached: Viewer | None = getattr(request.state, "viewer", None)
    cookie = request.cookies.get(COOKIE)
    if cached is not None or not cookie:
        return cached
    site = site_of(request)
    with site.database.reading() as session:
        request.state.viewer = account_store.who(session, cookie, site.now())
    viewer: Viewer | None = request.state.viewer
    return viewer


def require(*roles: Role) -> Callable[[Request], Viewer]:
    """A dependency: the signed-in person, who has one of `roles`. Raises SignInNeeded, Forbidden."""
    wanted = frozenset(roles)

    def viewer(request: Request) -> Viewer:
        person = current(request)
        if not person.actor.roles & wanted:
            raise Forbidden("ROLE", "您的岗位不能查看此页面。如需使用，请联系系统管理员。")
        return person

    return viewer


def check_csrf(viewer: Viewer, form: Mapping[str, Any], request: Request | None = None) -> None:
    """Raises Forbidden unless the form's field or the request's header carries the session's token.

    With `request`, a form that a browser says comes from another site is refused whatever it carries.
    """
    given = str(form.get(CSRF_FIELD) or (request.headers.get(CSRF_HEADER) if request else "") or "")
    if not hmac.compare_digest(given.encode(), viewer.csrf.encode()) or (request is not None and is_foreign(request)):
        raise Forbidden("CSRF", "页面已过期或来源不明，操作未执行。请返回上一页刷新后重试。")


def is_foreign(request: Request) -> bool:
    """Whether the browser says that another site sent this request."""
    return request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}


def set_cookie(response: Response, request: Request, cookie: str, *, hours: int) -> None:
    """Give the browser its session: out of reach of scripts, and over TLS only unless this is the own machine."""
    response.set_cookie(
        COOKIE, cookie, max_age=hours * 3600, httponly=True, samesite="lax", secure=_is_remote(request), path="/"
    )


def drop_cookie(response: Response, request: Request) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=_is_remote(request), path="/")


def safe_next(path: str) -> str:
    """`path` when it is a place of ours, else empty: nobody is sent to another site after signing in."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if ours else ""


def _is_remote(request: Request) -> bool:
    return request.url.hostname not in _LOOPBACK


def _path(request: Request) -> str:
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
