"""Labelled messages from JSON lines: {id, text, LABEL}, optional title and dup_group. All or nothing.

Every file is looked through to its end before anything is done with it, so that one report tells all that is wrong.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from nlu import features
from nlu.row_files import Lines, looks_garbled, open_lines
from nlu.row_line import FIELDS, Row, meant, read_row
from nlu.row_report import MOST_KEPT, RowFault, RowReport, Severity
from plumbing.errors import BadInput

LEAST_ROWS = 20
"""Fewer labelled rows cannot be trained on and judged."""
LEAST_TEXTS = 10
"""Fewer texts that differ cannot be split into parts that judge one another."""
MOST_ROWS = 200_000
MOST_CLASSES = 2000
MANY_CLASSES = 200
"""From so many classes on, training takes minutes: a warning."""


class Purpose(StrEnum):
    """What the rows are for: TRAIN needs labels and classes, JUDGE labels, ANSWER texts only."""

    TRAIN = "train"
    JUDGE = "judge"
    ANSWER = "answer"


def read_rows(files: Sequence[Path], label: str, *, purpose: Purpose = Purpose.ANSWER) -> list[Row]:
    """Every row of the files, in order. Raises BadInput naming the lines that cannot be taken."""
    rows, report = checked_rows(files, label, purpose=purpose)
    report.refuse()
    return rows


def checked_rows(files: Sequence[Path], label: str, *, purpose: Purpose) -> tuple[list[Row], RowReport]:
    """The rows that can be taken, in order, and what was found. Never raises for what is in the files."""
    desk = _Desk(label=label, purpose=purpose)
    for file in files:
        found = open_lines(file)
        if isinstance(found, RowFault):
            desk.tell(found)
        else:
            desk.take(file.name, found)
    desk.conclude()
    labels = {row.label for row in desk.rows if row.label is not None}
    report = RowReport(
        label=label,
        files=tuple(file.name for file in files),
        n_rows=len(desk.rows),
        n_labelled=sum(row.label is not None for row in desk.rows),
        n_classes=len(labels),
        n_faults=desk.n_faults,
        faults=tuple(desk.faults),
    )
    return desk.rows, report


def labelled(rows: Sequence[Row], label: str) -> list[Row]:
    """The rows that have a label. Raises BadInput when there are none."""
    found = [row for row in rows if row.label is not None]
    if not found:
        raise BadInput("NO_LABELS", _no_labels(label))
    return found


def _no_labels(label: str) -> str:
    return f"没有一行带有字段“{label}”，无法训练或评估；请检查字段名（--label）。"


@dataclass(slots=True, kw_only=True)
class _Unknown:
    """A field that nobody reads: where it came first, what may have been meant, in how many rows it is."""

    file: str
    line: int
    meant: str | None
    n: int = 0


@dataclass(slots=True)
class _Desk:
    """Reads file after file and keeps what it found."""

    label: str
    purpose: Purpose
    rows: list[Row] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    n_faults: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, "_Unknown"] = field(default_factory=dict)
    places: list[tuple[str, int]] = field(default_factory=list)

    def tell(self, fault: RowFault) -> None:
        self.n_faults += 1
        self.kept[fault.code] += 1
        if self.kept[fault.code] <= MOST_KEPT:
            self.faults.append(fault)

    def take(self, file: str, lines: Lines) -> None:
        if lines.text.lstrip().startswith("[") and lines.text.rstrip().endswith("]") and _is_list(lines.text):
            told = "整个文件是一个 JSON 数组；请改成每行一个对象（JSONL），例如 jq -c '.[]' 原文件 > 新文件"
            self.tell(RowFault(file=file, line=1, code="BAD_ROWS", sentence=told))
            return
        for number, line in lines:
            value = read_row(line, number, self.label)
            if isinstance(value, str):
                self.tell(RowFault(file=file, line=number, code="BAD_ROWS", sentence=value))
                continue
            row, names = value
            self.rows.append(row)
            self.places.append((file, number))
            for name in names - {*FIELDS, self.label}:
                if name not in self.unknown:
                    self.unknown[name] = _Unknown(file=file, line=number, meant=meant(name, self.label, names))
                self.unknown[name].n += 1
            if looks_garbled(row.text):
                self.warn(file, number, "GARBLED", "文字里有乱码，可能在导出前已转错编码；请核对原文。")

    def warn(self, file: str, line: int, code: str, sentence: str) -> None:
        self.tell(RowFault(file=file, line=line, code=code, sentence=sentence, severity=Severity.WARNING))

    def conclude(self) -> None:
        """What only all rows together can show."""
        self._unknown_fields()
        self._twice("SAME_ID", "编号与前面的行相同", [row.id for row in self.rows])
        if self.purpose is not Purpose.ANSWER:
            self._contradictions()
            if self.rows or not any(one.severity is Severity.ERROR for one in self.faults):
                self._classes()
        if len(self.rows) > MOST_ROWS:
            told = f"共 {len(self.rows)} 行，最多 {MOST_ROWS} 行；请按时间截取最近的来话，或分批处理。"
            self.tell(RowFault(file="", line=0, code="TOO_MANY_ROWS", sentence=told))

    def _unknown_fields(self) -> None:
        for name, one in self.unknown.items():
            if one.meant is not None:
                told = f"字段“{name[:40]}”不被使用（共 {one.n} 行有它）；是否应为“{one.meant}”？"
                self.warn(one.file, one.line, "UNKNOWN_FIELD", told)
        others = [name[:40] for name, one in self.unknown.items() if one.meant is None]
        if others:
            self.warn("", 0, "UNUSED_FIELDS", f"以下字段不被使用：{'、'.join(sorted(others)[:20])}。")

    def _twice(self, code: str, what: str, keys: Sequence[str]) -> None:
        seen: dict[str, int] = {}
        again = [(index, seen[key]) for index, key in enumerate(keys) if seen.setdefault(key, index) != index]
        if again:
            (file, line), first = self.places[again[0][0]], self.places[again[0][1]]
            self.warn(file, line, code, f"{what}（{first[0]} 第 {first[1]} 行），共 {len(again)} 行如此。")

    def _contradictions(self) -> None:
        told: dict[str, dict[str, int]] = {}
        for index, row in enumerate(self.rows):
            if row.label is not None:
                told.setdefault(row.text.strip(), {}).setdefault(row.label, index)
        both = [labels for labels in told.values() if len(labels) > 1]
        n_rows = sum(row.label is not None for row in self.rows)
        if len(told) < n_rows:
            self.warn("", 0, "SAME_TEXT", f"{n_rows - len(told)} 行的文字与前面的行完全相同。")
        if both:
            (one, first), (other, second) = list(both[0].items())[:2]
            file, line = self.places[second]
            self.warn(
                file,
                line,
                "CONTRADICTION",
                f"同一段文字先标为“{one}”（{self.places[first][0]} 第 {self.places[first][1]} 行）、"
                f"又标为“{other}”；共 {len(both)} 段文字如此，请统一。",
            )

    def _classes(self) -> None:
        counts = Counter(row.label for row in self.rows if row.label is not None)
        n, refuse = counts.total(), self.purpose is Purpose.TRAIN
        if not counts:
            self._whole("NO_LABELS", _no_labels(self.label))
        elif not refuse:
            return
        elif len(counts) == 1:
            told = f"字段“{self.label}”只有一个类别（{next(iter(counts))}），至少需要两个类别才能训练。"
            self._whole("ONE_CLASS", told)
        elif n < LEAST_ROWS:
            self._whole(
                "FEW_ROWS", f"只有 {n} 行带有“{self.label}”，至少要 {LEAST_ROWS} 行，还差 {LEAST_ROWS - n} 行。"
            )
        elif (n_texts := len({row.group or features.shape(row.text) for row in self.rows})) < LEAST_TEXTS:
            told = f"只有 {n_texts} 段不同的文字（数字不算不同），至少要 {LEAST_TEXTS} 段。"
            self._whole("FEW_TEXTS", told)
        elif len(counts) > MOST_CLASSES:
            told = (
                f"有 {len(counts)} 个类别，最多 {MOST_CLASSES} 个；请先归并到上一级事项，或检查 --label 是否选错字段。"
            )
            self._whole("TOO_MANY_CLASSES", told)
        else:
            self._thin(counts)

    def _thin(self, counts: Mapping[str, int]) -> None:
        if len(counts) > MANY_CLASSES:
            told = f"有 {len(counts)} 个类别，训练会慢（每一万行约几分钟），少样本的类别学不好。"
            self.warn("", 0, "MANY_CLASSES", told)
        single = sorted(str(label) for label, count in counts.items() if count == 1)
        if single:
            shown = "、".join(single[:5]) + ("等" if len(single) > 5 else "")
            self.warn("", 0, "SINGLE_ROW", f"{len(single)} 个类别只有一行（{shown}），学不会也评不了；请补充或归并。")

    def _whole(self, code: str, sentence: str) -> None:
        self.tell(RowFault(file="", line=0, code=code, sentence=sentence))


def _is_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list) and "\n" in text.strip()
    except (ValueError, RecursionError):
        return False
