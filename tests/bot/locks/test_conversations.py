"""The lock of a conversation, within a turn and outside of it."""

from __future__ import annotations

import asyncio

from bot.locks.conversations import ConversationLocks, conversation_locks
from tests.services import RedisServer


def test_whoever_is_alone_may_take_the_lock_again_and_nobody_else_may() -> None:
    async def run() -> list[str]:
        locks, seen = ConversationLocks(None), list[str]()

        async def other() -> None:
            async with locks.alone("a"):
                seen.append("other")

        async with locks.alone("a"):
            async with locks.alone("a"), locks.alone("b"):
                seen.append("within")
            seen.append("after")
        waiting = asyncio.ensure_future(other())
        async with locks.alone("a"):
            await asyncio.sleep(0.01)
            seen.append("before the other")
        await waiting
        return seen

    assert asyncio.run(run()) == ["within", "after", "before the other", "other"]


def test_within_a_task_that_a_turn_has_begun_the_lock_is_held() -> None:
    async def run() -> None:
        locks = ConversationLocks(None)

        async def turn() -> None:
            async with locks.alone("a"):
                pass

        async with locks.alone("a"):
            await asyncio.wait_for(turn(), 1)

    asyncio.run(run())


def test_two_replicas_take_turns_and_two_channels_share_their_locks(shared_redis: RedisServer) -> None:
    async def run() -> list[str]:
        here, there, seen = ConversationLocks(shared_redis.url), ConversationLocks(shared_redis.url), list[str]()

        async def turn(locks: ConversationLocks, name: str) -> None:
            async with locks.alone("a"):
                seen.append(name)
                await asyncio.sleep(0.05)
                seen.append(name)

        await asyncio.gather(*[turn(locks, name) for locks, name in ((here, "1"), (there, "2"), (here, "3"))])
        return seen

    seen = asyncio.run(run())
    assert seen[::2] == seen[1::2] and sorted(seen[::2]) == ["1", "2", "3"]
    assert conversation_locks(None) is conversation_locks(None)
