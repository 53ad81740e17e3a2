"""A real Rasa in its own environment, trained for a few rounds on a fixed part of the corpus, served on loopback.

`make rasa-test` runs these tests. A plain pytest runs them in CI and where .venv-rasa is there already; a Python 3.10 that
is missing fails in CI and is a visible skip elsewhere.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from nlu.corpus import Example, read_corpus
from nlu.rasa_client import RasaClient
from tools import rasa_environment, rasa_project, rasa_service
from tools.rasa_service import Served

PACK = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"
PER_INTENT = 6
EPOCHS = 30


@pytest.fixture(scope="session")
def rasa_python(needs: Callable[[str], str]) -> Path:
    """The Python that has Rasa."""
    needs("python3.10")
    if os.environ.get("CI") != "true" and not rasa_environment.installed():
        pytest.skip("no .venv-rasa here: make rasa-test makes it (2.6 GB)")
    rasa_environment.install()
    return rasa_environment.VENV / "bin" / "python"


@pytest.fixture(scope="session")
def examples() -> Sequence[Example]:
    """The pack's corpus as our reader reads it."""
    return read_corpus(PACK / "nlu.yml")


@pytest.fixture(scope="session")
def learnt(examples: Sequence[Example]) -> Sequence[Example]:
    """What the served model was trained on."""
    return rasa_project.part(examples, per_intent=PER_INTENT)


@pytest.fixture(scope="session")
def project(rasa_python: Path, learnt: Sequence[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trained model."""
    folder = tmp_path_factory.mktemp("rasa")
    rasa_service.write_project(folder, PACK, examples=learnt, epochs=EPOCHS)
    rasa_service.train(folder)
    return folder


@pytest.fixture(scope="session")
def served(project: Path) -> Iterator[Served]:
    """The running service."""
    with rasa_service.serving(project) as one:
        yield one


@pytest.fixture
def client(served: Served) -> Iterator[RasaClient]:
    """A patient client: these tests ask what is said, not how fast on a busy machine."""
    one = RasaClient(served.url, timeout_seconds=20, failures=3, pause_seconds=1, monotonic=lambda: 0.0)
    yield one
    one.close()
