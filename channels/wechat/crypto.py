"""Signatures and encryption of WeChat's message push (消息加解密). Knows no time: freshness is the router's.

Key = base64(EncodingAESKey + "="); AES-256-CBC with IV = key[:16]; padding PKCS7 to 32 bytes; clear text =
16 random bytes, length of the message (4 bytes, big endian), message, receive id.
Source: WeChat documentation, 消息推送 - 消息加解密说明.
"""

import base64
import binascii
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from plumbing.errors import BadInput, ConfigError, Forbidden

_RANDOM_BYTES = 16
_BLOCK = 32
_HEAD = _RANDOM_BYTES + 4


def signature(token: str, *parts: str) -> str:
    """Hexadecimal SHA-1 over the sorted token and parts, as the protocol demands."""
    joined = "".join(sorted((token, *parts)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two strings are equal, in time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


class MessageCipher:
    """Opens and seals messages for one account. `receive_id` is the app id (or the corp id of WeCom)."""

    def __init__(self, encoding_aes_key: str, receive_id: str) -> None:
        self._key = _aes_key(encoding_aes_key)
        self._receive_id = receive_id.encode()

    def seal(self, message: bytes, *, random: bytes) -> str:
        """The encrypted message in base64. `random` is 16 bytes, fresh for every message."""
        if len(random) != _RANDOM_BYTES:
            raise ValueError("16 random bytes are needed")
        clear = random + struct.pack(">I", len(message)) + message + self._receive_id
        n_pad = _BLOCK - len(clear) % _BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(clear + bytes([n_pad]) * n_pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> bytes:
        """The message inside. Raises BadInput WECHAT_ENVELOPE (400) and Forbidden WECHAT_RECEIVE_ID.

        Call it only after the signature over `sealed` was found right: padding errors are told apart from others.
        """
        clear = self._unpadded(self._decrypted(_from_base64(sealed)))
        if len(clear) < _HEAD:
            raise _broken()
        (length,) = struct.unpack(">I", clear[_RANDOM_BYTES:_HEAD])
        if not hmac.compare_digest(clear[_HEAD + length :], self._receive_id):  # also for a length beyond the end
            raise Forbidden("WECHAT_RECEIVE_ID", "消息不是发给本公众号的。")
        return clear[_HEAD : _HEAD + length]

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def _decrypted(self, sealed: bytes) -> bytes:
        if not sealed or len(sealed) % 16:
            raise _broken()
        decryptor = self._cipher().decryptor()
        return decryptor.update(sealed) + decryptor.finalize()

    @staticmethod
    def _unpadded(padded: bytes) -> bytes:
        n_pad = padded[-1]
        if not 1 <= n_pad <= min(_BLOCK, len(padded)) or padded[-n_pad:] != bytes([n_pad]) * n_pad:
            raise _broken()
        return padded[:-n_pad]


def _aes_key(encoding_aes_key: str) -> bytes:
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise ConfigError("config.yml", "hotline.channels.wechat.aes_key_env", "（不显示）", "43个字母或数字")
    return key


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise _broken() from wrong


def _broken() -> BadInput:
    return BadInput("WECHAT_ENVELOPE", "加密消息无法解开。", status=400)
