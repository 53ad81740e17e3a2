"""Plain words for what a model was not trained on: the type of a request by the words that people use for it."""

import re

from tickets.types import Ranked, TicketType

_WORDS = (
    (TicketType.PRAISE, re.compile(r"表扬|感谢|谢谢你们|锦旗|点赞|好样的")),
    (TicketType.SUGGESTION, re.compile(r"建议|希望能够增|能否增设|提个意见")),
    (TicketType.REPORT, re.compile(r"举报|揭发|检举")),
    (TicketType.COMPLAINT, re.compile(r"投诉|扰民|没人管|不管|态度|不合理|乱|太吵")),
    (TicketType.ENQUIRY, re.compile(r"咨询|请问|想问|怎么办理|如何办理|什么时候|哪里可以|需要什么|多少钱")),
    (TicketType.HELP, re.compile(r"求助|帮忙|帮帮|请派人|希望|请求|反映|解决")),
)
_SCORE = 0.5
_NOTHING = 0.2


def type_of(text: str) -> Ranked:
    """The type whose words come first in the table; never sure. OTHER when none is there."""
    for kind, pattern in _WORDS:
        if pattern.search(text):
            return Ranked(label=str(kind), score=_SCORE)
    return Ranked(label=str(TicketType.OTHER), score=_NOTHING)
