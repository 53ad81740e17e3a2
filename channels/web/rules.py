"""What a resident's form says, as values. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from plumbing.errors import BadInput
from tickets.types import Channel, Incoming

PLACE_CHARACTERS = 200
NAME_CHARACTERS = 50
ACTIONS = ("supply", "withdraw", "rate", "reopen", "unsolved", "solved")

_FORM_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MOBILE = re.compile(r"(?:\+?86)?(1[0-9]{10})")
_LANDLINE = re.compile(r"(?:\+?860?|0)((?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7})")
_ANSWERS = {"yes": True, "no": False}


def usable_id(form_id: str) -> bool:
    """Whether a form's id can make the same form the same message; one of another shape is replaced by a new one."""
    return _FORM_ID.fullmatch(form_id) is not None


def incoming(fields: Mapping[str, str], *, form_id: str) -> Incoming:
    """The message that a report form makes. With "anonymous" neither name nor phone leaves this function.

    The sender is the form, never the phone: nobody has proved that it is theirs, and a message of a known sender may
    be joined to that sender's open ticket.

    Raises BadInput with `field` when the trap for robots is filled, or when place, name or phone cannot be taken.
    """
    if fields.get("website"):
        raise BadInput("TRAP", "请不要填写“网址”一栏（它只用来识别机器人），清空后再提交一次。", field="website")
    place = _short(fields, "place", "地点", PLACE_CHARACTERS)
    anonymous = "anonymous" in fields
    name = None if anonymous else _short(fields, "name", "称呼", NAME_CHARACTERS)
    phone = None if anonymous else e164(fields.get("phone", ""))
    facts: dict[str, Any] = {"place": place, "name": name, "contact": phone}
    facts = {key: value for key, value in facts.items() if value is not None}
    facts |= {key: True for key in ("anonymous", "confidential") if key in fields}
    facts |= {key: fields[key] for key in ("lat", "lon") if fields.get("lat") and fields.get("lon")}
    facts["answers"] = True  # the page that follows shows one
    return Incoming(
        channel=Channel.WEB,
        external_id=form_id,
        sender=f"web:{form_id}",
        text=words(fields.get("text", "")),
        facts=facts,
    )


def words(said: str) -> str:
    """What was said with one kind of line end and no blank edges, so that the same form is the same text again."""
    return said.replace("\r\n", "\n").replace("\r", "\n").strip()


def e164(said: str) -> str | None:
    """A mainland mobile or landline number in E.164, None for nothing said. Raises BadInput for anything else."""
    plain = re.sub(r"[\s()\-.]", "", unicodedata.normalize("NFKC", said))
    if not plain:
        return None
    for shape in (_MOBILE, _LANDLINE):
        if found := shape.fullmatch(plain):
            return "+86" + found.group(1)
    raise BadInput("PHONE", "请填写11位手机号，或带区号的固定电话；也可以留空，凭查询链接跟进。", field="phone")


def _short(fields: Mapping[str, str], name: str, label: str, limit: int) -> str | None:
    value = "".join(char for char in fields.get(name, "") if char.isprintable()).strip()
    if len(value) > limit:
        raise BadInput("TOO_LONG", f"“{label}”请控制在{limit}字以内。", field=name)
    return value or None


def action_data(action: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """What `Follow.act` wants of a follow form. `key` is the form's own id: a double click does it once.

    Raises BadInput with `field` when something needed is missing.
    """
    form_id = fields.get("form_id", "")
    return _action(action, fields) | ({"key": form_id} if usable_id(form_id) else {})


def _action(action: str, fields: Mapping[str, str]) -> dict[str, Any]:
    match action:
        case "supply":
            return {"text": _needed(fields, "text", "请写下要补充的内容。")}
        case "rate":
            return _rating(fields)
        case "unsolved":
            return {"text": words(fields.get("text", ""))}
        case "solved":
            return {}
        case "reopen":
            return {"reason": _needed(fields, "reason", "请写下问题还有哪里没有解决，承办单位会据此重新办理。")}
        case _:
            return {"reason": words(fields.get("reason", ""))}


def _rating(fields: Mapping[str, str]) -> dict[str, Any]:
    score = fields.get("score", "")
    if score not in ("1", "2", "3", "4", "5"):
        raise BadInput("SCORE", "请选择1至5分。", field="score")
    if fields.get("solved") not in _ANSWERS:
        raise BadInput("SOLVED", "请选择问题是否已经解决。", field="solved")
    contacted = _ANSWERS.get(fields.get("contacted", ""))
    data: dict[str, Any] = {"score": int(score), "solved": _ANSWERS[fields["solved"]]}
    data |= {} if contacted is None else {"contacted": contacted}
    said = words(fields.get("text", ""))
    return data | ({"text": said} if said else {})


def _needed(fields: Mapping[str, str], name: str, sentence: str) -> str:
    said = words(fields.get(name, ""))
    if not said:
        raise BadInput("EMPTY_TEXT", sentence, field=name)
    return said


def digits(said: str) -> str:
    """The digits of a number as people write it: with blanks, dashes or full-width signs."""
    return "".join(char for char in unicodedata.normalize("NFKC", said) if char in "0123456789")


def proof(said: str) -> str:
    """The phone's last four digits or the code of the link, as people copy them: without blanks."""
    return "".join(unicodedata.normalize("NFKC", said).split())


def grouped(number: str) -> tuple[str, ...]:
    """A number in groups that can be read out: fours, and what is left (14 digits give 4 4 3 3)."""
    if len(number) == 14 or number[14:15] == "-":
        further = (number[14:],) if number[14:] else ()
        return (number[:4], number[4:8], number[8:11], number[11:14], *further)
    return tuple(number[start : start + 4] for start in range(0, len(number), 4))
