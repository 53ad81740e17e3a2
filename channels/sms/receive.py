"""POST /channels/twilio/sms: a text message in, the number back in the same answer."""

from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.datastructures import FormData
from twilio.twiml.messaging_response import MessagingResponse  # type: ignore[import-untyped]

from channels.answers import told, wants_person
from channels.contract import SYSTEM_CLOCK, require
from channels.twilio_request import field, sid, signed_form, twiml
from channels.wording import wording
from channels.xml_text import clean
from plumbing.clock import Clock
from plumbing.errors import BadInput
from tickets.ports import Ports
from tickets.types import Accepted, Channel, Incoming

PATH = "/channels/twilio/sms"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """`public_base_url` is what Twilio calls, scheme and host, with no path of ours."""

    auth_token: str
    public_base_url: str
    body_bytes: int = 65_536

    def __post_init__(self) -> None:
        require("hotline.channels.twilio.auth_token_env", self.auth_token)
        require("hotline.public_url_env", self.public_base_url)


def router(ports: Ports, settings: SmsSettings, *, clock: Clock = SYSTEM_CLOCK) -> APIRouter:
    """The one route. A failure of ours is told in a message (HTTP 200): Twilio would show nothing else."""
    routes = APIRouter(include_in_schema=False)

    @routes.post(PATH)
    def receive(form: Annotated[FormData, Depends(signed_form(settings))]) -> Response:
        incoming = Incoming(
            channel=Channel.SMS,
            external_id=sid(form, "MessageSid", "SmsSid"),
            sender=field(form, "From"),
            text=field(form, "Body"),
            occurred_at=clock.now(),
            facts=_facts(field(form, "NumMedia")),
        )
        return twiml(_message(_answer(ports, incoming)))

    return routes


def _facts(n_media: str) -> dict[str, object]:
    """Pictures are for a person to see; words alone may be answered in the same reply."""
    return {"n_media": n_media} if n_media not in {"", "0"} else {"answers": True}


def _answer(ports: Ports, incoming: Incoming) -> str:
    try:
        return _to_person(ports, incoming) or _told(ports.intake.accept(incoming))
    except BadInput as wrong:
        return wording("sms", "refused", sentence=wrong.sentence)
    except Exception:
        log.exception("sms_intake_failed")
        return wording("sms", "busy")


def _to_person(ports: Ports, incoming: Incoming) -> str | None:
    """Who asks for a person after an answer of the knowledge base gets the number under which it goes on."""
    if ports.answers is None or not wants_person(incoming.text):
        return None
    accepted = ports.answers.unsolved_by(Channel.SMS, incoming.sender)
    return wording("sms", "to_person", number=accepted.receipt_no) if accepted is not None else None


def _told(accepted: Accepted) -> str:
    if accepted.answer is not None:
        return wording("sms", "answered", answer=told(accepted.answer), number=accepted.receipt_no)
    lines = [accepted.advice, wording("sms", "received", number=accepted.receipt_no)]
    if accepted.question:
        lines.append(wording("sms", "question", question=accepted.question))
    return "\n".join(line for line in lines if line)


def _message(text: str) -> str:
    response = MessagingResponse()
    response.message(clean(text))
    return str(response)
