"""Coordinates: the datum is said, WGS-84 is kept, the shift is the one that is publicly known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.coordinates import Coordinates, kept, shown, to_gcj02, to_wgs84, told
from plumbing.errors import BadInput

# WGS-84 and GCJ-02 of the same place, as published with implementations of the shift.
PUBLISHED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),  # Shanghai
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),  # Shenzhen
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),  # Beijing
]


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED)
def test_the_shift_agrees_with_published_values_to_a_centimetre(
    wgs: tuple[float, float], gcj: tuple[float, float]
) -> None:
    there = to_gcj02(Coordinates(lat=wgs[0], lon=wgs[1]))
    assert (there.lat, there.lon) == pytest.approx(gcj, abs=1e-7)
    back = to_wgs84(there)
    assert (back.lat, back.lon) == pytest.approx(wgs, abs=1e-8)


@given(st.floats(min_value=18, max_value=53), st.floats(min_value=74, max_value=135))
def test_there_and_back_is_the_same_place_anywhere_in_china(lat: float, lon: float) -> None:
    back = to_wgs84(to_gcj02(Coordinates(lat=lat, lon=lon)))
    assert (back.lat, back.lon) == pytest.approx((lat, lon), abs=1e-6)


def test_nothing_is_shifted_abroad() -> None:
    paris = Coordinates(lat=48.8566, lon=2.3522)
    assert to_gcj02(paris) == to_wgs84(paris) == paris


@pytest.mark.parametrize(
    "facts",
    [
        {"lat": 31.2, "lon": 121.44},
        {"lat": "31.2", "long": "121.44"},
        {"lat": 31.2, "lng": 121.44, "datum": "WGS-84"},
        {"place": {"lat": 31.2, "lon": 121.44}},
        {"place": {"lat": 31.2, "lon": 121.44, "name": "衡山路9号"}},
    ],
)
def test_every_way_of_saying_it_is_the_same_point(facts: dict[str, Any]) -> None:
    assert told(facts) == Coordinates(lat=31.2, lon=121.44)
    assert {**kept(facts), "place": None} == {"lat": 31.2, "lon": 121.44, "datum": "wgs84", "place": None}


def test_words_of_a_place_stay_its_words() -> None:
    assert kept({"place": {"lat": 31.2, "lon": 121.44, "name": "衡山路9号"}})["place"] == "衡山路9号"
    assert kept({"place": "衡山路9号", "lat": 31.2, "lon": 121.44})["place"] == "衡山路9号"
    assert kept({"place": {"name": "衡山路9号"}, "line": "1"}) == {"place": "衡山路9号", "line": "1"}
    assert kept({"place": "衡山路9号"}) == {"place": "衡山路9号"}
    assert told({"place": "衡山路9号"}) is None


def test_a_chinese_map_is_shifted_back() -> None:
    point = told({"lat": 31.17530398364597, "lon": 121.531541859215, "datum": "gcj02"})
    assert point is not None
    assert (point.lat, point.lon) == pytest.approx((31.1774276, 121.5272106), abs=1e-6)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"lat": 31.2}, "同时"),
        ({"lon": 121.4}, "同时"),
        ({"lat": 121.4, "lon": 31.2}, "写反"),
        ({"lat": "北", "lon": 121.4}, "纬度"),
        ({"lat": True, "lon": 121.4}, "纬度"),
        ({"lat": float("nan"), "lon": 121.4}, "纬度"),
        ({"lat": float("inf"), "lon": 121.4}, "纬度"),
        ({"lat": [31.2], "lon": 121.4}, "纬度"),
        ({"lat": 31.2, "lon": 181}, "经度"),
        ({"lat": 31.2, "lon": 121.4, "datum": "bd09"}, "bd09"),
        ({"place": {"lat": 31.2}}, "同时"),
    ],
)
def test_bad_coordinates_get_a_sentence_that_says_what_to_do(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as told_off:
        kept(facts)
    assert told_off.value.code == "BAD_PLACE"
    assert words in told_off.value.sentence


def test_what_is_shown_is_found_again_and_links_to_any_map() -> None:
    point = Coordinates(lat=31.200123, lon=121.443216)
    assert point.words == "定位31.20012,121.44322"
    assert shown(f"衡山路，{point.words}") == Coordinates(lat=31.20012, lon=121.44322)
    assert shown("衡山路9号") is None
    assert point.uri == "geo:31.200123,121.443216"
