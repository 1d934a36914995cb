"""Waiting for what happens at its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Returns once something holds, without keeping the event loop from making it so."""

    async def look() -> None:
        while not holds():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(look(), seconds)
