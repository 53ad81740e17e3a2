"""Weekly drift: how often the engine abstained, how sure it was, what people changed, and whether the city has changed.

Costs a bounded number of rows a week, however many messages there were.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from city.types import Directory
from hotline import learning
from hotline.drift_rules import Week, compared
from hotline.placed import Lesson, Source
from hotline.reference import SHANGHAI
from nlu import features
from nlu.corpus import read_corpus
from nlu.normalise import simplified
from nlu.segment import segmenter
from tickets.store import table
from tickets.tables import EventRow, TicketRow
from tickets.types import SYSTEM, EventKind

WEEKS = 8
MOST_READ = 1500
"""So many messages of a week are looked at; a share of them is true to about two and a half points."""
MOST_TEXTS = 300
MOST_CHANGED = 2000
CONFUSIONS = 10

_CHANGES = (EventKind.REASSIGNED, EventKind.RETURN_APPROVED, EventKind.REFLOWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """What the engine answered and what people made of it, how often. `placed` is None when only the unit is known."""

    answered: str
    placed: str | None
    unit: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The last weeks, oldest first, and the commonest confusions in them. `sample`: the sample's tickets are counted."""

    weeks: tuple[Week, ...]
    confusions: tuple[Confusion, ...]
    sample: bool

    def plain(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


def drift(
    session: Session,
    directory: Directory,
    *,
    corpus: Path,
    training: Mapping[str, int],
    now: datetime,
    weeks: int = WEEKS,
    sample: bool | None = None,
) -> Drift:
    """The drift of the last `weeks` weeks, this one included. `sample` None = the sample counts when there is nothing else."""
    monday = _monday(now)
    mondays = [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    counted = _only_sample(session) if sample is None else sample
    known = _known(corpus, corpus.stat().st_mtime_ns) if corpus.exists() else frozenset()
    found = [_week(session, day, known, sample=counted) for day in mondays]
    lessons = _changed(session, directory, since=_begin(mondays[0]), sample=counted)
    return Drift(weeks=compared(found, training), confusions=_confusions(lessons), sample=counted)


def _week(session: Session, monday: date, known: frozenset[str], *, sample: bool) -> Week:
    n = int(session.execute(_events([EventKind.UNDERSTOOD], monday, func.count(), sample=sample)).scalar_one())
    heard = _heard(session, monday, n, sample=sample)
    best = [one["matters"][0] for one in heard if one.get("matters")]
    changes = {kind: _count(session, monday, kind, sample=sample) for kind in _CHANGES}
    n_changed = sum(changes.values())
    iso = monday.isocalendar()
    return Week(
        week=f"{iso.year}-W{iso.week:02}",
        monday=monday,
        n=n,
        n_read=len(heard),
        abstained=_share(sum(bool(one.get("abstain")) for one in heard), len(heard)),
        confidence=_share(sum(float(score) for _, score in best), len(best)),
        n_corrected=changes[EventKind.REASSIGNED],
        n_returned=changes[EventKind.RETURN_APPROVED],
        n_ruled=changes[EventKind.REFLOWED],
        corrected=_share(n_changed, n),
        unknown=_unknown(_texts(session, monday, sample=sample), known) if known else None,
        matters=dict(sorted(Counter(str(code) for code, _ in best).items())),
        models=tuple(sorted({str(one.get("model") or "") for one in heard} - {""})),
    )


def _heard(session: Session, monday: date, n: int, *, sample: bool) -> list[Mapping[str, Any]]:
    """What the history keeps of the week's understandings: all, or every k-th in the order of the numbers."""
    e = table(EventRow).c
    step = max(1, -(-n // MOST_READ))
    wanted = _events([EventKind.UNDERSTOOD], monday, e.data, sample=sample)
    if step > 1:
        place = func.row_number().over(order_by=(e.ticket_no, e.seq)).label("place")
        inner = _events([EventKind.UNDERSTOOD], monday, e.data, place, sample=sample).subquery()
        wanted = select(inner.c.data).where(inner.c.place % step == 0)
    return [row.data for row in session.execute(wanted)]


def _events(kinds: Sequence[EventKind], monday: date, *columns: Any, sample: bool) -> Select[Any]:
    e, t = table(EventRow).c, table(TicketRow).c
    wanted = (
        select(*columns)
        .select_from(table(EventRow).join(table(TicketRow), t.no == e.ticket_no))
        .where(e.kind.in_([str(kind) for kind in kinds]), e.at >= _begin(monday), e.at < _end(monday))
    )
    return wanted if sample else wanted.where(~t.sample)


def _count(session: Session, monday: date, kind: EventKind, *, sample: bool) -> int:
    wanted = _events([kind], monday, func.count(), sample=sample).where(table(EventRow).c.actor != SYSTEM.id)
    return int(session.execute(wanted).scalar_one())


def _texts(session: Session, monday: date, *, sample: bool) -> list[str]:
    t = table(TicketRow).c
    wanted = select(t.summary).where(t.opened_at >= _begin(monday), t.opened_at < _end(monday), ~t.confidential)
    wanted = wanted if sample else wanted.where(~t.sample)
    return [row.summary for row in session.execute(wanted.order_by(t.no).limit(MOST_TEXTS))]


def _unknown(texts: Sequence[str], known: frozenset[str]) -> float | None:
    words = [word for text in texts for word in _words(text)]
    return _share(sum(word not in known for word in words), len(words))


@lru_cache(maxsize=2)
def _known(corpus: Path, _changed_at: int) -> frozenset[str]:
    return frozenset(word for example in read_corpus(corpus) for word in _words(example.text))


def _words(text: str) -> Iterable[str]:
    """The words of two and more characters: single ones are never new."""
    cut = segmenter().cut(features.shape(simplified(text)))
    return (word for word in cut if len(word) > 1 and not word.isascii())


def _changed(session: Session, directory: Directory, *, since: datetime, sample: bool) -> list[Lesson]:
    """The lessons of the tickets that people have moved since; at most MOST_CHANGED of them, the newest."""
    e = table(EventRow).c
    kinds = [str(kind) for kind in _CHANGES]
    wanted = select(e.ticket_no).where(e.kind.in_(kinds), e.at >= since).group_by(e.ticket_no)
    numbers = list(session.execute(wanted.order_by(func.max(e.at).desc()).limit(MOST_CHANGED)).scalars())
    return learning.collect(session, directory, sample=sample, only=numbers)


def _confusions(lessons: Sequence[Lesson]) -> tuple[Confusion, ...]:
    weight = (Source.CORRECTION, Source.RETURN, Source.RULING)
    pairs = Counter(
        (one.asked, one.matter, one.unit)
        for one in lessons
        if one.source in weight and one.asked and one.asked != one.matter
    )
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or "", item[0][2]))
    return tuple(Confusion(answered=a, placed=p, unit=u, n=n) for (a, p, u), n in ranked[:CONFUSIONS])


def _only_sample(session: Session) -> bool:
    t = table(TicketRow).c
    return session.execute(select(t.no).where(~t.sample).limit(1)).first() is None


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _monday(now: datetime) -> date:
    day = now.astimezone(SHANGHAI).date()
    return day - timedelta(days=day.weekday())


def _begin(monday: date) -> datetime:
    return datetime.combine(monday, time(), SHANGHAI)


def _end(monday: date) -> datetime:
    return _begin(monday + timedelta(weeks=1))
