"""Units, the responsibility list with its versions, and precedents. Nothing is overwritten: a change is a new row from a day on."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from accounts.types import Viewer
from city import store as city_store
from city.spans import in_force
from city.types import Duty, Unit, UnitKind
from dashboards import auth, pages
from dashboards.admin import forms, queries
from dashboards.admin.page import Admin, Form, attempt, fields, names_of, show, status, went_to, wrong
from dashboards.queries.names import Names, Options
from dashboards.site import site_of
from dashboards.times import today
from plumbing.errors import HotlineError, NotFound

routes = APIRouter(prefix="/admin", route_class=pages.PageRoute)

_CENTRE = "@centre"
"""In the list: the response centre of the place's street."""


@routes.get("/units")
def units(request: Request, viewer: Admin, past: str = "") -> Response:
    """Units in force, or with `past` every unit that ever was or will be."""
    names, on = names_of(request), _today(request)
    shown = names.spans if past else in_force(names.spans, on)
    ordered = sorted(
        shown, key=lambda unit: (list(forms.UNIT_KINDS).index(unit.kind), unit.code, unit.from_date or date.min)
    )
    return show(request, viewer, "units.html", units=ordered, past=bool(past), today=on, kinds=forms.UNIT_KINDS)


@routes.get("/units/edit")
def unit(request: Request, viewer: Admin, code: str = "") -> Response:
    """A unit's form with what its code ever was; without a code a new unit."""
    with site_of(request).database.reading() as session:
        kept = queries.unit_history(session, code) if code else ()
    if code and not kept:
        raise NotFound("NO_UNIT", "没有这个单位。")
    given = _unit_fields(kept[0].value, _today(request)) if kept else {"from_date": _today(request).isoformat()}
    return _unit(request, viewer, code, given)


@routes.post("/units/edit")
def save_unit(request: Request, viewer: Admin, form: Form) -> Response:
    """The unit from a day on, as a new version of the list."""
    auth.check_csrf(viewer, form, request)
    given, site = fields(form), site_of(request)

    def save() -> None:
        value = forms.unit(given)
        with site.database.transaction() as session:
            city_store.edit_unit(session, value, now=site.now(), by=viewer.actor.id)

    refused = attempt(save)
    if refused is None:
        return went_to("/admin/units", "unit")
    return _unit(request, viewer, given.get("was", ""), given, refused=refused)


@routes.get("/duties")
def duties(
    request: Request,
    viewer: Admin,
    *,
    matter: str = "",
    area: str = "",
    unit: str = "",
    words: str = "",
    past: str = "",
    version: str = "",
) -> Response:
    """Rows of the list by matter, area, unit or words; of the newest version or of one that is named."""
    names, on = names_of(request), _today(request)
    below = {code for code, one in names.matters.items() if one.parent == matter}
    wanted = queries.DutyFilter(
        matters=frozenset({matter, *below} if matter else ()),
        area=area,
        unit=unit,
        words=words.strip()[:60],
        all_times=bool(past),
    )
    with site_of(request).database.reading() as session:
        rows = queries.duties(session, wanted, on=on, version=version or None, matter_names=names.matter)
    asked = {"matter": matter, "area": area, "unit": unit, "words": words, "past": past, "version": version}
    return show(
        request,
        viewer,
        "duties.html",
        rows=rows[: queries.MOST_ROWS],
        n_rows=len(rows),
        asked=asked,
        today=on,
        condition_words=forms.CONDITIONS,
        **_choices(names, on),
    )


@routes.get("/duties/edit")
def duty(request: Request, viewer: Admin, row: str = "") -> Response:
    """A row's form with what the row ever was; without an id a new row."""
    with site_of(request).database.reading() as session:
        kept = queries.duty_history(session, row) if row else ()
    if row and not kept:
        raise NotFound("NO_ROW", "责任清单里没有这一条。")
    given = _duty_fields(kept[0].value, _today(request)) if kept else {"from_date": _today(request).isoformat()}
    return _duty(request, viewer, row, given)


@routes.post("/duties/edit")
def save_duty(request: Request, viewer: Admin, form: Form) -> Response:
    """The row from a day on, as a new version of the list; refused when the list would get a gap or a tie."""
    auth.check_csrf(viewer, form, request)
    given, site = (
        fields(form) | {"supports": "、".join(str(code) for code in form.getlist("supports"))},
        site_of(request),
    )

    def save() -> None:
        value = forms.duty(given)
        with site.database.transaction() as session:
            city_store.edit_duty(session, value, now=site.now(), by=viewer.actor.id)

    refused = attempt(save)
    if refused is None:
        return went_to(f"/admin/duties?matter={given.get('matter', '')}&past=yes", "duty")
    return _duty(request, viewer, given.get("was", ""), given, refused=refused)


@routes.get("/versions")
def versions(request: Request, viewer: Admin) -> Response:
    """Every version of the list."""
    with site_of(request).database.reading() as session:
        found = city_store.list_versions(session)
    return show(request, viewer, "versions.html", versions=found)


