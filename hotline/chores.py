"""What is done once in a while."""

from hotline import audit
from hotline.reference import SHANGHAI
from hotline.runtime import Runtime


def anchor(runtime: Runtime) -> str:
    """The anchor of today; made once, at the first call of the day in Shanghai."""
    now = runtime.clock.now()
    day = now.astimezone(SHANGHAI).date()
    return audit.anchor(runtime.database, day=day, now=now, folder=runtime.config.home / "anchors")
