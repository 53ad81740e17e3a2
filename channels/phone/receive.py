"""POST /channels/twilio/voice and its steps: heard, recorded, recording."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from channels.contract import SYSTEM_CLOCK, require
from channels.phone import dialogue
from channels.phone.caller import seal, unseal
from channels.phone.dialogue import VOICE_MESSAGE, CallState, Turn, apology, confirm, excuse, greet
from channels.phone.twiml import document, from_query, nothing, to_query
from channels.twilio_request import field, sid, signed_form, twiml
from plumbing.clock import Clock
from plumbing.errors import BadInput
from tickets.ports import Ports
from tickets.types import Channel, Incoming

PATH = "/channels/twilio/voice"

_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE on a telephone's keys: how Twilio writes a withheld number."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSettings:
    """`public_base_url` is what Twilio calls. `name` is how the hotline greets; numbers in it are said by digits.

    `recording_hosts` are the hosts whose recordings are believed; a message with another keeps only the id.
    """

    auth_token: str
    public_base_url: str
    name: str = "12345市民服务热线"
    recording_hosts: tuple[str, ...] = ("api.twilio.com",)
    body_bytes: int = 65_536

    def __post_init__(self) -> None:
        require("hotline.channels.twilio.auth_token_env", self.auth_token)
        require("hotline.public_url_env", self.public_base_url)


class _Call:
    """One request of a call: who calls, where the call stands."""

    def __init__(self, ports: Ports, settings: PhoneSettings, form: FormData) -> None:
        self._ports, self._settings = ports, settings
        self.form = form
        self.sid = sid(form, "CallSid")
        self.caller = field(form, "From")

    def hand_in(self, state: CallState, text: str, facts: Mapping[str, Any], *, last: bool = False) -> Turn:
        """Store what was said and tell the number. A retry of the turn gets the same answer."""
        try:
            accepted = self._ports.intake.accept(self._incoming(state, text, facts))
        except BadInput as wrong:
            return excuse(state, wrong.sentence, last=last)
        except Exception:
            log.exception("voice_intake_failed", call=self.sid, turn=state.turn)
            return apology()
        return confirm(state, accepted, last=last)

    def say(self, turn: Turn) -> Response:
        """The turn as TwiML, with the URLs that carry its state."""
        if turn.reply is None:
            raise ValueError("words were heard: they must be handed in first")
        query = to_query(turn.state)
        sealed = urlencode({"caller": seal(self.caller, call=self.sid, secret=self._settings.auth_token)})
        base = self._settings.public_base_url.rstrip("/") + PATH
        return twiml(
            document(
                turn.reply,
                heard_url=f"{base}/heard?{query}",
                recorded_url=f"{base}/recorded?{query}",
                recording_url=f"{base}/recording?{query}&{sealed}",
            )
        )

    def recording(self) -> dict[str, Any]:
        """The facts of a voice message. Its address counts only on an allowed host."""
        facts: dict[str, Any] = {"way": "recording", "recording_sid": sid(self.form, "RecordingSid")}
        url = field(self.form, "RecordingUrl")
        if _is_allowed(url, self._settings.recording_hosts):
            facts["recording_url"] = url
        else:
            log.error("recording_host_refused", call=self.sid)
        return facts

    def _incoming(self, state: CallState, text: str, facts: Mapping[str, Any]) -> Incoming:
        known = self.caller.startswith("+") and self.caller not in _WITHHELD
        return Incoming(
            channel=Channel.PHONE,
            external_id=f"{self.sid}:{state.turn}",
            sender=self.caller if known else self.sid,
            text=text,
            facts=dict(facts) if known else {**facts, "caller_hidden": True},
            about=state.about,
        )


def router(ports: Ports, settings: PhoneSettings, *, clock: Clock = SYSTEM_CLOCK) -> APIRouter:
    """The four routes of a call. Failures of ours are spoken (HTTP 200): Twilio would play an English error."""
    routes = APIRouter(include_in_schema=False)
    form = Annotated[FormData, Depends(signed_form(settings))]

    @routes.post(PATH)
    def ring(fields: form) -> Response:
        return _Call(ports, settings, fields).say(greet(settings.name))

    @routes.post(PATH + "/heard")
    def heard(request: Request, fields: form) -> Response:
        call, state = _Call(ports, settings, fields), _state(request)
        words = field(fields, "SpeechResult")
        turn = dialogue.step(state, words, clock.now(), key=field(fields, "Digits"))
        if turn.reply is None:
            turn = call.hand_in(state, words, {**turn.facts, **_confidence(fields)})
        return call.say(turn)

    @routes.post(PATH + "/recorded")
    def recorded(request: Request, fields: form) -> Response:
        call = _Call(ports, settings, fields)
        return call.say(call.hand_in(_state(request), VOICE_MESSAGE, call.recording(), last=True))

    @routes.post(PATH + "/recording")
    def recording(request: Request, fields: form) -> Response:
        """Twilio's second word about a voice message: it counts when the first (/recorded) did not get through."""
        call, state = _Call(ports, settings, fields), _state(request)
        if field(fields, "RecordingStatus") != "completed":
            return twiml(nothing())
        call.caller = unseal(request.query_params.get("caller", ""), call=call.sid, secret=settings.auth_token)
        call.hand_in(state, VOICE_MESSAGE, call.recording(), last=True)
        return twiml(nothing())

    return routes


def _state(request: Request) -> CallState:
    try:
        return from_query(request.query_params)
    except BadInput as wrong:
        raise HTTPException(wrong.status, detail={"code": wrong.code, "sentence": wrong.sentence}) from wrong


def _confidence(form: FormData) -> dict[str, float]:
    try:
        return {"confidence": min(1.0, max(0.0, float(field(form, "Confidence"))))}
    except ValueError:
        return {}


def _is_allowed(url: str, hosts: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc in hosts
