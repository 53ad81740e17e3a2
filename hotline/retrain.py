"""Training a challenger on what people have decided since, and putting it in use when it is better than the champion.

The newest tickets are kept out of training; both models answer them, and nlu.compare says who wins. The challenger that
wins is the one that was judged: it has not seen those tickets, and the next training will not let it be judged by
others than newer ones. It is of the champion's engine unless another one is asked for, and what is compared is what each
of the two says, whichever its engine.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlmodel import Session

from city import store as city_store
from hotline import installation, learning, model_shelf, unfinished
from hotline.placed import Lesson
from hotline.reference import SHANGHAI
from hotline.split import Split, split_of, time_of, told_of
from nlu.brain import read_index, train_pack
from nlu.compare import Answer, Comparison, Judged, compare, objections
from nlu.lessons import Lessons
from nlu.places import Gazetteer
from nlu.registry import ModelCard, read_card
from nlu.row_line import Row
from nlu.sources import LESSONS, digest_of, learnt_until
from nlu.train import Pretrained, Sample
from plumbing.config import Config
from plumbing.crypto import canonical
from plumbing.db import Database
from tickets.ports import Brain

CORPUS = "nlu.yml"
CHALLENGER = "challenger"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a training is asked to do. `holdout` is the share of the newest lessons that judge. `history` are rows of
    a file, a city's own past; those with a time are split like lessons, the others are trained on only. `engine` is
    that of the challenger, None = the champion's."""

    since: datetime | None = None
    holdout: float = 0.2
    force: bool = False
    sample: bool = False
    history: Sequence[Row] = ()
    engine: str | None = None
    by: str = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. `reasons` say why it was not promoted (or, when forced, what spoke against it).

    `n_seen` would-be judges stand in the corpus word for word and judge nothing; `kept` are the models that were taken
    over because nothing that they learn from has changed. `engines` are the champion's and the challenger's; `again`
    says that a training that had been stopped went on with the tickets that it had begun with.
    """

    champion: str
    engines: tuple[str, str]
    n_lessons: int
    n_without_matter: int
    n_trained: int
    n_judged: int
    n_seen: int
    judged_from: str | None
    by_source: Mapping[str, int]
    again: bool = False
    challenger: str | None = None
    comparison: Comparison | None = None
    kept: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    promoted: bool = False
    forced: bool = False

    def plain(self) -> dict[str, Any]:
        """The outcome as plain JSON."""
        return asdict(self)


def retrain(
    config: Config, database: Database, *, plan: Plan, now: datetime, progress: Progress = lambda _: None
) -> Outcome:
    """Train, compare, and promote when better.

    A training of the engine transformer that was stopped goes on from its last epoch when the same plan is given again.
    Raises HotlineError, before anything is collected, when there is no champion or it is not sound, for an engine that
    does not exist, and when the parts of the engine that is trained or of the champion's are not installed.
    """
    installation.require_ready(config, database, model=True)
    with model_shelf.alone(config):
        folder = config.home / learning.FOLDER / CHALLENGER
        engines = _engines(config, plan)
        chosen = installation.pretrained(config, engine=engines[1])
        model_shelf.proved(config.model)
        progress("收集工单")
        with database.reading() as session:
            directory = city_store.directory(session, on=now.astimezone(SHANGHAI).date())
            lessons = learning.collect(session, directory, since=plan.since, sample=plan.sample)
            gazetteer = _gazetteer(session, now)
        learning.write(lessons, config.home)
        known = _begin(config, folder, lessons, plan=plan, chosen=chosen, now=now)
        told = told_of(known.lessons, plan.history, gazetteer, known=directory.matters.keys())
        split = split_of(
            told, plan.holdout, after=_learnt(config.model), corpus=config.pack / CORPUS, gazetteer=gazetteer
        )
        begun = _begun(known, split, champion=read_index(config.model)[0], engines=engines)
        if not split.trained or not split.judged:
            return _finish(config, replace(begun, reasons=(_nothing(split),)), now=now, plan=plan)
        kept = _unchanged(config)
        progress(_told(begun))
        cards = _train(config, folder, split, kept, chosen=chosen, progress=progress, now=now)
        progress("比较新旧模型")
        comparison = _compare(config, database, folder, split, now=now)
        reasons = objections(comparison, danger=_danger(config, cards))
        done = replace(
            begun,
            challenger=read_index(folder)[0],
            comparison=comparison,
            kept=tuple(sorted(kept)),
            reasons=tuple(reasons),
            promoted=not reasons or plan.force,
            forced=bool(reasons) and plan.force,
        )
        return _finish(config, done, now=now, plan=plan)


def _engines(config: Config, plan: Plan) -> tuple[str, str]:
    """The champion's and the challenger's. Of itself a training never changes the engine, whatever config.yml says."""
    champion = model_shelf.card_of(config.model).engine
    return champion, plan.engine or champion


def _begin(
    config: Config,
    folder: Path,
    lessons: list[Lesson],
    *,
    plan: Plan,
    chosen: Pretrained | None,
    now: datetime,
) -> unfinished.Begun:
    """The lessons to work with: those of a stopped training when it can go on with them."""
    if chosen is None:  # the engine embedded is trained in minutes, in one go
        return unfinished.Begun(lessons=lessons, again=False)
    command = {
        "champion": read_index(config.model)[0],
        "corpus": sha256((config.pack / CORPUS).read_bytes()).hexdigest(),
        "encoder": str(chosen.encoder),
        "since": plan.since.isoformat() if plan.since else None,
        "holdout": plan.holdout,
        "sample": plan.sample,
        "history": [[row.text, row.label, row.at, row.channel] for row in plan.history],
    }
    return unfinished.begin(folder, lessons, command=command, now=now)


def _told(begun: Outcome) -> str:
    how = "接着上次中断的训练" if begun.again else "训练新模型"
    return f"{how}（{begun.engines[1]} 引擎，{begun.n_trained} 张工单）"


def _train(
    config: Config,
    folder: Path,
    split: Split,
    kept: Mapping[str, Path],
    *,
    chosen: Pretrained | None,
    progress: Progress,
    now: datetime,
) -> dict[str, ModelCard]:
    rows = [[one.key, one.label, one.when.isoformat()] for one in split.trained]
    dates = sorted(one.when for one in split.trained if one.at is not None)
    source: dict[str, Any] = {
        "name": LESSONS,
        "sha256": sha256(canonical({"rows": rows})).hexdigest(),
        "n": len(split.trained),
        "from": dates[0].isoformat() if dates else None,
        "until": dates[-1].isoformat() if dates else None,
        "by_source": dict(sorted(Counter(one.source for one in split.trained).items())),
    }
    samples = [Sample(text=one.bare, label=one.label, channel=one.channel) for one in split.trained]
    lessons = Lessons(samples=samples, sources=[source], kept=kept)
    cards = train_pack(config.pack / CORPUS, folder, lessons=lessons, pretrained=chosen, progress=progress, now=now)
    if chosen is not None:
        unfinished.done(folder)
    return cards


def _compare(config: Config, database: Database, folder: Path, split: Split, *, now: datetime) -> Comparison:
    texts = [one.text for one in split.judged]
    rows = [Judged(label=one.label, unit=one.unit) for one in split.judged]
    both = [
        _answers(installation.load_brain(config, database, on=now.astimezone(SHANGHAI).date(), folder=model), texts)
        for model in (config.model, folder)
    ]
    return compare(rows, *both)


def _answers(brain: Brain, texts: Sequence[str]) -> list[Answer]:
    return [
        Answer(
            label=one.matters[0].label if one.matters else "",
            score=one.matters[0].score if one.matters else 0.0,
            abstain=one.abstain,
        )
        for one in brain.parse_many(texts)
    ]


def _begun(known: unfinished.Begun, split: Split, *, champion: str, engines: tuple[str, str]) -> Outcome:
    """What is known before anything is trained."""
    lessons = known.lessons
    return Outcome(
        champion=champion,
        engines=engines,
        again=known.again,
        n_lessons=len(lessons),
        n_without_matter=sum(one.matter is None for one in lessons),
        n_trained=len(split.trained),
        n_judged=len(split.judged),
        n_seen=split.n_seen,
        judged_from=split.judged[0].when.isoformat() if split.judged else None,
        by_source=dict(sorted(Counter(str(one.source) for one in lessons).items())),
    )


def _finish(config: Config, outcome: Outcome, *, now: datetime, plan: Plan) -> Outcome:
    """Promote or leave it; either way a line of the history."""
    told: dict[str, Any] = {
        "engines": list(outcome.engines),
        "reasons": list(outcome.reasons),
        "by": plan.by,
        "n_judged": outcome.n_judged,
        "forced": outcome.forced,
    }
    if outcome.comparison is not None:
        told["accuracy"] = [outcome.comparison.champion["accuracy"], outcome.comparison.challenger["accuracy"]]
    if outcome.promoted:
        model_shelf.promote(config, config.home / learning.FOLDER / CHALLENGER, now=now, why=told)
    else:
        model_shelf.note(config, "not_promoted", now=now, version=outcome.challenger, before=outcome.champion, **told)
    return outcome


def _nothing(split: Split) -> str:
    if not split.judged:
        seen = f"（另有 {split.n_seen} 张与语料相同，不能用来评判）" if split.n_seen else ""
        return f"没有可用来评判的新工单{seen}，等派单员改派、退单成立或裁定的工单多一些再训练。"
    return "没有可用来训练的工单，等派单员改派、退单成立或裁定的工单多一些再训练。"


def _unchanged(config: Config) -> dict[str, Path]:
    """The champion's models beside the matter's, when they were trained on this very corpus."""
    _, parts = read_index(config.model)
    now = sha256((config.pack / CORPUS).read_bytes()).hexdigest()
    folders = {name: config.model / part["path"] for name, part in parts.items() if name != "matter"}
    return {name: one for name, one in folders.items() if digest_of(read_card(one).data, CORPUS) == now}


def _danger(config: Config, cards: Mapping[str, ModelCard]) -> float:
    """How much of the share of dangers found, out of fold, the challenger gains on the champion."""
    _, parts = read_index(config.model)
    if "danger" not in parts or "danger" not in cards:
        return 0.0
    name = f"alarm_recall_{config.settings.nlu.alarms}"
    old = read_card(config.model / parts["danger"]["path"]).figures.get(name, 0.0)
    return cards["danger"].figures.get(name, 0.0) - old


def _learnt(model: Path) -> datetime | None:
    return time_of(learnt_until(model_shelf.card_of(model).data))


def _gazetteer(session: Session, now: datetime) -> Gazetteer:
    streets = city_store.directory(session, on=now.astimezone(SHANGHAI).date()).streets
    return Gazetteer(city_store.known_places(session), tuple(streets.values()))
