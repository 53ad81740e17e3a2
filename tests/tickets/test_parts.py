"""Numbers of the tickets that one message opened."""

import pytest

from tickets.parts import number, part_of, typed

RECEIPT = "26112612345678"


def test_the_first_ticket_has_the_receipts_number_and_the_others_a_suffix() -> None:
    assert [number(RECEIPT, part) for part in (1, 2, 5)] == [RECEIPT, f"{RECEIPT}-2", f"{RECEIPT}-5"]


@pytest.mark.parametrize("part", range(1, 10))
def test_a_number_tells_its_part(part: int) -> None:
    assert part_of(number(RECEIPT, part)) == part


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (RECEIPT, (RECEIPT, 1)),
        (f"{RECEIPT}-2", (RECEIPT, 2)),
        (f"{RECEIPT} 3", (RECEIPT, 3)),
        (f"{RECEIPT}0", (f"{RECEIPT}0", 1)),
        ("123", ("123", 1)),
        ("", ("", 1)),
    ],
)
def test_what_somebody_types_is_receipt_and_part(words: str, meant: tuple[str, int]) -> None:
    assert typed(words) == meant
