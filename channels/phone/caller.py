"""The caller's number, sealed, for the one URL whose callback does not bring it.

Twilio's recording callback names the call but not the caller. The number may not stand in a URL (URLs are logged), so
it travels encrypted; deterministic (AES-SIV), so that a retry of a turn gets the same document.
"""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


def seal(caller: str, *, call: str, secret: str) -> str:
    """`caller` in URL-safe base64, bound to its `call`."""
    return base64.urlsafe_b64encode(_cipher(secret).encrypt(caller.encode() or b" ", [call.encode()])).decode()


def unseal(sealed: str, *, call: str, secret: str) -> str:
    """The caller; "" when it was not sealed for this call."""
    try:
        return _cipher(secret).decrypt(base64.urlsafe_b64decode(sealed), [call.encode()]).decode().strip()
    except (binascii.Error, ValueError, InvalidTag):
        return ""


def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.sha512(b"hotline caller" + secret.encode()).digest())
