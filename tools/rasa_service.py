"""Training and serving a real Rasa from a folder of its own: config.yml, data/, domain/, models/. Loopback only."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from nlu.corpus import Example
from tools import rasa_environment
from tools.rasa_project import CORPUS, FILES, corpus_text, rasa_config
from tools.setup import ROOT, SetupError

MODEL = Path("models") / "hotline.tar.gz"
PORT = 5005
START_SECONDS = 180
STOP_SECONDS = 20
_EPOCHS = re.compile(r"Epochs: *\d+%\|[^|]*\| *(\d+)/(\d+) \[([^<\]]*)<([^,\]]*)")
_TAIL_CHARACTERS = 2000


def write_project(
    folder: Path, pack: Path, *, examples: Sequence[Example] | None = None, epochs: int | None = None
) -> None:
    """Fill `folder` from the pack and config.yml; `examples` instead of the whole nlu.yml. Raises SetupError."""
    missing = [name for name in FILES if not (pack / "rasa" / name).exists()]
    if missing:
        raise SetupError(f"城市包缺少 rasa/{missing[0]}，可从 city/packs/xuhui/rasa 复制后修改。/ missing in the pack")
    for name in ("data", "domain"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    data = folder / "data" / CORPUS
    if examples is None:
        shutil.copyfile(pack / CORPUS, data)
    else:
        data.write_text(corpus_text(examples), encoding="utf-8")
    shutil.copyfile(pack / "rasa" / "rules.yml", folder / "data" / "rules.yml")
    for name in ("domain.yml", "intents.yml"):
        shutil.copyfile(pack / "rasa" / name, folder / "domain" / name)
    (folder / "config.yml").write_text(rasa_config(ROOT / "config.yml", epochs=epochs), encoding="utf-8")


def train(folder: Path, *, progress: Callable[[str], None] = lambda _: None) -> Path:
    """Train what `write_project` wrote; the model's file. The old model stays until the new one is whole.

    `progress` hears how many rounds are done and how long the rest will take. Raises SetupError with the end of
    Rasa's output, all of which is in train.log.
    """
    options = ["--config", "config.yml", "--data", "data", "--domain", "domain", "--out", "models"]
    command = [str(rasa_environment.PROGRAM), "train", *options, "--fixed-model-name", "next", "--num-threads", "2"]
    log = folder / "train.log"
    with log.open("w", encoding="utf-8") as out, _process(command, folder, subprocess.PIPE) as process:
        for line in _lines(process):
            out.write(line + "\n")
            if found := _EPOCHS.search(line):
                progress(f"第 {found[1]}/{found[2]} 轮，已用 {found[3]}，还要 {found[4]} / epoch")
        status = process.wait()
    made = folder / "models" / "next.tar.gz"
    if status or not made.exists():
        raise SetupError(
            f"Rasa 训练失败 / training failed ({status}):\n{log.read_text(encoding='utf-8')[-_TAIL_CHARACTERS:]}"
        )
    return made.replace(folder / MODEL)


@contextmanager
def serving(folder: Path, *, port: int | None = None) -> Iterator["Served"]:
    """The trained model behind HTTP on 127.0.0.1, ready to be asked, stopped at the end. Raises SetupError."""
    if port is not None and _is_taken(port):
        raise SetupError(f"端口 {port} 已被占用，请先结束占用它的程序。/ port {port} is taken")
    chosen = port or _free_port()
    options = ["--model", str(MODEL), "--enable-api", "--interface", "127.0.0.1", "--port", str(chosen)]
    command = [str(rasa_environment.PROGRAM), "run", *options, "--connector", "rest"]
    log = folder / "serve.log"
    with log.open("wb") as out, _process(command, folder, out) as process:
        served = Served(f"http://127.0.0.1:{chosen}", process)
        served.wait_until_ready(log)
        yield served


class Served:
    """A running Rasa. `url` has no slash at its end."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes]") -> None:
        self.url = url
        self._process = process

    def wait_until_ready(self, log: Path) -> None:
        """Raises SetupError when it ends, or does not answer within START_SECONDS."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if _model_id(self.url):
                return
            time.sleep(0.5)
        tail = log.read_text(encoding="utf-8", errors="replace")[-_TAIL_CHARACTERS:]
        raise SetupError(f"Rasa 没有启动 / did not start:\n{tail}")

    def wait(self) -> int:
        """Its exit status, when it has ended."""
        return self._process.wait()

    def stop(self) -> None:
        """End it; what it was asked last may stay without an answer."""
        _end(self._process)


def _model_id(url: str) -> str | None:
    try:
        answer = httpx.get(f"{url}/status", timeout=5, trust_env=False)
        found = answer.json().get("model_id") if answer.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, json.JSONDecodeError, AttributeError):
        return None
    return str(found) if found else None


@contextmanager
def _process(command: Sequence[str], folder: Path, out: int | IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {**rasa_environment.environment(), "RASA_MAX_CACHE_SIZE": "0", "MPLCONFIGDIR": str(folder)}
    with subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT, env=environment) as process:
        try:
            yield process
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it. It shares our process group, so that whoever ends the group (a terminal, timeout) ends it too."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[str]:
    """What it prints, by lines and by what a progress bar overwrites."""
    assert process.stdout is not None
    rest = ""
    while piece := os.read(process.stdout.fileno(), 65_536):
        *whole, rest = re.split(r"[\r\n]+", rest + piece.decode(errors="replace"))
        yield from whole
    if rest:
        yield rest


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
