"""The meeting room: agenda, an item with its ticket's story, statements of the parties, the chair's ruling."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from accounts import rules as account_rules
from accounts import store as account_store
from accounts.types import Viewer
from dashboards import auth, pages
from dashboards.forms import submitted
from dashboards.queries import clocks as clock_queries
from dashboards.queries import story
from dashboards.queries.names import Names, meeting_fields
from dashboards.site import site_of
from dashboards.times import Chip, chip, today
from plumbing.errors import BadInput, Conflict, Forbidden, HotlineError, NotFound, Refused
from plumbing.ids import token
from sla.types import ClockKind, ClockState
from tickets import store as ticket_store
from tickets.ports import AgendaItem, RulingWish
from tickets.types import Actor, Role, Ticket

routes = APIRouter(prefix="/meetings", route_class=pages.PageRoute)

_MEETING = frozenset({ClockKind.RULING, ClockKind.PLENARY})
_GENERAL = "综合联席会议"
_EVERYBODY = (Role.CHAIR, Role.DISPATCHER, Role.SUPERVISOR, Role.CENTRE, Role.LEADER)

Guest = Annotated[Viewer, Depends(auth.require(*_EVERYBODY))]
Form = Annotated[FormData, Depends(submitted)]
ItemId = Annotated[str, Path(pattern=r"^[0-9]{6,20}(-[2-9])?-[0-9]{1,6}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item in a list. `ticket` is None when the viewer may not know what it is about."""

    item: AgendaItem
    ticket: Ticket | None
    field: str
    clocks: tuple[Chip, ...]


@routes.get("")
def agenda(request: Request, viewer: Guest, ruled: bool = False) -> Response:
    """Open items, or the ruled ones."""
    site, now = site_of(request), site_of(request).now()
    items = site.ports.meetings.agenda(actor=viewer.actor, ruled=ruled)
    with site.database.reading() as session:
        names = site.names.get(session)
        views = _views(session, items, viewer.actor, now)
    return pages.render(request, "meetings/agenda.html", viewer=viewer, names=names, views=views, ruled=ruled)


@routes.get("/{item_id}")
def item(request: Request, viewer: Guest, item_id: ItemId) -> Response:
    """An item with its ticket's story."""
    return _page(request, viewer, item_id)


@routes.post("/{item_id}/statement")
def state(request: Request, viewer: Guest, item_id: ItemId, form: Form) -> Response:
    """Keep what the viewer's unit says."""
    auth.check_csrf(viewer, form, request)
    text = str(form.get("text") or "").replace("\r\n", "\n")
    try:
        site_of(request).ports.meetings.state(item_id, actor=viewer.actor, text=text)
    except (Refused, Forbidden, BadInput, Conflict) as error:
        return _page(request, viewer, item_id, error=error, form="statement", given={"text": text})
    return RedirectResponse(f"/meetings/{item_id}?done=statement", status_code=303)


@routes.post("/{item_id}/ruling")
def rule(request: Request, viewer: Guest, item_id: ItemId, form: Form) -> Response:
    """Rule; the ticket flows back at once."""
    auth.check_csrf(viewer, form, request)
    given = _ruling_fields(form)
    key = str(form.get("key") or "") or None
    try:
        wish = _wish(given)
        site_of(request).ports.meetings.rule(item_id, actor=viewer.actor, wish=wish, key=key)
    except (Refused, Forbidden, BadInput, Conflict) as error:
        return _page(request, viewer, item_id, error=error, form="ruling", given=given)
    return RedirectResponse(f"/meetings/{item_id}?done=ruling", status_code=303)


_FLASHES = {
    "statement": "陈述意见已记录，会议各方均可看到。",
    "ruling": "已裁定，工单已回流至主办单位，不得再退。",
}


