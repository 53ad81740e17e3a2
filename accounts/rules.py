"""What each role may see. Pure; pages and use cases ask here and nowhere else."""

import re

from tickets.moves import AT_UNIT
from tickets.types import Actor, LegState, Role, Ticket

SEE_OPENLY: frozenset[Role] = frozenset(
    {Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.CALLBACK, Role.CHAIR, Role.SYSTEM}
)
"""Roles that see every ticket that is not confidential."""

SEE_CONFIDENTIAL: frozenset[Role] = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.CHAIR, Role.SYSTEM})
"""Roles that see confidential tickets too (保密件)."""

REVEAL: frozenset[Role] = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CALLBACK})
"""Roles that may ask for the caller's name and number, with a reason, of a ticket that they see."""

_HELD = AT_UNIT - {LegState.DISPATCHED}


def may_see(actor: Actor, ticket: Ticket) -> bool:
    """Whether `actor` may know that the ticket exists.

    A centre sees the tickets that it has a leg of, and those whose dispute it is a party to; never a confidential
    one that is about itself.
    """
    if actor.roles & (SEE_CONFIDENTIAL if ticket.confidential else SEE_OPENLY):
        return True
    return Role.CENTRE in actor.roles and _is_units_own(actor.unit, ticket)


def may_reveal(actor: Actor, ticket: Ticket) -> bool:
    """Whether `actor` may ask for the caller's name and number, with a reason and a line in the log.

    A centre only once it has accepted the ticket, which it must do to call the resident (先行联系), and never when
    the resident asked for secrecy.
    """
    if not may_see(actor, ticket):
        return False
    if actor.roles & REVEAL:
        return not ticket.confidential or bool(actor.roles & SEE_CONFIDENTIAL)
    if Role.CENTRE not in actor.roles or ticket.confidential or ticket.anonymous:
        return False
    return any(leg.unit == actor.unit and leg.state in _HELD for leg in ticket.legs)


def _is_units_own(unit: str | None, ticket: Ticket) -> bool:
    if unit is None or (ticket.confidential and ticket.party_unit == unit):
        return False
    return any(leg.unit == unit or (leg.state is LegState.DISPUTED and unit in leg.refused_by) for leg in ticket.legs)


_NUMBERS = re.compile(
    r"(?<![\d\-])(?:"
    r"(?:\+?86[\s\-]?)?[1１]\d{2}[\s\-]?\d{4}[\s\-]?\d{4}"  # mobile
    r"|\d{17}[\dXx]"  # identity card
    r"|[0０]\d{2,3}[\s\-]?\d{7,8}"  # landline with area code
    r"|[3-8３-８]\d{7}"  # landline without
    r"|[3-6]\d{3}(?:[\s\-]?\d{4}){2}[\s\-]?\d{3,4}(?:[\s\-]?\d{1,3})?"  # bank card
    r")(?!\d)"
)


def mask_phone(text: str) -> str:
    """The text with the numbers of telephones, identity and bank cards reduced to their first three characters.

    The last digits stay hidden on purpose: together with the receipt number they open the resident's own view.
    """
    return _NUMBERS.sub(lambda found: found.group()[:3] + "********", text)
