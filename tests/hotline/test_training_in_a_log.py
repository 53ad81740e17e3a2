"""A training whose output goes into a file tells what it does, and not more than once a minute."""

import json
from pathlib import Path

from typer.testing import CliRunner

from hotline.cli import app


def test_a_training_without_a_terminal_says_what_it_does_and_little(tmp_path: Path) -> None:
    rows = [
        {"id": f"{label}{place}{wish}", "text": f"{place}{said}，{wish}", "kind": label}
        for label, said in (("road", "路面坑洼积水"), ("noise", "工地半夜打桩"))
        for place in ("东门口", "桥头", "学校旁边", "医院对面", "菜场后面")
        for wish in ("请派人处理", "已经三天了", "影响生活", "希望尽快解决")
    ]
    data = tmp_path / "rows.jsonl"
    data.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    asked = ["nlu", "train", "--data", str(data), "--label", "kind", "--out", str(tmp_path / "model"), "--json"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0
    assert json.loads(told.stdout)["n"] == len(rows)
    assert 1 <= told.stderr.count("训练 kind：") <= 2
