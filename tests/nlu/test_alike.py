"""Whether two messages are about the same matter: the rule, its reasons, and the blocks that find them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.alike import Sketch, compare, keys, likeness, sketch

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def told(text: str, *, hours: float = 0, matter: str | None = None, place: str | None = None, **more: str) -> Sketch:
    return sketch(text, at=NOON + timedelta(hours=hours), matter=matter, place=place, **more)


SAME = [
    ("东湾路88弄3号楼电梯又停了，老人下不来", "东湾路88弄3号楼电梯停运两天了没人修，老人下不了楼"),
    ("星河花园南门夜宵店半夜放音响，吵得睡不着", "星河花园南门口夜宵店每天夜里音响很响，吵得没法睡"),
    ("《关于东湾路工地夜间施工的问题》处理情况。东湾路工地夜间施工，打桩声很大", "东湾路工地夜间施工，打桩声很大"),
]
OTHER = [
    ("星河花园南门夜宵店半夜放音响，吵得睡不着", "月亮家园北门夜宵店半夜放音响，吵得睡不着"),
    ("3月2日在东湾路坐出租车，手机掉在后座上了", "3月2日在星河广场坐出租车，雨伞掉在后座上了"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_matter_in_other_words_is_likely(a: str, b: str) -> None:
    assert likeness(told(a, matter="0702"), told(b, matter="0702", hours=5)).score >= 0.6


@pytest.mark.parametrize(("a", "b"), OTHER)
def test_another_matter_in_like_words_is_unlikely(a: str, b: str) -> None:
    assert likeness(told(a, matter="0702"), told(b, matter="0702", hours=5)).score < 0.6


def test_two_matters_at_one_door_are_two() -> None:
    lift, fees = told("东湾路88弄3号楼电梯又停了，老人下不来"), told("东湾路88弄物业乱收停车费，不开发票", hours=5)
    assert likeness(lift, fees).score < 0.5


def test_what_the_city_knows_of_both_counts() -> None:
    a, b = "大木桥路水管爆了，水漫到弄堂里", "大木桥路没有水用，说是管子坏了"
    plain = likeness(told(a), told(b)).score
    both = likeness(told(a, matter="0601", place="大木桥路"), told(b, matter="0601", place="大木桥路")).score
    apart = likeness(told(a, matter="0601", place="大木桥路"), told(b, matter="0203", place="大木桥路")).score
    assert apart < both
    assert plain < both
    elsewhere = likeness(told(a, street="xietu"), told(b, street="tianping")).score
    assert elsewhere < plain


def test_other_doors_days_apart_and_another_caller_make_it_less_likely() -> None:
    near = likeness(told("东湾路12号路灯不亮"), told("东湾路12号路灯不亮")).score
    assert likeness(told("东湾路12号路灯不亮"), told("东湾路96号路灯不亮")).score < near
    assert likeness(told("东湾路12号路灯不亮"), told("东湾路12号路灯不亮", hours=24 * 20)).score < near
    again = likeness(told("楼道灯坏了", sender="13800000000"), told("灯还是没修", sender="13800000000")).score
    assert likeness(told("楼道灯坏了", sender="13800000000"), told("灯还是没修", sender="13800000001")).score < again


def test_the_reason_is_a_sentence_and_names_nobody() -> None:
    one = told("东湾路12号路灯不亮，电话13800000000", place="东湾路", matter="0301", sender="13800000000")
    other = told("东湾路96号路灯不亮", hours=3, place="东湾路", matter="0301", sender="13800000000")
    why = likeness(one, other).why
    assert why.startswith("同一来件人，地点相同（东湾路），事项相同，相隔3小时，")
    assert why.endswith("但门牌或楼号不同。")
    assert "138" not in why


@pytest.mark.parametrize(("minutes", "words"), [(0, "0分钟"), (59, "59分钟"), (60, "1小时"), (1440, "1天")])
def test_the_time_between_is_told_in_its_greatest_unit(minutes: int, words: str) -> None:
    assert f"相隔{words}" in likeness(told("路灯不亮"), told("路灯不亮", hours=minutes / 60)).why


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_have_a_probability_the_same_either_way(a: str, b: str) -> None:
    one, other = told(a), told(b, hours=1)
    assert 0 <= likeness(one, other).score <= 1
    assert compare(one, other) == compare(other, one)
    assert likeness(one, other).score == likeness(other, one).score


@pytest.mark.parametrize(("a", "b"), SAME)
def test_messages_about_one_matter_share_a_block(a: str, b: str) -> None:
    assert keys(told(a)) & keys(told(b))


def test_a_block_holds_no_word_of_a_resident_but_a_place() -> None:
    found = keys(told("我家住幸福里，邻居吵闹，电话13800000000"))
    assert [key for key in found if "13800000000" in key or "吵" in key] == []
    assert len(keys(told(""))) == len(keys(told("")))
