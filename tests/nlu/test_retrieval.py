"""Which passage answers, and how sure that is."""

import csv
from datetime import date
from pathlib import Path

import pytest

from city.kit_types import Article
from city.pack import load_pack
from nlu.asking import asking
from nlu.retrieval import Index, wants_action
from tickets.types import Ranked

ROOT = Path(__file__).resolve().parents[2]
PACK = load_pack(ROOT / "city" / "packs" / "xuhui")
INDEX = Index(PACK.articles)


def article(code: str, title: str, *, words: tuple[str, ...] = (), matters: tuple[str, ...] = ()) -> Article:
    return Article(
        code=code,
        title=title,
        answer="请到窗口办理。",
        owner="hotline",
        matters=matters,
        source="待核",
        checked=False,
        review_on=date(2027, 1, 1),
        words=words,
    )


LITTLE = Index(
    [
        article("A", "图书证怎么办", words=("借书证", "读者证"), matters=("1502",)),
        article("B", "游泳馆几点开", words=("泳池", "游泳"), matters=("1504",)),
        article("C", "公园几点关门", words=("公园",), matters=("1103",)),
    ]
)


def test_the_words_of_title_and_residents_find_a_passage() -> None:
    assert LITTLE.find("读者证到哪里办")[0].code == "A"
    assert LITTLE.find("泳池几点开门呀")[0].code == "B"


def test_a_matter_that_an_engine_saw_speaks_for_its_passages() -> None:
    seen = (Ranked(label="1103", score=0.9),)
    assert LITTLE.find("几点开", matters=seen)[0].code == "C"
    assert LITTLE.find("锁门了吗", matters=seen)[0].code == "C"
    assert LITTLE.find("锁门了吗", matters=(Ranked(label="11", score=0.9),))[0].code == "C"


@pytest.mark.parametrize("text", ["", "   ", "？？？", "abc 123", "😀", "\ud83d", "吗" * 5000, "借书证" * 2000])
def test_no_text_is_too_strange(text: str) -> None:
    assert all(0.0 <= one.confidence <= 1.0 for one in INDEX.find(text))


def test_an_empty_knowledge_base_answers_nothing() -> None:
    assert Index(()).find("居住证怎么办", matters=(Ranked(label="1602", score=1.0),)) == ()


def test_confidence_falls_from_the_first_to_the_last() -> None:
    found = INDEX.find("居住证快到期了，网上能续吗", matters=(Ranked(label="1602", score=0.99),), enquiry=0.99)
    assert [one.code for one in found][:1] == ["K180"]
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)


def test_the_same_words_without_asking_are_less_surely_answered() -> None:
    matters = (Ranked(label="1602", score=0.99),)
    asked = INDEX.find("居住证续签怎么办理", matters=matters, enquiry=0.99)[0]
    told = INDEX.find("居住证续签怎么办理", matters=matters, enquiry=0.0)[0]
    stated = INDEX.find("居住证续签已经办理", matters=matters, enquiry=0.0)[0]
    assert asked.confidence > 0.9 > told.confidence > stated.confidence
    assert stated.confidence < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "居住证办了三个月没人管",
        "请派人来看看天钥桥路380弄的违章搭建",
        "你们能不能快点处理",
        "我要投诉物业",
        "麻烦查一下那家店有没有证",
        "路灯坏了一个礼拜没人修",
    ],
)
def test_who_wants_somebody_to_act_is_not_asking(text: str) -> None:
    assert wants_action(text)


@pytest.mark.parametrize(
    "text", ["请问怎么办居住证", "没钱请律师怎么办", "物业不给发票找谁", "想投诉应该打哪个电话", "单位不肯交社保怎么办"]
)
def test_a_question_about_a_grievance_is_still_a_question(text: str) -> None:
    assert not wants_action(text)


def test_words_of_asking_wanting_and_telling_are_counted_once_each() -> None:
    put = asking("请问怎么办？怎么办？一直没人管，请派人来")
    assert (put.n_asks >= 2, put.n_wants, put.ends_asking) == (True, 1, False)
    assert put.n_tells >= 2


def test_the_pack_answers_most_questions_that_residents_ask() -> None:
    with (ROOT / "tests" / "nlu" / "enquiries.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "answer"]
    third = [any(one.code == row["article"] for one in INDEX.find(row["text"])) for row in rows]
    assert len(rows) >= 250
    assert sum(third) / len(third) >= 0.8  # by words alone; benchmarks/answers.py measures with the engine


def test_every_question_of_the_set_names_an_article_of_the_pack() -> None:
    known = {one.code for one in PACK.articles}
    with (ROOT / "tests" / "nlu" / "enquiries.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["half"] for row in rows} == {"fit", "look", "held"}
    assert all((row["article"] in known) == (row["kind"] == "answer") for row in rows)
    assert len({row["text"] for row in rows}) == len(rows)
