"""Whether a pack makes sense: the one list of faults for the person who keeps it. Pure."""

from datetime import date

from city.check_duties import empty_spans, expired, gaps, ties, unready_units
from city.check_references import cycles, duplicates, strangers
from city.check_time import empty_calendars, period_faults
from city.faults import PackFault
from city.pack_values import Pack


def check_pack(pack: Pack, *, on: date | None = None) -> tuple[PackFault, ...]:
    """Every fault, in order of file and line. `on` is the day for which expired rows are looked for (None = not).

    Errors: unknown codes, duplicate codes, cycles, a span of dates that is empty, a unit that does not exist for all
    of a row's dates, gaps, ties, a calendar with an empty year, a hole in the policies. Warnings: ties that need a
    certain text, expired rows.
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
    ]
    return tuple(sorted(found, key=lambda fault: (fault.file, fault.line, fault.column, fault.reason)))
