"""Whole calls over HTTP, as Twilio would make them; every document is judged by the TwiML rules."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from channels.phone.dialogue import MOST_TURNS
from channels.phone.receive import PATH, PhoneSettings, router
from plumbing.clock import MovableClock
from plumbing.errors import BadInput, ConfigError
from tickets.ports import Ports
from tickets.types import Channel

TOKEN = "a test token"
PUBLIC = "https://hotline.invalid/behind/a/proxy"
NUMBER = "26112300000001"
SPOKEN_NUMBER = ["二，六，幺，幺。", "二，三，零，零。", "零，零，零，零。", "零，幺。"]


class Caller:
    """A caller on the line: `hears` is the last document."""

    def __init__(self, twilio: Any, rules: Any) -> None:
        self.twilio, self.rules = twilio, rules
        self.number = "+10012345678"
        self.hears: Element = self.post(PATH)

    def post(self, url: str, **fields: str) -> Element:
        answer = self.answer(url, **fields)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/xml")
        return self.rules.voice(answer.text)

    def answer(self, url: str, **fields: str) -> Any:
        form = [("CallSid", "CA1"), ("From", self.number), ("To", "+10000012345"), *fields.items()]
        return self.twilio.post(url, form)

    def says(self, words: str) -> None:
        self.hears = self.post(self.gather().attrib["action"], SpeechResult=words, Confidence="0.91")

    def is_silent(self) -> None:
        self.hears = self.post(self.gather().attrib["action"])

    def presses(self, key: str) -> None:
        self.hears = self.post(self.gather().attrib["action"], Digits=key)

    def leaves_message(self, url: str = "https://api.twilio.com/2010-04-01/Recordings/RE1", ended: str = "#") -> None:
        self.hears = self.post(
            self.record().attrib["action"], RecordingUrl=url, RecordingSid="RE1", RecordingDuration="9", Digits=ended
        )

    def gather(self) -> Element:
        (found,) = self.hears.findall("Gather")
        return found

    def record(self) -> Element:
        (found,) = self.hears.findall("Record")
        return found

    def words(self) -> list[str]:
        return [str(say.text) for say in self.hears.iter("Say")]

    def is_over(self) -> bool:
        return not self.hears.findall("Gather") and not self.hears.findall("Record")


@pytest.fixture
def call(ports: Ports, clock: MovableClock, twilio: Callable[..., Any], twiml_rules: Any) -> Caller:
    routes = router(ports, PhoneSettings(auth_token=TOKEN, public_base_url=PUBLIC + "/"), clock=clock)
    return Caller(twilio(routes, auth_token=TOKEN, public=PUBLIC), twiml_rules)


def test_the_greeting_says_danger_first_and_then_listens_in_mandarin(call: Caller) -> None:
    words = "".join(call.words())
    assert words.index("幺幺零") < words.index("请在提示音后说")
    assert "幺二三四五" in words
    gather = call.gather().attrib
    assert gather["input"] == "speech dtmf"
    assert gather["language"] == "cmn-Hans-CN"
    assert gather["actionOnEmptyResult"] == "true"
    assert "speechModel" not in gather
    assert gather["action"].startswith(PUBLIC + PATH + "/heard?")
    assert {say.attrib["language"] for say in call.hears.iter("Say")} == {"cmn-CN"}
    assert "幺幺零" not in "".join(say.text or "" for say in call.gather().iter("Say")), (
        "noise could cut the warning off"
    )


def test_what_is_said_is_stored_and_the_number_said_twice_slowly(call: Caller, intake: Any) -> None:
    call.says("永嘉路路灯不亮")
    words = call.words()
    assert [line for line in words if line in SPOKEN_NUMBER] == SPOKEN_NUMBER * 2
    between = [element.tag for element in call.hears]
    first = words.index(SPOKEN_NUMBER[0])
    assert between[between.index("Pause") :][:8] == ["Pause", "Say"] * 4
    assert first > 0
    assert call.is_over()
    (stored,) = intake.stored
    assert (stored.channel, stored.external_id, stored.sender) == (Channel.PHONE, "CA1:1", "+10012345678")
    assert (stored.text, stored.about) == ("永嘉路路灯不亮", None)
    assert (stored.facts["way"], stored.facts["confidence"]) == ("speech", 0.91)


def test_danger_is_said_before_anything_else_and_its_number_digit_by_digit(call: Caller, intake: Any) -> None:
    intake.advice = "请马上离开，到屋外拨打119。"
    call.says("厨房煤气味很重")
    assert call.words()[0] == "请马上离开，到屋外拨打幺幺九。"


def test_one_question_is_asked_back_and_the_answer_belongs_to_the_first_message(call: Caller, intake: Any) -> None:
    intake.question = "在哪个小区？"
    call.says("墙根下都是泥浆")
    assert [str(say.text) for say in call.gather().iter("Say")] == ["在哪个小区？"]
    assert [line for line in call.words() if line in SPOKEN_NUMBER] == SPOKEN_NUMBER * 2
    call.says("斜土路日晖新村")
    assert call.is_over()
    assert call.words() == ["已经补充好了。", "谢谢您的来电。再见。"]
    answer = intake.stored[1]
    assert (answer.external_id, answer.text, answer.about) == ("CA1:2", "斜土路日晖新村", NUMBER)


def test_a_form_that_wants_more_asks_on_and_every_answer_belongs_to_the_first_message(
    call: Caller, intake: Any
) -> None:
    intake.question, intake.more = "在哪个小区？", "从什么时候开始的？"
    call.says("墙根下都是泥浆")
    call.says("斜土路日晖新村")
    assert [str(say.text) for say in call.gather().iter("Say")] == ["从什么时候开始的？"]
    assert "已经记下。" in call.words()
    intake.more = None
    call.says("昨天")
    assert call.is_over()
    number = next(iter(intake.answers.values())).receipt_no
    assert [one.about for one in intake.stored] == [None, number, number]


def test_a_form_that_never_has_enough_ends_with_the_call_all_the_same(call: Caller, intake: Any) -> None:
    intake.question = intake.more = "还有呢？"
    answers = 0
    call.says("墙根下都是泥浆")
    while not call.is_over():
        call.says(f"第{answers}句")
        answers += 1
    assert answers == MOST_TURNS - 1
    assert len(intake.stored) == MOST_TURNS


def test_silence_at_the_question_says_the_number_once_more_and_ends(call: Caller, intake: Any) -> None:
    intake.question = "在哪个小区？"
    call.says("墙根下都是泥浆")
    call.is_silent()
    assert [line for line in call.words() if line in SPOKEN_NUMBER] == SPOKEN_NUMBER
    assert call.is_over()
    assert len(intake.stored) == 1


def test_silence_is_asked_again_once_and_then_a_voice_message_is_taken(call: Caller, intake: Any) -> None:
    call.is_silent()
    assert call.words()[0] == "没有听到您说话。"
    call.is_silent()
    assert call.record().attrib["playBeep"] == "true"
    call.leaves_message()
    assert [line for line in call.words() if line in SPOKEN_NUMBER] == SPOKEN_NUMBER * 2
    assert call.is_over()
    (stored,) = intake.stored
    assert stored.external_id == "CA1:3"
    assert stored.facts == {
        "way": "recording",
        "recording_sid": "RE1",
        "recording_url": "https://api.twilio.com/2010-04-01/Recordings/RE1",
    }


def test_words_after_a_silence_are_taken(call: Caller, intake: Any) -> None:
    call.is_silent()
    call.says("永嘉路路灯不亮")
    assert intake.stored[0].external_id == "CA1:2"
    assert call.is_over()


def test_any_key_leads_to_a_voice_message(call: Caller, intake: Any) -> None:
    call.presses("7")
    call.leaves_message(ended="hangup")
    assert len(intake.stored) == 1


def test_a_key_at_the_question_records_the_answer_to_it(call: Caller, intake: Any) -> None:
    intake.question = "在哪个小区？"
    call.says("墙根下都是泥浆")
    call.presses("1")
    call.leaves_message()
    assert call.words() == ["已经补充好了。", "谢谢您的来电。再见。"]
    assert intake.stored[1].about == NUMBER


def test_a_voice_message_is_never_asked_a_question(call: Caller, intake: Any) -> None:
    intake.question = "在哪个小区？"
    call.presses("1")
    call.leaves_message()
    assert call.is_over()


def test_an_empty_voice_message_is_told(call: Caller) -> None:
    call.presses("1")
    assert call.words()[-1].startswith("没有收到留言。")
    assert [element.tag for element in call.hears][-2:] == ["Record", "Say"]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.twilio.com.example.invalid/RE1",
        "http://api.twilio.com/RE1",
        "https://user@api.twilio.com/RE1",
        "https://api.twilio.com:8443/RE1",
        "file:///etc/passwd",
        "https://[/",
        "",
    ],
)
def test_a_recording_from_another_host_is_not_believed_but_the_message_is_kept(
    call: Caller, intake: Any, url: str
) -> None:
    call.presses("1")
    call.leaves_message(url)
    assert intake.stored[0].facts == {"way": "recording", "recording_sid": "RE1"}


def recording_ready(call: Caller, **fields: str) -> Any:
    """Twilio's callback when the file is ready: it names the call, not the caller."""
    form = {
        "RecordingStatus": "completed",
        "RecordingUrl": "https://api.twilio.com/RE1",
        "RecordingSid": "RE1",
    } | fields
    url = call.record().attrib["recordingStatusCallback"]
    answer = call.twilio.post(url, [("CallSid", "CA1"), *form.items()])
    assert list(call.rules.voice(answer.text)) == []
    return answer


