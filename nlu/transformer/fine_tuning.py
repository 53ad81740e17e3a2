"""Fine-tuning an encoder on labelled texts: in rounds whose results are averaged, resumable, on a GPU when there is one.

Each round lowers the step size from its peak to nothing; the weights at the end of every round join an
average (Izmailov et al. 2018: it lies in a flatter place than any one of them, which helps where labels are noisy). The
targets are soft: a share of what the embedded engine said out of fold stands beside the label that the row has, for one
row in eight of a real history is filed under another department than its twin.
"""

import copy
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from nlu.transformer.network import Network
from nlu.transformer.pieces import padded

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and one line about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to fine-tune. `rounds` are given in epochs each; rates are peaks; `taught` is the teacher's share (0 to 1)."""

    rounds: tuple[int, ...] = (5, 3)
    batch: int = 64
    rate: float = 2e-4
    head_rate: float = 2e-3
    warm: float = 0.1
    later: float = 0.5
    decay: float = 0.01
    smoothing: float = 0.1
    taught: float = 0.3
    dropout: float = 0.1
    longest: int = 128
    frozen_words: bool = True
    seed: int = 0

    @property
    def epochs(self) -> int:
        """All rounds together."""
        return sum(self.rounds)

    @staticmethod
    def rounds_of(epochs: int) -> tuple[int, ...]:
        """A first round of five eighths and a second of the rest; a few epochs are one round."""
        last = epochs * 3 // 8 if epochs >= _TWO_ROUNDS else 0
        return (epochs - last, last) if last else (epochs,)


def device() -> str:
    """Where to train: on "cuda" where torch sees a GPU, else on the "cpu"."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def fine_tune(
    network: Network,
    rows: Sequence[Sequence[int]],
    truth: Ints,
    *,
    teacher: Floats | None,
    pad: int,
    recipe: Recipe,
    held: npt.NDArray[np.bool_] | None = None,
    judge: Callable[[Network], None] | None = None,
    kept: Path | None = None,
    progress: Progress = lambda _share, _line: None,
) -> Network:
    """The network with the averaged weights. `teacher` has a row of probabilities for each text.

    `held` marks the rows that only the last of several rounds learns from; before that round (with a single round: after
    it, which then never sees them) `judge` is called with the network as it is, and again when a stopped run goes on.
    `kept` is a file that holds the state after each epoch but the last: a run that was stopped goes on from there, and
    the file is the caller's to remove. The same data, recipe and machine give the same network.
    """
    where = device()
    network.to(where)
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(not recipe.frozen_words)
    optimizer = torch.optim.AdamW(_groups(network, recipe))
    state = _State(network, optimizer, kept, recipe)
    everything = np.arange(len(rows))
    seen = everything if held is None else np.flatnonzero(~held)
    lengths = np.array([len(row) for row in rows])
    targets = _targets(truth, teacher, n_classes=network.heads[0].out_features, recipe=recipe).to(where)
    last = recipe.epochs - recipe.rounds[-1] if len(recipe.rounds) > 1 else recipe.epochs
    begun = state.restore()
    if judge is not None and last <= begun < recipe.epochs:
        judge(state.averaged())
    for epoch in range(begun, recipe.epochs):
        if epoch == last > begun and judge is not None:
            judge(state.averaged())
        chosen = everything if epoch >= last else seen
        per_epoch = math.ceil(len(chosen) / recipe.batch)
        torch.manual_seed(recipe.seed * 1000 + epoch)
        network.train()
        losses = []
        for place, picked in enumerate(_batches(lengths[chosen], recipe.batch, seed=recipe.seed * 1000 + epoch)):
            batch = chosen[picked]
            _set_rates(optimizer, recipe, epoch=epoch, share=place / per_epoch)
            losses.append(_step(network, optimizer, [rows[i] for i in batch], targets[batch], pad=pad, where=where))
            done = (epoch + (place + 1) / per_epoch) / recipe.epochs
            progress(done, f"第 {epoch + 1}/{recipe.epochs} 轮，损失 {np.mean(losses):.3f}")
        state.epoch_ended(epoch)
    state.load_average()
    if judge is not None and last == recipe.epochs:
        judge(network)
    return network


def logits(network: Network, rows: Sequence[Sequence[int]], *, pad: int, batch: int = 128) -> Floats:
    """The logits of the first head for each row, in order."""
    where = device()
    network.to(where).eval()
    out = np.zeros((len(rows), network.heads[0].out_features), dtype=np.float32)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            ids, mask = _tensors([rows[i] for i in chosen], pad, where)
            with _autocast(where):
                out[chosen] = network(ids, mask).float().cpu().numpy()
    return out


def _step(
    network: Network, optimizer: Any, rows: Sequence[Sequence[int]], target: torch.Tensor, *, pad: int, where: str
) -> float:
    ids, mask = _tensors(rows, pad, where)
    with _autocast(where):
        said = network(ids, mask)
    loss = functional.cross_entropy(said.float(), target)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _tensors(rows: Sequence[Sequence[int]], pad: int, where: str) -> tuple[torch.Tensor, torch.Tensor]:
    ids, mask = padded(rows, pad)
    return torch.from_numpy(ids).to(where), torch.from_numpy(mask).to(where)


def _autocast(where: str) -> Any:
    return torch.autocast(where, dtype=torch.bfloat16, enabled=where == "cuda")


def _targets(truth: Ints, teacher: Floats | None, *, n_classes: int, recipe: Recipe) -> torch.Tensor:
    """The label, smoothed evenly or by what the teacher says; rows sum to one."""
    target = np.full((len(truth), n_classes), recipe.smoothing / n_classes)
    target[np.arange(len(truth)), truth] += 1.0 - recipe.smoothing
    if teacher is not None and recipe.taught:
        told = teacher / np.maximum(teacher.sum(axis=1, keepdims=True), 1e-9)
        target = (1.0 - recipe.taught) * target + recipe.taught * told
    return torch.from_numpy(target.astype(np.float32))


def _batches(lengths: npt.NDArray[Any], size: int, *, seed: int) -> Iterator[npt.NDArray[Any]]:
    """Every row once, in batches of about one length, in an order that the seed decides."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(lengths))
    pool = size * _POOL
    batches = []
    for start in range(0, len(order), pool):
        part = order[start : start + pool]
        part = part[np.argsort(lengths[part], kind="stable")]
        batches += [part[i : i + size] for i in range(0, len(part), size)]
    for place in random.permutation(len(batches)):
        yield batches[place]