def _page(
    request: Request,
    viewer: Viewer,
    item_id: str,
    *,
    error: HotlineError | None = None,
    form: str = "",
    given: Mapping[str, Any] | None = None,
) -> Response:
    site, now, actor = site_of(request), site_of(request).now(), viewer.actor
    found = site.ports.meetings.item(item_id, actor=actor)
    listed = site.ports.meetings.agenda(actor=actor)
    with site.database.reading() as session:
        names = site.names.get(session)
        told = _story(session, found.ticket_no, actor, names, now)
        people = account_store.names_of(session, {said.by for said in found.statements})
        (view,) = _views(session, [found], actor, now)
    return pages.render(
        request,
        "meetings/item.html",
        viewer=viewer,
        status=pages.status_of(error) if error else 200,
        names=names,
        listed=listed,
        view=view,
        item=found,
        story=told,
        people=people,
        groups=_units_for(found, names, now),
        may_rule=found.state == "open" and Role.CHAIR in actor.roles,
        may_state=_may_state(found, actor),
        ticket_base="/desk" if story.only_unit(actor) else "/workbench",
        sentence=error.sentence if error else "",
        wrong_form=form,
        wrong_field=error.details.get("field", "") if error else "",
        given={"lead": "", "supports": [], "reason": "", "clause": "", "precedent": True, "words": "", "text": ""}
        | dict(given or {}),
        flash=_FLASHES.get(request.query_params.get("done", "")),
        key=token(12),
    )


def _story(session: Session, number: str, actor: Actor, names: Names, now: datetime) -> story.Story | None:
    """The ticket's story, or None for whoever is a party to the dispute but may not know the ticket."""
    try:
        return story.of(session, number, actor, names, now)
    except NotFound:
        return None


def _views(session: Session, items: Sequence[AgendaItem], actor: Actor, now: datetime) -> list[ItemView]:
    numbers = list(dict.fromkeys(item.ticket_no for item in items))
    tickets = ticket_store.load(session, numbers)
    clocks = clock_queries.of_tickets(session, numbers)
    ambers = clock_queries.ambers(session, [clock for some in clocks.values() for clock in some])
    fields = meeting_fields(session)
    out = []
    for one in items:
        ticket = tickets.get(one.ticket_no)
        shown = [
            chip(clock, now, ambers.get(clock.id))
            for clock in clocks[one.ticket_no]
            if clock.kind in _MEETING
            and clock.leg == one.leg
            and clock.started_at >= one.opened_at.replace(microsecond=0)
            if one.state == "ruled" or clock.state in (ClockState.RUNNING, ClockState.PAUSED)
        ]
        known = ticket if ticket is not None and account_rules.may_see(actor, ticket) else None
        out.append(ItemView(item=one, ticket=known, field=fields.get(one.field, _GENERAL), clocks=tuple(shown)))
    return out


def _units_for(item: AgendaItem, names: Names, now: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """The parties first, then everybody."""
    parties = [(code, names.unit(code)) for code in dict.fromkeys([*item.units, *filter(None, [item.interim])])]
    return [("争议各方与先行受理单位", parties), *names.unit_groups(today(now))]


def _may_state(item: AgendaItem, actor: Actor) -> bool:
    if item.state != "open":
        return False
    if Role.CENTRE in actor.roles and actor.unit is not None:
        return actor.unit in item.units or actor.unit == item.interim
    return bool(actor.roles & {Role.CHAIR, Role.DISPATCHER, Role.SUPERVISOR})


def _ruling_fields(form: FormData) -> dict[str, Any]:
    return {
        "lead": str(form.get("lead") or ""),
        "supports": [str(unit) for unit in form.getlist("supports") if unit],
        "reason": str(form.get("reason") or "").replace("\r\n", "\n").strip(),
        "clause": str(form.get("clause") or "").strip(),
        "precedent": form.get("precedent") == "yes",
        "words": str(form.get("words") or "").strip(),
    }


def _wish(given: Mapping[str, Any]) -> RulingWish:
    if not given["lead"]:
        raise BadInput("NO_LEAD", "请选择主办单位。", field="lead")
    if not given["reason"]:
        raise BadInput("NO_REASON", "裁定须写明理由。", field="reason")
    words = tuple(dict.fromkeys(word for word in re.split(r"[\s,，、;；]+", given["words"]) if word))
    return RulingWish(
        lead=given["lead"],
        supports=tuple(unit for unit in given["supports"] if unit != given["lead"]),
        reason=given["reason"],
        clause=given["clause"],
        precedent=given["precedent"],
        words=words if given["precedent"] else (),
    )
