"""What happens in the week: which course how often, how old its tickets are, and when the chapters begin."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from hotline import demo_chapters as chapters
from hotline import demo_courses as courses
from hotline import demo_disputes as disputes
from hotline import demo_operator as operator
from hotline.demo_affair import Affair
from hotline.demo_asked import all_asked
from hotline.demo_corpus import Corpus
from hotline.demo_courses import Course
from hotline.demo_crowd import Crowd
from hotline.demo_event import burst, growing
from hotline.demo_messages import ENQUIRIES, ORDINARY, UNCLEAR, VAGUE
from hotline.demo_stage import Deck, Stage
from hotline.demo_storm import storm
from hotline.reference import SHANGHAI
from tickets.types import Urgency

_PLAIN = frozenset({"0101", "0103", "0201", "0202", "0203", "0301", "0303", "0701", "0703", "0801", "1001", "1101"})
"""Matters of ordinary limits: nothing in them is critical, a utility's or a mere question."""

_SUPPLY = frozenset({"0601", "0602", "0603", "0605"})
"""Water, gas and power: their limits end within a day, so that the week sees how they were kept."""

_TIMES_OF_DAY = (0.1,) * 6 + (0.3, 0.7) + (1.0,) * 12 + (0.7, 0.5, 0.3, 0.2)
"""How likely somebody calls in each hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`n` affairs take `course`. They begin between `oldest` and `youngest` working minutes before the end."""

    course: Course
    n: int
    youngest: float
    oldest: float
    matters: frozenset[str] = frozenset()


def _part(course: Course, n: int, youngest: float, oldest: float, matters: frozenset[str] = frozenset()) -> Part:
    return Part(course=course, n=n, youngest=youngest, oldest=oldest, matters=matters)


PARTS: tuple[Part, ...] = (
    _part(courses.closed, 6, 1150, 1800),
    _part(courses.closed, 4, 700, 1700, _SUPPLY),
    _part(courses.closed_on_the_spot, 4, 620, 1500),
    _part(courses.archived, 2, 780, 1700),
    _part(courses.closed_unheard, 2, 820, 1500),
    _part(courses.reworked, 3, 1150, 1600, _PLAIN),
    _part(courses.return_approved, 3, 950, 1500, _PLAIN),
    _part(courses.dispatched, 4, 0, 60),
    _part(courses.dispatched, 3, 250, 350, _PLAIN),  # amber: not accepted within a day
    _part(courses.dispatched, 3, 380, 700, _PLAIN),  # red
    _part(courses.accepted, 3, 90, 180),
    _part(courses.accepted, 3, 450, 800, _PLAIN),  # red: nobody called the resident
    _part(courses.contacted, 3, 160, 300),
    _part(courses.started, 4, 200, 600),
    _part(courses.started, 4, 1460, 1700, _PLAIN),  # amber: the last day has begun
    _part(courses.replied, 3, 540, 700),
    _part(courses.reply_rejected, 2, 400, 700, _PLAIN),
    _part(courses.passed, 3, 640, 800),
    _part(courses.not_reached, 2, 370, 500),
    _part(courses.unsolved, 3, 380, 600),
    _part(courses.reopened, 2, 720, 1100),
    _part(courses.return_requested, 3, 100, 220, _PLAIN),
    _part(courses.return_refused, 2, 160, 500, _PLAIN),
    _part(courses.extension_requested, 1, 330, 600, _PLAIN),
    _part(courses.extension_half_granted, 1, 400, 600, _PLAIN),
    _part(courses.extension_granted, 2, 500, 1000, _PLAIN),
    _part(courses.extension_refused, 1, 400, 800, _PLAIN),
    _part(courses.hold_requested, 1, 310, 600, _PLAIN),
    _part(courses.hold_refused, 1, 400, 800, _PLAIN),
    _part(courses.on_hold, 2, 400, 900, _PLAIN),
    _part(courses.hold_ended, 1, 650, 1000, _PLAIN),
    _part(courses.supervised, 2, 280, 700, _PLAIN),
    _part(courses.reassigned, 2, 60, 400, _PLAIN),
    _part(courses.added_to, 2, 400, 900, _PLAIN),
    _part(courses.withdrawn, 2, 170, 1200),
)
"""Each part is old enough for its course to reach its last act; what is older than it must be has waited since."""

CROWD = 1660
"""How many call in the week beside those who have a part or a chapter."""


