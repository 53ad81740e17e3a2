"""A training corpus in Rasa's nlu.yml (format 3.1), read as Rasa reads it.

- intent: m0101
  metadata: {type: complaint, urgency: routine}     # for the whole block, or under a single example
  examples: |
    - [衡山路](place)有人破墙开店
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from plumbing.errors import BadInput
from tickets.types import Entity

_MARK = re.compile(
    r"\[(?P<value>[^\]]+?)\]"
    r"(?:\((?P<kind>[^:)]+?)(?::(?P<synonym>[^)]+))?\)|(?P<spec>\{[^}]+?\})|\[(?P<several>.*?)\])"
)
"""What is marked, and how: (kind), (kind:synonym), {one} or [several, of, them]; exactly what Rasa 3.6 takes for a mark."""

_SPEC = re.compile(r"\{[^}]+?\}")
_MATTER = re.compile(r"m(\d+)")
_DANGER = re.compile(r"danger_([a-z]+)")
OUT_OF_SCOPE = "out_of_scope"
"""Rasa's name for the intent of messages that belong to no matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One message without its marks. `entities` lie in `text`; `metadata` holds type and urgency when given."""

    intent: str
    text: str
    entities: tuple[Entity, ...] = ()
    metadata: Mapping[str, str]

    @property
    def matter(self) -> str | None:
        """The matter's code for an intent such as m0101, else None."""
        found = _MATTER.fullmatch(self.intent)
        return found[1] if found else None

    @property
    def danger(self) -> str | None:
        """The kind of danger for an intent such as danger_gas, else None."""
        found = _DANGER.fullmatch(self.intent)
        return found[1] if found else None


def read_corpus(file: Path) -> list[Example]:
    """Every example of the file, in order. Raises BadInput naming file and block."""
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - both are safe loaders
    except FileNotFoundError:
        raise BadInput("NO_CORPUS", f"找不到语料文件 {file.name}。") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput("BAD_CORPUS", f"语料文件 {file.name} 不是有效的 YAML：{error}") from None
    blocks = document.get("nlu") if isinstance(document, dict) else None
    if not isinstance(blocks, list):
        raise BadInput("BAD_CORPUS", f"语料文件 {file.name} 缺少 nlu 列表。")
    return [
        example for number, block in enumerate(blocks, 1) for example in _block(block, f"{file.name} 第 {number} 段")
    ]


def parse_marked(marked: str) -> tuple[str, tuple[Entity, ...]]:
    """The plain text, and the entities that were marked in it."""
    plain: list[str] = []
    entities: list[Entity] = []
    length = done = 0
    for mark in _MARK.finditer(marked):
        plain.append(marked[done : mark.start()])
        length += mark.start() - done
        value = mark["value"]
        end = length + len(value)
        entities += [Entity(kind=kind, text=value, start=length, end=end) for kind in _kinds(mark)]
        plain.append(value)
        length, done = end, mark.end()
    plain.append(marked[done:])
    return "".join(plain), tuple(entities)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _block(block: Any, where: str) -> Iterator[Example]:
    if not isinstance(block, dict):
        raise BadInput("BAD_CORPUS", f"{where}应是一个映射。")
    if "intent" not in block:  # synonyms, lookup tables and regular expressions train nothing here
        return
    common = _metadata(block.get("metadata"), where)
    for marked, own in _marked(block.get("examples"), where):
        text, entities = parse_marked(marked)
        if text:
            yield Example(intent=str(block["intent"]), text=text, entities=entities, metadata={**common, **own})


def _marked(examples: Any, where: str) -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(examples, str):
        yield from ((line[1:].strip(), {}) for line in examples.splitlines() if line.startswith("-"))
    elif isinstance(examples, list) and all(
        isinstance(one, dict) and isinstance(one.get("text"), str) for one in examples
    ):
        for one in examples:
            text = one["text"].strip()
            yield text.removeprefix("-").strip(), _metadata(one.get("metadata"), where)
    else:
        raise BadInput("BAD_CORPUS", f"{where}的 examples 应是以“- ”开头的文字行，或带 text 的列表。")


def _metadata(value: Any, where: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput("BAD_CORPUS", f"{where}的 metadata 应是一个映射。")
    return {str(key): str(one) for key, one in value.items()}


def _kinds(mark: re.Match[str]) -> Iterator[str]:
    if mark["kind"]:
        yield mark["kind"]
        return
    for spec in [mark["spec"]] if mark["spec"] else _SPEC.findall(mark["several"]):
        yield from _written(spec)


def _written(spec: str) -> Iterator[str]:
    try:
        value = json.loads(spec)
    except json.JSONDecodeError:
        raise BadInput("BAD_CORPUS", f"语料中的实体标注不是有效的 JSON：{spec}") from None
    if "entity" in value:
        yield str(value["entity"])
