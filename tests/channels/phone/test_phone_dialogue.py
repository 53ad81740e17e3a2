"""The pure steps of a call."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from channels.phone.caller import seal, unseal
from channels.phone.dialogue import CallState, Then, confirm, excuse, greet, spoken, step
from channels.phone.twiml import from_query, to_query
from tickets.types import Accepted, Urgency

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KEYS = st.sampled_from(["", *"0123456789*#"])
STATES = st.builds(
    CallState,
    turn=st.integers(1, 900),
    silences=st.integers(0, 1),
    about=st.one_of(st.none(), st.just("26112300000001")),
)


def accepted(*, question: str | None = None, advice: str | None = None) -> Accepted:
    return Accepted(
        receipt_no="26112300000001",
        token="t",
        again=False,
        urgency=Urgency.ROUTINE,
        question=question,
        advice=advice,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请拨打119。", "请拨打幺幺九。"),
        ("110、120或122", "幺幺零、幺二零或幺二二"),
        ("12345热线", "幺二三四五热线"),
        ("燃气抢修962777", "燃气抢修962777"),
        ("供电95598", "供电九五五九八"),
        ("退款300元，电话1190", "退款300元，电话1190"),
    ],
)
def test_service_numbers_are_said_digit_by_digit(text: str, expected: str) -> None:
    assert spoken(text) == expected


@given(state=STATES, words=st.text(max_size=20), key=KEYS)
def test_a_step_either_hands_words_in_or_says_something(state: CallState, words: str, key: str) -> None:
    turn = step(state, words, NOW, key=key)
    if words.strip():
        assert turn.reply is None
        assert turn.facts["heard_at"] == "2026-11-23T01:00:00+00:00"
    else:
        assert turn.reply is not None
        assert turn.reply.lines or turn.reply.prompt
        assert turn.facts == {}


@given(inputs=st.lists(st.tuples(st.sampled_from(["", "话"]), KEYS, st.booleans()), min_size=9, max_size=9))
def test_every_call_ends_whatever_the_caller_does(inputs: list[tuple[str, str, bool]]) -> None:
    turn = greet("热线")
    for words, key, taken in inputs:
        assert turn.reply is not None
        if turn.reply.then is Then.HANG_UP:
            return
        state, last = turn.state, turn.reply.then is Then.RECORD
        turn = step(state, "留言" if last else words, NOW, key="" if last else key)
        if turn.reply is None:
            answer = accepted(question="在哪里？")
            turn = confirm(state, answer, last=last) if taken else excuse(state, "不行。", last=last)
    pytest.fail("a call of ten turns")


@given(state=STATES)
def test_the_state_travels_in_a_query_and_comes_back(state: CallState) -> None:
    assert from_query(QueryParams(to_query(state))) == state


def test_a_turn_that_listens_again_has_another_number_so_that_its_words_are_another_message() -> None:
    asked = confirm(CallState(turn=1), accepted(question="在哪里？"))
    assert asked.state == CallState(turn=2, about="26112300000001")
    assert step(CallState(turn=1), "", NOW).state == CallState(turn=2, silences=1)


@given(caller=st.text(max_size=30).map(str.strip), call=st.text(max_size=34))
def test_a_sealed_caller_opens_for_the_same_call_only(caller: str, call: str) -> None:
    sealed = seal(caller, call=call, secret="s")
    assert sealed == seal(caller, call=call, secret="s")
    assert unseal(sealed, call=call, secret="s") == caller
    assert unseal(sealed, call=call + "x", secret="s") == ""
    assert unseal(sealed, call=call, secret="other") == ""


@pytest.mark.parametrize("sealed", ["", "x", "é", "AAAA", "=" * 9, "A" * 500])
def test_what_was_never_sealed_opens_to_nothing(sealed: str) -> None:
    assert unseal(sealed, call="CA1", secret="s") == ""
