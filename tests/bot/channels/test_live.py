from __future__ import annotations

import asyncio

from bot.channels.live import Live


def test_everyone_who_listens_hears_and_nobody_else() -> None:
    async def listen() -> tuple[list[object], int, int]:
        live = Live()
        with live.listen("web-1") as first, live.listen("web-1") as second, live.listen("web-2") as other:
            live.publish("web-1", [{"id": 1}, {"id": 2}])
            heard = [first.get_nowait(), first.get_nowait(), second.get_nowait()]
            return heard, other.qsize(), live.count("web-1")

    assert asyncio.run(listen()) == ([{"id": 1}, {"id": 2}, {"id": 1}], 0, 2)


def test_who_has_left_is_forgotten_and_the_end_reaches_all() -> None:
    async def listen() -> tuple[int, object]:
        live = Live()
        with live.listen("web-1"):
            pass
        with live.listen("web-1") as listener:
            live.end()
            return live.count("web-1"), listener.get_nowait()

    assert asyncio.run(listen()) == (1, None)
