"""What is wrong with an installation, in plain words, and how to mend it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

from city import store as city_store
from hotline import installation, invariants
from plumbing.config import ROOT, Config
from plumbing.db import Database
from plumbing.errors import HotlineError

PACKAGES = [
    "accounts",
    "channels",
    "city",
    "dashboards",
    "hotline",
    "joint_meeting",
    "nlu",
    "plumbing",
    "routing",
    "sla",
    "tickets",
]
HORIZON = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: whether it is well, and a sentence that says what to do when it is not."""

    name: str
    ok: bool
    sentence: str


def examine(load: Callable[[], Config], *, now: datetime) -> list[Finding]:
    """Look at everything, from the configuration up; what depends on a broken thing is not looked at."""
    found = [_packages()]
    try:
        config = load()
    except HotlineError as error:
        return [*found, Finding(name="配置", ok=False, sentence=error.sentence)]
    found.append(Finding(name="配置", ok=True, sentence=f"{config.file.name} 可用。"))
    try:
        database = Database(config.database_url)
        schema = _schema(database)
    except Exception as error:  # noqa: BLE001 - any driver's error means: the database cannot be reached
        sentence = f"数据库连不上（{type(error).__name__}），请检查地址与网络。"
        return [*found, Finding(name="数据库", ok=False, sentence=sentence)]
    found.append(schema)
    if not schema.ok:
        return found
    city = _city(database, now)
    found += [city, _model(config), *_rasa(config), _frontend()]
    if city.ok:
        found += _calendar(database, now)
        found += _invariants(database, now)
    return found


def _packages() -> Finding:
    """Each of our package names has one owner and sits beside hotline/; another distribution may carry the same name."""
    home = Path(str(import_module("hotline").__file__)).resolve().parent.parent
    owners = packages_distributions()
    foreign = []
    for name in PACKAGES:
        place = Path(str(import_module(name).__file__)).resolve().parent.parent
        others = [owner for owner in owners.get(name, []) if owner != "hotline12345"]
        if place != home or others:
            foreign.append(f"{name}（{'、'.join(others) or place.name}）")
    if foreign:
        return Finding(
            name="程序包",
            ok=False,
            sentence="与其他软件包重名：" + "、".join(foreign) + "。请卸载它们或换一个虚拟环境。",
        )
    return Finding(name="程序包", ok=True, sentence=f"{len(PACKAGES)} 个包各有其主。")


def _schema(database: Database) -> Finding:
    has, wants = installation.schema_revision(database)
    if has == wants:
        return Finding(name="数据库", ok=True, sentence=f"版本 {wants}。")
    return Finding(
        name="数据库", ok=False, sentence=f"数据库版本为{has or '空'}，程序需要{wants}：请运行 hotline migrate。"
    )


def _city(database: Database, now: datetime) -> Finding:
    with database.reading() as session:
        if not installation.has_city(session):
            return Finding(name="城市资料", ok=False, sentence="尚未载入：请运行 hotline city load。")
        version = city_store.current_version(session)
        directory = city_store.directory(session, on=now.date())
    sentence = f"清单 {version}：{len(directory.units)} 家单位、{len(directory.matters)} 个事项。"
    return Finding(name="城市资料", ok=bool(directory.units), sentence=sentence)


def _model(config: Config) -> Finding:
    if installation.has_model(config):
        return Finding(name="模型", ok=True, sentence="已训练。")
    return Finding(name="模型", ok=False, sentence="尚未训练：请运行 hotline nlu train --pack。")


def _rasa(config: Config) -> list[Finding]:
    """Only where config.yml wants it. Away it is said but is no fault: the embedded engine and our own questions go on."""
    nlu = config.settings.nlu
    if nlu.engine != "rasa" and not nlu.rasa.chats:
        return []
    from hotline import rasa

    try:
        model = rasa.client(config).model()
    except HotlineError as error:
        return [Finding(name="Rasa", ok=False, sentence=error.sentence)]
    away = f"{config.rasa_url} 没有应答，默认引擎照常派单；需要它时请运行 make rasa。"
    return [Finding(name="Rasa", ok=True, sentence=f"{config.rasa_url} 应答，模型 {model[:12]}。" if model else away)]


def _frontend() -> Finding:
    """Optional: without it forms work without script and boards are tables, so it is said but is no fault."""
    there = (ROOT / "dashboards" / "static" / "vendor").is_dir()
    sentence = (
        "图表与局部刷新可用。" if there else "未安装图表脚本：页面仍可用，看板以表格显示；联网后运行 make run 会补装。"
    )
    return Finding(name="前端", ok=True, sentence=sentence)


def _calendar(database: Database, now: datetime) -> list[Finding]:
    with database.reading() as session:
        _, calendar = city_store.policy_on(session, now.date())
    left = calendar.published_until - now.date()
    if left < HORIZON:
        sentence = f"节假日只公布到 {calendar.published_until}，之后的时限按普通周计算并标为暂定：请更新城市包的 calendar.yml。"
        return [Finding(name="日历", ok=left >= timedelta(), sentence=sentence)]
    return [Finding(name="日历", ok=True, sentence=f"节假日公布到 {calendar.published_until}。")]


def _invariants(database: Database, now: datetime) -> list[Finding]:
    with database.reading() as session:
        broken = invariants.broken(session, now)
    if not broken:
        return [Finding(name="不变量", ok=True, sentence=f"{len(invariants.CHECKS)} 项全部成立。")]
    return [
        Finding(name="不变量", ok=False, sentence=f"{one.remedy}（{one.n}处，如 {'、'.join(one.examples[:3])}）")
        for one in broken
    ]
