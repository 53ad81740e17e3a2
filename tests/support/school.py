"""A small installation that learns: a pack with eight matters, and what people said and placed later."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

from hotline import installation
from nlu.corpus import read_corpus
from nlu.row_line import Row
from plumbing import config as configuration
from plumbing.config import ROOT, Config
from plumbing.db import Database

NOW = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
XUHUI = ROOT / "city" / "packs" / "xuhui"
MATTERS = ("0101", "0401", "0701", "0801", "0904", "1001", "1301", "1602")
NOW_UNDER = {"0801": "0803", "1001": "1003"}
"""The list has moved on: what the corpus calls the first, people have placed under the second ever since."""
FEW = 12
"""So many messages of a matter has the corpus that the champion learns from."""


def by_matter() -> dict[str, list[str]]:
    """The texts of the shipped corpus by matter."""
    told: dict[str, list[str]] = {code: [] for code in MATTERS}
    for example in read_corpus(XUHUI / "nlu.yml"):
        if example.matter in told:
            told[str(example.matter)].append(example.text)
    return told


TOLD = by_matter()


def make_school(folder: Path) -> Path:
    """`folder` with a pack with eight matters, and the model that its small corpus makes."""
    copytree(XUHUI, folder / "pack")
    blocks = [
        f"- intent: m{code}\n  examples: |\n" + "".join(f"    - {t}\n" for t in TOLD[code][:FEW]) for code in MATTERS
    ]
    blocks.append("- intent: out_of_scope\n  examples: |\n    - 你好\n    - 在吗\n    - 谢谢你们\n")
    (folder / "pack" / "nlu.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8")
    config = settings(folder, folder / "home")
    database = Database(config.database_url)
    installation.migrate(database)
    installation.load_city(config, database, now=NOW)
    for name in ("matters.csv", "lexicon.csv"):  # the city is whole; only what is trained is small
        some = {*MATTERS, *NOW_UNDER.values(), *(code[:2] for code in MATTERS)}
        header, *lines = (folder / "pack" / name).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line.split(",")[0] in some]
        (folder / "pack" / name).write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
    installation.train(config, now=NOW)
    database.dispose()
    return folder


def settings(school: Path, home: Path, *, file: Path | None = None) -> Config:
    """The configuration of the school with that home folder; `file` is another config.yml than the shipped one."""
    environ = {"HOTLINE_HOME": str(home), "HOTLINE_CITY_PACK": str(school / "pack")}
    return configuration.load(file, environ=environ)


def history(*, wrong: bool = False, most: int = 60) -> list[Row]:
    """What people said later, one an hour, of every matter in turn; `wrong`: four in five were placed by lot."""
    turns = zip(*(TOLD[code][FEW:most] for code in MATTERS), strict=False)
    told = [(NOW_UNDER.get(code, code), text) for turn in turns for code, text in zip(MATTERS, turn, strict=True)]
    if wrong:
        lot = (MATTERS[(7 * place) // 3 % len(MATTERS)] for place in range(len(told)))
        told = [(drawn, told[n][1]) if n < len(told) * 0.8 else told[n] for n, drawn in enumerate(lot)]
    return [
        Row(id=str(n), text=text, label=code, group=None, at=(NOW - timedelta(hours=len(told) - n)).isoformat())
        for n, (code, text) in enumerate(told)
    ]
