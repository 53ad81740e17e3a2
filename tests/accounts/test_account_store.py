"""Signing in, sessions, tokens: on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlmodel import SQLModel

from accounts import store
from accounts.tables import AccountRow, SessionRow, TokenRow
from plumbing.db import Database
from plumbing.errors import BadInput, NotFound, Refused
from tickets.store import table
from tickets.types import Role

NOW = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
PASSWORD = "drei-Wege-2026"
PEOPLE = [
    ("diaodu", "调度员甲", ["dispatcher", "operator"], None),
    ("xietu", "中心乙", ["centre"], "centre_xietu"),
]


@pytest.fixture(scope="module")
def a_hash() -> str:
    """Hashing is slow on purpose, and a hash says how slow: this one is quick."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def database(database_url: str, a_hash: str) -> Iterator[Database]:
    database = Database(database_url)
    SQLModel.metadata.create_all(database.engine)
    with database.transaction() as session:
        for login, name, roles, unit in PEOPLE:
            row = AccountRow(login=login, name=name, password_hash=a_hash, roles=roles, unit=unit, created_at=NOW)
            session.add(row)
    yield database
    database.dispose()


def sign_in(database: Database, password: str = PASSWORD, login: str = "diaodu", now: datetime = NOW) -> str:
    return store.sign_in(database, login, password, now=now, hours=12)


def refused(database: Database, login: str = "diaodu", now: datetime = NOW) -> str:
    with pytest.raises(Refused) as error:
        sign_in(database, "falsch-falsch", login, now)
    return error.value.code


def test_a_person_who_signed_in_is_known_by_the_cookie_until_it_is_over(database: Database) -> None:
    cookie = sign_in(database, login="xietu")
    with database.reading() as session:
        viewer = store.who(session, cookie, NOW + timedelta(hours=12, seconds=-1))
        assert viewer is not None
        assert (viewer.actor.id, viewer.actor.unit, viewer.name) == ("xietu", "centre_xietu", "中心乙")
        assert viewer.actor.roles == {Role.CENTRE}
        assert store.who(session, cookie, NOW + timedelta(hours=12)) is None
        assert store.who(session, "another", NOW) is None


def test_signing_out_ends_the_session(database: Database) -> None:
    cookie = sign_in(database)
    with database.transaction() as session:
        store.sign_out(session, cookie)
    with database.reading() as session:
        assert store.who(session, cookie, NOW) is None


def test_neither_password_nor_cookie_nor_token_is_stored(database: Database) -> None:
    cookie = sign_in(database)
    with database.transaction() as session:
        bearer = store.add_token(session, name="接口", login="diaodu", roles=[Role.OPERATOR], now=NOW)
    with database.reading() as session:
        stored = [
            str(row)
            for kind in (AccountRow, SessionRow, TokenRow)
            for row in session.execute(select(table(kind))).all()
        ]
        hashes = session.execute(select(table(AccountRow).c.password_hash)).scalars().all()
    assert all(secret not in line for line in stored for secret in (PASSWORD, cookie, bearer))
    assert all(one.startswith("$argon2id$") for one in hashes)


def test_a_wrong_password_and_an_unknown_login_look_the_same(database: Database) -> None:
    assert refused(database) == refused(database, login="niemand") == "SIGN_IN"


def test_after_five_failures_in_fifteen_minutes_even_the_right_password_waits(database: Database) -> None:
    for minute in range(5):
        assert refused(database, now=NOW + timedelta(minutes=minute)) == "SIGN_IN"
    with pytest.raises(Refused) as error:
        sign_in(database, now=NOW + timedelta(minutes=14, seconds=59))
    assert error.value.code == "TOO_MANY"
    assert sign_in(database, now=NOW + timedelta(minutes=15))
    assert sign_in(database, login="xietu", now=NOW), "another login does not wait"


