"""Several demands in one message, on 202 messages of our own: the odd rows of each file were looked at, the even only measured."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.demands import MOST, demands

CASES = Path(__file__).parent / "cases"
CUT = "‖"
Row = tuple[str, list[int]]


def read(name: str) -> list[Row]:
    """(text, where its second and later demands begin)."""
    rows: list[Row] = []
    for line in (CASES / name).read_text("utf-8").splitlines():
        text, cuts = "", []
        for piece in line.split(CUT):
            if text:
                cuts.append(len(text))
            text += piece
        rows.append((text, cuts))
    return rows


SEVERAL, ONE = read("demands_several.txt"), read("demands_one.txt")


@pytest.mark.parametrize("half", [0, 1], ids=["looked at", "measured"])
def test_hardly_ever_one_demand_is_taken_for_several(half: int) -> None:
    wrong = [text for text, _ in ONE[half::2] if demands(text)]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize(("half", "recall"), [(0, 0.65), (1, 0.75)], ids=["looked at", "measured"])
def test_most_messages_with_several_demands_are_cut_where_a_reader_cuts_them(half: int, recall: float) -> None:
    rows = SEVERAL[half::2]
    exact = [text for text, cuts in rows if [one.start for one in demands(text)[1:]] == cuts]
    found = [text for text, _ in rows if demands(text)]
    assert len(found) / len(rows) >= recall
    assert len(exact) / len(found) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "我在健身房办了卡，现在关门了，请问怎么退钱",
        "一是我多次找物业，二是我也找过居委会，都没有用，楼道里的垃圾还是没人清",
        "请问居住证怎么办理，需要带哪些材料，另外要多少钱",
        "房东不退押金，另外还扣了我两百块清洁费",
        "1、物业费为什么涨价？2、物业费涨价有没有公示？",
        "买了一共三千九百块的药，里面有好几盒重复，还有两种是外用的，药店要管管了",
        "问退钱他回我一个笑脸，再问就没有回音，公司在隔壁楼里招生",
        "另外",
        "",
    ],
)
def test_reasons_consequences_and_questions_about_the_same_thing_stay_together(text: str) -> None:
    assert demands(text) == ()


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("小区电梯坏了三天没人修另外门口的摊贩天天占道早上车都出不去", "另外"),
        ("康健路路面有个大坑骑车差点摔了顺便问一下居住证到期怎么续签", "顺便"),
        ("家里自来水发黄已经两天了还有一件事隔壁群租房半夜吵闹", "还有"),
    ],
)
def test_speech_without_marks_is_cut_at_the_words_that_say_so(text: str, second: str) -> None:
    assert [one.start for one in demands(text)] == [0, text.index(second)]


def test_a_word_for_another_thing_is_no_lead_into_a_demand() -> None:
    assert demands("车停在另外一条路上没人管，垃圾也没人清") == ()


def test_the_parts_follow_each_other_to_the_end() -> None:
    for text, _ in SEVERAL:
        found = demands(text)
        assert len(found) != 1
        assert len(found) <= MOST
        assert not found or found[-1].end == len(text)
        assert all(first.end == second.start for first, second in pairwise(found))


_PIECES = st.sampled_from(
    [
        "一是",
        "二是",
        "1、",
        "2、",
        "另外",
        "还有",
        "顺便问",
        "，",
        "。",
        "路灯不亮",
        "工资拖欠",
        "首先",
        "其次",
        "第一，",
        "第二，",
        "A",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=16).map("".join))
def test_whatever_is_said_the_parts_are_in_order_and_inside_the_text(text: str) -> None:
    found = demands(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
