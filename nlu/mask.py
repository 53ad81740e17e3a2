"""Personal data in a normalised text: where it is, and the text with it hidden in its own shape.

Every pattern is bounded, so that the time is linear on any text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nlu.doors import doors
from nlu.names import names_many
from nlu.personal_numbers import personal_numbers
from nlu.plates import plates


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Something personal in the text; half-open. `kind` is one of phone, id_card, bank_card, plate, name, door."""

    kind: str
    start: int
    end: int


_N = "0-9一二三四五六七八九十百零〇幺"
_LAST = (
    re.compile(rf"(?:[A-Za-z][{_N}]+-|[A-Za-z])?[{_N}]+(?=[^{_N}号栋幢座楼层]*$|号(?:房间?|室|床)$)"),
    re.compile(r"[甲乙丙丁东西南北中A-Za-z](?=[室户间首]$)"),
    re.compile(r"(?<=[号栋幢座楼院])[^号栋幢座院]+$"),
)
"""Of a door, what is hidden: the last number, the letter of a room, or what follows the house; else everything."""


def spans(text: str) -> tuple[Span, ...]:
    """What is personal in a normalised text, in order, never overlapping; the surest kinds take their place first."""
    return spans_many([text])[0]


def spans_many(texts: Sequence[str]) -> list[tuple[Span, ...]]:
    """The spans of each normalised text."""
    taken: list[list[Span]] = [[] for _ in texts]
    used = [bytearray(len(text)) for text in texts]
    for text, some, places in zip(texts, taken, used, strict=True):
        _take(_with_a_form(text), some, places)
    told = names_many(texts, [bool(some) for some in taken])
    for names, some, places in zip(told, taken, used, strict=True):
        _take((Span(kind="name", start=start, end=end) for start, end in names), some, places)
    return [tuple(sorted(some, key=lambda span: span.start)) for some in taken]


def _take(candidates: Iterable[Span], taken: list[Span], used: bytearray) -> None:
    """Add those that touch none that was taken before."""
    for found in candidates:
        if not any(used[found.start : found.end]):
            used[found.start : found.end] = b"\x01" * (found.end - found.start)
            taken.append(found)


def mask(text: str, found: Sequence[Span]) -> str:
    """The text with the spans hidden: 199********, 沪A***12, 张*, 3号楼***室. As long as before."""
    if not found:
        return text
    characters = list(text)
    for span in found:
        characters[span.start : span.end] = _hidden(span.kind, text[span.start : span.end])
    return "".join(characters)


def _with_a_form(text: str) -> Iterator[Span]:
    """What is personal by its form."""
    for kind, start, end in personal_numbers(text):
        yield Span(kind=kind, start=start, end=end)
    for start, end in plates(text):
        yield Span(kind="plate", start=start, end=end)
    for start, end in doors(text):
        yield Span(kind="door", start=start, end=end)


def _hidden(kind: str, said: str) -> str:
    if kind == "door":
        start, end = next((found.span() for last in _LAST if (found := last.search(said))), (0, len(said)))
        return said[:start] + "*" * (end - start) + said[end:]
    places = [place for place, character in enumerate(said) if character.isalnum() and character not in "转分机"]
    head, tail = _SHOWN[kind](len(places))
    hidden = set(places[head : len(places) - tail])
    return "".join("*" if place in hidden else character for place, character in enumerate(said))


_SHOWN: dict[str, Callable[[int], tuple[int, int]]] = {
    "phone": lambda n: (n - 8 if n <= 13 else 3, 0) if n >= 11 else (2, 0) if n > 4 else (0, 0),
    "id_card": lambda n: (3, 0) if n > 6 else (0, 0),
    "bank_card": lambda _: (0, 4),
    "plate": lambda _: (2, 2),
    "name": lambda _: (1, 0),
}
"""How many characters stay at the head and at the tail, by how many there are."""
