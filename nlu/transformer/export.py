"""The network as int8 ONNX: what serving needs, without torch. Needs torch, onnx and onnxruntime."""

import copy
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from nlu.transformer.network import Network
from nlu.transformer.smoothing import smooth

INPUTS = ("ids", "mask")
OUTPUT = "logits"


def export(network: Network, file: Path, sample: Sequence[Sequence[int]]) -> None:
    """Write `file`: the encoder's matrices and words in 8 bits, any number of texts of any length up to the encoder's own.

    `sample` are the pieces of some texts, by which the scales of activations and weights are evened out before rounding. The network
    itself stays as it is.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network = copy.deepcopy(network).to("cpu").eval()
    smooth(network, sample)
    if hasattr(network.encoder, "set_attn_implementation"):
        network.encoder.set_attn_implementation(
            "eager"
        )  # plain products: torch's own attention guards against NaN, which costs a tenth
    shaped = (torch.ones((2, 8), dtype=torch.long), torch.ones((2, 8), dtype=torch.long))
    texts, length = torch.export.Dim("texts", min=1), torch.export.Dim("length", min=2, max=512)
    shapes = {"ids": {0: texts, 1: length}, "mask": {0: texts, 1: length}}
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)  # exporter and quantizer speak of their own matters
    try:
        with TemporaryDirectory() as folder, warnings.catch_warnings(), torch.inference_mode(False):
            warnings.simplefilter("ignore")  # the exporter warns of its own deprecations
            whole = Path(folder) / "whole.onnx"
            program = torch.onnx.export(
                network,
                shaped,
                input_names=list(INPUTS),
                output_names=[OUTPUT],
                dynamic_shapes=shapes,
                dynamo=True,
                verbose=False,
            )
            program.save(str(whole))
            quantize_dynamic(
                str(whole),
                str(file),
                weight_type=QuantType.QInt8,
                per_channel=True,
                nodes_to_exclude=_of_the_head(program),
            )
    finally:
        logging.disable(before)


def _of_the_head(program: torch.onnx.ONNXProgram) -> list[str]:
    """The nodes of the head, which stays as it is: a hundredth of the work, and the answer hangs on it.

    The quantizer splits a Gemm and calls its product by the second name.
    """
    nodes = [
        str(node.name)
        for node in program.model.graph
        if any(one is not None and str(one.name).startswith("heads.") for one in node.inputs)
    ]
    return [*nodes, *(f"{name}_MatMul" for name in nodes)]
