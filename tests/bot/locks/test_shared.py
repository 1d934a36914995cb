"""The lines of several replicas with a real Redis: there, emptied, gone, silent; and replicas that are killed."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.locks import shared
from bot.locks.shared import SharedLines
from bot.settings import ROOT
from tests.ports import free_ports
from tests.services import RedisServer
from tests.waiting import until

# Holds the turn of a conversation until it is killed.
HOLDER = """
import asyncio, sys
from bot.locks.shared import SharedLines

async def hold():
    async with SharedLines(sys.argv[1]).turn("a"):
        print("held", flush=True)
        await asyncio.sleep(600)

asyncio.run(hold())
"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to be waited for at the beginning."""
    monkeypatch.setattr(shared, "GRACE", 0.0)


@dataclass
class Replicas:
    """Some replicas, of which each is in this process, and the turns that were taken."""

    url: str
    taken: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def one(self) -> SharedLines:
        return SharedLines(self.url)

    async def turn(self, lines: SharedLines, name: str, seconds: float = 0.0, conversation: str = "a") -> None:
        async with self._counted(lines, conversation):
            self.taken.append(name)
            await asyncio.sleep(seconds)

    @asynccontextmanager
    async def _counted(self, lines: SharedLines, conversation: str):  # type: ignore[no-untyped-def]
        async with lines.turn(conversation):
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                yield
            finally:
                self.at_once -= 1


async def stands(replicas: Replicas, server: RedisServer, count: int, conversation: str = "a") -> None:
    """Waits until so many stand in line."""
    await until(lambda: server.client.zcard(f"turns:{{{conversation}}}:line") == count)


def test_turns_are_taken_one_at_a_time_in_the_order_of_arrival(quick: None, shared_redis: RedisServer) -> None:
    async def run() -> Replicas:
        replicas = Replicas(shared_redis.url)
        lines = [replicas.one() for _ in range(3)]
        turns = []
        for number in range(9):
            turns.append(asyncio.ensure_future(replicas.turn(lines[number % 3], str(number), 0.3 * (number == 0))))
            if number < 4:
                await stands(replicas, shared_redis, number + 1)
        await asyncio.gather(*turns)
        return replicas

    replicas = asyncio.run(run())
    assert replicas.taken[:4] == list("0123") and sorted(replicas.taken) == list("012345678")
    assert replicas.most_at_once == 1


def test_those_of_one_replica_keep_their_order_however_fast_they_come(quick: None, shared_redis: RedisServer) -> None:
    async def run() -> list[str]:
        replicas = Replicas(shared_redis.url)
        lines = replicas.one()
        await asyncio.gather(*[replicas.turn(lines, f"{number:02}") for number in range(50)])
        return replicas.taken

    assert asyncio.run(run()) == [f"{number:02}" for number in range(50)]


def test_other_conversations_do_not_wait(quick: None, shared_redis: RedisServer) -> None:
    async def run() -> None:
        replicas = Replicas(shared_redis.url)
        here, there = replicas.one(), replicas.one()
        async with here.turn("a"):
            await asyncio.wait_for(replicas.turn(there, "b", conversation="b"), 5)

    asyncio.run(run())


def test_whoever_waits_looks_again_long_before_a_second_has_passed(quick: None, shared_redis: RedisServer) -> None:
    async def run() -> float:
        replicas = Replicas(shared_redis.url)
        here, there = replicas.one(), replicas.one()
        began = time.monotonic()
        for _ in range(10):
            await asyncio.gather(replicas.turn(here, "x"), replicas.turn(there, "x"))
        return time.monotonic() - began

    assert asyncio.run(run()) < 5  # two seconds for each pair, were it Rasa's own


def test_nothing_is_left_in_redis_and_here(quick: None, shared_redis: RedisServer) -> None:
    async def run() -> SharedLines:
        replicas = Replicas(shared_redis.url)
        here, there = replicas.one(), replicas.one()
        await asyncio.gather(replicas.turn(here, "1"), replicas.turn(there, "2"), replicas.turn(here, "3"))
        await until(lambda: shared_redis.client.keys("turns:*") == [b"turns:since"])
        return here

    assert not asyncio.run(run())._lines


