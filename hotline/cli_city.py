"""city new | check | load | map | import: a city's pack from an empty folder to the database."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from city.faults import PackError, PackFault
from hotline import cli_import
from plumbing import config as configuration
from plumbing.clock import SystemClock
from plumbing.config import ROOT
from plumbing.db import Database
from plumbing.errors import BadInput

app = typer.Typer(help="城市资料包", no_args_is_help=True)
cli_import.install(app)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Pack = Annotated[Path | None, typer.Option("--pack", help="城市包目录；不填则为配置中的")]
_SEVERITIES = {"error": "错误", "warning": "提醒"}


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="城市代码：英文字母、数字、- 和 _")],
    folder: Annotated[Path | None, typer.Option(help="放在哪里；不填则为 city/packs/代码")] = None,
    title: Annotated[str, typer.Option(help="城市名称，例如 上海市某区")] = "新城市",
) -> None:
    """新建一个空的城市包：文件齐全、检查通过，每个文件里写明怎样填。"""
    from city.new_pack import new_pack

    place = folder or ROOT / "city" / "packs" / name
    new_pack(place, name, title=title, on=SystemClock().now().astimezone(ZoneInfo("Asia/Shanghai")).date())
    typer.echo(f"已新建：{place}\n请先看 README.md，再填表；填完运行：hotline city check {place}")


@app.command("load")
def load() -> None:
    """把配置中的城市包载入数据库；内容相同则不变。"""
    from hotline import installation

    config = configuration.load()
    version = installation.load_city(config, Database(config.database_url), now=SystemClock().now())
    typer.echo(f"责任清单版本：{version}")


@app.command("check")
def check(
    folder: Annotated[Path | None, typer.Argument(help="城市包目录；不填则为配置中的")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="按哪一天看过期；不填则为今天")] = None,
    as_json: AsJson = False,
) -> None:
    """检查城市包：缺口、重叠、孤立、过期，逐条给出文件与行号；有错误则退出码为 1。"""
    place = folder or configuration.load().pack
    if not place.is_dir():
        raise BadInput("NO_PACK", f"{place} 不是目录，请给出城市包所在的目录。")
    try:
        faults = _faults(place, on.date() if on else None)
    except PackError as error:
        faults = error.faults
    if as_json:
        typer.echo(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False))
    else:
        for fault in faults:
            typer.echo(f"[{_SEVERITIES[fault.severity]}] {fault}")
        counts = Counter(str(fault.severity) for fault in faults)
        told = "，".join(f"{said} {counts[one]} 条" for one, said in _SEVERITIES.items())
        typer.echo(f"共 {len(faults)} 条：{told}。" if faults else "没有发现问题。")
    raise typer.Exit(1 if any(fault.severity == "error" for fault in faults) else 0)


def _faults(place: Path, on: date | None) -> tuple[PackFault, ...]:
    from city.pack import check_pack, load_pack
    from hotline.corpus_check import corpus_faults

    pack = load_pack(place)
    day = on or SystemClock().now().astimezone(ZoneInfo(pack.settings.zone)).date()
    return (*check_pack(pack, on=day), *corpus_faults(place, pack))


@app.command("map")
def translate(
    code: Annotated[str, typer.Argument(help="事项编码；加 --back 则是对方的编码")],
    scheme: Annotated[str, typer.Option(help="对照体系，例如 beijing")],
    back: Annotated[bool, typer.Option("--back", help="由对方编码查本市编码")] = False,
    pack: Pack = None,
    as_json: AsJson = False,
) -> None:
    """查一个事项编码在另一个城市的对应（mappings.csv）。"""
    from city.equivalents import translated
    from city.pack import load_pack

    found = translated(load_pack(pack or configuration.load().pack).equivalents, code, scheme=scheme, back=back)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        typer.echo(found.ours if back else f"{found.theirs} {found.theirs_name}")
