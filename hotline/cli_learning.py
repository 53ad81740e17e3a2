"""nlu retrain | models | rollback | drift: learning from what people have decided.

Exit codes: 0 done (a challenger that was not better is no error: the answer says so), 2 refused.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hotline import cli_rows
from hotline.cli_progress import telling
from plumbing import config as configuration
from plumbing.clock import SystemClock
from plumbing.db import Database
from plumbing.errors import BadInput

if TYPE_CHECKING:
    from hotline.retrain import Outcome
    from plumbing.config import Config

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def install(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (retrain, models, rollback, drift):
        app.command()(command)


def retrain(
    data: Annotated[list[Path] | None, typer.Option("--data", help="另加历史工单 JSONL（{id, text, matter}）")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="只用这一天起受理的工单")] = None,
    holdout: Annotated[str, typer.Option(help="留出最新的多少工单作评判，例如 20% 或 0.2")] = "20%",
    force: Annotated[bool, typer.Option("--force", help="不管比较结果都换用新模型")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="连同示例工单（仅供试用）")] = False,
    engine: Annotated[
        str | None, typer.Option(help="新模型的引擎：embedded 或 transformer；不给则与在用的模型相同")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="把数据检查的结果写成 JSON 文件")] = None,
    as_json: AsJson = False,
) -> None:
    """用改派、退单、裁定的结果再训练；新模型确实更好才换用，旧模型保留可回退。

    transformer 中断后用同样的参数再运行，会从上一轮接着训练。
    """
    from hotline.reference import SHANGHAI
    from hotline.retrain import Plan
    from hotline.retrain import retrain as retrain_model
    from nlu.rows import Purpose, read_rows

    if data:
        cli_rows.look(data, "matter", Purpose.JUDGE, report)
    plan = Plan(
        since=since.replace(tzinfo=SHANGHAI) if since else None,
        holdout=_share(holdout),
        force=force,
        sample=sample,
        history=read_rows(data, "matter") if data else (),
        engine=engine,
    )
    config = configuration.load()
    with telling("再训练") as tell:
        done = retrain_model(config, Database(config.database_url), plan=plan, now=SystemClock().now(), progress=tell)
    if as_json:
        typer.echo(json.dumps(done.plain(), ensure_ascii=False))
        return
    for line in _lines(done):
        typer.echo(line)
    _tell_other_engine(config, done.engines[1] if done.promoted else done.engines[0])


def models(as_json: AsJson = False) -> None:
    """列出在用和保留的模型。"""
    from hotline import model_shelf

    config = configuration.load()
    found = model_shelf.shelf(config)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        state = "在用" if one.in_use else "保留"
        accuracy = f"训练时准确率 {one.accuracy:.3f}" if one.accuracy is not None else ""
        learnt = f"学到 {one.learnt_until[:10]}" if one.learnt_until else "只用语料"
        told = f"{one.engine} 引擎，{one.n} 条、{one.n_classes} 类，{accuracy}，{learnt}，训练于 {one.trained_at or '不详'}"
        typer.echo(f"[{state}] {one.version}  {one.fault or told}")
    if not found:
        typer.echo("还没有模型，请先运行：hotline nlu train --pack")
    elif found[0].in_use and not found[0].fault:
        _tell_other_engine(config, found[0].engine)


def rollback(version: Annotated[str, typer.Argument(help="hotline nlu models 列出的版本")]) -> None:
    """换回保留的模型；运行中的服务自动改用。"""
    from hotline import model_shelf

    config = configuration.load()
    with model_shelf.alone(config):
        before = model_shelf.roll_back(config, version, now=SystemClock().now(), by="command")
    typer.echo(f"已换回 {version}；之前的 {before} 仍保留。运行中的服务会自动改用，不必重启。")
    _tell_other_engine(config, model_shelf.card_of(config.model).engine)


def drift(
    weeks: Annotated[int, typer.Option(min=1, max=53, help="看最近多少周")] = 8,
    sample: Annotated[bool, typer.Option("--sample", help="连同示例工单")] = False,
    as_json: AsJson = False,
) -> None:
    """每周变化：交人工的比例、把握、改派与退单、生词、事项分布；有提醒也退出 0。"""
    from hotline import model_report

    config = configuration.load()
    found = model_report.weekly(
        config, Database(config.database_url), now=SystemClock().now(), weeks=weeks, sample=sample or None
    )
    if as_json:
        typer.echo(json.dumps(found.plain(), ensure_ascii=False, default=str))
        return
    for week in found.weeks:
        told = [f"{word} {_percent(getattr(week, name))}" for name, word in _WEEKLY]
        changes = f"改派 {week.n_corrected}、退单 {week.n_returned}、裁定 {week.n_ruled}"
        typer.echo(f"{week.week}  来话 {week.n}  {'  '.join(told)}  {changes}")
        for warning in week.warnings:
            typer.echo(f"  [提醒] {warning}")


_WEEKLY = (("abstained", "交人工"), ("confidence", "把握"), ("unknown", "生词"))


def _tell_other_engine(config: "Config", engine: str) -> None:
    """Say it when config.yml names another engine than the one in use."""
    from hotline import installation

    if sentence := installation.other_engine(config, engine):
        typer.echo(f"[提醒] {sentence}", err=True)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f}%"


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0.05 <= share <= 0.5:
        raise BadInput("BAD_OPTION", f"--holdout 应在 5% 到 50% 之间，例如 20%；现在是“{text}”。")
    return share


def _lines(done: "Outcome") -> Iterator[str]:
    yield f"可学的工单 {done.n_lessons} 张（其中 {done.n_without_matter} 张只定了单位、不知事项）：{_told(done.by_source)}"
    yield f"用于训练 {done.n_trained} 张，用于评判 {done.n_judged} 张；另有 {done.n_seen} 张与语料相同，不作评判。"
    if done.again:
        yield "接着上次中断的训练：用的是当时收集的工单，之后的工单下次再学。"
    yield f"引擎：在用的 {done.engines[0]}，新模型 {done.engines[1]}。"
    if done.comparison is not None:
        old, new = done.comparison.champion, done.comparison.challenger
        for name, word in _FIGURES:
            yield f"{word:<10}旧 {old[name]:.3f}  新 {new[name]:.3f}"
        gain, low, high = done.comparison.difference["accuracy"]
        yield f"准确率之差 {gain * 100:+.1f}（95% 区间 {low * 100:+.1f} 至 {high * 100:+.1f}，p={done.comparison.p:.3f}）"
    for reason in done.reasons:
        yield f"· {reason}"
    yield (f"已换用新模型 {done.challenger}。" if done.promoted else f"仍用原来的模型 {done.champion}。")


_FIGURES = (
    ("accuracy", "准确率"),
    ("macro_f1", "宏平均F1"),
    ("ece", "校准误差"),
    ("coverage", "作答比例"),
    ("precision_answered", "作答正确率"),
)
_SOURCES = {"confirmed": "办结确认", "placed": "人工派单", "correction": "改派", "return": "退单", "ruling": "裁定"}


def _told(by_source: Any) -> str:
    return "、".join(f"{_SOURCES.get(name, name)} {n}" for name, n in by_source.items()) or "无"
