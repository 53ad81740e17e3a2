"""What another city calls a matter of ours, and the way back. Pure."""

from collections.abc import Iterable

from city.kit_types import Equivalent
from plumbing.errors import NotFound

_WAYS = {True: ("both", "from"), False: ("both", "to")}


def translated(equivalents: Iterable[Equivalent], code: str, *, scheme: str, back: bool = False) -> Equivalent:
    """The equivalent for our code, or with `back` for theirs, in that scheme; the first when there are several.

    Raises NotFound: the sentence names the schemes there are when that one is unknown.
    """
    known = tuple(equivalents)
    schemes = dict.fromkeys(one.scheme for one in known)
    if scheme not in schemes:
        listed = "、".join(schemes) or "（还没有）"
        raise NotFound("NO_SCHEME", f"mappings.csv 里没有对照体系“{scheme}”，有：{listed}。")
    for one in known:
        if one.scheme == scheme and one.way in _WAYS[back] and code == (one.theirs if back else one.ours):
            return one
    whose = "对方编码" if back else "本市事项"
    raise NotFound("NO_EQUIVALENT", f"对照体系“{scheme}”里没有{whose}“{code}”的对应，请在 mappings.csv 补上。")


def into_ours(equivalents: Iterable[Equivalent], scheme: str) -> dict[str, str]:
    """Our code for each code of theirs, and for each of their names that is not a code."""
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    for one in equivalents:
        if one.scheme == scheme and one.way in _WAYS[True]:
            codes.setdefault(one.theirs, one.ours)
            names.setdefault(one.theirs_name, one.ours)
    return names | codes
