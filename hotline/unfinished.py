"""Which lessons a training had begun with, so that the same command can go on with it after a stop.

A training of the engine transformer takes an hour, and a city settles tickets meanwhile. With other rows it would begin
anew; so it goes on with the tickets that it began with, as long as not one of them reads otherwise today. What was
erased or reopened meanwhile is in no training: then it begins anew.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

from hotline.placed import Lesson
from nlu import whole
from plumbing.crypto import canonical

KEPT_FOR = timedelta(days=2)
"""After that a training begins anew: what was settled since is worth more than an hour."""
BEGUN = "begun.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The lessons to train and judge with; `again` = the same as those of a training that was stopped."""

    lessons: list[Lesson]
    again: bool


def state_of(folder: Path) -> Path:
    """Where the training of the model `folder` keeps what it needs to go on (see nlu.brain.train_pack)."""
    return folder.with_name(f".{folder.name}.resume")


def begin(folder: Path, lessons: Sequence[Lesson], *, command: Mapping[str, Any], now: datetime) -> Begun:
    """The lessons to go on with, or all of them; `command` is what was asked for, as plain JSON.

    What another command or other tickets left is cleared away.
    """
    mark = sha256(canonical(command)).hexdigest()
    old = _known(lessons, _read(folder), mark=mark, now=now)
    if old is not None:
        return Begun(lessons=old, again=True)
    done(folder)
    state_of(folder).mkdir(parents=True, mode=0o700)
    value = {
        "command": mark,
        "at": now.isoformat(),
        "lessons": _digest(lessons),
        "ids": [one.id for one in lessons],
    }
    with whole.file(state_of(folder) / BEGUN, mode=0o600) as fresh:
        fresh.write_text(json.dumps(value), encoding="utf-8")
    return Begun(lessons=list(lessons), again=False)


def done(folder: Path) -> None:
    """Clear away what a training of the model `folder` has kept."""
    rmtree(state_of(folder), ignore_errors=True)


def _known(lessons: Sequence[Lesson], value: Mapping[str, Any], *, mark: str, now: datetime) -> list[Lesson] | None:
    """The lessons that a stopped training began with, when it can go on with them."""
    try:
        ids, digest, at = set(value["ids"]), value["lessons"], datetime.fromisoformat(value["at"])
        fresh = value["command"] == mark and timedelta(0) <= now - at <= KEPT_FOR
    except (KeyError, TypeError, ValueError):
        return None
    chosen = [one for one in lessons if one.id in ids]
    return chosen if fresh and _digest(chosen) == digest else None


def _read(folder: Path) -> dict[str, Any]:
    """What was kept; empty without a network to go on with."""
    if not any(state_of(folder).glob("*.pt")):
        return {}
    try:
        value = json.loads((state_of(folder) / BEGUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _digest(lessons: Sequence[Lesson]) -> str:
    rows = [[one.id, one.text, one.matter, one.unit, str(one.source)] for one in lessons]
    return sha256(canonical({"rows": rows})).hexdigest()
