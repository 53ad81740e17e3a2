"""Which rows of the responsibility list fit a matter in a street, best first, and why each other one lost."""

from dataclasses import dataclass

from city.types import Directory, Duty, Precedent
from routing.case import Case
from tickets.types import Assignment, Understanding

CENTRE = "@centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row or a precedent with its lead resolved for one street.

    `rank` compares claims: precedent before row, deeper matter before its parent, a named street before "*",
    more conditions before fewer. `unit` is None when "@centre" has no street to stand for; `lost` says in Chinese
    why the claim cannot be taken at all (None = it can).
    """

    source: str
    matter: str
    rank: tuple[int, int, int, int]
    unit: str | None
    post: str | None = None
    supports: tuple[str, ...] = ()
    fallback: str | None = None
    profile: str | None = None
    basis: str | None = None
    checked: bool = False
    is_precedent: bool = False
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
    found += [
        _from_precedent(ruling, case)
        for ruling in case.directory.precedents
        if ruling.matter == case.code and ruling.area in areas
    ]
    return tuple(sorted(found, key=lambda claim: (tuple(-part for part in claim.rank), claim.source)))


def winners(ranked: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """The claims of the best rank among those that can be taken; several with different units are a tie."""
    open_ = [claim for claim in ranked if claim.lost is None]
    return tuple(claim for claim in open_ if claim.rank == open_[0].rank)


def _from_row(duty: Duty, depth: int, case: Case) -> Claim:
    unit = _resolve(duty.lead, case)
    return Claim(
        source=duty.id,
        matter=duty.matter,
        rank=(0, depth, int(duty.area != "*"), len(duty.when)),
        unit=unit,
        post=_post(duty, unit, case.directory),
        supports=tuple(filter(None, (_resolve(code, case) for code in duty.supports))),
        fallback=duty.fallback and _resolve(duty.fallback, case),
        profile=duty.profile,
        basis=duty.basis,
        checked=duty.checked,
        lost=_unmet(duty, case.understanding) or _unfit(unit, duty.lead, case.directory),
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
        fallback=case.centre,
        basis=ruling.reason,
        is_precedent=True,
        lost=lost or _unfit(ruling.lead, ruling.lead, case.directory),
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
            case _:
                met, label = any(word in understanding.text for word in values), "情形"
        if not met:
            return f"条件不符：{label}应为" + "、".join(values)
    return None


def _unfit(unit: str | None, wanted: str, directory: Directory) -> str | None:
    if unit is None:
        return "由所在街道的回应中心承办，但街道不明" if wanted == CENTRE else "单位不明"
    if unit not in directory.units:
        return f"单位{unit}在当日不存在或已撤并"
    return None


def assignment(claim: Claim) -> Assignment:
    """The unit and post of a claim that can be taken."""
    if claim.unit is None:
        raise ValueError(f"{claim.source} has no unit")
    return Assignment(unit=claim.unit, post=claim.post)
