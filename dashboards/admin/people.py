"""Accounts and tokens: who signs in, as what, and the secrets that are shown once."""

import secrets
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from accounts import store
from accounts.types import Account, Viewer
from dashboards import auth, pages
from dashboards.admin import forms, queries
from dashboards.admin.page import Admin, Form, attempt, fields, show, status, went_to, wrong
from dashboards.site import site_of
from dashboards.times import today
from plumbing.errors import HotlineError, NotFound, Refused
from tickets.types import Role

routes = APIRouter(prefix="/admin", route_class=pages.PageRoute)

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def fresh_password() -> str:
    """A password of twelve letters that cannot be mistaken for one another: 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


@routes.get("/people")
def people(request: Request, viewer: Admin) -> Response:
    """Everybody, and the form for somebody new."""
    return _people(request, viewer, {})


@routes.post("/people")
def add_person(request: Request, viewer: Admin, form: Form) -> Response:
    """A new account; its password is shown this once."""
    auth.check_csrf(viewer, form, request)
    given, site, password = fields(form), site_of(request), fresh_password()

    def add() -> None:
        with site.database.transaction() as session:
            store.add_account(
                session,
                given.get("login", ""),
                name=given.get("name", ""),
                password=password,
                roles=forms.roles(_ticked(form)),
                unit=given.get("unit") or None,
                now=site.now(),
            )

    refused = attempt(add)
    if refused is not None:
        return _people(request, viewer, given, ticked=_ticked(form), refused=refused)
    return show(
        request, viewer, "once.html", title="账号已建立", what="初始密码", login=given["login"].strip(), secret=password
    )


@routes.get("/people/edit")
def person(request: Request, viewer: Admin, login: str) -> Response:
    """One account."""
    with site_of(request).database.reading() as session:
        account = _account(session, login)
    return _person(request, viewer, account)


@routes.post("/people/edit")
def change_person(request: Request, viewer: Admin, form: Form) -> Response:
    """New particulars. Nobody takes the administrator's role or the account from himself: the door would be locked."""
    auth.check_csrf(viewer, form, request)
    given, site = fields(form), site_of(request)
    login, active = given.get("login", ""), "active" in given

    def change() -> None:
        roles = forms.roles(_ticked(form))
        if login == viewer.actor.id and (not active or Role.ADMIN not in roles):
            raise Refused("OWN_DOOR", "不能停用自己的账号，也不能取消自己的管理员岗位，请由另一位管理员操作。")
        with site.database.transaction() as session:
            store.change_account(
                session, login, name=given.get("name", ""), roles=roles, unit=given.get("unit") or None, active=active
            )

    refused = attempt(change)
    if refused is None:
        return went_to("/admin/people", "person")
    with site.database.reading() as session:
        account = _account(session, login)
    return _person(request, viewer, account, given=given, ticked=_ticked(form), refused=refused)


@routes.post("/people/password")
def reset_password(request: Request, viewer: Admin, form: Form) -> Response:
    """A new password, shown this once; every session of the person ends."""
    auth.check_csrf(viewer, form, request)
    login, password = fields(form).get("login", ""), fresh_password()
    with site_of(request).database.transaction() as session:
        store.set_password(session, login, password)
    return show(request, viewer, "once.html", title="密码已重置", what="新密码", login=login, secret=password)


@routes.get("/tokens")
def tokens(request: Request, viewer: Admin) -> Response:
    """Every token, and the form for a new one."""
    return _tokens(request, viewer, {})


@routes.post("/tokens")
def add_token(request: Request, viewer: Admin, form: Form) -> Response:
    """A new token of somebody's account, shown this once."""
    auth.check_csrf(viewer, form, request)
    given, site = fields(form), site_of(request)
    bearer = ""

    def add() -> None:
        nonlocal bearer
        name, roles, days = given.get("name", "").strip(), forms.roles(_ticked(form)), forms.days(given.get("days", ""))
        if not 1 <= len(name) <= 80:
            raise Refused("NAME", "请写明令牌给谁用（80字以内）。", field="name")
        if not roles:
            raise Refused("ROLES", "请至少选择一个岗位。", field="roles")
        with site.database.transaction() as session:
            _account(session, given.get("login", ""))
            bearer = store.add_token(session, name=name, login=given["login"], roles=roles, now=site.now(), days=days)

    refused = attempt(add)
    if refused is not None:
        return _tokens(request, viewer, given, ticked=_ticked(form), refused=refused)
    return show(request, viewer, "once.html", title="令牌已建立", what="令牌", login=given["login"], secret=bearer)


@routes.post("/tokens/revoke")
def revoke(request: Request, viewer: Admin, form: Form) -> Response:
    """End a token at once."""
    auth.check_csrf(viewer, form, request)
    with site_of(request).database.transaction() as session:
        store.revoke_token(session, fields(form).get("hash", ""))
    return went_to("/admin/tokens", "revoked")


def _ticked(form: Form) -> list[str]:
    return [str(value) for value in form.getlist("roles")]


def _account(session: Session, login: str) -> Account:
    found = next((one for one in store.list_accounts(session) if one.login == login), None)
    if found is None:
        raise NotFound("NO_ACCOUNT", "没有这个账号。")
    return found


def _people(
    request: Request,
    viewer: Viewer,
    given: dict[str, str],
    *,
    ticked: Sequence[str] = (),
    refused: HotlineError | None = None,
) -> Response:
    site = site_of(request)
    with site.database.reading() as session:
        accounts = store.list_accounts(session)
        units = site.names.get(session).unit_groups(today(site.now()))
    return show(
        request,
        viewer,
        "people.html",
        status=status(refused),
        accounts=sorted(accounts, key=lambda one: (not one.active, one.login)),
        given=given,
        ticked=ticked,
        wrong=wrong(refused),
        unit_groups=units,
        roles=forms.GIVEN_ROLES,
    )


def _person(
    request: Request,
    viewer: Viewer,
    account: Account,
    *,
    given: dict[str, str] | None = None,
    ticked: Sequence[str] = (),
    refused: HotlineError | None = None,
) -> Response:
    site = site_of(request)
    with site.database.reading() as session:
        units = site.names.get(session).unit_groups(today(site.now()))
    stored = {"login": account.login, "name": account.name, "unit": account.unit or ""}
    return show(
        request,
        viewer,
        "person.html",
        status=status(refused),
        account=account,
        given=stored if given is None else given,
        ticked=account.roles if given is None else ticked,
        active=account.active if given is None else "active" in given,
        wrong=wrong(refused),
        unit_groups=units,
        roles=forms.GIVEN_ROLES,
    )


def _tokens(
    request: Request,
    viewer: Viewer,
    given: dict[str, str],
    *,
    ticked: Sequence[str] = (),
    refused: HotlineError | None = None,
) -> Response:
    site = site_of(request)
    with site.database.reading() as session:
        found, accounts = queries.tokens(session, site.now()), store.list_accounts(session)
    return show(
        request,
        viewer,
        "tokens.html",
        status=status(refused),
        tokens=found,
        accounts=[one for one in accounts if one.active],
        given=given,
        ticked=ticked,
        wrong=wrong(refused),
        roles=forms.GIVEN_ROLES,
    )
