"""A server that gets killed, and four clients that do not give up."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Thread

import httpx
import pytest

from accounts import store as account_store
from hotline import installation
from plumbing import config as configuration
from plumbing.clock import SystemClock
from plumbing.db import Database
from tickets.types import Role
from tools.running_city import free_port

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 4
PAUSE_SECONDS = 0.02
PATIENCE_SECONDS = 60
TEXTS = (
    "我在网上买的预付卡，商家关门了不退款，要求帮忙追回",
    "天平路上的路灯三天没亮了，晚上走路很不安全",
    "公司拖欠我两个月工资，劳动合同也不肯给",
    "小区里的电梯又坏了，老人上不去楼",
    "请问办理居住证需要带哪些材料",
    "楼下烧烤摊油烟很大，天天晚上熏到家里",
)


class Battered:
    """The real server on SQLite in a folder of its own, started and killed as a test likes."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "serve.log"
        self.fault_file = folder / "fault"
        self.environment = os.environ | {
            "HOTLINE_HOME": str(folder / "home"),
            "HOTLINE_MODEL": str(model),
            "HOTLINE_LOG_LEVEL": "WARNING",
            "HOTLINE_FAULT_FILE": str(self.fault_file),
        }
        config = configuration.load(environ=self.environment)
        config.home.mkdir(parents=True)
        self.home = config.home
        self.database = Database(config.database_url)
        installation.migrate(self.database)
        now = SystemClock().now()
        installation.load_city(config, self.database, now=now)
        with self.database.transaction() as session:
            roles = [Role.OPERATOR]
            account_store.add_account(
                session, "op", name="接线员甲", password="a long enough 1 word", roles=roles, now=now
            )
            self.token = account_store.add_token(session, name="op", login="op", roles=roles, now=now)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, fault: str | None = None, survives: int = 0) -> None:
        """Start it; with `fault` it dies at the pass of that point after `survives` more."""
        environment = dict(self.environment)
        if fault is not None:
            self.fault_file.write_text(str(survives), encoding="ascii")
            environment["HOTLINE_FAULT"] = fault
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "hotline", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self) -> None:
        self.wait_for(self._answers, "the server did not answer")

    def wait_until_fault(self) -> None:
        """Until the point was passed and the process there is dead."""
        self.wait_for(lambda: not self.fault_file.exists(), "nobody passed the fault point")

    def wait_for(self, done: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < until, f"{otherwise}\n{self.log.read_text(encoding='utf-8')[-3000:]}"
            time.sleep(0.01)

    def kill(self) -> None:
        """kill -9, the server and its worker at once."""
        assert self._process is not None
        _send(self._process.pid, signal.SIGSTOP)  # it must not put a new worker in a dead one's place meanwhile
        for pid in (*_children(self._process.pid), self._process.pid):
            _send(pid, signal.SIGKILL)
        self._process.wait(timeout=PATIENCE_SECONDS)
        self._process = None

    def stop(self) -> None:
        """End it as an administrator does."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def lines_sent(self) -> list[str]:
        """The keys of everything that the file senders wrote, in all channels."""
        files = sorted((self.home / "deliveries").glob("*.jsonl"))
        return [json.loads(line)["key"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False


class Residents:
    """Four clients; each sends a message until it is answered, then the next. `answers`: numbers by message id."""

    def __init__(self, server: Battered) -> None:
        self.answers: dict[str, set[str]] = defaultdict(set)
        self.strange: list[str] = []
        self._server = server
        self._sent = 0
        self._lock = Lock()
        self._enough = Event()
        self._threads = [Thread(target=self._talk, daemon=True) for _ in range(CLIENTS)]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """No new messages; those in hand are sent until they are answered."""
        self._enough.set()
        for thread in self._threads:
            thread.join(timeout=PATIENCE_SECONDS)
        assert not any(thread.is_alive() for thread in self._threads), "a message was never answered"

    def _talk(self) -> None:
        headers = {"Authorization": f"Bearer {self._server.token}"}
        with httpx.Client(base_url=self._server.url, headers=headers, timeout=10, trust_env=False) as client:
            while not self._enough.is_set():
                with self._lock:
                    number, self._sent = self._sent, self._sent + 1
                while not self._answered(client, number):
                    time.sleep(PAUSE_SECONDS)
                time.sleep(PAUSE_SECONDS)

    def _answered(self, client: httpx.Client, number: int) -> bool:
        external_id = f"fault-{number}"
        body = {
            "channel": "api",
            "external_id": external_id,
            "sender": f"+861990000{number:04d}",
            "text": TEXTS[number % len(TEXTS)],
        }
        try:
            answer = client.post("/api/v1/messages", json=body)
        except httpx.TransportError:
            return False
        if answer.status_code == 202:
            self.answers[external_id].add(answer.json()["receipt_no"])
            return True
        self.strange.append(f"{answer.status_code} {answer.text[:200]}")
        return False


def _children(pid: int) -> list[int]:
    """The processes that `pid` started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
    return found


def _send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)


@pytest.fixture
def battered(tmp_path: Path, trained: Path) -> Iterator[Battered]:
    """A server on SQLite, not started yet; nothing of it is left running."""
    server = Battered(tmp_path, trained)
    yield server
    server.stop()
    server.database.dispose()


@pytest.fixture
def residents(battered: Battered) -> Residents:
    """Four clients of that server."""
    return Residents(battered)


@pytest.fixture
def n_kills() -> int:
    """HOTLINE_FAULTS, or 4."""
    return int(os.environ.get("HOTLINE_FAULTS") or 4)


@pytest.fixture
def monday() -> datetime:
    """A working Monday, 09:30 in Shanghai."""
    return datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
