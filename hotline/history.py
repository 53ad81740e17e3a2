"""A city's past messages as training rows: {id, text, matter, unit, date, type}, personal data masked.

The masking is the engine's own (nlu), so the model sees in training what it will see in life.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from city.atomic import replace_files
from city.equivalents import into_ours
from city.faults import PackError, PackFault
from city.import_codes import Codes, Rows, codes_of
from city.import_file import read_table
from city.import_header import Header, read_header
from city.import_kinds import HISTORY, ImportKind
from city.import_pack import Outcome, Part, Progress
from city.import_rows import Entry, Refusal, read_rows
from city.import_table import Table
from city.pack import load_pack
from city.pack_values import Pack
from nlu import features
from plumbing.errors import BadInput
from tickets.types import TicketType

_FIELDS = ("matter", "unit", "date", "type")


def import_history(
    folder: Path,
    path: Path,
    out: Path,
    *,
    sheet: str | None = None,
    scheme: str | None = None,
    take_good: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _, __: None,
) -> Outcome:
    """Read past messages and write them to `out` as JSON lines, replacing it; as city.import_pack does with rows.

    `scheme`: the matters are another city's codes or names, translated by the pack's mappings. Raises PackError for
    a pack that cannot be read, NotFound for an unknown scheme.
    """
    pack = load_pack(folder)
    ours = into_ours(pack.equivalents, scheme) if scheme else {}
    if scheme and not ours:
        listed = "、".join(dict.fromkeys(one.scheme for one in pack.equivalents)) or "（还没有）"
        raise BadInput("NO_SCHEME", f"mappings.csv 里没有可以译成本市的对照体系“{scheme}”，有：{listed}。")
    kind = _kind(scheme)
    try:
        table = read_table(
            path, most=kind.most, sheet=sheet, names=kind.titles, tick=lambda n: progress(f"读取 {path.name}", n)
        )
        header = _header(table, kind)
    except PackError as error:
        return Outcome(faults=error.faults)
    codes = codes_of(_held(pack, ours, scheme), {})
    entries, refused = read_rows(table, header, kind, codes, tick=lambda n: progress(f"核对 {path.name}", n))
    good, strange = _judged(entries, table, header, codes=codes, kind=kind, units={unit.code for unit in pack.units})
    refusals = tuple(sorted((*refused, *strange), key=lambda one: one.line.number))
    may_write = bool(good) and not dry_run and (take_good or not refusals)
    if may_write:
        replace_files({out: _lines(good, ours)})
    part = Part(
        kind=kind,
        file=table.file,
        header=header.written,
        n_rows=len(table.lines),
        n_new=len(good),
        refused=refusals,
        notices=table.notices,
    )
    return Outcome(parts=(part,), written=may_write)


def _kind(scheme: str | None) -> ImportKind:
    """The columns of past messages; with a scheme their matters are the other city's."""
    if scheme is None:
        return HISTORY
    columns = tuple(replace(one, of="theirs") if one.name == "matter" else one for one in HISTORY.columns)
    return replace(HISTORY, columns=columns)


def _header(table: Table, kind: ImportKind) -> Header:
    """The header, which must have something to learn."""
    header = read_header(table, kind)
    if not header.names & {"matter", "unit"}:
        sentence = "至少要有“事项”或“单位”一列，才能用来训练。"
        raise PackError(
            [
                PackFault(
                    file=table.file, line=table.header.number, column="", reason="MISSING_COLUMN", sentence=sentence
                )
            ]
        )
    return header


def _held(pack: Pack, ours: Mapping[str, str], scheme: str | None) -> Mapping[str, Rows]:
    """What the rows may name."""
    theirs = [
        {"code": one.theirs, "name": one.theirs_name}
        for one in pack.equivalents
        if one.scheme == scheme and one.theirs in ours
    ]
    return {
        "units": [{"code": one.code, "name": one.name, "aliases": "|".join(one.aliases)} for one in pack.units],
        "matters": [{"code": one.code, "name": one.name} for one in pack.matters],
        "theirs": theirs,
    }


def _judged(
    entries: Iterable[Entry], table: Table, header: Header, *, codes: Codes, kind: ImportKind, units: set[str]
) -> tuple[list[Entry], list[Refusal]]:
    """Rows whose codes are known and that say something, and the others."""
    of = kind.column("matter").of
    good: list[Entry] = []
    strange: list[Refusal] = []
    for entry in entries:
        faults = [
            PackFault(
                file=table.file,
                line=entry.line.number,
                column=header.written_of(column),
                reason=reason,
                sentence=sentence,
            )
            for column, reason, sentence in _problems(entry.cells, of=of, codes=codes, units=units)
        ]
        if faults:
            strange.append(Refusal(line=entry.line, faults=tuple(faults)))
        else:
            good.append(entry)
    return good, strange


def _problems(cells: Mapping[str, str], *, of: str, codes: Codes, units: set[str]) -> list[tuple[str, str, str]]:
    """(column, reason, sentence) of each."""
    matter, unit, kind = cells.get("matter", ""), cells.get("unit", ""), cells.get("type", "")
    found = []
    if matter and not codes.knows(of, matter):
        whose = "对照表里没有这个对方编码" if of == "theirs" else "没有这个事项"
        found.append(("matter", "UNKNOWN_MATTER", f"{whose}“{matter}”，请更正，或先补到城市包里。"))
    if unit and unit not in units:
        found.append(("unit", "UNKNOWN_UNIT", f"没有单位“{unit}”，请更正，或先补到城市包里。"))
    if kind and kind not in set(TicketType):
        found.append(("type", "BAD_CHOICE", f"“{kind}”不是诉求类型，可填：投诉、举报、咨询、求助、建议、表扬、其他。"))
    if not matter and not unit:
        found.append(("matter", "EMPTY_CELL", "事项和单位都空着，学不到东西，请填一个。"))
    return found


def _lines(entries: Sequence[Entry], ours: Mapping[str, str]) -> bytes:
    """JSON lines, masked. A row without a number of its own gets its line's."""
    given = Counter(entry.cells.get("id", "") for entry in entries)
    rows = []
    for entry in entries:
        told = {name: entry.cells[name] for name in _FIELDS if entry.cells.get(name)}
        if ours and "matter" in told:
            told["matter"] = ours[told["matter"]]
        own = entry.cells.get("id", "")
        name = own if own and given[own] == 1 else f"line-{entry.line.number}"
        row = {"id": name, "text": features.read(entry.cells["text"]).text, **told}
        rows.append(json.dumps(row, ensure_ascii=False))
    return "".join(f"{row}\n" for row in rows).encode()
