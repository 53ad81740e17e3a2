"""The one place where everything is put together, for the server, the worker and the command line alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.console import ConsoleSender, FileSender
from channels.contract import Sender
from hotline import chores, doctor, installation, model_report
from hotline.answers import Answers, AtOnce
from hotline.converse import Converse
from hotline.crowd import Crowd
from hotline.desk import Desk
from hotline.drain import Drain
from hotline.follow import Follow
from hotline.fresh_brain import FreshBrain
from hotline.gather import Gatherer
from hotline.intake import Intake
from hotline.loops import Loops
from hotline.meetings import MeetingRoom
from hotline.reference import Reference
from hotline.sender import Outbox
from hotline.ticker import Ticker
from hotline.timekeeper import StoredClock
from nlu.clusters import Rules
from plumbing.clock import Clock, SystemClock
from plumbing.config import Config
from plumbing.db import Database
from tickets.ports import Brain, Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything that runs, ready to be called."""

    config: Config
    database: Database
    clock: Clock
    reference: Reference
    intake: Intake
    desk: Desk
    follow: Follow
    meetings: MeetingRoom
    crowd: Crowd
    drain: Drain
    ticker: Ticker
    gatherer: Gatherer
    outbox: Outbox
    loops: Loops
    answers: Answers

    def ports(self) -> Ports:
        """What the edges get."""
        return Ports(
            intake=self.intake,
            desk=self.desk,
            follow=self.follow,
            meetings=self.meetings,
            events=self.crowd,
            answers=self.answers,
            extra={
                "event_rules": event_rules(self.config),
                "doctor": lambda: doctor.examine(lambda: self.config, now=self.clock.now()),
                "model": lambda: model_report.report(self.config, self.database, now=self.clock.now()),
            },
        )


def clock_for(config: Config, database: Database) -> Clock:
    """Real time; or, when a test clock is asked for, one that stands still, shared by every process of the database."""
    if config.test_clock is None:
        return SystemClock()
    return StoredClock(database, start=datetime.fromisoformat(config.test_clock))


def build(
    config: Config,
    *,
    brain: Brain | None = None,
    clock: Clock | None = None,
    database: Database | None = None,
    nudge: bool = True,
    sender: Sender | None = None,
) -> Runtime:
    """Put it together. Raises HotlineError when schema, city or model are missing, saying which command makes them.

    With a broker in the configuration the message is a nudge to Celery, else to the loop in this process. `sender`
    takes the place of those that the configuration names, for every channel.
    """
    from hotline.rasa import form_chat

    database = database or Database(config.database_url)
    installation.require_ready(config, database, model=brain is None)
    clock = clock or clock_for(config, database)
    today = clock.now().date()
    brain = brain or FreshBrain(config.model, lambda: installation.load_brain(config, database, on=today))
    limits = config.settings.limits
    reference = Reference(database, clock, brain)
    drain = Drain(database, clock, reference, limit=limits.batch, answers=config.settings.answers)
    ticker = Ticker(database, clock, reference, limit=limits.timers)
    rules = event_rules(config)
    gatherer = Gatherer(database, clock, reference, rules=rules, limit=limits.batch)
    by_channel = {} if sender else senders(config)
    fallback = sender or _plain_sender(config, "other")
    outbox = Outbox(database, clock, by_channel, fallback=fallback, limit=limits.deliveries)

    def hourly() -> int:
        chores.anchor(config, database, clock)
        gatherer.forget()
        return 0

    loops = Loops(
        drain=drain.run_once,
        outbox=outbox.run_once,
        ticker=ticker.run_once,
        gather=gatherer.run_once,
        chores=hourly,
    )
    converse = Converse(database, chat=form_chat(config))
    intake = Intake(
        database,
        clock,
        secret=installation.secret(database),
        text_characters=limits.text_characters,
        wake=_waker(config, loops) if nudge else lambda: None,
        question=converse.question if nudge else lambda _receipt_no: None,
        more=converse.next if nudge else lambda _receipt_no, _about: None,
        answer=AtOnce(
            database, clock, reference, config.settings.answers, **({} if nudge else {"patience_seconds": 0.0})
        ).answer,
    )
    answers = Answers(database, clock, intake)
    desk = Desk(database, clock, reference, intake)
    return Runtime(
        config=config,
        database=database,
        clock=clock,
        reference=reference,
        intake=intake,
        desk=desk,
        follow=Follow(database, clock, reference, intake=intake, desk=desk, answers=answers),
        meetings=MeetingRoom(database, clock, reference, desk),
        crowd=Crowd(database, clock, desk, rules=rules),
        drain=drain,
        ticker=ticker,
        gatherer=gatherer,
        outbox=outbox,
        loops=loops,
        answers=answers,
    )


def event_rules(config: Config) -> Rules:
    """The city's numbers for events."""
    given = config.settings.events
    return Rules(
        window=timedelta(days=given.window_days),
        join_score=given.join_percent / 100,
        warn_window=timedelta(hours=given.warn_hours),
        steps=given.steps,
        slope=timedelta(hours=given.slope_hours),
        half_life=timedelta(hours=given.half_life_hours),
    )


def senders(config: Config) -> Mapping[str, Sender]:
    """A sender for each channel. Providers are added when their secrets are there; until then files or the console."""
    return {name: _plain_sender(config, name) for name in ("sms", "wechat", "console")}


def _plain_sender(config: Config, channel: str) -> Sender:
    if config.settings.channels.delivery == "console":
        return ConsoleSender(channel=channel)
    return FileSender(config.home / "deliveries", channel=channel)


def _waker(config: Config, loops: Loops) -> "installation.Wake":
    if config.broker_url is None:
        return loops.drain.wake
    from hotline.broker import nudge

    return nudge(config.broker_url)
