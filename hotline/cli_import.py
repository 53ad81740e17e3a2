"""city import: a city's own CSV and Excel files into its pack, and its past messages into training rows."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from plumbing.errors import BadInput

if TYPE_CHECKING:
    from city.import_pack import Job, Outcome, Part

HISTORY = "history"
_N_SHOWN = 30
_TOGETHER = {"GAP", "UNKNOWN_UNIT", "UNKNOWN_STREET", "UNKNOWN_MATTER"}
_EVERY = 500
"""The bar moves after so many rows."""


def install(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_files)


def import_files(
    pairs: Annotated[list[str], typer.Argument(metavar="种类 文件 [种类 文件 ...]", help="例如 units 单位.xlsx")],
    into: Annotated[Path, typer.Option(help="城市包目录")],
    sheet: Annotated[str | None, typer.Option(help="Excel 工作表的名称")] = None,
    report: Annotated[Path | None, typer.Option(help="被拒绝的行另存为 CSV，改好后可以直接再导入")] = None,
    take_good: Annotated[bool, typer.Option("--take-good", help="有被拒绝的行时，仍写入其余的行")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    scheme: Annotated[
        str | None, typer.Option(help="history：事项用的是另一个城市的编码，按 mappings.csv 翻译")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="history：写到哪个 JSONL；不填则为城市包里的 history.jsonl")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """从 CSV 或 Excel 导入：units matters duties places streets posts groups rosters knowledge tags mappings sources history。

    同一编码同一起始日期的行被替换，其余追加；全部检查通过才写入，几种文件可以一次导入。
    """
    told = _pairs(pairs)
    if sheet is not None and len(told) > 1:
        raise BadInput("ONE_SHEET", "--sheet 只能用于一次导入一个文件；工作表叫“单位”“事项”等名称时不需要它。")
    target = out or into / "history.jsonl"
    with _progress() as progress:
        if HISTORY in told:
            from hotline.history import import_history

            outcome = import_history(
                into,
                told[HISTORY],
                target,
                sheet=sheet,
                scheme=scheme,
                take_good=take_good,
                dry_run=dry_run,
                progress=progress,
            )
        else:
            from city.import_pack import import_into

            if scheme or out:
                raise BadInput("ONLY_HISTORY", "--scheme 与 --out 只用于导入 history。")
            jobs = _jobs(told, sheet)
            outcome = import_into(into, jobs, take_good=take_good, dry_run=dry_run, progress=progress)
    if report is not None:
        _write_report(report, outcome)
    if as_json:
        typer.echo(json.dumps(_plain(outcome), ensure_ascii=False))
    else:
        _show(outcome, dry_run=dry_run, place=target if HISTORY in told else into)
    clean = not outcome.faults and not any(part.refused for part in outcome.parts)
    raise typer.Exit(0 if outcome.written or (dry_run and clean) else 1)


def _pairs(words: Sequence[str]) -> dict[str, Path]:
    """Each kind's file. Raises BadInput with the kinds there are."""
    from city.import_kinds import KINDS

    known = [*KINDS, HISTORY]
    kinds, files = words[::2], words[1::2]
    for kind in kinds:
        if kind not in known:
            raise BadInput("UNKNOWN_KIND", f"没有“{kind}”这一种，可用：{'、'.join(known)}。")
    if len(kinds) != len(files):
        raise BadInput(
            "NO_FILE_NAMED", f"“{kinds[-1]}”后面缺少文件，写法如：hotline city import units 单位.xlsx --into 目录"
        )
    if len(set(kinds)) < len(kinds) or (HISTORY in kinds and len(kinds) > 1):
        raise BadInput("TWICE", "一次导入里每种只能有一个文件；history 要单独导入。")
    return {kind: Path(file) for kind, file in zip(kinds, files, strict=True)}


def _jobs(told: dict[str, Path], sheet: str | None) -> "list[Job]":
    from city.import_kinds import KINDS
    from city.import_pack import Job

    return [Job(kind=KINDS[kind], path=path, sheet=sheet) for kind, path in told.items()]


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """A bar on standard error, one line for each thing that is being done."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def move(text: str, done: int) -> None:
            if text not in tasks:
                tasks[text] = bar.add_task(text, total=None)
            if done % _EVERY == 0:
                bar.update(tasks[text], completed=done)

        yield move


def _write_report(file: Path, outcome: "Outcome") -> None:
    from city.atomic import replace_files
    from city.import_report import report

    replace_files({file: report(outcome.parts).encode()})


def _plain(outcome: "Outcome") -> dict[str, Any]:
    return {
        "written": outcome.written,
        "faults": [asdict(fault) for fault in outcome.faults],
        "parts": [
            {
                "kind": part.kind.name,
                "file": part.file,
                "rows": part.n_rows,
                "new": part.n_new,
                "replaced": part.n_replaced,
                "same": part.n_same,
                "refused": [asdict(fault) for one in part.refused for fault in one.faults],
                "notices": list(part.notices),
            }
            for part in outcome.parts
        ],
    }


def _show(outcome: "Outcome", *, dry_run: bool, place: Path) -> None:
    for part in outcome.parts:
        _show_part(part)
    for fault in outcome.faults:
        typer.echo(f"[错误] {fault}")
    if outcome.written:
        typer.echo(f"已写入：{place}")
    elif dry_run:
        typer.echo("只作检查，没有写入。")
    else:
        refused = any(part.refused for part in outcome.parts)
        hint = (
            "改好后再导入；或加 --take-good 只写入没有问题的行。"
            if refused and not outcome.faults
            else "请改好后再导入。"
        )
        typer.echo(f"没有写入。{hint}")
        reasons = {fault.reason for part in outcome.parts for one in part.refused for fault in one.faults}
        if reasons & _TOGETHER and len(outcome.parts) == 1:
            typer.echo("互相引用的表（街道与单位、事项与责任清单）请在一次命令里导入：种类 文件 种类 文件。")


def _show_part(part: "Part") -> None:
    for notice in part.notices:
        typer.echo(f"{part.file}：{notice}")
    typer.echo(
        f"{part.kind.label}：{part.file} 共 {part.n_rows} 行，新增 {part.n_new}，替换 {part.n_replaced}，"
        f"没有变化 {part.n_same}，拒绝 {len(part.refused)}。"
    )
    if not part.refused:
        return
    table = Table("行号", "列", "原因", title=f"{part.file} 被拒绝的行")
    for one in part.refused[:_N_SHOWN]:
        for fault in one.faults:
            table.add_row(str(fault.line), fault.column, fault.sentence)
    Console(width=max(Console().width, 100), markup=False, highlight=False).print(table)
    if len(part.refused) > _N_SHOWN:
        typer.echo(f"另有 {len(part.refused) - _N_SHOWN} 行，用 --report 文件.csv 可得到全部。")