def test_who_gives_up_waiting_holds_up_nobody(quick: None, shared_redis: RedisServer) -> None:
    async def run() -> list[str]:
        replicas = Replicas(shared_redis.url)
        here, there = replicas.one(), replicas.one()
        first = asyncio.ensure_future(replicas.turn(here, "first", 0.3))
        await stands(replicas, shared_redis, 1)
        second = asyncio.ensure_future(replicas.turn(here, "second"))
        await stands(replicas, shared_redis, 2)
        third = asyncio.ensure_future(replicas.turn(there, "third"))
        await stands(replicas, shared_redis, 3)
        second.cancel()
        await asyncio.gather(first, third)
        return replicas.taken

    assert asyncio.run(run()) == ["first", "third"]


def test_a_turn_lasts_as_long_as_it_takes(
    quick: None, shared_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "LEASE", 0.6)
    monkeypatch.setattr(shared, "HEARTBEAT", 0.1)

    async def run() -> Replicas:
        replicas = Replicas(shared_redis.url)
        here, there = replicas.one(), replicas.one()
        first = asyncio.ensure_future(replicas.turn(here, "first", 1.5))
        await stands(replicas, shared_redis, 1)
        await asyncio.gather(first, replicas.turn(there, "second"))
        return replicas

    replicas = asyncio.run(run())
    assert replicas.taken == ["first", "second"] and replicas.most_at_once == 1


def test_the_turn_of_a_replica_that_was_killed_lapses(shared_redis: RedisServer) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, shared_redis.url], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        holder.kill()

        async def run() -> float:
            began = time.monotonic()
            replicas = Replicas(shared_redis.url)
            await replicas.turn(replicas.one(), "mine")
            return time.monotonic() - began

        assert 0.5 < asyncio.run(run()) < 2 * shared.LEASE
    finally:
        holder.kill()
        holder.wait()


def test_when_redis_forgets_all_the_turn_and_the_order_stay(shared_redis: RedisServer) -> None:
    async def run() -> Replicas:
        replicas = Replicas(shared_redis.url)
        lines = [replicas.one() for _ in range(3)]
        turns = [asyncio.ensure_future(replicas.turn(lines[0], "0", 3 * shared.HEARTBEAT))]
        await until(lambda: replicas.taken == ["0"])
        for number in range(1, 6):
            turns.append(asyncio.ensure_future(replicas.turn(lines[number % 3], str(number))))
            await stands(replicas, shared_redis, number + 1)
        shared_redis.client.flushall()
        await asyncio.gather(*turns)
        return replicas

    replicas = asyncio.run(run())
    assert replicas.taken == list("012345") and replicas.most_at_once == 1


def test_when_redis_is_away_turns_are_taken_here_and_over_all_once_it_is_back(
    own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared, "SECONDS_OF_REST", 0.3)
    monkeypatch.setattr(shared, "HEARTBEAT", 0.2)
    monkeypatch.setattr(shared, "GRACE", 0.4)

    async def run() -> None:
        replicas = Replicas(own_redis.url)
        here, there = replicas.one(), replicas.one()
        own_redis.stop()
        first = [asyncio.ensure_future(replicas.turn(here, name, 0.05)) for name in "123"]
        await asyncio.gather(*first)
        assert replicas.taken == ["1", "2", "3"] and replicas.most_at_once == 1
        longer = asyncio.ensure_future(replicas.turn(here, "4", 2.5))
        await until(lambda: replicas.taken[-1] == "4")
        own_redis.start()
        await stands(replicas, own_redis, 1)  # who has the turn says so
        await replicas.turn(there, "5")
        assert longer.done() and replicas.taken[-1] == "5" and replicas.most_at_once == 1

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    said = [it.message.split(",")[0] for it in caplog.records]
    assert said.count("Redis cannot be used") == said.count("Redis is back") == 1


def test_a_redis_that_is_silent_or_nowhere_keeps_nobody_waiting(shared_redis: RedisServer) -> None:
    async def run(url: str) -> float:
        replicas = Replicas(url)
        lines = replicas.one()
        began = time.monotonic()
        await asyncio.gather(*[replicas.turn(lines, str(number), conversation=str(number)) for number in range(20)])
        return time.monotonic() - began

    assert asyncio.run(run(f"redis://127.0.0.1:{free_ports(1)[0]}/0")) < 2
    with shared_redis.paused():
        assert asyncio.run(run(shared_redis.url)) < 4


def test_connections_that_redis_has_closed_are_no_failure(
    quick: None, shared_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        replicas = Replicas(shared_redis.url)
        lines = replicas.one()
        await replicas.turn(lines, "1")
        await until(lambda: not lines._lines)
        shared_redis.client.client_kill_filter(_type="normal")
        await replicas.turn(lines, "2")

    asyncio.run(run())
    assert not caplog.records
