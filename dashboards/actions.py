"""What a person may do with a ticket: the forms of its page, and doing one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from accounts.types import Viewer
from dashboards import auth, forms
from dashboards.forms import FormView, Problem
from dashboards.pages import status_of
from dashboards.queries.names import Names
from dashboards.queries.story import LegView, Story, only_unit
from dashboards.site import site_of
from dashboards.times import short, span, today
from plumbing.errors import BadInput, Conflict, Forbidden, Refused
from tickets import lifecycle
from tickets.moves import MOVES
from tickets.types import Actor, Command, CommandKind, Leg, Ticket

C = CommandKind
_OF_TICKET = frozenset({C.NOTE, C.SUPERVISE, C.REMIND, C.ADD_SUPPORT}) | {
    move.command for move in MOVES.values() if move.whole
}
"""Commands about the ticket as a whole: offered once, with the lead's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegForms:
    """The forms of one leg; `at_hand` come first, `more` stay folded. `window` says how long a return may be asked."""

    view: LegView
    at_hand: tuple[FormView, ...]
    more: tuple[FormView, ...]
    window: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A command that was not done: the status to answer with, what to say where, and what had been filled in."""

    status: int
    problem: Problem
    given: Mapping[str, Sequence[str]]


def offered(
    story: Story, actor: Actor, names: Names, now: datetime, failed: Failed | None = None, *, quote: str = ""
) -> tuple[LegForms, ...]:
    """The forms that state and role allow, leg by leg; a leg without any is left out. `quote` fills in the answers."""
    found = []
    for view in story.legs:
        kinds = commands_for(story.ticket, view.leg, actor)
        window = _window(view, now) if C.REQUEST_RETURN in kinds else ""
        if view.window_until is not None and view.window_until < now:
            kinds = tuple(kind for kind in kinds if kind is not C.REQUEST_RETURN)
        if kinds:
            found.append(
                _leg_forms(story, view, kinds, names=names, now=now, failed=failed, window=window, quote=quote)
            )
    return tuple(found)


def kinds_of(legs: Sequence[LegForms]) -> frozenset[CommandKind]:
    """Every command that is offered."""
    return frozenset(form.kind for one in legs for form in (*one.at_hand, *one.more))


def commands_for(ticket: Ticket, leg: Leg, actor: Actor) -> tuple[CommandKind, ...]:
    """The commands to offer on a leg, what usually comes next first."""
    unit = only_unit(actor)
    if unit is not None and leg.unit != unit:
        return ()
    main = leg.unit == unit if unit is not None else leg.id == lifecycle.lead(ticket).id
    kinds = [
        kind
        for kind in lifecycle.allowed(ticket, leg, actor)
        if kind not in forms.NOT_OFFERED and (main or kind not in _OF_TICKET)
    ]
    if leg.return_forbidden:
        kinds = [kind for kind in kinds if kind not in (C.REQUEST_RETURN, C.REASSIGN)]
    return forms.in_order(kinds, leg.state)


def do(request: Request, viewer: Viewer, number: str, form: FormData) -> CommandKind | Failed:
    """Do the submitted command through the desk: the kind that was done, or why not. Raises NotFound and, for a form
    that is none of ours, Forbidden or BadInput."""
    auth.check_csrf(viewer, form, request)
    kind = _kind(form)
    leg = str(form.get("leg") or "") or None
    key = str(form.get("key") or "") or None
    site = site_of(request)
    with site.database.reading() as session:
        names = site.names.get(session)
    command = Command(kind=kind, actor=viewer.actor, leg=leg, data=_with_profile(forms.data(kind, form), kind, names))
    try:
        site.ports.desk.act(number, command, key=key)
    except (Refused, Forbidden, BadInput, Conflict) as error:
        problem = Problem(kind=kind, leg=leg, sentence=error.sentence, field=error.details.get("field"))
        return Failed(status=status_of(error), problem=problem, given=forms.kept(form))
    return kind


def _leg_forms(
    story: Story,
    view: LegView,
    kinds: Sequence[CommandKind],
    *,
    names: Names,
    now: datetime,
    failed: Failed | None,
    window: str,
    quote: str,
) -> LegForms:
    first = forms.FIRST.get(view.leg.state, ())
    at_hand: list[FormView] = []
    more: list[FormView] = []
    for kind in kinds:
        mine = failed is not None and failed.problem.kind is kind and failed.problem.leg in (None, view.leg.id)
        form = forms.view(
            kind,
            view.leg.id,
            names=names,
            on=today(now),
            first=kind in QUOTES if quote else bool(first) and kind is first[0],
            given=failed.given if failed is not None and mine else _beginning(kind, story, view, quote),
            problem=failed.problem if failed is not None else None,
        )
        (at_hand if kind in first else more).append(form)
    return LegForms(view=view, at_hand=tuple(at_hand), more=tuple(more), window=window)


def _window(view: LegView, now: datetime) -> str:
    until = view.window_until
    if until is None:
        return ""
    if until < now:
        return f"退单时限已于{short(until, now)}截止。"
    return f"可申请退单至{short(until, now)}（还剩{span(until - now)}）。"


QUOTES = frozenset({C.ANSWER, C.REPLY, C.SETTLE})
"""Commands whose answer may be a passage of the knowledge base."""


def _beginning(kind: CommandKind, story: Story, view: LegView, quote: str) -> dict[str, list[str]]:
    """What a form is filled in with before anybody wrote in it."""
    ticket = story.ticket
    given: dict[str, str | None] = {}
    if kind is C.DISPATCH:
        given = {"matter": ticket.matter or _likeliest(story.understood), "street": ticket.street}
    elif kind in QUOTES:
        given = {"answer": quote}
    elif kind is C.APPROVE_RETURN:
        given = {"unit": view.proposed_unit}
    elif kind is C.REQUEST_EXTENSION:
        given = {"days": "3"}
    return {name: [value] for name, value in given.items() if value}


def _likeliest(understood: Mapping[str, Any] | None) -> str | None:
    ranked = (understood or {}).get("matters") or []
    return str(ranked[0][0]) if ranked else None


def _with_profile(data: dict[str, Any], kind: CommandKind, names: Names) -> dict[str, Any]:
    """A dispatch under a chosen matter runs under that matter's clocks and belongs to its standing meeting."""
    matter = names.matters.get(str(data.get("matter", "")))
    if kind is not C.DISPATCH or matter is None:
        return data
    extra = {"profile": matter.profile} | ({"field": matter.meeting_field} if matter.meeting_field else {})
    return {**extra, **data}


def _kind(form: FormData) -> CommandKind:
    word = str(form.get("command") or "")
    if word not in set(CommandKind) or CommandKind(word) in forms.NOT_OFFERED:
        raise BadInput("UNKNOWN_COMMAND", "没有这个操作，请返回页面重新选择。")
    return CommandKind(word)
