"""user, token: who may sign in and which programs may call."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from accounts import store
from city import store as city_store
from plumbing import config as configuration
from plumbing import ids
from plumbing.clock import SystemClock
from plumbing.db import Database
from plumbing.errors import BadInput
from tickets.types import Role

users = typer.Typer(help="账号", no_args_is_help=True)
tokens = typer.Typer(help="接口令牌", no_args_is_help=True)

Roles = Annotated[list[str], typer.Option("--role", help="岗位，可重复：" + "、".join(Role))]
UnitCode = Annotated[str | None, typer.Option(help="单位代码（回应中心岗位必填）")]


def _roles(words: list[str]) -> frozenset[Role]:
    for word in words:
        if word not in set(Role):
            raise BadInput("BAD_ROLE", f"没有岗位“{word}”，可选：" + "、".join(Role) + "。")
    return frozenset(Role(word) for word in words)


def _check_unit(session: Session, unit: str | None) -> None:
    """Raises BadInput: a person of a unit that does not exist would see nothing, and nobody would know why."""
    if unit is not None and unit not in {known.code for known in city_store.units(session, SystemClock().now().date())}:
        raise BadInput("UNKNOWN_UNIT", f"没有代码为“{unit}”的在用单位；单位代码见 hotline 管理页或城市包 units.csv。")


def _database() -> Database:
    return Database(configuration.load().database_url)


@users.command("add")
def add_user(
    login: str, role: Roles, name: Annotated[str, typer.Option(help="姓名")] = "", unit: UnitCode = None
) -> None:
    """新建账号；随机密码只显示一次。"""
    password = ids.token(9)
    with _database().transaction() as session:
        _check_unit(session, unit)
        store.add_account(
            session,
            login,
            name=name or login,
            password=password,
            roles=_roles(role),
            unit=unit,
            now=SystemClock().now(),
        )
    typer.echo(f"账号：{login}\n密码：{password}（只显示这一次）")


@users.command("list")
def list_users() -> None:
    """列出账号。"""
    shown = Table("账号", "姓名", "岗位", "单位", "在用")
    with _database().reading() as session:
        for account in store.list_accounts(session):
            roles = "、".join(sorted(account.roles))
            shown.add_row(account.login, account.name, roles, account.unit or "", "是" if account.active else "否")
    Console().print(shown)


@tokens.command("add")
def add_token(
    name: str,
    role: Roles,
    unit: UnitCode = None,
    login: Annotated[str | None, typer.Option(help="所属账号；不填则新建同名的程序账号")] = None,
    days: Annotated[int | None, typer.Option(help="有效天数；不填则直到作废", min=1)] = None,
) -> None:
    """新建接口令牌；只显示一次。"""
    now = SystemClock().now()
    with _database().transaction() as session:
        _check_unit(session, unit)
        known = {account.login: account.roles for account in store.list_accounts(session)}
        if login is None:
            login = name
            if login not in known:
                # nobody signs in as a program: its password is random and told to nobody
                store.add_account(
                    session, login, name=name, password=ids.token(24), roles=_roles(role), unit=unit, now=now
                )
        if missing := _roles(role) - known.get(login, _roles(role)):
            raise BadInput("BAD_ROLES", f"账号“{login}”没有岗位“{'、'.join(sorted(missing))}”，令牌也不能有。")
        word = store.add_token(session, name=name, login=login, roles=_roles(role), now=now, days=days)
    typer.echo(word)


@tokens.command("revoke")
def revoke_token(word: str) -> None:
    """作废接口令牌。"""
    with _database().transaction() as session:
        store.revoke_token(session, word)
    typer.echo("已作废。")
