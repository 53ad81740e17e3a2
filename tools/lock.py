"""Resolve pyproject's bounds into the four locks: pinned, with hashes, for every platform, and no index address."""

import re
import subprocess
import sys

from tools.setup import BIN, ROOT, lock

SETS = {
    "": ["pyproject.toml"],
    "dev": ["pyproject.toml", "--extra", "dev", "--constraint", "requirements.lock"],
    "setup": ["--group", "setup"],
    "node": ["--group", "node"],
}
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links", re.IGNORECASE)
SHAPE = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]


def main(arguments: list[str]) -> int:
    """Exit status; `--upgrade` and the like go on to uv."""
    for name, inputs in SETS.items():
        file = lock(name)
        subprocess.run([BIN / "uv", "pip", "compile", *inputs, *SHAPE, *arguments, "-o", file], cwd=ROOT, check=True)
        if ADDRESS.search(file.read_text(encoding="utf-8")):
            print(f"{file.name} names an address; it must hold names, versions and hashes only", file=sys.stderr)
            return 1
        print(f"{file.name} ok")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
