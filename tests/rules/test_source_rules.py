"""What ruff and the reader's eye ask of a source file."""

import ast
import io
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
SOURCES = sorted(
    file for folder in [*PACKAGES, "tools", "benchmarks"] for file in (ROOT / folder).rglob("*.py") if file.is_file()
)
LONGEST = 400


def ruff(source: str, filename: str) -> set[str]:
    """The codes that our configuration finds in `source` if it stood in `filename`."""
    program = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [program, "check", "--output-format=concise", "--stdin-filename", filename, "-"],
        cwd=ROOT,
        input=f'"""A file."""\n\n{source}\n',
        capture_output=True,
        text=True,
        check=False,
    )
    return {line.split(": ", 1)[1].split(" ", 1)[0] for line in done.stdout.splitlines() if filename in line}


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\n\nnow = datetime.now()",
        "from datetime import UTC, datetime\n\nnow = datetime.now(UTC)",
        "import datetime\n\nnow = datetime.datetime.now(datetime.UTC)",
        "from datetime import datetime\n\nnow = datetime.utcnow()",
        "from datetime import date\n\ntoday = date.today()",
        "import time\n\nnow = time.time()",
        "from time import time\n\nnow = time()",
    ],
)
def test_reading_the_time_is_refused_outside_the_clock(source: str) -> None:
    assert "TID251" in ruff(source, "sla/late.py")


def test_the_clock_may_read_the_time_but_never_a_naive_one() -> None:
    assert ruff("from datetime import UTC, datetime\n\nnow = datetime.now(UTC)", "plumbing/clock.py") == set()
    assert "DTZ005" in ruff("from datetime import datetime\n\nnow = datetime.now()", "plumbing/clock.py")


def test_measuring_how_long_something_takes_is_allowed() -> None:
    assert ruff("import time\n\nbegan = time.monotonic()", "sla/late.py") == set()


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("import os", "F401"),
        ("from . import types", "TID252"),
        ("# TODO: later\nx = 1", "FIX002"),
        ("print('x')", "T201"),
        ("def f(a, b, c, d, e, g):\n    return a, b, c, d, e, g", "PLR0917"),
        ("try:\n    import os\nexcept Exception:\n    os = None", "BLE001"),
    ],
)
def test_a_careless_line_is_refused(source: str, code: str) -> None:
    assert code in ruff(source, "sla/careless.py")


def test_every_package_is_looked_at() -> None:
    assert {file.relative_to(ROOT).parts[0] for file in SOURCES} >= set(PACKAGES)


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_has_one_subject_and_is_short(file: Path) -> None:
    n_lines = file.read_bytes().count(b"\n")
    assert n_lines <= LONGEST or "migrations" in file.parts


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_names_in_the_code_are_english(file: Path) -> None:
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline)
    assert [token.string for token in tokens if token.type == tokenize.NAME and not token.string.isascii()] == []


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_tables_stand_in_tables_py_only(file: Path) -> None:
    classes = [node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.ClassDef)]
    tables = [node.name for node in classes if any(keyword.arg == "table" for keyword in node.keywords)]
    assert tables == [] or file.name == "tables.py"


@pytest.mark.parametrize(
    "file", [file for file in SOURCES if file.name == "__init__.py"], ids=lambda file: str(file.relative_to(ROOT))
)
def test_no_init_file_holds_logic(file: Path) -> None:
    body = ast.parse(file.read_bytes()).body
    assert [type(node).__name__ for node in body if not isinstance(node, ast.Expr)] == []
