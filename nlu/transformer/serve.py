"""An exported network: logits for raw texts. Needs onnxruntime and tokenizers; no torch."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlu.transformer import pieces
from plumbing.errors import HotlineError

_THREADS = 2
_SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""onnxruntime 1.32 sums and normalises in one kernel that takes a quarter longer for the whole network than two kernels do."""

Floats = npt.NDArray[np.float64]


class Exported:
    """A loaded encoder.onnx with its tokenizer. Safe to share between threads."""

    def __init__(self, network: Path, tokenizer: Path, *, longest: int, pad: int, n_classes: int) -> None:
        self._session = _session(network)
        self._tokenizer = pieces.load(tokenizer, longest=longest)
        self._pad = pad
        self._n_classes = n_classes

    def logits(self, texts: Sequence[str]) -> Floats:
        """A row for each text, in order.

        Each is asked alone: the network scales to 8 bits what it is given as a whole, so neighbours would change an answer a
        little, and on a core a batch of eight saves less than a tenth.
        """
        rows = pieces.numbers(self._tokenizer, texts)
        out = np.zeros((len(rows), self._n_classes))
        for place, row in enumerate(rows):
            ids, mask = pieces.padded([row], self._pad)
            out[place] = self._session.run(None, {"ids": ids, "mask": mask})[0][0]
        return out


def _session(file: Path) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise HotlineError(
            "NO_ENGINE", "这个模型需要 transformer 组件；请先安装：pip install 'hotline12345[transformer]'。"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(_THREADS, os.cpu_count() or 1)
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOW_FUSIONS
        )
    except Exception:  # noqa: BLE001 - onnxruntime raises kinds of its own for a broken file
        raise HotlineError("MODEL_CHANGED", f"{file.parent.name}/{file.name} 无法读取；请重新训练。") from None
