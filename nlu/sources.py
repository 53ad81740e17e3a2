"""Where a model's training texts come from, as its card keeps it: enough to prove it later, nothing of the texts."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from nlu.row_line import Row

LESSONS = "lessons"
"""The name of the source that holds what the installation itself has learnt."""


def of_file(file: Path, **more: Any) -> dict[str, Any]:
    """The source that a file is: {name, sha256} and what else is known (n, from, until)."""
    return {"name": file.name, "sha256": sha256(file.read_bytes()).hexdigest(), **more}


def of_rows(files: Sequence[Path], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The sources of rows that were read from `files`; n, from and until stand with the only file, or with all."""
    dates = sorted(row.at for row in rows if row.at)
    span = {"from": dates[0], "until": dates[-1]} if dates else {}
    if len(files) == 1:
        return [of_file(files[0], n=len(rows), **span)]
    return [*(of_file(file) for file in files), {"name": "all", "n": len(rows), **span}]


def learnt_until(sources: Sequence[Mapping[str, Any]]) -> str | None:
    """The time (ISO 8601) of the newest lesson that the model was trained on; None when there was none."""
    return next((one.get("until") for one in sources if one.get("name") == LESSONS), None)


def digest_of(sources: Sequence[Mapping[str, Any]], name: str) -> str | None:
    """The digest of the source of that name; None when the model does not know it."""
    return next((one.get("sha256") for one in sources if one.get("name") == name), None)
