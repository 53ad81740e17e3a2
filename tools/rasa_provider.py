"""A provider on loopback that answers as Rasa 3.6 does, or as a test tells it to: late, broken or lying."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

MODEL = "0123456789abcdef0123456789abcdef"
Answer = Callable[[Any], Any]


@dataclass
class Provider:
    """What was asked, and how it answers by path: a callable from the question's JSON to the answer's."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    url: str = ""
    status: int = 200
    delay_seconds: float = 0.0
    raw: bytes | None = None
    drips: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    def texts(self) -> list[str]:
        """The texts that were to be parsed."""
        return [body["text"] for path, body in self.asked if path == "/model/parse"]

    def ranks(self, ranking: Mapping[str, float], *, by_text: Mapping[str, Mapping[str, float]] | None = None) -> None:
        """Answer every text with this ranking, or with the one that `by_text` has for it."""

        def parse(body: Any) -> Any:
            chosen = (by_text or {}).get(body["text"], ranking)
            return parsed(body["text"], chosen)

        self.answers["/model/parse"] = parse


def parsed(text: str, ranking: Mapping[str, float]) -> dict[str, Any]:
    """An answer of /model/parse."""
    listed = [{"name": name, "confidence": confidence} for name, confidence in ranking.items()]
    return {"text": text, "intent": listed[0] if listed else None, "entities": [], "intent_ranking": listed}


@contextmanager
def provider() -> Iterator[Provider]:
    """A running one, with a model and no opinion."""
    state = Provider(
        answers={"/status": lambda _: {"model_id": MODEL, "model_file": "x", "num_active_training_jobs": 0}}
    )

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            state.asked.append((self.path, body))
            time.sleep(state.delay_seconds)
            content = state.raw if state.raw is not None else json.dumps(state.answers[self.path](body)).encode()
            try:
                if state.drips:
                    self._drip()
                self.send_response(state.status)
                for name, value in {"Content-Length": str(len(content)), **state.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except OSError:  # whoever asked has gone away, which is what is tested
                self.close_connection = True

        def _drip(self) -> None:
            """A byte of a header every twentieth of a second: each single read is quick, and it never ends."""
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while True:
                self.wfile.write(b"x")
                time.sleep(0.05)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def nobody_there() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
