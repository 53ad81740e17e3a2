"""/healthz: this process lives. /readyz: it can do its work. /metrics: figures and broken invariants."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
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
        figures = CollectorRegistry()
        figures.register(_Figures(runtime))
        return Response(generate_latest(figures), media_type=CONTENT_TYPE_LATEST)

    return health


def _readiness(runtime: Runtime) -> dict[str, Any]:
    try:
        with runtime.database.reading() as session:
            session.execute(text("SELECT 1"))
        list_version = runtime.reference.now().directory.list_version
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready" and why
        return {"database": type(error).__name__}
    return {"database": "ok", "city": "ok" if list_version else "missing", "model": "ok"}


class _Figures:
    """What waits, what is open and what must not be, read when somebody asks."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[GaugeMetricFamily]:
        broken = GaugeMetricFamily("hotline_invariant_broken", "Rows that must not exist", labels=["invariant"])
        figure = GaugeMetricFamily("hotline_figure", "What waits and what is open", labels=["figure"])
        with self._runtime.database.reading() as session:
            found = {one.name: one.n for one in invariants.broken(session, self._runtime.clock.now())}
            for name in invariants.CHECKS:
                broken.add_metric([name], found.get(name, 0))
            for name, value in invariants.counts(session).items():
                figure.add_metric([name], value)
        yield broken
        yield figure
