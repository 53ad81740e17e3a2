"""Words that only press are not seen by the models."""

import pytest

from nlu.features import shape
from nlu.hurry import without


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("路灯坏了，快点快点快点", "路灯坏了"),
        ("快点啊，有人晕倒了", "有人晕倒了"),
        ("急急急急急！下水道堵了在线等", "下水道堵了"),
    ],
)
def test_pressing_is_blanked_and_what_happened_stays(text: str, left: str) -> None:
    assert len(without(text)) == len(text)
    assert shape(text) == left


@pytest.mark.parametrize("text", ["快点快点！", "外卖快到了", "速度太快", "急诊没有床位", ""])
def test_pressing_alone_and_other_words_stay(text: str) -> None:
    assert without(text) == text
