"""city load | check: the pack into the database, and what is wrong with it."""

from pathlib import Path
from typing import Annotated

import typer

from plumbing import config as configuration
from plumbing.clock import SystemClock
from plumbing.db import Database

app = typer.Typer(help="城市资料包", no_args_is_help=True)


@app.command("load")
def load() -> None:
    """把配置中的城市包载入数据库；内容相同则不变。"""
    from hotline import installation

    config = configuration.load()
    version = installation.load_city(config, Database(config.database_url), now=SystemClock().now())
    typer.echo(f"责任清单版本：{version}")


@app.command("check")
def check(folder: Annotated[Path | None, typer.Argument(help="城市包目录；不填则为配置中的")] = None) -> None:
    """检查城市包：缺口、重叠、孤立、过期，逐条给出文件与行号。"""
    from city.check import check_pack
    from city.pack import load_pack

    faults = check_pack(load_pack(folder or configuration.load().pack))
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(f"共 {len(faults)} 条。" if faults else "没有发现问题。")
    raise typer.Exit(1 if any(fault.severity == "error" for fault in faults) else 0)
