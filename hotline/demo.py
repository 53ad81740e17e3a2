"""The sample: a week of tickets in every state, so that no page is empty. One command makes it, one takes it away.

What the residents say is in demo_messages.py, how it goes on in demo_courses.py, demo_operator.py, demo_chapters.py
and demo_disputes.py, how often and when in demo_week.py.
"""

from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from channels.contract import SendResult, sent
from city import store as city_store
from city.types import Directory
from hotline import demo_rows, installation
from hotline.demo_corpus import Corpus
from hotline.demo_memory import Remembering
from hotline.demo_stage import Stage
from hotline.demo_week import stage_week
from hotline.reference import SHANGHAI
from hotline.runtime import build
from plumbing.clock import MovableClock
from plumbing.config import Config
from plumbing.db import Database
from plumbing.errors import BadInput, Conflict, Refused

SEED = 12345
STREETS = ("tianping", "xietu", "fenglin")
UNITS = ("scjg", "cgzf", "sthj", "fgj", "jgw", "shizheng", "water", "gas")
"""The streets and units that the chapters name."""

log = structlog.get_logger()


class NobodysSender:
    """Says that it was sent, and sends nothing."""

    channel = "sample"

    def send(self, address: str, text: str, *, key: str) -> SendResult:
        return sent("sample")


def make(config: Config, database: Database, *, now: datetime, seed: int = SEED, scale: float = 1.0) -> int:
    """How many tickets the week before `now` has; 0 in a city without the sample's streets and units.

    The week is played in a database of its own and handed over whole, in one transaction: its clock and its sender
    never meet a real message, timer or delivery, and a crash leaves nothing behind.
    Raises Refused SAMPLE_THERE, and HotlineError when schema, city or model are missing.
    """
    with database.reading() as session:
        if demo_rows.has_sample(session):
            raise Refused("SAMPLE_THERE", "已有示例工单，请先运行 hotline demo --remove 删除，再重新生成。")
    with TemporaryDirectory(prefix="hotline-sample-") as folder:
        scratch = Database(f"sqlite:///{folder}/sample.db")
        event.listen(scratch.engine, "connect", _in_a_hurry)
        try:
            installation.migrate(scratch)
            with database.reading() as source, scratch.transaction() as target:
                demo_rows.copy_city(source, target)
            return _hand_over(scratch, database) if play(config, scratch, now=now, seed=seed, scale=scale) else 0
        finally:
            scratch.dispose()


def remove(database: Database) -> int:
    """How many sample tickets were deleted, with everything that hangs on them and nothing else."""
    with database.transaction() as session:
        return demo_rows.take_away(session)


def play(config: Config, database: Database, *, now: datetime, seed: int = SEED, scale: float = 1.0) -> Stage | None:
    """Play the week in `database`, through the use cases and on a moved clock; None in a city that it does not fit."""
    with database.reading() as session:
        directory = city_store.directory(session, on=now.astimezone(SHANGHAI).date())
    corpus = _corpus(config, directory) if _fits(directory) else None
    if corpus is None:
        return None
    installation.require_ready(config, database, model=True)
    brain = Remembering(installation.load_brain(config, database, on=now.date()))
    clock = MovableClock(now)
    runtime = build(config, brain=brain, clock=clock, database=database, nudge=False, sender=NobodysSender())
    stage = Stage(runtime, clock, until=now, seed=seed)
    stage_week(stage, corpus, scale=scale)
    stage.play()
    return stage


def _in_a_hurry(connection: Any, _record: object) -> None:
    """What is thrown away after a crash need not be on disk before it goes on."""
    connection.execute("PRAGMA synchronous=OFF")


def _fits(directory: Directory) -> bool:
    return directory.streets.keys() >= set(STREETS) and directory.units.keys() >= set(UNITS)


def _corpus(config: Config, directory: Directory) -> Corpus | None:
    try:
        return Corpus(config.pack, directory)
    except BadInput as error:
        log.warning("no corpus for a sample", code=error.code)
        return None


def _hand_over(scratch: Database, database: Database) -> int:
    try:
        with scratch.reading() as source, database.transaction() as target:
            return demo_rows.hand_over(source, target)
    except IntegrityError:
        raise Conflict("NUMBER_TAKEN", "示例的受理编号与已有编号相同，请再运行一次。") from None
