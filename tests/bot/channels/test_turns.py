"""What is measured of a turn, with Rasa's parts around a brain that takes its time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from bot.action_server import ActionServer
from bot.channels.turns import Said, Turns
from bot.responses import ClinicResponses
from bot.settings import ROOT
from bot.store.database import LONGEST_WAIT, database
from bot.tracker_store import SteadyTrackerStore

TAKES = 0.2


@pytest.fixture(autouse=True)
def own_database() -> Iterator[None]:
    yield
    database.cache_clear()


def answered(url: str, brain: Any, count: int = 1) -> tuple[list[str], float]:
    """The replies to some messages, and how long a person waited for all of them."""

    async def talk() -> tuple[list[str], float]:
        domain = Domain.from_file(str(ROOT / "data" / "channels" / "responses.yml"))
        agent = SimpleNamespace(
            domain=domain,
            tracker_store=SteadyTrackerStore(domain, host=url),
            processor=SimpleNamespace(nlg=ClinicResponses(None, domain), graph_runner=None),
            action_endpoint=ActionServer("http://127.0.0.1:9/webhook"),
        )
        turns = Turns("telegram", brain)
        turns.begin(SimpleNamespace(ctx=SimpleNamespace(agent=agent)))  # type: ignore[arg-type]
        began = time.monotonic()
        said = [it["text"] for i in range(count) for it in await turns.answer(Said(f"telegram-{i}", "why"))]
        waited = time.monotonic() - began
        await asyncio.gather(*turns._measuring)
        return said, waited

    return asyncio.run(talk())


async def slow(message: UserMessage) -> None:
    await asyncio.sleep(TAKES)
    await message.output_channel.send_response(message.sender_id, {"text": "because"})


async def broken(message: UserMessage) -> None:
    raise ValueError("broken")


def rows(file: Path) -> list[tuple[str, float]]:
    with closing(sqlite3.connect(file)) as made:
        return made.execute("select channel, seconds from turns order by id").fetchall()


def test_each_reply_is_measured(tmp_path: Path) -> None:
    said, _ = answered(f"sqlite:///{tmp_path / 'a.db'}", slow, count=3)
    assert said == ["because"] * 3
    measured = rows(tmp_path / "a.db")
    assert [it[0] for it in measured] == ["telegram"] * 3
    assert all(TAKES <= it[1] < TAKES + 0.5 for it in measured)


def test_an_apology_is_a_reply_too(tmp_path: Path) -> None:
    said, _ = answered(f"sqlite:///{tmp_path / 'a.db'}", broken)
    assert len(said) == 1 and len(rows(tmp_path / "a.db")) == 1


def test_a_database_that_is_away_loses_the_measurement_and_nothing_else(tmp_path: Path) -> None:
    said, _ = answered(f"sqlite:///{tmp_path / 'missing' / 'a.db'}", slow)
    assert said == ["because"]


def test_nobody_waits_for_the_measurement(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    answered(f"sqlite:///{file}", slow)
    database.cache_clear()
    with closing(sqlite3.connect(file)) as locking:
        locking.execute("begin exclusive")
        said, waited = answered(f"sqlite:///{file}", slow)
        locking.rollback()
    assert said == ["because"] and waited < TAKES + 0.3 < LONGEST_WAIT
