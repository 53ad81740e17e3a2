"""A city pack made of nothing but the labels of a data set: each label a matter and a unit, the list maps one to the other.

No row has "@centre" or a street: such a city has no response centres, and nothing is ever asked for.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from city.pack import PackError, check_pack, load_pack

HOTLINE = "hotline"
_LIMITS = {
    "promise": "5 wd",
    "triage": "2 wh",
    "accept": "1 wd",
    "contact": "1 wd",
    "finish": "5 wd",
    "return_window": "1 wd",
    "wait": "4 h",
    "callback": "1 wd",
    "rework": "3 wd",
    "ruling": "2 wd",
    "plenary": "7 wd",
    "review": "1 wd",
}
_PROFILES = {"default": "一般诉求", "enquiry": "咨询与建议", "critical": "紧急"}
_LADDER = [{"step": "red", "to": ["lead", "supervisor"]}]


def codes(labels: Iterable[str]) -> dict[str, str]:
    """A two-digit number for each label, in alphabetical order."""
    return {label: f"{number:02d}" for number, label in enumerate(sorted(set(labels)), start=1)}


def unit(number: str) -> str:
    """The unit's code."""
    return f"u{number}"


def matter(number: str) -> str:
    """The matter's code, which is what the model learns to say."""
    return f"m{number}"


def write(folder: Path, numbers: dict[str, str]) -> None:
    """The pack in `folder`. Raises PackError when it could not be installed."""
    folder.mkdir()
    labels = numbers.items()
    _sheet(
        folder / "units.csv",
        ("code", "name", "kind", "from_date"),
        [(HOTLINE, "热线", "hotline", "2000-01-01")]
        + [(unit(number), label, "department", "2000-01-01") for label, number in labels],
    )
    _sheet(
        folder / "matters.csv",
        ("code", "name", "profile", "needs_place"),
        [(matter(number), label, "default", "no") for label, number in labels],
    )
    _sheet(
        folder / "duties.csv",
        ("id", "matter", "area", "lead", "fallback", "from_date"),
        [(f"D{number}", matter(number), "*", unit(number), HOTLINE, "2000-01-01") for _, number in labels],
    )
    for name, content in _files().items():
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    if errors := [fault for fault in check_pack(load_pack(folder)) if fault.severity == "error"]:
        raise PackError(errors)


def _sheet(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)


def _files() -> dict[str, Any]:
    clocks = {kind: {"limit": limit, "ladder": "plain"} for kind, limit in _LIMITS.items()}
    profiles = {code: {"name": name, "clocks": clocks} for code, name in _PROFILES.items()}
    return {
        "clocks.yml": {"ladders": {"plain": _LADDER}, "policies": [{"version": "scratch-1", "profiles": profiles}]},
        "calendar.yml": {
            "calendars": [
                {
                    "code": "scratch",
                    "week": {"mon-fri": "08:30-12:00 14:30-17:30"},
                    "holidays": {"source": "chinesecalendar", "from": 2017, "to": 2026},
                }
            ]
        },
        "city.yml": {
            "code": "scratch",
            "name": "测量用的城市",
            "covers_from": "2000-01-01",
            "in_force": [{"from": "2000-01-01", "policy": "scratch-1", "calendar": "scratch"}],
            "contacts": {role: {"unit": HOTLINE} for role in ("dispatcher", "supervisor", "leader", "duty")},
        },
    }
