"""What each command does once role and state allow it: the conditions that a table cannot hold, and the events."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from plumbing.errors import Refused
from tickets.draft import NO_FACTS, Draft, Facts
from tickets.moves import OPEN
from tickets.types import CommandKind, EventKind, Leg, LegRole, LegState, Role, Ticket, Urgency

C, E, S = CommandKind, EventKind, LegState

REOPEN_DAYS = 30
EXTENSION_DAYS_IN_ALL = 10


def next_leg(ticket: Ticket) -> str:
    """The id of the next leg: "<ticket>/<n>"."""
    return f"{ticket.no}/{len(ticket.legs) + 1}"


def _supply(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.state is S.WAITING:
        draft.add(E.SUPPLIED, leg.id, state=S.RECEIVED, **data)
    else:
        draft.add(E.APPENDED, leg.id, **data)


def _dispatch(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    supports = data.pop("supports", [])
    profile = data.pop("profile", draft.ticket.profile)
    draft.add(E.DISPATCHED, leg.id, state=S.DISPATCHED, role=leg.role, round=leg.round + 1, profile=profile, **data)
    _add_supports(draft, supports)


def _add_supports(draft: Draft, supports: list[str], *, forbidden: bool = False) -> None:
    busy = {leg.unit for leg in draft.ticket.legs if leg.state in OPEN}
    for unit in dict.fromkeys(supports):
        if unit not in busy:
            _open_leg(draft, E.LEG_ADDED, unit, LegRole.SUPPORT, return_forbidden=forbidden)


def _open_leg(draft: Draft, kind: EventKind, unit: str, role: LegRole, **data: Any) -> None:
    profile = draft.ticket.profile
    draft.add(kind, next_leg(draft.ticket), unit=unit, role=role, round=1, state=S.DISPATCHED, profile=profile, **data)


def _add_support(draft: Draft, _leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if any(other.unit == data["unit"] and other.state in OPEN for other in draft.ticket.legs):
        raise Refused("ALREADY_IN", "该单位已在承办此工单。")
    _open_leg(draft, E.LEG_ADDED, data["unit"], LegRole.SUPPORT, post=data.get("post"), reason=data["reason"])


def _reassign(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.return_forbidden:
        raise Refused("RULED", "该工单不能改派：已由联席会议裁定，或正由该单位先行受理。")
    if data["unit"] == leg.unit:
        raise Refused("SAME_UNIT", "改派的单位与当前承办单位相同，请另选单位。")
    draft.add(
        E.REASSIGNED,
        leg.id,
        state=S.DISPATCHED,
        role=leg.role,
        from_unit=leg.unit,
        round=leg.round + 1,
        profile=draft.ticket.profile,
        **data,
    )


def _contact(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if not data["reached"] and "note" not in data:
        raise Refused("WHY_NOT", "未联系上市民时，请说明原因。")
    state = S.CONTACTED if leg.state is S.ACCEPTED else leg.state
    draft.add(E.CONTACTED, leg.id, state=state, **data)


def _needs_basis(data: Mapping[str, Any]) -> None:
    if data.get("cannot_act") and "basis" not in data:
        raise Refused("NO_BASIS", "“依法无法办理”须写明依据。")


def _reply(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    _needs_basis(data)
    draft.add(E.REPLIED, leg.id, state=S.REPLIED, unit=leg.unit, **data)


def _settle(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    _needs_basis(data)
    draft.add(E.SETTLED, leg.id, state=S.REPLIED, unit=leg.unit, post=leg.post, **data)


def _request_return(draft: Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    if leg.return_forbidden:
        raise Refused("RETURN_FORBIDDEN", "该工单不得退回：已由联席会议裁定，或正由贵单位先行受理。")
    if not facts.return_open:
        raise Refused("RETURN_LATE", "退单时限已过，请继续办理；确有争议可向派单员说明。")
    if data["proposed_unit"] == leg.unit:
        raise Refused("SAME_UNIT", "建议单位不能是本单位，请另选。")
    before = len(leg.refused_by)
    draft.add(E.RETURN_REQUESTED, leg.id, state=S.RETURN_REQUESTED, unit=leg.unit, was=leg.state, **data)
    refusers = {*leg.refused_by, leg.unit}
    if len(refusers) >= facts.max_refusals:
        _open_dispute(draft, leg, facts, code="refused_twice", reason=f"已有{len(refusers)}家单位认为不属于其职责")
    elif data["proposed_unit"] in leg.held_by:
        _open_dispute(draft, leg, facts, code="circle", reason="退单建议指回曾经承办的单位")
    elif before + 1 > facts.max_returns:
        _open_dispute(draft, leg, facts, code="too_many", reason=f"退单已超过{facts.max_returns}次")


def _open_dispute(draft: Draft, leg: Leg, facts: Facts, **why: Any) -> None:
    """`why` holds code, reason and, when somebody named them, units (else: whoever refused or held the leg)."""
    holders = [*leg.refused_by, *([leg.unit] if leg.unit else [])]
    units = why.pop("units", None) or list(dict.fromkeys(holders))
    interim = _interim(draft.ticket, leg, facts)
    draft.add(E.DISPUTED, leg.id, state=S.DISPUTED, units=units, interim=interim, **why)
    if interim is not None:
        _open_leg(draft, E.INTERIM_APPOINTED, interim, LegRole.INTERIM, return_forbidden=True)


def _interim(ticket: Ticket, leg: Leg, facts: Facts) -> str | None:
    """Who handles the matter meanwhile (先行受理): the one named beforehand, else who got it first.

    None while a support leg is disputed, for the lead is at work; and never a unit that is not in force or that
    the complaint is about.
    """
    if leg.role is not LegRole.LEAD:
        return None
    known = facts.known_units
    fit = (unit for unit in (facts.interim, *leg.held_by[:1]) if known is None or unit in known)
    return next((unit for unit in fit if unit is not None and unit != ticket.party_unit), None)


def _approve_return(draft: Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    if data["unit"] == leg.unit:
        raise Refused("SAME_UNIT", "同意退单后须派给另一家单位，请另选。")
    if data["unit"] in leg.held_by:
        _open_dispute(draft, leg, facts, code="circle", reason="拟派单位曾经承办并退回")
        return
    draft.add(
        E.RETURN_APPROVED,
        leg.id,
        state=S.DISPATCHED,
        role=leg.role,
        from_unit=leg.unit,
        round=leg.round + 1,
        profile=draft.ticket.profile,
        **data,
    )


def _dispute(draft: Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    _open_dispute(draft, leg, facts, code="asked", **data)


def _rule(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    draft.add(E.RULED, leg.id, state=S.RULED, **data)
    draft.add(
        E.REFLOWED,
        leg.id,
        state=S.DISPATCHED,
        unit=data["lead"],
        round=leg.round + 1,
        profile=draft.ticket.profile,
        role=leg.role,
        return_forbidden=True,
    )
    if leg.role is LegRole.LEAD:
        _release_interim(draft)
    _add_supports(draft, data.get("supports", []), forbidden=True)


def _release_interim(draft: Draft) -> None:
    for other in draft.ticket.legs:
        if other.role is LegRole.INTERIM and other.state in OPEN:
            draft.add(E.INTERIM_RELEASED, other.id, state=S.CLOSED, unit=other.unit)


def _request_extension(draft: Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    if draft.ticket.urgency is Urgency.CRITICAL:
        raise Refused("CRITICAL", "涉及生命财产安全的工单不能延期。")
    if not facts.before_due:
        raise Refused("EXTENSION_LATE", "延期须在办结时限之前提出。")
    if leg.extended_days + data["days"] > EXTENSION_DAYS_IN_ALL:
        left = EXTENSION_DAYS_IN_ALL - leg.extended_days
        raise Refused("EXTENSION_TOO_LONG", f"延期累计不得超过{EXTENSION_DAYS_IN_ALL}个工作日，还可申请{left}日。")
    draft.add(E.EXTENSION_REQUESTED, leg.id, state=S.EXTENSION_REQUESTED, unit=leg.unit, **data)


def _grant_extension(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.approved_by is None:
        draft.add(E.EXTENSION_APPROVED, leg.id, by=draft.actor.id, **data)
        return
    if leg.approved_by == draft.actor.id:
        raise Refused("SECOND_PERSON", "延期须由两人审批，请由另一位审批人确认。")
    if not draft.actor.roles & {Role.SUPERVISOR, Role.LEADER}:
        raise Refused("SECOND_ROLE", "延期的第二次审批须由督查人员或领导作出。")
    draft.add(E.EXTENSION_GRANTED, leg.id, state=S.IN_PROGRESS, days=leg.asked_days, unit=leg.unit, **data)


def _pass_reply(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    if leg.role is not LegRole.LEAD:
        draft.add(E.REPLY_PASSED, leg.id, state=S.CLOSED, **data)
        return
    if any(other.state in OPEN for other in draft.ticket.legs if other.role is LegRole.SUPPORT):
        raise Refused("SUPPORTS_OPEN", "协办单位尚未全部办结，请先审核协办单位的反馈。")
    draft.add(E.REPLY_PASSED, leg.id, state=S.CALLBACK, **data)


def _call_back(draft: Draft, leg: Leg, data: dict[str, Any], facts: Facts) -> None:
    legs = draft.ticket.legs
    if draft.actor.id in {one.replied_by for one in legs} or draft.actor.unit in {one.unit for one in legs} - {None}:
        raise Refused("OWN_WORK", "回访不能由承办人或承办单位进行。")
    attempt = leg.n_callbacks + 1
    if data["reached"] and "solved" not in data:
        raise Refused("NO_RESULT", "已接通的回访须记录是否解决。")
    draft.add(E.CALLED_BACK, leg.id, attempt=attempt, **data)
    if data["reached"]:
        _conclude(draft, leg, solved=data["solved"])
    elif attempt >= facts.callback_attempts:
        _conclude(draft, leg, solved=None)


def _conclude(draft: Draft, leg: Leg, *, solved: bool | None) -> None:
    if solved is False:
        draft.add(E.REWORK_ORDERED, leg.id, state=_anew(leg), unit=leg.unit, round=leg.round)
    else:
        _close(draft, leg, {}, NO_FACTS)


def _anew(leg: Leg) -> LegState:
    """Where it goes when it was not solved: to the unit's rework, or back to the hotline that had answered itself."""
    return S.RECEIVED if leg.unit is None else S.REWORK


