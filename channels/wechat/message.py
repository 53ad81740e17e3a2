"""What WeChat pushes, read strictly, and what we reply, written safely. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring

from channels.xml_text import cdata
from plumbing.errors import BadInput

_ID_CHARACTERS = 128
_INSTANT_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A pushed message. `created` is in seconds since 1970, as WeChat says; `fields` are the other elements."""

    account: str
    sender: str
    created: int
    kind: str
    fields: Mapping[str, str]

    @property
    def external_id(self) -> str:
        """MsgId; an event has none, so sender and second stand for it (WeChat's own advice)."""
        return self.fields.get("MsgId") or f"{self.sender}:{self.created}"

    @property
    def created_at(self) -> datetime:
        return datetime.fromtimestamp(self.created, UTC)


def elements(body: bytes) -> dict[str, str]:
    """Name -> text of the elements below <xml>. Raises BadInput WECHAT_XML (400): not XML, a DTD, a name twice."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as wrong:  # defusedxml's refusals are ValueErrors
        raise _bad_xml() from wrong
    found: dict[str, str] = {}
    for child in root:
        if child.tag in found:
            raise _bad_xml()
        found[child.tag] = child.text or ""
    if root.tag != "xml" or not found:
        raise _bad_xml()
    return found


def received(fields: Mapping[str, str]) -> Received:
    """The message in `fields`. Raises BadInput WECHAT_FIELDS (400) naming what is missing or strange."""
    message_id = fields.get("MsgId", "")
    if message_id and not (_is_number(message_id) and len(message_id) <= _ID_CHARACTERS):
        raise _bad_field("MsgId")
    created = fields.get("CreateTime", "")
    if not _is_number(created) or len(created) > _INSTANT_DIGITS:
        raise _bad_field("CreateTime")
    return Received(
        account=_identity(fields, "ToUserName"),
        sender=_identity(fields, "FromUserName"),
        created=int(created),
        kind=_identity(fields, "MsgType"),
        fields=fields,
    )


def reply(to: Received, text: str) -> bytes:
    """The passive text reply. Carries the time of what it answers, so that a retry gets the same bytes."""
    return (
        f"<xml><ToUserName>{cdata(to.sender)}</ToUserName><FromUserName>{cdata(to.account)}</FromUserName>"
        f"<CreateTime>{to.created}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{cdata(text)}</Content></xml>"
    ).encode()


def envelope(sealed: str, *, signature: str, timestamp: str, nonce: str) -> bytes:
    """The encrypted reply's outer XML."""
    return (
        f"<xml><Encrypt>{cdata(sealed)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
    ).encode()


def _identity(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name, "").strip()
    if not value or len(value) > _ID_CHARACTERS or not value.isprintable():
        raise _bad_field(name)
    return value


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _bad_xml() -> BadInput:
    return BadInput("WECHAT_XML", "消息不是可读的XML。", status=400)


def _bad_field(name: str) -> BadInput:
    return BadInput("WECHAT_FIELDS", f"消息缺少{name}或其格式有误。", status=400, field=name)
