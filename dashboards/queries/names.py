"""Names by code, kept until the list gets a new version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from sqlmodel import Session

from city import store as city_store
from city.records import MATTERS, POSTS, STREETS, UNITS
from city.spans import in_force
from city.types import Matter, Post, Street, Unit, UnitKind
from city.versions import held, version_row
from dashboards.words import HOLDERS
from plumbing.errors import NotFound

Options = list[tuple[str, str]]
Groups = list[tuple[str, Options]]

_KINDS: dict[str, tuple[UnitKind, ...]] = {
    "回应中心": (UnitKind.CENTRE,),
    "部门": (UnitKind.DEPARTMENT,),
    "公用事业": (UnitKind.UTILITY,),
    "窗口与办公室": (UnitKind.WINDOW, UnitKind.OFFICE, UnitKind.HOTLINE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What codes are called. `units` holds abolished ones too, because old tickets name them; `spans` every unit with
    its dates, a renamed one several times."""

    version: str = ""
    units: Mapping[str, Unit] = field(default_factory=dict)
    spans: tuple[Unit, ...] = ()
    streets: Mapping[str, Street] = field(default_factory=dict)
    matters: Mapping[str, Matter] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)

    def unit(self, code: str | None) -> str:
        """A unit's name, a holder's word, or the code itself."""
        if not code:
            return HOLDERS["hotline"]
        return self.units[code].name if code in self.units else HOLDERS.get(code, code)

    def actor(self, login: str) -> str:
        """The name of the unit whose code, without "centre_" for a response centre, somebody acts under; else the login."""
        return next((self.units[code].name for code in (login, f"centre_{login}") if code in self.units), login)

    def every(self, codes: Iterable[str | None]) -> str:
        """Units' names in one phrase."""
        return "、".join(self.unit(code) for code in codes)

    def matter(self, code: str | None) -> str:
        """A matter's name; 事项未定 when there is none."""
        if not code:
            return "事项未定"
        return self.matters[code].name if code in self.matters else code

    def street(self, code: str | None) -> str:
        """A street's name; 区域未定 when there is none."""
        if not code:
            return "区域未定"
        return self.streets[code].name if code in self.streets else code

    def post(self, code: str | None) -> str:
        """A post's name or empty."""
        return self.posts[code].name if code and code in self.posts else code or ""

    def unit_groups(self, on: date) -> Groups:
        """Units that exist on that day, by kind, for a choice."""
        existing = in_force(self.spans, on)
        groups = [
            (heading, [(unit.code, unit.name) for unit in existing if unit.kind in kinds])
            for heading, kinds in _KINDS.items()
        ]
        return [(heading, options) for heading, options in groups if options]

    def matter_groups(self) -> Groups:
        """Matters below their first level, for a choice."""
        groups: dict[str, Options] = {}
        for matter in self.matters.values():
            if matter.parent is not None:
                groups.setdefault(matter.parent, []).append((matter.code, matter.name))
        return [(self.matter(parent), options) for parent, options in groups.items()]

    def street_options(self) -> Options:
        """Streets, for a choice."""
        return [(street.code, street.name) for street in self.streets.values()]

    def post_options(self) -> Options:
        """Posts with their unit, for a choice."""
        return [(post.code, f"{self.unit(post.unit)}：{post.name}") for post in self.posts.values()]


class NamesCache:
    """The names of the newest list version, read again when there is another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._names = Names()

    def get(self, session: Session) -> Names:
        """Names; empty ones while no city pack is installed."""
        try:
            version = version_row(session, None)
        except NotFound:
            return Names()
        with self._lock:
            if self._names.version != version.id:
                self._names = _read(session, version.id, version.seq)
            return self._names


def _read(session: Session, version: str, seq: int) -> Names:
    units = held(session, UNITS, seq)
    return Names(
        version=version,
        units={unit.code: unit for unit in units},
        spans=units,
        streets={street.code: street for street in held(session, STREETS, seq)},
        matters={matter.code: matter for matter in held(session, MATTERS, seq)},
        posts={post.code: post for post in held(session, POSTS, seq)},
    )


def meeting_fields(session: Session) -> dict[str, str]:
    """Names of the standing joint meetings by code; empty while no city pack is installed."""
    try:
        return {one.code: one.name for one in city_store.settings(session).meetings}
    except NotFound:
        return {}
