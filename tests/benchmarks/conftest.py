"""Running a measurement as a user does, with its quick form."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240

Measure = Callable[..., dict[str, Any]]


@pytest.fixture
def measure(trained: Path) -> Measure:
    """`measure("bench_sweep.py", "--quick")` -> the one JSON object on its standard output."""

    def run(script: str, *options: str, **environment: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / script), *options],
            cwd=ROOT,
            env={**os.environ, "HOTLINE_MODEL": str(trained), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found = json.loads(done.stdout)
        assert isinstance(found, dict)
        return found

    return run
