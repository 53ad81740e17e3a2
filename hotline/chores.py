"""What is done once in a while."""

from datetime import datetime, time, timedelta

from hotline import audit
from hotline.reference import SHANGHAI
from plumbing.clock import Clock
from plumbing.config import Config
from plumbing.db import Database

SETTLED = timedelta(minutes=10)
"""By then every writer that began before midnight has ended, so that an anchor can be computed again for ever."""


def anchor(config: Config, database: Database, clock: Clock) -> str:
    """The anchor of the last whole day in Shanghai; made once, from ten past midnight on."""
    now = clock.now()
    today = (now - SETTLED).astimezone(SHANGHAI).date()
    midnight = datetime.combine(today, time(), SHANGHAI)
    return audit.anchor(database, day=today - timedelta(days=1), before=midnight, folder=config.home / "anchors")
