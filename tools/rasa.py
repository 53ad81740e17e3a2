"""The optional Rasa service: `python -m tools.rasa make | train | serve | test | domain | lock`.

make    its own Python 3.10 environment, a model when there is none of this corpus, and serving on 127.0.0.1:5005
train   environment and a new model        serve    what was trained last
test    tests/rasa against the real Rasa: a fixed part of the corpus, a few rounds
domain  write the pack's rasa/intents.yml from its nlu.yml        lock    resolve requirements-rasa.lock anew

Exit status: 0 done, 1 failed, 2 unknown command, 3 no Python 3.10, 130 interrupted.
"""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from plumbing import config as configuration
from plumbing.errors import HotlineError
from tools import rasa_environment, rasa_project, rasa_service
from tools.rasa_service import MODEL, PORT
from tools.setup import PYTHON, ROOT, SetupError, fingerprint, stage

NO_PYTHON_STATUS = 3
INTERRUPTED = 130
_STAMP = "trained-from"


def make() -> int:
    """Everything, then serve until Ctrl-C."""
    return serve() if _is_current() else train() or serve()


def train() -> int:
    """A new model from the whole corpus, in the home folder's rasa/."""
    rasa_environment.install()
    folder = _folder()
    with stage("用全部语料训练 Rasa，需要较长时间 / training Rasa on the whole corpus"):
        rasa_service.write_project(folder, _pack())
        rasa_service.train(folder, progress=_Line())
    (folder / _STAMP).write_text(_fingerprint(), encoding="ascii")
    return 0


def serve() -> int:
    """The model trained last, until Ctrl-C or SIGTERM: that is a clean end."""
    rasa_environment.install()
    folder = _folder()
    if not (folder / MODEL).exists():
        raise SetupError("还没有 Rasa 模型，请先运行 make rasa。/ no model yet: run make rasa")
    with rasa_service.serving(folder, port=PORT) as served:
        print(f"Rasa 已就绪，按 Ctrl-C 结束 / ready: {served.url}", flush=True)
        try:
            return 1 if served.wait() else 0
        except KeyboardInterrupt:
            return 0


def test() -> int:
    """The tests in tests/rasa; without a Python 3.10 they fail in CI and are visibly skipped elsewhere."""
    if rasa_environment.find_python() is not None:
        rasa_environment.install()
    command = [str(PYTHON), "-m", "pytest", "-q", "tests/rasa"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def domain() -> int:
    """The generated part of the pack's domain."""
    print(rasa_project.write_intents(_pack()).relative_to(ROOT))
    return 0


def lock() -> int:
    """The pins."""
    rasa_environment.resolve()
    return 0


COMMANDS: Mapping[str, Callable[[], int]] = {
    command.__name__: command for command in (make, train, serve, test, domain, lock)
}


class _Line:
    """Progress: one line that is overwritten on a terminal, a new one every half minute in a log."""

    def __init__(self) -> None:
        self._said_at = 0.0

    def __call__(self, words: str) -> None:
        """Say it, not too often."""
        terminal = sys.stdout.isatty()
        if time.monotonic() - self._said_at >= (0.5 if terminal else 30):
            self._said_at = time.monotonic()
            print(
                f"\r        {words}    " if terminal else f"        {words}", end="" if terminal else "\n", flush=True
            )


def _folder() -> Path:
    return configuration.load().home / "rasa"


def _pack() -> Path:
    return configuration.load().pack


def _fingerprint() -> str:
    files = [_pack() / "rasa" / name for name in rasa_project.FILES]
    return fingerprint(ROOT / "config.yml", _pack() / rasa_project.CORPUS, *files, rasa_environment.LOCK)


def _is_current() -> bool:
    """Whether the model was trained from the corpus, domain and configuration as they are now."""
    stamp = _folder() / _STAMP
    return (_folder() / MODEL).exists() and stamp.exists() and stamp.read_text(encoding="ascii") == _fingerprint()


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    """Exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=list(COMMANDS))
    wanted = parser.parse_args(arguments).what
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return COMMANDS[wanted]()
    except (SetupError, HotlineError, OSError) as error:
        print(f"Rasa 未完成 / Rasa: {error}", file=sys.stderr)
        return NO_PYTHON_STATUS if str(error) == rasa_environment.NO_PYTHON else 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
