"""The panel of what was read: values in plain words, the words that say so, Shanghai's time."""

from dataclasses import asdict
from datetime import UTC, datetime

import orjson
import pytest

from city.types import Tag, TagAxis
from dashboards.heard import heard, when, yuan
from nlu.said import hear
from plumbing.crypto import canonical

AT = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


def stored(text: str) -> dict[str, object]:
    """An understanding as a message's row holds it."""
    plain: dict[str, object] = orjson.loads(canonical({"text": text, "said": asdict(hear(text, AT))}))
    return plain


def rows(text: str) -> dict[str, list[tuple[str, str]]]:
    return {row.name: [(one.value, one.words) for one in row.items] for row in heard([stored(text)], ()).rows}


def test_every_value_stands_beside_the_words_that_say_it() -> None:
    text = "投诉东安路康乐健身房昨晚十点关门跑路，我78岁，办卡花了三千五不退，一共200多人，气死了"
    assert rows(text) == {
        "被反映方": [("企业、店家", "东安路康乐健身房")],
        "时间": [("2026年11月25日 22:00", "昨晚十点")],
        "金额": [("3500元", "三千五")],
        "人数": [("200人以上", "200多人")],
        "需要照顾": [("老年人", "78岁")],
        "语气": [("气愤", "气死")],
    }


def test_a_plain_message_has_no_rows() -> None:
    assert rows("路灯不亮") == {}


def test_an_understanding_of_before_has_no_rows() -> None:
    assert heard([{"text": "昨晚十点打桩"}], ()).rows == ()


def test_words_that_two_messages_share_are_shown_once() -> None:
    panel = heard([stored("昨晚十点打桩"), stored("昨晚十点打桩")], ())
    assert [len(row.items) for row in panel.rows] == [1]


def test_a_threat_stands_above_everything() -> None:
    assert heard([stored("不想活了")], ()).warnings == ("来件中有轻生的话：请先联系市民本人，再派单。",)
    assert heard([stored("我要找媒体曝光")], ()).warnings == ()


def test_a_ticket_of_one_of_several_demands_shows_what_is_said_of_its_own() -> None:
    text = "昨晚十点楼下健身房关门，我办卡花了三千五。还有一件事，路灯坏了三天，气死了，不想活了"
    cut = text.index("还有一件事")
    panel = heard([stored(text)], (), own=(cut, len(text)), mood="upset")
    assert [row.name for row in panel.rows] == ["几件诉求", "时间", "语气"]
    assert [one.words for row in panel.rows if row.name == "时间" for one in row.items] == ["三天"]
    assert len(panel.warnings) == 1
    assert heard([stored(text)], (), own=(0, cut), mood="calm").warnings == panel.warnings


def test_tags_stand_on_their_four_axes() -> None:
    tags = [Tag(code=axis.value, axis=axis, name=axis.value) for axis in TagAxis]
    assert [row.name for row in heard([], tags).rows] == ["时空属性", "主体特征", "问题性质", "治理维度"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("国庆期间", "2026年10月1日至10月7日"),
        ("上周三", "2026年11月18日"),
        ("昨天下午3点到5点", "2026年11月25日 15:00至17:00"),
        ("昨晚十点到今天凌晨四点", "2026年11月25日 22:00至11月26日 04:00"),
        ("每天半夜", "每天 23:00至次日05:00"),
        ("每天晚上十点", "每天 22:00"),
        ("早上8点", "08:00，哪天未说明"),
        ("最近", "具体时间未说明"),
        ("两个小时", "持续2小时"),
        ("两年多", "持续2年以上"),
        ("一个半月", "持续1.5个月"),
    ],
)
def test_a_time_is_said_in_plain_words(text: str, shown: str) -> None:
    (found,) = stored(text)["said"]["times"]  # type: ignore[index]
    assert when(found) == shown


@pytest.mark.parametrize(
    ("fen", "shown"), [(350_000, "3500元"), (1250, "12.5元"), (1_200_000, "1.2万元"), (5_000_000, "5万元")]
)
def test_money_is_said_in_yuan(fen: int, shown: str) -> None:
    assert yuan(fen) == shown
