"""GET and POST /channels/wechat as WeChat, a stranger and a vandal would call them."""

import base64
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from httpx import Response
from structlog.testing import capture_logs
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from channels.wechat.crypto import MessageCipher, signature
from channels.wechat.message import elements
from channels.wechat.receive import WechatSettings, router
from plumbing.clock import MovableClock
from plumbing.errors import ConfigError
from tickets.ports import Ports
from tickets.types import Channel

URL = "/channels/wechat"
KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
APP = "wx00000000000000aa"
TOKEN = "hotlinetoken"
Serve = Callable[[APIRouter], TestClient]


class Follower:
    """Speaks to the account as WeChat's servers do."""

    def __init__(self, client: TestClient, clock: MovableClock) -> None:
        self.client, self.clock = client, clock

    def query(self, *parts: str, name: str = "signature", at: int | None = None) -> dict[str, str]:
        timestamp, nonce = str(at if at is not None else int(self.clock.now().timestamp())), secrets.token_hex(4)
        return {"timestamp": timestamp, "nonce": nonce, name: signature(TOKEN, timestamp, nonce, *parts)}

    def post(self, body: str | bytes, query: dict[str, str] | None = None) -> Response:
        content = body.encode() if isinstance(body, str) else body
        return self.client.post(URL, params=query or self.query(), content=content)

    def post_sealed(self, body: str, *, outside: str = "", app: str = APP) -> Response:
        sealed = MessageCipher(KEY, app).seal(body.encode(), random=secrets.token_bytes(16))
        outer = f"<xml><ToUserName><![CDATA[gh_account]]></ToUserName>{outside}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        return self.post(outer, self.query() | self.query(sealed, name="msg_signature") | {"encrypt_type": "aes"})


def pushed(kind: str = "text", *, message_id: str = "7001", content: str = "永嘉路路灯不亮", extra: str = "") -> str:
    text = f"<Content><![CDATA[{content}]]></Content>" if kind == "text" else ""
    number = f"<MsgId>{message_id}</MsgId>" if message_id else ""
    return (
        "<xml><ToUserName><![CDATA[gh_account]]></ToUserName><FromUserName><![CDATA[oFollower]]></FromUserName>"
        f"<CreateTime>1795395600</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{text}{number}{extra}</xml>"
    )


@pytest.fixture
def account(serve: Serve, ports: Ports, clock: MovableClock) -> Follower:
    """An account that reads clear and encrypted messages."""
    settings = WechatSettings(token=TOKEN, app_id=APP, encoding_aes_key=KEY)
    return Follower(serve(router(ports, settings, clock=clock)), clock)


def said(response: Response) -> str:
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/xml")
    fields = elements(response.content)
    assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == ("oFollower", "gh_account", "text")
    return fields["Content"]


def test_the_url_check_is_answered_with_the_echo(account: Follower) -> None:
    answer = account.client.get(URL, params=account.query() | {"echostr": "5837397576500011341"})
    assert (answer.status_code, answer.text) == (200, "5837397576500011341")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("echo", ["", "x" * 300, "a\nb"])
def test_a_strange_echo_is_refused(account: Follower, echo: str) -> None:
    assert account.client.get(URL, params=account.query() | {"echostr": echo}).status_code == 400


def test_the_url_check_with_a_wrong_signature_is_refused(account: Follower) -> None:
    answer = account.client.get(URL, params=account.query() | {"signature": "0" * 40, "echostr": "1"})
    assert answer.status_code == 403


def test_a_clear_text_is_stored_and_answered_with_its_number(account: Follower, intake: Any) -> None:
    text = said(account.post(pushed()))
    assert "26112300000001" in text
    assert "token1" in text
    (stored,) = intake.stored
    assert (stored.channel, stored.external_id, stored.sender) == (Channel.WECHAT, "7001", "oFollower")
    assert stored.text == "永嘉路路灯不亮"
    assert stored.occurred_at == datetime.fromtimestamp(1795395600, UTC)


