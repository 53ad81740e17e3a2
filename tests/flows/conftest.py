"""A city of one's own for each journey, in both ways to run."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tools.running_city import TWILIO_TOKEN, WECHAT_APP, WECHAT_TOKEN, City, running

StartCity = Callable[[str], City]


@pytest.fixture(params=["sqlite", "postgres"])
def start_city(request: pytest.FixtureRequest, tmp_path: Path, trained: Path) -> Iterator[StartCity]:
    """`start_city("2026-03-02T09:00:00+08:00")` -> a running city; stopped at the end of the test."""
    with ExitStack() as stack:

        def start(at: str) -> City:
            environment = os.environ | {
                "HOTLINE_HOME": str(tmp_path / "home"),
                "HOTLINE_MODEL": str(trained),
                "HOTLINE_LOG_LEVEL": "WARNING",
                "WECHAT_TOKEN": WECHAT_TOKEN,
                "WECHAT_APP_ID": WECHAT_APP,
                "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
            }
            if request.param == "postgres":
                environment["HOTLINE_DATABASE_URL"] = request.getfixturevalue("postgres_database")
                environment["HOTLINE_BROKER_URL"] = request.getfixturevalue("valkey_url")
            return running(stack, tmp_path, environment, at)

        yield start
