"""What each command carries, checked before anything else looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plumbing.errors import BadInput
from tickets.types import CommandKind

C = CommandKind
TEXT_CHARACTERS = 2000
CODE_CHARACTERS = 40
"""The width of the narrowest column that a code is kept in."""
LIST_ITEMS = 20

RETURN_CODES: dict[str, str] = {
    "not_our_duty": "不属于本单位职责",
    "not_our_area": "不在本辖区",
    "wrong_matter": "事项判断有误",
    "needs_lead": "应由其他单位主办",
    "legal_channel": "应通过法定途径解决",
}
"""退单理由: the typed reasons of a return."""

REFUSE_CODES: dict[str, str] = {
    "court": "已进入诉讼、仲裁或行政复议程序",
    "state_secret": "涉及国家秘密、商业秘密或个人隐私",
    "outside": "不属于本市行政管辖",
    "emergency": "应拨打110、119、120",
    "repeat": "已办结且无新的事实",
}
"""不予受理理由 (each needs a notice of the right way)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a command. `kind` is text, code, codes, days, score, flag or list; `longest` bounds a code."""

    name: str
    kind: str
    label: str
    required: bool = True
    choices: tuple[str, ...] = ()
    longest: int = CODE_CHARACTERS


def _f(name: str, kind: str, label: str, **more: Any) -> Field:
    return Field(name, kind, label, **more)


_UNIT = _f("unit", "code", "承办单位")
_POST = _f("post", "code", "授权岗位", required=False)
_REASON = _f("reason", "text", "理由")
_ANSWER = (
    _f("answer", "text", "答复市民的内容"),
    _f("note", "text", "内部说明", required=False),
    _f("evidence", "list", "佐证材料", required=False),
    _f("cannot_act", "flag", "依法无法办理", required=False),
    _f("basis", "text", "依据", required=False),
)

FIELDS: dict[CommandKind, tuple[Field, ...]] = {
    C.ASK: (_f("question", "text", "要问市民的问题"),),
    C.SUPPLY: (
        _f("receipt_no", "code", "补充内容的受理编号"),
        _f("commitment", "code", "内容摘要值", required=False, longest=80),
    ),
    C.END_WAIT: (),
    C.DISPATCH: (
        _UNIT,
        _POST,
        _f("supports", "codes", "协办单位", required=False),
        _f("reason", "text", "理由", required=False),
        _f("matter", "code", "事项", required=False),
        _f("street", "code", "街道", required=False),
        _f("profile", "code", "时限档", required=False),
        _f("row", "code", "责任清单条目", required=False, longest=80),
        _f("precedent", "code", "先例", required=False, longest=80),
        _f("field", "code", "联席会议领域", required=False),
    ),
    C.REASSIGN: (_UNIT, _POST, _REASON),
    C.ADD_SUPPORT: (_UNIT, _POST, _REASON),
    C.ANSWER: (_f("answer", "text", "答复市民的内容"),),
    C.REFUSE: (
        _f("code", "code", "不予受理理由", choices=tuple(REFUSE_CODES)),
        _f("basis", "text", "依据"),
        _f("notice", "text", "告知的途径"),
    ),
    C.TRANSFER: (_f("number", "code", "转接号码", choices=("110", "119", "120", "122")), _REASON),
    C.MERGE: (_f("master", "code", "主工单号"), _REASON),
    C.UNMERGE: (_REASON,),
    C.ACCEPT: (),
    C.CONTACT: (
        _f("reached", "flag", "是否联系上"),
        _f("note", "text", "联系情况（未联系上须说明原因）", required=False),
    ),
    C.START: (),
    C.REPLY: _ANSWER,
    C.SETTLE: _ANSWER,
    C.REQUEST_RETURN: (
        _f("code", "code", "退单理由", choices=tuple(RETURN_CODES)),
        _f("clause", "text", "依据的条款"),
        _f("proposed_unit", "code", "建议承办单位"),
        _f("text", "text", "说明", required=False),
    ),
    C.APPROVE_RETURN: (_UNIT, _POST, _f("reason", "text", "理由", required=False)),
    C.REFUSE_RETURN: (_REASON,),
    C.DISPUTE: (_REASON, _f("units", "codes", "争议单位", required=False)),
    C.RULE: (
        _f("lead", "code", "主办单位"),
        _f("supports", "codes", "协办单位", required=False),
        _REASON,
        _f("clause", "text", "依据", required=False),
        _f("precedent", "code", "先例", required=False, longest=80),
    ),
    C.REQUEST_EXTENSION: (_f("days", "days", "延期工作日数"), _REASON),
    C.GRANT_EXTENSION: (_f("reason", "text", "意见", required=False),),
    C.REFUSE_EXTENSION: (_REASON,),
    C.REQUEST_HOLD: (_REASON,),
    C.GRANT_HOLD: (_f("reason", "text", "意见", required=False),),
    C.REFUSE_HOLD: (_REASON,),
    C.END_HOLD: (_f("reason", "text", "说明", required=False),),
    C.PASS_REPLY: (_f("reason", "text", "意见", required=False),),
    C.REJECT_REPLY: (_REASON,),
    C.CALL_BACK: (
        _f("reached", "flag", "是否接通"),
        _f("contacted", "flag", "承办单位是否联系过", required=False),
        _f("solved", "flag", "是否解决", required=False),
        _f("satisfaction", "score", "满意度（1至5）", required=False),
        _f("note", "text", "回访记录", required=False),
    ),
    C.START_REWORK: (),
    C.RATE: (
        _f("score", "score", "满意度（1至5）"),
        _f("solved", "flag", "是否解决"),
        _f("contacted", "flag", "承办单位是否联系过", required=False),
    ),
    C.CLOSE: (),
    C.REOPEN: (_f("reason", "text", "理由"),),
    C.ARCHIVE: (),
    C.WITHDRAW: (_f("reason", "text", "理由", required=False),),
    C.INVALIDATE: (_REASON,),
    C.SUPERVISE: (_REASON,),
    C.REMIND: (_f("text", "text", "催办内容", required=False),),
    C.NOTE: (_f("text", "text", "备注"),),
}


def checked(kind: CommandKind, data: Mapping[str, Any]) -> dict[str, Any]:
    """The command's fields, trimmed, only the known ones. Raises BadInput naming the field in Chinese."""
    known = {field.name: field for field in FIELDS[kind]}
    for name in data:
        if name not in known:
            raise BadInput("UNKNOWN_FIELD", f"“{name}”不是该操作的字段，请去掉后重试。", field=name)
    out: dict[str, Any] = {}
    for field in known.values():
        value = _value(field, data.get(field.name))
        if value is None and field.required:
            raise BadInput("MISSING_FIELD", f"请填写“{field.label}”。", field=field.name)
        if value is not None:
            out[field.name] = value
    return out


