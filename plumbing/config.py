"""The `hotline:` section of config.yml as frozen values. Secrets come from the environment variables it names."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from plumbing.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
_WEB = re.compile(
    r"https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?|https?://\[[0-9a-fA-F:]+\](:[0-9]{1,5})?"
)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rasa(_Section):
    """The Rasa service of engine "rasa". `timeout_ms` is for one question; after `failures` in a row it gets a pause.

    `chats`: whether Rasa's form policy asks back in a conversation, whichever engine understands.
    """

    url_env: str = "HOTLINE_RASA_URL"
    timeout_ms: int = Field(default=500, ge=20, le=5000)
    failures: int = Field(default=3, ge=1, le=100)
    pause_seconds: int = Field(default=30, ge=1, le=3600)
    chats: bool = False


class Nlu(_Section):
    """Which engine understands. `encoder` is a local Hugging Face folder for the engine transformer (None: the wheel's own).

    `precision` is the target (percent) that the abstain threshold was chosen for.
    `alarms`: of a hundred harmless messages, how many may raise an alarm for the model to miss less danger.
    """

    engine: Literal["embedded", "transformer", "rasa"] = "embedded"
    encoder: str | None = None
    precision: Literal[90, 95, 98] = 95
    alarms: Literal[1, 2, 5, 10] = 10
    rasa: Rasa = Rasa()


class Answers(_Section):
    """When a passage of the knowledge base answers an enquiry by itself, without a ticket.

    `threshold` is the least probability that the passage answers; `channels` those whose residents are shown it at once.
    """

    enabled: bool = True
    threshold: float = Field(default=0.9, ge=0.5, le=1.0)
    channels: tuple[Literal["web", "wechat", "sms", "api"], ...] = ("web", "wechat", "sms", "api")


class WeChat(_Section):
    """Official Account. Names of environment variables; unset = the channel is closed."""

    token_env: str = "WECHAT_TOKEN"
    aes_key_env: str = "WECHAT_AES_KEY"
    app_id_env: str = "WECHAT_APP_ID"
    freshness_seconds: int = Field(default=300, ge=0, le=86400)


class Twilio(_Section):
    """Voice and SMS. Names of environment variables; unset = the channels are closed."""

    auth_token_env: str = "TWILIO_AUTH_TOKEN"
    account_sid_env: str = "TWILIO_ACCOUNT_SID"
    from_number_env: str = "TWILIO_FROM_NUMBER"
    recording_hosts: tuple[str, ...] = ("api.twilio.com",)


class Channels(_Section):
    """`delivery` says where outgoing messages go: console, or file (JSON lines below the home folder)."""

    wechat: WeChat = WeChat()
    twilio: Twilio = Twilio()
    delivery: Literal["console", "file"] = "file"


class Limits(_Section):
    """Bounds that keep one caller from hurting the others."""

    text_characters: int = Field(default=5000, ge=100, le=50_000)
    body_bytes: int = Field(default=1_000_000, ge=10_000)
    batch: int = Field(default=64, ge=1, le=1000)
    deliveries: int = Field(default=100, ge=1, le=1000)
    timers: int = Field(default=500, ge=1, le=10_000)
    session_hours: int = Field(default=12, ge=1, le=168)


class Events(_Section):
    """When tickets count as one event and when that warns (docs/understanding/events.md). `steps` are counts of callers."""

    steps: tuple[int, ...] = (3, 5, 8, 20, 50, 100, 200, 500, 1000)
    join_percent: int = Field(default=60, ge=50, le=99)
    window_days: int = Field(default=14, ge=1, le=90)
    warn_hours: int = Field(default=72, ge=1, le=720)
    slope_hours: int = Field(default=2, ge=1, le=48)
    half_life_hours: int = Field(default=24, ge=1, le=720)

    @field_validator("steps")
    @classmethod
    def _ascending(cls, steps: tuple[int, ...]) -> tuple[int, ...]:
        if not steps or list(steps) != sorted(set(steps)) or not _FEWEST <= steps[0] < _TENTH:
            raise ValueError("由小到大、不重复的整数，第一个在2至9之间")
        return steps


_FEWEST, _TENTH = 2, 10
"""One caller is no event; the tenth must not be the first that is heard of."""


class Settings(_Section):
    """Everything of `hotline:`."""

    city_pack: str = "city/packs/xuhui"
    home: str = "var"
    database_url_env: str = "HOTLINE_DATABASE_URL"
    broker_url_env: str = "HOTLINE_BROKER_URL"
    public_url_env: str = "HOTLINE_PUBLIC_URL"
    nlu: Nlu = Nlu()
    answers: Answers = Answers()
    channels: Channels = Channels()
    limits: Limits = Limits()
    events: Events = Events()


class Config:
    """Settings plus what the environment says. `environ` is an argument so that a test needs no global."""

    def __init__(self, settings: Settings, file: Path, environ: Mapping[str, str]) -> None:
        self.settings = settings
        self.file = file
        self._environ = environ

    def secret(self, name: str) -> str | None:
        """The value of environment variable `name`, or None when unset or empty."""
        return self._environ.get(name) or None

    @property
    def home(self) -> Path:
        """The folder of everything this installation makes; HOTLINE_HOME overrides it."""
        return _below_root(self._environ.get("HOTLINE_HOME") or self.settings.home)

    @property
    def pack(self) -> Path:
        """The city pack's folder; HOTLINE_CITY_PACK overrides it."""
        return _below_root(self._environ.get("HOTLINE_CITY_PACK") or self.settings.city_pack)

    @property
    def model(self) -> Path:
        """The folder of the trained model; HOTLINE_MODEL overrides it."""
        given = self.secret("HOTLINE_MODEL")
        return _below_root(given) if given else self.home / "model"

    @property
    def database_url(self) -> str:
        """PostgreSQL by environment, else SQLite in the home folder."""
        return self.secret(self.settings.database_url_env) or f"sqlite:///{self.home / 'hotline.db'}"

    @property
    def broker_url(self) -> str | None:
        """Redis or Valkey for Celery; None = loops run in the process."""
        return self.secret(self.settings.broker_url_env)

    @property
    def public_url(self) -> str:
        """How the outside world reaches us, without a slash at the end; providers sign it."""
        return (self.secret(self.settings.public_url_env) or "http://127.0.0.1:8000").rstrip("/")

    @property
    def rasa_url(self) -> str:
        """Where the Rasa service listens. Raises ConfigError for what is no address of the web."""
        name = self.settings.nlu.rasa.url_env
        url = (self.secret(name) or "http://127.0.0.1:5005").rstrip("/")
        if not _WEB.fullmatch(url):
            raise ConfigError(
                str(self.file), f"hotline.nlu.rasa.url_env（{name}）", url, "形如 http://127.0.0.1:5005 的地址"
            )
        return url

    @property
    def test_clock(self) -> str | None:
        """The instant at which a movable clock starts, or None for real time."""
        return self.secret("HOTLINE_TEST_CLOCK")


def _below_root(path: str) -> Path:
    given = Path(path)
    return given if given.is_absolute() else ROOT / given


def load(file: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read config.yml (HOTLINE_CONFIG overrides the place). Raises ConfigError with file, key, value and what is allowed."""
    environ = os.environ if environ is None else environ
    file = file or Path(environ.get("HOTLINE_CONFIG") or ROOT / "config.yml")
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError:
        raise ConfigError(str(file), "-", None, "一个存在且可读的 config.yml 文件") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(str(file), "-", " ".join(str(error).split()), "UTF-8 编码的 YAML") from None
    section = (content or {}).get("hotline") if isinstance(content, dict) else None
    if not isinstance(section, dict):
        raise ConfigError(str(file), "hotline", section, "一个 hotline: 小节")
    try:
        return Config(Settings.model_validate(_tuples(section)), file, environ)
    except ValidationError as error:
        first = error.errors()[0]
        key = "hotline." + ".".join(str(part) for part in first["loc"])
        raise ConfigError(str(file), key, first.get("input"), _allowed(first)) from None


_KINDS: Mapping[str, str] = {
    "int_type": "整数",
    "bool_type": "true 或 false",
    "string_type": "文字",
    "tuple_type": "列表",
    "model_type": "一个小节",
    "greater_than_equal": "不小于{ge}的数",
    "less_than_equal": "不大于{le}的数",
    "literal_error": "{expected}",
    "value_error": "{error}",
}


def _allowed(error: ErrorDetails) -> str:
    """What would have been right, in words for whoever edits the file."""
    if error["type"] in ("extra_forbidden", "invalid_key"):
        return "、".join(_section_of(error["loc"][:-1]).model_fields)
    return _KINDS.get(error["type"], error["msg"]).format(**error.get("ctx", {}))


def _section_of(path: tuple[int | str, ...]) -> type[BaseModel]:
    section: type[BaseModel] = Settings
    for name in path:
        inner = section.model_fields[str(name)].annotation
        section = cast("type[BaseModel]", inner)
    return section


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value
