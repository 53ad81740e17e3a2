"""What was found in a file of labelled rows: where, what, and what to do."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from nlu import whole
from plumbing.errors import BadInput

_MOST_TOLD = 10
"""How many faults a sentence for the screen names; a report holds them all, up to MOST_KEPT of a kind."""
MOST_KEPT = 1000


class Severity(StrEnum):
    """An ERROR stops the work before anything is written; a WARNING is told and the work goes on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """One finding. `line` counts from 1; 0 = the file or the whole data. `code` is stable, `sentence` says what to do."""

    file: str
    line: int
    code: str
    sentence: str
    severity: Severity = Severity.ERROR

    @property
    def told(self) -> str:
        """The sentence with its place."""
        place = f"{self.file} 第 {self.line} 行：" if self.line else f"{self.file}：" if self.file else ""
        return place + self.sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """Everything found. `n_faults` counts also what is beyond the MOST_KEPT faults kept of each code."""

    label: str
    files: tuple[str, ...]
    n_rows: int
    n_labelled: int
    n_classes: int
    n_faults: int
    faults: tuple[RowFault, ...]

    @property
    def errors(self) -> tuple[RowFault, ...]:
        """What stops the work."""
        return tuple(one for one in self.faults if one.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[RowFault, ...]:
        """What is told only."""
        return tuple(one for one in self.faults if one.severity is Severity.WARNING)

    def refuse(self) -> None:
        """Raises BadInput when there is an error: its code when all errors share one, else BAD_ROWS."""
        errors = self.errors
        if not errors:
            return
        codes = {one.code for one in errors}
        shown = "；".join(one.told for one in errors[:_MOST_TOLD])
        more = f"；另有 {len(errors) - _MOST_TOLD} 处" if len(errors) > _MOST_TOLD else ""
        code = codes.pop() if len(codes) == 1 else "BAD_ROWS"
        raise BadInput(code, f"数据有误，未作任何处理。{shown}{more}", lines=len(errors))

    def plain(self) -> dict[str, Any]:
        """The report as plain JSON, with `ok`."""
        return {"ok": not self.errors, **asdict(self)}

    def lines(self) -> Iterator[str]:
        """The report for the screen."""
        yield f"{self.n_rows} 行，其中 {self.n_labelled} 行带有“{self.label}”，{self.n_classes} 个类别。"
        for one in self.faults:
            yield f"[{'错误' if one.severity is Severity.ERROR else '提醒'}] {one.told}"

    def write(self, file: Path) -> None:
        """Write the report as JSON, whole or not at all."""
        with whole.file(file) as fresh:
            fresh.write_text(json.dumps(self.plain(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
