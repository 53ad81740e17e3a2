"""Numbers of the tickets that one message opened: the receipt's own, then with "-2", "-3" ... Pure."""

import re

RECEIPT_CHARACTERS = 14
_NUMBER = re.compile(r"([0-9]{14})(?:-([2-9]))?")


def number(receipt_no: str, part: int) -> str:
    """The ticket's number of the part, counted from 1 to 9."""
    return receipt_no if part == 1 else f"{receipt_no}-{part}"


def part_of(ticket_no: str) -> int:
    """Which part of its message a ticket is, from 1."""
    found = _NUMBER.fullmatch(ticket_no)
    return int(found[2]) if found and found[2] else 1


def typed(words: str) -> tuple[str, int]:
    """Receipt number and part from what somebody typed or said: 14 digits, and one more for a further part.

    Anything else comes back as its digits with part 1.
    """
    digits = "".join(char for char in words if char.isdecimal() and char.isascii())
    if len(digits) != RECEIPT_CHARACTERS + 1 or digits[-1] == "0":
        return digits, 1
    return digits[:-1], int(digits[-1])
