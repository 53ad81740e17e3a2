"""What a resident reads of the own ticket's history: one plain line an event, or nothing."""

from collections.abc import Mapping

from tickets.commands import REFUSE_CODES
from tickets.types import Event, EventKind

E = EventKind

_LINES: Mapping[EventKind, str] = {
    E.OPENED: "已受理您的诉求。",
    E.ASKED: "想请您补充：{question}",
    E.SUPPLIED: "已收到您的补充。",
    E.APPENDED: "已收到您的补充。",
    E.DISPATCHED: "已派给{unit}办理。",
    E.REASSIGNED: "已改由{unit}办理。",
    E.RETURN_APPROVED: "已改由{unit}办理。",
    E.ACCEPTED: "承办单位已签收。",
    E.CONTACTED: "承办单位已与您联系。",
    E.STARTED: "正在办理。",
    E.DISPUTED: "由哪家单位主办正在会商，期间由先行受理单位处理，时限照常计算。",
    E.REFLOWED: "已明确由{unit}主办。",
    E.EXTENSION_GRANTED: "情况较复杂，经批准延长{days}个工作日。",
    E.HOLD_GRANTED: "因客观条件限制，经批准暂缓办理。",
    E.HOLD_ENDED: "恢复办理。",
    E.REPLIED: "承办单位已反馈办理情况，正在审核。",
    E.SETTLED: "承办单位已当场办结，正在审核。",
    E.REPLY_PASSED: "办理情况已通过审核，我们将回访您。",
    E.ANSWERED: "已直接答复。",
    E.REFUSED: "不予受理：{code}。{notice}",
    E.TRANSFERRED: "已转接{number}紧急处置。",
    E.MERGED: "与同一事项的其他来话合并办理，您的时限不变。",
    E.UNMERGED: "恢复单独办理。",
    E.REWORK_ORDERED: "您反映问题尚未解决，已要求重新办理。",
    E.REOPENED: "已按您的要求重新办理。",
    E.RATED: "感谢您的评价。",
    E.CLOSED: "已办结。",
    E.WITHDRAWN: "已按您的要求撤单。",
    E.INVALIDATED: "经核实，本件不作为有效诉求处理。",
}
_NOT_REACHED = "承办单位联系您未果，将继续办理。"


def for_resident(event: Event, unit_names: Mapping[str, str]) -> str | None:
    """The line, or None for what a resident need not see (notes, warnings, reviews)."""
    line = _LINES.get(event.kind)
    if line is None or (event.leg is not None and not event.leg.endswith("/1")):
        return None
    if event.kind is E.CONTACTED and not event.data["reached"]:
        return _NOT_REACHED
    data = {name: str(value) for name, value in event.data.items()}
    data["unit"] = unit_names.get(data.get("unit", ""), "承办单位")
    data["code"] = REFUSE_CODES.get(data.get("code", ""), "")
    return line.format_map(data)
