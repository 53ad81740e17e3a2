"""Numbers and tokens that people read, say and hold."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbing import ids

NUMBERS = st.integers(0, 10**13 - 1).map(lambda n: f"{n:013d}").map(lambda head: head + ids.check_digit(head))


@pytest.mark.parametrize(
    ("digits", "digit"), [("7992739871", "3"), ("453201511283036", "6"), ("0", "0"), ("0000000000000", "0"), ("1", "8")]
)
def test_the_check_digit_is_luhns(digits: str, digit: str) -> None:
    assert ids.check_digit(digits) == digit


@given(NUMBERS)
def test_every_single_wrong_digit_is_caught(number: str) -> None:
    assert ids.plausible(number)
    for place, digit in enumerate(number):
        for wrong in set("0123456789") - {digit}:
            assert not ids.plausible(number[:place] + wrong + number[place + 1 :])


@given(NUMBERS)
def test_every_swap_of_neighbours_is_caught_but_nought_and_nine(number: str) -> None:
    for place, (one, other) in enumerate(pairwise(number)):
        swapped = number[:place] + other + one + number[place + 2 :]
        escapes = one == other or {one, other} == {"0", "9"}
        assert ids.plausible(swapped) is escapes


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0",
        "2609140000001",
        "260914000000177",
        "2609140000001x",
        " 2609140000001",
        "２６０９１４０００００００1",
        "²" * 14,
    ],
)
def test_what_is_no_number_is_not_plausible(number: str) -> None:
    assert not ids.plausible(number)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 9, 14, 15, 59, 59, tzinfo=UTC), "260914"),
        (datetime(2026, 9, 14, 16, 0, tzinfo=UTC), "260915"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "270101"),
    ],
)
def test_a_new_number_begins_with_the_day_in_shanghai(now: datetime, day: str) -> None:
    number = ids.receipt_no(now)
    assert number.startswith(day)
    assert ids.plausible(number)


def test_new_numbers_and_tokens_tell_nothing_about_their_neighbours() -> None:
    now = datetime(2026, 9, 14, tzinfo=UTC)
    numbers = {ids.receipt_no(now) for _ in range(200)}
    assert len(numbers) > 195
    steps = {int(b) - int(a) for a, b in pairwise(sorted(numbers))}
    assert len(steps) > 100
    tokens = {ids.token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) >= 21 for token in tokens)


def test_a_token_is_stored_as_a_fingerprint_that_does_not_hold_it() -> None:
    token = ids.token()
    assert ids.fingerprint(token) == ids.fingerprint(token)
    assert len(ids.fingerprint(token)) == 64
    assert token not in ids.fingerprint(token)
