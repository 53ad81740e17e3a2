"""From a fresh clone to a running hotline: `python3 tools/setup.py run`. Standard library only, Python 3.11+.

Makes .venv, installs the pinned and hashed locks, fetches the pages' script files (their failure never blocks),
and hands over to `hotline up`, which migrates, loads the city pack, trains a missing model and serves.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMP = VENV / ".hotline-installed"
FRONTEND = ROOT / "frontend"
VENDOR = ROOT / "dashboards" / "static" / "vendor"
VENDOR_FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
    "echarts.min.js": "echarts/dist/echarts.common.min.js",
    "echarts.LICENSE": "echarts/LICENSE",
    "zrender.LICENSE": "zrender/LICENSE",
}
FRONTEND_SECONDS = 120
TORCH = "torch==2.13.0"
"""For training the engine transformer; serving does without. Not in a lock: which build fits is the machine's matter."""
TRANSFORMER_STAMP = VENV / ".transformer-installed"
OLDEST = (3, 11)


class SetupError(Exception):
    """Set-up cannot go on; the message says what to do."""


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Say what is being done and how many seconds it took."""
    print(f"[.....] {name}", flush=True)
    began = time.monotonic()
    yield
    print(f"[{time.monotonic() - began:4.1f}s] {name}", flush=True)


def newer_python() -> str | None:
    """The program of a Python that is new enough, or None."""
    if sys.version_info >= OLDEST:
        return sys.executable
    names = [f"python3.{minor}" for minor in (13, 12, 11)]
    return next((found for name in names if (found := shutil.which(name))), None)


def run(command: list[str], *, seconds: int | None = None, folder: Path = ROOT) -> None:
    """Run it quietly. Raises SetupError with the end of its output when it fails or takes longer than `seconds`."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"{command[0]}: {error}") from error
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise SetupError(f"{' '.join(command[:4])} … 失败 / failed ({done.returncode}):\n{tail}")


def lock(name: str) -> Path:
    """The lock file of a set: "" for the product, "dev", "setup" or "node"."""
    return ROOT / (f"requirements-{name}.lock" if name else "requirements.lock")


def fingerprint(*files: Path) -> str:
    """A digest of the files' contents."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _marks() -> dict[str, str]:
    inputs = (ROOT / "pyproject.toml", lock("setup"), lock(""))
    return {"run": fingerprint(*inputs), "dev": fingerprint(*inputs, lock("dev"))}


def installed(kind: str) -> bool:
    """True when .venv already holds what the locks say; an installation for developers serves for running too."""
    marks = _marks()
    wanted = {marks["dev"]} if kind == "dev" else set(marks.values())
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="ascii") in wanted


def make_venv() -> None:
    """Make .venv unless its Python runs already and is new enough."""
    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", probe], check=False).returncode == 0:
        return
    python = newer_python()
    if python is None:
        raise SetupError("需要 Python 3.11 或更新版本。/ Python 3.11 or newer is needed.")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        run([python, "-m", "venv", str(VENV)])
    except SetupError as error:
        raise SetupError(f"{error}\nDebian/Ubuntu: apt install python3-venv") from error


def install_locked(name: str) -> None:
    """Install one lock: by uv when it is there, else by pip. No build reaches for anything that is not locked."""
    options = ["--require-hashes", "--no-build-isolation", "-r", str(lock(name))]
    uv = BIN / "uv"
    if name != "setup" and uv.exists():
        try:
            run([str(uv), "pip", "install", "--python", str(PYTHON), *options])
            return
        except SetupError as error:
            print(f"        uv 未成功，改用 pip / uv failed, pip goes on: {str(error).splitlines()[-1]}", flush=True)
    run([str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *options])


def install_ourselves() -> None:
    """Put our packages and the `hotline` command into .venv, editable."""
    options = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    run([str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *options])


def install(kind: str) -> None:
    """Everything that Python needs; nothing when it is there already."""
    if installed(kind):
        return
    with stage("虚拟环境 .venv / virtual environment"):
        make_venv()
    with stage("安装工具 / installer"):
        install_locked("setup")
    with stage("依赖（锁定并校验）/ dependencies, pinned and hashed"):
        install_locked("dev" if kind == "dev" else "")
    with stage("本项目 / this project"):
        install_ourselves()
    STAMP.write_text(_marks()[kind], encoding="ascii")


def install_transformer() -> None:
    """What the engine transformer needs, torch included when there is none yet; nothing when it is there already."""
    wanted = fingerprint(lock("transformer")) + TORCH
    if TRANSFORMER_STAMP.exists() and TRANSFORMER_STAMP.read_text(encoding="ascii") == wanted:
        return
    with stage("引擎 transformer 的组件 / what the engine transformer needs"):
        if subprocess.run([PYTHON, "-c", "import torch"], check=False, capture_output=True).returncode:
            run([str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", TORCH])
        install_locked("transformer")
    TRANSFORMER_STAMP.write_text(wanted, encoding="ascii")


def _npm() -> str:
    found = shutil.which("npm")
    if found is None and not (BIN / "npm").exists():
        install_locked("node")
    return found or str(BIN / "npm")


def install_frontend() -> None:
    """Fetch htmx and ECharts by their lock and copy them beside the pages; nothing when they are there already."""
    mark = VENDOR / ".lock"
    wanted = fingerprint(FRONTEND / "package-lock.json")
    if mark.exists() and mark.read_text(encoding="ascii") == wanted:
        return
    with stage("前端文件（npm 锁定）/ front-end files"):
        npm = _npm()
        os.environ["PATH"] = os.pathsep.join([str(Path(npm).parent), os.environ.get("PATH", "")])
        run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], seconds=FRONTEND_SECONDS, folder=FRONTEND)
        VENDOR.mkdir(parents=True, exist_ok=True)
        for name, source in VENDOR_FILES.items():
            shutil.copyfile(FRONTEND / "node_modules" / source, VENDOR / name)
        mark.write_text(wanted, encoding="ascii")


def install_frontend_if_possible() -> None:
    """The same; a failure is told and blocks nothing: forms work without script, boards fall back to tables."""
    try:
        install_frontend()
    except (SetupError, OSError) as error:
        print(
            f"        前端文件未装好，不影响使用（表单无需脚本，图表以表格代替）/ pages work without: {error}",
            flush=True,
        )


def hand_over(command: list[str]) -> NoReturn:
    """Become `command`; it gets our signals and its exit status is ours."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(command[0], command)


def main(arguments: list[str] | None = None) -> int:
    """Exit status. `run`, `test` and `check` pass what follows on to hotline, pytest and the checks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "install", "dev", "transformer", "test", "check"])
    known, rest = parser.parse_known_args(arguments)
    began = time.monotonic()
    try:
        install("run" if known.what in {"run", "install"} else "dev")
        if known.what == "transformer":
            install_transformer()
    except SetupError as error:
        print(f"安装未完成 / set-up failed: {error}", file=sys.stderr)
        return 1
    install_frontend_if_possible()
    print(f"[{time.monotonic() - began:4.1f}s] 安装共计 / set-up in all", flush=True)
    then = {
        "run": [str(BIN / "hotline"), "up"],
        "test": [str(PYTHON), "-m", "pytest"],
        "check": [str(PYTHON), "-m", "tools.check"],
    }
    if known.what in then:
        hand_over([*then[known.what], *rest])
    return 0


if __name__ == "__main__":
    sys.exit(main())
