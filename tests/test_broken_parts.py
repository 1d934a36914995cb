"""With the action server killed and the database unreachable, a warning sign still gets its text."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.processes import running_assistant, stop
from bot.settings import Settings
from tests.assistant import Conversation
from tests.ports import free_ports
from tests.web_client import Client

LONGEST_REPLY = 5
SIGNS = {
    "my throat is closing up": "Call 999 now",
    "yellow pus is oozing out of my cheek": "look at this today",
    "i dont want to live any more": "the Samaritans",
}


@contextmanager
def without_action_server(settings: Settings, log: Path) -> Iterator[Conversation]:
    """Someone who writes to the assistant after its action server was killed."""
    with running_assistant(settings, log=log) as processes:
        stop(processes[:1])
        yield Conversation(settings)


@pytest.fixture(scope="module", params=["locked", "unreachable"])
def person(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversation]:
    """The database is locked by another process for as long as it lasts, or no server answers at its address."""
    folder = tmp_path_factory.mktemp("broken")
    port, actions_port, nobody = free_ports(3)
    file = folder / "assistant.db"
    database = f"sqlite:///{file}" if request.param == "locked" else f"postgresql://x:y@127.0.0.1:{nobody}/none"
    settings = Settings(port=port, actions_port=actions_port, database_url=database)
    with without_action_server(settings, folder / "log") as person:
        if request.param == "unreachable":
            yield person
            return
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("begin exclusive")
            yield person


@pytest.mark.parametrize("message", SIGNS)
def test_a_sign_gets_its_text_in_time(person: Conversation, message: str) -> None:
    start = time.monotonic()
    parts = Conversation(person.settings).say(message)
    assert SIGNS[message] in parts[0]["text"]
    assert time.monotonic() - start < LONGEST_REPLY


@pytest.mark.parametrize("message", SIGNS)
def test_a_sign_gets_its_text_on_the_website_too(person: Conversation, message: str) -> None:
    client = Client.of(person.settings)
    start = time.monotonic()
    first = client.say(message)[0]
    assert SIGNS[message] in first["text"] and first["alert"]
    assert time.monotonic() - start < LONGEST_REPLY


def test_a_sign_behind_a_payload_gets_its_text_too(person: Conversation) -> None:
    assert "Call 999 now" in Conversation(person.settings).text(
        "/ask_how_long my tongue is swelling and i cant breathe"
    )
