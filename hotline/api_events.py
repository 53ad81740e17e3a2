"""GET /api/v1/events: what several people tell of, as JSON, the same ranking as the page."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from dashboards.queries import events as event_queries
from dashboards.queries.events import EventView, Line
from hotline.api import bearer
from hotline.runtime import Runtime, event_rules
from plumbing.errors import Forbidden, NotFound
from tickets.types import Actor, Role

_READERS = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CALLBACK, Role.LEADER, Role.CHAIR})


def router(runtime: Runtime) -> APIRouter:
    """The two routes."""
    api = APIRouter(prefix="/api/v1", tags=["api"])
    who = Annotated[Actor, Depends(bearer(runtime))]

    @api.get("/events")
    def list_events(
        actor: who,
        callers: Annotated[int, Query(ge=2, le=1000, description="at least so many different callers")] = 3,
        street: Annotated[str | None, Query(description="a street's code")] = None,
        limit: Annotated[int, Query(ge=1, le=50)] = 50,
    ) -> dict[str, Any]:
        """Events of the last seven days, the hottest first. No caller is ever named."""
        _may(actor)
        now = runtime.clock.now()
        with runtime.database.reading() as session:
            found = event_queries.hot(
                session, now, event_rules(runtime.config), fewest=callers, street=street, limit=limit
            )
        return {"events": [brief(one) for one in found]}

    @api.get("/events/{event_id}")
    def get_event(
        actor: who, event_id: Annotated[str, Path(pattern=r"^[0-9]{6,20}(-[0-9]{1,2}){0,2}$")]
    ) -> dict[str, Any]:
        """One event with its tickets, those of danger first."""
        _may(actor)
        with runtime.database.reading() as session:
            found = event_queries.one(session, event_id, runtime.clock.now(), event_rules(runtime.config))
        if found is None:
            raise NotFound("NO_EVENT", "没有这个事件，可能已被解散。")
        view, lines = found
        return brief(view) | {"tickets": [_line(one) for one in lines]}

    return api


def brief(one: EventView) -> dict[str, Any]:
    """An event as JSON."""
    return {
        "id": one.id,
        "callers": one.n_callers,
        "messages": one.n_messages,
        "tickets_total": one.n_tickets,
        "tickets_open": one.n_open,
        "tickets_merged": one.n_merged,
        "tickets_critical": one.n_critical,
        "matter": one.matter,
        "street": one.street,
        "place": one.place,
        "first_at": one.first_at.isoformat(),
        "last_at": one.last_at.isoformat(),
        "per_hour": one.growth.rate,
        "per_hour_before": one.growth.rate_before,
        "heat": one.heat.index,
        "heat_factors": {
            "callers": one.heat.callers,
            "growth": one.heat.growth,
            "reach": one.heat.reach,
            "urgency": one.heat.urgency,
            "frailty": one.heat.frailty,
        },
        "course": list(one.spark),
        "warned_at_callers": one.warned or None,
        "noticed": bool(one.warned) and one.noticed >= one.warned,
    }


def _line(one: Line) -> dict[str, Any]:
    return {
        "no": one.no,
        "opened_at": one.at.isoformat(),
        "state": one.state,
        "urgency": one.urgency,
        "street": one.street,
        "summary": one.summary,
        "same_caller_again": one.again,
        "merged_into": one.master,
        "like": one.with_no,
        "probability": one.score,
        "why": one.why,
    }


def _may(actor: Actor) -> None:
    if not actor.roles & _READERS:
        raise Forbidden("ROLE", "该令牌不能查看事件。")
