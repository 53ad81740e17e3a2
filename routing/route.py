"""route(understanding, directory) -> Decision: who is responsible, or why nobody can say yet. Never a guess.

The order of rows never matters. Every path ends in a unit or a reason, and the reason is a Chinese sentence.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from city.types import Directory, Street
from routing import words
from routing.case import PLAIN, Case, Circumstances
from routing.match import CENTRE, Claim, assignment, claims, fallback, lineage, winners, without_party
from tickets.types import Assignment, Candidate, Decision, DecisionKind, Ranked, Understanding, Urgency

PLACE_SURE = 0.6
"""A street below this score is not taken for known."""

_ENQUIRY = ("enquiry", "suggestion", "praise")

__all__ = ["Circumstances", "options", "route"]


def route(understanding: Understanding, directory: Directory, *, given: Circumstances = PLAIN) -> Decision:
    """Who gets it and why."""
    matter = given.matter or (understanding.matters[0].label if understanding.matters else None)
    case = Case(understanding=understanding, directory=directory, given=given)
    case = replace(case, streets=_streets(case))
    if understanding.abstain and given.matter is None:
        matter = _agreed(case)
    if matter is None:
        return _triage(case, "uncertain", "对事项的判断不够确定，请派单员选定承办单位。")
    if matter not in directory.matters:
        return _triage(case, "unknown_matter", f"事项{matter}不在现行事项目录中，请派单员选定承办单位。")
    case = replace(case, matter=matter)
    verdicts = [_verdict(replace(case, street=street)) for street in case.streets or _anywhere(case)]
    outcomes = {(verdict.kind, verdict.lead and verdict.lead.unit) for verdict in verdicts}
    if len(outcomes) > 1 or verdicts[0].reason == "no_street":
        return _which_street(case)
    return _which_street(case) if _goes_nowhere(case, verdicts[0]) else verdicts[0]


def _agreed(case: Case) -> str | None:
    """The best of the likely matters of one unit that are together as sure as one must be; None = there is no such unit.

    Whether it is the wage or the dismissal may be open while the unit that gets both is not.
    """
    bar = case.understanding.threshold
    sums: dict[str, float] = {}
    best: dict[str, str] = {}
    for item in case.understanding.matters if bar is not None else ():
        unit = _unit_of(replace(case, matter=item.label)) if item.label in case.directory.matters else None
        if unit is not None:
            sums[unit] = sums.get(unit, 0.0) + item.score
            best.setdefault(unit, item.label)
    surest = max(sums, key=lambda unit: sums[unit], default=None)
    return best[surest] if surest is not None and bar is not None and sums[surest] >= bar else None


def _unit_of(case: Case) -> str | None:
    """The one unit that would get the case's matter wherever it may be, else None."""
    verdicts = [_verdict(replace(case, street=street)) for street in case.streets or _anywhere(case)]
    units = {verdict.lead.unit if verdict.lead else None for verdict in verdicts}
    return units.pop() if len(units) == 1 else None


def _goes_nowhere(case: Case, verdict: Decision) -> bool:
    """Whether a unit would be sent out without any place to go to, and the resident can still be asked for one."""
    place = case.understanding.place
    return (
        verdict.kind is DecisionKind.DISPATCH
        and case.directory.matters[case.code].needs_place
        and not (case.streets or place.name or place.said)
        and not case.given.asked
        and case.understanding.urgency.label != Urgency.CRITICAL
        and case.understanding.type.label not in _ENQUIRY
    )


def _streets(case: Case) -> tuple[str, ...]:
    """The streets that it may be in: one when sure, several on a border, none when unknown."""
    known = case.directory.streets
    if case.given.street in known:
        return (str(case.given.street),)
    place = case.understanding.place
    scores = {ranked.label: ranked.score for ranked in place.streets if ranked.label in known}
    if place.street in known:
        if place.score >= PLACE_SURE:
            return (str(place.street),)
        scores[str(place.street)] = place.score
    return () if len(scores) == 1 and max(scores.values()) < PLACE_SURE else tuple(sorted(scores))


def options(understanding: Understanding, directory: Directory) -> tuple[Street, ...]:
    """The streets that a question to the resident names, in its order; empty when the question is an open one."""
    case = Case(understanding=understanding, directory=directory)
    streets = _likeliest(replace(case, streets=_streets(case)))
    return tuple(directory.streets[code] for code in streets[: words.OPTIONS]) if len(streets) > 1 else ()


def _likeliest(case: Case) -> tuple[str, ...]:
    """The streets that it may be in, the likeliest first."""
    place = case.understanding.place
    scores = {ranked.label: ranked.score for ranked in place.streets}
    return tuple(sorted(case.streets, key=lambda code: (-scores.get(code, place.score), code)))


def _anywhere(case: Case) -> tuple[str | None, ...]:
    """What an unknown street stands for: nowhere in particular, and each street of which list or precedents say more.

    A row that gives it to the street's own centre speaks of every street.
    """
    directory = case.directory
    rows = [duty for code in lineage(case.code, directory) for duty in directory.duties.get(code, ())]
    if any(duty.lead == CENTRE for duty in rows):
        return (None, *sorted(directory.streets))
    rulings = [ruling.area for ruling in directory.precedents if ruling.matter == case.code]
    return (None, *sorted({*rulings, *(duty.area for duty in rows)} & directory.streets.keys()))


def _verdict(case: Case) -> Decision:
    ranked = tuple(without_party(claim, case) for claim in claims(case))
    best = winners(ranked)
    if not best:
        return _nobody(case, ranked)
    if len({claim.unit for claim in best}) > 1:
        return _tie(case, best, ranked)
    return _dispatch(case, best[0], ranked)


