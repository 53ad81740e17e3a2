"""Who acts in the sample: the sign-ins of the first start, and a person for every unit that has none of its own."""

from hotline.first_people import FIRST_PEOPLE
from tickets.types import Actor, Role

_FIRST = {login: Actor(id=login, roles=roles, unit=unit) for login, _name, roles, unit in FIRST_PEOPLE}
_AT_UNITS = {actor.unit: actor for actor in _FIRST.values() if Role.CENTRE in actor.roles}

OPERATOR = _FIRST["operator"]
DISPATCHER = _FIRST["dispatcher"]
CALLBACK = _FIRST["callback"]
SUPERVISOR = _FIRST["supervisor"]
CHAIR = _FIRST["chair"]
LEADER = _FIRST["leader"]


def of_unit(unit: str) -> Actor:
    """Whoever works on tickets at `unit`; the login follows the first sign-ins (tianping for centre_tianping)."""
    known = _AT_UNITS.get(unit)
    return known or Actor(id=unit.removeprefix("centre_"), roles=frozenset({Role.CENTRE}), unit=unit)
