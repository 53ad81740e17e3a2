"""The broker: how a server tells a worker that there is something to do. It carries nudges, never the truth."""

from collections.abc import Callable
from functools import cache
from threading import Event, Thread
from time import sleep

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

log = structlog.get_logger()

DRAIN_SECONDS = 2.0
OUTBOX_SECONDS = 2.0
TICK_SECONDS = 5.0
GATHER_SECONDS = 3.0
ANCHOR_SECONDS = 3600.0
NUDGE_SECONDS = 0.02


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
            "gather": {"task": "hotline.gather", "schedule": GATHER_SECONDS, "options": {"expires": GATHER_SECONDS}},
            "anchor": {"task": "hotline.anchor", "schedule": ANCHOR_SECONDS},
        },
    )
    return app


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
