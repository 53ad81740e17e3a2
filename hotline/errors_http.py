"""Our errors as HTTP answers: a stable code and a Chinese sentence, never a stack trace, never a 500 for bad input."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from plumbing.errors import BadInput, Conflict, Forbidden, HotlineError, NotFound, Refused

log = structlog.get_logger()

_STATUS: tuple[tuple[type[HotlineError], int], ...] = (
    (NotFound, 404),
    (Forbidden, 403),
    (Refused, 409),
    (Conflict, 409),
)
_SENTENCES = {
    401: "请提供有效的访问令牌（Authorization: Bearer …）。",
    403: "您没有权限执行该操作。",
    404: "没有这个地址或资源，请核对。",
    405: "该地址不支持这种请求方法。",
    413: "内容过大，请精简后重试。",
    415: "请用 JSON 格式提交。",
}


def status_of(error: HotlineError) -> int:
    """The HTTP status of one of our errors."""
    if isinstance(error, BadInput):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 503)


def install(app: FastAPI) -> None:
    """Hook the handlers in."""
    app.add_exception_handler(HotlineError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, HotlineError)
    return answer(request, status_of(error), error.code, error.sentence, **error.details)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header"))
    if first["type"] == "json_invalid":
        return answer(request, 400, "BAD_JSON", "请求内容不是有效的 JSON，请检查格式与 UTF-8 编码。")
    what = "缺少必填项" if first["type"] == "missing" else "类型或取值不正确"
    return answer(
        request, 422, "BAD_FIELD", f"字段“{where or '请求体'}”{what}，请对照 /openapi.json 修改。", field=where
    )


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if "location" in {name.lower() for name in headers}:
        return Response(status_code=error.status_code, headers=headers)
    sentence = _SENTENCES.get(error.status_code, "请求未能完成，请检查后重试。")
    response = answer(request, error.status_code, f"HTTP_{error.status_code}", sentence)
    response.headers.update(headers)
    return response


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected error", path=request.url.path, error=type(error).__name__, exc_info=error)
    return answer(request, 500, "INTERNAL", "系统出现故障，已记录并通知维护人员，请稍后重试。")


def answer(request: Request, status: int, code: str, sentence: str, **details: Any) -> Response:
    """JSON for programs, a small page for people. Halves of a surrogate pair that came in with a word go out as "?"."""
    sentence = _encodable(sentence)
    if request.url.path.startswith(("/api/", "/healthz", "/readyz")) or "text/html" not in request.headers.get(
        "accept", ""
    ):
        plain = {
            name: _encodable(value) if isinstance(value, str) else value
            for name, value in details.items()
            if isinstance(value, str | int | bool)
        }
        return JSONResponse({"code": code, "message": sentence, **plain}, status)
    return HTMLResponse(_page(status, sentence), status)


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _page(status: int, sentence: str) -> str:
    from html import escape

    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{status}</title><body style='font:1.1rem/1.8 sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem'>"
        f"<h1>未能完成（{status}）</h1><p>{escape(sentence)}</p><p><a href='/'>返回首页</a></p>"
    )
