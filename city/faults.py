"""What is wrong with a pack: where, what, and a sentence for the person who mends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from plumbing.errors import HotlineError

N_SHOWN = 5


class Severity(StrEnum):
    """An error keeps a pack out; a warning is shown and lets it in."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFault:
    """One fault. `line` counts from 1, 0 = the whole file. `column` is a CSV column's name or a YAML key path.

    `reason` is a stable upper-case word; `sentence` is Chinese and says what to do.
    """

    file: str
    line: int
    column: str
    reason: str
    sentence: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.file} 第 {self.line} 行" if self.line else self.file
        return f"{where}，{self.column}：{self.sentence}" if self.column else f"{where}：{self.sentence}"


class PackError(HotlineError):
    """A pack that cannot be taken, with every fault that was found; nothing of it was loaded."""

    def __init__(self, faults: Iterable[PackFault]) -> None:
        self.faults = tuple(faults)
        shown = "；".join(str(fault) for fault in self.faults[:N_SHOWN])
        more = f"；另有 {len(self.faults) - N_SHOWN} 处" if len(self.faults) > N_SHOWN else ""
        super().__init__("PACK", f"城市数据包有 {len(self.faults)} 处错误，未装入。{shown}{more}", faults=self.faults)


class FaultList:
    """Collects faults while reading, so that a person sees all of them at once and not one a run."""

    def __init__(self) -> None:
        self._faults: list[PackFault] = []

    def add(self, file: str, line: int, *, column: str, reason: str, sentence: str) -> None:
        """Keep an error."""
        self._faults.append(PackFault(file=file, line=line, column=column, reason=reason, sentence=sentence))

    @property
    def found(self) -> tuple[PackFault, ...]:
        """Everything collected."""
        return tuple(self._faults)

    def raise_if_any(self) -> None:
        """Raises PackError with everything collected."""
        if self._faults:
            raise PackError(self._faults)
