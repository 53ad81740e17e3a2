"""What a city's people work with beside the responsibility list: processes, rosters, knowledge, another city's codes."""

from dataclasses import dataclass
from datetime import date

from city.types import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStep:
    """A step of a process. It begins when every step of `after` has ended (none = with the process) and ends `limit`
    later. `unit` is a unit code, "@centre" or "@lead". `silence` says what a deadline without an answer means."""

    code: str
    name: str
    unit: str
    after: tuple[str, ...]
    limit: Limit
    silence: str = "escalate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """流程模板: steps in sequence and in parallel. `when` tells versions of one process apart, in words for people."""

    code: str
    name: str
    steps: tuple[ProcessStep, ...]
    when: str = ""
    source: str = "待核"
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """值班: from `from_time` to `to_time` ("HH:MM", local; an end at or before the start lies on the next day) on `days`
    (0 = Monday, whatever the calendar says of them) somebody of `unit` answers at `contact`."""

    unit: str
    post: str | None
    days: tuple[int, ...]
    from_time: str
    to_time: str
    contact: str
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """知识条目: an answer to an enquiry. `owner` is the unit that answers for it; `review_on` the day by which it must
    be read again; only a `checked` one, whose source can be named, may be shown to residents as certain."""

    code: str
    title: str
    answer: str
    owner: str
    matters: tuple[str, ...]
    source: str
    checked: bool
    review_on: date
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """A matter of ours and what another city calls it. `way`: both, to (ours into theirs) or from (theirs into ours)."""

    scheme: str
    ours: str
    theirs: str
    theirs_name: str
    way: str = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """依据: a law, standard, notice or case that rows may name as their basis, while it is in force."""

    name: str
    kind: str
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Words and short phrases that residents say when they mean a matter: they teach the engines of understanding."""

    matter: str
    words: tuple[str, ...]
