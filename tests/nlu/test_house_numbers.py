"""What known addresses say about the other numbers of a road that touches several subdistricts."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from city.pack import load_pack
from city.types import KnownPlace, Street
from nlu.house_numbers import HouseNumbers, is_address, number_at, value
from nlu.places import Gazetteer

PACK = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"
PLACES = [
    KnownPlace(name="长河路", kind="road", streets=("east", "west")),
    KnownPlace(name="东医院", kind="hospital", streets=("east",), aliases=("长河路100号",)),
    KnownPlace(name="东学校", kind="school", streets=("east",), aliases=("长河路500号", "学校")),
    KnownPlace(name="西市场", kind="market", streets=("west",), aliases=("长河路1200弄",)),
    KnownPlace(name="西小区", kind="estate", streets=("west",), aliases=("长河路501弄",)),
]
STREETS = [Street(code="east", name="东街道"), Street(code="west", name="西街道")]


@pytest.mark.parametrize(
    ("number", "street"),
    [
        (100, "east"),
        (98, "east"),  # near a known one
        (300, "east"),  # between two of the same side that agree
        (800, None),  # between two that do not agree, near neither
        (1150, "west"),
        (1332, "west"),  # a tenth of the number away
        (1336, None),
        (501, "west"),
        (303, None),  # the other side of the road
    ],
)
def test_a_number_lies_where_its_known_neighbours_lie(number: int, street: str | None) -> None:
    told = HouseNumbers(PLACES).streets("长河路", number)
    assert (told[0][0] if told else None) == street


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("长河路100号门口积水", "east"),
        ("长河路一百零二号门口积水", "east"),
        ("长河路501弄3号", "west"),
        ("长河路1200弄", "west"),
        ("长河路上有个坑，100号", "east"),
        ("长河路上有个坑，在501弄。", "west"),
    ],
)
def test_the_number_decides_a_border_road(text: str, street: str) -> None:
    place, _ = Gazetteer(PLACES, STREETS).find(text)
    assert (place.name, place.street, place.score > 0.6) == ("长河路", street, True)


@pytest.mark.parametrize("text", ["长河路800号", "长河路10号线地铁站", "长河路"])
def test_a_number_of_which_nothing_is_known_leaves_both_open(text: str) -> None:
    place, _ = Gazetteer(PLACES, STREETS).find(text)
    assert len(place.streets) == 2
    assert place.score < 0.6


def test_an_address_is_no_name() -> None:
    assert is_address("长河路100号")
    assert not is_address("学校")
    assert "长河路100号" not in Gazetteer(PLACES, STREETS).names


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("三千三百九十八", 3398),
        ("一百零八", 108),
        ("六〇〇", 600),
        ("十二", 12),
        ("二十", 20),
        ("八百五", 850),
        ("两百", 200),
    ],
)
def test_numbers_in_words(said: str, number: int) -> None:
    assert value(said) == number
    assert number_at(f"{said}号", 0) == number


def test_of_the_packs_own_addresses_left_out_in_turn_nine_in_ten_of_those_told_are_right() -> None:
    pack = load_pack(PACK)
    border = {place.name for place in pack.places if place.kind == "road" and len(place.streets) > 1}
    right = told = 0
    for place in pack.places:
        for alias in place.aliases:
            found = re.fullmatch(r"(.+?)(\d+)[号弄]", alias) if is_address(alias) else None
            if found is None or found[1] not in border:
                continue
            others = [
                replace(one, aliases=tuple(other for other in one.aliases if other[:-1] != alias[:-1]))
                for one in pack.places
            ]
            answer = HouseNumbers(others).streets(found[1], int(found[2]))
            told += answer is not None
            right += answer is not None and answer[0][0] in place.streets
    assert told >= 30
    assert right / told >= 0.9