def test_the_callback_saves_a_voice_message_whose_first_request_was_lost(call: Caller, intake: Any) -> None:
    call.presses("1")
    assert recording_ready(call).status_code == 200
    (stored,) = intake.stored
    assert (stored.sender, stored.external_id) == ("+10012345678", "CA1:2")
    assert stored.facts["recording_url"] == "https://api.twilio.com/RE1"


def test_the_callback_after_the_first_request_changes_nothing(call: Caller, intake: Any) -> None:
    call.presses("1")
    record = call.hears
    call.leaves_message()
    call.hears = record
    recording_ready(call)
    assert len(intake.stored) == 1


@pytest.mark.parametrize("status", ["absent", "in-progress", "failed", ""])
def test_a_callback_without_a_recording_stores_nothing(call: Caller, intake: Any, status: str) -> None:
    call.presses("1")
    recording_ready(call, RecordingStatus=status)
    assert not intake.calls


def test_no_document_holds_the_callers_number(call: Caller) -> None:
    call.presses("1")
    assert "10012345678" not in call.record().attrib["recordingStatusCallback"]


@pytest.mark.parametrize("number", ["anonymous", "+266696687", "", "sip:a@b.invalid"])
def test_a_caller_who_hides_the_number_is_known_by_the_call(call: Caller, intake: Any, number: str) -> None:
    call.number = number
    call.says("永嘉路路灯不亮")
    (stored,) = intake.stored
    assert (stored.sender, stored.facts["caller_hidden"]) == ("CA1", True)


