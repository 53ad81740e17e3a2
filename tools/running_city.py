"""A running city for tests and measurements: the real server as a process of its own, on a test clock, over HTTP.

"sqlite" runs as a newcomer runs it: one process. "postgres" runs distributed: PostgreSQL, Valkey, a server that does
no work of its own, and a Celery worker that does it all.
"""

import json
import re
import socket
import subprocess
import sys
import time
from base64 import b64encode
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha1, sha256
from hmac import new as hmac_new
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from defusedxml import ElementTree

from accounts import store as account_store
from hotline import installation
from plumbing import config as configuration
from plumbing import ids
from plumbing.clock import SystemClock
from plumbing.db import Database
from tickets.types import Role

ROOT = Path(__file__).resolve().parent.parent
WECHAT_TOKEN = "flow-test-word"
WECHAT_APP = "wx0000000000000000"
TWILIO_TOKEN = "flow-test-auth"
PASSWORD = "a long enough 1 word"
START_SECONDS = 60
SPOKEN = str.maketrans("零幺一二三四五六七八九", "01123456789")
"""Digits as the hotline says them on the telephone."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class City:
    """What a test does to the city: residents speak, staff act, time moves."""

    url: str
    home: Path
    database: Database
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _clients: dict[tuple[str, str | None], httpx.Client] = field(default_factory=dict)
    _browsers: dict[str, httpx.Client] = field(default_factory=dict)
    _turn: int = 0

    # -- residents ----------------------------------------------------------------------------------------------------

    def api(self, role: str, unit: str | None = None) -> httpx.Client:
        """A client with a token of that role."""
        if (role, unit) not in self._clients:
            name = f"{role}-{unit or 'all'}"
            with self.database.transaction() as session:
                now = SystemClock().now()
                roles = [Role(role)]
                account_store.add_account(session, name, name=name, password=PASSWORD, roles=roles, unit=unit, now=now)
                word = account_store.add_token(session, name=name, login=name, roles=roles, now=now)
            headers = {"Authorization": f"Bearer {word}"}
            self._clients[role, unit] = httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)
        return self._clients[role, unit]

    def message(self, text: str, *, channel: str = "api", sender: str = "+861990000001", **facts: Any) -> str:
        """Hand a message in through the API and let it settle; the receipt number."""
        body = {"channel": channel, "external_id": self._next("api"), "sender": sender, "text": text, "facts": facts}
        answer = self.api("operator").post("/api/v1/messages", json=body)
        assert answer.status_code == 202, answer.text
        self.settle()
        return str(answer.json()["receipt_no"])

    def text_message(self, text: str, *, sender: str) -> str:
        """An SMS through Twilio's webhook; the answer that the resident reads."""
        form = {
            "MessageSid": self._sid("SM"),
            "AccountSid": self._sid("AC"),
            "From": sender,
            "To": "+8612345",
            "Body": text,
        }
        answer = self.twilio("/channels/twilio/sms", form)
        self.settle()
        return "".join(ElementTree.fromstring(answer.text).itertext())

    def call(self, *said: str, sender: str, sid: str | None = None) -> list[str]:
        """A telephone call: what the caller says, turn by turn; what the hotline answers, from the greeting on."""
        sid = sid or self._sid("CA")
        form = {
            "CallSid": sid,
            "AccountSid": self._sid("AC"),
            "From": sender,
            "To": "+8612345",
            "CallStatus": "in-progress",
        }
        answer = self.twilio("/channels/twilio/voice", form)
        heard = [answer.text]
        for words in said:
            gather = ElementTree.fromstring(answer.text).find(".//Gather")
            assert gather is not None, answer.text
            action = urlsplit(gather.attrib["action"])
            answer = self.twilio(f"{action.path}?{action.query}", form | {"SpeechResult": words, "Confidence": "0.9"})
            heard.append(answer.text)
        self.settle()
        return ["".join(ElementTree.fromstring(one).itertext()).translate(SPOKEN) for one in heard]

    def twilio(self, path: str, form: dict[str, str], *, token: str = TWILIO_TOKEN) -> httpx.Response:
        """A signed webhook call of Twilio."""
        signed = self.url + path + "".join(key + form[key] for key in sorted(form))
        signature = b64encode(hmac_new(token.encode(), signed.encode(), sha1).digest()).decode()
        answer = httpx.post(
            self.url + path, data=form, headers={"X-Twilio-Signature": signature}, timeout=30, trust_env=False
        )
        assert answer.status_code in (200, 403), answer.text
        return answer

    def wechat(self, text: str, *, sender: str = "o-flow-resident", message_id: str | None = None) -> str:
        """A clear text message to the Official Account; the answer that the resident reads."""
        message_id = message_id or str(int(sha256(self._next("wx").encode()).hexdigest()[:12], 16))
        stamp = str(int(self.now().timestamp()))
        signature = sha1("".join(sorted([WECHAT_TOKEN, stamp, "nonce"])).encode(), usedforsecurity=False).hexdigest()
        body = (
            f"<xml><ToUserName><![CDATA[gh_flow]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
            f"<CreateTime>{stamp}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{text}]]></Content><MsgId>{message_id}</MsgId></xml>"
        )
        answer = httpx.post(
            f"{self.url}/channels/wechat",
            params={"signature": signature, "timestamp": stamp, "nonce": "nonce"},
            content=body.encode(),
            timeout=30,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        self.settle()
        return str(ElementTree.fromstring(answer.text).findtext("Content"))

    # -- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The city's time; what waits is settled first."""
        answer = httpx.get(f"{self.url}/api/v1/test/clock", timeout=60, trust_env=False)
        answer.raise_for_status()
        return datetime.fromisoformat(answer.json()["now"]).astimezone(UTC)

    def settle(self) -> None:
        """Let everything that waits be done."""
        self.now()

    def advance(self, by: str) -> None:
        """Move the time; what falls due on the way is done."""
        answer = httpx.post(f"{self.url}/api/v1/test/clock", json={"advance": by}, timeout=120, trust_env=False)
        assert answer.status_code == 200, answer.text

    # -- staff --------------------------------------------------------------------------------------------------------

    def ticket(self, number: str) -> dict[str, Any]:
        """The whole ticket, as a supervisor sees it."""
        answer = self.api("supervisor").get(f"/api/v1/tickets/{number}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def act(self, number: str, command: str, *, by: str, of: str | None = None, **data: Any) -> dict[str, Any]:
        """A command that must be allowed; the ticket after it."""
        answer = self.try_act(number, command, by=by, of=of, **data)
        assert answer.status_code == 200, f"{command}: {answer.text}"
        self.settle()
        return dict(answer.json())

    def try_act(self, number: str, command: str, *, by: str, of: str | None = None, **data: Any) -> httpx.Response:
        """A command that may be refused."""
        headers = {"Idempotency-Key": self._next(command)}
        body = {"command": command, **data}
        return self.api(by, of).post(f"/api/v1/tickets/{number}/commands", json=body, headers=headers)

    def sent(self, channel: str) -> list[dict[str, Any]]:
        """What the senders have written for a channel, oldest first."""
        file = self.home / "deliveries" / f"{channel}.jsonl"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def verify(self) -> subprocess.CompletedProcess[str]:
        """The real command against this installation."""
        command = [sys.executable, "-m", "hotline", "audit", "verify"]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=self.environment)

    def close(self) -> None:
        """Hang up every client."""
        for client in (*self._clients.values(), *self._browsers.values()):
            client.close()

    def page(self, role: str, path: str) -> "Page":
        """A page of staff, opened by somebody who has signed in with that role."""
        if role not in self._browsers:
            name = f"page-{role}"
            with self.database.transaction() as session:
                now, roles = SystemClock().now(), [Role(role)]
                account_store.add_account(session, name, name=name, password=PASSWORD, roles=roles, now=now)
            client = httpx.Client(base_url=self.url, timeout=30, trust_env=False, follow_redirects=True)
            answer = client.post("/login", data={"login": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            self._browsers[role] = client
        return Page(self, self._browsers[role], path)

    def _next(self, prefix: str) -> str:
        self._turn += 1
        return f"{prefix}-{self._turn}"

    def _sid(self, prefix: str) -> str:
        return prefix + sha256(self._next(prefix).encode()).hexdigest()[:32]


@dataclass
class Page:
    """An opened page with its forms; without script, as they must work."""

    city: City
    client: httpx.Client
    path: str

    def submit(self, fields: dict[str, str]) -> str:
        """Fill in the page's form, with its hidden fields, and send it; the text of the page that comes back."""
        opened = self.client.get(self.path)
        assert opened.status_code == 200, opened.text
        inputs = re.findall(r"<input[^>]*>", opened.text)
        hidden = dict(_named(one) for one in inputs if 'type="hidden"' in one)
        answer = self.client.post(self.path, data=hidden | fields)
        assert answer.status_code == 200, answer.text
        self.city.settle()
        return re.sub(r"<[^>]+>", "", answer.text)


def _named(tag: str) -> tuple[str, str]:
    given = dict(re.findall(r'([a-z_-]+)="([^"]*)"', tag))
    return given["name"], given.get("value", "")


def number_in(answer: str) -> str:
    """The receipt number in what a resident is told: 14 digits in a row when written, with pauses when spoken."""
    written: list[str] = re.findall(r"(?<![0-9])[0-9]{14}(?![0-9])", answer)
    digits = re.sub(r"[^0-9]", "", answer.replace("12345", ""))
    spoken = [digits[start : start + 14] for start in range(len(digits) - 13)]
    for number in (*written, *spoken):
        if ids.plausible(number) and "01" <= number[2:4] <= "12":  # else 119 and a number's head can pass for one
            return number
    raise AssertionError(f"no number in {answer!r}")


def running(stack: ExitStack, folder: Path, environment: dict[str, str], at: str) -> City:
    """Prepare an installation in `folder`, start its processes, wait until it is ready."""
    port = free_port()
    environment["HOTLINE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    config = configuration.load(environ=environment)
    config.home.mkdir(parents=True, exist_ok=True)
    database = Database(config.database_url)
    stack.callback(database.dispose)
    installation.migrate(database)
    installation.load_city(config, database, now=datetime.fromisoformat(at))
    city = City(url=f"http://127.0.0.1:{port}", home=config.home, database=database, environment=environment)
    stack.callback(city.close)
    distributed = "HOTLINE_BROKER_URL" in environment
    serve = ["serve", "--port", str(port), "--test-clock", at, *(["--no-loops"] if distributed else [])]
    commands = [serve, *([["worker", "--test-clock", at]] if distributed else [])]
    for command in commands:
        log = stack.enter_context((folder / f"{command[0]}.log").open("wb"))
        process = subprocess.Popen(
            [sys.executable, "-m", "hotline", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        stack.callback(stop, process)
        city.processes.append(process)
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            if httpx.get(f"{city.url}/readyz", trust_env=False).status_code == 200:
                return city
        except httpx.TransportError:
            pass
        assert city.processes[0].poll() is None, (folder / "serve.log").read_text(encoding="utf-8")
        assert time.monotonic() < until, (folder / "serve.log").read_text(encoding="utf-8")
        time.sleep(0.1)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process by its id; kill it when it does not go."""
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=15)
