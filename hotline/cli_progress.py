"""What a long command does, as it does it: a turning line for people, a line a minute in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_MINUTE = 60.0


@contextmanager
def telling(text: str) -> Iterator[Callable[[str], None]]:
    """A line that turns while it works; what is called with a word says what is being done. Into a file: a line a minute."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _now_and_then(text)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda line: progress.update(task, description=f"{text}：{line}")


def _now_and_then(text: str) -> Callable[[str], None]:
    """Writes what it is called with, at most once in a minute: a long training can be followed in a log."""
    said = -_MINUTE

    def told(line: str) -> None:
        nonlocal said
        if monotonic() - said >= _MINUTE:
            said = monotonic()
            typer.echo(f"{text}：{line}", err=True)

    return told
