"""Answers of the knowledge base while the resident is still there, and the way on from them to a person."""

from datetime import timedelta
from time import monotonic, sleep

from sqlalchemy import select

from accounts import rules as account_rules
from city import store as city_store
from city.knowledge import withheld
from hotline import answer_store, answering
from hotline.intake import Intake
from hotline.reference import SHANGHAI, Reference
from nlu import guard, retrieval
from plumbing.clock import Clock
from plumbing.config import Answers as AnswerSettings
from plumbing.db import Database, upsert_ignore
from plumbing.errors import BadInput, NotFound, Refused
from tickets import store as ticket_store
from tickets.store import table
from tickets.tables import AnswerRow, MessageRow, QuoteRow
from tickets.types import Accepted, Actor, Answer, Channel, Incoming, Outcome

PATIENCE_SECONDS = 2.5
LOOK_SECONDS = 0.03
MAY_FIT = 0.05
"""How sure the words alone must be that an article answers, for a resident to be kept waiting a moment for it."""
STILL_ABOUT = timedelta(days=2)
"""How long "转人工" in a chat is about the last answer there."""

_M, _A = table(MessageRow), table(AnswerRow)


class AtOnce:
    """The answer to a message that has just been accepted, if the knowledge base has one within a moment."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        reference: Reference,
        settings: AnswerSettings,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._reference = reference
        self._settings = settings
        self._patience_seconds = patience_seconds

    def answer(self, receipt_no: str, incoming: Incoming) -> Answer | None:
        """What to show in the same reply. Only who asks something that an article may answer is kept waiting."""
        if not answering.shows(incoming.channel, incoming.facts, self._settings) or not self._may_fit(incoming.text):
            return None
        until = monotonic() + self._patience_seconds
        while (outcome := self._outcome(receipt_no)) == Outcome.PENDING and monotonic() < until:
            sleep(LOOK_SECONDS)
        if outcome != Outcome.ANSWERED:
            return None
        with self._database.transaction() as session:
            row = answer_store.read(session, receipt_no)
            answer_store.shown(session, receipt_no, self._clock.now())
            return answer_store.answer(row) if row is not None else None

    def _may_fit(self, text: str) -> bool:
        if guard.danger(text) is not None or retrieval.wants_action(text):
            return False
        knowledge = self._reference.now().knowledge
        on = self._clock.now().astimezone(SHANGHAI).date()
        found = knowledge.index.find(text, most=1)
        return bool(
            found and found[0].confidence >= MAY_FIT and withheld(knowledge.articles[found[0].code], on) is None
        )

    def _outcome(self, receipt_no: str) -> str | None:
        with self._database.reading() as session:
            return session.execute(select(_M.c.outcome).where(_M.c.receipt_no == receipt_no)).scalar()


class Answers:
    """The use case behind tickets.ports.Answers."""

    def __init__(self, database: Database, clock: Clock, intake: Intake) -> None:
        self._database = database
        self._clock = clock
        self._intake = intake

    def unsolved(self, receipt_no: str, *, more: str = "") -> Accepted:
        """See tickets.ports.Answers.unsolved."""
        with self._database.reading() as session:
            row = session.get(MessageRow, receipt_no)
            known = answer_store.read(session, receipt_no)
        if row is None:
            raise NotFound("NO_RECEIPT", "没有这个受理编号，请核对后重试。")
        if known is None or row.outcome != Outcome.ANSWERED:
            raise Refused("NOT_ANSWERED", "这件事已经在办理，不用再转工单，请查看办理进度。")
        accepted = self._gone_on(row, known.went_to) if known.went_to else self._goes_on(row, more)
        with self._database.transaction() as session:
            answer_store.judge(session, receipt_no, "unsolved", self._clock.now(), went_to=accepted.receipt_no)
        return accepted

    def solved(self, receipt_no: str) -> None:
        """The resident says that the answer helped."""
        with self._database.transaction() as session:
            answer_store.judge(session, receipt_no, "solved", self._clock.now())

    def unsolved_by(self, channel: Channel, sender: str) -> Accepted | None:
        """See tickets.ports.Answers.unsolved_by."""
        wanted = (
            select(_A.c.receipt_no)
            .join(_M, _M.c.receipt_no == _A.c.receipt_no)
            .where(
                _M.c.sender == sender,
                _M.c.channel == str(channel),
                _M.c.received_at > self._clock.now() - STILL_ABOUT,
            )
            .order_by(_M.c.received_at.desc())
            .limit(1)
        )
        with self._database.reading() as session:
            receipt_no = session.execute(wanted).scalar()
        return self.unsolved(receipt_no) if receipt_no is not None else None

    def quoted(self, ticket_no: str, article: str, *, actor: Actor) -> None:
        """See tickets.ports.Answers.quoted."""
        with self._database.transaction() as session:
            known = {one.code for one in city_store.articles(session)}
            ticket = ticket_store.load(session, [ticket_no]).get(ticket_no)
            if article not in known or ticket is None or not account_rules.may_see(actor, ticket):
                raise NotFound("NO_ARTICLE", "没有这条知识或这张工单，请刷新后重试。")
            row = {"ticket_no": ticket_no, "article": article, "actor": actor.id, "at": self._clock.now()}
            upsert_ignore(session, table(QuoteRow), [row])

    def _goes_on(self, row: MessageRow, more: str) -> Accepted:
        """The same words as a message of their own: nothing is lost, and its clocks begin when it was asked for."""
        extra = more.strip()
        try:
            return self._accept(row, f"{row.text}\n补充：{extra}" if extra else row.text)
        except BadInput as error:
            if error.code != "ID_REUSED":
                raise
            return self._gone_on(row, str(error.details["receipt_no"]))  # a second click with other words

    def _gone_on(self, row: MessageRow, number: str) -> Accepted:
        with self._database.reading() as session:
            later = session.get(MessageRow, number)
        return self._accept(row, later.text if later is not None else row.text)

    def _accept(self, row: MessageRow, text: str) -> Accepted:
        facts = {name: value for name, value in row.facts.items() if name != answering.SHOWS}
        incoming = Incoming(
            channel=Channel(row.channel),
            external_id=f"{answering.UNSOLVED}:{row.receipt_no}",
            sender=row.sender,
            text=text,
            facts=facts | {answering.UNSOLVED: row.receipt_no},
        )
        return self._intake.accept(incoming, sample=row.sample)
