"""Numbers and tokens that people read, say and hold."""

import hashlib
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def receipt_no(now: datetime) -> str:
    """A new number (受理编号) of 14 digits: YYMMDD in Shanghai, 7 random digits, one check digit (Luhn).

    Random, so that a neighbour's number tells nothing and no counter is locked; the caller inserts it under a
    unique key and draws again on a clash (about one in 150 at 66,000 messages a day).
    """
    head = now.astimezone(_SHANGHAI).strftime("%y%m%d") + f"{secrets.randbelow(10_000_000):07d}"
    return head + check_digit(head)


def check_digit(digits: str) -> str:
    """The Luhn digit that catches one wrong digit and most swapped neighbours."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def plausible(number: str) -> bool:
    """Whether `number` can be a receipt number at all; asked before the database is."""
    return len(number) == 14 and number.isdecimal() and number.isascii() and check_digit(number[:13]) == number[13]


def token(n_bytes: int = 16) -> str:
    """An unguessable URL-safe word."""
    return secrets.token_urlsafe(n_bytes)


def fingerprint(secret: str) -> str:
    """How a random token is stored: SHA-256, hexadecimal. Not for passwords, which are guessable."""
    return hashlib.sha256(secret.encode()).hexdigest()
