"""Passwords as argon2id hashes, and the check that takes as long for a login that does not exist."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from plumbing.errors import BadInput

SHORTEST = 8
LONGEST = 200

_HASHER = PasswordHasher()


def hashed(password: str, *, login: str) -> str:
    """The argon2id hash. Raises BadInput for a password that is too short, too long or the login itself."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput("WEAK_PASSWORD", f"密码应为{SHORTEST}至{LONGEST}个字符。", field="password")
    if password.casefold() == login.casefold():
        raise BadInput("WEAK_PASSWORD", "密码不能与登录名相同。", field="password")
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password. None (no such person) costs the same time and is never right."""
    try:
        _HASHER.verify(stored or _nobody(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    return _HASHER.hash("no such person")
