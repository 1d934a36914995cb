"""Rasa's lock is that of the channels."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext

import pytest
from rasa.core.lock_store import LockStore
from rasa.core.utils import AvailableEndpoints

from bot.lock_store import ConversationLockStore
from bot.locks.conversations import conversation_locks
from bot.settings import ROOT
from tests.services import RedisServer


@pytest.fixture(autouse=True)
def own_locks() -> None:
    conversation_locks.cache_clear()


def made() -> LockStore:
    """The lock store as Rasa makes it."""
    return LockStore.create(AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml")).lock_store)


@pytest.fixture(params=["memory", "redis"])
def store(
    request: pytest.FixtureRequest, shared_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> ConversationLockStore:
    monkeypatch.setenv("ACTIONS_URL", "http://127.0.0.1:5055/webhook")
    if request.param == "redis":
        monkeypatch.setenv("REDIS_URL", shared_redis.url)
        monkeypatch.setenv("CHAT_SECRET", "x" * 32)
        monkeypatch.setenv("DATABASE_URL", "postgresql://me@localhost/assistant")
    else:
        monkeypatch.delenv("REDIS_URL", raising=False)
        monkeypatch.setenv("DATABASE_URL", "sqlite:////tmp/nowhere.db")
    store = made()
    assert isinstance(store, ConversationLockStore)
    return store


@pytest.mark.parametrize("by_channel", [True, False], ids=["within the channel's", "alone"])
def test_one_turn_holds_the_lock_at_a_time(store: ConversationLockStore, by_channel: bool) -> None:
    seen = []

    async def turn(name: str) -> None:
        async with store._locks.alone("web-1") if by_channel else nullcontext(), store.lock("web-1") as lock:
            assert lock.conversation_id == "web-1"
            seen.append(name)
            await asyncio.sleep(0.05)
            seen.append(name)

    async def run() -> None:
        await asyncio.gather(turn("1"), turn("2"))

    asyncio.run(run())
    assert seen == ["1", "1", "2", "2"]
