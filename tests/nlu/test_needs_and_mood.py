"""Who needs care, how it is said, and what a person must read at once."""

import pytest

from nlu.mood import feelings, mood
from nlu.needs import needs
from tickets.said import Mood, Need, Threat


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("我今年78岁，楼里电梯坏了", {Need.ELDERLY}),
        ("家里有八十多岁的老母亲，暖气不热", {Need.ELDERLY}),
        ("独居老人家里漏水", {Need.ELDERLY, Need.ALONE}),
        ("奶奶一个人住，子女在国外，燃气不会用", {Need.ELDERLY, Need.ALONE}),
        ("我是聋哑人，请发短信", {Need.DEAF}),
        ("我坐轮椅，坡道被堵", {Need.DISABLED}),
        ("怀孕七个月，被公司辞退", {Need.PREGNANT}),
        ("我爸卧床多年，救护车进不来", {Need.ILL}),
        ("孩子在学校被打了", {Need.MINOR}),
        ("三岁的孩子被狗咬了", {Need.MINOR}),
        ("两个月大的宝宝一直哭，楼上装修", {Need.MINOR}),
        ("未成年人在酒吧上班", {Need.MINOR}),
        ("我家里吃低保，没有收入", {Need.POOR}),
    ],
)
def test_whoever_is_concerned_and_needs_care_is_found(text: str, wanted: set[Need]) -> None:
    assert {one.need for one in needs(text)} == wanted


@pytest.mark.parametrize(
    "text",
    [
        *(
            "楼上小孩天天跑来跑去很吵",
            "广场上一群老人跳广场舞",
            "儿童医院门口停车难",
            "残疾人停车位被占",
            "老年大学怎么报名",
        ),
        *("请问老年卡怎么办理", "18岁以下门票多少", "孩子上学学区怎么划分", "幼儿园门口乱停车", "孕妇装店虚假宣传"),
        *("邻居老头骂人", "我一个人住，房东要涨房租", "心脏病医院挂号难", "房龄30年了", "楼里有老人去世后房子空着"),
        *("隔壁孩子哭闹", "聋哑学校地址", "大病保险怎么买", "儿童乐园收费不退", "咨询养老金，我父亲已经去世"),
    ],
)
def test_whoever_is_only_mentioned_is_not_in_need(text: str) -> None:
    assert needs(text) == ()


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("请问居住证怎么办", Mood.CALM),
        ("路灯不亮，请派人修", Mood.CALM),
        ("晚上睡不着，苦不堪言", Mood.UPSET),
        ("垃圾没人管！！！", Mood.ANGRY),
        ("气死我了！太过分了！", Mood.ANGRY),
        ("求求你们救救孩子", Mood.DESPERATE),
    ],
)
def test_the_mood_is_the_strongest_that_the_words_say(text: str, how: Mood) -> None:
    assert mood(feelings(text), text) is how


@pytest.mark.parametrize(
    ("text", "threat"),
    [
        ("再不解决我就从楼上跳楼", Threat.SELF_HARM),
        ("不想活了，工资不发", Threat.SELF_HARM),
        ("跟他们同归于尽", Threat.VIOLENCE),
        ("再不处理我们业主就集体上访", Threat.PETITION),
        ("我们准备去市政府拉横幅", Threat.PETITION),
        ("我要找媒体曝光", Threat.MEDIA),
    ],
)
def test_a_threat_is_found_with_its_words(text: str, threat: Threat) -> None:
    assert [one.threat for one in feelings(text) if one.threat] == [threat]


@pytest.mark.parametrize(
    "text",
    [
        "清仓跳楼价",
        "跳楼机安全吗",
        "去信访办怎么走",
        "横幅挂在树上没人拆",
        "我不会上访的",
        "去年有人跳楼，小区不安全",
        "防自杀讲座在哪里听",
    ],
)
def test_what_only_sounds_like_a_threat_is_none(text: str) -> None:
    assert [one.threat for one in feelings(text) if one.threat] == []
