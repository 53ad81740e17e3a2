"""A city pack: a folder that makes the engine a city's. `load_pack` reads it whole or not at all.

from city.pack import check_pack, load_pack

pack = load_pack(Path("city/packs/xuhui"))      # PackError with every fault: file, line, column, reason
for fault in check_pack(pack):                  # gaps, ties, cycles, unknown codes ...
    print(fault)
"""

from pathlib import Path
from typing import Any

from city.calendar_file import read_calendars
from city.check import check_pack
from city.clock_file import read_policies
from city.codec import digest_of
from city.faults import FaultList, PackError, PackFault, Severity
from city.kit_rows import GROUPS, KNOWLEDGE, LEXICON, MAPPINGS, ROSTERS, SOURCES, TAGS
from city.outline import Item, read_outline
from city.pack_values import CitySettings, Contact, MeetingField, Pack, Period
from city.process_file import read_processes
from city.rows import DUTIES, MATTERS, PLACES, POSTS, STREETS, UNITS, Sheet, read_values
from city.settings_file import read_meetings, read_settings

SHEETS: dict[str, Sheet[Any]] = {
    "units": UNITS,
    "posts": POSTS,
    "streets": STREETS,
    "matters": MATTERS,
    "duties": DUTIES,
    "places": PLACES,
    "groups": GROUPS,
    "tags": TAGS,
    "rosters": ROSTERS,
    "articles": KNOWLEDGE,
    "equivalents": MAPPINGS,
    "sources": SOURCES,
    "lexicon": LEXICON,
}
"""The CSV files of a pack, by the field of Pack that each is read into."""

__all__ = [
    "SHEETS",
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
    tables = {name: read_values(folder, sheet, faults=faults) for name, sheet in SHEETS.items()}
    clocks = read_outline(folder, "clocks.yml", faults=faults)
    working = read_outline(folder, "calendar.yml", faults=faults)
    policies, calendars = read_policies(clocks), read_calendars(working)
    meetings = _optional(folder, "meetings.yml", faults)
    processes = _optional(folder, "processes.yml", faults)
    root = read_outline(folder, "city.yml", faults=faults)
    settings = read_settings(root, calendars=calendars, meetings=read_meetings(meetings) if meetings else ())
    values = {name: found for name, (found, _) in tables.items()} | {
        "processes": read_processes(processes) if processes else ()
    }
    faults.raise_if_any()
    specs = tuple(calendars.values())
    return Pack(
        settings=settings,
        **values,
        policies=policies,
        calendars=specs,
        lines={SHEETS[name].name: lines for name, (_, lines) in tables.items()}
        | _yaml_lines(root, clocks, working, meetings, processes),
        digest=digest_of((settings, {**values, "lexicon": ()}, policies, specs)),
    )


def _optional(folder: Path, name: str, faults: FaultList) -> Item | None:
    return read_outline(folder, name, faults=faults) if (folder / name).exists() else None


def _yaml_lines(*roots: Item | None) -> dict[str, tuple[int, ...]]:
    """The line of each member of each list at the top of the YAML files, by "file:list"; a mapping counts as a list."""
    found: dict[str, tuple[int, ...]] = {}
    for root in filter(None, roots):
        for key, item in root.entries():
            members = item.members()
            if members:
                found[f"{root.file}:{key}"] = tuple(member.line for member in members)
    return found
