"""Which errors an import would bring into a pack: those that it did not have before."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from city.check import check_pack
from city.faults import FaultList, PackError, PackFault, Severity
from city.import_kinds import KINDS
from city.pack import load_pack
from city.sheet import read_sheet

Identity = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """The errors of a pack, each with what makes it the same error in another state of the pack.

    `readable`: every file could be read, so that the pack as a whole was looked at.
    """

    faults: tuple[tuple[Identity, PackFault], ...]
    readable: bool


def errors_of(folder: Path) -> Errors:
    """The errors of the pack in `folder`; warnings are left out."""
    try:
        found = check_pack(load_pack(folder))
    except PackError as error:
        return Errors(faults=tuple(_identified(folder, error.faults)), readable=False)
    errors = tuple(fault for fault in found if fault.severity is Severity.ERROR)
    return Errors(faults=tuple(_identified(folder, errors)), readable=True)


def new_errors(before: Errors, after: Errors) -> tuple[PackFault, ...]:
    """Those that `before` has not; of several like ones, as many as there are more."""
    left = Counter(identity for identity, _ in before.faults)
    found: list[PackFault] = []
    for identity, fault in after.faults:
        if left[identity] > 0:
            left[identity] -= 1
        else:
            found.append(fault)
    return tuple(found)


def _identified(folder: Path, faults: tuple[PackFault, ...]) -> Iterator[tuple[Identity, PackFault]]:
    """Each fault with its identity: file, reason, column and the key of its row, since lines move and sentences
    count; without a row the sentence."""
    keys = {file: _keys(folder, file) for file in {fault.file for fault in faults}}
    for fault in faults:
        key = keys[fault.file].get(fault.line, fault.sentence)
        yield (fault.file, fault.reason, fault.column, key), fault


def _keys(folder: Path, file: str) -> dict[int, str]:
    """The key of the row of each line of a CSV file; none of another file."""
    kind = next((one for one in KINDS.values() if one.sheet and one.sheet.name == file), None)
    if kind is None or kind.sheet is None:
        return {}
    rows = read_sheet(folder, file, columns=kind.sheet.columns, needed=(), faults=FaultList())
    return {row.line: "|".join(row.cells.get(name, "") for name in kind.key) for row in rows}
