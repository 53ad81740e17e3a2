"""Signing in and out."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from accounts import store as account_store
from accounts.types import Viewer
from dashboards import auth, pages
from dashboards.forms import submitted
from dashboards.site import site_of
from plumbing.errors import Forbidden, Refused

routes = APIRouter(route_class=pages.PageRoute)


@routes.get("/login")
def form(request: Request, next: str = "") -> Response:  # noqa: A002 - the name in the address
    """The sign-in form; who is signed in already goes on."""
    viewer = auth.found(request)
    if viewer is not None:
        return RedirectResponse(auth.safe_next(next) or pages.home(viewer), status_code=303)
    return _form(request, next, {})


@routes.post("/login")
def sign_in(request: Request, given: Annotated[FormData, Depends(submitted)]) -> Response:
    """Sign in and go to where the person wanted to."""
    if auth.is_foreign(request):
        raise Forbidden("CSRF", "登录请求来源不明，请从登录页登录。")
    login, password = str(given.get("login") or ""), str(given.get("password") or "")
    wanted = str(given.get("next") or "")
    site, now = site_of(request), site_of(request).now()
    try:
        cookie = account_store.sign_in(site.database, login, password, now=now, hours=site.session_hours)
    except Refused as error:
        status = 429 if error.code == "TOO_MANY" else 401
        return _form(request, wanted, {"login": login, "sentence": error.sentence}, status=status)
    with site.database.reading() as session:
        viewer = account_store.who(session, cookie, now)
    target = auth.safe_next(wanted) or (pages.home(viewer) if viewer else "/")
    response = RedirectResponse(target, status_code=303)
    auth.set_cookie(response, request, cookie, hours=site.session_hours)
    return response


@routes.post("/logout")
def sign_out(
    request: Request,
    viewer: Annotated[Viewer, Depends(auth.current)],
    given: Annotated[FormData, Depends(submitted)],
) -> Response:
    """End the session."""
    auth.check_csrf(viewer, given, request)
    site = site_of(request)
    with site.database.transaction() as session:
        account_store.sign_out(session, request.cookies[auth.COOKIE])
    response = RedirectResponse("/login", status_code=303)
    auth.drop_cookie(response, request)
    return response


def _form(request: Request, wanted: str, kept: dict[str, Any], *, status: int = 200) -> Response:
    values = {"login": "", "sentence": "", **kept}
    return pages.render(request, "login.html", status=status, next=auth.safe_next(wanted), **values)
