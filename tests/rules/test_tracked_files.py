"""What lies in the repository: nothing of one machine, no index's address, nothing large, no secret."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 2 * 1024 * 1024
# Every pattern has a letter in brackets, so that this file does not contain what it looks for.
FORBIDDEN = {
    "a path of a machine": re.compile(
        r"(?<![\w.])/([r]oot|[h]ome/\w+|[U]sers/\w+|[w]ork|[t]mp/[a-z]+_jobs)/|[A-Z]:\\[U]sers"
    ),
    "a package index": re.compile(
        r"[i]ndex-url|[r]egistry *= *\S?http|[p]ypi\.org|[p]ythonhosted|[n]pmjs\.org|[n]pmmirror|https?://[^ \"]*/[s]imple/"
    ),
    "where a package came from": re.compile(r'"[r]esolved": *"http'),
    "a private key": re.compile(r"-----[B]EGIN [A-Z ]*PRIVATE"),
    "a token": re.compile(r"\b(ghp_|sk_live_|AKIA)[A-Za-z0-9]{16,}"),
}


def tracked() -> list[Path]:
    """Every file that git tracks and that is on disk."""
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    return [file for name in done.stdout.decode().split("\0") if name and (file := ROOT / name).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str) -> None:
    found = []
    for file in tracked():
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FORBIDDEN[what].search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of a machine", "open('/ro~ot/x')"),
        ("a path of a machine", "cd /ho~me/wang/hotline"),
        ("a package index", "--index~-url somewhere"),
        ("a package index", "https://mirror.example/simp~le/"),
        ("where a package came from", '"resol~ved": "https://x"'),
        ("a private key", "-----BEG~IN RSA PRIVATE KEY-----"),
    ],
)
def test_the_search_finds_what_it_looks_for(what: str, line: str) -> None:
    assert not FORBIDDEN[what].search(line)
    assert FORBIDDEN[what].search(line.replace("~", ""))


def test_no_tracked_file_is_large() -> None:
    assert [str(file.relative_to(ROOT)) for file in tracked() if file.stat().st_size > LARGEST] == []


def test_what_is_made_at_set_up_is_not_tracked() -> None:
    made = ("dashboards/static/vendor/", "frontend/node_modules/", "var/", ".venv/")
    names = [file.relative_to(ROOT).as_posix() for file in tracked()]
    assert [name for name in names if name.startswith(made)] == []
