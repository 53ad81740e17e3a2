"""The locks: pinned, hashed, without an address; and no licence that the product may not carry."""

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

from tools.lock import strange_lines

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
# Free to use in an Apache-2.0 product; LGPL and MPL as unmodified dependencies.
ALLOWED = re.compile(
    r"\b(MIT|MIT-0|BSD|0BSD|Apache|PSF|PSFL|Python Software Foundation|ISC|MPL|Mozilla|LGPL|Zlib|CC0)\b"
)
REFUSED = re.compile(r"(?<!L)GPL|Affero|SSPL|BUSL", re.IGNORECASE)


def names_of(lock: Path) -> list[str]:
    """The packages that a lock pins for this Python and platform, or for another."""
    return re.findall(r"^([a-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)


def licence_of(name: str) -> str | None:
    """What the package says of its licence; None when it is not installed here (another platform's)."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return None
    classifiers = [line.rsplit("::", 1)[1] for line in found.get_all("Classifier", []) if line.startswith("License")]
    texts = [(found[key] or "")[:80] for key in ("License-Expression", "License") if key in found]
    return "; ".join([*texts, *classifiers])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_pinned_names_and_hashes_only(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert strange_lines(text) == []
    assert text.count("\n    --hash=sha256:") >= len(names_of(lock)) > 0


@pytest.mark.parametrize(
    "line", ["--extra-thing x", "x @ git+ssh://host/x", "x>=1", "x==1 --config y", "    --hash=md5:00"]
)
def test_anything_else_in_a_lock_is_found(line: str) -> None:
    assert strange_lines(f"x==1.0 \\\n    --hash=sha256:{'0' * 64}\n{line}\n") == [line]


def test_every_direct_dependency_is_locked() -> None:
    direct = {re.split(r"[\[<>=!;]", wish)[0] for wish in PROJECT["dependencies"]}
    assert direct <= set(names_of(ROOT / "requirements.lock"))
    tools = {re.split(r"[\[<>=!;]", wish)[0] for wish in PROJECT["optional-dependencies"]["dev"]}
    assert tools <= set(names_of(ROOT / "requirements-dev.lock"))


def test_development_runs_on_the_versions_of_the_product() -> None:
    pins = [
        set(re.findall(r"^([a-z0-9._-]+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert pins[0] <= pins[1]


@pytest.mark.parametrize("name", names_of(ROOT / "requirements.lock"))
def test_the_licence_of_a_package_may_be_carried(name: str) -> None:
    licence = licence_of(name)
    if licence is not None:
        assert ALLOWED.search(licence), licence
        assert not REFUSED.search(licence), licence


def test_every_direct_dependency_is_explained_with_its_licence() -> None:
    record = (ROOT / "docs" / "decisions" / "0007-dependencies.md").read_text(encoding="utf-8")
    direct = {re.split(r"[\[<>=!;]", wish)[0] for wish in PROJECT["dependencies"]}
    assert sorted(name for name in direct if not re.search(rf"^\| `{re.escape(name)}` \|", record, re.MULTILINE)) == []


def test_the_front_end_lock_pins_by_digest_and_names_no_address() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []
    assert "://" not in json.dumps(lock)
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "frontend" / ".npmrc").read_text(encoding="utf-8")