def test_every_step_repeated_gets_the_same_bytes_and_stores_once(call: Caller, intake: Any) -> None:
    intake.question = "在哪个小区？"
    steps = [(PATH, {})]
    first = call.gather().attrib["action"]
    steps += [(first, {"SpeechResult": "墙根下都是泥浆"}), (first, {"Digits": "1"}), (first, {})]
    call.says("墙根下都是泥浆")
    steps.append((call.gather().attrib["action"], {"SpeechResult": "日晖新村"}))
    call.presses("1")
    steps.append(
        (call.record().attrib["action"], {"RecordingUrl": "https://api.twilio.com/RE1", "RecordingSid": "RE1"})
    )
    for url, fields in steps:
        once = call.answer(url, **fields).content
        call.twilio.client.headers["I-Twilio-Idempotency-Token"] = "again"
        assert call.answer(url, **fields).content == once
    ids = [one.external_id for one in intake.stored]
    assert len(ids) == len(set(ids))


def test_parallel_retries_of_a_turn_get_the_same_answer(call: Caller, intake: Any) -> None:
    intake.delay_seconds = 0.02
    url = call.gather().attrib["action"]
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(call.answer, url, SpeechResult="永嘉路路灯不亮") for _ in range(8)]
    assert len({one.result().content for one in answers}) == 1
    assert len(intake.stored) == 1


