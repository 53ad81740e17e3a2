"""GET /api/v1/board: the leaders' board as JSON, the same figures as the page."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from dashboards.board.period import DEFAULT, period
from dashboards.board.queries import board
from dashboards.board.scope import Filters
from hotline.api import bearer
from hotline.runtime import Runtime
from plumbing.errors import Forbidden
from tickets.types import Actor, Role

_READERS = frozenset({Role.LEADER, Role.SUPERVISOR, Role.DISPATCHER, Role.CHAIR})


def router(runtime: Runtime) -> APIRouter:
    """The one route."""
    api = APIRouter(prefix="/api/v1", tags=["api"])
    who = Annotated[Actor, Depends(bearer(runtime))]

    @api.get("/board")
    def get_board(  # noqa: PLR0917 - FastAPI's way to name query parameters
        actor: who,
        choice: Annotated[str, Query(alias="period", description="today, 7, 30 or custom")] = DEFAULT,
        first: Annotated[str, Query(alias="from", description="custom: first day, ISO")] = "",
        last: Annotated[str, Query(alias="to", description="custom: last day, ISO, inclusive")] = "",
        unit: str | None = None,
        street: str | None = None,
        matter: Annotated[str | None, Query(description="a matter's code; with its children")] = None,
    ) -> dict[str, Any]:
        """Figures of a period, each with numerator, denominator and formula; units on their own clocks."""
        if not actor.roles & _READERS:
            raise Forbidden("ROLE", "该令牌不能查看看板。")
        now = runtime.clock.now()
        known = runtime.reference.now().directory.matters
        codes = tuple(code for code in known if code == matter or known[code].parent == matter) if matter else ()
        filters = Filters(unit=unit, street=street, matters=codes or ((matter,) if matter else ()))
        with runtime.database.reading() as session:
            return board(session, period(choice, now, first=first, last=last), filters, now)

    return api
