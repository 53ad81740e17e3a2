"""A ticket's history in plain Chinese sentences. Pure; complete by test.

What was said stands apart from the sentence (`said`), so that a page can show it as a quotation, and can leave out
what is internal to another unit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboards.queries.names import Names
from dashboards.times import stamp
from dashboards.words import CHANNELS, CLOCKS, DANGERS, TYPES
from sla.types import ClockKind
from tickets.commands import REFUSE_CODES, RETURN_CODES
from tickets.types import Channel, Event, EventKind, TicketType

E = EventKind
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody's words. `inner` = for the hotline and the unit that wrote them only."""

    label: str
    text: str
    inner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An event for the eye. `tone` is key, alarm or empty; `receipt_no` names a message whose words belong here."""

    at: datetime
    late: datetime | None
    who: str
    what: str
    said: tuple[Said, ...]
    tone: str
    leg: str | None
    receipt_no: str | None


_KEY = frozenset(
    {
        E.OPENED,
        E.DISPATCHED,
        E.REASSIGNED,
        E.RETURN_APPROVED,
        E.REPLIED,
        E.SETTLED,
        E.RULED,
        E.REFLOWED,
        E.ANSWERED,
        E.CLOSED,
        E.REOPENED,
    }
)
_ALARM = frozenset({E.ALARMED, E.CLOCK_WARNED, E.SUPERVISED, E.TRANSFERRED, E.DISPUTED, E.REWORK_ORDERED})
_STEPS = {"amber": "即将到期", "red": "已到期", "notice": "逾期未办结，列入通报", "repeat": "仍未处理，再次提醒"}
_HEARERS = {
    "lead": "承办单位负责人",
    "dispatcher": "派单员",
    "supervisor": "督查",
    "leader": "领导",
    "duty": "值班员",
}


def line(event: Event, names: Names, people: Mapping[str, str]) -> Line:
    """The event as a line; `people` are names by login."""
    what, said = _SENTENCES[event.kind](event.data, names)
    noticed_later = (event.recorded_at - event.at).total_seconds() >= 60
    return Line(
        at=event.at,
        late=event.recorded_at if noticed_later else None,
        who=_who(event.actor, people, names),
        what=what,
        said=tuple(item for item in said if item.text),
        tone="key" if event.kind in _KEY else "alarm" if event.kind in _ALARM else "",
        leg=event.leg,
        receipt_no=event.data.get("receipt_no"),
    )


def _who(actor: str, people: Mapping[str, str], names: Names) -> str:
    """A person's name; a programme that acts for a unit under its code is called by the unit's."""
    return {"system": "系统", "resident": "市民"}.get(actor) or people.get(actor) or names.actor(actor)


def _reason(data: Data, label: str = "理由") -> list[Said]:
    return [Said(label=label, text=str(data.get("reason") or ""))]


Sentence = tuple[str, list[Said]]
_Teller = Callable[[Data, Names], Sentence]


def _plain(text: str) -> _Teller:
    return lambda data, _names: (text, _reason(data))


def _opened(data: Data, _names: Names) -> Sentence:
    channel, kind = CHANNELS[Channel(data["channel"])], TYPES[TicketType(data["type"])]
    marks = [word for name, word in (("confidential", "保密"), ("anonymous", "匿名")) if data.get(name)]
    flags = {
        "occurred_in_future": "来件时间晚于当前时间",
        "occurred_long_ago": "来件时间过早",
        "text_cleaned": "已清除控制字符",
    }
    marks += [flags[flag] for flag in data.get("flags", []) if flag in flags]
    part = f"；来件共{data['of']}件诉求，这是第{data['part']}件" if "part" in data else ""
    return f"受理{channel}来件，登记为{kind}" + (f"（{'、'.join(marks)}）" if marks else "") + f"{part}。", []


def _understood(data: Data, names: Names) -> Sentence:
    if data.get("abstain") or not data.get("matter"):
        return "已分析来件，事项没有把握，交人工判断。", []
    return f"已分析来件，判断为“{names.matter(data['matter'])}”，区域为{names.street(data.get('street'))}。", []


def _decided(data: Data, _names: Names) -> Sentence:
    return str(data.get("sentence") or "已作出派单判断。"), []


def _dispatched(data: Data, names: Names) -> Sentence:
    post = f"（{names.post(data['post'])}）" if data.get("post") else ""
    return f"派单至{names.unit(data['unit'])}{post}。", _reason(data)


def _moved(word: str) -> _Teller:
    def tell(data: Data, names: Names) -> Sentence:
        return f"{word}，由{names.unit(data.get('from_unit'))}转至{names.unit(data['unit'])}。", _reason(data)

    return tell


def _of_unit(before: str, after: str) -> _Teller:
    return lambda data, names: (f"{before}{names.unit(data.get('unit'))}{after}", _reason(data))


def _refused(data: Data, _names: Names) -> Sentence:
    said = [Said(label="依据", text=data.get("basis", "")), Said(label="告知市民", text=data.get("notice", ""))]
    return f"不予受理：{REFUSE_CODES.get(data['code'], data['code'])}。", said


def _transferred(data: Data, _names: Names) -> Sentence:
    return f"紧急转接{data['number']}。", _reason(data)


def _merged(data: Data, _names: Names) -> Sentence:
    return f"并入工单{data['master']}。", _reason(data)


def _contacted(data: Data, _names: Names) -> Sentence:
    what = "已联系上市民。" if data["reached"] else "未联系上市民。"
    return what, [Said(label="联系情况", text=data.get("note", ""), inner=True)]


def _replied(word: str) -> _Teller:
    def tell(data: Data, names: Names) -> Sentence:
        cannot = "，说明依法无法办理" if data.get("cannot_act") else ""
        said = [
            Said(label="答复市民", text=data.get("answer", "")),
            Said(label="依据", text=data.get("basis") or ""),
            Said(label="佐证材料", text="\n".join(data.get("evidence") or [])),
            Said(label="内部说明", text=data.get("note") or "", inner=True),
        ]
        return f"{names.unit(data.get('unit'))}{word}{cannot}。", said

    return tell


def _return_requested(data: Data, names: Names) -> Sentence:
    code = RETURN_CODES.get(data["code"], data["code"])
    said = [Said(label="依据条款", text=data.get("clause", "")), Said(label="说明", text=data.get("text") or "")]
    unit, proposed = names.unit(data.get("unit")), names.unit(data["proposed_unit"])
    return f"{unit}申请退单：{code}；建议由{proposed}承办。", said


def _disputed(data: Data, names: Names) -> Sentence:
    interim = f"，由{names.unit(data['interim'])}先行受理" if data.get("interim") else ""
    parties = f"，涉及{names.every(data['units'])}" if data.get("units") else ""
    return f"提交联席会议{parties}{interim}。", _reason(data, "原因")


def _ruled(data: Data, names: Names) -> Sentence:
    supports = f"，{names.every(data['supports'])}协办" if data.get("supports") else ""
    kept = "，列为先例" if data.get("precedent") else ""
    said = [*_reason(data), Said(label="依据", text=data.get("clause") or "")]
    return f"联席会议裁定由{names.unit(data['lead'])}主办{supports}{kept}。", said


def _days(before: str, after: str) -> _Teller:
    return lambda data, _names: (f"{before}{data['days']}个工作日{after}", _reason(data))


def _called_back(data: Data, _names: Names) -> Sentence:
    note = [Said(label="回访记录", text=data.get("note") or "", inner=True)]
    if not data["reached"]:
        return f"第{data['attempt']}次回访，未接通。", note
    parts = ["已解决" if data.get("solved") else "未解决"]
    if "satisfaction" in data:
        parts.append(f"满意度{data['satisfaction']}分")
    if "contacted" in data:
        parts.append("承办单位联系过" if data["contacted"] else "承办单位未联系过")
    return f"第{data['attempt']}次回访，已接通：{'，'.join(parts)}。", note


def _rated(data: Data, _names: Names) -> Sentence:
    return f"市民评价{data['score']}分，{'已解决' if data.get('solved') else '未解决'}。", []


def _closed(data: Data, _names: Names) -> Sentence:
    return "工单办结。" if data.get("ticket_closed", True) else "本环节办结。", []


def _texted(what: str, label: str, *, inner: bool) -> _Teller:
    return lambda data, _names: (what, [Said(label=label, text=data.get("text") or "", inner=inner)])


def _asked(data: Data, _names: Names) -> Sentence:
    return "请市民补充情况。", [Said(label="问题", text=data.get("question") or "")]


def _answered(data: Data, _names: Names) -> Sentence:
    return "热线直接答复市民。", [Said(label="答复市民", text=data.get("answer", ""))]


def _noted(data: Data, _names: Names) -> Sentence:
    if "merged" in data:
        promise = data.get("promise_due_at")
        kept = f"，沿用其较早的承诺时限 {stamp(datetime.fromisoformat(promise))}" if promise else ""
        return f"工单{data['merged']}并入本工单{kept}。", []
    return "添加备注。", [Said(label="备注", text=data.get("text", ""), inner=True)]


def _alarmed(data: Data, _names: Names) -> Sentence:
    danger = DANGERS.get(data.get("danger", ""), "危险")
    call = f"，已提示市民拨打{data['call']}" if data.get("call") else ""
    return f"发现险情（{danger}）{call}，已通知值班员。", []


def _warned(data: Data, names: Names) -> Sentence:
    clock = CLOCKS[ClockKind(data["kind"])]
    to = "、".join(_HEARERS.get(one, one) for one in data.get("to", []))
    told = f"，已通知{to}" if to else ""
    return f"{names.unit(data.get('unit'))}的{clock}时限{_STEPS.get(data['step'], data['step'])}{told}。", []


_SENTENCES: dict[EventKind, _Teller] = {
    E.OPENED: _opened,
    E.UNDERSTOOD: _understood,
    E.DECIDED: _decided,
    E.APPENDED: _plain("市民补充了内容。"),
    E.ASKED: _asked,
    E.SUPPLIED: _plain("市民回答了补充问题。"),
    E.WAIT_ENDED: _plain("不再等待市民补充，继续办理。"),
    E.DISPATCHED: _dispatched,
    E.REASSIGNED: _moved("改派"),
    E.LEG_ADDED: _of_unit("增加", "协办。"),
    E.ANSWERED: _answered,
    E.REFUSED: _refused,
    E.TRANSFERRED: _transferred,
    E.MERGED: _merged,
    E.UNMERGED: _plain("撤销并单，恢复单独办理。"),
    E.ACCEPTED: _plain("签收工单。"),
    E.CONTACTED: _contacted,
    E.STARTED: _plain("开始办理。"),
    E.REPLIED: _replied("反馈办理结果"),
    E.SETTLED: _replied("当场办结"),
    E.RETURN_REQUESTED: _return_requested,
    E.RETURN_APPROVED: _moved("同意退单"),
    E.RETURN_REFUSED: _plain("不同意退单，原单位继续办理。"),
    E.DISPUTED: _disputed,
    E.INTERIM_APPOINTED: _of_unit("指定", "先行受理，不得退单。"),
    E.INTERIM_RELEASED: _of_unit("", "的先行受理结束。"),
    E.RULED: _ruled,
    E.REFLOWED: _of_unit("按裁定派单至", "，不得退单。"),
    E.EXTENSION_REQUESTED: _days("申请延期", "。"),
    E.EXTENSION_APPROVED: _plain("延期申请初审同意，待第二人审批。"),
    E.EXTENSION_GRANTED: _days("同意延期", "。"),
    E.EXTENSION_REFUSED: _plain("不同意延期。"),
    E.HOLD_REQUESTED: _plain("申请挂起。"),
    E.HOLD_GRANTED: _plain("同意挂起，暂停计时。"),
    E.HOLD_REFUSED: _plain("不同意挂起。"),
    E.HOLD_ENDED: _plain("挂起结束，恢复办理。"),
    E.REPLY_PASSED: _plain("反馈审核通过。"),
    E.REPLY_REJECTED: _plain("反馈退回，要求重新办理。"),
    E.CALLED_BACK: _called_back,
    E.REWORK_ORDERED: _of_unit("市民反映未解决，要求", "重办。"),
    E.REWORK_STARTED: _plain("开始重办。"),
    E.RATED: _rated,
    E.CLOSED: _closed,
    E.REOPENED: _plain("市民要求重新办理。"),
    E.ARCHIVED: _plain("工单归档。"),
    E.WITHDRAWN: _plain("市民撤回诉求。"),
    E.INVALIDATED: _plain("认定为无效诉求。"),
    E.SUPERVISED: _plain("列入督办。"),
    E.REMINDED: _texted("催办。", "催办内容", inner=False),
    E.NOTED: _noted,
    E.ALARMED: _alarmed,
    E.CLOCK_WARNED: _warned,
}
