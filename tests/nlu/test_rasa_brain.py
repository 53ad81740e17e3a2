"""The engine "rasa": which of two engines decides a message, and that neither a lie nor a silence dispatches anything."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from nlu.rasa_brain import RasaBrain, together
from nlu.rasa_client import Parsed, RasaClient
from tickets.types import NOWHERE, Ranked, Understanding
from tools.rasa_provider import MODEL, Provider, nobody_there, provider

OWN = Understanding(
    text="底楼破墙开店",
    matters=(Ranked(label="0101", score=0.9), Ranked(label="0102", score=0.06)),
    abstain=False,
    type=Ranked(label="complaint", score=0.9),
    urgency=Ranked(label="routine", score=0.9),
    danger=None,
    place=NOWHERE,
    party=None,
    entities=(),
    features=(("破墙", 0.4),),
    engine="embedded",
    model_version="ours",
    threshold=0.8,
)


class OwnEngine:
    """An engine that says the same of every text that holds Chinese."""

    engine, version = "embedded", "ours"

    def parse_many(self, texts: Sequence[str]) -> list[Understanding]:
        return [replace(OWN, text=text) if "破" in text else replace(OWN, text=text, matters=()) for text in texts]


@pytest.fixture
def rasa() -> Iterator[Provider]:
    with provider() as one:
        yield one


Brains = Callable[..., RasaBrain]


@pytest.fixture
def brain_of() -> Iterator[Brains]:
    made: list[RasaClient] = []

    def make(url: str) -> RasaBrain:
        made.append(RasaClient(url, timeout_seconds=5, failures=1, pause_seconds=30, monotonic=lambda: 0.0))
        return RasaBrain(OwnEngine(), made[-1], matters={"0101", "0102", "0201"})

    yield make
    for client in made:
        client.close()


def parsed(**ranking: float) -> Parsed:
    return Parsed(ranked=tuple(Ranked(label=name, score=score) for name, score in ranking.items()))


def test_where_both_name_the_same_matter_rasa_decided_with_our_calibrated_scores(
    rasa: Provider, brain_of: Brains
) -> None:
    rasa.ranks({"m0101": 0.51, "m0201": 0.49})
    [one] = brain_of(rasa.url).parse_many(["底楼破墙开店"])
    assert one == replace(OWN, engine="rasa", model_version=MODEL)


def test_agreement_never_makes_sure_what_ours_is_not() -> None:
    unsure = replace(OWN, abstain=True)
    assert together(unsure, parsed(m0101=1.0), model=MODEL).abstain


def test_where_they_differ_a_person_decides_and_sees_rasas_ranking_first() -> None:
    one = together(OWN, parsed(m0201=0.99, m0101=0.01), model=MODEL)
    assert one.abstain
    assert one.threshold is None
    assert [item.label for item in one.matters] == ["0201", "0101"]
    assert (one.engine, one.model_version, one.features) == ("rasa", MODEL, ())


def test_a_score_that_is_not_calibrated_is_never_above_what_ours_leaves_room_for() -> None:
    one = together(OWN, parsed(m0201=0.99, m0101=0.01), model=MODEL)
    assert [item.score for item in one.matters] == [pytest.approx(0.04), 0.9]


@pytest.mark.parametrize("top", ["out_of_scope", "danger_gas"])
def test_no_matter_at_all_or_a_danger_that_only_rasa_sees_is_left_to_a_person(top: str) -> None:
    one = together(OWN, parsed(**{top: 0.9, "m0101": 0.1}), model=MODEL)
    assert one.abstain
    assert one.danger is None, "alarms come from our own guard"
    assert one.matters[0] == OWN.matters[0]
    assert one.features == OWN.features


@pytest.mark.parametrize("top", ["out_of_scope", "nlu_fallback"])
def test_an_answer_without_any_matter_keeps_ours_for_the_dispatcher(top: str) -> None:
    one = together(OWN, parsed(**{top: 0.9}), model=MODEL)
    assert one.abstain
    assert one.matters == OWN.matters


def test_the_fallback_on_top_is_looked_through() -> None:
    one = together(OWN, parsed(nlu_fallback=0.4, m0101=0.3, m0201=0.3), model=MODEL)
    assert not one.abstain


@pytest.mark.parametrize(
    "ranking",
    [{"m9999": 0.9, "m0101": 0.1}, {"m0101": 0.9, "greet": 0.1}, {"m": 1.0}, {"M0101": 1.0}, {"danger_": 1.0}],
)
def test_an_intent_that_the_corpus_does_not_have_makes_the_answer_none(
    rasa: Provider, brain_of: Brains, ranking: dict[str, float]
) -> None:
    rasa.ranks(ranking)
    assert brain_of(rasa.url).parse_many(["底楼破墙开店"]) == [OWN]


def test_when_rasa_is_away_the_embedded_engine_decides(brain_of: Brains) -> None:
    assert brain_of(nobody_there()).parse_many(["底楼破墙开店", "？？"])[0] == OWN


def test_each_message_of_a_batch_says_which_engine_decided(rasa: Provider, brain_of: Brains) -> None:
    good, bad = "底楼破墙开店", "楼上破墙"
    rasa.ranks({"m0101": 1.0}, by_text={bad: {"m0101": 7.0}})
    engines = [one.engine for one in brain_of(rasa.url).parse_many([good, bad, "??", good])]
    assert engines[0] == "rasa"
    assert engines[1:3] == ["embedded", "embedded"]


def test_what_holds_no_matter_for_us_is_not_sent(rasa: Provider, brain_of: Brains) -> None:
    rasa.ranks({"m0101": 1.0})
    brain_of(rasa.url).parse_many(["hello", "", "///"])
    assert rasa.asked == []
