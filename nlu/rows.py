"""Labelled messages from JSON lines: {id, text, LABEL}, optional title and dup_group. All or nothing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plumbing.errors import BadInput

_MOST_FAULTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message. `label` is None when the row has none; `group` holds near duplicates together."""

    id: str
    text: str
    label: str | None
    group: str | None


def read_rows(files: Sequence[Path], label: str) -> list[Row]:
    """Every row of the files, in order. Raises BadInput naming the lines that cannot be taken."""
    rows: list[Row] = []
    faults: list[str] = []
    for file in files:
        for number, line in _lines(file):
            value = _row(line, number, label)
            if isinstance(value, Row):
                rows.append(value)
            else:
                faults.append(f"{file.name} 第 {number} 行：{value}")
    if faults:
        more = f"；另有 {len(faults) - _MOST_FAULTS} 行" if len(faults) > _MOST_FAULTS else ""
        raise BadInput(
            "BAD_ROWS", "数据有误，未作任何处理。" + "；".join(faults[:_MOST_FAULTS]) + more, lines=len(faults)
        )
    return rows


def labelled(rows: Sequence[Row], label: str) -> list[Row]:
    """The rows that have a label. Raises BadInput when there are none."""
    found = [row for row in rows if row.label is not None]
    if not found:
        raise BadInput("NO_LABELS", f"没有一行带有字段“{label}”，无法训练或评估；请检查字段名。")
    return found


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError:
        raise BadInput("NO_DATA", f"找不到或无法读取数据文件 {file.name}。") from None
    except UnicodeDecodeError:
        raise BadInput("BAD_ROWS", f"{file.name} 不是 UTF-8 编码。") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _row(line: str, number: int, label: str) -> Row | str:
    """The row, or what is wrong with it."""
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return "不是有效的 JSON"
    if not isinstance(value, dict):
        return "不是 JSON 对象"
    text = _text(value)
    if text is None:
        return "缺少文字类型的 text"
    found = value.get(label)
    if found is not None and not isinstance(found, str):
        return f"字段“{label}”不是文字"
    group = value.get("dup_group")
    identity = value.get("id", number)
    return Row(
        id=str(identity),
        text=text,
        label=found.strip() or None if found else None,
        group=str(group) if group else None,
    )


def _text(value: dict[str, Any]) -> str | None:
    text, title = value.get("text"), value.get("title")
    if not isinstance(text, str):
        return None
    if isinstance(title, str) and title.strip() and not text.startswith(title):
        text = f"{title}\n{text}"
    return text if text.strip() else None
