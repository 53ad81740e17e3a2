"""Set-up: what is installed is not installed again, and the pages' script files never block a start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup


@pytest.fixture
def frontend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front-end folder and a PATH of our own, so that npm is what a test says."""
    folder = tmp_path / "frontend"
    folder.mkdir()
    (folder / "package-lock.json").write_text("{}")
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setattr(setup, "FRONTEND", folder)
    monkeypatch.setattr(setup, "VENDOR", tmp_path / "vendor")
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), "/usr/bin", "/bin"]))
    return folder


def npm_that(frontend: Path, script: str) -> None:
    program = frontend.parent / "bin" / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def npm_that_works(frontend: Path) -> None:
    copies = [
        f"mkdir -p node_modules/{Path(source).parent} && echo '// {source}' > node_modules/{source}"
        for source in setup.VENDOR_FILES.values()
    ]
    npm_that(frontend, "\n".join(["echo once >> calls", *copies]))


def test_the_script_files_are_copied_once(frontend: Path) -> None:
    npm_that_works(frontend)
    setup.install_frontend()
    setup.install_frontend()
    assert {file.name for file in setup.VENDOR.iterdir()} == {*setup.VENDOR_FILES, ".lock"}
    assert (frontend / "calls").read_text() == "once\n"


def test_a_new_lock_fetches_them_again(frontend: Path) -> None:
    npm_that_works(frontend)
    setup.install_frontend()
    (frontend / "package-lock.json").write_text('{"newer": true}')
    setup.install_frontend()
    assert (frontend / "calls").read_text() == "once\nonce\n"


def test_an_npm_that_fails_is_told_and_blocks_nothing(frontend: Path, capsys: pytest.CaptureFixture[str]) -> None:
    npm_that(frontend, "echo no network here >&2; exit 1")
    setup.install_frontend_if_possible()
    told = capsys.readouterr().out
    assert "no network here" in told
    assert "不影响使用" in told


def test_an_npm_that_hangs_is_given_up(
    frontend: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    npm_that(frontend, "exec sleep 30")
    monkeypatch.setattr(setup, "FRONTEND_SECONDS", 1)
    setup.install_frontend_if_possible()
    assert "timed out" in capsys.readouterr().out


def test_a_half_finished_copy_is_not_taken_for_a_whole_one(frontend: Path) -> None:
    npm_that(frontend, "mkdir -p node_modules/htmx.org/dist && echo x > node_modules/htmx.org/dist/htmx.min.js")
    setup.install_frontend_if_possible()
    npm_that_works(frontend)
    setup.install_frontend()
    assert (setup.VENDOR / "echarts.min.js").exists()


def test_an_installation_counts_until_a_lock_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(setup, "STAMP", tmp_path / "stamp")
    assert not setup.installed("run")
    setup.STAMP.write_text(setup._marks()["run"])
    assert setup.installed("run")
    assert not setup.installed("dev")
    setup.STAMP.write_text(setup._marks()["dev"])
    assert setup.installed("run")
    assert setup.installed("dev")
    monkeypatch.setattr(setup, "lock", lambda name: tmp_path / f"{name}.lock")
    for name in ("", "dev", "setup"):
        (tmp_path / f"{name}.lock").write_text("newer")
    assert not setup.installed("run")


def test_a_command_that_fails_shows_the_end_of_what_it_said() -> None:
    with pytest.raises(setup.SetupError, match="the reason"):
        setup.run(["/bin/sh", "-c", "seq 100; echo the reason >&2; exit 3"])


def test_the_script_explains_itself_without_anything_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", setup.ROOT / "tools" / "setup.py", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "run" in done.stdout
