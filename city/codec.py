"""Frozen values to plain JSON and back, and the digest that names a version. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

from city.pack_values import CitySettings, Contact, MeetingField, Period
from city.types import CalendarSpec, Limit, Policy, Profile, Step, TimeUnit
from plumbing.crypto import canonical


def plain(value: Any) -> Any:
    """Any value of this package as JSON: dataclasses become objects, dates ISO, timedeltas seconds."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Mapping():
            return {str(plain(key)): plain(member) for key, member in value.items()}
        case tuple() | list():
            return [plain(member) for member in value]
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds())
        case _:
            return value


def digest_of(value: Any) -> str:
    """SHA-256 over the canonical JSON of `value`, hexadecimal."""
    return hashlib.sha256(canonical({"value": plain(value)})).hexdigest()


def policy_from(body: Mapping[str, Any]) -> Policy:
    """A Policy from what `plain` made of it."""
    return Policy(
        version=body["version"],
        profiles={code: _profile_from(profile) for code, profile in body["profiles"].items()},
        max_refusals=body["max_refusals"],
        max_returns=body["max_returns"],
        callback_attempts=body["callback_attempts"],
    )


def calendar_from(body: Mapping[str, Any]) -> CalendarSpec:
    """A CalendarSpec from what `plain` made of it."""
    return CalendarSpec(
        version=body["version"],
        zone=body["zone"],
        week={int(day): _windows_from(windows) for day, windows in body["week"].items()},
        overrides={date.fromisoformat(day): _windows_from(windows) for day, windows in body["overrides"].items()},
        published_until=date.fromisoformat(body["published_until"]),
    )


def settings_from(body: Mapping[str, Any]) -> CitySettings:
    """CitySettings from what `plain` made of them."""
    return CitySettings(
        code=body["code"],
        name=body["name"],
        zone=body["zone"],
        covers_from=date.fromisoformat(body["covers_from"]),
        periods=tuple(_period_from(period) for period in body["periods"]),
        contacts=tuple(Contact(**contact) for contact in body["contacts"]),
        meetings=tuple(
            MeetingField(**{**meeting, "members": tuple(meeting["members"])}) for meeting in body["meetings"]
        ),
        dangers=body.get("dangers", {}),
    )


def _period_from(body: Mapping[str, Any]) -> Period:
    to_date = body["to_date"]
    return Period(
        from_date=date.fromisoformat(body["from_date"]),
        to_date=date.fromisoformat(to_date) if to_date else None,
        policy=body["policy"],
        calendar=body["calendar"],
    )


def _profile_from(body: Mapping[str, Any]) -> Profile:
    return Profile(
        code=body["code"],
        name=body["name"],
        limits={kind: limit_from(limit) for kind, limit in body["limits"].items()},
        ladder={kind: tuple(_step_from(step) for step in steps) for kind, steps in body["ladder"].items()},
    )


def limit_from(body: Mapping[str, Any]) -> Limit:
    """A Limit from what `plain` made of it."""
    return Limit(
        unit=TimeUnit(body["unit"]),
        days=body["days"],
        span=timedelta(seconds=body["span"]),
        source=body["source"],
    )


def _step_from(body: Mapping[str, Any]) -> Step:
    return Step(name=body["name"], offset=limit_from(body["offset"]), before=body["before"], to=tuple(body["to"]))


def _windows_from(body: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((start, end) for start, end in body)
