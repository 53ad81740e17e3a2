"""The residents' routes: every answer is a page, also the wrong ones."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from channels.web import rules
from channels.web.pages import STATIC, fault, page, status_of
from plumbing.config import Settings
from plumbing.errors import HotlineError, NotFound
from plumbing.ids import token
from tickets.ports import Followed, Ports

__all__ = ["STATIC", "router"]

_DONE = {
    "supply": "已收到您补充的内容。",
    "withdraw": "已撤回。谢谢您告诉我们。",
    "rate": "谢谢您的评价。",
    "reopen": "已要求重新办理，承办单位会再联系您。",
    "unsolved": "已为您转成工单，会有人来办。还用原来的编号查进度。",
    "solved": "谢谢您告诉我们。",
}
_SHOWN = frozenset({"text", "place", "phone", "name", "website", "reason", "score", "solved", "contacted"})


async def _fields(request: Request) -> Mapping[str, str]:
    """The form's text fields, the last of each name; nothing for a body that is no form."""
    try:
        async with request.form(max_files=1, max_fields=50) as form:
            return {name: value for name, value in form.multi_items() if isinstance(value, str)}
    except HTTPException as wrong:
        if wrong.status_code == 413:
            raise
        return {}


_Fields = Annotated[Mapping[str, str], Depends(_fields)]


def router(ports: Ports, settings: Settings | None = None) -> APIRouter:
    """The residents' pages: "/" to report and "/follow" to follow. Files of STATIC are served at /static/web.

    `settings` None = as shipped; only the longest text is read of them.
    """
    routes = APIRouter(include_in_schema=False)
    limit = (settings or Settings()).limits.text_characters

    def report_page(fields: Mapping[str, str], *, form_id: str, error: HotlineError | None = None) -> HTMLResponse:
        return page(
            "report.html",
            status_of(error) if error else 200,
            secret=False,
            fields=fields,
            form_id=form_id,
            limit=limit,
            fault=fault(error) if error else None,
        )

    @routes.get("/")
    def report() -> HTMLResponse:
        return report_page({}, form_id=token())

    @routes.post("/")
    def take_report(fields: _Fields) -> HTMLResponse:
        given = fields.get("form_id", "")
        form_id = given if rules.usable_id(given) else token()
        try:
            accepted = ports.intake.accept(rules.incoming(fields, form_id=form_id))
        except HotlineError as error:
            # A form that was sent before with another text becomes a new form, so that sending it again works.
            return report_page(fields, form_id=token() if error.code == "ID_REUSED" else form_id, error=error)
        anonymous = "anonymous" in fields
        tail = "" if anonymous else rules.digits(fields.get("phone", ""))[-4:]
        return page("done.html", accepted=accepted, tail=tail, form_id=token())

    @routes.get("/follow")
    def find(no: str = "") -> HTMLResponse:
        return _find_page(no)

    @routes.post("/follow")
    def found(fields: _Fields) -> HTMLResponse:
        return _looked(ports, rules.digits(fields.get("no", "")), rules.proof(fields.get("proof", "")))

    @routes.get("/follow/{no}")
    def follow(no: str, t: str = "") -> HTMLResponse:
        return _looked(ports, rules.digits(no), t) if t else _find_page(no)

    @routes.get("/follow/{no}/{action}")
    def back(no: str, action: str) -> Response:
        return RedirectResponse(f"/follow/{rules.digits(no)}", status_code=303)

    @routes.post("/follow/{no}/{action}")
    def act(no: str, action: str, fields: _Fields) -> HTMLResponse:
        return _acted(ports, rules.digits(no), action, fields)

    return routes


def _find_page(no: str, error: HotlineError | None = None) -> HTMLResponse:
    status = status_of(error) if error else 200
    return page("find.html", status, no=rules.digits(no)[:14], fault=fault(error) if error else None)


def _looked(ports: Ports, no: str, proof: str) -> HTMLResponse:
    try:
        followed = ports.follow.look(no, proof)
    except HotlineError as error:
        return _find_page(no, error)
    return _follow_page(followed, proof)


def _acted(ports: Ports, no: str, action: str, fields: Mapping[str, str]) -> HTMLResponse:
    proof = fields.get("proof", "")
    if action not in rules.ACTIONS:
        return _find_page(no, NotFound("NO_ACTION", "没有这样的操作，请重新查询后再试。"))
    try:
        followed = ports.follow.act(no, proof, action=action, data=rules.action_data(action, fields))
    except HotlineError as error:
        return _not_acted(ports, no, action=action, fields=fields, error=error)
    return _follow_page(followed, proof, done=_DONE[action])


def _not_acted(ports: Ports, no: str, *, action: str, fields: Mapping[str, str], error: HotlineError) -> HTMLResponse:
    """The page as it stands now, with what was typed and why it did not go through.

    A number or proof that is refused leads back to the question for it.
    """
    proof = fields.get("proof", "")
    if status_of(error) in (404, 429):
        return _find_page(no, error)
    try:
        followed = ports.follow.look(no, proof)
    except HotlineError as second:
        return _find_page(no, second)
    return _follow_page(followed, proof, typed={action: _kept(fields)}, error=error, at=action)


def _kept(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name in _SHOWN}


def _follow_page(
    followed: Followed,
    proof: str,
    *,
    done: str = "",
    typed: Mapping[str, Mapping[str, Any]] | None = None,
    error: HotlineError | None = None,
    at: str = "",
) -> HTMLResponse:
    return page(
        "follow.html",
        status_of(error) if error else 200,
        it=followed,
        proof=proof,
        form_id=token(),
        done=done,
        typed=typed or {},
        fault={**fault(error), "action": at} if error else None,
    )