def _value(field: Field, value: Any) -> Any:
    if value is None or value == "":
        return None
    match field.kind:
        case "text":
            return _text(field, value)
        case "code":
            return _code(field, value)
        case "codes":
            return [_code(field, item) for item in _items(field, value) if item != ""]
        case "days":
            return _whole(field, value, low=1, high=10)
        case "score":
            return _whole(field, value, low=1, high=5)
        case "flag":
            if not isinstance(value, bool):
                raise _wrong(field, "应为 true 或 false")
            return value
        case _:
            return [text for text in (_text(field, item) for item in _items(field, value)) if text is not None]


def _items(field: Field, value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(field, "应为列表")
    if len(value) > LIST_ITEMS:
        raise _wrong(field, f"最多{LIST_ITEMS}项")
    return value


def _text(field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _wrong(field, "应为文字")
    if len(value) > TEXT_CHARACTERS:
        raise _wrong(field, f"不能超过{TEXT_CHARACTERS}字")
    return _clean(value).strip() or None


def _clean(text: str) -> str:
    """Without what no database takes: NUL, and halves of a surrogate pair."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _code(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > field.longest:
        raise _wrong(field, "应为代码")
    if field.choices and value not in field.choices:
        raise _wrong(field, "可选：" + "、".join(field.choices))
    return value


def _whole(field: Field, value: Any, *, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _wrong(field, f"应为{low}至{high}的整数")
    return value


def _wrong(field: Field, hint: str) -> BadInput:
    return BadInput("BAD_FIELD", f"“{field.label}”填写有误：{hint}。", field=field.name)
