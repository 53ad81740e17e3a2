"""The codes and names that a pack has, with those that are being imported beside it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CENTRE = "@centre"
EVERYWHERE = "*"
_NOBODY: frozenset[str] = frozenset()
_SAID: Mapping[str, Mapping[str, str]] = {
    "units": dict.fromkeys(("街道回应中心", "所在街道", "属地街道", "属地", "回应中心"), CENTRE),
    "streets": dict.fromkeys(("全区", "全市", "全部", "不限", "所有街道"), EVERYWHERE),
}
"""What officials write for a street's own centre and for everywhere; a unit or street of that name comes first."""

Rows = Iterable[Mapping[str, str]]
"""Rows by our column names, of which code (or id), name and aliases are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """By kind: the codes that the pack holds, those it will hold, and the codes that a name may mean."""

    held: Mapping[str, frozenset[str]]
    known: Mapping[str, frozenset[str]]
    names: Mapping[str, Mapping[str, tuple[str, ...]]]

    def holds(self, kind: str, code: str) -> bool:
        """Whether the pack has it already."""
        return code in self.held.get(kind, _NOBODY)

    def knows(self, kind: str, code: str) -> bool:
        """Whether the pack has it or it is being imported too."""
        return code in self.known.get(kind, _NOBODY)

    def named(self, kind: str, name: str) -> tuple[str, ...]:
        """The codes of that name or alias; several when it is not clear."""
        meant = self.names.get(kind, {}).get(name)
        return meant or tuple(filter(None, [_SAID.get(kind, {}).get(name)]))

    def lost_zero(self, kind: str, code: str) -> str | None:
        """A sentence when the code looks like one that we know without its leading zeros."""
        whole = next((found for found in (f"0{code}", f"00{code}") if self.knows(kind, found)), None)
        if whole is None:
            return None
        return f"“{code}”像是“{whole}”丢了开头的 0，请把这一列设为“文本”格式，改成 {whole}。"


def codes_of(held: Mapping[str, Rows], coming: Mapping[str, Rows]) -> Codes:
    """The codes of the pack's rows and of the rows that are being imported, both by kind."""
    known: dict[str, set[str]] = defaultdict(set)
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    owned: dict[str, frozenset[str]] = {}
    for source in (held, coming):
        for kind, rows in source.items():
            for row in rows:
                code = row.get("code") or row.get("id") or ""
                known[kind].add(code)
                for name in (row.get("name", ""), *row.get("aliases", "").split("|")):
                    if code and name and code not in names[kind][name]:
                        names[kind][name].append(code)
        if source is held:
            owned = {kind: frozenset(codes) for kind, codes in known.items()}
    return Codes(
        held=owned,
        known={kind: frozenset(codes) for kind, codes in known.items()},
        names={kind: {name: tuple(codes) for name, codes in found.items()} for kind, found in names.items()},
    )
