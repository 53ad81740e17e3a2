"""An answer of the knowledge base in a text message, and the words that ask for a person instead. Pure."""

import re

from tickets.types import Answer

ASK_A_PERSON = "转人工"

_WANTS_PERSON = re.compile(
    r"(?:请|我要|要|帮我|麻烦)?(?:转|找|接)?人工(?:服务|客服|座席|坐席)?|(?:还是)?没有?(?:能)?解决|(?:请|我要|帮我)?转(?:为|成)?工单|没有?用|答非所问"
)


def told(answer: Answer) -> str:
    """The passage with who answers for it, until when it holds, and the way on to a person."""
    return (
        f"{answer.title}：\n{answer.text}\n由{answer.unit}负责，下次审核日期 {answer.review_on.isoformat()}。\n"
        f"没有解决，请回复“{ASK_A_PERSON}”，我们为您立单办理。"
    )


def wants_person(text: str) -> bool:
    """Whether that is all that a message says: that the answer did not help and a person is wanted."""
    said = re.sub(r"[\s，。！!,.~～]+", "", text)
    return _WANTS_PERSON.fullmatch(said) is not None
