"""One question to routing, as a value."""

from dataclasses import dataclass

from city.types import Directory
from tickets.types import Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What routing must know beside the understanding.

    `asked`: the resident has been asked once already. `party_unit`: the unit complained about, which never gets
    the complaint. `call`: 110, 119 or 120 when the words told of danger. `matter` and `street` are what a person
    (clerk, dispatcher, form) has set and win over what was understood.
    """

    asked: bool = False
    party_unit: str | None = None
    call: str | None = None
    matter: str | None = None
    street: str | None = None


PLAIN = Circumstances()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The question while it is being answered: for this matter, in this street (None = unknown).

    `streets` are all that it may be in, as far as is known.
    """

    understanding: Understanding
    directory: Directory
    given: Circumstances = PLAIN
    matter: str | None = None
    street: str | None = None
    streets: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The matter; "" before one is chosen."""
        return self.matter or ""

    @property
    def centre(self) -> str | None:
        """The response centre of the street, when both are known."""
        known = self.directory.streets.get(self.street) if self.street else None
        return known.centre if known else None