def test_an_encrypted_text_is_answered_encrypted_and_wechatpy_can_read_it(account: Follower, intake: Any) -> None:
    answer = account.post_sealed(pushed(content="康平路井盖缺失 🚨"))
    assert answer.status_code == 200
    outer = elements(answer.content)
    assert set(outer) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    peer = WeChatCrypto(TOKEN, KEY, APP)
    opened = peer.decrypt_message(answer.text, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    reply = parse_message(opened)
    assert (reply.type, reply.target, reply.source) == ("text", "oFollower", "gh_account")
    assert "26112300000001" in reply.content
    assert intake.stored[0].text == "康平路井盖缺失 🚨"


def test_we_take_a_message_that_wechatpy_has_sealed(account: Follower, intake: Any) -> None:
    outer = WeChatCrypto(TOKEN, KEY, APP).encrypt_message(pushed(), "n9", str(int(account.clock.now().timestamp())))
    fields = elements(outer.encode())
    query = {"timestamp": fields["TimeStamp"], "nonce": fields["Nonce"], "msg_signature": fields["MsgSignature"]}
    assert account.post(outer, query).status_code == 200
    assert intake.stored[0].text == "永嘉路路灯不亮"


def test_in_compatible_mode_the_encrypted_part_counts(account: Follower, intake: Any) -> None:
    clear = "<FromUserName><![CDATA[oVandal]]></FromUserName><Content><![CDATA[changed on the way]]></Content>"
    assert account.post_sealed(pushed(), outside=clear).status_code == 200
    assert (intake.stored[0].sender, intake.stored[0].text) == ("oFollower", "永嘉路路灯不亮")


def test_without_a_key_the_clear_part_of_a_compatible_message_is_read(
    serve: Serve, ports: Ports, clock: MovableClock, intake: Any
) -> None:
    settings = WechatSettings(token=TOKEN, app_id=APP)
    account = Follower(serve(router(ports, settings, clock=clock)), clock)
    body = pushed().replace("</xml>", "<Encrypt><![CDATA[abcd]]></Encrypt></xml>")
    assert "26112300000001" in said(account.post(body, account.query() | {"encrypt_type": "aes"}))
    assert account.post("<xml><Encrypt>abcd</Encrypt></xml>").status_code == 400
    assert len(intake.stored) == 1


def test_in_safe_mode_a_clear_message_is_refused(serve: Serve, ports: Ports, clock: MovableClock, intake: Any) -> None:
    settings = WechatSettings(token=TOKEN, app_id=APP, encoding_aes_key=KEY, encrypted_only=True)
    account = Follower(serve(router(ports, settings, clock=clock)), clock)
    assert account.post(pushed()).status_code == 403
    assert account.post_sealed(pushed()).status_code == 200
    assert len(intake.stored) == 1


def test_a_retry_gets_the_same_bytes_and_is_stored_once(account: Follower, intake: Any) -> None:
    first = account.post(pushed())
    account.clock.set(datetime(2026, 11, 23, 1, 0, 5, tzinfo=UTC))
    assert account.post(pushed()).content == first.content
    assert len(intake.stored) == 1


def test_parallel_retries_get_the_same_answer(account: Follower, intake: Any) -> None:
    intake.delay_seconds = 0.02
    with ThreadPoolExecutor(8) as pool:
        clear = [pool.submit(account.post, pushed()) for _ in range(8)]
        answers = {one.result().content for one in clear}
        sealed = [pool.submit(account.post_sealed, pushed(message_id="7002")) for _ in range(8)]
        cipher = MessageCipher(KEY, APP)
        opened = {cipher.open(elements(one.result().content)["Encrypt"]) for one in sealed}
    assert (len(answers), len(opened), len(intake.stored)) == (1, 1, 2)


def test_two_messages_get_two_numbers(account: Follower) -> None:
    assert said(account.post(pushed(message_id="1"))) != said(account.post(pushed(message_id="2")))


def test_danger_is_told_first_and_the_question_last(account: Follower, intake: Any) -> None:
    intake.advice, intake.question = "请马上离开，到屋外拨打119。", "在几号楼？"
    text = said(account.post(pushed()))
    assert text.startswith("请马上离开，到屋外拨打119。")
    assert text.index("26112300000001") < text.index("在几号楼？")


def test_a_reply_may_hold_what_ends_a_cdata_section(account: Follower, intake: Any) -> None:
    intake.question = "是“]]>”还是“<![CDATA[”？\x00\x08 & <b>🚨"
    answer = account.post(pushed())
    assert "是“]]>”还是“<![CDATA[”？ & <b>🚨" in said(answer)
    assert "是“]]>”还是“<![CDATA[”？ & <b>🚨" in parse_message(answer.text).content


def test_a_long_reply_is_cut_between_characters(account: Follower, intake: Any) -> None:
    intake.question = "问" * 5000
    text = said(account.post(pushed()))
    assert 1990 < len(text.encode()) <= 2000


def test_an_empty_text_is_answered_with_what_to_do(account: Follower, intake: Any) -> None:
    text = said(account.post(pushed(content=" ")))
    assert text.startswith("没有收到内容。")
    assert "请用文字写明" in text
    assert not intake.stored


def test_speech_that_wechat_understood_is_a_message(account: Follower, intake: Any) -> None:
    spoken = "<MediaId><![CDATA[media9]]></MediaId><Recognition><![CDATA[小区停水了]]></Recognition>"
    assert "26112300000001" in said(account.post(pushed("voice", extra=spoken)))
    (stored,) = intake.stored
    assert (stored.text, stored.facts) == ("小区停水了", {"way": "voice", "media_id": "media9", "answers": True})


def test_a_location_is_a_message_whose_numbers_are_of_a_chinese_map(account: Follower, intake: Any) -> None:
    where = "<Location_X>31.175304</Location_X><Location_Y>121.531542</Location_Y><Label><![CDATA[衡山路9号]]></Label>"
    account.post(pushed("location", extra=where))
    (stored,) = intake.stored
    assert stored.text == "我的位置：衡山路9号"
    where_to = {"lat": "31.175304", "lon": "121.531542", "datum": "gcj02"}
    assert {name: stored.facts[name] for name in where_to} == where_to


@pytest.mark.parametrize(
    ("kind", "extra", "expected"),
    [
        ("voice", "<Recognition></Recognition>", "没有听清"),
        ("voice", "", "没有听清"),
        ("image", "<PicUrl><![CDATA[http://pictures.invalid/1]]></PicUrl>", "目前只能登记文字"),
        ("location", "<Location_X>31.2</Location_X>", "目前只能登记文字"),
        ("a kind of tomorrow", "", "目前只能登记文字"),
        ("event", "<Event><![CDATA[subscribe]]></Event>", "您好，这里是12345市民热线"),
    ],
)
def test_other_messages_are_answered_and_not_stored(
    account: Follower, intake: Any, *, kind: str, extra: str, expected: str
) -> None:
    assert expected in said(account.post(pushed(kind, extra=extra)))
    assert not intake.calls


@pytest.mark.parametrize("event", ["unsubscribe", "VIEW", "debug_demo", ""])
def test_events_that_expect_nothing_get_success(account: Follower, event: str) -> None:
    answer = account.post(pushed("event", message_id="", extra=f"<Event><![CDATA[{event}]]></Event>"))
    assert (answer.status_code, answer.text) == (200, "success")


def test_a_text_without_message_id_is_known_by_sender_and_second(account: Follower, intake: Any) -> None:
    account.post(pushed(message_id=""))
    account.post(pushed(message_id=""))
    assert [one.external_id for one in intake.stored] == ["oFollower:1795395600"]


def test_a_wrong_signature_is_refused_logged_without_content_and_stores_nothing(account: Follower, intake: Any) -> None:
    with capture_logs() as lines:
        answer = account.post(pushed(content="secret words"), account.query() | {"signature": "0" * 40})
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/plain")
    assert [(line["event"], line["code"]) for line in lines] == [("wechat_refused", "WECHAT_SIGNATURE")]
    assert "secret words" not in str(lines)
    assert "oFollower" not in str(lines)
    assert not intake.calls


@pytest.mark.parametrize("query", [{}, {"signature": "签名"}, {"timestamp": "1", "nonce": "2"}, {"msg_signature": "é"}])
def test_a_query_without_a_right_signature_is_refused(account: Follower, intake: Any, query: dict[str, str]) -> None:
    assert account.client.post(URL, params=query, content=pushed().encode()).status_code in {400, 403}
    assert not intake.calls


@pytest.mark.parametrize(("seconds", "status"), [(-301, 403), (-300, 200), (0, 200), (300, 200), (301, 403)])
def test_a_signed_time_counts_for_five_minutes_either_way(
    account: Follower, intake: Any, *, seconds: int, status: int
) -> None:
    at = int(account.clock.now().timestamp()) + seconds
    assert account.post(pushed(), account.query(at=at)).status_code == status
    assert len(intake.stored) == (status == 200)


@pytest.mark.parametrize("timestamp", ["", "now", "-5", "1e9", "９９９", "9" * 40])
def test_a_signed_time_that_is_none_is_refused(account: Follower, intake: Any, timestamp: str) -> None:
    query = {"timestamp": timestamp, "nonce": "n", "signature": signature(TOKEN, timestamp, "n")}
    assert account.post(pushed(), query).status_code == 403
    assert not intake.calls


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + pushed(content="&b;")
MALFORMED = {
    "empty": "",
    "not xml": "not xml",
    "cut off": pushed()[:-8],
    "json": '{"a": 1}',
    "other root": "<html></html>",
    "no children": "<xml></xml>",
    "bomb": BOMB,
    "doctype": "<!DOCTYPE xml>" + pushed(),
    "outside entity": '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + pushed(content="&x;"),
    "unknown entity": pushed().replace("<![CDATA[永嘉路路灯不亮]]>", "&x;"),
    "content twice": pushed(extra="<Content>again</Content>"),
    "no sender": pushed().replace("<FromUserName><![CDATA[oFollower]]></FromUserName>", ""),
    "long sender": pushed().replace("oFollower", "o" * 200),
    "sender with a line break": pushed().replace("oFollower", "a\nb"),
    "time of words": pushed().replace("1795395600", "yesterday"),
    "time too far": pushed().replace("1795395600", "99999999999"),
    "negative time": pushed().replace("1795395600", "-1"),
    "id of words": pushed(message_id="one"),
    "unknown encoding": '<?xml version="1.0" encoding="nonsense"?>' + pushed(),
    "encoding of many bytes": '<?xml version="1.0" encoding="shift_jis"?>' + pushed(),
    "zero byte": pushed().replace("路灯", "\x00"),
    "deep": "<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_cannot_be_read_is_refused_clear_and_encrypted(account: Follower, intake: Any, name: str) -> None:
    assert account.post(MALFORMED[name]).status_code == 400
    assert account.post_sealed(MALFORMED[name]).status_code == 400
    assert not intake.calls


def test_bytes_that_are_no_text_are_refused(account: Follower, intake: Any) -> None:
    assert account.post(b"<xml><a>\xff\xfe\x80</a></xml>").status_code == 400
    assert account.post(secrets.token_bytes(500)).status_code == 400
    assert not intake.calls


def test_a_body_beyond_the_limit_is_refused(account: Follower, intake: Any) -> None:
    assert account.post(pushed(content="长" * 30_000)).status_code == 413
    assert not intake.calls


def test_a_slow_intake_does_not_keep_wechat_waiting(
    serve: Serve, ports: Ports, clock: MovableClock, intake: Any
) -> None:
    settings = WechatSettings(token=TOKEN, app_id=APP, reply_seconds=0.1)
    account = Follower(serve(router(ports, settings, clock=clock)), clock)
    intake.delay_seconds = 1.0
    started = time.perf_counter()
    text = said(account.post(pushed()))
    assert time.perf_counter() - started < 0.9
    assert "还没能给您编号" in text


def test_a_broken_intake_is_told_politely_and_nothing_is_promised(account: Follower, intake: Any) -> None:
    intake.failure = RuntimeError("database away")
    assert "还没能给您编号" in said(account.post(pushed()))


def test_every_vector_gets_through_over_http(
    serve: Serve, ports: Ports, wechat_vectors: dict[str, Any], intake: Any
) -> None:
    expected = {"text": 200, "event": 200, "echo": 400}
    seen = []
    for vector in (one for one in wechat_vectors["vectors"] if one["op"] == "decrypt"):
        kind = "event" if "<Event>" in vector["plaintext"] else "text" if "<xml>" in vector["plaintext"] else "echo"
        answer = post_vector(serve, ports, vector)
        assert answer.status_code == expected[kind], vector["id"]
        seen.append(kind)
    assert sorted(set(seen)) == ["echo", "event", "text"]
    assert len(intake.stored) == 4  # compatible and safe carry the same message


def test_every_negative_vector_is_refused_and_stores_nothing(
    serve: Serve, ports: Ports, wechat_vectors: dict[str, Any], intake: Any
) -> None:
    base = {vector["id"]: vector for vector in wechat_vectors["vectors"]}
    tried = 0
    for negative in wechat_vectors["negatives"]:
        if "base" not in negative and "body" not in negative:
            continue
        vector = changed(base[negative.get("base", "oa-python-sample-safe")], negative)
        status = post_vector(serve, ports, vector).status_code
        assert 400 <= status < 500, negative["id"]
        if negative["id"] in {"neg-sig", "neg-timestamp", "neg-appid"}:
            assert status == 403, negative["id"]
        tried += 1
    assert tried == 8
    assert not intake.calls


def test_an_old_vector_is_refused_by_the_window(
    serve: Serve, ports: Ports, clock: MovableClock, wechat_vectors: dict[str, Any], intake: Any
) -> None:
    for vector in (one for one in wechat_vectors["vectors"] if one["op"] == "decrypt"):
        assert post_vector(serve, ports, vector, clock=clock).status_code == 403, vector["id"]
    assert not intake.calls


def changed(vector: dict[str, Any], negative: dict[str, Any]) -> dict[str, Any]:
    change = dict(negative.get("change", {}))
    resign, flip = change.pop("resign", False), change.pop("encrypt_flip_first_char", False)
    new = vector | change
    if flip:
        new["encrypt"] = ("A" if new["encrypt"][0] != "A" else "B") + new["encrypt"][1:]
    if resign:
        new["msg_signature"] = signature(new["token"], new["timestamp"], new["nonce"], new["encrypt"])
    new["post_body"] = negative.get("body") or new["post_body"].replace(vector["encrypt"], new["encrypt"])
    return new


def post_vector(serve: Serve, ports: Ports, vector: dict[str, Any], clock: MovableClock | None = None) -> Response:
    settings = WechatSettings(
        token=vector["token"], app_id=vector["appid"], encoding_aes_key=vector["encoding_aes_key"]
    )
    then = MovableClock(datetime.fromtimestamp(int(vector["timestamp"]), UTC))
    client = serve(router(ports, settings, clock=clock or then))
    query = {name: vector[name] for name in ("timestamp", "nonce", "msg_signature")} | {"encrypt_type": "aes"}
    return client.post(URL, params=query, content=vector["post_body"].encode())


@pytest.mark.parametrize(
    "wrong",
    [{"token": ""}, {"token": " t"}, {"app_id": ""}, {"encrypted_only": True, "encoding_aes_key": None}],
)
def test_an_account_without_its_secrets_does_not_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        WechatSettings(**({"token": TOKEN, "app_id": APP, "encoding_aes_key": KEY} | wrong))
