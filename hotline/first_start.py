"""Everything between an installed program and the first page, each stage with its seconds; done stages cost nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from sqlalchemy import func, select

from accounts import store as account_store
from accounts.tables import AccountRow
from hotline import installation
from hotline.first_people import FIRST_PEOPLE
from plumbing import ids
from plumbing.clock import SystemClock
from plumbing.config import Config
from plumbing.db import Database
from tickets.store import table

Say = Callable[[str], None]


def prepare(config: Config, *, sample: bool, say: Say) -> None:
    """Migrate, load the city, train, make sign-ins and, on the very first start, the sample week."""
    database = Database(config.database_url)
    now = SystemClock().now()
    config.home.mkdir(parents=True, exist_ok=True)
    with _stage("建库", say):
        installation.migrate(database)
    with _stage("载入城市资料", say):
        installation.load_city(config, database, now=now)
    if not installation.has_model(config):
        with _stage("训练模型", say):
            installation.train(config, now=now)
    elif installation.has_old_model(config):
        say(
            "  模型是旧版程序训练的，本程序不能读，现在从语料重新训练；工单里学到的，请稍后用 hotline nlu retrain 再学一遍。"
        )
        with _stage("训练模型", say):
            installation.train(config, now=now)
    people = _people(database)
    if sample and people:
        with _stage("生成一周示例（约两千条来话）", say):
            from hotline import demo

            demo.make(config, database, now=now)
    database.dispose()
    if people:
        say("首次启动，已建立以下账号（密码只显示这一次，请立即记下并修改）：")
        for login, name, password in people:
            say(f"  {login:<12}{password:<20}{name}")


def _people(database: Database) -> list[tuple[str, str, str]]:
    """The first sign-ins with their passwords; none when anybody has an account already."""
    made = []
    now = SystemClock().now()
    with database.transaction() as session:
        if session.execute(select(func.count()).select_from(table(AccountRow))).scalar_one():
            return []
        for login, name, roles, unit in FIRST_PEOPLE:
            password = ids.token(9)
            account_store.add_account(session, login, name=name, password=password, roles=roles, unit=unit, now=now)
            made.append((login, name, password))
    return made


@contextmanager
def _stage(name: str, say: Say) -> Iterator[None]:
    began = perf_counter()
    yield
    say(f"  {name}：{perf_counter() - began:.1f} 秒")
