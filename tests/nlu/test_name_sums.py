"""The arrays of the model of names say what its features say one by one, and a text the same alone as among others."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from nlu import features
from nlu.name_features import Range, candidates, its_own, left_of, right_of, word_starts
from nlu.name_features import features as features_of
from nlu.name_model import _LEAST as LEAST
from nlu.name_model import loaded
from nlu.name_own import SHAPES
from nlu.name_sums import HOPELESS, HOPELESS_THERE, NameSums
from nlu.normalise import normalise
from nlu.segment import known_words

PERSONAL = Path(__file__).parent / "personal"
ODD = (
    *("", "王", "王伟", "欧阳锋和司马懿南", "欧阳", "诸葛孔明家", "小强", "小小", "天天", "天天王伟天天"),
    *(
        "A王伟B",
        "王伟13812345678",
        "和王伟跟李娜、张敏",
        "^王伟^",
        "王伟路口",
        "王伟小区",
        "王伟医院旁",
        "😀王伟💔",
        "𠀀王伟𠮷",
    ),
    *(
        "张三\n李四",
        "东门口的西门庆",
        "王 伟",
        "李建国" * 40,
        "王伟幼儿园",
        "陈小区",
        "邻居王伟说王伟不在",
    ),
)


def texts() -> list[str]:
    told = [line for file in sorted(PERSONAL.glob("*.txt")) for line in file.read_text(encoding="utf-8").splitlines()]
    return [*ODD, *map(normalise, told)]


def one_by_one(text: str) -> dict[Range, tuple[int, str]]:
    """The score of every candidate that is not hopeless, all its features added up."""
    model = loaded()

    def total(said: Iterable[str]) -> int:
        return sum(model.weights.get(one, 0) for one in said)

    plain = re.sub(r"[A-Za-z]", "a", re.sub(r"[0-9]", "0", text))
    starts = word_starts(known_words(text))
    out = {}
    for start, end in candidates(plain, model.alphabet):
        shape, own = its_own(plain[start:end], model.alphabet)
        before, after = plain[max(0, start - 3) : start], plain[end : end + 3]
        alone = model.bias + total(own)
        if alone > HOPELESS and alone + total(left_of(before)) + total(right_of(after)) > HOPELESS_THERE:
            whole = model.bias + total(features_of(plain, (start, end), starts, model.alphabet))
            out[start, end] = (whole, shape)
    return out


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_sums_of_a_batch_are_those_of_the_features(size: int) -> None:
    model, told = loaded(), texts()
    sums = NameSums(model.alphabet, model.weights, model.bias)
    found = [
        one
        for start in range(0, len(told), size)
        for one in sums.scored(told[start : start + size], dict.fromkeys(SHAPES, -100_000))
    ]
    assert sum(map(len, found)) > 1000
    for text, some in zip(told, found, strict=True):
        assert {place: (score, shape) for score, shape, place in some} == one_by_one(text), text


def test_a_text_alone_is_scored_as_it_is_in_a_batch() -> None:
    model, told = loaded(), texts()
    for text, some in zip(told, NameSums(model.alphabet, model.weights, model.bias).scored(told, LEAST), strict=True):
        assert sorted(model.scored_alone(text)) == sorted(some), text


def test_a_message_reads_the_same_alone_and_among_others() -> None:
    told = [*texts(), "张 伟 家 住 3 号 楼 502 室", "我叫王小明，电话 13812345678", "  \n王伟\n", "\ud800王伟\0"]
    together = features.read_many(told)
    assert [one.text for one in together] == [features.read(text).text for text in told]
    assert [one.spans for one in together] == [features.read(text).spans for text in told]
    assert features.read_many([]) == []
