"""What a board is asked: the time, who holds clocks, and which tickets are wanted. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which cases count. `matters` are codes, a first-level matter with all below it; empty means every matter.

    An empty `street`, and "" among `matters`, stand for what nobody could tell. `other` is the second unit of a dispute.
    """

    unit: str | None = None
    street: str | None = None
    matters: tuple[str, ...] = ()
    channel: str | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Instants from `start` (inclusive) to `end` (exclusive), seen at `now`. `units` are the codes that hold clocks."""

    start: datetime
    end: datetime
    now: datetime
    units: tuple[str, ...]

    @property
    def judged_until(self) -> datetime:
        """Deadlines before this instant have been met or not; exclusive."""
        return min(self.end, self.now)
