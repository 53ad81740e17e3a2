"""Resolve pyproject's bounds into the five locks: pinned, with hashes, for every platform, and no index address."""

import re
import subprocess
import sys

from tools.setup import BIN, ROOT, lock

SETS = {
    "": ["pyproject.toml"],
    "dev": ["pyproject.toml", "--extra", "dev", "--constraint", "requirements.lock"],
    "transformer": ["pyproject.toml", "--extra", "transformer", "--constraint", "requirements.lock"],
    "setup": ["--group", "setup"],
    "node": ["--group", "node"],
}
LINE = re.compile(r"[a-z0-9][a-z0-9._-]*==\S+( ; [^\\]+)?( \\)?|    --hash=sha256:[0-9a-f]{64}( \\)?")
SHAPE = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]


def strange_lines(text: str) -> list[str]:
    """Lines of a lock that are neither a pinned name nor a hash: an address, an option, a path."""
    return [line for line in text.splitlines() if line.strip() and not LINE.fullmatch(line)]


def main(arguments: list[str]) -> int:
    """Exit status; `--upgrade` and the like go on to uv."""
    for name, inputs in SETS.items():
        file = lock(name)
        subprocess.run([BIN / "uv", "pip", "compile", *inputs, *SHAPE, *arguments, "-o", file], cwd=ROOT, check=True)
        if strange := strange_lines(file.read_text(encoding="utf-8")):
            print(f"{file.name} must hold names, versions and hashes only: {strange[0]}", file=sys.stderr)
            return 1
        print(f"{file.name} ok")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