def test_knocking_on_a_closed_door_does_not_keep_it_closed(database: Database) -> None:
    for _ in range(5):
        refused(database)
    for minute in range(14):
        assert refused(database, now=NOW + timedelta(minutes=minute)) == "TOO_MANY"
    assert sign_in(database, now=NOW + timedelta(minutes=15))


def test_success_forgets_the_failures_before_it(database: Database) -> None:
    for _ in range(3):
        for _ in range(4):
            refused(database)
        assert sign_in(database)


def test_many_guesses_at_once_get_no_more_than_five_answers(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: refused(database), range(12)))
    assert codes.count("SIGN_IN") <= 5
    assert set(codes) <= {"SIGN_IN", "TOO_MANY"}


def test_an_inactive_account_can_neither_sign_in_nor_go_on(database: Database) -> None:
    cookie = sign_in(database)
    with database.transaction() as session:
        store.change_account(session, "diaodu", name="调度员甲", roles=[Role.DISPATCHER], unit=None, active=False)
    with database.reading() as session:
        assert store.who(session, cookie, NOW) is None
    with pytest.raises(Refused, match="SIGN_IN"):
        sign_in(database)


def test_a_new_password_ends_every_session_and_the_old_password(database: Database) -> None:
    cookie = sign_in(database)
    with database.transaction() as session:
        store.set_password(session, "diaodu", "vier-Wege-2026")
    with database.reading() as session:
        assert store.who(session, cookie, NOW) is None
    with pytest.raises(Refused, match="SIGN_IN"):
        sign_in(database)
    assert sign_in(database, "vier-Wege-2026")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "kurz"}, "WEAK_PASSWORD"),
        ({"password": "chaxunyuan"}, "WEAK_PASSWORD"),
        ({"login": ""}, "BAD_LOGIN"),
        ({"login": "a b"}, "BAD_LOGIN"),
        ({"name": " "}, "BAD_NAME"),
        ({"roles": []}, "BAD_ROLES"),
        ({"roles": [Role.SYSTEM]}, "BAD_ROLES"),
        ({"roles": [Role.CENTRE]}, "NO_UNIT"),
    ],
)
def test_an_account_that_would_not_work_is_refused(database: Database, changes: dict[str, object], code: str) -> None:
    given: dict[str, object] = {"login": "chaxunyuan", "name": "甲", "password": PASSWORD, "roles": [Role.LEADER]}
    given |= changes
    with database.transaction() as session, pytest.raises(BadInput) as error:
        store.add_account(session, **given, now=NOW)  # type: ignore[arg-type]
    assert error.value.code == code


def test_a_login_is_given_once(database: Database) -> None:
    with database.transaction() as session, pytest.raises(Refused, match="LOGIN_TAKEN"):
        store.add_account(session, "xietu", name="丙", password=PASSWORD, roles=[Role.LEADER], now=NOW)


def test_changing_somebody_who_is_not_there_is_told(database: Database) -> None:
    with database.transaction() as session, pytest.raises(NotFound):
        store.set_password(session, "niemand", PASSWORD)


def test_accounts_are_listed_and_named(database: Database) -> None:
    with database.reading() as session:
        assert [one.login for one in store.list_accounts(session)] == ["diaodu", "xietu"]
        assert store.names_of(session, ["xietu", "system"]) == {"xietu": "中心乙"}


def test_a_token_acts_with_no_more_than_its_account_may(database: Database) -> None:
    with database.transaction() as session:
        bearer = store.add_token(
            session, name="接口", login="diaodu", roles=[Role.DISPATCHER, Role.ADMIN], now=NOW, days=30
        )
    with database.reading() as session:
        actor = store.token_actor(session, bearer, NOW + timedelta(days=30, seconds=-1))
        assert actor is not None
        assert actor.roles == {Role.DISPATCHER}
        assert store.token_actor(session, bearer, NOW + timedelta(days=30)) is None
        assert store.token_actor(session, "unknown", NOW) is None
    with database.transaction() as session:
        store.revoke_token(session, bearer)
    with database.reading() as session:
        assert store.token_actor(session, bearer, NOW) is None
