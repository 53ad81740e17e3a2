"""Who may see what, and what a masked text still says."""

from datetime import UTC, datetime

import pytest

from accounts.rules import mask_phone, may_reveal, may_see
from tickets.types import Actor, Channel, Leg, LegRole, LegState, Role, Ticket, TicketType, Urgency

AT = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)


def actor(*roles: Role, unit: str | None = None) -> Actor:
    return Actor(id="someone", roles=frozenset(roles), unit=unit)


def ticket(*legs: Leg, confidential: bool = False, anonymous: bool = False, party_unit: str | None = None) -> Ticket:
    return Ticket(
        no="26091400000017",
        version=1,
        state=LegState.IN_PROGRESS,
        opened_at=AT,
        channel=Channel.PHONE,
        type=TicketType.REPORT,
        urgency=Urgency.ROUTINE,
        legs=legs or (leg("cgzf"),),
        confidential=confidential,
        anonymous=anonymous,
        party_unit=party_unit,
    )


def leg(unit: str | None, state: LegState = LegState.IN_PROGRESS, refused_by: tuple[str, ...] = ()) -> Leg:
    return Leg(id="26091400000017/1", role=LegRole.LEAD, state=state, unit=unit, refused_by=refused_by, opened_at=AT)


OPENLY = [Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.CALLBACK, Role.CHAIR]


@pytest.mark.parametrize("role", OPENLY)
def test_the_hotlines_people_see_every_open_ticket(role: Role) -> None:
    assert may_see(actor(role), ticket())


@pytest.mark.parametrize("role", [Role.ADMIN, Role.RESIDENT, Role.CENTRE])
def test_others_see_no_ticket_by_their_role_alone(role: Role) -> None:
    assert not may_see(actor(role), ticket())


@pytest.mark.parametrize("role", OPENLY)
def test_a_confidential_ticket_is_for_dispatcher_supervisor_and_chair(role: Role) -> None:
    allowed = role in {Role.DISPATCHER, Role.SUPERVISOR, Role.CHAIR}
    assert may_see(actor(role), ticket(confidential=True)) is allowed


def test_a_centre_sees_its_own_tickets_and_no_others() -> None:
    assert may_see(actor(Role.CENTRE, unit="cgzf"), ticket())
    assert may_see(actor(Role.CENTRE, unit="cgzf"), ticket(confidential=True))
    assert not may_see(actor(Role.CENTRE, unit="scjg"), ticket())
    assert not may_see(actor(Role.CENTRE), ticket(leg(None, LegState.RECEIVED)))


def test_a_centre_sees_a_ticket_of_which_it_has_a_support_leg() -> None:
    support = Leg(
        id="26091400000017/2", role=LegRole.SUPPORT, state=LegState.DISPATCHED, unit="centre_xietu", opened_at=AT
    )
    assert may_see(actor(Role.CENTRE, unit="centre_xietu"), ticket(leg("cgzf"), support))


def test_a_party_sees_the_dispute_but_not_what_becomes_of_it_elsewhere() -> None:
    disputed = ticket(leg("centre_xietu", LegState.DISPUTED, ("shiyaojian", "centre_xietu")))
    assert may_see(actor(Role.CENTRE, unit="shiyaojian"), disputed)
    ruled = ticket(leg("gongshang", LegState.DISPATCHED, ("shiyaojian", "centre_xietu")))
    assert not may_see(actor(Role.CENTRE, unit="shiyaojian"), ruled)


def test_a_unit_never_sees_a_confidential_ticket_about_itself() -> None:
    assert not may_see(actor(Role.CENTRE, unit="cgzf"), ticket(confidential=True, party_unit="cgzf"))
    assert may_see(actor(Role.CENTRE, unit="cgzf"), ticket(party_unit="cgzf"))


@pytest.mark.parametrize(
    ("role", "openly", "confidentially"),
    [
        (Role.OPERATOR, True, False),
        (Role.CALLBACK, True, False),
        (Role.DISPATCHER, True, True),
        (Role.SUPERVISOR, True, True),
        (Role.LEADER, False, False),
        (Role.CHAIR, False, False),
        (Role.ADMIN, False, False),
    ],
)
def test_the_caller_is_revealed_by_role(role: Role, *, openly: bool, confidentially: bool) -> None:
    assert may_reveal(actor(role), ticket()) is openly
    assert may_reveal(actor(role), ticket(confidential=True)) is confidentially


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (LegState.DISPATCHED, False),
        (LegState.ACCEPTED, True),
        (LegState.IN_PROGRESS, True),
        (LegState.REWORK, True),
        (LegState.REPLIED, False),
        (LegState.CLOSED, False),
    ],
)
def test_a_centre_learns_the_caller_only_while_it_works_on_the_ticket(state: LegState, *, may: bool) -> None:
    assert may_reveal(actor(Role.CENTRE, unit="cgzf"), ticket(leg("cgzf", state))) is may


def test_a_centre_never_learns_who_asked_for_secrecy_or_called_for_another_unit() -> None:
    own = actor(Role.CENTRE, unit="cgzf")
    assert not may_reveal(own, ticket(confidential=True))
    assert not may_reveal(own, ticket(anonymous=True))
    assert not may_reveal(actor(Role.CENTRE, unit="scjg"), ticket())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请回电19900001234，谢谢", "请回电199********，谢谢"),
        ("电话 199 0000 1234", "电话 199********"),
        ("电话199-0000-1234。", "电话199********。"),
        ("电话１９９００００１２３４", "电话１９９********"),
        ("+8619900001234", "+86********"),
        ("座机021-60000000转3", "座机021********转3"),
        ("家里60000000", "家里600********"),
        ("证号31010419000101123X", "证号310********"),
        ("卡号6217000000000000012", "卡号621********"),
        ("卡号 6217 0000 0000 0000 012。", "卡号 621********。"),
        ("两个：19900001234、19900005678", "两个：199********、199********"),
    ],
)
def test_numbers_of_people_are_masked(text: str, masked: str) -> None:
    assert mask_phone(text) == masked


@pytest.mark.parametrize(
    "text", ["26091400000017", "工单26091400000017/1", "2026-09-14 10:00", "罚款5000元", "12345", ""]
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_phone(text) == text
