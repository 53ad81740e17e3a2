"""An empty pack for a new city: valid as it is, with comments that say what to write where."""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from city.csv_text import BOM, csv_text
from city.import_kinds import KINDS
from city.sheet import NOTE
from plumbing.errors import BadInput

_TEMPLATE = Path(__file__).resolve().parent / "template"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_YAML_NOTHING = "null"
_LONGEST_TITLE = 40
_ROWS: Mapping[str, Sequence[Mapping[str, str]]] = {
    "units": (
        {"code": "hotline", "name": "12345热线", "kind": "hotline", NOTE: "必须有，代码不要改"},
        {"code": "ducha", "name": "督查室", "kind": "office", NOTE: "红灯与通报通知它，名称请改成本市的"},
    ),
    "posts": (
        {"code": "hotline_paidan", "unit": "hotline", "name": "派单岗", "decides": "人工派单、改派、直接答复"},
        {"code": "hotline_zhiban", "unit": "hotline", "name": "值班长", "decides": "夜间与节假日的紧急派单"},
        {"code": "ducha_lingdao", "unit": "ducha", "name": "领导联络岗", NOTE: "通报送到这里"},
    ),
}
"""What city.yml and the engine itself name; everything else is the city's."""


def new_pack(folder: Path, name: str, *, title: str, on: date) -> None:
    """Make the pack of the city `name` in `folder`, which must not hold anything. It is in force from January 1 of
    the year of `on`.

    Raises BadInput for a name that cannot be a code, a strange title, or a folder that is not empty.
    """
    if not _NAME.fullmatch(name) or name.lower() == _YAML_NOTHING:
        sentence = f"“{name}”不能用作城市代码，只可用半角英文字母、数字和 - _，以字母或数字开头，不超过 40 个。"
        raise BadInput("BAD_NAME", sentence)
    if not title.strip() or len(title) > _LONGEST_TITLE or not title.isprintable():
        raise BadInput("BAD_TITLE", f"城市名称应是一行文字，不超过 {_LONGEST_TITLE} 个字。")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise BadInput("FOLDER_NOT_EMPTY", f"{folder} 已经有内容，不会覆盖，请换一个目录。")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as half_done:
        made = Path(half_done) / "pack"
        made.mkdir()
        for file, text in _files(name, title=title.strip(), on=on).items():
            (made / file).write_text(text, encoding="utf-8", newline="")
        made.rename(folder)


def _files(name: str, *, title: str, on: date) -> dict[str, str]:
    """The text of each file by its name."""
    words = {
        "__code__": name,
        "__title__": json.dumps(title, ensure_ascii=False),  # quoted: a title may hold YAML's own marks
        "__title_plain__": title,
        "__from__": date(on.year, 1, 1).isoformat(),
        "__year__": str(on.year + 1),
    }
    found: dict[str, str] = {}
    for file in sorted(_TEMPLATE.iterdir()):
        text = file.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        found[file.name] = text
    for kind in KINDS.values():
        assert kind.sheet is not None
        columns = (*kind.sheet.columns, NOTE)
        rows = [[row.get(column, "") for column in columns] for row in _ROWS.get(kind.name, ())]
        found[kind.sheet.name] = BOM + csv_text([columns, *rows])
    return found