def test_words_that_cannot_be_taken_are_asked_for_again_and_then_recorded(call: Caller, intake: Any) -> None:
    intake.failure = BadInput("TEXT_TOO_LONG", "您说的内容太长，请说短一些。", status=413)
    call.says("很长")
    assert call.words()[0] == "您说的内容太长，请说短一些。"
    call.says("还是很长")
    call.leaves_message()
    assert call.is_over(), "a message that cannot be taken either ends the call, and never loops"


def test_a_failure_of_ours_is_said_with_the_emergency_numbers(call: Caller, intake: Any) -> None:
    intake.failure = RuntimeError("database away")
    call.says("永嘉路路灯不亮")
    words = "".join(call.words())
    assert "没有登记成功" in words
    assert "幺幺零" in words
    assert call.is_over()


def test_spoken_text_may_hold_any_character(call: Caller, intake: Any) -> None:
    intake.question = "<b> & ]]> 🚨\x00？"
    call.says("永嘉路路灯不亮")
    assert call.words()[-1] == "<b> & ]]> 🚨？"


@pytest.mark.parametrize("step", ["", "/heard?turn=1", "/recorded?turn=1", "/recording?turn=1"])
def test_a_wrong_signature_is_refused_at_every_step_and_stores_nothing(call: Caller, intake: Any, step: str) -> None:
    fields = [("CallSid", "CA1"), ("SpeechResult", "x"), ("RecordingSid", "RE1"), ("RecordingStatus", "completed")]
    assert call.twilio.post(PATH + step, fields, signature="c2lnbmF0dXJl").status_code == 403
    assert not intake.calls


def test_a_state_changed_on_the_way_breaks_the_signature(call: Caller, intake: Any) -> None:
    url = call.gather().attrib["action"]
    fields = [("CallSid", "CA1"), ("SpeechResult", "x")]
    signature = call.twilio.signature(url, fields)
    assert call.twilio.post(url.replace("turn=1", "turn=2"), fields, signature=signature).status_code == 403
    assert not intake.calls


@pytest.mark.parametrize(
    "query",
    [
        "silences=0",
        "turn=",
        "turn=x",
        "turn=-1",
        "turn=9999",
        "turn=1&silences=x",
        "turn=1&about=a%20b",
        "turn=1&about=" + "9" * 41,
    ],
)
def test_a_state_that_is_none_is_refused(call: Caller, intake: Any, query: str) -> None:
    assert call.answer(f"{PATH}/heard?{query}", SpeechResult="x").status_code == 400
    assert not intake.calls


def test_a_call_without_its_id_and_an_unknown_step_are_refused(call: Caller, intake: Any) -> None:
    assert call.twilio.post(f"{PATH}/heard?turn=1", [("SpeechResult", "x")]).status_code == 400
    assert call.answer(f"{PATH}/nowhere?turn=1").status_code == 404
    assert not intake.calls


@pytest.mark.parametrize("wrong", [{"auth_token": ""}, {"public_base_url": " https://a.invalid"}])
def test_a_line_without_its_secret_does_not_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        PhoneSettings(**({"auth_token": TOKEN, "public_base_url": PUBLIC} | wrong))
