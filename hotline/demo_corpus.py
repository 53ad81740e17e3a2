"""What the district's residents say all week long: the pack's corpus with its places moved, in a week's proportions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

from city.types import Directory
from hotline.demo_gazetteer import Gazetteer
from nlu.corpus import OUT_OF_SCOPE, Example, read_corpus
from plumbing.errors import BadInput

FEWEST = 1000
"""With fewer messages about matters of the list, the pack is another city's."""

_SHARES = (
    "0801 64 0803 40 0702 46 0701 40 0703 20 0707 12 0103 62 0107 22 0104 34 0101 30 0102 12 0105 10 0110 10 0202 34 "
    "0204 22 0208 20 0201 26 0203 8 0206 7 0205 6 0207 6 0301 20 0302 14 0303 14 0304 6 0305 9 0306 12 0308 5 0401 8 "
    "0402 16 0403 14 0404 14 0407 8 0501 18 0503 14 050501 14 050502 12 050503 12 0505 6 0506 22 0507 8 0509 16 0502 6 "
    "0601 12 0602 9 0603 12 0604 8 0605 8 0606 6 060701 10 060702 10 0608 8 0705 8 0704 5 0706 6 0708 8 0802 22 0804 8 "
    "0805 10 0806 12 0807 12 0808 10 0809 10 0811 12 0904 40 0905 30 0906 38 0915 24 0903 12 0901 22 0908 22 0907 10 "
    "0902 12 0909 8 0910 14 0911 8 0912 8 0916 9 0917 14 0914 5 1001 16 1002 16 1003 18 1006 8 1005 5 1101 14 1102 10 "
    "1103 7 1104 6 1105 8 1201 18 1202 8 1203 10 1204 7 1207 14 1206 6 1301 30 1309 24 1306 12 1307 12 1308 12 1302 9 "
    "1303 8 1304 9 1401 22 1402 8 1403 7 1404 7 1406 6 1502 7 1504 8 1506 9 1501 5 1601 18 1602 20 160302 14 160301 3 "
    "1607 10 1604 3 1605 4 1606 2 1608 1 1609 1 1008 1 1004 3 1007 2 1209 1 0510 2 1205 2"
)
"""How often each matter comes, by code; what is not named has OTHERS. An invention after the published rankings."""
_OTHERS = 4
_OUTSIDE = 18

_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|(?<![0-9])0[0-9]{2,3}-[0-9]{7,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message as it can be told of any place: the words before and after the mark, and what was marked.

    `place` is None when no place was marked. `kind` is the type of the message; `matter` None when it is no request.
    """

    before: str
    place: str | None
    after: str
    kind: str
    matter: str | None
    urgent: bool

    def at(self, street: str, gazetteer: Gazetteer, rng: Random) -> tuple[str, str]:
        """The words, moved to the street, and the street in which they then are: what cannot be moved stays."""
        if self.place is None:
            return self.before, street
        place = gazetteer.instead(self.place, self.after, street, rng)
        stays = gazetteer.street_of(place)
        return f"{self.before}{place}{self.after}", stays or street


class Corpus:
    """Messages to draw from. Raises BadInput when there is no corpus that speaks of the city's matters."""

    def __init__(self, pack: Path, directory: Directory) -> None:
        self._by_matter: dict[str | None, list[Told]] = {}
        for example in read_corpus(pack / "nlu.yml"):
            matter = example.matter
            known = matter in directory.matters or example.intent == OUT_OF_SCOPE
            if known and not _PHONE.search(example.text.replace("1990000", "")):
                self._by_matter.setdefault(matter, []).append(_told(example))
        if sum(len(some) for some in self._by_matter.values()) < FEWEST:
            raise BadInput("OTHER_CORPUS", "语料与事项目录不符，不生成示例。")
        shares = _shares()
        self._matters = sorted(self._by_matter, key=lambda code: code or "")
        weights = [shares.get(code, _OTHERS) if code else _OUTSIDE for code in self._matters]
        self._weights = list(accumulate(weights))
        self._left: dict[str | None, list[Told]] = {}

    def draw(self, rng: Random) -> Told:
        """The next message, of any matter."""
        [matter] = rng.choices(self._matters, cum_weights=self._weights)
        return self.about(matter, rng)

    def about(self, matter: str | None, rng: Random) -> Told:
        """The next message of the matter; when all have been told they begin again, in another order."""
        left = self._left.setdefault(matter, [])
        if not left:
            left += rng.sample(self._by_matter[matter], len(self._by_matter[matter]))
        return left.pop()


def _told(example: Example) -> Told:
    mark = next((one for one in example.entities if one.kind == "place"), None)
    text = example.text
    return Told(
        before=text[: mark.start] if mark else text,
        place=mark.text if mark else None,
        after=text[mark.end :] if mark else "",
        kind=example.metadata.get("type", "other"),
        matter=example.matter,
        urgent=example.metadata.get("urgency", "routine") != "routine",
    )


def _shares() -> Mapping[str, int]:
    words = _SHARES.split()
    return {code: int(share) for code, share in zip(words[::2], words[1::2], strict=True)}
