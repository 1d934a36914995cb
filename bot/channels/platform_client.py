"""Requests to a messaging platform's API, and what its refusals mean."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Optional

import aiohttp

LONGEST_REQUEST = 10

Written = Callable[[], Awaitable[None]]
"""Called when a request is about to leave this machine: from then on it may have been received."""


class PlatformRefused(Exception):
    """The platform will not do it, however often it is asked; the message is its code for the reason."""


class PlatformUnavailable(Exception):
    """The platform cannot do it now."""

    def __init__(self, reason: str, retry_after: Optional[float] = None) -> None:
        """Takes the reason, and the seconds that the platform asks to wait."""
        super().__init__(reason)
        self.retry_after = retry_after


Judge = Callable[[int, Mapping[str, str], dict[str, Any]], None]
"""Takes a reply's status, headers and body; raises PlatformRefused or PlatformUnavailable if it is none of success."""


class PlatformClient:
    """Posts JSON to the methods of an API."""

    def __init__(self, base: str, judge: Judge, headers: Optional[Mapping[str, str]] = None) -> None:
        """Takes the address before the method's name, what judges replies, and headers for every request."""
        self._base = base
        self._judge = judge
        self._headers = dict(headers or {})
        self._http: Optional[aiohttp.ClientSession] = None

    async def call(self, method: str, parameters: Mapping[str, Any], written: Optional[Written] = None) -> Any:
        """The body of the reply.

        Raises:
            PlatformRefused: if it will not be done.
            PlatformUnavailable: if it is worth trying again.
        """
        try:
            async with self._client().post(
                f"{self._base}/{method}", json=parameters, trace_request_ctx=written
            ) as response:
                body = await response.json(content_type=None)
                status, headers = response.status, response.headers
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            # The address holds Telegram's token, and some errors repeat it.
            raise PlatformUnavailable(type(error).__name__) from None
        if not isinstance(body, dict):
            raise PlatformUnavailable(f"HTTP {status} without an object in it")
        self._judge(status, headers, body)
        return body

    async def close(self) -> None:
        """Closes the connections."""
        if self._http is not None:
            await self._http.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._http is None or self._http.closed:
            trace = aiohttp.TraceConfig()
            trace.on_request_chunk_sent.append(_about_to_leave)
            timeout = aiohttp.ClientTimeout(total=LONGEST_REQUEST)
            self._http = aiohttp.ClientSession(headers=self._headers, timeout=timeout, trace_configs=[trace])
        return self._http


async def _about_to_leave(session: aiohttp.ClientSession, context: Any, parameters: Any) -> None:
    if context.trace_request_ctx is not None:
        await context.trace_request_ctx()