def _dispatch(case: Case, claim: Claim, ranked: Sequence[Claim]) -> Decision:
    lead = assignment(claim)
    never = (lead.unit, case.given.party_unit)
    supports = [code for code in dict.fromkeys(claim.supports) if code in case.directory.units and code not in never]
    known = case.directory.matters[case.code]
    return _decision(
        case,
        DecisionKind.DISPATCH,
        "precedent" if claim.is_precedent else "list",
        words.dispatched(case, claim),
        lead=lead,
        supports=tuple(Assignment(unit=code) for code in supports),
        fallback=claim.fallback,
        profile=_profile(claim.profile or known.profile, case.understanding),
        process=claim.process,
        row=None if claim.is_precedent else claim.source,
        precedent=claim.source if claim.is_precedent else None,
        basis=claim.basis,
        basis_checked=claim.checked,
        candidates=_candidates(case, ranked, claim),
    )


def _nobody(case: Case, ranked: Sequence[Claim]) -> Decision:
    name = case.directory.matters[case.code].name
    if case.street is None and (any(claim.unit is None for claim in ranked) or len(_anywhere(case)) > 1):
        return _triage(case, "no_street", f"“{name}”按街道承办，但所在街道不明。")
    if any(claim.unit == case.given.party_unit for claim in ranked if claim.unit is not None):
        return _triage(case, "party", f"“{name}”的承办单位就是被反映单位，请派单员另选。")
    return _decision(
        case,
        DecisionKind.DISPUTE,
        "gap",
        f"责任清单中没有单位承担“{name}”，提交联席会议明确。",
        fallback=fallback(CENTRE, case),
        candidates=_candidates(case, ranked, None),
    )


def _tie(case: Case, best: Sequence[Claim], ranked: Sequence[Claim]) -> Decision:
    names = "、".join(sorted({case.directory.units[str(claim.unit)].name for claim in best}))
    return _decision(
        case,
        DecisionKind.DISPUTE,
        "tie",
        f"责任清单中{names}对“{case.directory.matters[case.code].name}”的职责同样具体，提交联席会议裁定。",
        fallback=next((claim.fallback for claim in best if claim.fallback), best[0].unit),
        candidates=_candidates(case, ranked, None, tied=best),
        suggestions=_candidates(case, best, None, tied=best),
    )


def _which_street(case: Case) -> Decision:
    """Ask the resident one thing; when that was done already, or minutes count, a dispatcher decides."""
    name = case.directory.matters[case.code].name
    if case.given.asked or case.understanding.urgency.label == Urgency.CRITICAL:
        return _triage(case, "no_street", f"“{name}”按街道承办，但所在街道不明，请派单员核实地点。")
    streets = [case.directory.streets[code].name for code in _likeliest(case)]
    reason, sentence, question = words.asked(name, streets)
    return _decision(case, DecisionKind.ASK, reason, sentence, question=question)


def _triage(case: Case, reason: str, sentence: str) -> Decision:
    return _decision(case, DecisionKind.TRIAGE, reason, sentence, suggestions=_suggestions(case))


def _decision(case: Case, kind: DecisionKind, reason: str, sentence: str, **more: Any) -> Decision:
    known = case.directory.matters.get(case.matter) if case.matter else None
    common: dict[str, Any] = {
        "matter": case.matter,
        "profile": _profile(known.profile if known else "default", case.understanding),
        "field": known.meeting_field if known else None,
        "list_version": case.directory.list_version,
        "call": case.given.call,
    }
    return Decision(kind=kind, reason=reason, sentence=sentence, **(common | more))


def _profile(profile: str, understanding: Understanding) -> str:
    if understanding.urgency.label == Urgency.CRITICAL:
        return "critical"
    if understanding.type.label in _ENQUIRY and profile == "default":
        return "enquiry"
    return profile


def _candidates(
    case: Case, ranked: Sequence[Claim], winner: Claim | None, *, tied: Sequence[Claim] = ()
) -> tuple[Candidate, ...]:
    score = {item.label: item.score for item in case.understanding.matters}
    best = winner or next(iter(tied), None)
    return tuple(
        Candidate(
            unit=claim.unit or "",
            row=claim.source,
            matter=claim.matter,
            won=claim is winner,
            reason=words.why(claim, None if claim in tied else best, case.directory),
            score=score.get(claim.matter, 0.0),
        )
        for claim in ranked
    )


def _suggestions(case: Case) -> tuple[Candidate, ...]:
    """The three best for a dispatcher: the likely matters, each with the units of its best rows."""
    directory = case.directory
    chosen = [Ranked(label=case.given.matter, score=1.0)] if case.given.matter else []
    guesses = [item for item in case.understanding.matters if item.label != case.given.matter]
    likely = [item for item in chosen + guesses if item.label in directory.matters]
    streets: Sequence[str | None] = case.streets or (None, *sorted(directory.streets))
    out: dict[tuple[str, str], Candidate] = {}
    for item in likely:
        for street in streets:
            claim = _best_offer(replace(case, matter=item.label, street=street))
            if claim is not None and claim.unit is not None:
                reason = f"可能的事项：{directory.matters[item.label].name}（{item.score:.0%}）"
                offer = Candidate(
                    unit=claim.unit, row=claim.source, matter=item.label, won=False, reason=reason, score=item.score
                )
                out.setdefault((claim.unit, item.label), offer)
    return tuple(out.values())[:3]


def _best_offer(case: Case) -> Claim | None:
    fit = (claim for claim in claims(case) if claim.lost is None and claim.unit != case.given.party_unit)
    return next(fit, None)
