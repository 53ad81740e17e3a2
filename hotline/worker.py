"""The distributed way to run: Celery calls the same functions. It carries nudges, never the truth.

    hotline worker            # one process: Celery worker with an embedded beat
    hotline worker --no-beat  # more of them

Lose the broker and nothing is lost, only later: every task asks the database what there is to do.
"""

from collections.abc import Callable
from functools import cache
from threading import Event, Lock, Thread
from time import sleep

import structlog
from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from kombu.exceptions import OperationalError

from hotline import runtime as wiring
from plumbing import config as configuration

log = structlog.get_logger()

DRAIN_SECONDS = 2.0
OUTBOX_SECONDS = 2.0
TICK_SECONDS = 5.0
ANCHOR_SECONDS = 3600.0
NUDGE_SECONDS = 0.02
ROUNDS = 50


def make_app(broker_url: str | None) -> Celery:
    """A Celery application without result backend: what was done stands in the database."""
    app = Celery("hotline", broker=broker_url or "memory://")
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 0},
        timezone="UTC",
        beat_schedule={
            "drain": {"task": "hotline.drain", "schedule": DRAIN_SECONDS, "options": {"expires": DRAIN_SECONDS}},
            "outbox": {"task": "hotline.outbox", "schedule": OUTBOX_SECONDS, "options": {"expires": OUTBOX_SECONDS}},
            "tick": {"task": "hotline.tick", "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS}},
            "anchor": {"task": "hotline.anchor", "schedule": ANCHOR_SECONDS},
        },
    )
    return app


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


@app.task(name="hotline.anchor")  # type: ignore[untyped-decorator]
def anchor() -> str:
    """The daily anchor."""
    from hotline import chores

    return chores.anchor(_running())


@cache
def _sender(broker_url: str) -> Celery:
    return make_app(broker_url)


def nudge(broker_url: str) -> Callable[[], None]:
    """A function that tells a worker to drain and returns at once.

    The telling is done in a thread of its own, NUDGE_SECONDS apart: one nudge serves every message of that time, and
    nobody who answers a resident waits for the broker. One that is away costs a log line and a later drain.
    """
    wanted = Event()

    def tell() -> None:
        while wanted.wait():
            wanted.clear()  # before sending: what arrives meanwhile gets a nudge of its own
            try:
                _sender(broker_url).send_task("hotline.drain", expires=30, retry=False)
            except (OperationalError, OSError) as error:
                log.warning("broker away", error=type(error).__name__)
            sleep(NUDGE_SECONDS)

    Thread(target=tell, name="nudge", daemon=True).start()
    return wanted.set
