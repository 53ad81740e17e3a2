"""The command `hotline`. Each family of commands is a file of its own; heavy libraries load only where they are used.

Exit codes: 0 done, 1 found something wrong (doctor, check, verify), 2 could not be done (the sentence says why).
"""

import os
import sys
from typing import NoReturn

import typer

from hotline import cli_city, cli_nlu, cli_ops, cli_people, cli_routing, cli_run
from plumbing import log
from plumbing.errors import HotlineError

app = typer.Typer(
    name="hotline",
    help="12345 热线引擎：受理、理解、派单、计时、联席会议与看板。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli_run.install(app)
cli_ops.install(app)
app.add_typer(cli_people.users, name="user")
app.add_typer(cli_people.tokens, name="token")
app.add_typer(cli_nlu.app, name="nlu")
app.add_typer(cli_city.app, name="city")
app.add_typer(cli_routing.routing, name="routing")
app.add_typer(cli_routing.sla, name="sla")
app.add_typer(cli_ops.audits, name="audit")


def main() -> None:
    """Run; an error of ours, of a file or of the database becomes a sentence on standard error and exit code 2."""
    log.configure(os.environ.get("HOTLINE_LOG_LEVEL", "INFO"))  # first of all: an unconfigured log masks nothing
    try:
        app()
    except HotlineError as error:
        _end(error.sentence)
    except OSError as error:
        what = error.strerror or type(error).__name__
        _end(f"无法使用文件或网络：{error.filename or what}（{what}）。请检查路径、权限、磁盘空间与地址。")
    except Exception as error:
        if not type(error).__module__.startswith("sqlalchemy."):
            raise
        _end(
            f"数据库无法使用（{type(error).__name__}）。请先运行 hotline migrate；仍不行请运行 hotline doctor 查看原因。"
        )


def _end(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(2) from None
