"""Whether a pack makes sense: the one list of faults for the person who keeps it. Pure."""

from datetime import date

from city.check_duties import empty_spans, expired, gaps, ties, unready_units
from city.check_kit import (
    ambiguous_equivalents,
    bases,
    orphans,
    posts_without_right,
    roster_holes,
    shared_matters,
    unreachable,
)
from city.check_references import cycles, duplicates, strangers
from city.check_time import empty_calendars, period_faults
from city.faults import PackFault
from city.pack_values import Pack


def check_pack(pack: Pack, *, on: date | None = None) -> tuple[PackFault, ...]:
    """Every fault, in order of file and line. `on` is the day for which expired rows are looked for (None = not).

    Errors: unknown codes, duplicate codes, cycles, a span of dates that is empty, a unit that does not exist for all
    of a row's dates, gaps, ties, a calendar with an empty year, a hole in the policies, a condition that nothing can
    meet, a basis that is called checked but is 待核. Warnings: ties that need a certain text, expired rows and bases,
    orphans, rows that are never reached, posts without the right, hours without anybody on duty, and the like.
    """
    found = [
        *duplicates(pack),
        *strangers(pack),
        *cycles(pack),
        *empty_spans(pack),
        *unready_units(pack),
        *gaps(pack),
        *ties(pack),
        *(expired(pack, on) if on else ()),
        *empty_calendars(pack),
        *period_faults(pack),
        *unreachable(pack),
        *bases(pack, on),
        *orphans(pack),
        *posts_without_right(pack),
        *roster_holes(pack),
        *shared_matters(pack),
        *ambiguous_equivalents(pack),
    ]
    return tuple(sorted(found, key=lambda fault: (fault.file, fault.line, fault.column, fault.reason)))
