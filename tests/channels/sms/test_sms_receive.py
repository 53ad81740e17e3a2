"""POST /channels/twilio/sms."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from channels.sms.receive import PATH, SmsSettings, router
from plumbing.clock import MovableClock
from plumbing.errors import ConfigError
from tickets.ports import Ports
from tickets.types import Channel

TOKEN = "a test token"
PUBLIC = "https://hotline.invalid"


class Phone:
    """A resident's telephone; every answer is judged by the TwiML rules."""

    def __init__(self, twilio: Any, rules: Any) -> None:
        self.twilio, self.rules = twilio, rules

    def send(self, text: str, *, sid: str = "SM1", sender: str = "+10012345678") -> str:
        fields = [("MessageSid", sid), ("From", sender), ("To", "+10000012345"), ("Body", text), ("NumMedia", "0")]
        answer = self.twilio.post(PATH, fields)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/xml")
        (message,) = self.rules.messaging(answer.text)
        assert message.tag == "Message"
        return str(message.text)


@pytest.fixture
def phone(ports: Ports, clock: MovableClock, twilio: Callable[..., Any], twiml_rules: Any) -> Phone:
    routes = router(ports, SmsSettings(auth_token=TOKEN, public_base_url=PUBLIC), clock=clock)
    return Phone(twilio(routes, auth_token=TOKEN, public=PUBLIC), twiml_rules)


def test_a_message_is_stored_and_answered_with_its_number(phone: Phone, intake: Any) -> None:
    assert "26112300000001" in phone.send("斜土路下水道堵了")
    (stored,) = intake.stored
    assert (stored.channel, stored.external_id, stored.sender) == (Channel.SMS, "SM1", "+10012345678")
    assert stored.text == "斜土路下水道堵了"


def test_a_retry_and_parallel_retries_get_the_same_answer(phone: Phone, intake: Any) -> None:
    intake.delay_seconds = 0.02
    with ThreadPoolExecutor(8) as pool:
        answers = {one.result() for one in [pool.submit(phone.send, "斜土路下水道堵了") for _ in range(8)]}
    assert answers == {phone.send("斜土路下水道堵了")}
    assert len(intake.stored) == 1


def test_danger_is_told_first_and_the_question_last(phone: Phone, intake: Any) -> None:
    intake.advice, intake.question = "请马上拨打119。", "在几号楼？"
    text = phone.send("厨房煤气味很重")
    assert text.startswith("请马上拨打119。")
    assert text.index("26112300000001") < text.index("在几号楼？")


def test_a_reply_may_hold_any_character(phone: Phone, intake: Any) -> None:
    intake.question = "<b> & ]]> 🚨 \x00\x08\ud800？"
    assert "<b> & ]]> 🚨 ？" in phone.send("问题")


def test_an_empty_message_is_answered_with_what_to_do(phone: Phone, intake: Any) -> None:
    assert "请写明：什么事、在哪里" in phone.send(" ")
    assert not intake.stored


def test_a_failure_of_ours_is_told_and_nothing_is_promised(phone: Phone, intake: Any) -> None:
    intake.failure = RuntimeError("database away")
    text = phone.send("斜土路下水道堵了")
    assert "还没能给您编号" in text
    assert "110" in text


def test_a_picture_is_counted(phone: Phone, intake: Any) -> None:
    fields = [("MessageSid", "MM1"), ("From", "+10012345678"), ("Body", "见图"), ("NumMedia", "2")]
    assert phone.twilio.post(PATH, fields).status_code == 200
    assert intake.stored[0].facts == {"n_media": "2"}


def test_a_wrong_signature_stores_nothing(phone: Phone, intake: Any) -> None:
    fields = [("MessageSid", "SM1"), ("From", "+10012345678"), ("Body", "见图")]
    assert phone.twilio.post(PATH, fields, signature="c2lnbmF0dXJl").status_code == 403
    signature = phone.twilio.signature(PUBLIC + PATH, fields)
    assert phone.twilio.post(PATH, [*fields, ("Body", "changed")], signature=signature).status_code == 403
    assert phone.twilio.post(f"{PATH}?a=1", fields, signature=signature).status_code == 403
    assert not intake.calls


@pytest.mark.parametrize("sid", ["", "a b", "SM<", "S" * 65, "编号"])
def test_a_message_without_a_usable_id_is_refused(phone: Phone, intake: Any, sid: str) -> None:
    fields = [("MessageSid", sid), ("From", "+10012345678"), ("Body", "x")]
    assert phone.twilio.post(PATH, fields).status_code == 400
    assert not intake.calls


@pytest.mark.parametrize("wrong", [{"auth_token": ""}, {"public_base_url": ""}])
def test_a_channel_without_its_secret_does_not_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        SmsSettings(**({"auth_token": TOKEN, "public_base_url": PUBLIC} | wrong))
