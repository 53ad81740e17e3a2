"""Step A: store, number and answer at once; nothing after the commit can lose a message."""

import hmac
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import select, tuple_

from city import coordinates
from hotline import answer_store
from nlu import guard
from plumbing import faults, ids
from plumbing.clock import Clock
from plumbing.crypto import canonical, commitment
from plumbing.db import Database, upsert_ignore
from plumbing.errors import BadInput, Conflict, NotFound
from plumbing.group import Group
from tickets.ports import Receipt
from tickets.store import PRIORITY, table
from tickets.tables import MessageRow
from tickets.types import Accepted, Answer, Channel, Incoming, Outcome, Urgency

FUTURE = timedelta(minutes=5)
LONG_AGO = timedelta(days=30)
DRAWS = 8
FACTS_BYTES = 10_000
_NEEDS_SENDER = frozenset({Channel.SMS, Channel.WECHAT, Channel.PHONE, Channel.API})


class Intake:
    """The use case behind tickets.ports.Intake.

    `wake` tells the worker that there is something to do. `question` is asked, for a caller who is still on the
    line, what the ticket wants to know, and `more` (receipt, number it is about) after an answer; both answer soon, or None.
    So does `answer`, for one whom the knowledge base may answer: what it has answered.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        secret: str,
        text_characters: int,
        wake: Callable[[], None] = lambda: None,
        question: Callable[[str], str | None] = lambda _receipt_no: None,
        more: Callable[[str, str], str | None] = lambda _receipt_no, _about: None,
        answer: Callable[[str, Incoming], Answer | None] = lambda _receipt_no, _incoming: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._text_characters = text_characters
        self._wake = wake
        self._question = question
        self._more = more
        self._known = answer
        self._group: Group[dict[str, Any], Any] = Group(self._store)

    def accept(self, incoming: Incoming, *, sample: bool = False) -> Accepted:
        """See tickets.ports.Intake.accept."""
        now = self._clock.now()
        row = _row(incoming, now, self._text_characters) | {"sample": sample}
        for _ in range(DRAWS):
            stored = self._group.do(row | {"receipt_no": ids.receipt_no(now)})
            if stored is not None:
                break
        else:
            raise Conflict("BUSY", "系统繁忙，请稍后重试。")
        again = stored.text_hash != row["text_hash"]
        if again:
            _refuse_another_text(stored, str(row["text"]))
        else:
            faults.point("after_accept")
            self._wake()
        return self._answer(stored, incoming, again=again)

    def receipt(self, receipt_no: str) -> Receipt:
        """See tickets.ports.Intake.receipt."""
        with self._database.reading() as session:
            row = session.get(MessageRow, receipt_no) if ids.plausible(receipt_no) else None
            if row is None:
                raise NotFound("NO_RECEIPT", "没有这个受理编号，请核对后重试。")
            given = answer_store.read(session, receipt_no) if row.outcome == Outcome.ANSWERED else None
            later = session.get(MessageRow, given.went_to) if given and given.went_to else None
        return Receipt(
            receipt_no=row.receipt_no,
            outcome=Outcome(row.outcome),
            tickets=tuple((later or row).tickets),
            reason=row.reason,
            answer=answer_store.answer(given) if given else None,
        )

    def token(self, receipt_no: str) -> str:
        """The word that opens the follow page of a number without a phone; derived, so that nothing is stored."""
        return hmac.new(self._secret.encode(), receipt_no.encode(), sha256).hexdigest()[:24]

    def _store(self, rows: Sequence[dict[str, Any]]) -> list[Any]:
        """Insert what is new; each message as it is stored now, by whoever was first, or None when its number was taken."""
        t = table(MessageRow)
        keys = [(row["channel"], row["external_id"]) for row in rows]
        with self._database.transaction() as session:
            upsert_ignore(session, t, list(rows))
            wanted = select(
                t.c.channel,
                t.c.external_id,
                t.c.receipt_no,
                t.c.text_hash,
                t.c.salt,
                t.c.urgency,
                t.c.danger,
                t.c.about,
            )
            found = session.execute(wanted.where(tuple_(t.c.channel, t.c.external_id).in_(keys))).all()
        known = {(row.channel, row.external_id): row for row in found}
        return [known.get(key) for key in keys]

    def _answer(self, row: Any, incoming: Incoming, *, again: bool) -> Accepted:
        return Accepted(
            receipt_no=row.receipt_no,
            token=self.token(row.receipt_no),
            again=again,
            urgency=Urgency(row.urgency),
            advice=guard.advice(row.danger) if row.danger else None,
            question=self._asked(row, again=again) if row.channel == Channel.PHONE else None,
            answer=self._known(row.receipt_no, incoming),
        )

    def _asked(self, row: Any, *, again: bool) -> str | None:
        if not row.about:
            return self._question(row.receipt_no)
        # a retry must not answer a form's next question with the words of the last
        return None if again else self._more(row.receipt_no, row.about)


def _refuse_another_text(stored: Any, text: str) -> None:
    if commitment(stored.salt, text) != stored.text_hash:
        raise BadInput(
            "ID_REUSED",
            "这个消息编号已用于另一段内容；新的内容请使用新的编号。",
            status=409,
            receipt_no=stored.receipt_no,
        )


def _row(incoming: Incoming, now: datetime, text_characters: int) -> dict[str, Any]:
    text, flags = _clean(incoming.text, text_characters)
    _check(incoming)
    occurred_at = incoming.occurred_at or now
    if occurred_at > now + FUTURE:
        flags.append("occurred_in_future")
    elif occurred_at < now - LONG_AGO:
        flags.append("occurred_long_ago")
    danger = guard.danger(text)
    urgency = danger.urgency if danger else Urgency.ROUTINE
    salt = ids.token(12)
    return {
        "channel": str(incoming.channel),
        "external_id": incoming.external_id,
        "sender": incoming.sender,
        "text": text,
        "text_hash": commitment(salt, text),
        "salt": salt,
        "occurred_at": occurred_at,
        "received_at": now,
        "urgency": str(urgency),
        "danger": danger.kind if danger else None,
        "priority": PRIORITY[urgency],
        "facts": _facts(coordinates.kept(incoming.facts)),
        "about": incoming.about,
        "flags": flags,
        "outcome": str(Outcome.PENDING),
        "reason": "",
        "tickets": [],
        "attempts": 0,
    }


def _clean(text: str, limit: int) -> tuple[str, list[str]]:
    """The text without control characters (line breaks stay); flagged when something was taken out."""
    if len(text) > limit:
        raise BadInput("TEXT_TOO_LONG", f"内容不能超过{limit}字，请精简或分几次提交。", status=413, limit=limit)
    kept = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    cleaned = kept.strip()
    if not cleaned or not any(unicodedata.category(char) not in ("Cf", "Zs", "Zl", "Zp", "Mn") for char in cleaned):
        raise BadInput("EMPTY_TEXT", "内容不能为空，请说明发生了什么事、在什么地方。")
    return cleaned, (["text_cleaned"] if kept != text else [])


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they can be stored: what JSON has, without control characters."""
    try:
        plain = canonical(dict(given))
    except TypeError:  # half a surrogate pair, a number of more than 64 bits, or too deep
        raise BadInput("BAD_FACTS", "附加信息中有无法保存的字符、过大的数或过深的层次，请修改后重试。") from None
    if len(plain) > FACTS_BYTES:
        raise BadInput("FACTS_TOO_LONG", f"附加信息不能超过{FACTS_BYTES}字节。", status=413)
    kept: dict[str, Any] = _without_controls(orjson.loads(plain))
    return kept


def _without_controls(value: Any) -> Any:
    match value:
        case str():
            return "".join(char for char in value if char in "\n\t" or unicodedata.category(char) != "Cc")
        case dict():
            return {_without_controls(name): _without_controls(inner) for name, inner in value.items()}
        case list():
            return [_without_controls(inner) for inner in value]
        case _:
            return value


def _check(incoming: Incoming) -> None:
    if not 1 <= len(incoming.external_id) <= 200 or not incoming.external_id.isprintable():
        raise BadInput("BAD_ID", "消息编号须为1至200个可见字符。")
    if len(incoming.sender) > 200 or not incoming.sender.isprintable():
        raise BadInput("BAD_SENDER", "发送人须为不超过200个可见字符。")
    if not incoming.sender.strip() and incoming.channel in _NEEDS_SENDER:
        raise BadInput("BAD_SENDER", "缺少发送人，请提供电话号码或渠道用户标识。")
    if incoming.occurred_at is not None and incoming.occurred_at.tzinfo is None:
        raise BadInput("BAD_TIME", "时间须带时区，例如 2026-01-05T09:00:00+08:00。")
