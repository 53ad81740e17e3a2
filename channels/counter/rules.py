"""What a clerk's form says, as a message. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from channels.web.rules import NAME_CHARACTERS, PLACE_CHARACTERS, e164, words
from plumbing.errors import BadInput
from tickets.types import Channel, Incoming

WAYS: Mapping[str, str] = {"visit": "来访", "letter": "来信", "call": "来电"}
LINES: Mapping[str, str] = {"petition": "信访接待", "legal_aid": "司法援助", "hotline": "社区热线"}
"""The three lines of Xietu's counter (斜土三线合一); they enter one queue."""

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def incoming(fields: Mapping[str, str], *, form_id: str, clerk: str) -> Incoming:
    """The message that a counter form makes; `clerk` is the login of whoever took it down.

    An anonymous visitor's name and contact do not leave this function. A letter counts from the date on it when that
    is given. Raises BadInput with `field`.
    """
    anonymous = "anonymous" in fields
    facts: dict[str, Any] = {
        "way": _one_of(fields, "way", WAYS, "请选择来访、来信或来电。"),
        "line": _one_of(fields, "line", LINES, "请选择信访接待、司法援助或社区热线。"),
        "name": None if anonymous else _short(fields, "name", "姓名", NAME_CHARACTERS),
        "contact": None if anonymous else e164(fields.get("contact", "")),
        "place": _short(fields, "place", "地点", PLACE_CHARACTERS),
        "clerk": clerk,
    }
    written = _written_on(fields)
    facts = {key: value for key, value in facts.items() if value is not None}
    facts |= {key: True for key in ("anonymous", "confidential") if key in fields}
    facts |= {} if written is None else {"letter_date": written.isoformat()}
    return Incoming(
        channel=Channel.COUNTER,
        external_id=form_id,
        sender=f"counter:{form_id}",
        text=words(fields.get("text", "")),
        occurred_at=None if written is None else datetime.combine(written, time(12), _SHANGHAI),
        facts=facts,
    )


def _one_of(fields: Mapping[str, str], name: str, choices: Mapping[str, str], sentence: str) -> str:
    value = fields.get(name, "")
    if value not in choices:
        raise BadInput("CHOICE", sentence, field=name)
    return value


def _written_on(fields: Mapping[str, str]) -> date | None:
    """The date on a letter; what was left in that field of another form is not looked at."""
    said = fields.get("letter_date", "").strip()
    if fields.get("way") != "letter" or not said:
        return None
    try:
        written = date.fromisoformat(said)
    except ValueError:
        written = date.min
    if written.year < 1949:
        raise BadInput("DATE", "来信日期请写成 2026-01-31 的样子。", field="letter_date")
    return written


def _short(fields: Mapping[str, str], name: str, label: str, limit: int) -> str | None:
    value = "".join(char for char in fields.get(name, "") if char.isprintable()).strip()
    if len(value) > limit:
        raise BadInput("TOO_LONG", f"“{label}”请控制在{limit}字以内。", field=name)
    return value or None
