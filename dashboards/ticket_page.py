"""The ticket's page, the same for workbench and desk: what differs is who looks and where the links lead."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote as quote_word

from fastapi import Path, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from accounts import rules as account_rules
from accounts.types import Viewer
from dashboards import actions, auth, pages
from dashboards.actions import Failed
from dashboards.events import ACTORS as MAY_NOTICE
from dashboards.queries import aids, finding, queues, story
from dashboards.queries import events as event_queries
from dashboards.queries.queues import Queue, Scope
from dashboards.queries.story import Story
from dashboards.site import Site, event_rules, site_of
from dashboards.words import DONE
from plumbing.errors import BadInput
from plumbing.ids import token
from tickets.types import CommandKind, Role

Number = Annotated[str, Path(pattern=r"^[0-9]{6,20}(-[2-9])?$")]
"""A ticket's number in an address; anything else is not found before the database is asked."""


def scope_of(viewer: Viewer) -> Scope:
    """Whose tickets a person's lists hold."""
    unit = story.only_unit(viewer.actor)
    confidential = unit is not None or bool(viewer.actor.roles & account_rules.SEE_CONFIDENTIAL)
    return Scope(unit=unit, confidential=confidential)


def show(
    request: Request,
    viewer: Viewer,
    number: str,
    *,
    base: str,
    shelves: Sequence[Queue],
    failed: Failed | None = None,
    revealed: Mapping[str, str] | None = None,
    reveal_error: str = "",
) -> Response:
    """The page. `base` is /workbench or /desk; `failed`, `revealed` and `reveal_error` are what a form led to."""
    site, now = site_of(request), site_of(request).now()
    queue = request.query_params.get("q", "")
    with site.database.reading() as session:
        names = site.names.get(session)
        told = story.of(session, number, viewer.actor, names, now)
        counts = queues.counts(session, shelves, scope_of(viewer), now)
        helping = aids.of(session, told, names=names, passages=site.passages, now=now)
        similar = finding.alike(session, told.ticket, now) if _may_merge(viewer) else []
        event = (
            event_queries.of_ticket(session, number, now, event_rules(site)) if scope_of(viewer).unit is None else None
        )
    legs = actions.offered(told, viewer.actor, names, now, failed, quote=_quoted(request, helping))
    return pages.render(
        request,
        "ticket.html",
        viewer=viewer,
        status=failed.status if failed else 422 if reveal_error else 200,
        base=base,
        queue=queue,
        shelves=shelves,
        counts=counts,
        names=names,
        story=told,
        aids=helping,
        ticket=told.ticket,
        for_unit=story.only_unit(viewer.actor),
        legs=legs,
        failed=failed,
        similar=similar,
        event=event,
        picks=_picks(told, viewer),
        may_quote=bool(actions.kinds_of(legs) & actions.QUOTES),
        may_reveal=account_rules.may_reveal(viewer.actor, told.ticket),
        revealed=revealed,
        reveal_error=reveal_error,
        flash=_flash(request),
        key=token(12),
    )


def act(
    request: Request, viewer: Viewer, number: str, form: FormData, *, base: str, shelves: Sequence[Queue]
) -> Response:
    """Do what a form asks and go back to the page, or to the list when the form came from there."""
    done = actions.do(request, viewer, number, form)
    if isinstance(done, Failed):
        return show(request, viewer, number, base=base, shelves=shelves, failed=done)
    queue = str(form.get("q") or "")
    known = queue if queue in {one.key for one in shelves} else ""
    if form.get("back") == "list":
        return RedirectResponse(f"{base}?q={known}&done={done}", status_code=303)
    suffix = f"&q={known}" if known else ""
    return RedirectResponse(f"{base}/t/{number}?done={done}{suffix}", status_code=303)


def reveal(
    request: Request, viewer: Viewer, number: str, form: FormData, *, base: str, shelves: Sequence[Queue]
) -> Response:
    """The page with the caller's name and number, once; who asked and why is on record."""
    auth.check_csrf(viewer, form, request)
    reason = str(form.get("reason") or "")
    try:
        caller = site_of(request).ports.desk.reveal(number, actor=viewer.actor, reason=reason)
    except BadInput as error:
        return show(request, viewer, number, base=base, shelves=shelves, reveal_error=error.sentence)
    return show(request, viewer, number, base=base, shelves=shelves, revealed=caller)


