"""What replicas tell each other over a real Redis: there, starting again, and nowhere."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import broadcast as broadcast_module
from bot.broadcast import Broadcast
from tests.ports import free_ports
from tests.services import RedisServer
from tests.waiting import until


async def listening(server: RedisServer, count: int) -> None:
    """Waits until so many listen."""
    await until(lambda: dict(server.client.pubsub_numsub("replicas"))[b"replicas"] == count)


def test_all_others_hear_of_it_in_order_and_who_tells_does_not(shared_redis: RedisServer) -> None:
    heard: list[tuple[int, str, Any]] = []

    async def run() -> None:
        replicas = [Broadcast(shared_redis.url) for _ in range(3)]
        for number, it in enumerate(replicas):
            it.hear("said", lambda conversation, content, number=number: heard.append((number, conversation, content)))
            it.begin()
            it.begin()  # every channel does
        await listening(shared_redis, 3)
        for text in "abc":
            replicas[0].tell("said", "web-1", [text])
        replicas[0].tell("something else", "web-1")
        await until(lambda: len(heard) >= 6)
        for it in replicas:
            await it.end()

    asyncio.run(run())
    assert sorted(heard) == [(number, "web-1", [text]) for number in (1, 2) for text in "abc"]
    assert [it for number, _, it in heard if number == 1] == [["a"], ["b"], ["c"]]


def test_after_a_restart_of_redis_they_are_told_and_heard_again(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast_module, "SECONDS_OF_REST", 0.1)
    heard: list[str] = []

    async def run() -> None:
        one, other = Broadcast(own_redis.url), Broadcast(own_redis.url)
        other.hear("said", lambda conversation, _: heard.append(conversation))
        for it in (one, other):
            it.begin()
        await listening(own_redis, 2)
        own_redis.stop()
        one.tell("said", "lost")
        await until(lambda: one._told.empty())
        own_redis.start()
        await listening(own_redis, 2)
        one.tell("said", "web-1")
        await until(lambda: "web-1" in heard)
        for it in (one, other):
            await it.end()

    asyncio.run(run())
    assert heard[-1] == "web-1"


def test_without_others_nothing_is_kept_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast_module, "MOST_WAITING", 3)

    async def run() -> list[int]:
        alone, cut_off = Broadcast(None), Broadcast(f"redis://127.0.0.1:{free_ports(1)[0]}/0")
        for it in (alone, cut_off):
            for _ in range(10):
                it.tell("said", "web-1")
        alone.begin()
        return [alone._told.qsize(), cut_off._told.qsize()]

    assert asyncio.run(run()) == [0, 3]
    assert not Broadcast(None).has_others and Broadcast("redis://redis").has_others