def stage_week(stage: Stage, corpus: Corpus, *, scale: float = 1.0) -> None:
    """Put everything on the stage's agenda; `scale` is the share of the many who have no chapter of their own.

    The same seed puts the same there.
    """
    rng = Random(f"{stage.seed}/week")
    deck = Deck(ORDINARY, rng)
    for part in PARTS:
        for _ in range(part.n):
            affair = _affair(stage, deck, part.matters)
            stage.begin(part.course(affair), _moment(stage, part.youngest, part.oldest, rng))
    _hotline(stage, rng)
    all_asked(stage, Random(f"{stage.seed}/asked"))
    _chapters(stage)
    burst(stage, scale=scale)
    storm(stage, scale=scale)
    growing(stage)
    Crowd(stage, corpus).come(round(CROWD * scale))


def _affair(stage: Stage, deck: Deck, matters: frozenset[str]) -> Affair:
    """An affair about one of the matters; where ordinary limits are wanted, one that the engine takes for no danger."""
    affair = Affair(stage, deck.take(matters))
    for _ in range(len(ORDINARY)):
        if matters != _PLAIN or affair.understood.urgency.label != Urgency.CRITICAL:
            break
        affair = Affair(stage, deck.take(matters))
    return affair


def _moment(stage: Stage, youngest: float, oldest: float, rng: Random) -> datetime:
    """Some moment between the two, by day rather than by night."""
    first, last = stage.office.earlier(stage.until, oldest), stage.office.earlier(stage.until, youngest)
    while True:
        at = first + (last - first) * rng.random()
        if rng.random() < _TIMES_OF_DAY[at.astimezone(SHANGHAI).hour] or last == first:
            return at


def _just_now(stage: Stage, low: float, high: float, rng: Random) -> datetime:
    """Some minutes before the end, day or night."""
    return stage.until - timedelta(minutes=rng.uniform(low, high))


def _hotline(stage: Stage, rng: Random) -> None:
    """What the hotline's own people have in hand or have settled."""
    for index, (words, answer) in enumerate(VAGUE):
        affair = Affair(stage, words)
        if index in {1, 2, 4}:
            stage.begin(operator.waiting(affair), _just_now(stage, 5, 50, rng))
        elif index in {0, 3}:
            stage.begin(operator.supplied_and_begun(affair, answer), _moment(stage, 60, 900, rng))
        else:
            stage.begin(operator.unanswered(affair), _moment(stage, 400, 1200, rng))
    for words in UNCLEAR:
        stage.begin(courses.left_to_desk(Affair(stage, words)), _just_now(stage, 3, 110, rng))
    for index, (words, answer) in enumerate(ENQUIRIES):
        story = operator.answered_and_closed if index < 2 else operator.answered
        stage.begin(story(Affair(stage, words), answer), _moment(stage, 60, 300 if index > 1 else 1200, rng))
    for index, (words, *why) in enumerate(operator.REFUSALS[:3]):
        refusal = operator.refused_and_closed if index == 0 else operator.refused
        stage.begin(refusal(Affair(stage, words), *why), _moment(stage, 140, 1200, rng))
    for words, number in operator.TRANSFERS:
        stage.begin(operator.transferred(Affair(stage, words), number), _moment(stage, 5, 1500, rng))
    for _ in range(2):
        stage.begin(courses.invalid(Affair(stage, operator.CRANK)), _moment(stage, 30, 1500, rng))


def _chapters(stage: Stage) -> None:
    """The cases that have a name, each at its own hour."""
    stage.begin(chapters.wall(stage), stage.workday(2, "09:06"))
    stage.begin(chapters.mud(stage), stage.workday(3, "09:20"))
    stage.begin(chapters.gas(stage), stage.day(2, "02:38"))
    stage.begin(chapters.lift(stage), stage.day(4, "22:51"))
    stage.begin(chapters.meat(stage), stage.workday(1, "10:15"))
    stage.begin(chapters.two_lamps(stage), stage.workday(3, "19:40"))
    stage.begin(chapters.roof(stage), stage.workday(4, "09:40"))
    stage.begin(chapters.roof_next(stage), stage.workday(1, "09:12"))
    stage.begin(disputes.lunches(stage), stage.workday(4, "11:10"))
    stage.begin(disputes.smoke(stage), stage.workday(2, "10:30"))
    for words in (chapters.LETTER, chapters.VISIT):
        stage.begin(chapters.counter(stage, words), stage.workday(2, "10:05"))
    for words in (chapters.REPORT, chapters.UNNAMED):
        stage.begin(chapters.reported(stage, words), stage.workday(4, "20:15"))
