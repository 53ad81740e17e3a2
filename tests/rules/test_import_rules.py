"""A module that imports what it may not is found by the import contracts."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
PURE = [
    "channels/phone/dialogue.py",
    "channels/rules.py",
    "city/types.py",
    "joint_meeting/rules.py",
    "sla/calendar.py",
    "sla/rules.py",
    "sla/types.py",
    "tickets/lifecycle.py",
    "tickets/ports.py",
    "tickets/types.py",
]


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run in a fresh process there, so that the packages of that folder are the ones looked at."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our packages' sources."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=lambda _, names: [n for n in names if n == "packs"])
    return copy


def test_the_house_as_it_stands_keeps_its_rules() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("place", "source", "contract"),
    [
        ("plumbing/upward.py", "import tickets.types\n", "stands below"),
        ("tickets/upward.py", "import city.types\n", "stands below"),
        ("city/sideways.py", "import accounts\n", "stands below"),
        ("routing/sideways.py", "import nlu\n", "stands below"),
        ("sla/upward.py", "import hotline\n", "stands below"),
        ("channels/sideways.py", "import dashboards\n", "stands below"),
        ("routing/when.py", "from plumbing.clock import SystemClock\n", "Pure modules"),
        ("routing/where.py", "import httpx\n", "Pure modules"),
        ("channels/fax/dialogue.py", "import fastapi\n", "Pure modules"),
        ("joint_meeting/fields/rules.py", "import sqlmodel\n", "Pure modules"),
        ("nlu/remote.py", "import httpx\n", "Understanding"),
    ],
)
def test_a_forbidden_import_is_found(house: Path, place: str, source: str, contract: str) -> None:
    file = house / place
    made = [folder for folder in [file.parent] if not folder.exists()]
    for folder in made:
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
    file.write_text(source)
    try:
        done = lint_imports(house)
    finally:
        file.unlink()
        for folder in made:
            shutil.rmtree(folder)
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert done.returncode != 0
    assert len(broken) == 1
    assert contract in broken[0]


def test_an_indirect_way_to_the_database_is_found(house: Path) -> None:
    (house / "city" / "roundabout.py").write_text("import plumbing.db\n")
    (house / "routing" / "innocent.py").write_text("import city.roundabout\n")
    try:
        done = lint_imports(house)
    finally:
        (house / "city" / "roundabout.py").unlink()
        (house / "routing" / "innocent.py").unlink()
    assert done.returncode != 0
    assert "routing.innocent -> city.roundabout" in done.stdout


@pytest.mark.parametrize("file", PURE)
def test_the_modules_that_the_plan_calls_pure_stand_where_the_contract_looks(file: str) -> None:
    assert (ROOT / file).is_file()
