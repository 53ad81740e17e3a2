"""What residents answer when they are asked which street it is."""

import pytest

from city.types import Street
from routing.answers import chosen

TWO = (
    Street(code="tianping", name="天平路街道", aliases=("天平街道",)),
    Street(code="xujiahui", name="徐家汇街道"),
)
THREE = (*TWO, Street(code="huajing", name="华泾镇", aliases=("华泾",)))


@pytest.mark.parametrize(
    ("answer", "street"),
    [
        ("1", "tianping"),
        ("２", "xujiahui"),
        ("选2", "xujiahui"),
        ("第二个", "xujiahui"),
        ("是第一个吧", "tianping"),
        ("二", "xujiahui"),
        ("2、", "xujiahui"),
        ("后面那个", "xujiahui"),
        ("前者", "tianping"),
        ("天平路街道", "tianping"),
        ("天平", "tianping"),
        ("天平路那边", "tianping"),
        ("应该是徐家汇吧", "xujiahui"),
        ("徐家匯街道".replace("匯", "汇"), "xujiahui"),
        ("不是天平，是徐家汇", "xujiahui"),
    ],
)
def test_a_number_a_name_or_a_part_of_one_chooses(answer: str, street: str) -> None:
    assert chosen(answer, TWO) == street


@pytest.mark.parametrize(
    "answer",
    [
        *("不知道", "不清楚，你们自己看", "说不准是天平还是徐家汇", "天平和徐家汇之间", "都不是"),
        *("3", "0", "2号楼", "12弄", "二楼", "88号", "在永嘉路口", "徐家汇路", "", "。", "🙂", "2" * 50),
    ],
)
def test_what_chooses_none_is_none(answer: str) -> None:
    assert chosen(answer, TWO) is None


@pytest.mark.parametrize(
    ("answer", "street"), [("3", "huajing"), ("最后一个", "huajing"), ("华泾", "huajing"), ("4", None)]
)
def test_of_three_the_third(answer: str, street: str | None) -> None:
    assert chosen(answer, THREE) == street


def test_without_options_nothing_is_chosen() -> None:
    assert chosen("1", ()) is None
