"""One line of a data file: the row that it is, or what is wrong with it and what was likely meant."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

LONGEST_LABEL = 200
FIELDS = ("id", "text", "title", "dup_group", "channel", "at", "date")
"""What this program reads beside the label."""
_ALIKE = 0.7
_ALSO = {
    "text": ("content", "body", "message", "内容", "正文", "诉求内容", "来话", "文本"),
    "title": ("subject", "标题", "主题"),
    "id": ("no", "编号", "工单号", "受理编号"),
}
"""What others call our fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message. `label` is None when the row has none; `group` holds near duplicates together.

    `at` (ISO 8601, from the field at or date) and `channel` are kept as they stand, None when the row has none.
    """

    id: str
    text: str
    label: str | None
    group: str | None
    channel: str | None = None
    at: str | None = None


def read_row(line: str, number: int, label: str) -> tuple[Row, set[str]] | str:
    """The row and the names of its fields, or what is wrong with it."""
    value = _object(line)
    if isinstance(value, str):
        return value
    text = _text(value)
    if text is None:
        return _no_text(value)
    found = value.get(label)
    if found is not None and not isinstance(found, str):
        return f"字段“{label}”不是文字；请加上引号"
    if found is not None and len(found) > LONGEST_LABEL:
        return f"字段“{label}”长 {len(found)} 个字，不像标签；请检查字段是否放反"
    group = value.get("dup_group")
    row = Row(
        id=str(value.get("id", number)),
        text=text,
        label=found.strip() or None if found else None,
        group=str(group) if group else None,
        channel=_word(value.get("channel")),
        at=_word(value.get("at")) or _word(value.get("date")),
    )
    return row, set(value)


def meant(name: str, label: str, present: Collection[str]) -> str | None:
    """The field of ours that `name` is likely a slip of the pen for; never one that is there as well."""
    wanted = [ours for ours in (*FIELDS, label) if ours not in present]
    if (named := next((ours for ours in wanted if name.lower() in _ALSO.get(ours, ())), None)) is not None:
        return named
    return next(iter(get_close_matches(name, wanted, n=1, cutoff=_ALIKE)), None)


def _object(line: str) -> dict[str, Any] | str:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        return f"不是有效的 JSON（第 {error.colno} 个字符处）{_hint(line)}"
    except (ValueError, RecursionError):
        return "不是有效的 JSON（数字过长或嵌套过深）"
    return value if isinstance(value, dict) else "不是 JSON 对象；每行应是 {…}"


def _hint(line: str) -> str:
    """What is most often wrong with a line that is no JSON."""
    start = line.strip()
    if not start.startswith("{"):
        return "；每行应以 { 开头，像是别的格式（如 CSV）" if not start.startswith("[") else ""
    if start[1:].lstrip()[:1] in ("“", "”", "'", "‘"):
        return "；引号须用英文双引号"
    if not start.endswith("}"):
        return "；这一行没有写完，是否在文字中间换了行？"
    return ""


def _text(value: dict[str, Any]) -> str | None:
    text, title = value.get("text"), value.get("title")
    if not isinstance(text, str):
        return None
    if isinstance(title, str) and title.strip() and not text.startswith(title):
        text = f"{title}\n{text}"
    return text if text.strip() else None


def _no_text(value: dict[str, Any]) -> str:
    if isinstance(value.get("text"), str):
        return "text 是空的；请补上来话或删去这一行"
    if "text" in value:
        return "缺少文字类型的 text；现在的值不是文字"
    names = [name for name in value if isinstance(value[name], str)]
    like = [name for name in names if name.lower() in _ALSO["text"]] or get_close_matches("text", names, 1, _ALIKE)
    return f"缺少文字类型的 text；是否应把“{like[0]}”改名为 text？" if like else "缺少文字类型的 text"


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
