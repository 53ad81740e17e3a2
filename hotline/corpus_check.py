"""Whether a pack's corpus fits its matters: what `hotline city check` says about nlu.yml."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from city.faults import PackFault, Severity
from city.pack_values import Pack
from nlu.corpus import read_corpus
from plumbing.errors import BadInput

CORPUS = "nlu.yml"
LEAST = 25
"""Fewer messages of a second-level matter teach an engine little."""
_INTENT = re.compile(r"^- intent:\s*(\S+)")


def corpus_faults(folder: Path, pack: Pack) -> Iterator[PackFault]:
    """Intents of unknown matters are errors; matters with too few messages warnings. None without a corpus."""
    file = folder / CORPUS
    if not file.exists():
        return
    lines = _lines(file)
    try:
        examples = read_corpus(file)
    except BadInput as error:
        yield _fault(0, "", "BAD_CORPUS", error.sentence)
        return
    codes = {matter.code for matter in pack.matters}
    told = Counter(example.matter for example in examples if example.matter)
    for code in sorted(told.keys() - codes):
        sentence = f"意图“m{code}”的事项不在 matters.csv，请更正编码或补上事项。"
        yield _fault(lines.get(f"m{code}", 0), "intent", "UNKNOWN_MATTER", sentence)
    parents = {matter.parent for matter in pack.matters}
    for place, matter in enumerate(pack.matters):
        n = sum(count for code, count in told.items() if code.startswith(matter.code))
        if n < LEAST and (matter.parent is not None or matter.code not in parents) and len(matter.code) <= _SECOND:
            line = pack.lines.get("matters.csv", ())
            yield PackFault(
                file="matters.csv",
                line=line[place] if place < len(line) else 0,
                column="code",
                reason="FEW_MESSAGES",
                sentence=f"事项“{matter.code} {matter.name}”在 nlu.yml 里只有 {n} 条来话，至少要 {LEAST} 条才学得会。",
                severity=Severity.WARNING,
            )


_SECOND = 4


def _lines(file: Path) -> dict[str, int]:
    """The first line of each intent."""
    found: dict[str, int] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if (match := _INTENT.match(line)) is not None:
            found.setdefault(match[1], number)
    return found


def _fault(line: int, column: str, reason: str, sentence: str) -> PackFault:
    return PackFault(file=CORPUS, line=line, column=column, reason=reason, sentence=sentence)
