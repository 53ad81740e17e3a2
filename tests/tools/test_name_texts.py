"""The text on which names are learnt: the same every time, with the names where they are said to be."""

from random import Random

from nlu.name_features import Alphabet
from nlu.name_model import loaded
from nlu.name_own import SHAPES
from nlu.name_sums import NameSums
from tools import name_texts, name_words
from tools.name_texts import CLOSE, OPEN, Names, Stock, texts
from tools.train_names import fitted

STOCK = Stock(words=("文静", "方圆"), given=("建国", "秀英"), seldom="栀屿", alike=("高中", "马上"))
MESSAGES = ["楼上漏水，物业不管", "他每天半夜放音响", "房东不退押金，我找了三次", "老板跑了，钱要不回来"] * 30


def test_the_same_seed_gives_the_same_text() -> None:
    first = list(texts(MESSAGES, STOCK, copies=2, seed=7))
    assert first == list(texts(MESSAGES, STOCK, copies=2, seed=7))
    assert first != list(texts(MESSAGES, STOCK, copies=2, seed=8))


def test_every_message_comes_as_it_is_and_in_copies_with_names() -> None:
    made = list(texts(MESSAGES, STOCK, copies=2, seed=7))
    assert len(made) == 3 * len(MESSAGES)
    assert [one.text for one in made[::3]] == MESSAGES
    assert sum(bool(one.names) for one in made) > len(MESSAGES)


def test_no_mark_stays_in_the_text_and_each_range_holds_a_name() -> None:
    for one in texts(MESSAGES, STOCK, copies=3, seed=9):
        assert OPEN not in one.text
        assert CLOSE not in one.text
        for start, end in one.names:
            assert 2 <= end - start <= 4
            assert "，" not in one.text[start:end]


def test_names_are_made_of_the_lists() -> None:
    names = Names(Random(3), STOCK)
    surnames = {
        *name_words.COMMON_SURNAMES,
        *name_words.RARE_SURNAMES,
        *(one[0] for one in name_words.COMPOUND_SURNAMES),
    }
    assert all(names.surname()[0] in surnames for _ in range(200))
    assert all(1 <= len(names.given()) <= 2 for _ in range(200))


def test_what_is_learnt_tells_a_name_from_a_word() -> None:
    letters: Alphabet = loaded().alphabet
    model = fitted(name_texts.texts(MESSAGES, STOCK, copies=6, seed=1), letters)
    text = "房东李建国不退押金"
    sums = NameSums(model.alphabet, model.weights, model.bias)
    found = sums.scored([text], dict.fromkeys(SHAPES, -1000))[0]
    scores = {text[start:end]: score for score, _, (start, end) in found}
    assert scores["李建国"] == max(scores.values())
