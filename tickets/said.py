"""What a message says beside matter and place, as values. Found by nlu/said.py, kept with the message.

Every `start` and `end` is a half-open range of characters of the understanding's text, so that the words themselves
live in one place and go when the message goes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TimeKind(StrEnum):
    """A moment, a stretch with two ends, something that comes back, or a length without a place in the calendar."""

    POINT = "point"
    INTERVAL = "interval"
    RECURRING = "recurring"
    DURATION = "duration"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpan:
    """A time expression. `begins_at` and `ends_at` are UTC, half-open (equal for a point); None = cannot be known.

    `every` is day, week, month, year, workday, weekend or holiday for RECURRING. `of_day` is the part of the day in
    minutes after midnight, Shanghai; its end is the smaller one when it runs over midnight. `minutes` is the length
    of a DURATION; `at_least` says that more than it is meant.
    """

    start: int
    end: int
    kind: TimeKind
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    every: str | None = None
    of_day: tuple[int, int] | None = None
    minutes: int | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A sum of money in fen (分); `at_least` when the words say more than it."""

    start: int
    end: int
    fen: int
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount:
    """A number of people, or of households when `households`; `at_least` when the words say more than it."""

    start: int
    end: int
    n: int
    at_least: bool = False
    households: bool = False


class Need(StrEnum):
    """Who is concerned and needs more care than others."""

    ELDERLY = "elderly"
    ALONE = "alone"
    MINOR = "minor"
    DISABLED = "disabled"
    DEAF = "deaf"
    PREGNANT = "pregnant"
    ILL = "ill"
    POOR = "poor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needing:
    """Somebody in need who is concerned, and the words that say so."""

    start: int
    end: int
    need: Need


class Mood(StrEnum):
    """How it is said. It never lowers a priority and never raises one by itself."""

    CALM = "calm"
    UPSET = "upset"
    ANGRY = "angry"
    DESPERATE = "desperate"


class Threat(StrEnum):
    """What a person must read at once: a threat against the own life, against others, or of a petition by many."""

    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    PETITION = "petition"
    MEDIA = "media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    """Words of feeling, and what they speak for."""

    start: int
    end: int
    mood: Mood | None = None
    threat: Threat | None = None


class PartyKind(StrEnum):
    """What is complained about: a firm, somebody in a role (landlord, foreman, neighbour), or a public body."""

    FIRM = "firm"
    PERSON = "person"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The party complained about."""

    start: int
    end: int
    kind: PartyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One demand of a message: `start` to `end` is its own words, what leads in or ends the message left out."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Everything that a message says beside matter and place. `demands` is empty unless there are two or more."""

    times: tuple[TimeSpan, ...] = ()
    amounts: tuple[Amount, ...] = ()
    people: tuple[Headcount, ...] = ()
    needs: tuple[Needing, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    mood: Mood = Mood.CALM
    party: Party | None = None
    demands: tuple[Demand, ...] = ()
    tags: tuple[str, ...] = ()


NOTHING_SAID = Said()