def quote(request: Request, viewer: Viewer, number: str, form: FormData, *, base: str) -> Response:
    """Take a passage for the reply: it is counted, and the page opens with its words in the reply's form."""
    auth.check_csrf(viewer, form, request)
    article = str(form.get("article") or "")
    site = site_of(request)
    if site.ports.answers is not None:
        site.ports.answers.quoted(number, article, actor=viewer.actor)
    queue = str(form.get("q") or "")
    suffix = f"&q={quote_word(queue)}" if queue else ""
    return RedirectResponse(f"{base}/t/{number}?quote={quote_word(article)}{suffix}#acts", status_code=303)


def listing(
    request: Request, viewer: Viewer, queue: Queue, *, base: str, shelves: Sequence[Queue], after: str
) -> Response:
    """A page of a queue."""
    site, now, scope = site_of(request), site_of(request).now(), scope_of(viewer)
    with site.database.reading() as session:
        names = site.names.get(session)
        page = queues.page(session, queue, scope, now, after=after)
        counts = queues.counts(session, shelves, scope, now)
        warnings = event_queries.banners(session, now, event_rules(site)) if scope.unit is None else []
    return pages.render(
        request,
        "queue.html",
        viewer=viewer,
        base=base,
        queue=queue.key,
        shelf=queue,
        shelves=shelves,
        counts=counts,
        names=names,
        rows=page.rows,
        next=page.next,
        warnings=warnings,
        may_notice=bool(viewer.actor.roles & MAY_NOTICE),
        is_first=not after,
        for_unit=scope.unit,
        flash=_flash(request),
        search=None,
        key=token,
    )


def found(request: Request, viewer: Viewer, words: str, *, base: str, shelves: Sequence[Queue]) -> Response:
    """What a search finds; a full number leads straight to its ticket."""
    site, now, scope = site_of(request), site_of(request).now(), scope_of(viewer)
    with site.database.reading() as session:
        names = site.names.get(session)
        rows = finding.search(session, words, scope, names, now)
        answer = finding.answered(session, words) if scope.unit is None else None
        counts = queues.counts(session, shelves, scope, now)
    if len(rows) == 1 and words.strip() == rows[0].no:
        return RedirectResponse(f"{base}/t/{rows[0].no}", status_code=303)
    return pages.render(
        request,
        "queue.html",
        viewer=viewer,
        base=base,
        queue="",
        shelf=None,
        shelves=shelves,
        counts=counts,
        names=names,
        rows=rows,
        next=None,
        is_first=True,
        for_unit=scope.unit,
        flash=None,
        search=words,
        answer=answer,
        key=token,
    )


def chosen(shelves: Sequence[Queue], key: str) -> Queue:
    """The queue of that key, or the first that people work through."""
    return next((queue for queue in shelves if queue.key == key), shelves[0])


def next_of(site: Site, viewer: Viewer, queue: Queue) -> str | None:
    """The number of the first ticket of a queue."""
    now = site.now()
    with site.database.reading() as session:
        page = queues.page(session, queue, scope_of(viewer), now)
    return page.rows[0].no if page.rows else None


def _quoted(request: Request, helping: aids.Aids) -> str:
    """The words of the passage that the address names, when it is one of those beside the ticket."""
    code = request.query_params.get("quote", "")
    return next((one.article.answer for one in helping.passages if one.article.code == code), "")


def _flash(request: Request) -> str | None:
    word = request.query_params.get("done", "")
    return DONE[CommandKind(word)] if word in set(CommandKind) else None


def _may_merge(viewer: Viewer) -> bool:
    return Role.DISPATCHER in viewer.actor.roles


def _picks(told: Story, viewer: Viewer) -> list[Mapping[str, Any]]:
    """The router's suggestions, while the ticket waits for a dispatcher who may follow them."""
    lead = told.ticket.legs[0]
    may = CommandKind.DISPATCH in actions.commands_for(told.ticket, lead, viewer.actor)
    return list((told.decided or {}).get("suggestions") or [])[:3] if may else []
