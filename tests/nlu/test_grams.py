"""Features made by arithmetic on a whole batch are those that a plain reading of each text gives."""

from collections import Counter
from itertools import pairwise
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.features import MOST_CHARACTERS, read, shape
from nlu.grams import LONGEST_RUN, PAIR, WORD, Grams, grams
from nlu.segment import segmenter
from nlu.vocabulary import Vocabulary

SEGMENTER = segmenter()
TEXTS = (
    "大木桥路100弄有人无证卖盒饭，从早到晚都在路边",
    "",
    "路灯不亮 路灯不亮 路灯不亮",
    "Hello, 12345 热线！WIFI连不上",
    "😀😀",
    "𠮷野家门口积水",
    "一",
)


def plain(shaped: str) -> list[tuple[int, str]]:
    """Kind and characters of every feature of one text, word by word and place by place."""
    words = [word for word in SEGMENTER.cut(shaped) if word != " "]
    found = [(WORD, word) for word in words] + [(PAIR, f"{a}\x01{b}") for a, b in pairwise(words)]
    for length in range(1, LONGEST_RUN + 1):
        found += [(length, shaped[start : start + length]) for start in range(len(shaped) - length + 1)]
    return found


def said(told: Grams, row: int) -> list[tuple[int, str]]:
    """The same, read back from the places that the features of one row stand for."""
    found = []
    edges = set(told.word_ends.tolist())
    for kind, start, end in zip(
        *(array[told.rows == row].tolist() for array in (told.kinds, told.starts, told.ends)), strict=True
    ):
        text = told.joined[start:end]
        if kind == PAIR:
            middle = next(place for place in range(start + 1, end) if place in edges)
            text = f"{told.joined[start:middle]}\x01{told.joined[middle:end].lstrip(' ')}"
        found.append((kind, text))
    return found


def test_a_batch_holds_the_features_of_each_text() -> None:
    shaped = [shape(read(text).text) for text in TEXTS]
    told = grams(shaped, SEGMENTER)
    assert told.n == len(TEXTS)
    for row, text in enumerate(shaped):
        assert Counter(said(told, row)) == Counter(plain(text))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(alphabet="路灯不亮小区 ab0𠮷", max_size=30), max_size=6))
def test_two_features_have_one_key_only_when_they_are_the_same(texts: list[str]) -> None:
    told = grams([shape(text) for text in texts], SEGMENTER)
    named = [feature for row in range(told.n) for feature in said(told, row)]
    keys = [int(key) for row in range(told.n) for key in told.keys[told.rows == row]]
    assert len(set(zip(named, keys, strict=True))) == len(set(named)) == len(set(keys))


def test_a_text_alone_has_the_features_that_it_has_in_a_batch() -> None:
    shaped = [shape(read(text).text) for text in TEXTS]
    together = grams(shaped, SEGMENTER)
    for row, text in enumerate(shaped):
        assert np.array_equal(grams([text], SEGMENTER).keys, together.keys[together.rows == row])


def test_no_texts_and_endless_texts_are_texts_too() -> None:
    assert len(grams([], SEGMENTER).keys) == 0
    long = grams(["路" * (MOST_CHARACTERS + 500), "灯"], SEGMENTER)
    assert int(np.sum((long.kinds == 1) & (long.rows == 0))) == MOST_CHARACTERS
    assert int(np.sum(long.rows == 1)) == 2


def test_a_row_is_what_term_frequency_and_rarity_make_of_a_text() -> None:
    shaped = [shape(read(text).text) for text in TEXTS]
    told = grams(shaped, SEGMENTER)
    known = np.unique(told.keys)[::2]
    idf = np.linspace(1.0, 3.0, len(known), dtype=np.float32)
    made = Vocabulary(known, idf).matrix(told).toarray()
    weight = dict(zip(known.tolist(), idf.tolist(), strict=True))
    for row in range(told.n):
        counts = Counter(key for key in told.keys[told.rows == row].tolist() if key in weight)
        expected = {key: (1 + log(n)) * weight[key] for key, n in counts.items()}
        length = sqrt(sum(value * value for value in expected.values()))
        column = {key: number for number, key in enumerate(known.tolist())}
        assert np.count_nonzero(made[row]) == len(expected)
        for key, value in expected.items():
            assert made[row, column[key]] == pytest.approx(value / length, abs=1e-6)


def test_shares_of_a_feature_add_up_to_its_entry() -> None:
    told = grams([shape("路灯不亮 路灯不亮 井盖坏了")], SEGMENTER)
    vocabulary = Vocabulary(np.unique(told.keys), np.ones(len(np.unique(told.keys)), dtype=np.float32))
    columns, shares = vocabulary.shares(told)
    sums = np.bincount(columns, weights=shares)
    assert sums == pytest.approx(vocabulary.matrix(told).toarray()[0], abs=1e-6)


def test_a_crowded_table_finds_every_key_and_no_other() -> None:
    lot = np.random.default_rng(5)
    crowded = np.unique(lot.integers(0, 1 << 20, 5000).astype(np.uint64)) | np.uint64(0xFFFF << 48)
    keys, strangers = crowded[::2], crowded[1::2]
    vocabulary = Vocabulary(keys, np.ones(len(keys), dtype=np.float32))
    assert np.array_equal(vocabulary.columns(keys), np.arange(len(keys)))
    assert np.all(vocabulary.columns(strangers) == -1)


def test_an_empty_vocabulary_knows_nothing() -> None:
    nothing = Vocabulary(np.array([], dtype=np.uint64), np.array([], dtype=np.float32))
    told = grams(["路灯"], SEGMENTER)
    assert np.all(nothing.columns(told.keys) == -1)
    assert nothing.matrix(told).nnz == 0
