"""Whatever the list and the message: a unit or a reason, never a guess, and the order of rows never matters."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from city.types import Directory, Duty, Precedent
from routing.route import Circumstances, route
from tickets.types import DecisionKind, Place, Ranked

K = DecisionKind
Hand = Any  # the makers of conftest.py
MATTERS = st.sampled_from(["04", "0401", "0402", "0301", "1301", "0999"])
AREAS = st.sampled_from(["*", "*", "east", "west", "gone"])
LEADS = st.sampled_from(["market", "urban", "works", "@centre", "abolished"])
STREETS = st.sampled_from(["east", "west", "north", "gone"])
WORDS = st.sampled_from(["盒饭", "烧烤"])
SCORES = st.sampled_from([0.0, 0.3, 0.59, 0.6, 0.9])
RANKED = st.builds(Ranked, label=STREETS, score=SCORES)


@st.composite
def duties(draw: st.DrawFn) -> list[Duty]:
    return [
        Duty(
            id=f"D{n}",
            matter=draw(MATTERS),
            area=draw(AREAS),
            lead=draw(LEADS),
            fallback=draw(st.none() | LEADS),
            supports=tuple(draw(st.lists(LEADS, max_size=2))),
            when=draw(st.sampled_from([{}, {}, {"word": ("盒饭",)}, {"type": ("complaint",)}, {"party": ("市场",)}])),
        )
        for n in range(draw(st.integers(0, 6)))
    ]


@st.composite
def precedents(draw: st.DrawFn) -> list[Precedent]:
    days = st.none() | st.integers(1, 3).map(lambda day: datetime(2026, 3, day, tzinfo=UTC))
    return [
        Precedent(
            id=f"P{n}",
            matter=draw(MATTERS),
            area=draw(AREAS),
            lead=draw(LEADS.filter(lambda code: code != "@centre")),
            words=tuple(draw(st.lists(WORDS, max_size=1))),
            ruled_at=draw(days),
        )
        for n in range(draw(st.integers(0, 3)))
    ]


PLACES = st.builds(
    Place,
    street=st.none() | STREETS,
    score=SCORES,
    streets=st.lists(RANKED, max_size=2, unique_by=lambda one: one.label).map(tuple),
)
MESSAGES = st.fixed_dictionaries(
    {
        "matters": st.lists(
            st.builds(Ranked, label=MATTERS, score=SCORES), max_size=4, unique_by=lambda one: one.label
        ).map(tuple),
        "abstain": st.booleans(),
        "urgency": st.sampled_from(["routine", "critical"]).map(lambda label: Ranked(label=label, score=0.9)),
        "type": st.sampled_from(["help", "complaint", "enquiry"]).map(lambda label: Ranked(label=label, score=0.9)),
        "party": st.none() | st.just("市场局"),
        "place": PLACES,
    }
)
GIVEN = st.builds(
    Circumstances,
    asked=st.booleans(),
    party_unit=st.none() | st.sampled_from(["market", "urban", "centre_east"]),
    matter=st.none() | MATTERS,
    street=st.none() | STREETS,
)


def shuffled(city: Directory, dice: Any) -> Directory:
    rows = {}
    for code, found in city.duties.items():
        mixed = list(found)
        dice.shuffle(mixed)
        rows[code] = tuple(mixed)
    rulings = list(city.precedents)
    dice.shuffle(rulings)
    return replace(city, duties=rows, precedents=tuple(rulings))


@settings(max_examples=300, deadline=None)
@given(duties=duties(), precedents=precedents(), message=MESSAGES, given_=GIVEN, dice=st.randoms(use_true_random=False))
def test_routing_is_sound_for_any_list_and_any_message(
    hand: Hand,
    duties: list[Duty],
    precedents: list[Precedent],
    message: dict[str, Any],
    given_: Circumstances,
    dice: Any,
) -> None:
    city = hand.directory(duties, precedents)
    understanding = hand.understood(**message)
    decision = route(understanding, city, given=given_)

    assert route(understanding, shuffled(city, dice), given=given_) == decision

    assert decision.reason
    assert decision.sentence.endswith("。")
    assert decision.list_version == city.list_version
    winners = [candidate for candidate in decision.candidates if candidate.won]
    assert all(candidate.reason for candidate in (*decision.candidates, *decision.suggestions))
    assert len(decision.suggestions) <= 3 or decision.kind is K.DISPUTE
    assert given_.party_unit is None or given_.party_unit not in [offer.unit for offer in decision.suggestions]

    sent_to = [one.unit for one in (decision.lead, *decision.supports) if one is not None]
    assert (decision.lead is not None) == (decision.kind is K.DISPATCH)
    for unit in [*sent_to, *filter(None, [decision.fallback])]:
        assert unit in city.units
        assert unit != given_.party_unit
    assert len(sent_to) == len(set(sent_to))

    assert (decision.question is not None) == (decision.kind is K.ASK)
    if decision.kind is K.ASK:
        assert not given_.asked
        assert understanding.urgency.label != "critical"
    if decision.lead is not None:
        assert [candidate.unit for candidate in winners] == [decision.lead.unit]
        assert (decision.row is None) != (decision.precedent is None)
        assert winners[0].row == (decision.row or decision.precedent)
        assert not understanding.abstain or given_.matter is not None
    else:
        assert winners == []
    if understanding.urgency.label == "critical":
        assert decision.profile == "critical"


@settings(max_examples=150, deadline=None)
@given(duties=duties(), message=MESSAGES)
def test_a_dispatch_without_a_street_is_right_in_every_street(
    hand: Hand, duties: list[Duty], message: dict[str, Any]
) -> None:
    city = hand.directory(duties)
    unknown = replace(hand.understood(**message), place=Place(said="路边"))
    decision = route(unknown, city)
    if decision.lead is not None:
        for street in hand.streets:
            known = route(unknown, city, given=Circumstances(street=street))
            assert known.lead is not None
            assert known.lead.unit == decision.lead.unit
