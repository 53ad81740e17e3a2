"""The models of an installation: the one in use, those before it, and what was done with them.

The model in use is the folder of the configuration. Beside it stands `<name>.kept` with earlier ones by version;
`learning/history.jsonl` below the home folder has a line for each promotion, refusal and roll-back, chained by hashes.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from hotline.learning import FOLDER
from nlu import registry, whole
from nlu.brain import read_index
from nlu.loading import load
from nlu.registry import ModelCard
from nlu.sources import learnt_until
from plumbing.config import Config
from plumbing.crypto import GENESIS, link
from plumbing.errors import HotlineError, NotFound, Refused

KEEP = 3
"""How many earlier models are kept."""
HISTORY = "history.jsonl"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A model that is in use or kept. `fault` says why one cannot be used any more (None = it can).

    `engine` and `accuracy` are those of its matter model; accuracy is out of fold, with the engine transformer on the
    rows that were held back.
    """

    version: str
    in_use: bool
    engine: str = ""
    trained_at: str | None = None
    n: int = 0
    n_classes: int = 0
    accuracy: float | None = None
    learnt_until: str | None = None
    fault: str | None = None


def shelf(config: Config) -> list[Shelved]:
    """The model in use, then the kept ones, the newest first."""
    whole.sweep(config.model)
    used = [_shelved(config.model, in_use=True)] if config.model.exists() else []
    return used + [_shelved(folder, in_use=False) for folder in _kept_folders(config)]


def card_of(folder: Path) -> ModelCard:
    """The card of a brain's matter model. Raises HotlineError as read_index does."""
    _, parts = read_index(folder)
    return registry.read_card(folder / parts["matter"]["path"])


def promote(config: Config, folder: Path, *, now: datetime, why: Mapping[str, Any]) -> str:
    """Put the model of `folder` in use and keep the one before; the new version. Raises when it is not sound."""
    version = proved(folder)
    before = _taken_over(config, folder)
    note(config, "promoted", now=now, version=version, before=before, **why)
    return version


def roll_back(config: Config, version: str, *, now: datetime, by: str) -> str:
    """Put a kept model back in use; the version that was in use before.

    Raises NotFound for one that is not kept, Refused for the one in use, HotlineError when it was changed meanwhile or
    the parts that serve its engine are not installed.
    """
    folder = _kept(config) / version
    if version not in {one.name for one in _kept_folders(config)}:
        known = "、".join(one.name for one in _kept_folders(config)) or "无"
        raise NotFound("NO_MODEL", f"没有保留版本为“{version[:40]}”的模型；现有：{known}。")
    if config.model.exists() and read_index(config.model)[0] == version:
        raise Refused("IN_USE", f"版本 {version} 正在使用，无需回退。")
    proved(folder)
    engines = [_engine_of(config.model), _engine_of(folder)]
    before = _taken_over(config, folder)
    note(config, "rolled_back", now=now, version=version, before=before, by=by, engines=engines)
    return before or ""


def proved(folder: Path) -> str:
    """The version of a brain's folder, once every model in it is what was trained, and can be served here.

    Raises HotlineError as nlu.loading.load does.
    """
    version, parts = read_index(folder)
    for part in parts.values():
        if load(folder / part["path"]).card.version != part["version"]:
            raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 不是训练时的那一个；请重新训练。")
    return version


def note(config: Config, what: str, *, now: datetime, **told: Any) -> None:
    """One more line of the history, and of the log."""
    file = config.home / FOLDER / HISTORY
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(number, "r+", encoding="utf-8") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX)
        last = next(reversed(list(lines)), "")
        entry = {"at": now.isoformat(), "what": what, **told}
        line = json.dumps({**entry, "hash": link(_hash(last) if last.strip() else GENESIS, entry)}, ensure_ascii=False)
        lines.write(("" if not last or last.endswith("\n") else "\n") + line + "\n")
        lines.flush()
        os.fsync(number)
    log.info("model change", what=what, version=told.get("version"), before=told.get("before"))


def history(config: Config) -> list[dict[str, Any]]:
    """The lines of the history, the newest first. Raises HotlineError HISTORY_CHANGED when one was touched."""
    try:
        lines = (config.home / FOLDER / HISTORY).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found, previous = [], GENESIS
    for line in lines:
        own = _hash(line)
        entry = {name: value for name, value in json.loads(line).items() if name != "hash"} if own else {}
        if not own or link(previous, entry) != own:
            raise HotlineError("HISTORY_CHANGED", "模型变更记录不完整或被改动过，无法采信；请核对备份。")
        previous = own
        found.append(entry)
    return found[::-1]


def _hash(line: str) -> str:
    """The hash that the chain goes on from after this line; "" for half a line or none."""
    try:
        return str(json.loads(line)["hash"])
    except (ValueError, KeyError, TypeError):
        return ""


@contextmanager
def alone(config: Config) -> Iterator[None]:
    """Only one training or roll-back of an installation at a time. Raises Refused BUSY."""
    folder = config.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = os.open(folder / ".busy", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(number)
        raise Refused("BUSY", "另一次再训练或回退正在进行，请等它结束后再试。") from None
    try:
        yield
    finally:
        os.close(number)


def _kept(config: Config) -> Path:
    return config.model.with_name(config.model.name + ".kept")


def _kept_folders(config: Config) -> list[Path]:
    """The newest first; what is half-copied begins with a dot and is none of them."""
    kept = _kept(config)
    found = [one for one in kept.iterdir() if not one.name.startswith(".")] if kept.exists() else []
    return sorted(found, key=lambda one: one.stat().st_mtime_ns, reverse=True)


def _taken_over(config: Config, folder: Path) -> str | None:
    """Put the model of `folder` in the place of the one in use, which is kept; the version of that one."""
    before = _keep_current(config)
    with whole.folder(config.model) as fresh:
        shutil.copytree(folder, fresh, dirs_exist_ok=True)
    _thin_out(config, but=before)
    return before


def _keep_current(config: Config) -> str | None:
    """Copy the model in use to the kept ones; its version. One that cannot be read is not worth keeping: None.

    One whose engine cannot be served on this machine is not broken: another machine, or this one with the parts, can.
    """
    try:
        version = proved(config.model)
    except HotlineError as error:
        if error.code != "NO_ENGINE":
            return None
        version, _ = read_index(config.model)
    with whole.folder(_kept(config) / version) as fresh:
        shutil.copytree(config.model, fresh, dirs_exist_ok=True)
    os.utime(_kept(config) / version)
    return version


def _engine_of(folder: Path) -> str:
    """The engine of a brain's matter model; "" when its card cannot be read."""
    try:
        return card_of(folder).engine
    except HotlineError:
        return ""


def _thin_out(config: Config, *, but: str | None) -> None:
    """Keep the newest, and in any case the one that was in use until now."""
    for old in _kept_folders(config)[KEEP:]:
        if old.name != but:
            shutil.rmtree(old, ignore_errors=True)


def _shelved(folder: Path, *, in_use: bool) -> Shelved:
    try:
        version, _ = read_index(folder)
        card = card_of(folder)
    except HotlineError as error:
        return Shelved(version=folder.name if not in_use else "?", in_use=in_use, fault=error.sentence)
    return Shelved(
        version=version,
        in_use=in_use,
        engine=card.engine,
        trained_at=card.trained_at,
        n=card.n,
        n_classes=len(card.classes),
        accuracy=card.figures.get("accuracy"),
        learnt_until=learnt_until(card.data),
    )
