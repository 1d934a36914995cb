"""Deliveries of several replicas, with PostgreSQL, Redis, and a local server in the place of the platform."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels import inbox as inbox_module
from bot.channels.inbox import OPTIONAL, Inbox
from bot.channels.platform_client import PlatformClient
from bot.channels.telegram import judge
from bot.locks import shared
from bot.locks.conversations import conversation_locks
from bot.store import deliveries as deliveries_module
from bot.store.database import Database
from bot.store.deliveries import Call, Delivery
from tests.deliveries import delivery, part
from tests.platforms import Api, serving
from tests.services import Postgres, RedisServer
from tests.waiting import until


@dataclass
class Line:
    """A platform, and replicas that say two parts to everything."""

    api: Api
    url: str
    redis_url: str
    replied: list[tuple[str, str]] = field(default_factory=list)
    """By whom a turn was taken, and of which delivery."""
    before_reply: Callable[[str, Delivery], Awaitable[None]] = lambda replica, delivery: asyncio.sleep(0)
    calls: Callable[[Delivery], list[Call]] = lambda delivery: [part(f"{delivery.key}a"), part(f"{delivery.key}b")]

    async def replica(self, name: str) -> Inbox:
        """A new one that looks after itself, with locks of its own as another process has them."""

        async def reply(delivery: Delivery) -> list[Call]:
            await self.before_reply(name, delivery)
            self.replied.append((name, delivery.key))
            return self.calls(delivery)

        conversation_locks.cache_clear()
        client = PlatformClient(self.api.base, judge)
        inbox = Inbox("telegram", Database(self.url), client, reply, self.redis_url)
        inbox.resume_soon()
        await inbox._has_looked.wait()
        return inbox

    @property
    def said(self) -> list[str]:
        return [it["text"] for it in self.api.sent("sendMessage")]

    async def until_done(self, count: int) -> None:
        engine = sa.create_engine(self.url, poolclass=sa.pool.NullPool)

        def is_done() -> bool:
            with engine.connect() as connection:
                return connection.exec_driver_sql("select count(*) from deliveries where is_done").scalar() == count

        await until(is_done, 30)


@pytest.fixture
def line(postgres_url: str, shared_redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(inbox_module, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(inbox_module, "BETWEEN_LOOKS", 0.2)
    monkeypatch.setattr(inbox_module, "BETWEEN_LOOKS_AT_ONE", 0.1)
    monkeypatch.setattr(deliveries_module, "CLAIM", timedelta(seconds=1.5))
    monkeypatch.setattr(shared, "GRACE", 0.0)
    monkeypatch.setattr(shared, "LEASE", 1.0)
    monkeypatch.setattr(shared, "HEARTBEAT", 0.2)
    with serving() as api:
        yield Line(api, postgres_url, shared_redis.url)
    conversation_locks.cache_clear()


async def kill(inbox: Inbox) -> None:
    """Ends all that a replica does, at once and without a word to anyone, as far as one process can."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if task in inbox._tasks:
            task.cancel()
    for task in list(inbox._locks._lines._keepers):  # type: ignore[union-attr]
        task.cancel()
    await asyncio.sleep(0)
    await inbox._client.close()


def test_a_message_that_comes_to_two_replicas_is_answered_once(line: Line) -> None:
    async def run() -> list[bool]:
        one, other = await line.replica("one"), await line.replica("other")
        taken = await asyncio.gather(*[it.take(delivery(), ["album-7"]) for it in (one, other)])
        taken += [await other.take(delivery("2"), ["album-7"]), await one.take(delivery())]
        await line.until_done(2)
        await one.close()
        await other.close()
        return taken

    assert sorted(asyncio.run(run())) == [False] * 3 + [True]
    assert line.said == ["1a", "1b"]


def test_a_conversation_keeps_its_order_over_replicas(line: Line) -> None:
    async def before_reply(replica: str, delivery: Delivery) -> None:
        await asyncio.sleep(0.3 if delivery.key == "0" else 0)

    async def run() -> None:
        line.before_reply = before_reply
        replicas = [await line.replica(str(number)) for number in range(3)]
        for number in range(9):
            await replicas[number % 3].take(delivery(str(number)))
        await line.until_done(9)
        for it in replicas:
            await it.close()

    asyncio.run(run())
    assert line.said == [f"{number}{part}" for number in range(9) for part in "ab"]


def test_a_replica_that_starts_leaves_the_others_their_work(line: Line) -> None:
    async def run() -> None:
        go = asyncio.Event()

        async def before_reply(replica: str, delivery: Delivery) -> None:
            await go.wait()

        line.before_reply = before_reply
        one = await line.replica("one")
        await one.take(delivery())
        other = await line.replica("other")
        await asyncio.sleep(2.5)  # longer than a claim
        go.set()
        await line.until_done(1)
        await one.close()
        await other.close()

    asyncio.run(run())
    assert line.said == ["1a", "1b"] and line.replied == [("one", "1")]


