"""The administrator's pages as one router; the site comes with the request."""

from collections.abc import Callable, Sequence
from typing import Protocol

from fastapi import APIRouter, Request, Response

from dashboards import pages
from dashboards.admin import knowledge, lists, logs, model, people
from dashboards.admin.page import Admin, show
from tickets.ports import Ports


class Finding(Protocol):
    """One thing that the doctor looked at: whether it is well, and a sentence that says what to do when it is not."""

    @property
    def name(self) -> str: ...

    @property
    def ok(self) -> bool: ...

    @property
    def sentence(self) -> str: ...


Doctor = Callable[[], Sequence[Finding]]


def router(ports: Ports) -> APIRouter:
    """/admin and everything below it, for administrators.

    `ports.extra["doctor"]`, a Doctor, and `ports.extra["model"]`, a model.Report, may be missing.
    """
    root = APIRouter(include_in_schema=False)
    for part in (logs, people, lists, knowledge):
        root.include_router(part.routes)
    root.include_router(model.routes(ports.extra.get("model")))
    root.include_router(_health(ports.extra.get("doctor")))
    return root


def _health(doctor: Doctor | None) -> APIRouter:
    routes = APIRouter(prefix="/admin", route_class=pages.PageRoute)

    @routes.get("/health")
    def health(request: Request, viewer: Admin) -> Response:
        """What the doctor says, faults first."""
        findings = None if doctor is None else sorted(doctor(), key=lambda one: one.ok)
        return show(request, viewer, "health.html", findings=findings)

    return routes
