"""Rasa's own Python 3.10 in .venv-rasa, from its own pins: it can never share the application's environment."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.setup import BIN, ROOT, SetupError, fingerprint, lock, run, stage

VENV = ROOT / ".venv-rasa"
PROGRAM = VENV / "bin" / "rasa"
LOCK = lock("rasa")
WANTS = "rasa[jieba]==3.6.21"
_STAMP = VENV / ".rasa-installed"

NO_PYTHON = (
    "Rasa 3.6 只能在 Python 3.10 下运行，本机没有找到 python3.10。安装后重试，例如：uv python install 3.10，或 pyenv install 3.10；"
    "不装也不影响热线，默认的理解引擎不需要它。\n"
    "Rasa 3.6 runs under Python 3.10 only, and no python3.10 was found here (PATH, uv, pyenv). Install one and try again; "
    "the hotline itself does not need it."
)


def find_python() -> str | None:
    """A Python 3.10 that runs: on PATH, known to uv, or in pyenv's usual place; None without one."""
    return next((program for program in _candidates() if _is_310(program)), None)


def installed() -> bool:
    """Whether .venv-rasa holds what the pins say."""
    return PROGRAM.exists() and _STAMP.exists() and _STAMP.read_text(encoding="ascii") == fingerprint(LOCK)


def install() -> None:
    """Make .venv-rasa; nothing when it is there. About 2.6 GB. Raises SetupError, also when there is no Python 3.10."""
    if installed():
        return
    python = find_python()
    if python is None:
        raise SetupError(NO_PYTHON)
    uv = str(BIN / "uv")
    with stage("Rasa 的环境 .venv-rasa，约 2.6 GB / Rasa's own environment"):
        shutil.rmtree(VENV, ignore_errors=True)
        run([uv, "venv", "--quiet", "--python", python, str(VENV)])
        options = ["--quiet", "--require-hashes", "-r", str(LOCK)]
        run([uv, "pip", "install", "--python", str(VENV / "bin" / "python"), *options])
    _STAMP.write_text(fingerprint(LOCK), encoding="ascii")


def resolve() -> None:
    """Write the pins anew, with hashes and without an index address; versions stay unless they cannot."""
    shape = ["--python-version", "3.10", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    command = [str(BIN / "uv"), "pip", "compile", "-", *shape, "-o", str(LOCK)]
    subprocess.run(command, input=WANTS, text=True, cwd=ROOT, check=True)


def environment() -> Mapping[str, str]:
    """The variables that Rasa runs with: it reports to nobody, and its libraries do not fill the screen."""
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "PYTHONWARNINGS": "ignore",
        "NO_COLOR": "1",
    }
    return {**os.environ, **quiet}


def _candidates() -> Iterator[str]:
    if found := shutil.which("python3.10"):
        yield found
    uv = shutil.which("uv", path=os.pathsep.join([str(BIN), os.environ.get("PATH", "")]))
    if uv:
        asked = [uv, "python", "find", "--offline", "--no-project", "3.10"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            yield done.stdout.strip()
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(program) for program in sorted(pyenv.glob("versions/3.10.*/bin/python3.10"), reverse=True))


def _is_310(program: str) -> bool:
    """Whether it runs and is what its name says: pyenv's shims exist for versions that are not chosen."""
    probe = "import sys, venv, ssl; sys.exit(sys.version_info[:2] != (3, 10))"
    try:
        return subprocess.run([program, "-c", probe], capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
