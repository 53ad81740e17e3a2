"""Replies of the dialogue as TwiML documents.

Speech is recognised as cmn-Hans-CN and spoken as cmn-CN: Twilio's two lists have different names. No speechModel: the
default is the one that knows Mandarin. `lines` stand before the Gather so that noise cannot cut off a number or a
warning; there is no Hangup, a document that ends hangs up.
"""

from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from twilio.twiml.voice_response import Gather, VoiceResponse  # type: ignore[import-untyped]

from channels.phone.dialogue import CallState, Line, Pause, Reply, Then
from channels.xml_text import clean
from plumbing.errors import BadInput

SPEECH = "cmn-Hans-CN"
VOICE = "cmn-CN"
RECORD_SECONDS = 180
_LISTEN_SECONDS = 6
_END_OF_SPEECH_SECONDS = "3"
_NOTHING_RECORDED = "没有收到留言。请稍后再打来。有危险，请马上拨打幺幺零。"
_NUMBER_CHARACTERS = 40


def document(reply: Reply, *, heard_url: str, recorded_url: str, recording_url: str) -> str:
    """The TwiML of `reply`. The three URLs are called with words, after a voice message, and when its file is ready."""
    response = VoiceResponse()
    _say(response, reply.lines)
    if reply.then is Then.LISTEN:
        gather = response.gather(
            input="speech dtmf",
            language=SPEECH,
            action=heard_url,
            method="POST",
            action_on_empty_result=True,
            timeout=_LISTEN_SECONDS,
            speech_timeout=_END_OF_SPEECH_SECONDS,
            num_digits=1,
            profanity_filter=False,
        )
        _say(gather, reply.prompt)
        return str(response)
    _say(response, reply.prompt)
    if reply.then is Then.RECORD:
        _record(response, recorded_url, recording_url)
    return str(response)


def nothing() -> str:
    """An empty document, for callbacks that nobody hears."""
    return str(VoiceResponse())


def to_query(state: CallState) -> str:
    """The state as a query; Twilio's signature over the URL keeps it from being changed."""
    fields = {"turn": str(state.turn), "silences": str(state.silences)}
    return urlencode(fields | ({"about": state.about} if state.about else {}))


def from_query(query: QueryParams) -> CallState:
    """The state in `query`. Raises BadInput BAD_STATE (400)."""
    turn, silences, about = query.get("turn", ""), query.get("silences", "0"), query.get("about")
    if not (_is_count(turn) and _is_count(silences)):
        raise BadInput("BAD_STATE", "通话状态无法读取。", status=400)
    if about is not None and not (about.isascii() and about.isalnum() and len(about) <= _NUMBER_CHARACTERS):
        raise BadInput("BAD_STATE", "通话状态无法读取。", status=400)
    return CallState(turn=int(turn), silences=int(silences), about=about)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3


def _record(response: VoiceResponse, recorded_url: str, recording_url: str) -> None:
    response.record(
        action=recorded_url,
        method="POST",
        max_length=RECORD_SECONDS,
        timeout=5,
        finish_on_key="#",
        play_beep=True,
        trim="trim-silence",
        recording_status_callback=recording_url,
        recording_status_callback_event="completed",
        recording_status_callback_method="POST",
    )
    _say(response, (_NOTHING_RECORDED,))


def _say(verb: VoiceResponse | Gather, lines: tuple[Line, ...]) -> None:
    for line in lines:
        if isinstance(line, Pause):
            verb.pause(length=line.seconds)
        else:
            verb.say(clean(line), language=VOICE)
