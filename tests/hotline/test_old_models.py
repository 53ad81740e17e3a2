"""After an upgrade whose program reads another format of models, one command still brings the product up."""

import json

import pytest

from hotline import first_start, installation
from nlu.registry import BRAIN, FORMAT
from plumbing.config import Config
from plumbing.db import Database


def test_a_model_of_an_older_program_is_trained_anew_at_the_start(
    installed: tuple[Config, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, _ = installed
    file = config.model / BRAIN
    now = json.loads(file.read_text(encoding="utf-8"))
    assert not installation.has_old_model(config)
    file.write_text(json.dumps(now | {"format": FORMAT - 1}), encoding="utf-8")
    assert installation.has_old_model(config)
    monkeypatch.setattr(installation, "load_city", lambda *_, **__: None)  # the school's list is cut down
    said: list[str] = []
    first_start.prepare(config, sample=False, say=said.append)
    assert any("旧版程序" in line and "hotline nlu retrain" in line for line in said)
    assert not installation.has_old_model(config)
