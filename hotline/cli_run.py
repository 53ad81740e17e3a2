"""serve, worker, up: the commands that run the product."""

import os
from time import perf_counter
from typing import Annotated

import typer

from plumbing import config as configuration
from plumbing.errors import ConfigError

Host = Annotated[str, typer.Option(help="监听地址")]
Port = Annotated[int, typer.Option(help="监听端口", min=1, max=65535)]
TestClock = Annotated[str | None, typer.Option(help="测试时钟的起点（ISO 时间，带时区）；只能用于本机地址")]


def install(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(worker)
    app.command()(up)


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    test_clock: TestClock = None,
    loops: Annotated[bool, typer.Option(help="由本进程受理、计时、发送；用 Celery 时关闭")] = True,
    processes: Annotated[int, typer.Option(help="服务进程数；SQLite 只能为 1", min=1, max=32)] = 1,
) -> None:
    """启动服务（网页、接口与渠道）。"""
    from granian import Granian
    from granian.constants import Interfaces

    if test_clock is not None:
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise ConfigError("命令行", "--test-clock", host, "测试时钟只能与本机地址 127.0.0.1 一起使用")
        os.environ["HOTLINE_TEST_CLOCK"] = _instant(test_clock)
    os.environ["HOTLINE_LOOPS"] = "on" if loops else "off"
    config = configuration.load()
    if processes > 1 and config.database_url.startswith("sqlite"):
        raise ConfigError("命令行", "--processes", processes, "SQLite 只能用一个服务进程；多进程请用 PostgreSQL")
    _require_startable(config, host, port)
    typer.echo(f"正在启动：http://{host}:{port}/ （按 Ctrl+C 停止）")
    Granian(
        "hotline.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=processes,
        log_enabled=True,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()


def worker(
    beat: Annotated[bool, typer.Option(help="由本进程定时唤醒；多个 worker 时只开一个")] = True,
    concurrency: Annotated[int, typer.Option(help="并行任务数", min=1, max=64)] = 2,
    test_clock: TestClock = None,
) -> None:
    """启动 Celery worker（PostgreSQL 与 Redis/Valkey 部署时使用）。"""
    if test_clock is not None:
        os.environ["HOTLINE_TEST_CLOCK"] = _instant(test_clock)
    config = configuration.load()
    if config.broker_url is None:
        name = config.settings.broker_url_env
        raise ConfigError("环境变量", name, None, "消息中间件地址，例如 redis://127.0.0.1:6379/0")
    from hotline.worker import app

    home = config.home
    home.mkdir(parents=True, exist_ok=True)
    arguments = ["worker", "--loglevel", "WARNING", "--concurrency", str(concurrency)]
    if beat:
        arguments += ["--beat", "--schedule", str(home / "celerybeat-schedule")]
    app.worker_main(arguments)


def up(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    sample: Annotated[bool, typer.Option(help="首次启动时载入一周示例")] = True,
) -> None:
    """首次启动所需的一切（建库、载入城市、训练、示例、账号），然后启动服务。"""
    from hotline import first_start

    began = perf_counter()
    first_start.prepare(configuration.load(), sample=sample, say=typer.echo)
    typer.echo(f"准备完成，共 {perf_counter() - began:.1f} 秒。")
    serve(host=host, port=port)


def _require_startable(config: configuration.Config, host: str, port: int) -> None:
    """Say what is missing before processes are started, which could only tell it in a traceback."""
    import socket

    from hotline import installation
    from plumbing.db import Database

    database = Database(config.database_url)
    installation.require_ready(config, database, model=True)
    database.dispose()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            wanted = f"可用的地址和空闲的端口（{host}:{port} 不可用：{error.strerror}）"
            raise ConfigError("命令行", "--port", port, wanted) from None


def _instant(text: str) -> str:
    from datetime import datetime

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ConfigError("命令行", "--test-clock", text, "带时区的 ISO 时间，例如 2026-01-05T09:00:00+08:00")
    return at.isoformat()
