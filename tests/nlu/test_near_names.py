"""Names that are heard wrongly, cut short or one character off; and ordinary words that only look like names."""

import pytest

from city.types import KnownPlace, Street
from nlu.places import Gazetteer

STREETS = [Street(code=code, name=f"{code}街道") for code in ("a", "b")]
PLACES = [
    KnownPlace(name="零陵路", kind="road", streets=("a",)),
    KnownPlace(name="永嘉路", kind="road", streets=("b",)),
    KnownPlace(name="天钥桥路", kind="road", streets=("a",)),
    KnownPlace(name="宜州路", kind="road", streets=("b",)),
    KnownPlace(name="田林十二村", kind="estate", streets=("b",)),
    KnownPlace(name="田林十三村", kind="estate", streets=("a",)),
    KnownPlace(name="长桥新村", kind="estate", streets=("a",)),
    KnownPlace(name="光启公园", kind="park", streets=("b",)),
    KnownPlace(name="上海南站", kind="station", streets=("a",), aliases=("南站",)),
    KnownPlace(name="启明居委会", kind="committee", streets=("b",), aliases=("启明居委",)),
    KnownPlace(name="凌云", kind="area", streets=("a",)),
    KnownPlace(name="凌云路", kind="road", streets=("b",)),
    KnownPlace(name="科苑新村", kind="estate", streets=("b",)),
    KnownPlace(name="日晖二村", kind="estate", streets=("a",)),
    KnownPlace(name="日晖五村", kind="estate", streets=("a",)),
    KnownPlace(name="永康路", kind="road", streets=("b",)),
    KnownPlace(name="长桥新村第二居委会", kind="committee", streets=("a",)),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(PLACES, STREETS)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("凌零路上的路灯坏了", "零陵路"),
        ("在领陵路口", "零陵路"),
        ("天药桥路堵车", "天钥桥路"),
        ("田林12村没水", "田林十二村"),
        ("田林 十二 村没水", "田林十二村"),
        ("田林那个十二村没水", "田林十二村"),
        ("长乔新村垃圾没人收", "长桥新村"),
        ("关启公园的厕所", "光启公园"),
        ("上海楠站门口", "上海南站"),
        ("零陵永嘉口有人摆摊", "零陵路"),
        ("零陵近永嘉有人摆摊", "零陵路"),
        ("零陵200弄漏水", "零陵路"),
        ("启明居委不开门", "启明居委会"),
        ("天月桥路堵车", "天钥桥路"),
        ("报修三次没人来，宜州", "宜州路"),
        ("零陵跟永嘉交叉口的红灯坏了", "零陵路"),
        ("凌云那个田林十二村没水", "田林十二村"),
        ("科苑的业主投诉物业", "科苑新村"),
        ("长桥新村2居", "长桥新村第二居委会"),
        ("启明小区的路灯不亮", "启明居委会"),
        ("要求检测，日晖四村", "日晖四村"),
        ("日晖3村停水", "日晖三村"),
        ("我说的是零陵上的菜摊", "零陵路"),
    ],
)
def test_the_place_is_found(gazetteer: Gazetteer, text: str, name: str) -> None:
    assert gazetteer.find(text)[0].name == name


@pytest.mark.parametrize(
    "text",
    [
        "恢复得可以走路，单位一直拖着",
        "田林十四村没水",
        "死亡证明居委会能不能开",
        "杭州南站买的票",
        "他心气高，凌云壮志",
        "孩子上学的问题",
        "永康这个保险公司不赔钱",
        "孩子在凌云俱乐部办的卡退不了",
        "人在凌云镇办不了",
        "科苑杂志订不到",
        "日晖六村没水",
    ],
)
def test_what_only_looks_like_a_name_is_none(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.find(text)[0].name is None


def test_where_it_is_counts_and_not_where_the_caller_lives(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("我住田林十三村，光启公园的秋千坏了")[0].street == "b"
    assert gazetteer.find("我住在田林十三村，楼上漏水")[0].street == "a"


def test_a_village_that_no_table_names_is_less_sure_than_its_neighbours(gazetteer: Gazetteer) -> None:
    inferred, known = gazetteer.find("日晖四村没水")[0], gazetteer.find("日晖五村没水")[0]
    assert inferred.street == known.street == "a"
    assert 0.6 < inferred.score < known.score


def test_an_area_is_not_the_road_that_is_called_after_it(gazetteer: Gazetteer) -> None:
    place, _ = gazetteer.find("凌云那边的菜场太脏")
    assert (place.name, place.street) == ("凌云", "a")


def test_residents_of_a_place_speak_of_another(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("我是田林十三村的居民，光启公园的秋千坏了")[0].street == "b"


@pytest.mark.parametrize("text", [" " * 5000, "那个" * 3000, "零陵" * 2000, "田林" * 2000 + "村", "一" * 5000])
def test_hostile_texts_cost_little(gazetteer: Gazetteer, text: str) -> None:
    gazetteer.find(text)
