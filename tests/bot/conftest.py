"""What the tests of the assistant's own package share."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings
from tests.services import Postgres, RedisServer, postgres, redis_server
from tests.staff import Staff, staff


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the real answers, facts, phrases, shorthand and terms and pictures, for a test to break."""
    target = tmp_path / "data"
    for pattern in ("*.yml", "*/answers.yml", "entities/*.yml", "*/picture.*"):
        for file in (ROOT / "data").glob(pattern):
            copy = target / file.relative_to(ROOT / "data")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    return target


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with two free ports and a database in the test's own folder."""
    with socket.socket() as one, socket.socket() as two:
        for it in (one, two):
            it.bind(("127.0.0.1", 0))
        ports = [it.getsockname()[1] for it in (one, two)]
    return Settings(port=ports[0], actions_port=ports[1], database_url=f"sqlite:///{tmp_path / 'var' / 'test.db'}")


@pytest.fixture
def own_team() -> Iterator[Staff]:
    """Staff whom nobody has told anything yet."""
    with staff() as team:
        yield team


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL to be broken."""
    with postgres() as server:
        yield server


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis to be broken."""
    with redis_server() as server:
        yield server
