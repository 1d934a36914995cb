"""What a request of the website's chat says: who asks, from where, and what is sent."""

from __future__ import annotations

from typing import Any, Optional, TypeVar

from pydantic import BaseModel, ConstrainedInt, Extra, Field, StrictBool, StrictStr, ValidationError, validator
from sanic.request import Request

from bot.channels.errors import ChatError
from bot.channels.guard import MOST_CHARACTERS
from bot.channels.http import object_of
from bot.store.feedback import REASONS
from bot.yaml_file import describe


class Given(BaseModel):
    """What a request gives."""

    class Config:
        """A misspelt field is an error."""

        extra = Extra.forbid


class Sent(Given):
    """A message as the browser sends it."""

    id: StrictStr = Field(regex=r"^[A-Za-z0-9-]{8,64}\Z")
    """Made by the browser; the same message sent again has the same."""
    text: StrictStr = Field(min_length=1, max_length=MOST_CHARACTERS)
    payload: Optional[StrictStr] = Field(None, max_length=MOST_CHARACTERS)
    """Of the button that was tapped; the text is then its title."""


class MessageId(ConstrainedInt):
    """The id of a message that the server has sent."""

    strict = True
    ge = 0


class Rated(Given):
    """What somebody thinks of an answer."""

    message: MessageId
    """The message with the answer."""
    helpful: StrictBool
    reason: Optional[StrictStr] = None
    """One of ``REASONS``, of an answer that did not help."""

    @validator("reason")
    def _is_known(cls, value: Optional[str], values: dict[str, Any]) -> Optional[str]:
        if value is not None and (value not in REASONS or values.get("helpful") is True):
            raise ValueError(f"must be one of {', '.join(REASONS)}, and only of an answer that did not help")
        return value


Model = TypeVar("Model", bound=Given)


def last_seen(request: Request) -> int:
    """The id of the newest message that the page has.

    Raises:
        ChatError: if it is no message's id.
    """
    given = request.headers.get("last-event-id") or request.args.get("after") or "0"
    if not given.isdecimal() or len(given) > 20:
        raise ChatError(400, "after", "after, and Last-Event-ID, must be a message's id, a whole number.")
    return int(given)


def parsed(body: bytes, model: type[Model]) -> Model:
    """What a body gives, as the model says it should be.

    Raises:
        ChatError: naming what is wrong with it.
    """
    try:
        return model.parse_obj(object_of(body))
    except ValidationError as error:
        is_long = any(it["type"] == "value_error.any_str.max_length" for it in error.errors())
        code = "too_long" if is_long else "invalid"
        raise ChatError(413 if is_long else 400, code, "; ".join(describe(error))) from error
