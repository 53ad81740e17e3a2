"""Forms of commands: which fields a person is asked for, and a submitted form as the command's data.

The fields are those of tickets.commands; what the engine fills in by itself (clock profile, row of the list) is not
asked for. Nothing is judged here: tickets.commands.checked has the last word and names the wrong field.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from dashboards.queries.names import Groups, Names, Options
from dashboards.words import COMMANDS
from plumbing.ids import token
from tickets.commands import FIELDS, REFUSE_CODES, RETURN_CODES, TEXT_CHARACTERS, Field
from tickets.types import CommandKind, LegState

C, S = CommandKind, LegState
MAX_FIELDS = 400

_ENGINES_OWN = frozenset({"profile", "row", "precedent", "field", "promise_due_at", "receipt_no", "commitment"})
_ONE_UNIT = frozenset({"unit", "lead", "proposed_unit"})
_SHORT = frozenset({"clause", "basis", "master"})
_CODE_WORDS: dict[str, str] = {**RETURN_CODES, **REFUSE_CODES}

NOT_OFFERED = frozenset({C.SUPPLY, C.RULE, C.RATE, C.REOPEN, C.WITHDRAW, C.ARCHIVE})
"""The resident's own commands, the engine's, and the ruling, which has its page at the meeting."""

FIRST: Mapping[LegState, tuple[CommandKind, ...]] = {
    S.RECEIVED: (C.DISPATCH, C.ANSWER),
    S.WAITING: (C.DISPATCH,),
    S.DISPATCHED: (C.ACCEPT,),
    S.ACCEPTED: (C.CONTACT,),
    S.CONTACTED: (C.START,),
    S.IN_PROGRESS: (C.REPLY,),
    S.RETURN_REQUESTED: (C.APPROVE_RETURN, C.REFUSE_RETURN),
    S.EXTENSION_REQUESTED: (C.GRANT_EXTENSION, C.REFUSE_EXTENSION),
    S.HOLD_REQUESTED: (C.GRANT_HOLD, C.REFUSE_HOLD),
    S.REPLIED: (C.PASS_REPLY, C.REJECT_REPLY),
    S.CALLBACK: (C.CALL_BACK,),
    S.REWORK: (C.START_REWORK,),
    S.MERGED: (C.UNMERGE,),
}
"""What usually comes next in a state: shown first, the very first one unfolded."""

_THEN = (
    C.SETTLE,
    C.REPLY,
    C.REQUEST_RETURN,
    C.REQUEST_EXTENSION,
    C.REQUEST_HOLD,
    C.ASK,
    C.END_WAIT,
    C.REASSIGN,
    C.REMIND,
    C.SUPERVISE,
    C.NOTE,
    C.ADD_SUPPORT,
    C.MERGE,
    C.DISPUTE,
    C.REFUSE,
    C.TRANSFER,
    C.INVALIDATE,
)
"""The order of the rest; what is not named here comes between."""

_GRAVE = frozenset({C.REFUSE, C.INVALIDATE, C.TRANSFER, C.REJECT_REPLY, C.REFUSE_RETURN})
_HINTS: Mapping[CommandKind, str] = {
    C.REQUEST_EXTENSION: "延期累计不超过10个工作日，须在办结时限之前提出，由两人审批。",
    C.REQUEST_HOLD: "挂起须经督查或领导批准，批准后暂停计时。",
    C.SETTLE: "仅限已签收、当场已解决的事项；直接进入审核和回访。",
    C.MERGE: "并单可以撤销；较早的承诺时限继续有效。",
    C.TRANSFER: "仅登记已转接紧急电话的情况，工单随即结束。",
    C.GRANT_EXTENSION: "延期须两人审批，第二次由督查或领导作出。",
    C.REFUSE: "不予受理须写明依据，并告知市民正确的途径。",
}
_FIELD_HINTS: Mapping[str, str] = {
    "answer": "市民会看到这段文字，请勿写入他人信息。",
    "note": "仅热线和本单位可见。",
    "evidence": "每行一条，如照片编号、现场记录、文书号。",
    "clause": "如责任清单条目、法规条款。",
    "basis": "“依法无法办理”时必填。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a form was not taken: shown at that form, at `field` when it is about one."""

    kind: CommandKind
    leg: str | None
    sentence: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field to draw. `widget`: area, line, lines, select, units, choice, days or tick."""

    id: str
    name: str
    label: str
    widget: str
    required: bool
    value: str = ""
    values: tuple[str, ...] = ()
    options: Options = field(default_factory=list)
    groups: Groups = field(default_factory=list)
    hint: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A command's form. `first` = unfolded; `error` belongs to the form as a whole."""

    kind: CommandKind
    leg: str
    label: str
    fields: tuple[FieldView, ...]
    key: str
    first: bool
    grave: bool
    hint: str
    error: str


def in_order(kinds: Iterable[CommandKind], state: LegState) -> tuple[CommandKind, ...]:
    """What usually comes next in `state` first, the everyday before the rare, the grave last."""
    order = [*FIRST.get(state, ()), *_THEN]
    return tuple(sorted(kinds, key=lambda kind: order.index(kind) if kind in order else len(FIRST.get(state, ()))))


