"""What several tests share: the clinic, the answers, the trained model, and the whole assistant running."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.bench.patients import Parse, intents, load_model
from bot.knowledge import Knowledge, load_knowledge
from bot.settings import ROOT, Clinic, Settings, load_clinic
from tests.assistant import Assistant, running
from tests.ports import free_ports
from tests.services import Postgres, RedisServer, postgres, redis_server
from tests.staff import Staff, staff

SHARED = Path(os.environ.get("SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def clinic() -> Clinic:
    return load_clinic()


@pytest.fixture(scope="session")
def knowledge(clinic: Clinic) -> Knowledge:
    return load_knowledge(clinic)


@pytest.fixture(scope="session")
def shared() -> Path:
    return SHARED


@pytest.fixture(scope="session")
def team() -> Iterator[Staff]:
    """The staff of the clinic, whom the assistant of these tests tells of requests."""
    with staff() as team:
        yield team


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory, team: Staff) -> Iterator[Assistant]:
    """The real assistant with its real action server, on free ports and a database of its own."""
    folder = tmp_path_factory.mktemp("assistant")
    first, second = free_ports(2)
    database = f"sqlite:///{folder / 'assistant.db'}"
    settings = Settings(port=first, actions_port=second, database_url=database, **team.settings)
    with running(settings, folder / "assistant.log") as assistant:
        yield assistant


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """PostgreSQL, running."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def one_redis() -> Iterator[RedisServer]:
    """Redis, running."""
    with redis_server() as server:
        yield server


@pytest.fixture
def shared_redis(one_redis: RedisServer) -> RedisServer:
    """Redis, running and empty."""
    one_redis.client.flushall()
    return one_redis


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> str:
    """An empty database of PostgreSQL."""
    return postgres_server.database(f"test_{uuid.uuid4().hex}")


@pytest.fixture(scope="session")
def model() -> Callable[[str], dict[str, Any]]:
    """The trained model: from a text to the parse result."""
    return load_model()


@pytest.fixture(scope="session")
def parse(model: Callable[[str], dict[str, Any]]) -> Parse:
    """The trained model: from a text to the intents of what it asks."""
    return lambda text: intents(model(text))
