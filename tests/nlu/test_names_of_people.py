"""People are found by name with and without a word that announces them; titles, places and words stay readable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import personal
from nlu.features import read
from nlu.mask import mask, spans
from nlu.name_model import FILE, loaded, written
from nlu.names import names_many


def names(text: str) -> list[tuple[int, int]]:
    return names_many([text], [False])[0]


def found(text: str) -> set[str]:
    return {text[start:end] for start, end in names(text)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("隔壁陈国强家装修，墙都打裂了", "陈国强"),
        ("昨天把钥匙交给顾美娟了", "顾美娟"),
        ("周德发说他是物业派来的", "周德发"),
        ("租客白晓东欠租三个月", "白晓东"),
        ("请转告史玉松先生，他家阳台要拆", "史玉松"),
        ("喂你好我叫李建国我住在六楼", "李建国"),
        ("老师欧阳修远收了钱不来", "欧阳修远"),
        ("户主：韩 梅", "韩 梅"),
        ("我 是 包国庆 我 要 投诉", "包国庆"),
        ("女儿叫朵朵，三岁", "朵朵"),
        ("买买提·吐尔逊的摊位", "买买提·吐尔逊"),
        ("扎西次仁说工地欠他工钱", "扎西次仁"),
        ("租给Maria Garcia了", "Maria Garcia"),
        ("名字拼音Chen Xiaoming，护照写错了", "Chen Xiaoming"),
        ("教练Kevin跑了", "Kevin"),
        ("联系人：查小燕", "查小燕"),
    ],
)
def test_somebody_is_found(text: str, name: str) -> None:
    assert name in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "张女士反映楼下吵",
        "老王天天在门口杀鱼",
        "王师傅修了两次空调",
        "李阿姨说她家马桶堵了",
        "徐家汇路和天钥桥路路口",
        "康健新村的下水道满了",
        "马上就要下雨了，周末也不停",
        "高中老师布置的作业太多",
        "于是我就报警了",
        "任何人都可以进来，保安不管",
        "全家便利店卖过期饭团",
        "我叫了外卖，叫了救护车，",
        "Apple Store门口排队",
        "黄浦江边上护栏松了",
        "销售小姐说可以退，哥哥和妹妹都在",
        "小区天天停水，小狗乱叫",
        "严格按照规定办，支持你们工作",
    ],
)
def test_what_is_nobody_stays(text: str) -> None:
    assert not found(text)


def test_a_name_that_is_sure_once_is_hidden_wherever_it_stands() -> None:
    text = "我叫查小燕，电话19900001234。物业说查小燕的事归他们，查小燕不同意"
    assert "查小燕" not in read(text).text


def test_of_two_that_stand_together_one_speaks_for_the_other() -> None:
    assert {"魏国栋", "吕秋石"} <= found("魏国栋与吕秋石因晾衣架打架")


def test_a_title_after_a_whole_name_stays_and_the_name_goes() -> None:
    text = read("毕胜男律师说可以").text
    assert text == "毕**律师说可以"


def test_the_same_text_gives_the_same_names() -> None:
    text = "尤建新、汤勇和倪大宝都没拿到钱，找范大勇"
    assert names(text) == names(text)
    assert len(found(text)) == 4


def test_the_model_reads_back_what_it_writes() -> None:
    assert written(loaded()) == FILE.read_text(encoding="utf-8")


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="王李欧阳建国明小阿芳叫我，、和 ·aB1路女士\U0001f600陳國", max_size=80))
def test_names_never_leave_the_text_and_masks_keep_its_length(text: str) -> None:
    clean = read(text).clean.text
    for start, end in names(clean):
        assert 0 <= start < end <= len(clean)
    assert len(mask(clean, spans(clean))) == len(clean)


@pytest.mark.parametrize("half", ["looked_at", "measured"])
def test_most_names_of_the_development_set_are_found_and_little_else(half: str) -> None:
    figures = personal.figures(personal.marked(personal.FOLDER / f"{half}.txt"))
    assert figures["by_kind"]["name"] >= 0.83
    assert figures["recall"] >= 0.88
    assert figures["precision"] >= 0.95