async def submitted(request: Request) -> FormData:
    """The form's text fields without NUL, which no database takes; files are not taken."""
    async with request.form(max_files=0, max_fields=MAX_FIELDS) as form:
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    return FormData([(name, value.replace("\x00", "")) for name, value in pairs])


def view(
    kind: CommandKind,
    leg: str,
    *,
    names: Names,
    on: date,
    first: bool = False,
    given: Mapping[str, Sequence[str]] | None = None,
    problem: Problem | None = None,
) -> FormView:
    """The form of a command on a leg. `given` are values to begin with, or those to keep after `problem`."""
    wrong = problem if problem is not None and problem.kind is kind and problem.leg in (None, leg) else None
    prefix = f"{kind}-{leg.rsplit('/', 1)[-1]}"
    asked = [one for one in FIELDS[kind] if one.name not in _ENGINES_OWN]
    fields = tuple(_field(one, prefix, kind, names=names, on=on, given=given or {}, wrong=wrong) for one in asked)
    named = wrong is not None and any(one.error for one in fields)
    return FormView(
        kind=kind,
        leg=leg,
        label=COMMANDS[kind],
        fields=fields,
        key=token(12),
        first=first or wrong is not None,
        grave=kind in _GRAVE,
        hint=_HINTS.get(kind, ""),
        error="" if wrong is None or named else wrong.sentence,
    )


def data(kind: CommandKind, form: FormData) -> dict[str, Any]:
    """The submitted fields as the command's data; what was left empty is left out, and odd values stay odd."""
    out: dict[str, Any] = {}
    for one in FIELDS[kind]:
        value = _value(one, form)
        if value not in (None, "", []):
            out[one.name] = value
    return out


def kept(form: FormData) -> dict[str, list[str]]:
    """The submitted values by field, to show again."""
    return {name: [str(value) for value in form.getlist(name)] for name in form}


def _value(one: Field, form: FormData) -> Any:
    raw = str(form.get(one.name) or "").strip()
    match one.kind:
        case "codes":
            return [str(value) for value in form.getlist(one.name) if value]
        case "list":
            return [text.strip() for text in raw.splitlines() if text.strip()]
        case "days" | "score" | "number":
            return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 9 else raw
        case "flag":
            return {"yes": True, "no": False}.get(raw, raw)
        case "text":
            return raw.replace("\r\n", "\n")
        case _:
            return raw


def _field(
    one: Field,
    prefix: str,
    kind: CommandKind,
    *,
    names: Names,
    on: date,
    given: Mapping[str, Sequence[str]],
    wrong: Problem | None,
) -> FieldView:
    values = tuple(given.get(one.name, ()))
    widget, options, groups = _widget(one, kind, names, on=on)
    return FieldView(
        id=f"{prefix}-{one.name}",
        name=one.name,
        label=one.label,
        widget=widget,
        required=one.required,
        value=values[0] if values else "",
        values=values,
        options=options,
        groups=groups,
        hint=_FIELD_HINTS.get(one.name, "") if widget in ("area", "line", "lines") else "",
        error=wrong.sentence if wrong is not None and wrong.field == one.name else "",
    )


def _widget(one: Field, kind: CommandKind, names: Names, *, on: date) -> tuple[str, Options, Groups]:
    """How a field is drawn, and what can be chosen in it."""
    units: Groups = names.unit_groups(on) if one.name in _ONE_UNIT or one.kind == "codes" else []
    if units or one.kind == "codes":
        return "units" if one.kind == "codes" else "select", [], units
    if one.choices:
        return "select", [(choice, _CODE_WORDS.get(choice, choice)) for choice in one.choices], []
    if one.kind == "code" and one.name in _LISTED:
        options, groups = _LISTED[one.name](names)
        return "select", options, groups
    if one.kind == "text":
        brief = one.name in _SHORT or (kind in _BRIEF and not one.required)
        return "line" if brief else "area", [], []
    if one.kind == "flag" and one.name != "cannot_act":
        return "choice", [("yes", "是"), ("no", "否"), *([] if one.required else [("", "未问到")])], []
    if one.kind == "score":
        return (
            "choice",
            [*((str(n), f"{n}分") for n in range(5, 0, -1)), *([] if one.required else [("", "未评价")])],
            [],
        )
    return {"flag": "tick", "days": "days", "list": "lines"}.get(one.kind, "line"), [], []


_LISTED: Mapping[str, Callable[[Names], tuple[Options, Groups]]] = {
    "post": lambda names: (names.post_options(), []),
    "matter": lambda names: ([], names.matter_groups()),
    "street": lambda names: (names.street_options(), []),
}
_BRIEF = frozenset({C.GRANT_EXTENSION, C.GRANT_HOLD, C.PASS_REPLY, C.END_HOLD, C.APPROVE_RETURN, C.DISPATCH, C.REMIND})
"""Commands whose optional words are a remark of one line."""

LONGEST = TEXT_CHARACTERS
