"""The distributed way to run: Celery calls the same functions. It carries nudges, never the truth.

    hotline worker            # one process: Celery worker with an embedded beat
    hotline worker --no-beat  # more of them

Lose the broker and nothing is lost, only later: every task asks the database what there is to do.
"""

from collections.abc import Callable
from threading import Lock

from celery.signals import worker_process_init, worker_process_shutdown

from hotline import chores
from hotline import runtime as wiring
from hotline.broker import make_app
from plumbing import config as configuration

ROUNDS = 50

app = make_app(configuration.load().broker_url)

_runtime: wiring.Runtime | None = None
_lock = Lock()


def _running() -> wiring.Runtime:
    """This process's runtime, made at the first task: a child must not share its parent's connections."""
    global _runtime  # noqa: PLW0603 - one a process, as Celery calls bare functions
    with _lock:
        if _runtime is None:
            _runtime = wiring.build(configuration.load())
        return _runtime


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _begin(**_kwargs: object) -> None:
    _running()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _end(**_kwargs: object) -> None:
    if _runtime is not None:
        _runtime.database.dispose()


def _rounds(work: Callable[[], int]) -> int:
    """Work until nothing is left, at most ROUNDS batches: the next nudge goes on."""
    done = 0
    for _ in range(ROUNDS):
        n = work()
        done += n
        if n == 0:
            break
    return done


@app.task(name="hotline.drain")  # type: ignore[untyped-decorator]
def drain() -> int:
    """Step B."""
    return _rounds(_running().drain.run_once)


@app.task(name="hotline.outbox")  # type: ignore[untyped-decorator]
def outbox() -> int:
    """Step C."""
    return _rounds(_running().outbox.run_once)


@app.task(name="hotline.tick")  # type: ignore[untyped-decorator]
def tick() -> int:
    """Step D."""
    return _rounds(_running().ticker.run_once)


@app.task(name="hotline.gather")  # type: ignore[untyped-decorator]
def gather() -> int:
    """Step E."""
    return _rounds(_running().gatherer.run_once)


@app.task(name="hotline.anchor")  # type: ignore[untyped-decorator]
def anchor() -> str:
    """The daily anchor, and what the hour forgets."""
    running = _running()
    running.gatherer.forget()
    return chores.anchor(running.config, running.database, running.clock)