def test_what_a_killed_replica_left_is_gone_on_with_by_another_before_what_came_later(line: Line) -> None:
    async def run() -> None:
        async def before_reply(replica: str, delivery: Delivery) -> None:
            if replica == "one":
                await asyncio.Event().wait()

        line.before_reply = before_reply
        one, other = await line.replica("one"), await line.replica("other")
        await one.take(delivery("1"))
        await one.take(delivery("2"))
        await until(lambda: len(one._begun) == 2)
        await kill(one)
        await other.take(delivery("3"))
        await other.take(delivery("4", "telegram-6"))
        await line.until_done(4)
        await other.close()

    asyncio.run(run())
    assert line.said[:2] == ["4a", "4b"]
    assert line.said[2:] == ["1a", "1b", "2a", "2b", "3a", "3b"]
    assert [it for it in line.replied if it[1] == "1"] == [("other", "1")]


def test_what_was_sent_before_a_kill_is_not_sent_again(line: Line) -> None:
    async def run() -> None:
        reached = threading.Event()
        over = threading.Event()

        def hang_at_second(method: str, parameters: dict[str, Any]) -> None:
            if parameters["text"] == "1b":
                reached.set()
                over.wait(20)

        line.api.answer = hang_at_second
        one, other = await line.replica("one"), await line.replica("other")
        await one.take(delivery("1"))
        await asyncio.to_thread(reached.wait, 20)
        await kill(one)
        over.set()
        await line.until_done(1)
        await other.close()

    asyncio.run(run())
    assert line.said == ["1a", "1b"] and line.replied == [("one", "1")]


def test_a_replica_that_closes_leaves_its_work_at_once(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries_module, "CLAIM", timedelta(minutes=10))

    async def run() -> None:
        async def before_reply(replica: str, delivery: Delivery) -> None:
            if replica == "one":
                await asyncio.Event().wait()

        line.before_reply = before_reply
        one, other = await line.replica("one"), await line.replica("other")
        await one.take(delivery())
        await until(lambda: bool(one._begun))
        await one.close()
        await line.until_done(1)
        await other.close()

    asyncio.run(run())
    assert line.said == ["1a", "1b"] and line.replied == [("other", "1")]


def test_a_replica_that_was_out_of_time_sends_nothing_that_another_has_taken_over(line: Line) -> None:
    async def run() -> None:
        go = asyncio.Event()

        async def before_reply(replica: str, delivery: Delivery) -> None:
            if replica == "one":
                await go.wait()

        line.before_reply = before_reply
        one = await line.replica("one")
        await one.take(delivery())
        await until(lambda: bool(one._begun))
        with one._database.engine.begin() as connection:  # as if it had not run for a while
            connection.exec_driver_sql("update deliveries set claimed_until = null, owner = null")
        conversation_locks.cache_clear()
        other = await line.replica("other")
        await until(lambda: bool(other._begun))
        go.set()
        await line.until_done(1)
        await until(lambda: not one._begun)
        await one.close()
        await other.close()

    asyncio.run(run())
    assert line.said == ["1a", "1b"]


def test_the_next_answer_does_not_wait_for_a_picture_at_another_replica(line: Line) -> None:
    async def run() -> None:
        over = threading.Event()
        line.calls = lambda delivery: [part(f"{delivery.key}a"), part(f"{delivery.key}picture", **{OPTIONAL: True})]
        line.api.answer = lambda method, parameters: over.wait(20) and None if "1p" in parameters["text"] else None
        one, other = await line.replica("one"), await line.replica("other")
        await one.take(delivery("1"))
        await until(lambda: "1picture" in line.said)
        await other.take(delivery("2"))
        await until(lambda: "2picture" in line.said)
        assert not one._tasks.isdisjoint(asyncio.all_tasks())
        over.set()
        await line.until_done(2)
        await one.close()
        await other.close()

    asyncio.run(run())
    assert line.said == ["1a", "1picture", "2a", "2picture"]


def test_a_message_that_comes_while_the_database_starts_again_is_kept(line: Line, own_postgres: Postgres) -> None:
    async def run() -> bool:
        line.url = own_postgres.url()
        one = await line.replica("one")
        await one.take(delivery("1"))
        await line.until_done(1)
        restart = asyncio.ensure_future(asyncio.to_thread(own_postgres.restart))
        await asyncio.sleep(0.1)
        taken = await one.take(delivery("2"))
        await restart
        await line.until_done(2)
        again = await (other := await line.replica("other")).take(delivery("2"))
        await one.close()
        await other.close()
        return taken and not again

    assert asyncio.run(run())
    assert line.said == ["1a", "1b", "2a", "2b"]


def test_what_was_claimed_though_the_answer_was_lost_is_answered(line: Line) -> None:
    async def run() -> None:
        one, other = await line.replica("one"), await line.replica("other")
        assert one._store.add(delivery()) and one._store.claim(False)
        await line.until_done(1)
        await one.close()
        await other.close()

    asyncio.run(run())
    assert line.said == ["1a", "1b"] and line.replied == [("one", "1")]
