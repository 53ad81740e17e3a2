"""Personal data are found, hidden in their own shape, and nothing else is."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.mask import Span, mask, spans
from nlu.personal_numbers import id_card_is_valid, luhn_is_valid

ID_CARD = "110101190001010014"
"""Born in 1900, with a right check digit."""
BANK_CARD = "6200000000000000000"


def hidden(text: str) -> str:
    return mask(text, spans(text))


def kinds(text: str) -> list[str]:
    return [span.kind for span in spans(text)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话19900000000", "电话199********"),
        ("电话199 0000 1234", "电话199 **** ****"),
        ("电话199-0000-1234，急", "电话199-****-****，急"),
        ("打+8619900001234", "打+86199********"),
        ("打10012345678", "打100********"),
        ("座机021-50000123", "座机021-********"),
        ("电话是50000123", "电话是50******"),
        ("幺九九零零零零一二三四", "幺九九********"),
        (f"身份证{ID_CARD}", "身份证110***************"),
        ("身份证号110101190001010011", "身份证号110***************"),
        (f"卡{BANK_CARD}", "卡***************0000"),
        ("沪A12345违停", "沪A***45违停"),
        ("沪AD12345违停", "沪A****45违停"),
        ("我叫张三，来电", "我叫张*，来电"),
        ("我叫张小三住在这里", "我叫张**住在这里"),
        ("联系人：欧阳小明，", "联系人：欧***，"),
        ("姓名:李四 电话", "姓名:李* 电话"),
        ("我是王五，楼上漏水", "我是王*，楼上漏水"),
        ("3号楼201室漏水", "3号楼***室漏水"),
        ("5栋2单元1503", "5栋2单元****"),
        ("12号301有人", "12号***有人"),
        ("三号楼二〇一室", "三号楼***室"),
        ("三号楼五零二室", "三号楼***室"),
        ("我电话是一三八，零零零零，零零零零", "我电话是一三八，****，****"),
        ("1 9 9 0 0 0 0 5 5 5 5", "1 9 9 * * * * * * * *"),
        ("电话021-50008888转8012", "电话021-********转****"),
        ("手机尾号1234", "手机尾号****"),
        ("身份证后四位是0014", "身份证后四位是****"),
        ("身份证110101 19000101 0014", "身份证110*** ******** ****"),
        ("卡号6217 0000 0000 0000 012", "卡号**** **** **** ***0 012"),
        ("沪A·D12345", "沪A·****45"),
        ("沪 N 7 7 8 8 9", "沪 N * * * 8 9"),
        ("车牌后面，沪A后面是B1234", "车牌后面，沪A后面是B1234"),
        ("十二号后楼漏雨", "十二号**漏雨"),
        ("住B102的", "住****的"),
        ("楼下501装修", "楼下***装修"),
        ("甲室没人", "*室没人"),
        ("2号楼301、302都漏水", "2号楼***、***都漏水"),
        ("201和301吵架", "***和***吵架"),
        ("3幢乙单元702", "3幢乙单元***"),
        ("8栋1单元9楼902", "8栋1单元9楼***"),
        ("酒店302号房间", "酒店***号房间"),
    ],
)
def test_personal_data_keep_their_shape_and_lose_their_content(text: str, shown: str) -> None:
    assert hidden(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "张女士反映",
        "我叫王先生过来看看",
        "联系人王经理",
        "拨打12345和110",
        "衡山路12号",
        "建国西路384弄5号",
        "2026年11月23日",
        "20261123",
        "工单号20261123004567",
        "订单1234567890123456",
        "3000元",
        "我叫了外卖",
        "我是高中老师，",
        "我是业主，",
        "沪A区",
        "400-820-0000",
        "卡尾号1234",
        "三户人家没水",
        "其中1204户没改造",
        "取件码8-3-2051",
        "检查日期2018.01.03上午",
        "选项1，3，5，7，9，11，13，15都不行",
        "302路公交不来",
        "302路和303路公交",
        "二房东把一房改成三房",
        "拨打12319和962110",
        "我在110报过警",
        "发票号码50000123",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert hidden(text) == text


def test_a_wrong_check_digit_is_no_id_card_unless_it_is_called_one() -> None:
    assert "id_card" in kinds(f"号码{ID_CARD}")
    assert "id_card" not in kinds("货号110101190001010011")


def test_check_digits_are_checked() -> None:
    assert id_card_is_valid(ID_CARD)
    assert not id_card_is_valid(ID_CARD[:-1] + "5")
    assert luhn_is_valid(BANK_CARD)
    assert not luhn_is_valid(BANK_CARD[:-1] + "6")


def test_spans_are_in_order_and_never_overlap() -> None:
    found = spans(f"我叫张三，电话19900001234，身份证{ID_CARD}，住3号楼201室，车牌沪A12345")
    assert [span.kind for span in found] == ["name", "phone", "id_card", "door", "plate"]
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_a_span_may_be_shown_by_hand() -> None:
    assert mask("张三在此", [Span(kind="name", start=0, end=2)]) == "张*在此"


@settings(deadline=None)
@given(st.text(alphabet="0123456789-+ 沪AaX我叫王三号楼室电话身份证，(（", max_size=60))
def test_masking_never_changes_the_length_and_never_leaves_eleven_digits(text: str) -> None:
    shown = hidden(text)
    assert len(shown) == len(text)
    assert "19900001234" not in hidden(f"，19900001234，{text}")


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "1-",
        "1，",
        "嗯，1",
        "我",
        "我叫王",
        "沪A",
        "021-",
        "电话",
        "一二三号",
        "31010419900101",
        "(",
        "3号楼",
    ],
)
def test_twenty_thousand_characters_take_less_than_a_second(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    started = process_time()
    hidden(text)
    assert process_time() - started < 1
