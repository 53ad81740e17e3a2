"""What a follower of the account is told at once, for every kind of message."""

from channels.answers import told, wants_person
from channels.wechat.message import Received
from channels.wording import wording
from plumbing.errors import BadInput
from tickets.ports import Ports
from tickets.types import Accepted, Channel, Incoming

CONTENT_BYTES = 2000
"""WeChat cuts a passive text reply at 2,048 bytes."""

_GREETED = frozenset({"subscribe", "SCAN", "CLICK"})


def answer(ports: Ports, message: Received) -> str | None:
    """The reply; None where WeChat expects none. Only text, recognised speech and locations are stored.

    Who asks for a person after an answer of the knowledge base gets the number under which it goes on.
    """
    words = _words(message)
    if words is not None:
        return _cut(_to_person(ports, message, words) or _accept(ports, message, words))
    if message.kind != "event":
        return wording("wechat", "voice_unclear" if message.kind == "voice" else "text_only")
    return wording("wechat", "welcome") if message.fields.get("Event") in _GREETED else None


def busy() -> str:
    """Said when the number did not come in time: promises nothing, since nothing is certain."""
    return wording("wechat", "busy")


def _words(message: Received) -> str | None:
    if message.kind == "text":
        return message.fields.get("Content", "")
    if message.kind == "voice":
        return message.fields.get("Recognition", "").strip() or None
    if message.kind == "location" and message.fields.keys() >= {"Location_X", "Location_Y"}:
        return f"我的位置：{message.fields.get('Label', '').strip() or '见定位'}"
    return None


def _to_person(ports: Ports, message: Received, words: str) -> str | None:
    if ports.answers is None or not wants_person(words):
        return None
    accepted = ports.answers.unsolved_by(Channel.WECHAT, message.sender)
    if accepted is None:
        return None
    return wording("wechat", "to_person", number=accepted.receipt_no, token=accepted.token)


def _accept(ports: Ports, message: Received, words: str) -> str:
    try:
        accepted = ports.intake.accept(_incoming(message, words))
    except BadInput as wrong:
        return wording("wechat", "refused", sentence=wrong.sentence)
    return _told(accepted)


def _incoming(message: Received, words: str) -> Incoming:
    return Incoming(
        channel=Channel.WECHAT,
        external_id=message.external_id,
        sender=message.sender,
        text=words,
        occurred_at=message.created_at,
        facts=_facts(message) | {"answers": True},
    )


def _facts(message: Received) -> dict[str, str]:
    """What WeChat says beside the words. Location_X is the latitude; the maps behind it are in GCJ-02, as all in China."""
    fields = message.fields
    match message.kind:
        case "voice":
            return {"way": "voice", "media_id": fields.get("MediaId", "")}
        case "location":
            where = {"lat": fields["Location_X"], "lon": fields["Location_Y"], "datum": "gcj02"}
            return {"way": "location", **where}
        case _:
            return {}


def _told(accepted: Accepted) -> str:
    if accepted.answer is not None:
        given = told(accepted.answer)
        return wording("wechat", "answered", answer=given, number=accepted.receipt_no, token=accepted.token)
    lines = [accepted.advice, wording("wechat", "received", number=accepted.receipt_no, token=accepted.token)]
    if accepted.question:
        lines.append(wording("wechat", "question", question=accepted.question))
    return "\n".join(line for line in lines if line)


def _cut(text: str) -> str:
    return text.encode()[:CONTENT_BYTES].decode(errors="ignore")
