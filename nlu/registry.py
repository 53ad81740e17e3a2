"""A trained model as a folder: model.npz (arrays, no pickle) and model.json (its card). Written whole or not at all."""

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlu import model_card, whole
from plumbing.errors import HotlineError

FORMAT = 4
CARD = "model.json"
ARRAYS = "model.npz"
BRAIN = "brain.json"

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What a model is. `version` is the digest of arrays and card: another byte is another model.

    `thresholds` maps a target precision in percent to the lowest confidence to answer at; above 1 = never answer.
    `figures` were measured out of fold; `intervals` are their 95 % intervals where there is one. `trained_at` is ISO
    8601, UTC, or None. `data` says for each file or source {name, sha256, n, from, until}, `counts` how many texts a
    class has, `subgroups` how good the model is on parts of them: {kind, name, n, accuracy, low, high}; `limits` are
    Chinese sentences for whoever chooses the model.
    """

    format: int = FORMAT
    engine: str
    version: str = ""
    label: str
    n: int
    n_features: int
    classes: tuple[str, ...]
    thresholds: Mapping[str, float]
    figures: Mapping[str, float]
    settings: Mapping[str, Any]
    trained_at: str | None = None
    data: tuple[Mapping[str, Any], ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    subgroups: tuple[Mapping[str, Any], ...] = ()
    limits: tuple[str, ...] = ()


def save(folder: Path, card: ModelCard, arrays: Mapping[str, Array]) -> ModelCard:
    """The card with its version, once both files are in `folder` (which exists)."""
    data = _packed(arrays)
    card = replace(card, version=_digest(card, data))
    (folder / ARRAYS).write_bytes(data)
    (folder / CARD).write_text(json.dumps(asdict(card), ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / model_card.READABLE).write_text(model_card.markdown(card), encoding="utf-8")
    return card


def load(folder: Path) -> tuple[ModelCard, dict[str, Array]]:
    """Card and arrays. Raises HotlineError NO_MODEL, MODEL_FORMAT or MODEL_CHANGED."""
    card = read_card(folder)
    data = _bytes(folder / ARRAYS)
    if _digest(card, data) != card.version:
        raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 的文件与训练时不一致，已拒绝使用；请重新训练。")
    try:
        with np.load(BytesIO(data), allow_pickle=False) as arrays:
            return card, {name: arrays[name] for name in arrays.files}
    except (ValueError, OSError, zipfile.BadZipFile):
        raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 的数组文件无法读取；请重新训练。") from None


def read_card(folder: Path) -> ModelCard:
    """The card alone, its digest not yet proved. Raises HotlineError NO_MODEL or MODEL_FORMAT."""
    try:
        value = json.loads(_bytes(folder / CARD))
        if value["format"] != FORMAT:
            raise HotlineError(
                "MODEL_FORMAT", f"模型 {folder.name} 的格式是 {value['format']}，本程序只读格式 {FORMAT}；请重新训练。"
            )
        rows = {name: tuple(value[name]) for name in ("classes", "data", "subgroups", "limits")}
        intervals = {name: (low, high) for name, (low, high) in value["intervals"].items()}
        return ModelCard(**value | rows | {"intervals": intervals})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise HotlineError("MODEL_CHANGED", f"模型 {folder.name} 的说明文件无法读取；请重新训练。") from None


def models(root: Path) -> list[ModelCard]:
    """The cards of every model under `root`, by folder; what cannot be read is left out."""
    found = []
    for file in sorted(root.rglob(CARD)):
        try:
            found.append(read_card(file.parent))
        except HotlineError:
            continue
    return found


def replace_folder(out: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a new folder beside `out`, then put it in the place of `out`; nothing half-written stays.

    What a killed training left is cleared away first. Raises HotlineError NOT_A_MODEL when `out` holds something else than a model.
    """
    whole.sweep(out)
    if out.exists() and not _is_model(out):
        raise HotlineError(
            "NOT_A_MODEL", f"目录 {out.name} 已存在且不是模型目录，为免覆盖其他内容已停止；请换一个目录。"
        )
    with whole.folder(out) as fresh:
        write(fresh)


def _is_model(folder: Path) -> bool:
    return folder.is_dir() and (not any(folder.iterdir()) or any((folder / name).exists() for name in (CARD, BRAIN)))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise HotlineError("NO_MODEL", f"找不到模型文件 {file.parent.name}/{file.name}；请先训练。") from None


def _packed(arrays: Mapping[str, Array]) -> bytes:
    """What numpy.savez_compressed writes, but without the time of day: the same arrays are the same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            member = BytesIO()
            np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _digest(card: ModelCard, data: bytes) -> str:
    plain = json.dumps(asdict(replace(card, version="")), ensure_ascii=False, sort_keys=True)
    return sha256(sha256(data).digest() + plain.encode()).hexdigest()[:16]
