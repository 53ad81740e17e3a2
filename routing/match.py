"""Which rows of the responsibility list fit a matter in a street, best first, and why each other one lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from city.types import Directory, Duty, Precedent
from routing.case import Case
from tickets.types import Assignment, Understanding

CENTRE = "@centre"
PARTY = "来话反映的正是该单位，不能派给被反映单位"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row or a precedent with its lead resolved for one street.

    `rank` compares claims: precedent before row, deeper matter before its parent, a named street before "*",
    more conditions before fewer. `unit` is None when "@centre" has no street to stand for; `lost` says in Chinese
    why the claim cannot be taken at all (None = it can). `instead`: the fallback took the place of the
    unit that is complained about. `ruled_at` is a precedent's.
    """

    source: str
    matter: str
    rank: tuple[int, int, int, int]
    unit: str | None
    post: str | None = None
    supports: tuple[str, ...] = ()
    fallback: str | None = None
    profile: str | None = None
    process: str | None = None
    basis: str | None = None
    checked: bool = False
    is_precedent: bool = False
    instead: bool = False
    ruled_at: datetime | None = None
    lost: str | None = None


def lineage(matter: str, directory: Directory) -> tuple[str, ...]:
    """The matter and its parents, nearest first; a cycle ends it."""
    path: list[str] = []
    current: str | None = matter
    while current is not None and current not in path:
        path.append(current)
        known = directory.matters.get(current)
        current = known.parent if known else None
    return tuple(path)


def claims(case: Case) -> tuple[Claim, ...]:
    """Every claim on the case's matter in its street, best rank first; equal ranks in order of their source's id."""
    path = lineage(case.code, case.directory)
    areas = ("*", case.street)
    found = [
        _from_row(duty, len(path) - depth, case)
        for depth, code in enumerate(path)
        for duty in case.directory.duties.get(code, ())
        if duty.area in areas
    ]
    found += _latest(
        [
            _from_precedent(ruling, case)
            for ruling in case.directory.precedents
            if ruling.matter == case.code and ruling.area in areas
        ]
    )
    return tuple(sorted(found, key=lambda claim: (tuple(-part for part in claim.rank), claim.source)))


def winners(ranked: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """The claims of the best rank among those that can be taken; several with different units are a tie."""
    open_ = [claim for claim in ranked if claim.lost is None]
    return tuple(claim for claim in open_ if claim.rank == open_[0].rank)


def _latest(rulings: Sequence[Claim]) -> list[Claim]:
    """The same claims; of those that fit equally well, only what the meeting ruled last can be taken."""
    newest: dict[tuple[int, int, int, int], Claim] = {}
    for ruling in sorted(rulings, key=lambda one: one.ruled_at or _LONG_AGO):
        if ruling.lost is None:
            newest[ruling.rank] = ruling
    return [_overtaken(ruling, newest.get(ruling.rank, ruling)) for ruling in rulings]


def _overtaken(ruling: Claim, newest: Claim) -> Claim:
    if ruling.lost is not None or (ruling.ruled_at or _LONG_AGO) == (newest.ruled_at or _LONG_AGO):
        return ruling
    return replace(ruling, lost=f"已有更晚的联席会议先例{newest.source}")


def _from_row(duty: Duty, depth: int, case: Case) -> Claim:
    unit = _resolve(duty.lead, case)
    return Claim(
        source=duty.id,
        matter=duty.matter,
        rank=(0, depth, int(duty.area != "*"), len(duty.when)),
        unit=unit,
        post=_post(duty, unit, case.directory),
        supports=tuple(filter(None, (_resolve(code, case) for code in duty.supports))),
        fallback=fallback(duty.fallback, case),
        profile=duty.profile,
        process=duty.process,
        basis=duty.basis,
        checked=duty.checked,
        lost=_unmet(duty, case.understanding) or unfit(unit, duty.lead, case.directory),
    )


def _from_precedent(ruling: Precedent, case: Case) -> Claim:
    lost = None
    if ruling.words and not any(word in case.understanding.text for word in ruling.words):
        lost = "先例限定的情形（" + "、".join(ruling.words) + "）在来话中没有出现"
    return Claim(
        source=ruling.id,
        matter=ruling.matter,
        rank=(1, 99, int(ruling.area != "*"), len(ruling.words)),
        unit=ruling.lead,
        supports=ruling.supports,
        fallback=fallback(CENTRE, case),
        basis=ruling.reason,
        is_precedent=True,
        ruled_at=ruling.ruled_at,
        lost=lost or unfit(ruling.lead, ruling.lead, case.directory),
    )


def _resolve(code: str, case: Case) -> str | None:
    return case.centre if code == CENTRE else code


def _post(duty: Duty, unit: str | None, directory: Directory) -> str | None:
    if duty.post is None or unit is None:
        return None
    wanted = duty.post.replace(CENTRE, unit)
    if wanted in directory.posts:
        return wanted
    return next((post.code for post in directory.posts.values() if post.unit == unit and post.name == wanted), None)


def _unmet(duty: Duty, understanding: Understanding) -> str | None:
    for name, values in sorted(duty.when.items()):
        match name:
            case "type":
                met, label = understanding.type.label in values, "诉求类型"
            case "urgency":
                met, label = understanding.urgency.label in values, "紧急程度"
            case "party":
                met, label = any(word in (understanding.party or "") for word in values), "被反映对象"
            case "place":
                met, label = understanding.place.kind in values, "地点类别"
            case _:
                met, label = any(word in understanding.text for word in values), "情形"
        if not met:
            return f"条件不符：{label}应为" + "、".join(values)
    return None


def unfit(unit: str | None, wanted: str, directory: Directory) -> str | None:
    """Why `unit`, which the list names as `wanted`, can get nothing; None when it can."""
    if unit is None:
        return "由所在街道的回应中心承办，但街道不明" if wanted == CENTRE else "单位不明"
    if unit not in directory.units:
        return f"单位{unit}在当日不存在或已撤并"
    return None


def fallback(code: str | None, case: Case) -> str | None:
    """The unit that stands in for the lead; None when there is none in force or when it is the one complained about."""
    unit = _resolve(code, case) if code else None
    return unit if unit in case.directory.units and unit != case.given.party_unit else None


def without_party(claim: Claim, case: Case) -> Claim:
    """The same claim; one whose unit is complained about goes to its fallback, or loses."""
    party = case.given.party_unit
    if party is None or claim.unit != party or claim.lost is not None:
        return claim
    if claim.fallback is None:
        return replace(claim, lost=PARTY)
    return replace(claim, unit=claim.fallback, post=None, fallback=None, instead=True)


def assignment(claim: Claim) -> Assignment:
    """The unit and post of a claim that can be taken."""
    if claim.unit is None:
        raise ValueError(f"{claim.source} has no unit")
    return Assignment(unit=claim.unit, post=claim.post)
