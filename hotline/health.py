"""/healthz: this process lives. /readyz: it can do its work. /metrics: figures and broken invariants."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from hotline import invariants
from hotline.runtime import Runtime


def router(runtime: Runtime, *, loops: bool) -> APIRouter:
    """The three addresses; none tells anything about a person."""
    health = APIRouter(tags=["health"])

    @health.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @health.get("/readyz")
    def readyz() -> Response:
        found = _readiness(runtime)
        status = 200 if all(value == "ok" for value in found.values()) else 503
        return JSONResponse({"status": "ok" if status == 200 else "not ready", "loops": loops, **found}, status)

    @health.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(_figures(runtime)), media_type=CONTENT_TYPE_LATEST)

    return health


def _readiness(runtime: Runtime) -> dict[str, Any]:
    try:
        with runtime.database.reading() as session:
            session.execute(text("SELECT 1"))
        list_version = runtime.reference.now().directory.list_version
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready" and why
        return {"database": type(error).__name__}
    return {"database": "ok", "city": "ok" if list_version else "missing", "model": "ok"}


def _figures(runtime: Runtime) -> CollectorRegistry:
    figures = CollectorRegistry()
    broken = Gauge("hotline_invariant_broken", "Rows that must not exist", ["invariant"], registry=figures)
    figure = Gauge("hotline_figure", "What waits and what is open", ["figure"], registry=figures)
    with runtime.database.reading() as session:
        found = {one.name: one.n for one in invariants.broken(session, runtime.clock.now())}
        for name in invariants.CHECKS:
            broken.labels(name).set(found.get(name, 0))
        for name, value in invariants.counts(session).items():
            figure.labels(name).set(value)
    return figures
