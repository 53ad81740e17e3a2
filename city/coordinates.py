"""Coordinates as channels send them, and the two datums that they come in.

WGS-84 is what GPS, browsers (W3C Geolocation) and Open311 use. GCJ-02 is what maps in China must use by law: shifted by
100 to 700 metres (WeChat sends it). Both are numbers that look alike, so the datum is always said and WGS-84 is kept. The
shift has no official publication; the formula here is the one that is publicly known, right to about a metre.
Coordinates are shown and never turned into a street: the gazetteer has no geometry.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from plumbing.errors import BadInput

_A = 6_378_245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid, in metres."""
_E2 = 0.006_693_421_622_965_943
"""Its first eccentricity, squared."""
_ROUNDS = 4
"""So many corrections of the inverse leave less than a millimetre."""
_DIGITS = 6
"""A tenth of a metre: no telephone knows better."""
_SHOWN = re.compile(r"定位(-?\d{1,2}\.\d{1,6}),(-?\d{1,3}\.\d{1,6})")


class Datum(StrEnum):
    """What the numbers refer to."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """A point in degrees, WGS-84, north and east positive."""

    lat: float
    lon: float

    @property
    def words(self) -> str:
        """For an address: 定位31.20012,121.44321 (about a metre)."""
        return f"定位{self.lat:.5f},{self.lon:.5f}"

    @property
    def uri(self) -> str:
        """A link that any map program opens (RFC 5870); it names no provider."""
        return f"geo:{self.lat:.6f},{self.lon:.6f}"


def shown(text: str) -> Coordinates | None:
    """The first coordinates that `Coordinates.words` put into a text; None when there are none."""
    found = _SHOWN.search(text)
    return Coordinates(lat=float(found[1]), lon=float(found[2])) if found else None


def told(facts: Mapping[str, Any]) -> Coordinates | None:
    """The coordinates in a message's facts: `lat` and `lon` (or `long`, `lng`), `datum` wgs84 or gcj02.

    They stand in the facts themselves or in `place`, when that is a mapping. None when there are none. Raises BadInput
    BAD_PLACE, with a sentence that says what to do, for half of a pair, a number out of range or another datum.
    """
    place = facts.get("place")
    where: Mapping[str, Any] = place if isinstance(place, Mapping) else facts
    lat = where.get("lat")
    lon = next((where[name] for name in ("lon", "long", "lng") if where.get(name) is not None), None)
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        raise BadInput("BAD_PLACE", "坐标要同时给出纬度（lat）和经度（lon）。", field="place")
    point = Coordinates(lat=_degrees(lat, 90, "纬度（lat）"), lon=_degrees(lon, 180, "经度（lon）"))
    datum = str(where.get("datum") or Datum.WGS84).lower().replace("-", "")
    if datum not in tuple(Datum):
        raise BadInput(
            "BAD_PLACE", "坐标系只认 wgs84（默认）和 gcj02；百度坐标（bd09）请先换算成其中一种。", field="place"
        )
    return to_wgs84(point) if datum == Datum.GCJ02 else point


def kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with coordinates as `lat`, `lon` and `datum` wgs84, and the words of a place as `place`.

    Raises BadInput as `told` does.
    """
    point = told(facts)
    place = facts.get("place")
    out = {name: value for name, value in facts.items() if name not in _NAMES}
    if isinstance(place, Mapping):
        out.pop("place")
        said = str(place.get("name") or place.get("address") or "").strip()
        out |= {"place": said} if said else {}
    if point is None:
        return {**facts} if not isinstance(place, Mapping) else out
    return out | {"lat": round(point.lat, _DIGITS), "lon": round(point.lon, _DIGITS), "datum": str(Datum.WGS84)}


_NAMES = frozenset({"lat", "lon", "long", "lng", "datum"})


def to_gcj02(point: Coordinates) -> Coordinates:
    """The same place on a Chinese map; unchanged outside China."""
    if not _in_china(point):
        return point
    x, y = point.lon - 105.0, point.lat - 35.0
    lat = math.radians(point.lat)
    magic = 1 - _E2 * math.sin(lat) ** 2
    north = _north(x, y) * 180.0 / ((_A * (1 - _E2)) / (magic * math.sqrt(magic)) * math.pi)
    east = _east(x, y) * 180.0 / (_A / math.sqrt(magic) * math.cos(lat) * math.pi)
    return Coordinates(lat=point.lat + north, lon=point.lon + east)


def to_wgs84(point: Coordinates) -> Coordinates:
    """The place that a Chinese map shows there; by repeated correction, since the shift has no closed inverse."""
    guess = point
    for _ in range(_ROUNDS):
        there = to_gcj02(guess)
        guess = Coordinates(lat=guess.lat + point.lat - there.lat, lon=guess.lon + point.lon - there.lon)
    return guess


def _in_china(point: Coordinates) -> bool:
    """The box in which map programs shift."""
    return 72.004 <= point.lon <= 137.8347 and 0.8293 <= point.lat <= 55.8271


def _waves(x: float) -> float:
    return 20.0 * math.sin(6.0 * math.pi * x) + 20.0 * math.sin(2.0 * math.pi * x)


def _north(x: float, y: float) -> float:
    """Metres to the north, nearly."""
    out = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    out += _waves(x) * 2.0 / 3.0
    out += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    return out + (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0


def _east(x: float, y: float) -> float:
    """Metres to the east, nearly."""
    out = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    out += _waves(x) * 2.0 / 3.0
    out += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    return out + (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0


def _degrees(value: Any, most: int, name: str) -> float:
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not abs(number) <= most:
        raise BadInput(
            "BAD_PLACE", f"{name}要是-{most}到{most}之间的数，单位为度；请检查经纬度有没有写反。", field="place"
        )
    return number
