"""Conversations of several replicas in a real PostgreSQL: there, starting again, and gone for longer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from sqlalchemy.exc import OperationalError

from bot import tracker_store
from bot.broadcast import Broadcast, broadcast
from bot.store import database as database_module
from bot.store.conversations import ConversationStore
from bot.store.database import database
from bot.tracker_store import SteadyTrackerStore
from tests.bot.test_tracker_store import DOMAIN, happen, heard, say
from tests.services import Postgres, RedisServer
from tests.waiting import until


@pytest.fixture
def url(postgres_url: str, shared_redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database, in an environment that has other replicas."""
    monkeypatch.setenv("REDIS_URL", shared_redis.url)
    monkeypatch.setenv("CHAT_SECRET", "x" * 32)
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    broadcast.cache_clear()
    yield postgres_url
    database.cache_clear()
    broadcast.cache_clear()


def replica(url: str) -> SteadyTrackerStore:
    """The store of a new replica: a process of its own has its own way to the database, and to the others."""
    database.cache_clear()
    broadcast.cache_clear()
    return SteadyTrackerStore(Domain.from_yaml(DOMAIN), host=url)


def stored(url: str, conversation: str = "web-1") -> list[str]:
    """What a person said, in the order in which it was stored."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    query = sa.text("select data from events where sender_id = :id and type_name = 'user' order by id")
    with engine.connect() as connection:
        return [json.loads(row.data)["text"] for row in connection.execute(query, {"id": conversation})]


def test_a_conversation_goes_on_at_another_replica(url: str) -> None:
    async def run() -> list[list[str]]:
        one, other = replica(url), replica(url)
        for number in range(3):
            await say(one, f"one {number}")
            await say(other, f"other {number}")
        return [await heard(it) for it in (one, other, replica(url))]

    said = [f"{who} {number}" for number in range(3) for who in ("one", "other")]
    assert asyncio.run(run()) == [said] * 3
    assert stored(url) == said


def test_the_website_reads_the_table_that_it_has_made_and_the_conversations_in_it(url: str) -> None:
    async def run() -> list[str]:
        store = replica(url)
        reader = ConversationStore(store.kept_in)
        assert await store.kept_in.ask(lambda: reader.messages("web-1")) == []
        await say(store, "one")
        return [it["text"] for it in await store.kept_in.ask(lambda: reader.messages("web-1"))]

    assert asyncio.run(run()) == ["one", "re one"]


def test_what_is_stored_late_stands_where_it_was_said(url: str) -> None:
    async def run() -> list[list[str]]:
        one, other = replica(url), replica(url)
        await say(one, "first")
        tracker = await one.get_or_create_tracker("web-1")
        tracker.update(UserUttered("late", {"name": "greet"}, message_id="m-late"))
        await say(other, "last")
        await one.save(tracker)
        assert stored(url) == ["first", "last", "late"]
        messages = await one.kept_in.ask(lambda: ConversationStore(one.kept_in).messages("web-1"))
        latest = await one.latest("web-1", "user", 2)
        return [
            *[await heard(it) for it in (one, other, replica(url))],
            [it["text"] for it in messages if it["from"] == "user"],
            ["first", *(it["text"] for it in latest)],
        ]

    assert asyncio.run(run()) == [["first", "late", "last"]] * 5


def test_what_another_has_stored_with_an_earlier_number_is_seen(url: str) -> None:
    """Numbers are given before, and rows are seen after: a later number may be seen first."""

    async def run() -> list[str]:
        one = replica(url)
        await say(one, "one")
        with one.kept_in.engine.begin() as connection:
            connection.execute(sa.text("update events set id = id + 100 where sender_id = 'web-1'"))
        await heard(one)
        event = json.dumps(UserUttered("another", {"name": "greet"}, timestamp=1.0).as_dict())
        with one.kept_in.engine.begin() as connection:
            row = {"data": event}
            connection.execute(
                sa.text(
                    "insert into events (id, sender_id, type_name, timestamp, data)"
                    " values (50, 'web-1', 'user', 1.0, :data)"
                ),
                row,
            )
        return await heard(one)

    assert asyncio.run(run()) == ["another", "one"]


def test_what_was_stored_though_the_answer_was_lost_is_stored_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker_store, "SECONDS_OF_REST", 0.1)

    async def run() -> list[str]:
        one = replica(url)
        await say(one, "one")
        dialect, losses = one.kept_in.engine.dialect, iter(range(2))
        commit = dialect.do_commit

        def lose_the_answer(connection: object) -> None:
            commit(connection)
            if next(losses, None) is not None:
                raise OperationalError("commit", {}, Exception("the connection is lost"))

        monkeypatch.setattr(dialect, "do_commit", lose_the_answer)
        await say(one, "two")
        await say(one, "three")
        await until(lambda: one._kept["web-1"].stored == len(one._kept["web-1"].events))
        return await heard(replica(url))

    assert asyncio.run(run()) == ["one", "two", "three"] == stored(url)


def test_a_turn_waits_for_a_database_that_starts_again(
    url: str, monkeypatch: pytest.MonkeyPatch, own_postgres: Postgres
) -> None:
    async def run() -> list[list[str]]:
        one, other = replica(own_postgres.url()), replica(own_postgres.url())
        await say(one, "one")
        await say(other, "two")
        await asyncio.gather(asyncio.to_thread(own_postgres.restart), keep_saying(one, other))
        assert stored(own_postgres.url()) == ["one", "two", *map(str, range(12))]
        return [await heard(it) for it in (one, other)]

    async def keep_saying(*stores: SteadyTrackerStore) -> None:
        for number in range(12):
            await say(stores[number % 2], f"{number}")
            await asyncio.sleep(0.05)

    # Nothing is stored late: what is not seen at once is missing, because the replicas take turns.
    monkeypatch.setattr(SteadyTrackerStore, "_mend_later", lambda self: None)
    assert asyncio.run(run()) == [["one", "two", *map(str, range(12))]] * 2


def test_a_longer_absence_is_not_waited_for_by_everyone(
    url: str, monkeypatch: pytest.MonkeyPatch, own_postgres: Postgres
) -> None:
    monkeypatch.setattr(database_module, "LONGEST_RESTART", 0.5)

    async def run() -> list[str]:
        store = replica(own_postgres.url())
        await say(store, "one")
        own_postgres.stop()
        try:
            await say(store, "two")
            began = asyncio.get_running_loop().time()
            for number in range(5):
                await say(store, f"{number}", conversation=f"web-{number + 2}")
            assert asyncio.get_running_loop().time() - began < tracker_store.LONGEST_READ
        finally:
            own_postgres.start()
        await until(lambda: stored(own_postgres.url()) == ["one", "two"])
        return await heard(replica(own_postgres.url()))

    assert asyncio.run(run()) == ["one", "two"]


def test_what_one_replica_removes_the_others_know_no_more(url: str, shared_redis: RedisServer) -> None:
    async def run() -> None:
        one, other = replica(url), replica(url)
        assert isinstance(other._broadcast, Broadcast) and one._broadcast is not other._broadcast
        other._broadcast.begin()
        await until(lambda: dict(shared_redis.client.pubsub_numsub("replicas"))[b"replicas"] == 1)
        one._broadcast.begin()
        await say(one, "one")
        await say(other, "two")
        await happen(other, SlotSet("days", "3"), conversation="web-2")
        kept = other._kept["web-1"]
        kept.stored -= 1  # as after a turn whose words could not be stored
        assert (await one.erase("web-1")).messages == 2
        await until(lambda: "web-1" not in other._kept)
        await other._mend()
        await other.kept_in.ask(lambda: other._store("web-1", kept))
        assert stored(url) == [] and await heard(other) == []
        assert "web-2" in other._kept
        for it in (one, other):
            await it._broadcast.end()

    asyncio.run(run())


def test_the_index_of_every_turn_is_made_also_for_a_table_that_is_there(url: str) -> None:
    async def run() -> list[str]:
        store = replica(url)
        await say(store, "one")
        with store.kept_in.engine.begin() as connection:
            connection.exec_driver_sql("drop index ix_events_sender_id_id")
        store = replica(url)
        await say(store, "two")
        return [it["name"] for it in sa.inspect(store.kept_in.engine).get_indexes("events")]

    assert "ix_events_sender_id_id" in asyncio.run(run())
