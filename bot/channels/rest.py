"""Plain HTTP for other programs on this machine: Rasa's REST channel, behind the guard of all channels."""

from __future__ import annotations

import ipaddress
import unicodedata
from typing import Any, Optional

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.errors import ChatError, answer_errors
from bot.channels.http import bearer_of, body_of, is_secret, object_of
from bot.channels.messenger import picture_address
from bot.channels.rate import SenderLimit
from bot.channels.turns import OnNewMessage, Reply, Said, Turns
from bot.settings import Settings, load_settings

NAME = "rest"
NOBODY = "default"
MOST_CHARACTERS_OF_SENDER = 255
# Conversations of people in other channels: no program may speak in their place.
OF_OTHER_CHANNELS = ("web-", "telegram-", "slack-")
# A proxy on this machine sets one of these: the request comes from elsewhere then.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class RestChannel(InputChannel):
    """``POST /webhooks/rest/webhook`` with ``{"sender", "message"}``, as Rasa defines it.

    It answers this machine alone unless ``REST_TOKEN`` is set. Rasa's fields ``metadata`` and ``input_channel`` have no
    effect: they would let a caller set slots.
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker, and in its address."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> RestChannel:
        """Reads the settings.

        Raises:
            SettingsError: if the environment cannot be used.
        """
        return cls(load_settings())

    def __init__(self, settings: Settings) -> None:
        """Takes the token that callers from elsewhere must show, and where pictures are found."""
        self._token = settings.rest_token
        self._public_url = settings.public_url
        self._limit = SenderLimit(NAME, redis_url=settings.redis_url)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes."""
        routes = Blueprint("rest")
        turns = Turns(NAME, on_new_message)

        @routes.listener("after_server_start")
        async def begin(app: Sanic, loop: Any) -> None:
            turns.begin(app)

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return json_response({"status": "ok"})

        @routes.post("/webhook", stream=True)
        async def receive(request: Request) -> HTTPResponse:
            self._check_caller(request)
            said = parsed(await body_of(request))
            replies = await self._answer(turns, said)
            return json_response(await _as_rasa_does(said.conversation, replies, self._public_url))

        answer_errors(routes)
        return routes

    def _check_caller(self, request: Request) -> None:
        if self._token is not None:
            if not is_secret(bearer_of(request), self._token):
                raise ChatError(401, "token", "Show the token: Authorization: Bearer REST_TOKEN.")
        elif not _is_this_machine(request):
            raise ChatError(403, "address", "This channel answers this machine alone; set REST_TOKEN to open it.")

    async def _answer(self, turns: Turns, said: Said) -> list[Reply]:
        if (held_back := await turns.held_back(self._limit, said.conversation, said.text)) is not None:
            return held_back
        async with turns.alone(said.conversation):
            return await turns.answer(said)


def parsed(body: bytes) -> Said:
    """The message that a body holds; what begins with a slash counts as a button's payload.

    Raises:
        ChatError: naming what is wrong with it.
    """
    given = object_of(body)
    sender, message = given.get("sender"), given.get("message")
    if sender is None:
        sender = NOBODY
    if isinstance(sender, int) and not isinstance(sender, bool):
        sender = str(sender)
    if not isinstance(sender, str) or not 0 < len(sender) <= MOST_CHARACTERS_OF_SENDER or not _is_printable(sender):
        raise ChatError(
            400, "sender", f"'sender' must be a text of 1 to {MOST_CHARACTERS_OF_SENDER} visible characters."
        )
    if sender.startswith(OF_OTHER_CHANNELS):
        raise ChatError(403, "sender", f"'sender' must not begin with {', '.join(OF_OTHER_CHANNELS)}.")
    if not isinstance(message, str):
        raise ChatError(400, "message", "'message' must be a text.")
    return Said(sender, message, payload=message if message.startswith("/") else None)


async def _as_rasa_does(sender: str, replies: list[Reply], public_url: Optional[str]) -> list[dict[str, Any]]:
    channel = CollectingOutputChannel()
    for reply in replies:
        # Nobody knows where the program shows it: a path of this server is an address to nobody else.
        await channel.send_response(sender, {**reply, "image": picture_address(reply.get("image"), public_url)})
    messages: list[dict[str, Any]] = channel.messages
    return messages


def _is_this_machine(request: Request) -> bool:
    return not any(it in request.headers for it in FORWARDED) and ipaddress.ip_address(request.ip).is_loopback


def _is_printable(text: str) -> bool:
    return all(unicodedata.category(it)[0] not in "CZ" or it == " " for it in text)
