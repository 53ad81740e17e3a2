"""Everybody else who calls in the week: when, by which channel, from which street, about what."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from city.types import Directory
from hotline import demo_lives as lives
from hotline.demo_affair import Affair
from hotline.demo_corpus import Corpus, Told
from hotline.demo_messages import Words
from hotline.demo_operator import REFUSALS
from hotline.demo_questions import AFTER, BEFORE, QUESTIONS
from hotline.demo_scene import Caller, scene
from hotline.demo_stage import Stage
from hotline.reference import SHANGHAI
from tickets.types import Channel

_HOURS = (
    *(0.10, 0.06, 0.05, 0.05, 0.07, 0.15, 0.3, 0.6, 1.0, 1.55, 1.6, 1.15),
    *(0.8, 1.05, 1.35, 1.3, 1.15, 0.9, 0.8, 0.8, 0.75, 0.6, 0.35, 0.2),
)
"""How many call in each hour of the day, the average being about one."""
_WEEKDAYS = (1.2, 1.1, 1.0, 1.0, 1.05, 0.62, 0.55)

_CHANNELS = (
    (Channel.PHONE, 58),
    (Channel.WECHAT, 17),
    (Channel.WEB, 9),
    (Channel.SMS, 7),
    (Channel.API, 5),
    (Channel.COUNTER, 4),
)
_BY_DAY = frozenset({Channel.COUNTER, Channel.API})
_OPEN_FROM, _OPEN_UNTIL = 9, 17

_TOGETHER = (3, 4, 5, 6, 7, 7, 8, 9)
"""How many operators pick up within the same few seconds."""
_QUESTIONS = 0.24
_REPEATS = 0.06
_REFUSALS = 0.015
_TWO_IN_ONE = 0.12
_BROKEN_OFF = 0.04
_NAMELESS = 0.08
"""Shares: questions, repeats of what was said already, what is to be refused; requests of two things, broken off, without a place."""
_LONG = 24
_REMEMBERED = 60
_AND = ("。还有一件事，", "，另外", "。顺便再问一下，", "；再有就是")


class Crowd:
    """So many messages as a real week has them. The same seed makes the same crowd."""

    def __init__(self, stage: Stage, corpus: Corpus) -> None:
        self._stage = stage
        self._corpus = corpus
        self._rng = Random(f"{stage.seed}/crowd")
        self._local = _by_centre(stage.directory)
        self._told: list[Affair] = []

    def come(self, n: int) -> None:
        """Put `n` messages on the stage's agenda."""
        for at, size in self._moments(n):
            self._stage.begin(scene(self._stage, [self._caller(at) for _ in range(size)]), at)

    def _moments(self, n: int) -> Iterator[tuple[datetime, int]]:
        """Moments of the week with how many call in each, until there are `n` calls in all; in order."""
        start, hours = self._stage.start, int((self._stage.until - self._stage.start) / timedelta(hours=1))
        begins = [start + timedelta(hours=hour) for hour in range(hours)]
        weights = [_weight(at.astimezone(SHANGHAI)) for at in begins]
        moments = []
        left = n
        while left > 0:
            size = min(left, self._rng.choice(_TOGETHER))
            [begin] = self._rng.choices(begins, weights)
            moments.append((begin + timedelta(seconds=self._rng.uniform(0, 3600)), size))
            left -= size
        return iter(sorted(moments))

    def _caller(self, at: datetime) -> Caller:
        channel, dice = self._channel(at), self._rng.random()
        if dice < _QUESTIONS:
            return self._question(channel)
        if dice < _QUESTIONS + _REPEATS and self._told:
            return self._repeat(channel)
        if dice > 1 - _REFUSALS:
            return self._refusal()
        return self._request(channel)

    def _request(self, channel: Channel) -> Caller:
        """Something new; some callers have two things to say, some break off in the middle."""
        rng = self._rng
        told = self._corpus.draw(rng)
        text, street = told.at(rng.choice(self._stage.gazetteer.streets), self._stage.gazetteer, rng)
        dice = rng.random()
        if dice < _TWO_IN_ONE and told.matter:
            more, _ = self._corpus.draw(rng).at(street, self._stage.gazetteer, rng)
            text = f"{text}{rng.choice(_AND)}{more}"
        elif dice < _TWO_IN_ONE + _BROKEN_OFF and len(text) > _LONG:
            text = text[: len(text) // 2] + "……"
        facts = self._facts(told, street, channel)
        words = Words(channel=channel, matter=told.matter or "", text=text, street=street, facts=facts)
        affair = Affair(self._stage, words)
        if told.place and told.matter and told.kind in ("complaint", "report", "help"):
            self._told.append(affair)
        return Caller(affair=affair, then=partial(lives.life, kind=told.kind))

    def _question(self, channel: Channel) -> Caller:
        """Something that an operator knows by heart."""
        matter, question, answer = self._rng.choice(QUESTIONS)
        text = f"{self._rng.choice(BEFORE)}{question}{self._rng.choice(AFTER)}"
        words = Words(channel=channel, matter=matter, text=text, explanation=answer)
        return Caller(affair=Affair(self._stage, words), then=partial(lives.life, kind="enquiry"))

    def _refusal(self) -> Caller:
        """Something that is not the hotline's."""
        words, code, basis, notice = self._rng.choice(REFUSALS)
        then = partial(lives.refusable, code=code, basis=basis, notice=notice)
        return Caller(affair=Affair(self._stage, words), then=then)

    def _repeat(self, channel: Channel) -> Caller:
        """Somebody else, or the same person again, about what was said a while ago."""
        first = self._rng.choice(self._told[-_REMEMBERED:])
        again = self._rng.random() < 0.4
        words = Words(
            channel=channel,
            matter=first.words.matter,
            street=first.street,
            text=self._rng.choice(_AGAIN if again else _ALSO).format(text=first.text),
        )
        then = partial(lives.merged, first=first, reason="同一地点同一问题，已有在办工单。")
        return Caller(affair=Affair(self._stage, words, caller=first if again else None), then=then)

    def _channel(self, at: datetime) -> Channel:
        local = at.astimezone(SHANGHAI)
        [channel] = self._rng.choices([one for one, _ in _CHANNELS], [share for _, share in _CHANNELS])
        at_work = local.weekday() < 5 and _OPEN_FROM <= local.hour < _OPEN_UNTIL
        return channel if at_work or channel not in _BY_DAY else Channel.PHONE

    def _facts(self, told: Told, street: str, channel: Channel) -> dict[str, Any]:
        """What the form or the operator notes beside the words: where it is, seldom that nobody is to know who said so."""
        facts: dict[str, Any] = {}
        needed = told.matter is not None and (
            self._stage.directory.matters[told.matter].needs_place or told.matter in self._local
        )
        if needed and told.place is None and self._rng.random() > _NAMELESS:
            facts["place"] = self._stage.gazetteer.somewhere(street, self._rng)
        if told.kind == "report" and channel in (Channel.WEB, Channel.WECHAT):
            facts |= self._rng.choice(({"confidential": True}, {"anonymous": True}, {}, {}))
        return facts


_AGAIN = (
    "刚才打过电话，再说一遍：{text}",
    "{text}，前面反映过了，还没有人来",
    "又是我，{text}",
)
_ALSO = ("我也反映一下，{text}", "{text}，听说邻居已经打过电话了", "同一件事：{text}")


def _weight(local: datetime) -> float:
    return _HOURS[local.hour] * _WEEKDAYS[local.weekday()]


def _by_centre(directory: Directory) -> frozenset[str]:
    """The matters that go to the response centre of the street, and so need one."""
    return frozenset(code for code, rows in directory.duties.items() if any(duty.lead == "@centre" for duty in rows))
