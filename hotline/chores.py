"""What is done once in a while."""

from hotline import audit
from hotline.reference import SHANGHAI
from plumbing.clock import Clock
from plumbing.config import Config
from plumbing.db import Database


def anchor(config: Config, database: Database, clock: Clock) -> str:
    """The anchor of today; made once, at the first call of the day in Shanghai."""
    now = clock.now()
    day = now.astimezone(SHANGHAI).date()
    return audit.anchor(database, day=day, now=now, folder=config.home / "anchors")
