"""Accounts, sessions and tokens in and out of the database.

Only `sign_in` opens its own transactions: a failed try must stay on record, and argon2 must not run while the
writer's lock is held. Everything else works in the caller's.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from accounts import passwords
from accounts.tables import AccountRow, SessionRow, SignInTryRow, TokenRow
from accounts.types import Account, Viewer
from plumbing.db import Database
from plumbing.errors import BadInput, NotFound, Refused
from plumbing.ids import fingerprint, token
from tickets.store import table
from tickets.types import Actor, Role

TRIES = 5
TRIES_WINDOW = timedelta(minutes=15)
LOGIN_CHARACTERS = 80

_account, _session, _token, _try = table(AccountRow), table(SessionRow), table(TokenRow), table(SignInTryRow)


def sign_in(database: Database, login: str, password: str, *, now: datetime, hours: int) -> str:
    """The cookie of a new session that lasts `hours`.

    Raises Refused: SIGN_IN (wrong login or password, or an inactive account; they look the same) or TOO_MANY
    (after five failures in 15 minutes the login waits).
    """
    login = login.strip()[:LOGIN_CHARACTERS]
    # The try is on record before it is judged: a hundred guesses at once are a hundred tries.
    with database.transaction() as session:
        session.execute(delete(_try).where(_try.c.at <= now - TRIES_WINDOW))
        mine = SignInTryRow(login=login, at=now)
        session.add(mine)
    with database.reading() as session:
        tries = _tries(session, login, now)
        account = session.get(AccountRow, login)
    if tries > TRIES:
        with database.transaction() as session:
            session.execute(delete(_try).where(_try.c.id == mine.id))
        raise Refused("TOO_MANY", "登录失败次数过多，请15分钟后再试，或联系管理员。")
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not account.active or not right:
        raise Refused("SIGN_IN", "登录名或密码不正确。")
    cookie = token(32)
    with database.transaction() as session:
        session.execute(delete(_try).where(_try.c.login == login))
        session.execute(delete(_session).where(_session.c.expires_at <= now))
        until = now + timedelta(hours=hours)
        row = SessionRow(id=fingerprint(cookie), login=login, csrf=token(24), created_at=now, expires_at=until)
        session.add(row)
    return cookie


def sign_out(session: Session, cookie: str) -> None:
    """End the session of this cookie, if there is one."""
    session.execute(delete(_session).where(_session.c.id == fingerprint(cookie)))


def who(session: Session, cookie: str, now: datetime) -> Viewer | None:
    """The person behind a cookie; None when it is unknown, over, or the account was made inactive."""
    found = session.execute(
        select(AccountRow, _session.c.csrf)
        .join(_session, _session.c.login == _account.c.login)
        .where(_session.c.id == fingerprint(cookie), _session.c.expires_at > now, _account.c.active.is_(True))
    ).first()
    if found is None:
        return None
    row, csrf = found
    return Viewer(actor=Actor(id=row.login, roles=_roles(row.roles), unit=row.unit), name=row.name, csrf=csrf)


def token_actor(session: Session, bearer: str, now: datetime) -> Actor | None:
    """Who acts with a bearer token, with the roles that the token AND its account have; None when it is not valid."""
    found = session.execute(
        select(TokenRow, AccountRow)
        .join(AccountRow, _account.c.login == _token.c.login)
        .where(_token.c.hash == fingerprint(bearer), _token.c.revoked.is_(False), _account.c.active.is_(True))
    ).first()
    if found is None:
        return None
    given, account = found
    if given.expires_at is not None and given.expires_at <= now:
        return None
    return Actor(id=account.login, roles=_roles(given.roles) & _roles(account.roles), unit=account.unit)


def add_account(
    session: Session,
    login: str,
    *,
    name: str,
    password: str,
    roles: Iterable[Role],
    unit: str | None = None,
    now: datetime,
) -> Account:
    """A new account. Raises BadInput (empty or odd login or name, weak password, a centre without a unit, no role)
    and Refused LOGIN_TAKEN."""
    login, name, given = login.strip(), name.strip(), frozenset(roles)
    if not (1 <= len(login) <= LOGIN_CHARACTERS and login.isprintable() and " " not in login):
        raise BadInput("BAD_LOGIN", f"登录名应为1至{LOGIN_CHARACTERS}个字符，不含空格。", field="login")
    _check(name, given, unit)
    if session.get(AccountRow, login) is not None:
        raise Refused("LOGIN_TAKEN", f"登录名“{login}”已被使用，请换一个。")
    row = AccountRow(
        login=login,
        name=name,
        password_hash=passwords.hashed(password, login=login),
        roles=sorted(given),
        unit=unit,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return _value(row)


def change_account(
    session: Session, login: str, *, name: str, roles: Iterable[Role], unit: str | None, active: bool
) -> Account:
    """The account with new particulars; one made inactive is signed out everywhere. Raises NotFound, BadInput."""
    row, given = _found(session, login), frozenset(roles)
    _check(name.strip(), given, unit)
    row.name, row.roles, row.unit, row.active = name.strip(), sorted(given), unit, active
    if not active:
        session.execute(delete(_session).where(_session.c.login == login))
    session.flush()
    return _value(row)


def set_password(session: Session, login: str, password: str) -> None:
    """A new password; every session of the person ends. Raises NotFound, BadInput."""
    row = _found(session, login)
    row.password_hash = passwords.hashed(password, login=login)
    session.execute(delete(_session).where(_session.c.login == login))
    session.flush()


def list_accounts(session: Session) -> list[Account]:
    """Everybody, by login."""
    return [_value(row) for row in session.execute(select(AccountRow).order_by(_account.c.login)).scalars()]


def names_of(session: Session, logins: Iterable[str]) -> dict[str, str]:
    """Names by login, for the lines of a history; a login without an account is left out."""
    found = session.execute(select(_account.c.login, _account.c.name).where(_account.c.login.in_(set(logins))))
    return {row.login: row.name for row in found}


def add_token(
    session: Session, *, name: str, login: str, roles: Iterable[Role], now: datetime, days: int | None = None
) -> str:
    """A new bearer token, told once and kept as a hash; `days` None = until revoked. Raises NotFound."""
    _found(session, login)
    bearer = token(32)
    until = None if days is None else now + timedelta(days=days)
    row = TokenRow(
        hash=fingerprint(bearer), name=name, login=login, roles=sorted(set(roles)), created_at=now, expires_at=until
    )
    session.add(row)
    session.flush()
    return bearer


def revoke_token(session: Session, bearer_or_hash: str) -> None:
    """End a token, named by itself or by its hash. Raises NotFound: a slip of the pen must not leave it alive."""
    given = (bearer_or_hash, fingerprint(bearer_or_hash))
    ended = session.execute(
        update(_token).where(_token.c.hash.in_(given)).values(revoked=True).returning(_token.c.hash)
    )
    if ended.first() is None:
        raise NotFound("NO_TOKEN", "没有这个令牌，未作废任何令牌；请核对后重试。")


def _tries(session: Session, login: str, now: datetime) -> int:
    of_late = select(func.count()).where(_try.c.login == login, _try.c.at > now - TRIES_WINDOW)
    return int(session.execute(of_late).scalar_one())


def _check(name: str, roles: frozenset[Role], unit: str | None) -> None:
    if not 1 <= len(name) <= 80:
        raise BadInput("BAD_NAME", "请填写姓名（80字以内）。", field="name")
    if not roles or roles & {Role.SYSTEM, Role.RESIDENT}:
        raise BadInput("BAD_ROLES", "请至少选择一个岗位。", field="roles")
    if Role.CENTRE in roles and not unit:
        raise BadInput("NO_UNIT", "承办单位人员须选择所属单位。", field="unit")


def _found(session: Session, login: str) -> AccountRow:
    row = session.get(AccountRow, login)
    if row is None:
        raise NotFound("NO_ACCOUNT", f"没有登录名为“{login}”的账号。")
    return row


def _roles(words: Iterable[str]) -> frozenset[Role]:
    return frozenset(Role(word) for word in words)


def _value(row: AccountRow) -> Account:
    return Account(
        login=row.login,
        name=row.name,
        roles=_roles(row.roles),
        unit=row.unit,
        active=row.active,
        created_at=row.created_at,
    )
