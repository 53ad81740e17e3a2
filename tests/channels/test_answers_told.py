"""An answer of the knowledge base in a text message."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from channels.answers import told, wants_person
from channels.sms import receive as sms
from channels.wechat.answer import CONTENT_BYTES
from channels.wording import wording
from city.pack import load_pack
from tickets.types import Accepted, Answer, Urgency

PACK = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"
ANSWER = Answer(
    article="K153",
    title="受理编号丢了怎么办",
    text="请打12345，说清电话和事情。",
    unit="12345热线",
    review_on=date(2027, 3, 20),
    confidence=0.97,
)
NUMBER = "26030212345678"


def test_a_message_says_who_answers_until_when_and_how_to_reach_a_person() -> None:
    text = told(ANSWER)
    assert text.startswith("受理编号丢了怎么办：")
    assert "由12345热线负责，下次审核日期 2027-03-20" in text
    assert text.endswith("没有解决，请回复“转人工”，我们为您立单办理。")


def test_every_article_of_the_pack_fits_into_one_wechat_reply() -> None:
    for one in load_pack(PACK).articles:
        answer = replace(ANSWER, title=one.title, text=one.answer, unit="街道社区事务受理服务中心")
        reply = wording("wechat", "answered", answer=told(answer), number=NUMBER, token="0" * 24)
        assert len(reply.encode()) <= CONTENT_BYTES, one.code


@pytest.mark.parametrize(
    "text",
    ["转人工", "转人工。", " 请转人工服务 ", "人工", "没有解决", "没解决！", "还是没解决", "转工单", "请转为工单"],
)
def test_words_that_ask_for_a_person(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize("text", ["", "好的", "转人工之前先告诉我地址", "路灯没有解决", "人工湖里有死鱼", "解决了"])
def test_words_that_say_something_else(text: str) -> None:
    assert not wants_person(text)


class Given:
    """Answers that go on under one number."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def unsolved_by(self, channel: str, sender: str) -> Accepted | None:
        self.asked.append((str(channel), sender))
        return Accepted(receipt_no=NUMBER, token="t", again=False, urgency=Urgency.ROUTINE)


def test_sms_answers_in_the_reply_and_a_word_leads_to_a_person(
    twilio: Any, twiml_rules: Any, intake: Any, ports: Any
) -> None:
    given = Given()
    settings = sms.SmsSettings(auth_token="word", public_base_url="https://hotline.example")
    phone = twilio(
        sms.router(replace(ports, answers=given), settings), auth_token="word", public="https://hotline.example"
    )
    fields = [("MessageSid", "SM1"), ("From", "+8613800000000"), ("Body", "受理编号丢了怎么办"), ("NumMedia", "0")]
    intake.answers_with = ANSWER
    reply = phone.post(sms.PATH, fields)
    assert "由12345热线负责" in twiml_rules.messaging(reply.text)[0].text
    assert intake.stored[0].facts == {"answers": True}
    on = phone.post(sms.PATH, [("MessageSid", "SM2"), ("From", "+8613800000000"), ("Body", "转人工")])
    assert NUMBER in twiml_rules.messaging(on.text)[0].text
    assert given.asked == [("sms", "+8613800000000")]
    assert len(intake.stored) == 1
