"""Sums of money and numbers of people as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.figures import amounts, people
from nlu.numerals import read


@pytest.mark.parametrize(
    ("words", "value", "at_least"),
    [
        ("三千五", 3500, False),
        ("三百五", 350, False),
        ("一百零五", 105, False),
        ("十五", 15, False),
        ("两万三", 23000, False),
        ("一万零五十", 10050, False),
        ("1.2万", 12000, False),
        ("3,500", 3500, False),
        ("二〇二六", 2026, False),
        ("两三百", 200, True),
        ("几十", 20, True),
        ("十几", 11, True),
        ("半", 0.5, False),
        ("俩", 2, False),
    ],
)
def test_numbers_are_read_as_they_are_said(words: str, value: float, *, at_least: bool) -> None:
    found = read(words)
    assert found is not None
    assert (found.value, found.at_least) == (value, at_least)


@pytest.mark.parametrize("words", ["", "五二三十", "万岁", "点"])
def test_what_is_no_number_has_no_value(words: str) -> None:
    assert read(words) is None


@given(st.integers(min_value=0, max_value=10**11))
def test_arabic_figures_are_themselves(value: int) -> None:
    found = read(str(value))
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "fen", "at_least"),
    [
        ("收了我三千五", 350_000, False),
        ("装修花了1.2万元", 1_200_000, False),
        ("两百多块", 20_000, True),
        ("上千元", 100_000, True),
        ("不止300元", 30_000, True),
        ("被骗了5万", 5_000_000, False),
        ("押金2000不退", 200_000, False),
        ("5块钱", 500, False),
        ("五毛钱一张", 50, False),
        ("¥3000", 300_000, False),
        ("充了两千块办卡", 200_000, False),
        ("每平方3.5元", 350, False),
    ],
)
def test_money_is_a_sum_in_fen(text: str, fen: int, *, at_least: bool) -> None:
    assert [(one.fen, one.at_least) for one in amounts(text)] == [(fen, at_least)]


@pytest.mark.parametrize(
    "text", ["一块牌子", "三十块砖", "2单元", "三元里", "一块去", "交了10年", "给了五个", "单元门", "元旦"]
)
def test_what_is_no_money_is_not_found(text: str) -> None:
    assert amounts(text) == ()


@pytest.mark.parametrize(
    ("text", "n", "at_least", "households"),
    [
        ("三个人", 3, False, False),
        ("有一个人在家受伤", 1, False, False),
        ("200多人", 200, True, False),
        ("十几个农民工", 11, True, False),
        ("四五个人", 4, True, False),
        ("一家五口", 5, False, False),
        ("几十户", 20, True, True),
        ("全楼48户", 48, False, True),
        ("上百人", 100, True, False),
    ],
)
def test_people_are_a_number(text: str, n: int, *, at_least: bool, households: bool) -> None:
    assert [(one.n, one.at_least, one.households) for one in people(text)] == [(n, at_least, households)]


@pytest.mark.parametrize(
    "text", ["位于", "人行道", "5人次", "户口", "第三名", "3号楼302户", "个人", "车位", "我一个人住", "老人一个人在家"]
)
def test_what_counts_nobody_is_not_found(text: str) -> None:
    assert people(text) == ()
