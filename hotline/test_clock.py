"""POST /api/v1/test/clock: moves the time and runs what is due before it answers. Only with --test-clock on loopback."""

import re
from datetime import timedelta
from time import monotonic, sleep

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from hotline.runtime import Runtime
from hotline.timekeeper import StoredClock
from plumbing.errors import BadInput
from tickets.store import table
from tickets.tables import MessageRow
from tickets.types import Outcome

LONGEST = timedelta(days=4000)
LAST_YEAR = 2190
"""Calendars reach to 2199; a clock beyond them would stop every other clock."""

_DURATION = re.compile(r"P(?:([0-9]{1,12})D)?(?:T(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})S)?)?")


class AdvanceIn(BaseModel):
    """How far: an ISO 8601 duration in days, hours, minutes and seconds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    advance: str


def router(runtime: Runtime) -> APIRouter:
    """The one route; only a runtime on a test clock may have it."""
    clock = runtime.clock
    if not isinstance(clock, StoredClock):
        raise TypeError("the route needs a test clock")
    api = APIRouter(prefix="/api/v1/test", tags=["test"])

    @api.post("/clock")
    def advance(body: AdvanceIn) -> dict[str, str]:
        """Settle what waits, move, and settle what became due; then answer the new time."""
        by = duration(body.advance)
        if (clock.now() + by).year > LAST_YEAR:
            raise BadInput("BAD_DURATION", f"测试时钟最晚到{LAST_YEAR}年。", field="advance")
        settle(runtime)
        clock.advance(by)
        settle(runtime)
        return {"now": clock.now().isoformat()}

    @api.get("/clock")
    def now() -> dict[str, str]:
        """The time; what waits is settled first."""
        settle(runtime)
        return {"now": clock.now().isoformat()}

    return api


def settle(runtime: Runtime) -> None:
    """Run all that can be done at this instant; also what a worker of another process has in hand."""
    t = table(MessageRow)
    until = monotonic() + 20
    runtime.loops.settle()
    while monotonic() < until:
        with runtime.database.reading() as session:
            waiting = select(func.count()).select_from(t).where(t.c.outcome == str(Outcome.PENDING))
            if session.execute(waiting).scalar_one() == 0:
                return
        sleep(0.05)
        runtime.loops.settle()


def duration(text: str) -> timedelta:
    """PT2H, P1D, P1DT30M ... as a timedelta. Raises BadInput BAD_DURATION."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise BadInput("BAD_DURATION", "时长应为 ISO 8601 格式，例如 PT2H、P1D、P1DT30M。", field="advance")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if total > LONGEST.total_seconds():
        raise BadInput("BAD_DURATION", f"一次最多前进{LONGEST.days}天。", field="advance")
    return timedelta(seconds=total)