@routes.get("/precedents")
def precedents(request: Request, viewer: Admin) -> Response:
    """Every precedent with its end."""
    return _precedents(request, viewer, {})


@routes.post("/precedents/end")
def end_precedent(request: Request, viewer: Admin, form: Form) -> Response:
    """Let a precedent end on a day: from then on the list decides again."""
    auth.check_csrf(viewer, form, request)
    given, site = fields(form), site_of(request)

    def end() -> None:
        last = forms.day(given.get("to_date", ""), "to_date", "停用日期")
        with site.database.transaction() as session:
            queries.end_precedent(session, given.get("id", ""), last=last, today=_today(request))

    refused = attempt(end)
    return (
        went_to("/admin/precedents", "precedent") if refused is None else _precedents(request, viewer, given, refused)
    )


def _today(request: Request) -> date:
    return today(site_of(request).now())


def _choices(names: Names, on: date) -> dict[str, Any]:
    """What the selects of the list's pages offer."""
    tops = [one for one in names.matters.values() if one.parent is None]
    return {
        "matter_groups": names.matter_groups(),
        "all_matters": [
            (
                top.name,
                [(top.code, f"{top.name}（全部）")]
                + [(m.code, m.name) for m in names.matters.values() if m.parent == top.code],
            )
            for top in tops
        ],
        "unit_groups": names.unit_groups(on),
        "streets": names.street_options(),
        "posts": [*_centre_posts(names), *names.post_options()],
        "post_name": lambda code: _post_name(names, code),
    }


def _post_name(names: Names, code: str) -> str:
    """A post's name; "@centre_x" is the post x that every response centre has under its own code."""
    if not code.startswith(_CENTRE):
        return names.post(code)
    ending = code.removeprefix(_CENTRE)
    return next((one.name for one in names.posts.values() if one.code == f"{one.unit}{ending}"), code)


def _centre_posts(names: Names) -> Options:
    """The posts that response centres have in common, as a row of the list names them."""
    centres = {unit.code for unit in names.units.values() if unit.kind is UnitKind.CENTRE}
    endings = dict.fromkeys(one.code.removeprefix(one.unit) for one in names.posts.values() if one.unit in centres)
    return [(_CENTRE + ending, f"回应中心：{_post_name(names, _CENTRE + ending)}") for ending in endings]


def _unit(
    request: Request, viewer: Viewer, code: str, given: dict[str, str], *, refused: HotlineError | None = None
) -> Response:
    names, on = names_of(request), _today(request)
    with site_of(request).database.reading() as session:
        kept = queries.unit_history(session, code) if code else ()
    return show(
        request,
        viewer,
        "unit.html",
        status=status(refused),
        code=code,
        given=given,
        kept=kept,
        wrong=wrong(refused),
        kinds=forms.UNIT_KINDS,
        **_choices(names, on),
    )


def _duty(
    request: Request, viewer: Viewer, row: str, given: dict[str, str], *, refused: HotlineError | None = None
) -> Response:
    names, on = names_of(request), _today(request)
    with site_of(request).database.reading() as session:
        kept = queries.duty_history(session, row) if row else ()
        profiles = city_store.policy_on(session, on)[0].profiles
    return show(
        request,
        viewer,
        "duty.html",
        status=status(refused),
        row=row,
        given=given,
        kept=kept,
        wrong=wrong(refused),
        conditions=forms.CONDITIONS,
        profiles=[(code, profile.name) for code, profile in profiles.items()],
        **_choices(names, on),
    )


def _precedents(
    request: Request, viewer: Viewer, given: dict[str, str], refused: HotlineError | None = None
) -> Response:
    with site_of(request).database.reading() as session:
        found = queries.precedents(session)
    return show(
        request,
        viewer,
        "precedents.html",
        status=status(refused),
        precedents=found,
        given=given,
        wrong=wrong(refused),
        today=_today(request),
    )


def _begins(value: Unit | Duty, on: date) -> str:
    """The day from which a change of `value` is offered: today, or its own first day when that is still to come."""
    return max(on, value.from_date or on).isoformat()


def _said(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _unit_fields(value: Unit, on: date) -> dict[str, str]:
    plain = ("code", "name", "kind", "street", "parent", "successor", "group", "to_date")
    return {name: _said(getattr(value, name)) for name in plain} | {
        "aliases": "、".join(value.aliases),
        "from_date": _begins(value, on),
    }


def _duty_fields(value: Duty, on: date) -> dict[str, str]:
    plain = ("id", "matter", "area", "lead", "post", "fallback", "profile", "basis", "to_date")
    given = {name: _said(getattr(value, name)) for name in plain}
    given |= {f"when_{name}": "、".join(words) for name, words in value.when.items()}
    given |= {"checked": "yes"} if value.checked else {}
    return given | {"supports": "、".join(value.supports), "from_date": _begins(value, on)}
