"""The training corpus of the Xuhui pack: complete, varied, well marked, and free of what tests keep for themselves."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu.danger_words import KINDS as DANGERS
from tickets.types import TicketType, Urgency

CORPUS = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui" / "nlu.yml"

PACK = CORPUS.parent
LEAST = 25
"""Messages of each second-level matter, its third levels counted in."""
DANGEROUS = ("0601", "0602", "0603", "1001", "1002")
KINDS = (*("fire", "gas", "electric", "drowning", "collapse"), *("trapped", "crime", "traffic", "medical", "suicide"))
ENTITY_KINDS = {"place", "party", "time", "name", "phone", "plate", "id_card", "bank_card"}
OUT_OF_SCOPE = "out_of_scope"
"""Rasa's intent of what belongs to no matter: half sentences and other people's business, so mostly short, placeless."""
RESERVED_PHRASES = (
    "我家墙根下",
    "隔壁饭店把承重墙砸了开门",
    "衡山公园边上有一家小店昨天夜里把沿街的墙敲掉了一块",
    "大木桥路上每天中午有人骑三轮车卖盒饭",
    "几个阿姨推着保温箱在卖",
    "零陵路菜场有摊位卖注水的猪肉",
    "在建国西路的弄堂里",
    "东安路上自来水管爆了",
)

ENTITY = re.compile(r"\[(?P<value>[^\[\]]+)\]\((?P<kind>[a-z]+)\)")
MARKS = re.compile(r"[\[\](){}]")
DIGITS = re.compile(r"\d[\d-]*\d")
UNASSIGNABLE_PHONE = re.compile(r"1990000\d{4}|021-50000\d{3}")

SIMILARITY_LIMIT = 0.6
FRAME_LENGTH = 8
FRAME_LIMIT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A marked stretch of the plain text, `start` inclusive, `end` exclusive."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One message of the corpus; `marked` as it stands in the file, `plain` without its entity marks."""

    intent: str
    marked: str
    plain: str
    entities: tuple[Entity, ...]
    metadata: dict[str, Any]


def _entities(marked: str) -> Iterator[Entity]:
    removed = 0
    for match in ENTITY.finditer(marked):
        start = match.start() - removed
        value = match["value"]
        yield Entity(kind=match["kind"], value=value, start=start, end=start + len(value))
        removed += len(match[0]) - len(value)


def _example(intent: str, row: dict[str, Any]) -> Example:
    marked = row["text"].strip()
    return Example(
        intent=intent,
        marked=marked,
        plain=ENTITY.sub(lambda match: match["value"], marked),
        entities=tuple(_entities(marked)),
        metadata=row["metadata"],
    )


def _document(path: Path) -> Any:
    with path.open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=yaml.CSafeLoader)


def _read(path: Path) -> list[Example]:
    return [
        _example(block["intent"], {"text": line.removeprefix("- "), "metadata": block["metadata"]})
        for block in _document(path)["nlu"]
        for line in block["examples"].splitlines()
    ]


def _trigrams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(max(1, len(text) - 2)))


def _similarity(left: str, right: str) -> float:
    a, b = _trigrams(left), _trigrams(right)
    return len(a & b) / len(a | b)


def _frame(marked: str) -> str:
    return re.sub(r"\d", "", ENTITY.sub("", marked))[:FRAME_LENGTH]


def _assignable_numbers(text: str) -> list[str]:
    long_numbers = [number for number in DIGITS.findall(text) if len(number.replace("-", "")) >= 7]
    return [number for number in long_numbers if not UNASSIGNABLE_PHONE.fullmatch(number)]


@pytest.fixture(scope="module")
def corpus() -> list[Example]:
    return _read(CORPUS)


@pytest.fixture(scope="module")
def about_matters(corpus: list[Example]) -> list[Example]:
    return [example for example in corpus if example.intent.startswith("m")]


def _matters() -> list[str]:
    """Every second-level matter of the pack."""
    with (PACK / "matters.csv").open(encoding="utf-8", newline="") as stream:
        return [row["code"] for row in csv.DictReader(stream) if len(row["code"]) == 4]


def test_every_second_level_matter_has_at_least_25_messages_and_every_intent_one_block(corpus: list[Example]) -> None:
    counts = Counter(example.intent[:5] for example in corpus if example.intent.startswith("m"))
    assert set(counts) == {f"m{code}" for code in _matters()}
    assert len(counts) >= 110
    assert {intent: n for intent, n in counts.items() if n < LEAST} == {}
    blocks = [(block["intent"], *block["metadata"].values()) for block in _document(CORPUS)["nlu"]]
    assert len(blocks) == len(set(blocks))


def test_metadata_holds_an_allowed_type_and_urgency_and_nothing_else(corpus: list[Example]) -> None:
    types, urgencies = set(TicketType), set(Urgency)
    wrong = [
        example.marked
        for example in corpus
        if set(example.metadata) != {"type", "urgency"}
        or example.metadata["type"] not in types
        or example.metadata["urgency"] not in urgencies
    ]
    assert wrong == []


