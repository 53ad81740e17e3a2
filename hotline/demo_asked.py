"""What residents ask and the knowledge base answers at once; once it did not help, and somebody takes over."""

from random import Random

from hotline.demo_affair import Affair
from hotline.demo_messages import Words
from hotline.demo_stage import Stage, Story
from tickets.types import Channel

ASKED: tuple[tuple[Channel, str, str | None], ...] = (
    (Channel.WEB, "请问怎么查办到哪一步了", "solved"),
    (Channel.WECHAT, "请问多久能有结果", None),
    (Channel.WEB, "请问可以匿名反映吗，不想留名字", "solved"),
    (Channel.WECHAT, "你们热线都能做什么呀", None),
    (Channel.WEB, "请问办完不满意怎么评价", None),
    (Channel.WECHAT, "我的受理编号弄丢了怎么办，还能查到吗", "unsolved"),
)
"""Channel, question, and what the resident said of the answer."""

_READ_MINUTES = 6


def all_asked(stage: Stage, rng: Random) -> None:
    """Each at its own hour; the one that did not help shortly before the end."""
    for channel, text, verdict in ASKED:
        minutes = rng.uniform(30, 120) if verdict == "unsolved" else rng.uniform(150, 1800)
        at = stage.office.earlier(stage.until, minutes)
        stage.begin(_asked(stage, channel, text, verdict), at)


def _asked(stage: Stage, channel: Channel, text: str, verdict: str | None) -> Story:
    affair = Affair(stage, Words(channel=channel, matter="1309", text=text, facts={"answers": True}))
    affair.report()
    yield stage.office.later(stage.now, _READ_MINUTES)
    answers = stage.runtime.answers
    if verdict == "solved":
        answers.solved(affair.no)
    elif verdict == "unsolved":
        later = answers.unsolved(affair.no)
        stage.prompter.drain([later.receipt_no])
