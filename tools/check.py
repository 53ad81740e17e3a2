"""What `make check` runs: every check to its end, each with its seconds; the exit status says whether all are green."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tools.servers import postgres
from tools.setup import BIN, ROOT

CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "import rules": ["lint-imports"],
}
URL = "HOTLINE_DATABASE_URL"


def passes(name: str, command: list[str], environment: Mapping[str, str] | None = None) -> bool:
    """True when it ends well; its output is shown as it comes."""
    began = time.monotonic()
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, check=False, env={**os.environ, **(environment or {})}
    )
    print(f"[{time.monotonic() - began:5.1f}s] {'ok  ' if done.returncode == 0 else 'FAIL'} {name}", flush=True)
    return done.returncode == 0


def migrations_equal_models() -> bool:
    """True when migrating an empty database gives exactly the tables of the models, on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory() as home, postgres("fsync=off") as url:
        urls = {"SQLite": f"sqlite:///{Path(home) / 'check.db'}", "PostgreSQL": url}
        results = [
            passes(f"{what} ({name})", ["hotline", "migrate", *options], {"HOTLINE_HOME": home, URL: address})
            for name, address in urls.items()
            for what, options in (("every migration from nothing", []), ("migrations equal the models", ["--check"]))
        ]
    return all(results)


def main() -> int:
    """Exit status: 0 when every check is green."""
    results = [passes(name, command) for name, command in CHECKS.items()]
    results.append(migrations_equal_models())
    print("check: all green" if all(results) else "check: FAILED", flush=True)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
