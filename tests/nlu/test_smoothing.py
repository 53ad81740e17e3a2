"""Smoothing before rounding to 8 bits: nothing changes before, and less is lost after."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.support.encoder import small_encoder

TEXTS = ("路灯不亮已经一个星期", "小区停水没有通知", "夜里工地施工太吵", "垃圾三天没有人清运", "公交车一直不来")
N_CLASSES = 3


@pytest.fixture
def network(needs: Any, tmp_path: Path) -> Any:
    needs("transformer")
    from nlu.transformer.network import Network, encoder_from

    return Network(encoder_from(small_encoder(tmp_path / "small", TEXTS)), [N_CLASSES]).eval()


@pytest.fixture
def uneven(needs: Any) -> Any:
    """One layer that reads a feature far larger than the others and gives it little weight, as layers of real encoders do."""
    needs("transformer")
    import torch
    from torch import nn

    from nlu.transformer.network import Network

    class Uneven(nn.Module):  # type: ignore[misc]
        config = SimpleNamespace(hidden_size=32)

        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(1)
            self.words, self.layer = nn.Embedding(40, 32), nn.Linear(32, 32)
            size = torch.ones(32)
            size[7] = 60.0
            self.register_buffer("size", size)
            self.layer.weight.data[:, 7] /= 60.0

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return SimpleNamespace(last_hidden_state=torch.tanh(self.layer(self.words(input_ids) * self.size)))

    return Network(Uneven(), [N_CLASSES]).eval()


def numbers() -> list[list[int]]:
    return [[2, *(5 + (7 * place + len(text)) % 30 for place in range(len(text))), 3] for text in TEXTS]


def test_a_smoothed_network_says_the_same(network: Any) -> None:
    from nlu.transformer.fine_tuning import logits
    from nlu.transformer.smoothing import Smoothed, smooth

    before = logits(network, numbers(), pad=0)
    smooth(network, numbers())
    layers = network.encoder.encoder.modules()
    assert sum(isinstance(module, Smoothed) for module in layers) == 2 * 6
    np.testing.assert_allclose(logits(network, numbers(), pad=0), before, atol=1e-4)


def test_layers_that_read_the_same_share_their_scale(network: Any) -> None:
    import torch

    from nlu.transformer.smoothing import smooth

    smooth(network, numbers())
    attention = network.encoder.encoder.layer[0].attention
    assert torch.equal(attention.self.query.inverse, attention.self.value.inverse)
    assert not torch.equal(attention.self.query.inverse, attention.output.dense.inverse)


def test_rounding_loses_less_of_a_smoothed_network(
    uneven: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nlu.transformer import export
    from nlu.transformer.fine_tuning import logits

    whole = logits(uneven, numbers(), pad=0)
    smoothed = served(export, uneven, tmp_path / "smoothed.onnx")
    assert np.array_equal(logits(uneven, numbers(), pad=0), whole), "exporting changed the network itself"
    monkeypatch.setattr(export, "smooth", lambda *_: None)
    plain = served(export, uneven, tmp_path / "plain.onnx")
    assert np.abs(smoothed - whole).mean() < 0.5 * np.abs(plain - whole).mean()


def served(export: Any, network: Any, file: Path) -> Any:
    import onnxruntime

    export.export(network, file, numbers())
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    rows = [np.array([row], dtype=np.int64) for row in numbers()]
    return np.concatenate([session.run(None, {"ids": row, "mask": np.ones_like(row)})[0] for row in rows])


def test_the_head_is_not_rounded(network: Any, tmp_path: Path) -> None:
    import onnx

    from nlu.transformer import export

    export.export(network, tmp_path / "n.onnx", numbers())
    graph = onnx.load(str(tmp_path / "n.onnx")).graph
    heads = {one.name: one.data_type for one in graph.initializer if one.name.startswith("heads.")}
    assert heads, "the head is in the file"
    assert set(heads.values()) == {onnx.TensorProto.FLOAT}
    assert sum(node.op_type == "MatMulInteger" for node in graph.node) == 2 * 6