def _close(draft: Draft, leg: Leg, _data: dict[str, Any], _facts: Facts) -> None:
    if leg.state is S.MERGED and Role.SYSTEM not in draft.actor.roles:
        raise Refused("FOLLOWS_MASTER", "已并入其他工单，将随主工单一并办结；需要单独办理时请先拆分。")
    others = [other for other in draft.ticket.legs if other.id != leg.id and other.state in OPEN]
    draft.add(E.CLOSED, leg.id, state=S.CLOSED, ticket_closed=not others)


def _rate(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    _needs_lead(leg)
    if draft.ticket.satisfaction is not None and leg.state is S.CLOSED:
        raise Refused("RATED", "您已评价过，感谢您的反馈。")
    draft.add(E.RATED, leg.id, **data)
    if leg.state is not S.CLOSED:
        _conclude(draft, leg, solved=data["solved"])


def _reopen(draft: Draft, leg: Leg, data: dict[str, Any], _facts: Facts) -> None:
    _needs_lead(leg)
    if leg.closed_at is not None and draft.now - leg.closed_at > timedelta(days=REOPEN_DAYS):
        raise Refused("REOPEN_LATE", f"办结已超过{REOPEN_DAYS}天，请重新提交诉求，我们会关联原工单。")
    if leg.unit is None and leg.replied_at is None:
        raise Refused("NO_UNIT", "该诉求未由热线办理；如有新的情况，请重新提交诉求。")
    draft.add(E.REOPENED, leg.id, state=_anew(leg), unit=leg.unit, round=leg.round, **data)


def _needs_lead(leg: Leg) -> None:
    if leg.role is not LegRole.LEAD:
        raise Refused("LEAD_ONLY", "评价和重办针对整张工单，请不要指定协办环节。")


Handler = Callable[[Draft, Leg, dict[str, Any], Facts], None]

HANDLERS: Mapping[CommandKind, Handler] = {
    C.SUPPLY: _supply,
    C.DISPATCH: _dispatch,
    C.REASSIGN: _reassign,
    C.ADD_SUPPORT: _add_support,
    C.CONTACT: _contact,
    C.REPLY: _reply,
    C.SETTLE: _settle,
    C.REQUEST_RETURN: _request_return,
    C.APPROVE_RETURN: _approve_return,
    C.DISPUTE: _dispute,
    C.RULE: _rule,
    C.REQUEST_EXTENSION: _request_extension,
    C.GRANT_EXTENSION: _grant_extension,
    C.PASS_REPLY: _pass_reply,
    C.CALL_BACK: _call_back,
    C.CLOSE: _close,
    C.RATE: _rate,
    C.REOPEN: _reopen,
}
"""A command without one writes its row of MOVES and nothing more."""
