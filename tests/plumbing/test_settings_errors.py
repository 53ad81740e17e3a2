"""config.yml: what is wrong is named by file, key, value and what is allowed."""

from pathlib import Path

import pytest

from plumbing import config
from plumbing.errors import ConfigError

WRONG: list[tuple[str, str, str, str]] = [
    ("hotline:\n  nope: 1\n", "hotline.nope", "1", "city_pack、home"),
    ("hotline:\n  limits:\n    bach: 5\n", "hotline.limits.bach", "5", "batch"),
    ("hotline:\n  channels:\n    twilio:\n      token: x\n", "hotline.channels.twilio.token", "'x'", "auth_token_env"),
    ("hotline:\n  limits:\n    batch: many\n", "hotline.limits.batch", "'many'", "整数"),
    ("hotline:\n  limits:\n    batch: '64'\n", "hotline.limits.batch", "'64'", "整数"),
    ("hotline:\n  limits:\n    batch: true\n", "hotline.limits.batch", "True", "整数"),
    ("hotline:\n  limits:\n    batch: 1.5\n", "hotline.limits.batch", "1.5", "整数"),
    ("hotline:\n  limits:\n    batch: 0\n", "hotline.limits.batch", "0", "不小于1"),
    ("hotline:\n  limits:\n    batch: 1001\n", "hotline.limits.batch", "1001", "不大于1000"),
    ("hotline:\n  limits: 3\n", "hotline.limits", "3", "小节"),
    ("hotline:\n  home:\n", "hotline.home", "None", "文字"),
    ("hotline:\n  nlu:\n    engine: magic\n", "hotline.nlu.engine", "'magic'", "'embedded'"),
    ("hotline:\n  nlu:\n    precision: 91\n", "hotline.nlu.precision", "91", "90"),
    ("hotline:\n  nlu:\n    rasa:\n      timeout_ms: 5\n", "hotline.nlu.rasa.timeout_ms", "5", "不小于20"),
    ("hotline:\n  nlu:\n    rasa:\n      chats: 1\n", "hotline.nlu.rasa.chats", "1", "true 或 false"),
    (
        "hotline:\n  channels:\n    twilio:\n      recording_hosts: one\n",
        "hotline.channels.twilio.recording_hosts",
        "'one'",
        "列表",
    ),
    ("hotline:\n  events:\n    steps: [5, 3]\n", "hotline.events.steps", "(5, 3)", "由小到大"),
    ("hotline:\n  events:\n    steps: [10, 20]\n", "hotline.events.steps", "(10, 20)", "第一个在2至9之间"),
    ("hotline:\n  events:\n    steps: []\n", "hotline.events.steps", "()", "由小到大"),
    ("hotline:\n  events:\n    join_percent: 40\n", "hotline.events.join_percent", "40", "不小于50"),
    ("hotline:\n  1: x\n", "hotline.1", "1", "city_pack"),
    ("hotline:\n", "hotline", "None", "hotline:"),
    ("hotline: 5\n", "hotline", "5", "hotline:"),
    ("language: zh\n", "hotline", "None", "hotline:"),
    ("", "hotline", "None", "hotline:"),
    ("- a\n- b\n", "hotline", "None", "hotline:"),
    ("hotline: [\n", "-", "line 2", "YAML"),
    ("hotline:\n\thome: x\n", "-", "line 2", "YAML"),
]


def load(folder: Path, content: str | bytes, **environ: str) -> config.Config:
    file = folder / "config.yml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return config.load(file, environ)


@pytest.mark.parametrize(("content", "key", "value", "allowed"), WRONG, ids=[case[0].strip()[-40:] for case in WRONG])
def test_a_wrong_setting_is_named_with_what_is_allowed(
    tmp_path: Path, content: str, key: str, value: str, allowed: str
) -> None:
    with pytest.raises(ConfigError) as error:
        load(tmp_path, content)
    sentence = error.value.sentence
    assert f"文件 {tmp_path / 'config.yml'}，" in sentence
    assert f"键 {key}，" in sentence
    assert value in sentence.split("当前值")[1].split("；允许")[0]
    assert allowed in sentence.split("允许：")[1]
    assert error.value.code == "CONFIG"
    assert error.value.details == {"file": str(tmp_path / "config.yml"), "key": key}


def test_a_file_that_is_missing_is_a_folder_or_is_no_text_is_named(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.yml", tmp_path):
        with pytest.raises(ConfigError, match=str(file)):
            config.load(file, {})
    with pytest.raises(ConfigError, match="UTF-8"):
        load(tmp_path, b"hotline: \xff\xfe\n")


def test_the_environment_names_another_file(tmp_path: Path) -> None:
    file = tmp_path / "other.yml"
    file.write_text("hotline:\n  limits:\n    batch: 7\n")
    assert config.load(environ={"HOTLINE_CONFIG": str(file)}).settings.limits.batch == 7


def test_what_is_not_set_has_its_default(tmp_path: Path) -> None:
    loaded = load(tmp_path, "language: zh\nhotline:\n  nlu:\n    precision: 95\n")
    assert loaded.settings == config.Settings(nlu=config.Nlu(precision=95))
    assert loaded.test_clock is None
    assert loaded.broker_url is None
    assert loaded.secret("WECHAT_TOKEN") is None
    assert loaded.public_url == "http://127.0.0.1:8000"
    assert loaded.home == config.ROOT / "var"
    assert loaded.database_url == f"sqlite:///{config.ROOT / 'var' / 'hotline.db'}"


def test_the_environment_overrides_places_and_brings_the_secrets(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "hotline:\n  database_url_env: OTHER_DATABASE\n",
        HOTLINE_HOME=str(tmp_path / "home"),
        HOTLINE_CITY_PACK="city/packs/other",
        OTHER_DATABASE="postgresql://x",
        HOTLINE_DATABASE_URL="not asked",
        HOTLINE_BROKER_URL="redis://x",
        HOTLINE_PUBLIC_URL="https://hotline.example/",
        HOTLINE_TEST_CLOCK="2026-09-14T00:00:00Z",
        WECHAT_TOKEN="",
    )
    assert loaded.home == tmp_path / "home"
    assert loaded.model == tmp_path / "home" / "model"
    assert loaded.pack == config.ROOT / "city" / "packs" / "other"
    assert loaded.database_url == "postgresql://x"
    assert loaded.broker_url == "redis://x"
    assert loaded.public_url == "https://hotline.example"
    assert loaded.test_clock == "2026-09-14T00:00:00Z"
    assert loaded.secret("WECHAT_TOKEN") is None


def test_settings_cannot_be_changed_by_mistake(tmp_path: Path) -> None:
    loaded = load(tmp_path, "hotline:\n  home: var\n")
    with pytest.raises(ValueError, match="frozen"):
        loaded.settings.home = "elsewhere"
