"""Our short package names belong to us, and every list of them says the same."""

import importlib.util
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TOOLS = PROJECT["tool"]
PACKAGES = sorted(TOOLS["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_the_house_has_its_eleven_packages() -> None:
    on_disk = {file.parent.name for file in ROOT.glob("*/__init__.py")}
    assert on_disk - {"tools", "benchmarks"} == set(PACKAGES)


def test_every_list_of_packages_is_the_same() -> None:
    layers = TOOLS["importlinter"]["contracts"][0]["layers"]
    assert sorted(TOOLS["importlinter"]["root_packages"]) == PACKAGES
    assert sorted(name.strip() for layer in layers for name in layer.split("|")) == PACKAGES
    assert set(TOOLS["mypy"]["files"]) >= set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_sits_beside_hotline_and_nobody_else_owns_it(package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin == str(ROOT / package / "__init__.py")
    assert set(packages_distributions().get(package, ())) <= {"hotline12345"}


def test_the_distribution_is_never_uploaded_by_mistake() -> None:
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]
