"""Words: the fast segmenter and the reference cut alike, added words stay whole."""

import pytest

from nlu.segment import reference, segmenter

SENTENCES = (
    "大木桥路有人无证卖盒饭",
    "小区物业不作为，电梯坏了三天没人修",
    "请问低保怎么申请，需要哪些材料",
    "工地夜里打桩，吵得睡不着",
    "hello 12345 热线",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_both_segmenters_cut_alike(sentence: str) -> None:
    assert list(segmenter().cut(sentence)) == list(reference(()).cut(sentence))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_pieces_make_up_the_text(sentence: str) -> None:
    assert "".join(segmenter().cut(sentence)) == sentence


def test_an_added_word_stays_whole_in_both() -> None:
    words = ("泥浆土堆", "嘉陵新街坊")
    for one in (segmenter(words), reference(words)):
        cut = one.cut("嘉陵新街坊门口有泥浆土堆")
        assert "嘉陵新街坊" in cut
        assert "泥浆土堆" in cut


def test_the_same_words_share_one_segmenter() -> None:
    assert segmenter(["甲乙路", "丙丁路"]) is segmenter(["丙丁路", "甲乙路"])
