"""What the administrator's pages share: who may, the frame, forms, and what to say after something was done."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from accounts.types import Viewer
from dashboards import auth, pages
from dashboards.forms import submitted
from dashboards.queries.names import Names
from dashboards.site import site_of
from plumbing.errors import BadInput, HotlineError, Refused
from tickets.types import Role

Admin = Annotated[Viewer, Depends(auth.require(Role.ADMIN))]
Form = Annotated[FormData, Depends(submitted)]

SECTIONS: tuple[tuple[str, str], ...] = (
    ("/admin", "概览"),
    ("/admin/units", "单位"),
    ("/admin/duties", "责任清单"),
    ("/admin/versions", "清单版本"),
    ("/admin/precedents", "先例"),
    ("/admin/knowledge", "知识库"),
    ("/admin/people", "人员"),
    ("/admin/tokens", "接口令牌"),
    ("/admin/reveals", "查看记录"),
    ("/admin/model", "模型"),
    ("/admin/health", "系统检查"),
)

DONE: Mapping[str, str] = {
    "unit": "已保存，自生效日期起按新的单位信息执行。",
    "duty": "已保存，自生效日期起按新的条目派单。",
    "precedent": "先例的停用日期已保存。",
    "person": "人员信息已保存。",
    "revoked": "令牌已作废，立即失效。",
}


def show(request: Request, viewer: Viewer, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page in the administrator's frame, with names of codes."""
    path = request.url.path
    here = max((href for href, _ in SECTIONS if path == href or path.startswith(href + "/")), key=len)
    done = DONE.get(request.query_params.get("done", ""))
    return pages.render(
        request,
        f"admin/{template}",
        viewer=viewer,
        status=status,
        sections=SECTIONS,
        here=here,
        flash=done if status == 200 else None,
        **({"names": names_of(request)} | context),
    )


def names_of(request: Request) -> Names:
    """Names of codes, from the newest list version."""
    site = site_of(request)
    with site.database.reading() as session:
        return site.names.get(session)


def fields(form: FormData) -> dict[str, str]:
    """The last value of each field."""
    return {name: str(value) for name, value in form.multi_items()}


def attempt(work: Callable[[], None]) -> HotlineError | None:
    """Do it; the refusal when it was not done, for showing beside the form."""
    try:
        work()
    except (BadInput, Refused) as error:
        return error
    return None


def went_to(path: str, done: str) -> Response:
    """On to a page that says that it is done."""
    mark = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{mark}done={done}", status_code=303)


def wrong(error: HotlineError | None) -> dict[str, Any] | None:
    """What a template shows of a refusal: `sentence` and the `field` that it belongs to, or None."""
    if error is None:
        return None
    return {"sentence": error.sentence, "field": error.details.get("field")}


def status(error: HotlineError | None) -> int:
    """200, or the status of what was refused."""
    return 200 if error is None else pages.status_of(error)
