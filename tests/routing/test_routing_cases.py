"""Who gets it and why: a table of cases over a small city made by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing.match import lineage
from tickets.types import Decision, DecisionKind, Ranked

K = DecisionKind
Hand = Any  # the makers of conftest.py
RULED_AT = datetime(2026, 3, 1, tzinfo=UTC)


def reasons(decision: Decision) -> dict[str, str]:
    return {candidate.row: candidate.reason for candidate in decision.candidates}


def won(decision: Decision) -> list[tuple[str, str]]:
    return [(candidate.row, candidate.unit) for candidate in decision.candidates if candidate.won]


def lead(decision: Decision) -> str | None:
    return decision.lead.unit if decision.lead else None


# ---- which claim wins -----------------------------------------------------------------------------------------------


def test_one_row_for_the_matter_gets_it_and_says_so(hand: Hand) -> None:
    decision = hand.decide(hand.row("D1", "market", supports=("urban", "urban", "market", "gone"), basis="某条例"))
    assert (decision.kind, decision.reason, lead(decision)) == (K.DISPATCH, "list", "market")
    assert (decision.row, decision.precedent, decision.list_version, decision.matter) == ("D1", None, "L1", "0401")
    assert decision.sentence == "“无证餐饮”在east街道由市场局承办（责任清单D1，依据待核），直接派往市场局。"
    assert [support.unit for support in decision.supports] == ["urban"]
    assert won(decision) == [("D1", "market")]
    assert decision.field == "food"


@pytest.mark.parametrize(("checked", "words"), [(True, "依据：某条例"), (False, "依据待核")])
def test_a_basis_is_named_only_when_it_was_checked(hand: Hand, checked: bool, words: str) -> None:
    decision = hand.decide(hand.row("D1", "market", basis="某条例", checked=checked))
    assert words in decision.sentence
    assert decision.basis_checked is checked


WINNERS: list[tuple[str, list[dict[str, Any]], str, str]] = [
    ("a street's row beats the one for all streets", [{"area": "*"}, {"area": "east"}], "B", "地域更具体"),
    ("the matter's own row beats its parent's", [{"matter": "04"}, {"matter": "0401"}], "B", "事项更具体"),
    (
        "a deeper matter beats a named street",
        [{"matter": "04", "area": "east"}, {"matter": "0401", "area": "*"}],
        "B",
        "事项更具体",
    ),
    (
        "a condition that is met beats none",
        [{}, {"when": {"word": ("盒饭",)}}],
        "B",
        "条件更具体",
    ),
    (
        "two conditions beat one",
        [{"when": {"word": ("盒饭",)}}, {"when": {"word": ("盒饭",), "type": ("help",)}}],
        "B",
        "条件更具体",
    ),
    (
        "a named street beats conditions",
        [{"when": {"word": ("盒饭",), "type": ("help",)}}, {"area": "east"}],
        "B",
        "地域更具体",
    ),
]


@pytest.mark.parametrize(("said", "pair", "winner", "why"), WINNERS, ids=[case[0] for case in WINNERS])
def test_the_more_exact_row_wins(hand: Hand, said: str, pair: list[dict[str, Any]], winner: str, why: str) -> None:
    rows = [hand.row(name, unit, **more) for name, unit, more in zip("AB", ["market", "urban"], pair, strict=True)]
    for ordered in (rows, rows[::-1]):
        decision = hand.decide(*ordered)
        assert won(decision) == [(winner, "urban")], said
        assert reasons(decision) == {"B": "事项、地域、条件均相符且最具体", "A": f"B{why}"}


def test_a_row_of_another_street_is_no_candidate(hand: Hand) -> None:
    decision = hand.decide(hand.row("A", "market"), hand.row("B", "urban", area="west"))
    assert list(reasons(decision)) == ["A"]


CONDITIONS: list[tuple[dict[str, tuple[str, ...]], dict[str, Any], bool]] = [
    ({"type": ("help",)}, {}, True),
    ({"type": ("complaint", "report")}, {}, False),
    ({"urgency": ("routine",)}, {}, True),
    ({"urgency": ("urgent",)}, {}, False),
    ({"party": ("物业",)}, {"party": "某某物业公司"}, True),
    ({"party": ("物业",)}, {"party": "某某饭店"}, False),
    ({"party": ("物业",)}, {"party": None}, False),
    ({"word": ("烧烤", "盒饭")}, {}, True),
    ({"word": ("烧烤",)}, {}, False),
    ({"word": ("盒饭",), "type": ("complaint",)}, {}, False),
]


@pytest.mark.parametrize(("when", "said", "met"), CONDITIONS)
def test_every_condition_of_a_row_must_be_met(
    hand: Hand, when: dict[str, tuple[str, ...]], said: dict[str, Any], met: bool
) -> None:
    decision = hand.decide(hand.row("A", "market"), hand.row("B", "urban", when=when), **said)
    assert lead(decision) == ("urban" if met else "market")
    assert met or reasons(decision)["B"].startswith("条件不符：")


def test_a_unit_that_is_not_in_force_loses_and_the_record_says_so(hand: Hand) -> None:
    decision = hand.decide(hand.row("A", "market", area="east"), hand.row("B", "urban"), city={"gone": ["market"]})
    assert won(decision) == [("B", "urban")]
    assert reasons(decision)["A"] == "单位market在当日不存在或已撤并"


def test_a_centre_gets_it_with_its_authorised_post(hand: Hand) -> None:
    for post in ("@centre_team", "城管中队"):
        decision = hand.decide(hand.row("D1", "@centre", post=post, fallback="urban"))
        assert (lead(decision), decision.fallback) == ("centre_east", "urban")
        assert decision.lead is not None
        assert decision.lead.post == "centre_east_team"
        assert "（城管中队）" in decision.sentence
    decision = hand.decide(hand.row("D1", "@centre", post="@centre_team"), place=hand.somewhere["west"])
    assert decision.lead is not None
    assert (decision.lead.unit, decision.lead.post) == ("centre_west", None)


def test_centres_may_support_and_stand_in(hand: Hand) -> None:
    decision = hand.decide(hand.row("D1", "market", supports=("@centre",), fallback="@centre"))
    assert [support.unit for support in decision.supports] == ["centre_east"]
    assert decision.fallback == "centre_east"


def test_a_fallback_that_is_not_in_force_is_none(hand: Hand) -> None:
    assert hand.decide(hand.row("D1", "market", fallback="urban"), city={"gone": ["urban"]}).fallback is None


def test_a_circle_among_matters_ends(hand: Hand) -> None:
    matters = dict(hand.matters) | {"04": replace(hand.matters["04"], parent="0401")}
    city = hand.directory([hand.row("A", "market", matter="04")], matters=matters)
    assert lineage("0401", city) == ("0401", "04")
    assert lineage("unknown", city) == ("unknown",)


# ---- precedents -----------------------------------------------------------------------------------------------------


def test_a_precedent_beats_every_row_and_is_cited(hand: Hand) -> None:
    rows = [hand.row("A", "market", area="east", when={"word": ("盒饭",)}), hand.row("B", "health")]
    decision = hand.decide(*rows, hand.ruling("P1", "urban", reason="会议纪要", supports=("market",)))
    assert (decision.reason, decision.precedent, decision.row, lead(decision)) == ("precedent", "P1", None, "urban")
    assert (decision.basis, decision.basis_checked) == ("会议纪要", False), "a chair's words are no law"
    assert "联席会议先例P1" in decision.sentence
    assert reasons(decision)["A"] == "P1有联席会议先例"
    assert [support.unit for support in decision.supports] == ["market"]
    assert decision.fallback == "centre_east"


@pytest.mark.parametrize(
    ("precedent", "applies"),
    [
        ({"area": "east"}, True),
        ({"area": "*"}, True),
        ({"area": "west"}, False),
        ({"matter": "04"}, False),
        ({"matter": "0402"}, False),
        ({"words": ("盒饭", "快餐")}, True),
        ({"words": ("烧烤",)}, False),
    ],
)
def test_a_precedent_is_for_its_matter_street_and_words(hand: Hand, precedent: dict[str, Any], applies: bool) -> None:
    decision = hand.decide(hand.row("A", "market"), hand.ruling("P1", "urban", **precedent))
    assert lead(decision) == ("urban" if applies else "market")


def test_a_precedent_whose_words_do_not_occur_says_so(hand: Hand) -> None:
    decision = hand.decide(hand.row("A", "market"), hand.ruling("P1", "urban", words=("烧烤", "夜排档")))
    assert "烧烤、夜排档" in reasons(decision)["P1"]


def test_a_precedent_for_a_unit_that_is_gone_loses(hand: Hand) -> None:
    decision = hand.decide(hand.row("A", "market"), hand.ruling("P1", "urban"), city={"gone": ["urban"]})
    assert won(decision) == [("A", "market")]
    assert "已撤并" in reasons(decision)["P1"]


def test_what_the_meeting_ruled_last_replaces_what_it_ruled_before(hand: Hand) -> None:
    old = hand.ruling("P9", "urban", area="east", ruled_at=RULED_AT)
    new = hand.ruling("P1", "market", area="east", ruled_at=RULED_AT + timedelta(days=1))
    for ordered in ([old, new], [new, old]):
        decision = hand.decide(*ordered)
        assert won(decision) == [("P1", "market")]
        assert reasons(decision)["P9"] == "已有更晚的联席会议先例P1"


def test_an_older_ruling_for_this_street_beats_a_later_one_for_all(hand: Hand) -> None:
    old = hand.ruling("P9", "urban", area="east", ruled_at=RULED_AT)
    new = hand.ruling("P1", "market", ruled_at=RULED_AT + timedelta(days=1))
    assert lead(hand.decide(old, new)) == "urban"


# ---- streets that are unknown or uncertain --------------------------------------------------------------------------


def test_an_unknown_street_asks_one_question(hand: Hand) -> None:
    decision = hand.decide(hand.row("D1", "@centre"), place=hand.somewhere["nowhere"])
    assert (decision.kind, decision.reason) == (K.ASK, "no_street")
    assert decision.question is not None
    assert decision.question.count("？") == 1
    assert decision.lead is None


def test_a_border_asks_with_both_names(hand: Hand) -> None:
    decision = hand.decide(hand.row("D1", "@centre"), place=hand.somewhere["border"])
    assert (decision.kind, decision.reason) == (K.ASK, "border")
    assert decision.question is not None
    assert "1、east街道，还是2、west街道" in decision.question
    assert "不知道" in decision.question
    assert "east街道、west街道" in decision.sentence


def test_a_border_whose_streets_lead_to_the_same_unit_asks_nothing(hand: Hand) -> None:
    decision = hand.decide(hand.row("D1", "market"), place=hand.somewhere["border"])
    assert (decision.kind, lead(decision)) == (K.DISPATCH, "market")
    assert "在east街道或west街道" in decision.sentence


@pytest.mark.parametrize("where", ["nowhere", "border"])
def test_who_was_asked_already_is_not_asked_again(hand: Hand, where: str) -> None:
    decision = hand.decide(hand.row("D1", "@centre"), place=hand.somewhere[where], given=hand.given(asked=True))
    assert (decision.kind, decision.reason, decision.question) == (K.TRIAGE, "no_street", None)
    assert {offer.unit for offer in decision.suggestions} <= {f"centre_{code}" for code in hand.streets}
    assert decision.suggestions


@pytest.mark.parametrize("where", ["nowhere", "border"])
def test_danger_never_asks(hand: Hand, where: str) -> None:
    urgency = Ranked(label="critical", score=1.0)
    decision = hand.decide(
        hand.row("D1", "@centre"), place=hand.somewhere[where], urgency=urgency, given=hand.given(call="119")
    )
    assert (decision.kind, decision.profile, decision.call) == (K.TRIAGE, "critical", "119")


@pytest.mark.parametrize(("where", "kind"), [("unsure", K.ASK), ("barely", K.DISPATCH), ("old", K.ASK)])
def test_a_street_counts_from_its_threshold_on_and_only_while_it_exists(
    hand: Hand, where: str, kind: DecisionKind
) -> None:
    assert hand.decide(hand.row("D1", "@centre"), place=hand.somewhere[where]).kind is kind


def test_one_street_that_is_only_likely_is_not_known(hand: Hand) -> None:
    likely = hand.place(said="某路", streets=(Ranked(label="west", score=0.4),))
    assert hand.decide(hand.row("D1", "@centre"), place=likely).kind is K.ASK


def test_a_unit_for_all_streets_needs_no_street_but_some_place_to_go_to(hand: Hand) -> None:
    row = hand.row("D1", "market")
    decision = hand.decide(row, place=hand.place(said="学校门口"))
    assert (decision.kind, lead(decision)) == (K.DISPATCH, "market")
    assert "街道" not in decision.sentence
    assert hand.decide(row, place=hand.place()).kind is K.ASK
    assert hand.decide(row, place=hand.place(), given=hand.given(asked=True)).kind is K.DISPATCH
    assert hand.decide(row, place=hand.place(), type=Ranked(label="praise", score=1.0)).kind is K.DISPATCH


@pytest.mark.parametrize("kind", ["row", "ruling"])
def test_an_exception_for_some_street_makes_an_unknown_street_matter(hand: Hand, kind: str) -> None:
    general, roadside = hand.row("D1", "market"), hand.place(said="路边")
    assert hand.decide(general, getattr(hand, kind)("X", "urban", area="west"), place=roadside).kind is K.ASK
    same = hand.decide(general, getattr(hand, kind)("X", "market", area="west"), place=roadside)
    assert (same.kind, lead(same), same.row) == (K.DISPATCH, "market", "D1")


def test_what_a_person_has_set_wins_over_what_was_understood(hand: Hand) -> None:
    rows = [hand.row("A", "@centre", matter="0301"), hand.row("B", "market")]
    decision = hand.decide(*rows, given=hand.given(matter="0301", street="west"), abstain=True)
    assert (decision.matter, lead(decision)) == ("0301", "centre_west")


# ---- nobody, too many, not sure -------------------------------------------------------------------------------------


def test_a_tie_is_for_the_joint_meeting(hand: Hand) -> None:
    decision = hand.decide(
        hand.row("A", "market", fallback="window"), hand.row("B", "urban"), hand.row("C", "health", matter="04")
    )
    assert (decision.kind, decision.reason, decision.lead) == (K.DISPUTE, "tie", None)
    assert decision.fallback == "window"
    assert "城管局、市场局" in decision.sentence
    assert {offer.unit for offer in decision.suggestions} == {"market", "urban"}
    assert won(decision) == []
    tie = "与其他条目同样具体，无法取舍"
    assert reasons(decision) == {"A": tie, "B": tie, "C": "A事项更具体"}


def test_two_equal_rows_for_one_unit_are_no_tie(hand: Hand) -> None:
    decision = hand.decide(hand.row("B", "market"), hand.row("A", "market"))
    assert won(decision) == [("A", "market")]


def test_a_gap_is_for_the_joint_meeting_with_the_street_to_handle_it_meanwhile(hand: Hand) -> None:
    decision = hand.decide(hand.row("A", "market", matter="0402"))
    assert (decision.kind, decision.reason, decision.fallback) == (K.DISPUTE, "gap", "centre_east")
    assert decision.candidates == ()
    gone = hand.decide(hand.row("A", "market"), city={"gone": ["market", "centre_east"]})
    assert (gone.reason, gone.fallback) == ("gap", None)
    assert list(reasons(gone)) == ["A"]


def test_an_unsure_matter_is_for_a_dispatcher_with_at_most_three_suggestions(hand: Hand) -> None:
    rows = [
        hand.row("A", "market"),
        hand.row("B", "health", matter="0402"),
        hand.row("C", "@centre", matter="0301"),
        hand.row("D", "works", matter="1301"),
    ]
    guesses = tuple(Ranked(label=code, score=0.2) for code in ("0401", "0402", "0301", "1301"))
    decision = hand.decide(*rows, matters=guesses, abstain=True)
    assert (decision.kind, decision.reason, decision.matter) == (K.TRIAGE, "uncertain", None)
    assert [(offer.unit, offer.matter) for offer in decision.suggestions] == [
        ("market", "0401"),
        ("health", "0402"),
        ("centre_east", "0301"),
    ]
    assert decision.suggestions[0].reason == "可能的事项：无证餐饮（20%）"
    assert not any(offer.won for offer in decision.suggestions)


def test_a_suggestion_shows_what_the_engine_thought_and_not_certainty(hand: Hand) -> None:
    decision = hand.decide(hand.row("D1", "@centre"), place=hand.place(), given=hand.given(asked=True))
    assert {offer.score for offer in decision.suggestions} == {0.9}
    decision = hand.decide(hand.row("D1", "@centre"), place=hand.place(), given=hand.given(asked=True, matter="0401"))
    assert {offer.score for offer in decision.suggestions} == {1.0}


@pytest.mark.parametrize("matters", [(), (Ranked(label="0401", score=0.9),)])
def test_without_a_matter_nothing_is_guessed(hand: Hand, matters: tuple[Ranked, ...]) -> None:
    decision = hand.decide(hand.row("D1", "market"), matters=matters, abstain=True)
    assert (decision.kind, decision.reason) == (K.TRIAGE, "uncertain")


def test_a_matter_that_expired_is_for_a_dispatcher(hand: Hand) -> None:
    decision = hand.decide(hand.row("D1", "market"), matters=(Ranked(label="0999", score=0.99),))
    assert (decision.kind, decision.reason, decision.matter) == (K.TRIAGE, "unknown_matter", None)
    assert "0999" in decision.sentence
    assert hand.decide(given=hand.given(matter="0999")).reason == "unknown_matter"


# ---- the unit that is complained about ------------------------------------------------------------------------------


def test_the_unit_complained_about_never_gets_it_but_its_fallback_does(hand: Hand) -> None:
    decision = hand.decide(hand.row("D1", "market", fallback="urban"), given=hand.given(party_unit="market"))
    assert (decision.kind, lead(decision), decision.fallback) == (K.DISPATCH, "urban", None)
    assert won(decision) == [("D1", "urban")]
    assert "后备单位城管局" in decision.sentence
    assert "后备单位" in reasons(decision)["D1"]


@pytest.mark.parametrize("fallback", [None, "market", "gone"])
def test_without_a_fit_fallback_a_dispatcher_chooses(hand: Hand, fallback: str | None) -> None:
    decision = hand.decide(hand.row("D1", "market", fallback=fallback), given=hand.given(party_unit="market"))
    assert (decision.kind, decision.reason, decision.fallback) == (K.TRIAGE, "party", None)
    assert all(offer.unit != "market" for offer in decision.suggestions)


def test_a_less_exact_row_of_another_unit_takes_over_and_the_record_says_why(hand: Hand) -> None:
    rows = [hand.row("A", "market", area="east"), hand.row("B", "urban")]
    decision = hand.decide(*rows, given=hand.given(party_unit="market"))
    assert won(decision) == [("B", "urban")]
    assert reasons(decision)["A"] == "来话反映的正是该单位，不能派给被反映单位"


def test_the_unit_complained_about_neither_supports_nor_stands_in(hand: Hand) -> None:
    rule = hand.row("D1", "market", supports=("urban", "health"), fallback="urban")
    decision = hand.decide(rule, given=hand.given(party_unit="urban"))
    assert [support.unit for support in decision.supports] == ["health"]
    assert decision.fallback is None
    gap = hand.decide(given=hand.given(party_unit="centre_east"))
    assert (gap.reason, gap.fallback) == ("gap", None)
    precedent = hand.decide(hand.ruling("P1", "market"), given=hand.given(party_unit="centre_east"))
    assert precedent.fallback is None


# ---- clock profiles -------------------------------------------------------------------------------------------------

PROFILES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("the matter's own", {"matter": "0301"}, {}, "same_day"),
    ("the row's before the matter's", {"matter": "0301", "profile": "utilities"}, {}, "utilities"),
    ("danger before any", {"matter": "0301", "profile": "utilities"}, {"urgency": "critical"}, "critical"),
    ("an enquiry", {}, {"type": "enquiry"}, "enquiry"),
    ("a suggestion", {}, {"type": "suggestion"}, "enquiry"),
    ("praise", {}, {"type": "praise"}, "enquiry"),
    ("a complaint", {}, {"type": "complaint"}, "default"),
    ("an enquiry about what has its own", {"matter": "0301"}, {"type": "enquiry"}, "same_day"),
    ("a dangerous enquiry", {}, {"type": "enquiry", "urgency": "critical"}, "critical"),
]


@pytest.mark.parametrize(("said", "rule", "labels", "profile"), PROFILES, ids=[case[0] for case in PROFILES])
def test_the_clock_profile(hand: Hand, said: str, rule: dict[str, Any], labels: dict[str, str], profile: str) -> None:
    message = {name: Ranked(label=label, score=0.9) for name, label in labels.items()}
    matters = (Ranked(label=rule.get("matter", "0401"), score=0.9),)
    assert hand.decide(hand.row("D1", "market", **rule), matters=matters, **message).profile == profile, said


def test_a_question_or_a_triage_keeps_the_matters_profile(hand: Hand) -> None:
    rule = hand.row("D1", "@centre", matter="0301")
    matters = (Ranked(label="0301", score=0.9),)
    for asked in (False, True):
        decision = hand.decide(rule, matters=matters, place=hand.place(), given=hand.given(asked=asked))
        assert decision.profile == "same_day"
