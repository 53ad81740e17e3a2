"""A city pack: a folder that makes the engine a city's. `load_pack` reads it whole or not at all.

from city.pack import check_pack, load_pack

pack = load_pack(Path("city/packs/xuhui"))      # PackError with every fault: file, line, column, reason
for fault in check_pack(pack):                  # gaps, ties, cycles, unknown codes ...
    print(fault)
"""

from pathlib import Path

from city.calendar_file import read_calendars
from city.check import check_pack
from city.clock_file import read_policies
from city.codec import digest_of
from city.faults import FaultList, PackError, PackFault, Severity
from city.outline import read_outline
from city.pack_values import CitySettings, Contact, MeetingField, Pack, Period
from city.rows import DUTIES, MATTERS, PLACES, POSTS, STREETS, UNITS, read_values
from city.settings_file import read_meetings, read_settings

__all__ = [
    "CitySettings",
    "Contact",
    "MeetingField",
    "Pack",
    "PackError",
    "PackFault",
    "Period",
    "Severity",
    "check_pack",
    "load_pack",
]


def load_pack(folder: Path) -> Pack:
    """The pack in `folder`, readable in every cell; whether it makes sense is `check_pack`'s question.

    Raises PackError with every fault of every file.
    """
    faults = FaultList()
    units, unit_lines = read_values(folder, UNITS, faults=faults)
    posts, post_lines = read_values(folder, POSTS, faults=faults)
    streets, street_lines = read_values(folder, STREETS, faults=faults)
    matters, matter_lines = read_values(folder, MATTERS, faults=faults)
    duties, duty_lines = read_values(folder, DUTIES, faults=faults)
    places, place_lines = read_values(folder, PLACES, faults=faults)
    policies = read_policies(read_outline(folder, "clocks.yml", faults=faults))
    calendars = read_calendars(read_outline(folder, "calendar.yml", faults=faults))
    meetings: tuple[MeetingField, ...] = ()
    if (folder / "meetings.yml").exists():
        meetings = read_meetings(read_outline(folder, "meetings.yml", faults=faults))
    root = read_outline(folder, "city.yml", faults=faults)
    settings = read_settings(root, calendars=calendars, meetings=meetings)
    faults.raise_if_any()
    specs = tuple(calendars.values())
    content = (settings, units, posts, streets, matters, duties, places, policies, specs)
    return Pack(
        settings=settings,
        units=units,
        posts=posts,
        streets=streets,
        matters=matters,
        duties=duties,
        places=places,
        policies=policies,
        calendars=specs,
        lines={
            UNITS.name: unit_lines,
            POSTS.name: post_lines,
            STREETS.name: street_lines,
            MATTERS.name: matter_lines,
            DUTIES.name: duty_lines,
            PLACES.name: place_lines,
        },
        digest=digest_of(content),
    )