_POOL = 24
_TWO_ROUNDS = 5


def _groups(network: Network, recipe: Recipe) -> list[dict[str, Any]]:
    """The parameters with their peak rates; no decay for biases and norms."""
    groups: list[dict[str, Any]] = []
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            rate = recipe.head_rate if name.startswith("heads.") else recipe.rate
            decay = 0.0 if parameter.ndim < 2 else recipe.decay
            groups.append({"params": [parameter], "lr": rate, "peak": rate, "weight_decay": decay})
    return groups


def _set_rates(optimizer: Any, recipe: Recipe, *, epoch: int, share: float) -> None:
    """Up in the first tenth of the first round, then straight down; later rounds begin at a part of the peak."""
    number, first = 0, 0
    while epoch >= first + recipe.rounds[number]:
        first += recipe.rounds[number]
        number += 1
    place = (epoch - first + share) / recipe.rounds[number]
    factor = min(1.0, (place + 1e-3) / recipe.warm) * (1.0 - place)
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor * (1.0 if number == 0 else recipe.later)


class _State:
    """Network, optimizer and the average of the rounds, kept in a file after each epoch."""

    def __init__(self, network: Network, optimizer: Any, kept: Path | None, recipe: Recipe) -> None:
        self._network, self._optimizer, self._kept = network, optimizer, kept
        self._recipe = json.dumps(asdict(recipe), sort_keys=True)
        ends = np.cumsum(recipe.rounds) - 1
        self._ends = {int(end) for end in ends}
        self._average: dict[str, torch.Tensor] | None = None
        self._n = 0

    def restore(self) -> int:
        """The epoch to go on with: 0 without a file, or when the file is of another recipe or broken."""
        if self._kept is None or not self._kept.exists():
            return 0
        try:
            value = torch.load(self._kept, map_location=device(), weights_only=True)
            if value["recipe"] != self._recipe:
                return 0
            self._network.load_state_dict(value["network"])
            self._optimizer.load_state_dict(value["optimizer"])
            self._average, self._n = value["average"], int(value["n"])
            return int(value["epoch"]) + 1
        except Exception:  # noqa: BLE001 - torch raises many kinds for a broken file; training then begins anew
            return 0

    def epoch_ended(self, epoch: int) -> None:
        """Add to the average at the end of a round, and keep the state."""
        if epoch in self._ends:
            now = self._network.state_dict()
            if self._average is None:
                self._average = {name: value.detach().clone() for name, value in now.items()}
            else:
                for name, mean in self._average.items():
                    if mean.dtype.is_floating_point:
                        mean.add_((now[name] - mean) / (self._n + 1))
            self._n += 1
        if self._kept is not None and epoch < max(self._ends):
            value = {
                "recipe": self._recipe,
                "epoch": epoch,
                "network": self._network.state_dict(),
                "optimizer": self._optimizer.state_dict(),
                "average": self._average,
                "n": self._n,
            }
            fresh = self._kept.with_suffix(".new")
            torch.save(value, fresh)
            fresh.replace(self._kept)

    def averaged(self) -> Network:
        """A network of its own with the average so far."""
        copied = copy.deepcopy(self._network)
        if self._average is not None:
            copied.load_state_dict(self._average)
        return copied

    def load_average(self) -> None:
        """Put the average into the network."""
        if self._average is not None:
            self._network.load_state_dict(self._average)
