"""The assistant with both platforms played by local servers, to be broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from tests.assistant import running
from tests.conftest import free_ports
from tests.faults.people import Faulty
from tests.platforms import serving, with_platforms


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    """An assistant of the module's own."""
    folder = tmp_path_factory.mktemp("faults")
    port, actions_port = free_ports(2)
    own = Settings(port=port, actions_port=actions_port, database_url=f"sqlite:///{folder / 'assistant.db'}")
    with serving() as telegram, serving() as slack:
        with running(with_platforms(own, telegram, slack), folder / "log") as assistant:
            yield Faulty(assistant, telegram, slack)
