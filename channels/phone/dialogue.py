"""The conversation of a call, as pure steps: (state, words, now) -> (state, reply, facts). No XML, no web.

    greet -> [words] -> handed in -> confirm: the number, twice -> one question asked back -> [answer] -> goodbye
                                                                                             -> a form's next question
          -> [silence] -> asked again once -> [silence] -> voice message
          -> [any key] -> voice message

The caller is old, hurried or frightened: short sentences, danger first, a key for those whom no machine understands.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tickets.types import Accepted

VOICE_MESSAGE = "（电话语音留言，待听写）"
"""The text of a message that holds only a recording; always the same, so that a retry is the same message."""

MOST_TURNS = 6
"""Nobody is kept on the line by questions longer than this."""

_DIGITS = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_SERVICE_NUMBER = re.compile(r"(?<![0-9])(?:1[012][0-9]|12[0-9]{3}|9[56][0-9]{3})(?![0-9])")
_GROUP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    """Where the call stands; travels in the action URL. `turn` numbers what the caller says, from 1.

    `silences` counts them since words were last heard. `about` is the number already given, once there is one.
    """

    turn: int = 1
    silences: int = 0
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence on the line."""

    seconds: int = 1


Line = str | Pause


class Then(StrEnum):
    """What follows the last line: listen for words or a key, take a voice message, or hang up."""

    LISTEN = "listen"
    RECORD = "record"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`lines` are always said to the end; `prompt` may be talked over."""

    lines: tuple[Line, ...] = ()
    prompt: tuple[Line, ...] = ()
    then: Then


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A step's result. `reply` is None when words were heard: hand them in with `facts`, then `confirm` or `excuse`."""

    state: CallState
    reply: Reply | None
    facts: Mapping[str, Any]


_SAY_WHAT = "请在提示音后说：什么事，在哪里。"
_OR_KEY = "不方便说，请按任意一个键留言。"
_DANGER = ("如果有危险，请马上挂断。", "报警，拨打幺幺零。火警，拨打幺幺九。急救，拨打幺二零。")
_LEAVE_MESSAGE = ("请在嘀声后留言。", "请说：什么事，在哪里。", "说完请按井号键。")
_GOODBYE = "谢谢您的来电。再见。"


def greet(name: str) -> Turn:
    """The first words of a call to the hotline called `name`."""
    lines = (f"您好，这里是{spoken(name)}。", *_DANGER)
    return _turn(CallState(), lines, (_SAY_WHAT, _OR_KEY), Then.LISTEN)


def step(state: CallState, words: str, now: datetime, *, key: str = "") -> Turn:
    """What follows `words` ("" = silence) or a pressed `key`."""
    if words.strip():
        return Turn(state=state, reply=None, facts={"way": "speech", "heard_at": now.isoformat()})
    if key:
        return _turn(_next(state), (), _LEAVE_MESSAGE, Then.RECORD)
    if state.about is not None:
        return _turn(state, _number("再说一遍受理编号。", state.about), (_GOODBYE,), Then.HANG_UP)
    return _again(state, "没有听到您说话。")


def confirm(state: CallState, accepted: Accepted, *, last: bool = False) -> Turn:
    """What is said once the words of `state` are stored: danger first, the number twice, one question unless `last`."""
    advice = (spoken(accepted.advice), Pause()) if accepted.advice else ()
    if state.about is not None:
        if accepted.question and not last and state.turn < MOST_TURNS:
            more = (*advice, "已经记下。", "还想问您一句。")
            return _turn(_next(state), more, (spoken(accepted.question),), Then.LISTEN)
        return _turn(state, (*advice, "已经补充好了。"), (_GOODBYE,), Then.HANG_UP)
    number = accepted.receipt_no
    told = (*advice, *_number("已经登记。您的受理编号是：", number), *_number("再说一遍。", number))
    if accepted.question and not last:
        asked = replace(_next(state), about=number)
        return _turn(asked, (*told, "还想问您一句。"), (spoken(accepted.question),), Then.LISTEN)
    return _turn(state, told, ("请保存好编号。", _GOODBYE), Then.HANG_UP)


def excuse(state: CallState, sentence: str, *, last: bool = False) -> Turn:
    """What is said when the words cannot be taken: `sentence`, and once more the question unless `last`."""
    if last or state.about is not None:
        return _turn(state, (spoken(sentence),), (_GOODBYE,), Then.HANG_UP)
    return _again(state, spoken(sentence))


def apology() -> Turn:
    """What is said when we have failed: nothing is promised."""
    lines = ("对不起，系统正忙，没有登记成功。", "请过一分钟再打来。", *_DANGER)
    return _turn(CallState(), lines, (), Then.HANG_UP)


def spoken(text: str) -> str:
    """`text` with emergency and service numbers written out digit by digit: 119 is 幺幺九, never 一百一十九."""
    return _SERVICE_NUMBER.sub(lambda found: "".join(_DIGITS[digit] for digit in found.group()), text)


def _again(state: CallState, why: str) -> Turn:
    if state.silences == 0:
        return _turn(replace(_next(state), silences=1), (why,), (_SAY_WHAT, _OR_KEY), Then.LISTEN)
    return _turn(_next(state), (why,), _LEAVE_MESSAGE, Then.RECORD)


def _next(state: CallState) -> CallState:
    return replace(state, turn=state.turn + 1)


def _turn(state: CallState, lines: tuple[Line, ...], prompt: tuple[Line, ...], then: Then) -> Turn:
    return Turn(state=state, reply=Reply(lines=lines, prompt=prompt, then=then), facts={})


def _number(opening: str, number: str) -> tuple[Line, ...]:
    return (opening, *_groups(number), Pause())


def _groups(number: str) -> Iterator[Line]:
    """The number in groups of four, digits apart, with a second between groups to write them down."""
    for start in range(0, len(number), _GROUP):
        yield Pause()
        yield "，".join(_DIGITS.get(char, char) for char in number[start : start + _GROUP]) + "。"
