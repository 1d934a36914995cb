"""What a request of the website's chat says: who asks, from where, and what is sent."""

from __future__ import annotations

import json
from typing import Optional

from pydantic import BaseModel, Extra, Field, StrictStr, ValidationError, validator
from sanic.request import Request

from bot.channels.errors import ChatError
from bot.yaml_file import describe

MOST_BYTES = 16 * 1024
MOST_CHARACTERS = 2000


class Sent(BaseModel):
    """A message as the browser sends it."""

    id: StrictStr = Field(regex=r"^[A-Za-z0-9-]{8,64}$")
    """Made by the browser; the same message sent again has the same."""
    text: StrictStr = Field(min_length=1, max_length=MOST_CHARACTERS)
    payload: Optional[StrictStr] = Field(None, max_length=MOST_CHARACTERS)
    """Of the button that was tapped; the text is then its title."""

    @validator("text")
    def _can_be_written(cls, value: str) -> str:
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError("half a character stands in it, send it whole") from error
        return value

    class Config:
        """A misspelt field is an error."""

        extra = Extra.forbid


def token_of(request: Request) -> str:
    """The token that a request shows; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def address_of(request: Request) -> str:
    """The address of the person; behind a trusted proxy the one that it names."""
    return str(request.remote_addr or request.ip)


def last_seen(request: Request) -> int:
    """The id of the newest message that the page has.

    Raises:
        ChatError: if it is no message's id.
    """
    given = request.headers.get("last-event-id") or request.args.get("after") or "0"
    if not given.isdecimal() or len(given) > 20:
        raise ChatError(400, "after", "after, and Last-Event-ID, must be a message's id, a whole number.")
    return int(given)


async def body_of(request: Request) -> bytes:
    """The body, read no further than the limit.

    Raises:
        ChatError: if it is longer.
    """
    body = b""
    while request.stream and (chunk := await request.stream.read()):
        body += chunk
        if len(body) > MOST_BYTES:
            raise ChatError(413, "too_long", f"The request is longer than {MOST_BYTES} bytes; send less.")
    return body


def parsed(body: bytes) -> Sent:
    """The message that a body holds.

    Raises:
        ChatError: naming what is wrong with it.
    """
    try:
        given = json.loads(body)
    except ValueError as error:
        raise ChatError(400, "invalid", f"The body is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise ChatError(400, "invalid", "The body must be an object with 'id' and 'text'.")
    try:
        return Sent.parse_obj(given)
    except ValidationError as error:
        is_long = any(it["type"] == "value_error.any_str.max_length" for it in error.errors())
        code = "too_long" if is_long else "invalid"
        raise ChatError(413 if is_long else 400, code, "; ".join(describe(error))) from error
