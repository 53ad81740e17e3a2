"""migrate, demo, doctor, audit, replay, simulate, bench: looking after an installation."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from plumbing import config as configuration
from plumbing.clock import SystemClock
from plumbing.config import ROOT
from plumbing.db import Database
from plumbing.errors import ConfigError

audits = typer.Typer(help="留痕校验", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Url = Annotated[str, typer.Option(help="运行中的服务地址（只能是本机）")]
Token = Annotated[str, typer.Option(envvar="HOTLINE_TOKEN", help="接口令牌（operator 岗位）")]


def install(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (migrate, demo, doctor, replay, simulate, bench):
        app.command()(command)


def migrate(
    check: Annotated[bool, typer.Option("--check", help="只检查：数据库与程序的表结构是否一致")] = False,
) -> None:
    """建库或升级数据库。"""
    from hotline import installation, schema_check

    database = Database(configuration.load().database_url)
    if check:
        differences = schema_check.differences(database)
        for line in differences:
            typer.echo(line)
        raise typer.Exit(1 if differences else 0)
    installation.migrate(database)
    typer.echo("数据库已是最新。")


def demo(
    remove: Annotated[bool, typer.Option("--remove", help="删除全部示例工单")] = False,
    seed: Annotated[int, typer.Option(help="随机种子：相同则示例相同")] = 12345,
) -> None:
    """生成（或删除）一周示例工单。"""
    from hotline import demo as sample

    config = configuration.load()
    database = Database(config.database_url)
    if remove:
        typer.echo(f"已删除 {sample.remove(database)} 张示例工单。")
        return
    typer.echo(f"已生成 {sample.make(config, database, now=SystemClock().now(), seed=seed)} 张示例工单。")


def doctor(as_json: AsJson = False) -> None:
    """体检：配置、数据库、城市资料、模型、程序包、日历、不变量；逐条说明怎样修。"""
    from hotline import doctor as examination

    findings = examination.examine(configuration.load, now=SystemClock().now())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in findings], ensure_ascii=False))
    else:
        for one in findings:
            typer.echo(f"[{'正常' if one.ok else '异常'}] {one.name}：{one.sentence}")
    raise typer.Exit(0 if all(one.ok for one in findings) else 1)


@audits.command("verify")
def verify(as_json: AsJson = False) -> None:
    """重算每张工单的链与每日锚点；有改动则退出码为 1。"""
    from hotline import audit

    verdict = audit.verify(Database(configuration.load().database_url))
    if as_json:
        typer.echo(json.dumps(asdict(verdict), ensure_ascii=False))
    else:
        for line in verdict.faults:
            typer.echo(line)
        result = "完整，未发现改动。" if not verdict.faults else f"发现 {len(verdict.faults)} 处问题。"
        typer.echo(f"{verdict.n_tickets} 张工单、{verdict.n_events} 条记录、{verdict.n_anchors} 个锚点：{result}")
    raise typer.Exit(1 if verdict.faults else 0)


@audits.command("anchor")
def anchor() -> None:
    """写下昨天的锚点（每天自动一次）。"""
    from hotline import chores
    from hotline.runtime import build

    running = build(configuration.load(), nudge=False)
    typer.echo(chores.anchor(running.config, running.database, running.clock))


def replay(
    file: Annotated[Path, typer.Argument(help="JSONL，每行 {id, text}，可有 place、sender、occurred_at")],
    token: Token,
    url: Url = "http://127.0.0.1:8000",
    channel: str = "api",
    clients: Annotated[int, typer.Option(min=1, max=32)] = 8,
    limit: Annotated[int | None, typer.Option(min=1, help="最多多少条")] = None,
    as_json: AsJson = False,
) -> None:
    """把文件中的诉求送入运行中的接口，等每一条有结果，核对无丢失、无重复。"""
    from hotline import feed

    rows = feed.read(file, limit=limit)
    _show(
        _fed(feed.Plan(rows=rows, url=_loopback(url), token=token, channel=channel, clients=clients)), as_json=as_json
    )


def simulate(
    token: Token,
    url: Url = "http://127.0.0.1:8000",
    n: Annotated[int, typer.Option(min=1, max=100_000, help="多少条")] = 200,
    per_second: Annotated[float, typer.Option(min=0.1, max=1000, help="每秒多少条")] = 10,
    seed: int = 1,
    as_json: AsJson = False,
) -> None:
    """按给定速率送入城市包语料中的诉求，测受理到派单的时间。"""
    from hotline import feed

    rows = feed.from_corpus(configuration.load().pack / "nlu.yml", n=n, seed=seed)
    plan = feed.Plan(rows=rows, url=_loopback(url), token=token, channel="api", clients=8, per_second=per_second)
    _show(_fed(plan), as_json=as_json)


def bench(names: Annotated[list[str] | None, typer.Argument(help="dispatch、sweep、queue；不填则全部")] = None) -> None:
    """运行 benchmarks/ 下的测量，输出 JSON。"""
    folder = ROOT / "benchmarks"
    known = sorted(path.stem.removeprefix("bench_") for path in folder.glob("bench_*.py"))
    for name in names or known:
        if name not in known:
            raise ConfigError("命令行", "bench", name, "、".join(known))
        subprocess.run([sys.executable, str(folder / f"bench_{name}.py")], check=True)  # noqa: S603 - our own scripts


def _fed(plan: Any) -> dict[str, Any]:
    from hotline import feed

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("送入", total=len(plan.rows))
        figures: dict[str, Any] = feed.run(plan, tick=lambda: progress.advance(bar))
        return figures


def _loopback(url: str) -> str:
    """Load goes to this machine only."""
    from urllib.parse import urlsplit

    if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ConfigError("命令行", "--url", url, "本机地址，例如 http://127.0.0.1:8000")
    return url.rstrip("/")


def _show(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
    else:
        for name, value in figures.items():
            typer.echo(f"{name:<24}{value}")
    raise typer.Exit(0 if figures["lost"] == 0 and figures["doubled"] == 0 else 1)
