"""Files of a city's own into the CSV files of its pack: all of them or none.

from city.import_pack import Job, import_into

outcome = import_into(folder, [Job(kind=KINDS["places"], path=Path("places.xlsx"))])
outcome.written         # False: outcome.parts and outcome.faults say why
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from city.atomic import replace_files
from city.faults import FaultList, PackError, PackFault
from city.import_check import Errors, errors_of, new_errors
from city.import_codes import Codes, codes_of
from city.import_file import read_table
from city.import_header import Header, read_header
from city.import_kinds import KINDS, ImportKind
from city.import_merge import Held, Merged, merge
from city.import_rows import Entry, Refusal, raw_rows, read_rows
from city.import_table import Table
from city.sheet import NOTE, read_sheet
from plumbing.errors import BadInput, Conflict

CORPUS = "nlu.yml"
Progress = Callable[[str, int], None]
"""Called with what is being done and how many rows of it are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file (or one sheet of a workbook) that holds rows of one kind."""

    kind: ImportKind
    path: Path
    sheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What became of one job. `header` is the file's as written; `n_rows` counts the rows below it."""

    kind: ImportKind
    file: str
    header: tuple[str, ...] = ()
    n_rows: int = 0
    n_new: int = 0
    n_replaced: int = 0
    n_same: int = 0
    refused: tuple[Refusal, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an import. `faults` are those of whole files and of the pack; those of rows are in the parts."""

    parts: tuple[Part, ...] = ()
    faults: tuple[PackFault, ...] = ()
    written: bool = False


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A job on its way. `blamed` are the faults that the pack's check found on rows, by the rows' lines."""

    job: Job
    table: Table
    header: Header
    held: Held
    entries: Sequence[Entry]
    refused: Sequence[Refusal]
    blamed: dict[int, list[PackFault]] = field(default_factory=dict)

    def merged(self) -> Merged:
        """The pack's file with the rows that nothing is known against."""
        kept = [entry for entry in self.entries if entry.line.number not in self.blamed]
        return merge(self.held, self.job.kind, kept)

    def refusals(self) -> tuple[Refusal, ...]:
        """Every row that stays out, in the file's order."""
        late = [entry.line for entry in self.entries if entry.line.number in self.blamed]
        found = [*self.refused, *(Refusal(line=one, faults=tuple(self.blamed[one.number])) for one in late)]
        return tuple(sorted(found, key=lambda one: one.line.number))


def import_into(
    folder: Path,
    jobs: Sequence[Job],
    *,
    take_good: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _, __: None,
) -> Outcome:
    """Read the files, merge them into the pack and check it whole; write when nothing is refused and no error is new.

    `take_good`: refused rows stay out and the others are written. `dry_run`: never writes. Raises BadInput for a
    folder that is no pack, Conflict when the pack changed meanwhile.
    """
    if not (folder / "city.yml").is_file():
        raise BadInput("NO_PACK", f"{folder} 不是城市包（没有 city.yml），请先运行：hotline city new 代码")
    try:
        drafts = _drafts(folder, jobs, progress)
    except PackError as error:
        return Outcome(faults=error.faults)
    merged, faults = _settled(folder, drafts, progress, take_good=take_good)
    refused_any = any(draft.refused or draft.blamed for draft in drafts)
    may_write = not faults and not dry_run and (take_good or not refused_any)
    if may_write:
        _write(folder, drafts, merged)
    return Outcome(
        parts=tuple(_part(draft, merged[draft.held.file]) for draft in drafts), faults=faults, written=may_write
    )


def _drafts(folder: Path, jobs: Sequence[Job], progress: Progress) -> list[_Draft]:
    """Every file read and every row judged by itself. Raises PackError with the faults of whole files."""
    opened: list[tuple[Job, Table, Header]] = []
    faults: list[PackFault] = []
    for job in jobs:
        try:
            opened.append(_opened(job, progress))
        except PackError as error:
            faults += error.faults
    wanted = {job.kind.name for job in jobs}
    held = {kind.name: _held(folder, kind, faults if kind.name in wanted else []) for kind in KINDS.values()}
    if faults:
        raise PackError(faults)
    codes = codes_of(
        {name: one.rows for name, one in held.items()},
        {job.kind.name: list(raw_rows(table, header)) for job, table, header in opened},
    )
    return [
        _draft(job, table, header, held=held[job.kind.name], codes=codes, progress=progress)
        for job, table, header in opened
    ]


def _opened(job: Job, progress: Progress) -> tuple[Job, Table, Header]:
    told = f"读取 {job.path.name}"
    table = read_table(
        job.path,
        most=job.kind.most,
        sheet=job.sheet,
        names=job.kind.titles,
        tick=lambda done: progress(told, done),
    )
    return job, table, read_header(table, job.kind)


def _draft(job: Job, table: Table, header: Header, *, held: Held, codes: Codes, progress: Progress) -> _Draft:
    told = f"核对 {job.path.name}"
    entries, refused = read_rows(table, header, job.kind, codes, tick=lambda done: progress(told, done))
    return _Draft(job=job, table=table, header=header, held=held, entries=entries, refused=refused)


def _held(folder: Path, kind: ImportKind, faults: list[PackFault]) -> Held:
    """The pack's file of that kind; one that cannot be read whole cannot be merged into."""
    assert kind.sheet is not None
    name = kind.sheet.name
    file = folder / name
    if not file.exists():
        return Held(file=name, raw=None, columns=(), rows=())
    found = FaultList()
    rows = read_sheet(folder, name, columns=kind.sheet.columns, needed=(), faults=found)
    faults += found.found
    columns = tuple(rows[0].cells) if rows else _columns_of(file, kind)
    return Held(file=name, raw=file.read_bytes(), columns=columns, rows=tuple(row.cells for row in rows))


def _columns_of(file: Path, kind: ImportKind) -> tuple[str, ...]:
    """The header of a file without rows; a strange one has been reported."""
    first = file.read_text(encoding="utf-8-sig", errors="replace").strip().split("\n")[0]
    known = (*(column.name for column in kind.columns), NOTE)
    return tuple(name for name in map(str.strip, first.split(",")) if name in known)


def _settled(
    folder: Path, drafts: Sequence[_Draft], progress: Progress, *, take_good: bool
) -> tuple[dict[str, Merged], tuple[PackFault, ...]]:
    """The merged files, and the new errors of the pack that no imported row can be blamed for."""
    progress("检查城市包", 0)
    before = errors_of(folder)
    while True:
        merged = {draft.held.file: draft.merged() for draft in drafts}
        faults = new_errors(before, _errors_with(folder, merged))
        others = tuple(fault for fault in faults if not _blamed(drafts, merged, fault))
        # rows that were refused in the last round leave others without what they name: look again
        if not take_good or len(others) == len(faults):
            break
    # when rows are out, or files could not be read before, an error elsewhere may only come from that
    doubtful = not before.readable or (not take_good and any(draft.refused for draft in drafts))
    return merged, () if doubtful else others


def _blamed(drafts: Sequence[_Draft], merged: Mapping[str, Merged], fault: PackFault) -> bool:
    """Whether the fault lies on an imported row; that row is then refused."""
    for draft in drafts:
        entry = merged[draft.held.file].origin.get(fault.line) if draft.held.file == fault.file else None
        if entry is not None:
            column = draft.header.written_of(fault.column)
            told = replace(fault, file=draft.table.file, line=entry.line.number, column=column)
            draft.blamed.setdefault(entry.line.number, []).append(told)
            return True
    return False


def _errors_with(folder: Path, merged: Mapping[str, Merged]) -> Errors:
    """The errors of the pack as it would be."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for file in folder.iterdir():
            if file.is_file() and file.suffix in {".csv", ".yml"} and file.name not in {CORPUS, *merged}:
                shutil.copyfile(file, copy / file.name)
        for one in merged.values():
            (copy / one.file).write_bytes(one.raw)
        return errors_of(copy)


def _write(folder: Path, drafts: Sequence[_Draft], merged: Mapping[str, Merged]) -> None:
    for draft in drafts:
        file = folder / draft.held.file
        if (file.read_bytes() if file.exists() else None) != draft.held.raw:
            raise Conflict("PACK_CHANGED", f"导入期间 {file.name} 被别人改动，未写入，请再导入一次。")
    changed = {folder / one.file: one.raw for one in merged.values()}
    replace_files({file: raw for file, raw in changed.items() if not file.exists() or file.read_bytes() != raw})


def _part(draft: _Draft, merged: Merged) -> Part:
    if draft.blamed:
        merged = draft.merged()  # counted without the rows that the check has refused
    return Part(
        kind=draft.job.kind,
        file=draft.table.file,
        header=draft.header.written,
        n_rows=len(draft.table.lines),
        n_new=merged.n_new,
        n_replaced=merged.n_replaced,
        n_same=merged.n_same,
        refused=draft.refusals(),
        notices=draft.table.notices,
    )
