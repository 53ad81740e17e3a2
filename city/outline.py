"""YAML files of a pack: values that know their line and their key path."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from city.faults import FaultList
from city.sheet import read_text

# libyaml parses a pack's files about ten times faster; PyYAML may have been built without it.
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A node of a YAML file. Its readers return a harmless value after reporting a fault."""

    file: str
    path: str
    line: int
    node: yaml.Node | None
    faults: FaultList

    def entries(self) -> tuple[tuple[str, "Item"], ...]:
        """The keys and values of a mapping, in order; a key that comes twice is a fault."""
        if self.node is None:
            return ()
        if not isinstance(self.node, yaml.MappingNode):
            self.fault("NOT_A_MAPPING", "这里应是“键: 值”的形式。")
            return ()
        found: dict[str, Item] = {}
        for key, value in self.node.value:
            name = str(key.value)
            if name in found:
                self.fault("DOUBLE_KEY", f"键“{name}”出现了不止一次。")
            # the key's line is where a person looks, also when the value begins on the next
            found[name] = self._below(name, value, line=key.start_mark.line + 1)
        return tuple(found.items())

    def only(self, *keys: str) -> "dict[str, Item]":
        """The mapping with exactly the keys asked for: an unknown one is a fault, a missing one is an empty item."""
        found = dict(self.entries())
        for name, item in found.items():
            if name not in keys:
                item.fault("UNKNOWN_KEY", f"不认识的键“{name}”，可用的键：{'、'.join(keys)}。")
        return {name: found.get(name) or self._below(name, None, line=self.line) for name in keys}

    def items(self) -> "tuple[Item, ...]":
        """The members of a list; none when the node is missing."""
        if self.node is None:
            return ()
        if not isinstance(self.node, yaml.SequenceNode):
            self.fault("NOT_A_LIST", "这里应是一个列表。")
            return ()
        members = enumerate(self.node.value, start=1)
        return tuple(self._below(str(place), node, line=node.start_mark.line + 1) for place, node in members)

    def members(self) -> "tuple[Item, ...]":
        """The members of a list or the values of a mapping; none of a single value. Reports nothing."""
        if isinstance(self.node, yaml.SequenceNode):
            return self.items()
        return tuple(item for _, item in self.entries()) if isinstance(self.node, yaml.MappingNode) else ()

    @property
    def missing(self) -> bool:
        """Whether nothing was written here."""
        return self.node is None or (isinstance(self.node, yaml.ScalarNode) and self.node.value in ("", "null", "~"))

    def text(self, default: str | None = None) -> str:
        """A single value as written; a missing one is a fault unless there is a default."""
        if self.missing:
            if default is None:
                self.fault("EMPTY_VALUE", "这一项不能为空，请补上。")
            return default or ""
        if not isinstance(self.node, yaml.ScalarNode):
            self.fault("NOT_A_VALUE", "这里应是单个值。")
            return ""
        return str(self.node.value).strip()

    def texts(self) -> tuple[str, ...]:
        """A list of single values."""
        return tuple(item.text() for item in self.items())

    def number(self, default: int) -> int:
        """A whole number from 0 to 9999."""
        value = self.text(str(default))
        if not (value.isascii() and value.isdecimal() and len(value) <= 4):
            self.fault("BAD_NUMBER", f"“{value}”不是 0 到 9999 的整数。")
            return default
        return int(value)

    def day(self) -> date | None:
        """An ISO date; None when missing."""
        if self.missing:
            return None
        value = self.text()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fault("BAD_DATE", f"“{value}”不是日期，请写成 2026-01-31 的样子。")
            return None

    def fault(self, reason: str, sentence: str) -> None:
        """Report this item."""
        self.faults.add(self.file, self.line, column=self.path, reason=reason, sentence=sentence)

    def _below(self, name: str, node: yaml.Node | None, *, line: int) -> "Item":
        path = f"{self.path}.{name}" if self.path else name
        return Item(file=self.file, path=path, line=line, node=node, faults=self.faults)


def read_outline(folder: Path, name: str, *, faults: FaultList) -> Item:
    """The root of `folder/name`; after a fault an empty item whose own faults nobody hears, as they would only echo it."""
    text = read_text(folder, name, faults=faults)
    node = None if text is None else _composed(text, name, faults)
    if node is None:
        return Item(file=name, path="", line=0, node=None, faults=FaultList())
    return Item(file=name, path="", line=node.start_mark.line + 1, node=node, faults=faults)


def _composed(text: str, name: str, faults: FaultList) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faults.add(name, line, column="", reason="BAD_YAML", sentence=f"不是合法的 YAML：{error.problem}。")
        return None
    except yaml.YAMLError:
        faults.add(name, 0, column="", reason="BAD_YAML", sentence="不是合法的 YAML：含有不能出现的字符。")
        return None
    if node is None:
        faults.add(name, 0, column="", reason="EMPTY_FILE", sentence="文件是空的，请补上内容。")
    return node
