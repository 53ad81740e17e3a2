"""One form for every way of typing the same words."""

import unicodedata
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.normalise import clean, normalise, simplified


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("衡山路１２号", "衡山路12号"),
        ("ＡＢＣａｂｃ", "ABCabc"),
        ("①号楼", "1号楼"),
        ("漏水！！！！快来。。。", "漏水！快来。"),
        ("请问……怎么办", "请问…怎么办"),
        ("電線掉下來，樓梯冒煙", "电线掉下来，楼梯冒烟"),
        ("煤\u200b气\ufeff味", "煤气味"),
        ("上\x00面\x07有声\x1b", "上面有声"),
        ("  前后 有   空格\t\t ", "前后 有 空格"),
        ("第一行\r\n第二行", "第一行\n第二行"),
        ("逗号，句号。问号？", "逗号，句号。问号？"),
        ("cafe\u0301", "café"),
        ("", ""),
        ("\ud800孤立", "孤立"),
        ("电话1000001", "电话1000001"),
    ],
)
def test_the_same_words_get_the_same_form(typed: str, read: str) -> None:
    assert normalise(typed) == read


def test_what_was_normalised_stays_as_it_is() -> None:
    once = normalise("張女士：衡山路１２號，３號樓！！")
    assert normalise(once) == once


def test_offsets_lead_back_to_what_was_typed() -> None:
    typed = "\u200b請到１２號，　快！！"
    made = clean(typed)
    start = made.text.index("12")
    assert made.origin(start, start + 2) == (typed.index("１"), typed.index("２") + 1)


def test_an_unchanged_text_needs_no_map() -> None:
    made = clean("衡山路12号漏水")
    assert made.offsets is None
    assert made.origin(3, 5) == (3, 5)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_every_character_knows_where_it_came_from(typed: str) -> None:
    made = clean(typed)
    offsets = made.offsets or tuple(range(len(made.text)))
    assert len(offsets) == len(made.text)
    assert list(offsets) == sorted(offsets)
    assert all(0 <= offset < len(typed) for offset in offsets)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_control_characters_and_no_outer_space_remain(typed: str) -> None:
    text = normalise(typed)
    assert text == text.strip()
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n"]


@settings(deadline=None)
@given(st.text(alphabet="電話樓乾後裡著體龍國0a", max_size=40))
def test_simplifying_never_changes_the_length(text: str) -> None:
    assert len(simplified(text)) == len(text)


@pytest.mark.parametrize(
    "hostile",
    ["！" * 100_000, "電" * 100_000, "a" + "\u0301\u0323" * 50_000, "\ufdfa" * 100_000, " " * 100_000, "１" * 100_000],
    ids=["marks", "traditional", "accents", "ligatures", "spaces", "full width"],
)
def test_a_hundred_thousand_characters_take_less_than_200_ms(hostile: str) -> None:
    clean(hostile[:1000])
    started = process_time()
    clean(hostile)
    assert process_time() - started < 0.2
