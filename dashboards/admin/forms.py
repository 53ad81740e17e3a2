"""An administrator's forms as values. Pure; every fault names its field in Chinese."""

import re
from collections.abc import Mapping
from datetime import date

from city.types import Duty, Unit, UnitKind
from plumbing.errors import BadInput
from tickets.types import Role

UNIT_KINDS: Mapping[UnitKind, str] = {
    UnitKind.DEPARTMENT: "部门",
    UnitKind.CENTRE: "街道回应中心",
    UnitKind.UTILITY: "公用事业单位",
    UnitKind.WINDOW: "专门窗口",
    UnitKind.OFFICE: "督查或联席会议办公室",
    UnitKind.HOTLINE: "热线",
}
CONDITIONS: Mapping[str, str] = {
    "type": "诉求类型",
    "urgency": "紧急程度",
    "party": "被反映的单位",
    "word": "原文中的词",
}
"""Conditions of a row of the list: all that are filled in must match, any word of one is enough."""

GIVEN_ROLES: tuple[Role, ...] = tuple(role for role in Role if role not in (Role.SYSTEM, Role.RESIDENT))
"""Roles that a person can be given."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ROW = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_BETWEEN = re.compile(r"[,，、;；\s]+")


def unit(fields: Mapping[str, str]) -> Unit:
    """The unit that a form describes, from a day on. Raises BadInput."""
    code = _text(fields, "code", "代码", 40)
    if not _CODE.fullmatch(code):
        raise BadInput("CODE", "代码用小写字母开头，只含小写字母、数字和下划线。", field="code")
    kind = fields.get("kind", "")
    if kind not in set(UnitKind):
        raise BadInput("KIND", "请选择单位类别。", field="kind")
    street = _optional(fields, "street", "街道", 40)
    if (kind == UnitKind.CENTRE) != (street is not None):
        raise BadInput("STREET", "回应中心须选择所在街道，其他单位不选。", field="street")
    return Unit(
        code=code,
        name=_text(fields, "name", "名称", 80),
        kind=UnitKind(kind),
        street=street,
        parent=_optional(fields, "parent", "上级单位", 40),
        successor=_optional(fields, "successor", "承接单位", 40),
        aliases=_several(fields, "aliases", "别名"),
        group=_optional(fields, "group", "业务组", 80),
        from_date=_day(fields, "from_date", "生效日期"),
        to_date=_day(fields, "to_date", "截止日期"),
    )


def duty(fields: Mapping[str, str]) -> Duty:
    """The row of the list that a form describes, from a day on; a row without an id gets one. Raises BadInput."""
    matter = _text(fields, "matter", "事项", 40)
    area = fields.get("area", "").strip() or "*"
    start = _day(fields, "from_date", "生效日期")
    row = fields.get("id", "").strip() or f"A{matter}-{'all' if area == '*' else area}-{start or ''}"
    if not _ROW.fullmatch(row):
        raise BadInput("ROW", "条目编号只含字母、数字、点、横线和下划线，60个以内。", field="id")
    basis = fields.get("basis", "").strip()
    checked = "checked" in fields
    if checked and basis in ("", "待核"):
        raise BadInput("BASIS", "标为“已核”须写明依据的名称和条款。", field="basis")
    return Duty(
        id=row,
        matter=matter,
        area=area,
        lead=_text(fields, "lead", "主办单位", 40),
        post=_optional(fields, "post", "授权岗位", 80),
        supports=_several(fields, "supports", "协办单位"),
        fallback=_optional(fields, "fallback", "兜底单位", 40),
        profile=_optional(fields, "profile", "时限档", 40),
        when={name: words for name, label in CONDITIONS.items() if (words := _several(fields, f"when_{name}", label))},
        basis=basis[:500] or "待核",
        checked=checked,
        from_date=start,
        to_date=_day(fields, "to_date", "截止日期"),
    )


def roles(given: list[str]) -> frozenset[Role]:
    """The roles that were ticked. Raises BadInput for one that nobody can be given."""
    if any(word not in GIVEN_ROLES for word in given):
        raise BadInput("BAD_ROLES", "请从列出的岗位中选择。", field="roles")
    return frozenset(Role(word) for word in given)


def days(said: str) -> int | None:
    """For how many days a token is good; None = until revoked. Raises BadInput."""
    said = said.strip()
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and 1 <= int(said[:6]) <= 3650):
        raise BadInput("DAYS", "有效天数请填1至3650的整数，或留空表示一直有效。", field="days")
    return int(said)


def day(said: str, field: str, label: str) -> date:
    """A day that must be given. Raises BadInput."""
    found = _day({field: said}, field, label)
    if found is None:
        raise BadInput("DAY", f"请填写{label}。", field=field)
    return found


def _text(fields: Mapping[str, str], name: str, label: str, limit: int) -> str:
    value = _optional(fields, name, label, limit)
    if value is None:
        raise BadInput("MISSING_FIELD", f"请填写“{label}”。", field=name)
    return value


def _optional(fields: Mapping[str, str], name: str, label: str, limit: int) -> str | None:
    value = "".join(char for char in fields.get(name, "") if char.isprintable()).strip()
    if len(value) > limit:
        raise BadInput("TOO_LONG", f"“{label}”请控制在{limit}字以内。", field=name)
    return value or None


def _several(fields: Mapping[str, str], name: str, label: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word for word in _BETWEEN.split(fields.get(name, "")) if word))
    if len(words) > 50 or any(len(word) > 80 for word in words):
        raise BadInput("TOO_LONG", f"“{label}”最多50项，每项80字以内。", field=name)
    return words


def _day(fields: Mapping[str, str], name: str, label: str) -> date | None:
    said = fields.get(name, "").strip()
    if not said:
        return None
    try:
        found = date.fromisoformat(said)
    except ValueError:
        found = date.min
    if not 1949 <= found.year <= 2999:
        raise BadInput("DAY", f"“{label}”请写成 2026-01-31 的样子。", field=name)
    return found
