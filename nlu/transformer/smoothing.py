"""Moving scale from activations to weights, so that rounding both to 8 bits loses less. Needs torch.

A few features of an encoder's activations are many times larger than the others, and 8 bits for all of them leave the
small ones few steps. Each input feature of a matrix is divided by s and the matrix's column multiplied by s, which changes
nothing before rounding (SmoothQuant: Xiao et al. 2023).
"""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import nn

from nlu.transformer.network import Network

POWER = 0.75
"""How much of the scale moves: s = activation ** POWER / weight ** (1 - POWER), by each feature's largest value."""
_LEAST = 1e-5


class Smoothed(nn.Module):  # type: ignore[misc]
    """A linear layer whose input features are divided by `scale`, its columns multiplied by it."""

    def __init__(self, layer: nn.Linear, scale: torch.Tensor) -> None:
        super().__init__()
        self.layer = nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None)
        self.layer.weight = nn.Parameter(layer.weight.detach() * scale)
        if layer.bias is not None:
            self.layer.bias = nn.Parameter(layer.bias.detach().clone())
        self.register_buffer("inverse", 1.0 / scale)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """The same as the layer alone, but for rounding."""
        return self.layer(states * self.inverse)


class _Seen:
    """The largest size of every input feature of each linear layer, and which layers read the same input."""

    def __init__(self, network: Network) -> None:
        self.largest: dict[str, torch.Tensor] = {}
        self.together: dict[str, str] = {}
        self._last: tuple[torch.Tensor, str] | None = None
        self._hooks = [
            module.register_forward_pre_hook(self._hook(name))
            for name, module in network.encoder.named_modules()
            if isinstance(module, nn.Linear)
        ]

    def _hook(self, name: str) -> Callable[[nn.Module, tuple[torch.Tensor, ...]], None]:
        def look(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            states = inputs[0]
            if self._last is not None and self._last[0] is states:
                self.together[name] = self._last[1]
                return
            self.together[name] = name
            self._last = (states, name)
            found = states.detach().abs().reshape(-1, states.shape[-1]).amax(0)
            self.largest[name] = torch.maximum(self.largest[name], found) if name in self.largest else found

        return look

    def close(self) -> None:
        """Look no more."""
        for hook in self._hooks:
            hook.remove()
        self._last = None


def smooth(network: Network, rows: Iterable[Sequence[int]]) -> None:
    """Smooth every linear layer of the encoder in place, by what a sample of texts (numbers of pieces) makes of it.

    Layers that read the same input share their scale, so that it is divided once.
    """
    seen = _Seen(network)
    try:
        with torch.inference_mode():
            for row in rows:
                ids = torch.tensor([list(row)])
                network(ids, torch.ones_like(ids))
    finally:
        seen.close()
    for first in sorted(set(seen.together.values())):
        names = [name for name, other in seen.together.items() if other == first]
        layers = [network.encoder.get_submodule(name) for name in names]
        weight = torch.stack([layer.weight.detach().abs().amax(0) for layer in layers]).amax(0)
        scale = seen.largest[first].clamp(min=_LEAST) ** POWER / weight.clamp(min=_LEAST) ** (1.0 - POWER)
        scale = (scale / scale.mean()).clamp(min=_LEAST)
        for name, layer in zip(names, layers, strict=True):
            parent, _, own = name.rpartition(".")
            setattr(network.encoder.get_submodule(parent), own, Smoothed(layer, scale))
