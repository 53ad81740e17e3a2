"""A small city made by hand: routing is tested without any city pack."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from city.types import Directory, Duty, Matter, Post, Precedent, Street, Unit, UnitKind
from routing.route import Circumstances, route
from tickets.types import Decision, Place, Ranked, Understanding

STREETS = ("east", "west", "north")
UNITS = {
    "market": "市场局",
    "urban": "城管局",
    "works": "市政所",
    "health": "卫健委",
    "window": "食品窗口",
    **{f"centre_{code}": f"{code}街道中心" for code in STREETS},
}
MATTERS = {
    "04": Matter(code="04", name="食品安全", meeting_field="food"),
    "0401": Matter(code="0401", name="无证餐饮", parent="04", meeting_field="food"),
    "0402": Matter(code="0402", name="食品质量", parent="04", meeting_field="food"),
    "0301": Matter(code="0301", name="道路破损", profile="same_day"),
    "1301": Matter(code="1301", name="办事咨询", needs_place=False),
}


def understood(**changed: Any) -> Understanding:
    """Somebody sells meals without a licence in the east street."""
    plain = Understanding(
        text="路口有人卖盒饭",
        matters=(Ranked(label="0401", score=0.9), Ranked(label="0402", score=0.06)),
        abstain=False,
        type=Ranked(label="help", score=0.9),
        urgency=Ranked(label="routine", score=0.9),
        danger=None,
        place=Place(said="东路", street="east", score=0.9),
        party=None,
        entities=(),
        features=(),
        engine="hand",
        model_version="1",
    )
    return replace(plain, **changed)


def directory(
    duties: Sequence[Duty] = (), precedents: Sequence[Precedent] = (), *, gone: Sequence[str] = (), **more: Any
) -> Directory:
    """The city with these rows; the units in `gone` are not in force."""
    rows: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        rows[duty.matter].append(duty)
    known = {
        code: Unit(code=code, name=name, kind=UnitKind.DEPARTMENT) for code, name in UNITS.items() if code not in gone
    }
    given: dict[str, Any] = {
        "list_version": "L1",
        "units": known,
        "streets": {code: Street(code=code, name=f"{code}街道", centre=f"centre_{code}") for code in STREETS},
        "matters": MATTERS,
        "duties": {code: tuple(found) for code, found in rows.items()},
        "precedents": tuple(precedents),
        "posts": {"centre_east_team": Post(code="centre_east_team", unit="centre_east", name="城管中队")},
    }
    return Directory(**(given | more))


def row(id_: str, lead: str, matter: str = "0401", area: str = "*", **more: Any) -> Duty:
    return Duty(id=id_, matter=matter, area=area, lead=lead, **more)


def ruling(id_: str, lead: str, matter: str = "0401", area: str = "*", **more: Any) -> Precedent:
    return Precedent(id=id_, matter=matter, area=area, lead=lead, **more)


def decide(*rules: Duty | Precedent, given: Any = None, city: dict[str, Any] | None = None, **said: Any) -> Decision:
    """What routing says about a message that differs in `said` from the usual one."""
    duties = [rule for rule in rules if isinstance(rule, Duty)]
    precedents = [rule for rule in rules if isinstance(rule, Precedent)]
    return route(understood(**said), directory(duties, precedents, **(city or {})), given=given or Circumstances())


@pytest.fixture(scope="session")
def hand() -> Any:
    """The makers of this file."""
    return SimpleNamespace(
        understood=understood,
        directory=directory,
        row=row,
        ruling=ruling,
        decide=decide,
        given=Circumstances,
        place=Place,
        units=UNITS,
        matters=MATTERS,
        streets=STREETS,
        somewhere=_somewhere(),
    )


def _somewhere() -> dict[str, Place]:
    both = (Ranked(label="west", score=0.5), Ranked(label="east", score=0.5))
    return {
        "east": Place(said="东路", street="east", score=0.9),
        "west": Place(said="西路", street="west", score=0.9),
        "nowhere": Place(),
        "border": Place(said="中路", street="east", score=0.5, streets=both),
        "unsure": Place(said="某路", street="east", score=0.59),
        "barely": Place(said="某路", street="east", score=0.6),
        "old": Place(said="老街", street="abolished", score=0.99),
    }