def test_what_tells_of_danger_is_critical_and_every_kind_has_200_messages(corpus: list[Example]) -> None:
    told = [example for example in corpus if example.intent.startswith("danger_")]
    assert {example.metadata["urgency"] for example in told} == {Urgency.CRITICAL}
    counts = Counter(example.intent.removeprefix("danger_") for example in told)
    assert set(counts) == set(KINDS) <= set(DANGERS)
    assert {kind: n for kind, n in counts.items() if n < 200} == {}


def test_every_type_has_25_messages_and_danger_is_well_represented(corpus: list[Example]) -> None:
    types = Counter(example.metadata["type"] for example in corpus)
    assert {kind: n for kind in TicketType if (n := types[kind]) < 25} == {}
    urgencies = Counter(example.metadata["urgency"] for example in corpus)
    assert urgencies[Urgency.URGENT] >= 50
    assert urgencies[Urgency.CRITICAL] >= 45


@pytest.mark.parametrize("code", DANGEROUS)
def test_dangerous_matters_have_critical_and_routine_messages(corpus: list[Example], code: str) -> None:
    urgencies = Counter(example.metadata["urgency"] for example in corpus if example.intent == f"m{code}")
    assert urgencies[Urgency.CRITICAL] >= 3
    assert urgencies[Urgency.ROUTINE] >= 10


def test_no_two_messages_of_a_matter_are_near_copies(corpus: list[Example]) -> None:
    by_matter = defaultdict(list)
    for example in corpus:
        by_matter[example.intent].append(example.plain)
    copies = [
        (left, right)
        for texts in by_matter.values()
        for left, right in combinations(texts, 2)
        if _similarity(left, right) > SIMILARITY_LIMIT
    ]
    assert copies == []


def test_no_text_stands_twice_in_the_corpus(corpus: list[Example]) -> None:
    counts = Counter(example.plain for example in corpus)
    assert [text for text, n in counts.items() if n > 1] == []


def test_no_sentence_frame_is_shared_by_more_than_three_messages(corpus: list[Example]) -> None:
    frames = Counter(_frame(example.marked) for example in corpus)
    assert {frame: n for frame, n in frames.items() if n > FRAME_LIMIT} == {}


def test_entities_are_well_formed(corpus: list[Example]) -> None:
    for example in corpus:
        assert not MARKS.search(ENTITY.sub("", example.marked)), example.marked
        for entity in example.entities:
            assert entity.kind in ENTITY_KINDS, example.marked
            assert entity.value == entity.value.strip(), example.marked
            assert example.plain[entity.start : entity.end] == entity.value, example.marked


def test_about_half_of_the_messages_name_a_place(about_matters: list[Example]) -> None:
    with_place = sum(any(entity.kind == "place" for entity in example.entities) for example in about_matters)
    assert 0.4 <= with_place / len(about_matters) <= 0.6


def test_phone_numbers_cannot_be_anybodys_and_are_always_marked(corpus: list[Example]) -> None:
    for example in corpus:
        assert _assignable_numbers(example.plain) == []
        marked = [entity.value for entity in example.entities if entity.kind == "phone"]
        assert UNASSIGNABLE_PHONE.findall(example.plain) == marked


def test_short_and_long_messages_each_make_up_a_tenth(about_matters: list[Example]) -> None:
    lengths = [len(example.plain) for example in about_matters]
    assert sum(n < 12 for n in lengths) >= len(lengths) / 10
    assert sum(n > 60 for n in lengths) >= len(lengths) / 10


def test_every_message_is_one_line_and_what_is_about_a_matter_is_chinese(
    corpus: list[Example], about_matters: list[Example]
) -> None:
    assert [e.plain for e in corpus if "\n" in e.plain] == []
    assert [e.plain for e in about_matters if not re.search(r"[\u4e00-\u9fff]{2}", e.plain)] == []


@pytest.mark.parametrize("phrase", RESERVED_PHRASES)
def test_sentences_kept_for_tests_are_not_trained_on(corpus: list[Example], phrase: str) -> None:
    assert [e.plain for e in corpus if phrase in e.plain or _similarity(phrase, e.plain) > SIMILARITY_LIMIT] == []


def test_the_measures_see_what_they_are_for() -> None:
    assert _similarity("楼下饭店油烟太大了", "楼下饭店油烟太大") > SIMILARITY_LIMIT
    assert _similarity("楼下饭店油烟太大了", "电梯又坏了没人修") < SIMILARITY_LIMIT
    assert _frame("[衡山路](place)12号门口的窨井盖松了半年") == "号门口的窨井盖松"
    assert _assignable_numbers("电话13800001111或021-62220000") == ["13800001111", "021-62220000"]
    assert _assignable_numbers("电话19900001234，2026年8月") == []
    example = _example("m0301", {"text": "[昨天](time)在[东安路](place)摔了", "metadata": {}})
    assert example.entities[1] == Entity(kind="place", value="东安路", start=3, end=6)
