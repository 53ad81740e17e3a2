"""nlu check, and what the other commands say about their data files before they begin.

Exit codes of `nlu check`: 0 usable (there may be warnings), 1 not usable as it is, 2 the command itself was wrong.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nlu.rows import Purpose

_MOST_WARNINGS = 10


def install(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    data: Annotated[list[Path], typer.Option("--data", help="JSONL 文件，每行 {id, text, 字段}；可重复")],
    label: Annotated[str, typer.Option(help="标签字段名")] = "matter",
    report: Annotated[Path | None, typer.Option("--report", help="把结果写成 JSON 文件")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """检查训练文件：逐行指出问题和改法，不训练。"""
    from nlu.rows import Purpose, checked_rows

    _, found = checked_rows(data, label, purpose=Purpose.TRAIN)
    if report is not None:
        found.write(report)
    if as_json:
        typer.echo(json.dumps(found.plain(), ensure_ascii=False))
    else:
        for line in found.lines():
            typer.echo(line)
    raise typer.Exit(1 if found.errors else 0)


def look(data: Sequence[Path], label: str, purpose: "Purpose", report: Path | None) -> None:
    """Look the files through, write the report, tell the warnings. Raises BadInput when the work must not begin."""
    from nlu.rows import checked_rows

    _, found = checked_rows(data, label, purpose=purpose)
    if report is not None:
        found.write(report)
    found.refuse()
    for one in found.warnings[:_MOST_WARNINGS]:
        typer.echo(f"[提醒] {one.told}", err=True)
    if len(found.warnings) > _MOST_WARNINGS:
        typer.echo(f"[提醒] 另有 {len(found.warnings) - _MOST_WARNINGS} 条提醒；全部见 --report。", err=True)
