"""Which tags a ticket has: those of its matter, and those whose words occur. Pure."""

from collections.abc import Iterable

from city.types import Matter, Tag


def tags_of(text: str, matter: Matter | None, tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """The tags in the order of the pack's list, each once."""
    own = set(matter.tags) if matter else set()
    return tuple(tag for tag in tags if tag.code in own or any(word in text for word in tag.words))
