"""Places of the gazetteer in free text, and how sure their subdistrict is."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.types import KnownPlace, Street
from nlu.places import Gazetteer
from tickets.types import NOWHERE

STREETS = (
    Street(code="east", name="东湾路街道", aliases=("东湾街道",)),
    Street(code="west", name="西塘街道", aliases=("西塘社区",)),
    Street(code="north", name="北桥街道"),
)
PLACES = (
    KnownPlace(name="东湾路", kind="road", streets=("east",)),
    KnownPlace(name="长河路", kind="road", streets=("east", "west")),
    KnownPlace(name="界河路", kind="road", streets=("west", "north", "east")),
    KnownPlace(name="柳岸路", kind="road", streets=("west",)),
    KnownPlace(name="青石公园", kind="park", streets=("east",), aliases=("青石绿地",)),
    KnownPlace(name="云上家园", kind="estate", streets=("west",)),
    KnownPlace(name="长河路12弄", kind="lane", streets=("west",)),
    KnownPlace(name="新月小区", kind="estate", streets=("east",)),
    KnownPlace(name="新月二期", kind="estate", streets=("north",), aliases=("新月小区",)),
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(PLACES, STREETS)


@pytest.mark.parametrize(
    ("text", "name", "street", "detail"),
    [
        ("东湾路38号门口有摊贩", "东湾路", "east", "38号"),
        ("东湾路5弄3号楼201室漏水", "东湾路", "east", "5弄3号楼201室"),
        ("我家住云上家园7号402室", "云上家园", "west", "7号402室"),
        ("青石绿地里有人遛狗", "青石公园", "east", None),
        ("长河路12弄门口", "长河路12弄", "west", None),
        ("西塘社区搞活动", "西塘街道", "west", None),
        ("东湾路街道办事处态度好", "东湾路街道", "east", None),
        ("长河路、柳岸路路口没红绿灯", "长河路", "west", "长河路、柳岸路路口"),
        ("长河路近东湾路", "长河路", "east", "长河路、东湾路路口"),
        ("柳岸路东湾路口", "柳岸路", "east", None),
    ],
)
def test_known_places_are_found(gazetteer: Gazetteer, text: str, name: str, street: str, detail: str | None) -> None:
    place, _ = gazetteer.find(text)
    assert place.name == name
    if detail is not None or "路口" not in text:
        assert (place.street, place.detail) == (street, detail)


def test_a_place_in_one_subdistrict_is_sure(gazetteer: Gazetteer) -> None:
    place, _ = gazetteer.find("东湾路38号")
    assert place.score > 0.8
    assert place.streets == ()


def test_a_border_road_alone_ranks_its_subdistricts_and_is_unsure(gazetteer: Gazetteer) -> None:
    place, _ = gazetteer.find("长河路上有个坑")
    assert {ranked.label for ranked in place.streets} == {"east", "west"}
    assert place.streets[0].label == place.street == "east"
    assert place.score < 0.6


def test_a_crossing_decides_a_border_road(gazetteer: Gazetteer) -> None:
    place, _ = gazetteer.find("长河路柳岸路口")
    assert (place.street, place.score > 0.6) == ("west", True)


def test_an_estate_decides_a_border_road(gazetteer: Gazetteer) -> None:
    place, _ = gazetteer.find("界河路云上家园门口")
    assert (place.name, place.street, place.score > 0.8) == ("云上家园", "west", True)
    assert place.said == "界河路云上家园"


def test_a_shared_name_ranks_both(gazetteer: Gazetteer) -> None:
    place, _ = gazetteer.find("新月小区停水")
    assert {ranked.label for ranked in place.streets} == {"east", "north"}
    assert place.score < 0.6


def test_places_that_contradict_each_other_are_unsure(gazetteer: Gazetteer) -> None:
    place, _ = gazetteer.find("青石公园和云上家园之间")
    assert {ranked.label for ranked in place.streets} == {"east", "west"}
    assert place.score < 0.6


@pytest.mark.parametrize(
    ("text", "said"),
    [("在海棠路100号附近", "海棠路"), ("请问梅花新村在哪里", "梅花新村"), ("北东湾路有坑", "北东湾路")],
)
def test_an_unknown_place_keeps_its_words_and_gets_no_street(gazetteer: Gazetteer, text: str, said: str) -> None:
    place, entities = gazetteer.find(text)
    assert (place.said, place.name, place.street, place.score) == (said, None, None, 0.0)
    assert [text[one.start : one.end] for one in entities] == [said]


@pytest.mark.parametrize("text", ["", "楼下油烟太大", "我家墙根下", "这条路坑坑洼洼", "😀"])
def test_no_place_is_nowhere(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.find(text) == (NOWHERE, ())


@pytest.mark.parametrize("text", ["东湾路大厦停电", "东湾路新村停电", "东湾路支路"])
def test_a_longer_unknown_name_is_not_the_road(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.find(text)[0].street is None


def test_what_is_called_after_a_road_is_less_sure_than_the_road(gazetteer: Gazetteer) -> None:
    named_after, road = gazetteer.find("东湾路小学门口")[0], gazetteer.find("东湾路门口")[0]
    assert named_after.street == road.street == "east"
    assert 0.6 < named_after.score < road.score


def test_entities_stand_where_they_say(gazetteer: Gazetteer) -> None:
    text = "从东湾路到云上家园，再到海棠路"
    _, entities = gazetteer.find(text)
    assert [(one.kind, one.text) for one in entities] == [("place", "东湾路"), ("place", "云上家园")]
    assert all(text[one.start : one.end] == one.text for one in entities)


def test_a_city_without_places_knows_nothing() -> None:
    assert Gazetteer((), ()).find("东湾路38号")[0].street is None


@settings(deadline=None)
@given(st.text(alphabet="东湾路长河柳岸12弄号楼室近和、口新月小区青石公园，一", max_size=40))
def test_scores_stay_within_bounds(text: str) -> None:
    place, entities = Gazetteer(PLACES, STREETS).find(text)
    assert 0.0 <= place.score <= 1.0
    assert sum(ranked.score for ranked in place.streets) <= 1.0
    assert all(text[one.start : one.end] == one.text for one in entities)


@pytest.mark.parametrize("unit", ["东湾路", "在一二路", "路口", "1号", "东湾路1", "青石公园"])
def test_a_hundred_thousand_characters_stay_fast(gazetteer: Gazetteer, unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = process_time()
    gazetteer.find(text)
    assert process_time() - started < 0.2
