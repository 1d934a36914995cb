"""What the channels read of a request: its body, its secrets, where it comes from."""

from __future__ import annotations

import hmac
import json
from typing import Any

from sanic.request import Request

from bot.channels.errors import ChatError

MOST_BYTES = 16 * 1024


async def body_of(request: Request, most: int = MOST_BYTES) -> bytes:
    """The body, read no further than the limit, in bytes.

    Raises:
        ChatError: if it is longer.
    """
    body = b""
    while request.stream and (chunk := await request.stream.read()):
        body += chunk
        if len(body) > most:
            raise ChatError(413, "too_long", f"The request is longer than {most} bytes; send less.")
    return body


def object_of(body: bytes | str) -> dict[str, Any]:
    """The JSON object that a body holds.

    Raises:
        ChatError: if it holds none.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ChatError(400, "invalid", "The body must be JSON in UTF-8, not deeply nested.") from error
    if not isinstance(given, dict):
        raise ChatError(400, "invalid", "The body must be a JSON object.")
    return given


def bearer_of(request: Request) -> str:
    """The token that a request shows; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token.isascii() else ""


def is_secret(given: str, secret: str) -> bool:
    """Whether they are the same, in a time that does not tell how much of it is right."""
    return hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode())


def address_of(request: Request) -> str:
    """The address of the person; behind a trusted proxy the one that it names."""
    return str(request.remote_addr or request.ip)
