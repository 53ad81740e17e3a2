"""Times, money, people and parties in a text; how alike two texts are; types by plain words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.entities import entities, party
from nlu.lexicon import type_of
from nlu.similar import similarity
from tickets.types import TicketType


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("昨天晚上十点还在施工", [("time", "昨天晚上十点")]),
        ("3月5日交了2000元", [("time", "3月5日"), ("money", "2000元")]),
        ("欠了二十多名工人三个月工资", [("people", "二十多名工人"), ("time", "三个月")]),
        ("押金三万块不退", [("money", "三万块")]),
        ("路灯不亮", []),
    ],
)
def test_times_sums_and_people_are_found(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.text) for one in entities(text)] == found


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("投诉甲乙丙物业乱收费", "甲乙丙物业"),
        ("举报门口的无名饭店偷排", "无名饭店"),
        ("开发商不给钥匙", "开发商"),
        ("城管来过一次，没有用", None),
        ("我打过供水公司电话", None),
    ],
)
def test_the_party_is_whom_it_is_about_not_who_was_asked(text: str, whom: str | None) -> None:
    found = party(text)
    assert (found.text if found else None) == whom


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请问居住证怎么办理", TicketType.ENQUIRY),
        ("我要举报有人偷倒泥浆", TicketType.REPORT),
        ("感谢你们帮忙", TicketType.PRAISE),
        ("建议多装路灯", TicketType.SUGGESTION),
        ("投诉饭店", TicketType.COMPLAINT),
        ("呃", TicketType.OTHER),
    ],
)
def test_plain_words_tell_the_type(text: str, kind: TicketType) -> None:
    assert type_of(text).label == kind
    assert type_of(text).score <= 0.5


def test_the_same_matter_in_other_typing_is_alike() -> None:
    assert similarity("东湾路１２号工地打桩！！", "东湾路12号工地打桩！") == 1.0
    near = similarity("东湾路工地半夜打桩，吵死了", "东湾路工地半夜又打桩，吵得睡不着")
    far = similarity("东湾路工地半夜打桩，吵死了", "请问低保怎么申请")
    assert far < 0.1
    assert near > 0.5


def test_two_callers_with_two_numbers_are_still_alike() -> None:
    assert similarity("路灯不亮，电话19900000001", "路灯不亮，电话19900001234") > 0.6


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert 0.0 <= similarity(a, b) == similarity(b, a) <= 1.0


def test_nothing_is_like_nothing() -> None:
    assert similarity("", "") == 0.0
    assert similarity("好", "好") == 1.0
