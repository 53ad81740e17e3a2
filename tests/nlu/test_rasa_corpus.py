"""A corpus in Rasa's format: texts, intents, metadata and entity offsets as Rasa has them."""

from pathlib import Path

import pytest

from nlu.corpus import parse_marked, read_corpus
from plumbing.errors import BadInput
from tickets.types import Entity

CORPUS = """
version: "3.1"
nlu:
- intent: m0101
  metadata: {type: complaint, urgency: routine}
  examples: |
    - [东湾路](place)破墙开店
    - 隔壁在[昨天](time)砸墙
- intent: m0602
  examples:
  - text: |
      有煤气味
    metadata: {type: help, urgency: critical}
  - text: "- 停气了"
- synonym: 煤气
  examples: |
    - 燃气
- intent: greet
  examples: |
    - 你好
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "nlu.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_form_of_example_is_read(tmp_path: Path) -> None:
    examples = read_corpus(write(tmp_path, CORPUS))
    assert [(one.intent, one.text) for one in examples] == [
        ("m0101", "东湾路破墙开店"),
        ("m0101", "隔壁在昨天砸墙"),
        ("m0602", "有煤气味"),
        ("m0602", "停气了"),
        ("greet", "你好"),
    ]
    assert [one.matter for one in examples] == ["0101", "0101", "0602", "0602", None]


def test_metadata_of_the_block_and_of_the_example_are_joined(tmp_path: Path) -> None:
    examples = read_corpus(write(tmp_path, CORPUS))
    assert examples[0].metadata == {"type": "complaint", "urgency": "routine"}
    assert examples[2].metadata == {"type": "help", "urgency": "critical"}
    assert examples[3].metadata == {}


@pytest.mark.parametrize(
    ("marked", "plain", "entities"),
    [
        ("没有标注", "没有标注", []),
        ("[东湾路](place)漏水", "东湾路漏水", [("place", "东湾路", 0, 3)]),
        (
            "在[东湾路](place)，[昨天](time)起",
            "在东湾路，昨天起",
            [("place", "东湾路", 1, 4), ("time", "昨天", 5, 7)],
        ),
        ('[那里]{"entity": "place", "role": "from"}漏水', "那里漏水", [("place", "那里", 0, 2)]),
        ('[王五][{"entity": "name"}]', "王五", [("name", "王五", 0, 2)]),
        ("[燃气](thing:煤气)漏", "燃气漏", [("thing", "燃气", 0, 2)]),
        ('[甲][{"entity": "a"}, {"entity": "b"}]', "甲", [("a", "甲", 0, 1), ("b", "甲", 0, 1)]),
        ('[甲](a)[{"entity": "b"}]', '甲[{"entity": "b"}]', [("a", "甲", 0, 1)]),
        ("第[1][2]条", "第1条", []),
        ("方括号[不是标注]的", "方括号[不是标注]的", []),
    ],
)
def test_marks_are_taken_out_and_offsets_lie_in_the_plain_text(
    marked: str, plain: str, entities: list[tuple[str, str, int, int]]
) -> None:
    found = [Entity(kind=kind, text=text, start=start, end=end) for kind, text, start, end in entities]
    assert parse_marked(marked) == (plain, tuple(found))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nlu: [unclosed", "YAML"),
        ("version: 3", "nlu"),
        ("nlu:\n- intent: m1\n  examples: 3", "第 1 段"),
        ("nlu:\n- intent: m1\n  metadata: x\n  examples: '- a'", "metadata"),
        ('nlu:\n- intent: m1\n  examples: |\n    - [a]{"entity": }', "JSON"),
    ],
)
def test_a_bad_corpus_is_refused_with_the_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        read_corpus(write(tmp_path, text))


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nlu\.yml"):
        read_corpus(tmp_path / "nlu.yml")


def test_a_yaml_object_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        read_corpus(write(tmp_path, "nlu: !!python/object/apply:os.getcwd []"))
