"""The word guard: danger is heard in plain, indirect and clumsy words; harmless uses of the same words are not."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import guard
from nlu.danger_words import KINDS
from tickets.types import Urgency

PLAIN = [
    ("闻到煤气味", "gas"),
    ("厨房燃气泄漏了", "gas"),
    ("瓦斯味道很浓", "gas"),
    ("隔壁着火了", "fire"),
    ("楼道里在冒烟", "fire"),
    ("发生火灾", "fire"),
    ("有人触电了", "electric"),
    ("路灯漏电", "electric"),
    ("电线掉在地上", "electric"),
    ("围墙要倒了", "collapse"),
    ("高空坠物砸到人", "collapse"),
    ("工地坍塌", "collapse"),
    ("老人晕倒在路边", "medical"),
    ("他昏迷了没有呼吸", "medical"),
    ("手割破出血不止", "medical"),
    ("有人持刀", "crime"),
    ("门口有人打人", "crime"),
    ("被抢劫了", "crime"),
    ("电梯困人", "trapped"),
    ("有人落水", "drowning"),
    ("车祸，有人受伤", "traffic"),
    ("有人要跳楼", "suicide"),
]
INDIRECT = [
    ("家里有股臭鸡蛋的味道", "gas"),
    ("管子嘶嘶地响，煤气管道那边", "gas"),
    ("我怕煤气泄漏", "gas"),
    ("一直有煤气味，从上周开始", "gas"),
    ("有没有漏气，头晕", "gas"),
    ("充电的电瓶车烧起来了", "fire"),
    ("家里电视机着火了", "fire"),
    ("培训机构着火了，请派人，谢谢", "fire"),
    ("火还没扑灭", "fire"),
    ("变压器冒火花", "electric"),
    ("小孩掉到河里去了", "drowning"),
    ("脚手架塌了", "collapse"),
    ("我在电梯里出不来", "trapped"),
    ("电梯里困着三个人", "trapped"),
    ("爸爸摔下去叫不醒", "medical"),
    ("没有人管，电线掉下来了", "electric"),
    ("去年着过火，现在又冒烟了", "fire"),
    ("煤 气 泄 漏", "gas"),
    ("煤\u200b气味", "gas"),
    ("聞到瓦斯味，電線也冒火花", "gas"),
    ("電梯困人", "trapped"),
]
HARMLESS = [
    "煤气费怎么交",
    "燃气公司的电话是多少",
    "消防演习什么时候开始",
    "没有着火，是误会",
    "煤气没有漏",
    "已经不漏气了",
    "火已经扑灭了",
    "落水管堵了",
    "请拨打人工服务",
    "楼下烧烤摊天天冒烟",
    "车子打不着火",
    "去年这里发生过火灾",
    "存在火灾隐患",
    "飞线充电，万一着火怎么办",
    "触电保护器怎么装",
    "火灾险怎么买",
    "电梯坏了三天",
    "跳楼价大甩卖",
    "路灯不亮",
    "我想咨询低保",
    "",
]


@pytest.mark.parametrize(("text", "kind"), PLAIN + INDIRECT)
def test_danger_is_heard(text: str, kind: str) -> None:
    found = guard.danger(text)
    assert found is not None
    assert found.kind == kind
    assert found.urgency is Urgency.CRITICAL
    assert found.words


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_are_let_pass(text: str) -> None:
    assert guard.danger(text) is None


@pytest.mark.parametrize(
    ("kind", "number"),
    [("gas", "119"), ("fire", "119"), ("trapped", "119"), ("collapse", "119"), ("medical", "120"), ("crime", "110")],
)
def test_each_danger_names_the_number_to_call(kind: str, number: str) -> None:
    assert guard.call(kind) == number
    assert number in str(guard.advice(kind))


def test_a_burst_pipe_is_urgent_and_nobody_needs_to_be_called() -> None:
    found = guard.danger("水管爆了，水漫金山")
    assert found is not None
    assert (found.kind, found.call, found.urgency) == ("water", None, Urgency.URGENT)


def test_with_two_dangers_the_graver_one_counts() -> None:
    found = guard.danger("水管爆了，有人触电倒在地上")
    assert found is not None
    assert found.kind == "electric"


def test_every_kind_has_advice_and_unknown_kinds_have_none() -> None:
    assert all(guard.advice(kind) for kind in KINDS)
    assert guard.advice("nothing") is None
    assert guard.call("nothing") is None


def test_a_half_character_hides_nothing() -> None:
    found = guard.danger("\ud800闻到煤气味")
    assert found is not None


@settings(deadline=None)
@given(st.text(max_size=60))
def test_nothing_makes_the_guard_raise(text: str) -> None:
    guard.danger(text)


@settings(deadline=None)
@given(st.text(alphabet="天气真好我们去公园，。 12ab", max_size=20), st.text(alphabet="天气真好，。 12ab", max_size=20))
def test_words_around_do_not_hide_a_gas_leak(before: str, after: str) -> None:
    assert guard.danger(f"{before}。闻到煤气味。{after}") is not None


def test_a_typical_message_takes_less_than_20_microseconds() -> None:
    text = "衡山路12号门口有摊贩占道经营，垃圾乱扔，请处理一下，谢谢"
    guard.danger(text)
    best = min(_seconds(text, times=500) for _ in range(5))
    assert best / 500 < 20e-6


@pytest.mark.parametrize("unit", ["没有着火", "煤气", "火 ", "着火"])
def test_a_hundred_thousand_characters_stay_fast(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert _seconds(text, times=1) < 0.4


def _seconds(text: str, *, times: int) -> float:
    started = process_time()
    for _ in range(times):
        guard.danger(text)
    return process_time() - started
