"""The network as int8 ONNX: what serving needs, without torch. Needs torch, onnx and onnxruntime."""

import logging
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from nlu.transformer.network import Network

INPUTS = ("ids", "mask")
OUTPUT = "logits"


def export(network: Network, file: Path) -> None:
    """Write `file`: matrices and words in 8 bits, any number of texts of any length up to the encoder's own."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network.to("cpu").eval()
    if hasattr(network.encoder, "set_attn_implementation"):
        network.encoder.set_attn_implementation(
            "eager"
        )  # plain products: torch's own attention guards against NaN, which costs a tenth
    sample = (torch.ones((2, 8), dtype=torch.long), torch.ones((2, 8), dtype=torch.long))
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
                sample,
                input_names=list(INPUTS),
                output_names=[OUTPUT],
                dynamic_shapes=shapes,
                dynamo=True,
                verbose=False,
            )
            program.save(str(whole))
            quantize_dynamic(str(whole), str(file), weight_type=QuantType.QInt8, per_channel=True)
    finally:
        logging.disable(before)
