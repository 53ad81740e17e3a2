"""The crypto alone, against the published vectors and against wechatpy, both ways."""

import base64
import secrets
from typing import Any

import pytest
import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException

from channels.wechat.crypto import MessageCipher, same, signature
from channels.wechat.message import elements, envelope
from plumbing.errors import BadInput, ConfigError, Forbidden

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
APP = "wx00000000000000aa"
TOKEN = "hotlinetoken"


def test_every_decryption_vector_opens(wechat_vectors: dict[str, Any]) -> None:
    vectors = [vector for vector in wechat_vectors["vectors"] if vector["op"] == "decrypt"]
    assert len(vectors) == 8
    for vector in vectors:
        signed = signature(vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"])
        assert signed == vector["msg_signature"], vector["id"]
        opened = MessageCipher(vector["encoding_aes_key"], vector["receive_id"]).open(vector["encrypt"])
        assert opened.decode() == vector["plaintext"], vector["id"]


def test_every_encryption_vector_is_met_byte_for_byte(wechat_vectors: dict[str, Any]) -> None:
    vectors = [vector for vector in wechat_vectors["vectors"] if vector["op"] == "encrypt"]
    assert len(vectors) == 4
    for vector in vectors:
        cipher = MessageCipher(vector["encoding_aes_key"], vector["appid"])
        sealed = cipher.seal(vector["plaintext"].encode(), random=vector["random16"].encode())
        assert sealed == vector["encrypt"], vector["id"]
        assert cipher.open(sealed).decode() == vector["plaintext"], vector["id"]
        if "msg_signature" in vector:
            signed = signature(vector["token"], vector["timestamp"], vector["nonce"], sealed)
            assert signed == vector["msg_signature"], vector["id"]


def test_every_url_signature_vector_is_met(wechat_vectors: dict[str, Any]) -> None:
    vectors = [vector for vector in wechat_vectors["vectors"] if vector["op"] == "url_signature"]
    assert len(vectors) == 2
    for vector in vectors:
        assert signature(vector["token"], vector["timestamp"], vector["nonce"]) == vector["signature"], vector["id"]


def test_no_vector_is_of_a_kind_that_is_not_tried(wechat_vectors: dict[str, Any]) -> None:
    assert {vector["op"] for vector in wechat_vectors["vectors"]} == {"decrypt", "encrypt", "url_signature"}


def test_wechatpy_opens_what_we_seal() -> None:
    text = "天钥桥路路灯不亮 ]]> & <b> 🚨"
    sealed = MessageCipher(KEY, APP).seal(text.encode(), random=secrets.token_bytes(16))
    outer = envelope(sealed, signature=signature(TOKEN, "1700000000", "n1", sealed), timestamp="1700000000", nonce="n1")
    signed = xmltodict.parse(outer)["xml"]["MsgSignature"]
    assert WeChatCrypto(TOKEN, KEY, APP).decrypt_message(outer.decode(), signed, "1700000000", "n1") == text


def test_we_open_what_wechatpy_seals() -> None:
    text = "<xml><Content><![CDATA[斜土路积水]]></Content></xml>"
    outer = elements(WeChatCrypto(TOKEN, KEY, APP).encrypt_message(text, "n2", "1700000001").encode())
    assert same(signature(TOKEN, "1700000001", "n2", outer["Encrypt"]), outer["MsgSignature"])
    assert MessageCipher(KEY, APP).open(outer["Encrypt"]).decode() == text


def test_both_refuse_a_message_for_another_account() -> None:
    sealed = MessageCipher(KEY, "wxother").seal(b"x", random=bytes(16))
    with pytest.raises(Forbidden) as refused:
        MessageCipher(KEY, APP).open(sealed)
    assert refused.value.code == "WECHAT_RECEIVE_ID"
    outer = envelope(sealed, signature=signature(TOKEN, "1", "n", sealed), timestamp="1", nonce="n").decode()
    with pytest.raises(InvalidAppIdException):
        WeChatCrypto(TOKEN, KEY, APP).decrypt_message(outer, signature(TOKEN, "1", "n", sealed), "1", "n")


@settings(max_examples=60, deadline=None)
@given(message=st.binary(max_size=200), random=st.binary(min_size=16, max_size=16))
def test_any_message_comes_back_as_it_was(message: bytes, random: bytes) -> None:
    cipher = MessageCipher(KEY, APP)
    assert cipher.open(cipher.seal(message, random=random)) == message


@settings(max_examples=200, deadline=None)
@given(sealed=st.one_of(st.text(max_size=80), st.binary(max_size=96).map(lambda raw: base64.b64encode(raw).decode())))
def test_any_garbage_is_refused_and_never_breaks(sealed: str) -> None:
    with pytest.raises((BadInput, Forbidden)):
        MessageCipher(KEY, APP).open(sealed)


@pytest.mark.parametrize(
    "clear",
    [
        bytes(16) + b"\xff\xff\xff\xff" + b"x" * 11 + b"\x01",  # a length beyond the end
        b"\x01" * 32,  # padding of one, but the length is 0x01010101
        bytes(31) + b"\x21",  # padding of 33
        bytes(32),  # padding of 0
        bytes(15) + b"\x02" + b"\x10" * 16,  # nothing left but 16 bytes
    ],
)
def test_a_clear_text_that_is_not_a_message_is_refused(clear: bytes) -> None:
    cipher = MessageCipher(KEY, APP)
    encryptor = cipher._cipher().encryptor()
    with pytest.raises((BadInput, Forbidden)):
        cipher.open(base64.b64encode(encryptor.update(clear) + encryptor.finalize()).decode())


@pytest.mark.parametrize("key", ["", "abc", "=" * 43, "a" * 42, "a" * 44, "ä" * 43])
def test_a_wrong_key_is_a_config_error_that_does_not_show_it(key: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        MessageCipher(key, APP)
    assert not key or key not in str(wrong.value)
