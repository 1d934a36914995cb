"""The lines of one process."""

from __future__ import annotations

import asyncio

from bot.locks.local import LocalLines


def test_turns_of_one_conversation_are_taken_in_order_and_others_do_not_wait() -> None:
    lines, taken = LocalLines(), []

    async def turn(conversation: str, name: str) -> None:
        async with lines.turn(conversation):
            taken.append(name)
            await asyncio.sleep(0.01)
            taken.append(name)

    async def run() -> None:
        await asyncio.gather(turn("a", "1"), turn("a", "2"), turn("b", "3"), turn("a", "4"))

    asyncio.run(run())
    assert [it for it in taken if it != "3"] == ["1", "1", "2", "2", "4", "4"]
    assert taken.index("3") < taken.index("2")


def test_nothing_is_kept_of_a_line_that_has_gone() -> None:
    async def run() -> int:
        lines = LocalLines()
        async with lines.turn("a"):
            pass
        return len(lines._locks)

    assert asyncio.run(run()) == 0
